"""What is known of a sheet beside the values that it shows, whatever kind of workbook it comes from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import compress, count, product
from typing import Final

from pipeline.address import a1
from pipeline.intake.content import Unreadable

LAST_ROW: Final = 2**20
LAST_COLUMN: Final = 2**14
MOST_CELLS: Final = 2_000_000
"""The largest area between the outermost filled cells of a sheet; the reader of values keeps all of it."""

MOST_FILLED: Final = 200_000
"""The most filled cells of a sheet; the largest return has some ten thousand in all its sheets."""

LONGEST_TEXT: Final = 32_767
"""Letters in a cell; no spreadsheet program holds more."""

_ARITHMETIC: Final = re.compile(r"\s*=?([\d.+\-*/()\s]{1,255})")
"""A formula of numbers and signs only, such as people type to add up in their cell."""

Place = tuple[int, int]
"""Row and column, from 1."""

Area = tuple[Place, Place]
"""The upper left and the lower right cell."""

Raw = str | float | int | bool | date | time | timedelta


@dataclass(frozen=True, slots=True)
class Converted:
    """A text in the encoding of an older font, as typed; ``by_font``: it was told by the font of its cell."""

    typed: str
    encoding: str
    by_font: bool


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the second look found in one sheet. All places are (row, column), counting from 1.

    ``formulas`` are single cells, ``ranges`` formulas for a whole area; ``uncached`` were saved without a
    value; ``errors`` hold the text of the error, and ``error_columns`` their columns by row. ``top``,
    ``left``, ``bottom``, ``right`` bound the filled cells; all 0 where nothing is filled.
    ``hidden_rows`` and ``hidden_columns`` are only those that hold something. ``under_merges`` are the
    filled cells that a merged area covers, so that nobody sees them. ``comments`` are texts by place.
    ``logical`` are numbers that stand for true and false, though both readers show 1 and 0. ``arithmetic``
    are the formulas that hold nothing but numbers and signs, without what marks them as formulas.
    ``fonts`` names the encoding of cells in an older font, ``percents`` are the numbers shown as per cent.
    """

    formulas: Set[Place] = frozenset()
    ranges: Sequence[Area] = ()
    uncached: Set[Place] = frozenset()
    errors: Mapping[Place, str] = field(default_factory=dict)
    error_columns: Mapping[int, Sequence[int]] = field(default_factory=dict)
    top: int = 0
    left: int = 0
    bottom: int = 0
    right: int = 0
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merges: tuple[Area, ...] = ()
    under_merges: tuple[Place, ...] = ()
    comments: Mapping[Place, str] = field(default_factory=dict)
    is_1904: bool = False
    logical: frozenset[Place] = frozenset()
    arithmetic: Mapping[Place, str] = field(default_factory=dict)
    fonts: Mapping[Place, str] = field(default_factory=dict)
    percents: Set[Place] = frozenset()

    def is_formula(self, place: Place) -> bool:
        """Whether the cell is a formula, be it one for a whole range that the cell lies in."""
        if place in self.formulas or not self.ranges:
            return place in self.formulas
        return any(a[0] <= place[0] <= b[0] and a[1] <= place[1] <= b[1] for a, b in self.ranges)

    def formulas_among(self, rows: Collection[int], columns: Collection[int]) -> frozenset[int]:
        """The positions, in the matrix of these rows and columns, of the cells that are formulas."""
        width = len(columns)
        down = {row: number * width for number, row in enumerate(rows)}
        across = {column: number for number, column in enumerate(columns)}
        if self.ranges or len(down) < len(rows) or len(across) < width:
            return frozenset(compress(count(), map(self.is_formula, product(rows, columns))))
        return frozenset(
            down[row] + across[column] for row, column in self.formulas if row in down and column in across
        )

    def is_out_of_sight(self, place: Place) -> bool:
        """Whether people who look at the workbook do not see the cell."""
        hidden = self.is_hidden or place[0] in self.hidden_rows or place[1] in self.hidden_columns
        return hidden or place in self.under_merges

    @property
    def area(self) -> int:
        """How many cells lie between the outermost filled ones."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1) if self.bottom else 0


@dataclass(slots=True)
class Notes:
    """What is written down while a sheet is looked through; spans are first and last row or column."""

    values: dict[Place, Raw] = field(default_factory=dict)
    formulas: set[Place] = field(default_factory=set)
    ranges: list[Area] = field(default_factory=list)
    uncached: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[Area] = field(default_factory=list)
    comments: dict[Place, str] = field(default_factory=dict)
    logical: set[Place] = field(default_factory=set)
    arithmetic: dict[Place, str] = field(default_factory=dict)
    fonts: dict[Place, str] = field(default_factory=dict)
    percents: set[Place] = field(default_factory=set)
    is_hidden: bool = False
    is_1904: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One sheet as the second look found it; ``values`` without errors and blank cells."""

    name: str
    values: Mapping[Place, Raw]
    facts: SheetFacts


def settle(name: str, notes: Notes) -> Seen:
    """Close the notes on a sheet. Raises Unreadable where it holds more, or farther, than any return."""
    longest = _drop_blanks(notes)
    filled = _filled(notes)
    if len(filled) > MOST_FILLED:
        raise Unreadable("too_many_cells", sheet=name)
    _require_short(name, notes.values, longest)
    rows, columns = {row for row, _ in filled}, {column for _, column in filled}
    facts = SheetFacts(
        formulas=frozenset(notes.formulas),
        ranges=tuple(notes.ranges),
        uncached=frozenset(notes.uncached),
        errors=notes.errors,
        error_columns=_by_row(notes.errors),
        **(_bounds(rows, columns) if filled else {}),
        is_hidden=notes.is_hidden,
        hidden_rows=frozenset(_within(notes.hidden_rows, rows)),
        hidden_columns=frozenset(_within(notes.hidden_columns, columns)),
        merges=tuple(notes.merges),
        under_merges=tuple(sorted(_covered(notes.merges, filled))),
        comments=notes.comments,
        is_1904=notes.is_1904,
        logical=frozenset(notes.logical),
        arithmetic=notes.arithmetic,
        fonts=notes.fonts,
        percents=frozenset(notes.percents),
    )
    require_place(max(facts.bottom, 1), max(facts.right, 1))
    if facts.area > MOST_CELLS:
        raise Unreadable("far_cell", sheet=name, cell=a1(facts.bottom, facts.right))
    return Seen(name, notes.values, facts)


def _filled(notes: Notes) -> Set[Place]:
    """The places in which anything stands; nearly always those with a value, which are not copied."""
    if not notes.errors and notes.formulas <= notes.values.keys():
        return notes.values.keys()
    return notes.values.keys() | notes.errors.keys() | notes.formulas


def _drop_blanks(notes: Notes) -> int:
    """Forget the cells that show an empty text, which few sheets have; the length of the longest text."""
    lengths = {len(value) for value in notes.values.values() if value.__class__ is str}
    if 0 in lengths:
        notes.values = {place: value for place, value in notes.values.items() if value != ""}
    return max(lengths, default=0)


def note_formula(notes: Notes, place: Place, formula: str) -> None:
    """Note a formula by its text, with or without the sign that begins it."""
    notes.formulas.add(place)
    arithmetic = arithmetic_of(formula)
    if arithmetic is not None:
        notes.arithmetic[place] = arithmetic


def arithmetic_of(formula: str) -> str | None:
    """A formula of numbers and signs only, without what marks it as one; None for every other."""
    found = _ARITHMETIC.fullmatch(formula)
    return found[1].strip() if found else None


def require_place(row: int, column: int) -> Place:
    """The place, if a sheet has it. Raises Unreadable."""
    if 1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN:
        return row, column
    raise Unreadable("damaged", detail=f"R{row}C{column}")


def _bounds(rows: set[int], columns: set[int]) -> dict[str, int]:
    return {"top": min(rows), "left": min(columns), "bottom": max(rows), "right": max(columns)}


def _by_row(places: Iterable[Place]) -> dict[int, list[int]]:
    columns: dict[int, list[int]] = {}
    for row, column in places:
        columns.setdefault(row, []).append(column)
    return columns


def _within(spans: Sequence[tuple[int, int]], filled: Iterable[int]) -> Iterator[int]:
    if spans:
        yield from (number for number in filled if any(a <= number <= b for a, b in spans))


def _covered(merges: Iterable[Area], filled: Set[Place]) -> set[Place]:
    """The filled places inside a merged area, its first cell apart. An area may be vast."""
    covered: set[Place] = set()
    for first, last in set(merges):
        rows, columns = range(first[0], last[0] + 1), range(first[1], last[1] + 1)
        if len(rows) * len(columns) < len(filled):
            inside = {place for row in rows for column in columns if (place := (row, column)) in filled}
        else:
            inside = {place for place in filled if place[0] in rows and place[1] in columns}
        covered |= inside - {first}
    return covered


def _require_short(name: str, values: Mapping[Place, Raw], longest: int) -> None:
    if longest > LONGEST_TEXT:
        long = [place for place, v in values.items() if isinstance(v, str) and len(v) > LONGEST_TEXT]
        raise Unreadable("long_text", sheet=name, cell=a1(*min(long)))
