"""Addresses, tables and title blocks: what every sheet of the summary is put together from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import NamedTuple

from pipeline.address import column_letters
from pipeline.book import Cell, Column, Formula, Line, Merge, Scalar

Value = Scalar | Formula

HEADER = "summary_header"
TEXT = "summary_text"
WRAP = "summary_wrap"
CENTRE = "summary_centre"
NUMBER = "summary_number"
_AT_ONCE = 10_000
"""So many rows are looked at together for their heights."""

LINE_HEIGHT = 15.0
"""Points that one line of text takes."""
LETTERS = 1.12
"""How many letters of a text fit in a unit of width, which is that of a digit."""
INDENT = 1.5
"""Width that the indent of a text takes."""


class Styled(NamedTuple):
    """A value of a table that does not take the style of its column."""

    value: Value
    style: str


class Dressed(NamedTuple):
    """A row of a table in full: its values, and the style of each."""

    values: Sequence[Value]
    styles: Sequence[str]


Row = Iterable[Value | Styled] | Dressed


class ColumnSpec(NamedTuple):
    """One column of a table: its name in the header, width in characters and the style of its cells.

    ``wraps`` is how many letters fit in a unit of width where texts may take several lines, for which rows
    must be made high enough; 0 where they never do.
    """

    name: str
    width: float
    style: str = TEXT
    wraps: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header stands in row ``top``. ``rows`` are read once; there are ``count`` of them."""

    top: int
    columns: Sequence[ColumnSpec]
    rows: Iterable[Row]
    count: int
    left: int = 0

    @property
    def last_row(self) -> int:
        """The last row of the table, its header included."""
        return self.top + self.count

    @property
    def last_col(self) -> int:
        """The last column of the table."""
        return self.left + len(self.columns) - 1

    @property
    def filter(self) -> tuple[int, int, int, int]:
        """The rectangle that gets filter buttons."""
        return (self.top, self.left, max(self.last_row, self.top), self.last_col)

    def lines(self) -> Iterator[Line]:
        """Header, then rows; nothing else can stand beside them."""
        columns = self.columns
        yield Line(self.top, self.left, [c.name for c in columns], [HEADER] * len(columns))
        styles = [column.style for column in columns]
        for row, given in enumerate(self.rows, self.top + 1):
            values, looks = given if isinstance(given, Dressed) else _dressed(given, styles)
            yield Line(row, self.left, values, looks)

    def cells(self) -> Iterator[Cell]:
        """Header, then rows, cell by cell, where something stands beside the table."""
        for row, left, values, styles in self.lines():
            for col, (value, style) in enumerate(zip(values, styles, strict=True), left):
                yield Cell(row, col, value, style)

    def heights(self) -> dict[int, float]:
        """The heights of the rows that need more than one line: not every program sizes rows by itself.

        Reads ``rows``, which must be such that they can be read again where a column wraps.
        """
        columns = [(i, (c.width - INDENT) * c.wraps) for i, c in enumerate(self.columns) if c.wraps]
        names = (lines_of(c.name, c.width * 0.95) for c in self.columns)
        found = {self.top: max(names, default=1) * LINE_HEIGHT + 5}
        if columns:
            given, first = iter(self.rows), self.top + 1
            while rows := list(islice(given, _AT_ONCE)):
                heights = enumerate((n * LINE_HEIGHT + 2 for n in _lines_needed(rows, columns)), first)
                found |= {row: height for row, height in heights if height > LINE_HEIGHT + 2}
                first += len(rows)
        return found

    def widths(self) -> list[Column]:
        """The widths of the columns."""
        return [Column(col, col, c.width) for col, c in enumerate(self.columns, self.left)]


@dataclass(slots=True)
class Block:
    """Lines above a table: merged over its width, each as high as its text needs."""

    merges: list[Merge] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)

    def line(self, row: int, across: tuple[int, int, float], text: str, style: str) -> None:
        """Add one line. ``across`` is first column, last column and how many characters fit beside."""
        first, last, room = across
        self.merges.append(Merge(row, first, row, last, text, style))
        self.heights[row] = lines_of(text, room) * LINE_HEIGHT + 4


def _lines_needed(given: Sequence[Row], columns: Sequence[tuple[int, float]]) -> list[int]:
    """How many lines each row takes, by the columns (number, width) that wrap."""
    rows = [row.values if isinstance(row, Dressed) else list(row) for row in given]
    lines = [1] * len(rows)
    for i, width in columns:  # column by column, as nearly all texts of a column fit or none does
        for place, text in enumerate([_text(row[i]) for row in rows]):
            if len(text) > width or "\n" in text:
                lines[place] = max(lines[place], lines_of(text, width))
    return lines


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column so wide; a little generous, as words do not break."""
    parts = text.split("\n")
    return sum(1 if len(part) <= width else -(-len(part) // max(int(width * 0.93), 1)) for part in parts)


def widest(columns: Sequence[ColumnSpec], left: int = 0) -> tuple[int, int, float]:
    """All columns of a table as a place for lines of its title block."""
    return (left, left + len(columns) - 1, sum(column.width for column in columns) * 0.95)


@cache
def letters(col: int) -> str:
    """The letters of a column: 0 is ``A``."""
    return column_letters(col + 1)


def at(row: int, col: int) -> str:
    """The address of a cell: (0, 0) is ``A1``."""
    return f"{letters(col)}{row + 1}"


def part_of_column(col: int, first_row: int, last_row: int) -> str:
    """Neighbouring cells of a column, as a fixed reference."""
    return f"${letters(col)}${first_row + 1}:${letters(col)}${last_row + 1}"


def on_sheet(sheet: str, reference: str) -> str:
    """A reference to another sheet."""
    return "'" + sheet.replace("'", "''") + "'!" + reference


def literal(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def unique_names(names: Iterable[str]) -> list[str]:
    """The names, with a number after those that came before, as headers must not repeat."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def fitting(texts: Iterable[str]) -> float:
    """The width that shows the longest of the texts on one line."""
    return max((len(text) for text in texts), default=0) / LETTERS + INDENT + 0.5


def _dressed(row: Iterable[Value | Styled], usual: Sequence[str]) -> Dressed:
    """The row with a style for each value: its own, or that of its column."""
    given = list(islice(row, len(usual)))
    values = [value.value if isinstance(value, Styled) else value for value in given]
    pairs = zip(given, usual, strict=False)
    return Dressed(values, [value.style if isinstance(value, Styled) else look for value, look in pairs])


def _text(value: Value | Styled) -> str:
    inner = value.value if isinstance(value, Styled) else value
    return inner if isinstance(inner, str) else ""


def plain_number(value: float) -> Scalar:
    """A number as the reader writes it: whole where it is whole, nothing where there is none."""
    if value != value:
        return None
    return int(value) if value.is_integer() else value


def cached(value: float) -> str | float | int:
    """The value of a formula; a figure that does not exist is the empty text."""
    number = plain_number(value)
    return "" if number is None else number


def shown_length(value: float, number_format: str) -> int:
    """How many characters a number takes in a format of its measure, separators included."""
    decimals = number_format.partition(".")[2].count("0")
    return len(f"{value:,.{decimals}f}")
