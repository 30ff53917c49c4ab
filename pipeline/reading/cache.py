"""What was read before: one small file per file read, which may be deleted at any time and is never trusted.

An entry goes by the content of the file, its name, the campaign and the program; it begins with a checksum
over all of these and itself. Whatever is wrong with one, or with the folder, costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.model import Submission
from pipeline.program import program_digest

CACHE: Final = ".cache"
"""The folder of the cache, below the outputs."""

MOST_ENTRIES: Final = 50_000
MOST_BYTES: Final = 2**29
"""What all entries together may take; a return needs about 10 KB, the nation's communes a fifth of this."""

_LARGEST: Final = 2**26
_UNFINISHED: Final = ".tmp-"
_SUFFIX: Final = ".arrow"
_MARK: Final = b"parsed\x00\x01"
_DIGITS: Final = 40
_RECENT: Final = 86_400.0
"""Seconds for which an entry counts as just used: to say so each time would be a write per file and run."""

_SETTLED: Final = frozenset(
    f"intake.unreadable.{reason}"
    for reason in (
        *("archive", "checksum", "damaged", "differs", "doctype", "empty", "far_cell", "html", "image"),
        *("long_text", "not_a_workbook", "password", "pdf", "text", "too_many_cells", "twice", "word", "xml"),
    )
)
"""Why a file was refused for what stands in it. Any other reason may be of the moment, and is never kept."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The entries of one folder. ``generation`` stands for campaign and program, "" where nothing is kept.

    ``sizes`` and ``used`` (seconds since 1970) go by the name of the entry, of other generations too.
    """

    folder: Path
    generation: str
    campaign_sha256: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    used: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that this campaign and program could take from it."""
        mine = self.generation[:8]
        return not mine or not any(name.startswith(mine) for name in self.sizes)


def open_shelf(folder: Path, campaign_sha256: str) -> Shelf:
    """The shelf as it stands; an empty one where the folder is not there or cannot be looked into."""
    sizes: dict[str, int] = {}
    used: dict[str, float] = {}
    for name, told in _entries(folder):
        sizes[name], used[name] = told.st_size, told.st_mtime
    return Shelf(folder, _generation(campaign_sha256), campaign_sha256, sizes, used)


def has(shelf: Shelf, file: str, sha256: str) -> bool:
    """Whether there is an entry for a file of that name and content, sound or not."""
    return bool(shelf.generation) and _name(shelf, _key(shelf, file, sha256)) in shelf.sizes


def take(shelf: Shelf, file: str, sha256: str) -> Submission | None:
    """What was read from a file of that name and content; None where it is not known for certain."""
    from pipeline.reading.codec import Damaged, from_bytes

    key = _key(shelf, file, sha256)
    name = _name(shelf, key)
    if not shelf.generation or not 0 < shelf.sizes.get(name, 0) <= _LARGEST:
        return None
    try:
        content = (shelf.folder / name).read_bytes()
        start = len(_MARK) + len(key)
        if content[:start] != _MARK + _checksum(key, content[start:]):
            return None
        submission = from_bytes(content[start:])
    except (OSError, Damaged):
        return None
    if (submission.file, submission.sha256) != (file, sha256):
        return None
    if time.time() - shelf.used[name] > _RECENT:
        with contextlib.suppress(OSError):
            os.utime(shelf.folder / name)
    return submission


def keep(shelf: Shelf, submissions: Iterable[Submission]) -> None:
    """Keep what was just read, as far as it will be read the same again; then throw away what is too much.

    Never raises for a folder that cannot be written. Keeps nothing if the program was changed meanwhile.
    """
    lasting = [one for one in submissions if is_lasting(one)]
    if not shelf.generation or _generation(shelf.campaign_sha256) != shelf.generation:
        return
    written: dict[str, int] = {}
    with contextlib.suppress(OSError):
        if lasting:
            shelf.folder.mkdir(parents=True, exist_ok=True)
        for one in lasting:
            key = _key(shelf, one.file, one.sha256)
            written[_name(shelf, key)] = _write(shelf.folder / _name(shelf, key), key, one)
    _trim(shelf, written)


def is_lasting(submission: Submission) -> bool:
    """Whether the same file will always be read so: it was read, or refused for what stands in it."""
    refusals = [one for one in submission.problems if one.rule_id == "FILE-UNREADABLE"]
    return bool(submission.sha256) and all(one.values.get("reason") in _SETTLED for one in refusals)


def _generation(campaign_sha256: str) -> str:
    program = program_digest()
    return hashlib.sha256(f"{program}\n{campaign_sha256}\n".encode()).hexdigest() if program else ""


def _key(shelf: Shelf, file: str, sha256: str) -> bytes:
    told = f"{shelf.generation}\n{sha256}\n{file}\n"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()


def _name(shelf: Shelf, key: bytes) -> str:
    return f"{shelf.generation[:8]}-{key.hex()[:_DIGITS]}{_SUFFIX}"


def _checksum(key: bytes, body: bytes) -> bytes:
    return hashlib.sha256(key + body).digest()


def _write(path: Path, key: bytes, submission: Submission) -> int:
    """Write one entry beside its place and put it there; return its size, 0 where it is not to be carried.

    Not flushed to the disk: an entry that a power cut spoils is found out by its checksum.
    """
    from pipeline.reading.codec import NotCarried, to_bytes

    try:
        body = to_bytes(submission)
    except NotCarried:
        return 0
    content = _MARK + _checksum(key, body) + body
    handle, beside = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(beside, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)
    return len(content)


def _trim(shelf: Shelf, written: Mapping[str, int]) -> None:
    """Once the bounds are reached, remove what was not used for longest until a tenth is free again."""
    sizes = {**shelf.sizes, **written}
    if len(sizes) <= MOST_ENTRIES and sum(sizes.values()) <= MOST_BYTES:
        return
    entries = sorted((told.st_mtime, name, told.st_size) for name, told in _entries(shelf.folder))
    count, total = len(entries), sum(size for _, _, size in entries)
    for _, name, size in entries:
        if count <= 0.9 * MOST_ENTRIES and total <= 0.9 * MOST_BYTES:
            return
        with contextlib.suppress(OSError):
            (shelf.folder / name).unlink(missing_ok=True)
        count, total = count - 1, total - size


def _entries(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every entry of whatever campaign and program, as far as the folder can be looked into."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIX) and entry.is_file(follow_symlinks=False):
                yield entry.name, entry.stat(follow_symlinks=False)
