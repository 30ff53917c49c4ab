"""Two readers of one sheet, cell by cell: where they do not agree, neither is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Final

from pipeline.address import a1
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Place, Raw, Seen

_DAY: Final = timedelta(days=1)
_SECOND: Final = 1 / 86_400
_LEAP_FAULT: Final = 61
"""Spreadsheets count a 29 February 1900: below this day number the calendars differ by a day."""

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGIT: Final = re.compile(r"\d")
_LONGEST: Final = 60

Rows = Sequence[Sequence[Raw]]


def require_agreement(seen: Seen, start: Place, rows: Rows) -> None:
    """Compare the second look with what the reader of values shows. Raises Unreadable at a difference.

    ``rows`` begin at ``start``. Spaces around a text, and how its lines end, are no difference; a cell
    with an error may be shown as blank.
    """
    if _agree_to_the_letter(seen, start, rows):
        return
    top, left = start
    agreed = 0
    for place, ours in seen.values.items():
        row, column = place[0] - top, place[1] - left
        theirs = rows[row][column] if 0 <= row < len(rows) and 0 <= column < len(rows[row]) else ""
        is_equal = theirs == ours and isinstance(theirs, bool) == isinstance(ours, bool)
        if not is_equal and not _is_same(ours, theirs, seen.facts.is_1904):
            raise _difference(seen, place, ours, theirs)
        agreed += theirs != ""
    if sum(len(row) - row.count("") for row in rows) != agreed:
        for place, theirs in _shown(rows, start):
            if place not in seen.values and place not in seen.facts.errors and _plain(theirs) != "":
                raise _difference(seen, place, "", theirs)


def _agree_to_the_letter(seen: Seen, start: Place, rows: Rows) -> bool:
    """Whether both readers show the very same, cell by cell, as they nearly always do.

    What we found is laid out over the area that they show, of which it must not reach beyond any side.
    """
    (top, left), facts = start, seen.facts
    width = len(rows[0]) if rows else 0
    is_within = top <= facts.top and facts.bottom < top + len(rows) and left <= facts.left
    if not is_within or facts.right >= left + width or any(len(row) != width for row in rows):
        return False
    theirs = list(chain.from_iterable(rows))
    ours: list[Raw] = [""] * len(theirs)
    first = top * width + left
    for (row, column), value in seen.values.items():
        ours[row * width + column - first] = value
    return ours == theirs and [*map(type, ours)] == [*map(type, theirs)]


def _is_same(ours: Raw, theirs: Raw, is_1904: bool) -> bool:
    if isinstance(ours, str):
        moment = isinstance(theirs, (date, time, timedelta))  # a date that was saved as text
        return moment or (isinstance(theirs, str) and _same_text(ours, theirs))
    if isinstance(ours, bool) or not isinstance(ours, (int, float)):
        return False
    if ours != ours:  # not a number, for both of them
        return theirs != theirs
    number = _serial(theirs, is_1904)
    slack = 1.0 if ours < _LEAP_FAULT else 0.0
    return number is not None and abs(number - ours) <= slack + _SECOND


def _serial(value: Raw, is_1904: bool) -> float | None:
    """A moment as the number of days that the cell holds; None for what is no moment."""
    first = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)
    if isinstance(value, datetime):
        return (value - first) / _DAY
    if isinstance(value, date):
        return (datetime(value.year, value.month, value.day) - first) / _DAY
    if isinstance(value, time):
        return timedelta(0, value.second, value.microsecond, 0, value.minute, value.hour) / _DAY
    return value / _DAY if isinstance(value, timedelta) else None


def _same_text(ours: str, theirs: str) -> bool:
    """Whether two readers mean one text; either may leave signs such as _x000D_ as they were saved."""
    return _plain(_decoded(ours)) == _plain(_decoded(theirs))


def _decoded(text: str) -> str:
    """The text without signs that were saved by their number, however often that was done."""
    before = ""
    while before != text:
        before, text = text, _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text


def _plain(value: Raw) -> Raw:
    """A text without what readers treat differently and nobody sees; a tab beside a digit is not such."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if _DIGIT.search(text) else text.replace("\t", "")


def _shown(rows: Rows, start: Place) -> Iterator[tuple[Place, Raw]]:
    for row, cells in enumerate(rows, start=start[0]):
        for column, value in enumerate(cells, start=start[1]):
            if value != "":
                yield (row, column), value


def _difference(seen: Seen, place: Place, ours: Raw, theirs: Raw) -> Unreadable:
    one, other = (str(value)[:_LONGEST] for value in (theirs, ours))
    return Unreadable("differs", sheet=seen.name, cell=a1(*place), one=one, other=other)
