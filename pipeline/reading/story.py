"""The submissions of all files, in order: from the cache where the very same file was read before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_many
from pipeline.intake.content import Unreadable, read_bytes
from pipeline.model import Submission
from pipeline.reading.cache import Shelf, has, keep, open_shelf, take
from pipeline.reading.sharing import shared

_KEPT_AT_ONCE: Final = 50
"""So many files read are kept together while others are read; a run that is stopped reads them not again."""


class CacheUse(StrEnum):
    """What may be done with the cache of parsed files."""

    NONE = "none"
    """Neither look nor keep."""
    LOOK = "look"
    """Take from it, and write nothing."""
    KEEP = "keep"
    """Take from it, and keep what was read."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to come by the submissions: in how many processes, with which cache, on which cluster, if any.

    ``begun`` is set once the processes are started, or it is certain that none will be.
    """

    workers: int
    folder: Path
    use: CacheUse = CacheUse.KEEP
    scheduler: str = ""
    begun: Event = field(default_factory=Event)


def read_all(
    found: Sequence[Found], campaign: Campaign, way: Way, progress: Callable[[int, int], None]
) -> list[Submission]:
    """Read all files, in their order. No process is started where every file was read before.

    The result is the same whatever the cache holds. Told to ``progress``: how many of how many are done.
    """
    shelf = None if way.use is CacheUse.NONE else open_shelf(way.folder, campaign.sha256)
    digests = _digests(shelf, found) if shelf and not shelf.is_empty else {}
    done: dict[Found, Submission] = {}
    progress(0, len(found))
    if way.scheduler or len(digests) == len(found):
        way.begun.set()

    def read(files: Iterable[Found]) -> None:
        wanted = [one for one in files if one not in done]
        for one, submission in _read(wanted, campaign, way, shelf):
            done[one] = submission
            progress(len(done), len(found))

    read(one for one in found if one not in digests)
    for one, sha256 in digests.items():
        if shelf and (known := take(shelf, one.file, sha256)):
            done[one] = known
            progress(len(done), len(found))
    read(digests)  # an entry that turned out to be damaged
    return [done[one] for one in found]


def _digests(shelf: Shelf, found: Sequence[Found]) -> dict[Found, str]:
    """The hashes of those files of which the cache has an entry."""
    digests = {}
    for one in found:
        try:
            sha256 = hashlib.sha256(read_bytes(one.path)).hexdigest()
        except Unreadable:
            continue
        if has(shelf, one.file, sha256):
            digests[one] = sha256
    return digests


def _read(
    wanted: Sequence[Found], campaign: Campaign, way: Way, shelf: Shelf | None
) -> Iterator[tuple[Found, Submission]]:
    """Read files now, and keep what was read."""
    fresh: list[Submission] = []
    for one, submission in _wherever(wanted, campaign, way):
        fresh.append(shared(submission))
        yield one, fresh[-1]
        if len(fresh) == _KEPT_AT_ONCE:
            _put_away(fresh, way, shelf)
            fresh = []
    _put_away(fresh, way, shelf)


def _wherever(wanted: Sequence[Found], campaign: Campaign, way: Way) -> Iterator[tuple[Found, Submission]]:
    """Read files on the cluster, and here what it does not answer for."""
    rest = dict.fromkeys(wanted)
    if way.scheduler and rest:
        from pipeline.reading.cluster import read_on_cluster

        for one, submission in read_on_cluster(wanted, campaign, way.scheduler):
            del rest[one]
            yield one, submission
    here = read_many(list(rest), campaign.source, way.workers, way.begun.set)
    yield from zip(rest, here, strict=True)


def _put_away(fresh: Sequence[Submission], way: Way, shelf: Shelf | None) -> None:
    if shelf and fresh and way.use is CacheUse.KEEP:
        keep(shelf, fresh)
