"""Returns that lie elsewhere are brought into a folder of this machine first."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pipeline.intake import Found
from pipeline.uri import Place


@contextlib.contextmanager
def brought(place: Place) -> Iterator[tuple[Path, tuple[Found, ...]]]:
    """A folder of this machine that holds what lies at the place, and the files that could not be brought.

    What was brought is gone afterwards. Raises WrongUse where the place cannot be looked into.
    """
    if isinstance(place, Path):
        yield place, ()
        return
    from pipeline.reading.remote import fetched

    with fetched(place) as found:
        yield found
