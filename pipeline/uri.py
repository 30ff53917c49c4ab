"""Where files lie: as text of a link, and as somebody types it. Knows nothing of the files themselves.

Office programs want letters of any alphabet as they are and every sign that means something in a URI as
``%`` and its code; ``quote`` of the library would turn letters into codes too, which Excel may misread.
"""

from __future__ import annotations

import ntpath
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

_AS_IT_IS: Final = frozenset("-._~!$&'()*+,;=@/")
"""Signs besides letters and digits that mean nothing in the path of a URI."""

_LOST: Final = "\ufffd"
"""Stands in a name where the disk has bytes that are no text: such a file cannot be named in a link."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A place by its address, such as ``s3://bucket/folder``, which a library understands."""

    address: str

    def __str__(self) -> str:
        return self.address


Place = Path | Remote
"""Where returns lie: in a folder of this machine or its network, or elsewhere."""


def place_of(text: str) -> Place:
    """What somebody means who gives this text for a folder."""
    if "://" not in text:
        return Path(text)
    if text.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        return Path(url2pathname(urlsplit(text).path))
    return Remote(text)


def folder_uri(folder: Path | str, seen_from: Path | str, system: ModuleType = os.path) -> str:
    """The way from one folder to another, with a slash at the end; the same wherever both are moved to.

    Where there is no such way (two drives of Windows) the whole address, beginning with ``file:``. Symbolic
    links are not resolved: the way leads over the names that people see. ``system`` is ``posixpath`` or
    ``ntpath``.
    """
    goal, start = system.abspath(folder), system.abspath(seen_from)
    try:
        way = system.relpath(goal, start)
    except ValueError:
        return _whole(goal)
    return "" if way == "." else encoded(_slashes(way, system)) + "/"


def file_uri(folder: str, file: str) -> str:
    """A file below the folder with that URI; empty where its name cannot be told. ``file`` has slashes."""
    if _LOST in file:
        return ""
    return folder + encoded(file)


def encoded(path: str) -> str:
    """A path with slashes as part of a URI."""
    return "".join(c if c in _AS_IT_IS or _is_letter(c) else _code(c) for c in path)


def _is_letter(char: str) -> bool:
    return char.isalnum() if char.isascii() else char.isprintable() and not char.isspace()


def _code(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))


def _slashes(path: str, system: ModuleType) -> str:
    return path.replace("\\", "/") if system.sep == "\\" else path


def _whole(path: str) -> str:
    """The address of a folder on a drive or a server of Windows."""
    drive, rest = ntpath.splitdrive(path.replace("\\", "/"))
    place = f"file:{encoded(drive)}" if drive.startswith("//") else f"file:///{drive}"
    return f"{place}{encoded(rest).rstrip('/')}/"
