"""When is a folder at rest? Asked again and again, because a network share tells nobody of its changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.intake import survey
from pipeline.uri import Place, Remote

Snapshot = Mapping[str, tuple[int, int]]
"""Size and time of the last change (nanoseconds) of each file that a run would take notice of."""

_COUNTED: Final = ("", "intake.passed_over.waivers")
"""What the survey says of files that a run reads. Temporary files of office programs come and go."""


@dataclass(frozen=True, slots=True)
class News:
    """How many files came, changed and went since what was last done."""

    added: int
    changed: int
    gone: int


def snapshot(place: Place) -> Snapshot:
    """The files at a place as they are now; a file that vanishes meanwhile is not there. Raises WrongUse."""
    if isinstance(place, Remote):
        from pipeline.reading.remote import listing, stamp

        return {file: stamp(told) for file, told in listing(place).items()}
    seen: dict[str, tuple[int, int]] = {}
    for one in survey(place):
        if one.passed_over in _COUNTED:
            try:
                told = one.path.stat()
            except OSError:
                continue
            seen[one.file] = (told.st_size, told.st_mtime_ns)
    return seen


def news(old: Snapshot, new: Snapshot) -> News:
    """What differs between two looks."""
    both = old.keys() & new.keys()
    changed = sum(old[file] != new[file] for file in both)
    return News(len(new) - len(both), changed, len(old) - len(both))


def watch(look: Callable[[], Snapshot], do: Callable[[News], bool], wait: Callable[[], None]) -> None:
    """Do something each time that files have come, changed or gone, and two looks in a row see the same.

    What was not done (``do`` says no) is tried again after every wait. Ends only by an exception; where there
    is no file, nothing is done.
    """
    done: Snapshot = {}
    before: Snapshot | None = None
    while True:
        now = look()
        if now and now == before and now != done and do(news(done, now)):
            done = now
        before = now
        wait()
