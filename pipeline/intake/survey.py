"""Every file below the inputs folder, and which of them are not looked into."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Found:
    """One file of the inputs. ``file`` is relative to the folder, with forward slashes.

    ``passed_over`` is empty for a file to be read; otherwise it names the words that say why not. A folder
    that could not be looked into stands here too, with a slash at the end of ``file``.
    """

    file: str
    path: Path
    passed_over: str = ""


_WORDS: Final = "intake.passed_over."

_BY_NAME: Final = (
    ("~$*", "lock_file"),
    (".~lock.*#", "lock_file"),
    (".*", "hidden"),
    ("*~", "temporary"),
    ("*.tmp", "temporary"),
    ("*.temp", "temporary"),
    ("*.part", "temporary"),
    ("*.partial", "temporary"),
    ("*.crdownload", "temporary"),
    ("*.download", "temporary"),
    ("thumbs.db", "system"),
    ("desktop.ini", "system"),
)
"""Patterns of file names in small letters and why such a file is passed over. The first that fits counts."""

_OF_THE_FOLDER: Final = {"readme.md": "read_me", "chap-nhan.csv": "waivers", "loi-co-y.csv": "mistakes"}
"""Files directly in the inputs folder that belong to the program and are nobody's return."""


def survey(folder: Path) -> tuple[Found, ...]:
    """Every file below a folder, subfolders too, in one order on every system; none for a missing folder.

    Nothing is opened. A link is followed only to a regular file inside the folder.
    """
    root = folder.resolve()
    files = _below(root, root, "") if root.is_dir() else ()
    return tuple(sorted(files, key=lambda found: (unicodedata.normalize("NFC", found.file), found.file)))


def _below(root: Path, folder: Path, inherited: str) -> Iterator[Found]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        yield Found(_relative(root, folder) + "/", folder, f"{_WORDS}closed_folder")
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _below(root, path, inherited or _hidden_folder(entry.name))
        else:
            reason = inherited or _by_name(entry.name, folder == root) or _by_nature(root, path)
            yield Found(_relative(root, path), path, f"{_WORDS}{reason}" if reason else "")


def _relative(root: Path, path: Path) -> str:
    """The name as text that can be written anywhere: bytes that are no UTF-8 become question marks."""
    raw = path.relative_to(root).as_posix()
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _hidden_folder(name: str) -> str:
    return "hidden_folder" if name.startswith(".") or name == "__MACOSX" else ""


def _by_name(name: str, is_top: bool) -> str:
    small = unicodedata.normalize("NFC", name).lower()
    if is_top and small in _OF_THE_FOLDER:
        return _OF_THE_FOLDER[small]
    return next((reason for pattern, reason in _BY_NAME if fnmatchcase(small, pattern)), "")


def _by_nature(root: Path, path: Path) -> str:
    """Why something is no ordinary file of this folder: a link out of it or to nowhere, a pipe, a device."""
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            return "" if stat.S_ISREG(mode) else "not_a_file"
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "link"
    return "" if target.is_relative_to(root) and target.is_file() else "link"
