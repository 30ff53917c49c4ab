"""Cells -> the rows of a sheet's XML. This runs for every cell of every book: keep it lean.

The library takes every cell into a table and turns it into XML when the book is closed. Half of its time
goes into that detour, so rows are made here as soon as their cells are known, as bytes, and links, which
large sheets have by the thousand; all else of a sheet (comments, page, and once for all books columns and
conditions) stays the library's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, Final, SupportsFloat

from xlsxwriter.workbook import Workbook

from pipeline.book import Cell, Formula, Line, Link, Stencil, Table
from pipeline.workbook.sheet import LETTERS, PlainSheet
from pipeline.workbook.stencils import Cut, cut
from pipeline.workbook.styles import Formats
from pipeline.workbook.texts import escaped

LONGEST_TEXT: Final = 32_767
"""Characters that a cell holds; a longer text ends with a sign that it goes on."""

_CUT: Final = "…"
_BLANK: Final = b"/>"
_END: Final = b"</v></c>"
_MOST_NUMBERS: Final = 100_000
"""So many different numbers of a book are kept as XML; a table of more would cost more than it saves."""

_SAFE: Final = 1e15
"""Up to here a whole number looks the same as a float."""

_COMMON: Final[Mapping[Any, bytes]] = {
    **{float(number): b"><v>%d</v></c>" % number for number in range(4096)},
    **{None: _BLANK, "": _BLANK},
}
"""What every book begins with: most figures of offices are small."""

_MOST_FORMULAS: Final = 16_384
"""So many formulas are kept as XML: a few kinds of return copies have some thousands each."""

_MOST_FRAMES: Final = 200
"""So many looks of rows of a sheet are kept; in a sheet with a column for every unit no two are alike."""

_ROW: Final = b"\0"
"""Stands for the number of a row; no XML can have it."""

_ROWS: Final = 1_048_576


class Shown(dict[Any, bytes]):
    """The XML of a cell after its style, by the text or number in it, or None. All sheets share their texts.

    A number that is not finite leaves a blank. As a key 5 is the same as 5.0, and written alike; larger
    numbers, of which that is not so, are not kept.
    """

    def __init__(self, workbook: Workbook) -> None:
        super().__init__(_COMMON)
        self._number = workbook.str_table._get_shared_string_index
        self._room = _MOST_NUMBERS

    def __missing__(self, value: Any) -> bytes:
        if isinstance(value, str):
            self[value] = xml = b' t="s"><v>%d</v></c>' % self._number(sound(value))
            return xml
        if isinstance(value, float):
            return self._float(value)
        return _integer(value) if value.__class__ is int else self.number(value)

    def number(self, number: Any) -> bytes:
        """A number of any library as a float. Raises TypeError for what no cell can hold."""
        if isinstance(number, bool) or not isinstance(number, SupportsFloat):
            raise TypeError(f"{number!r} cannot stand in a cell")
        return self._float(float(number))

    def _float(self, value: float) -> bytes:
        if not isfinite(value):
            return _BLANK
        xml = f"><v>{value + 0.0:.16G}</v></c>".encode()  # as a key -0 is the same as 0
        if self._room and -_SAFE < value < _SAFE:
            self._room -= 1
            self[value] = xml
        return xml


class Ends(dict[str | None, bytes]):
    """The end of a cell with a formula that shows a text or nothing."""

    def __missing__(self, text: str | None) -> bytes:
        self[text] = escaped(text or "").encode() + _END
        return self[text]


class Contents(dict[type, Callable[[Any], bytes]]):
    """What makes the XML of a cell after its style, by the class of its value; one for a whole book."""

    def __init__(self, workbook: Workbook) -> None:
        super().__init__()
        self.shown, self.ends = Shown(workbook), Ends()
        self[str] = self[float] = self.shown.__getitem__
        self[int] = _integer
        self[type(None)] = _blank
        self[Formula] = _formula
        self[Link] = self._link

    def __missing__(self, _kind: type) -> Callable[[Any], bytes]:
        return self.shown.number

    def _link(self, link: Link) -> bytes:
        return self.shown[link.text]


class Pen:
    """Writes the rows of one sheet."""

    def __init__(self, sheet: PlainSheet, formats: Formats, contents: Contents) -> None:
        self._sheet = sheet
        self._marks = formats.marks
        self._contents = contents
        self._columns: set[int] = set()
        self._ends: dict[int, int] = {}
        self._look: tuple[Any, ...] = ()
        self._frame = b""
        self._frames: dict[tuple[Any, ...], bytes] = {}

    def write(self, cells: Iterable[Cell | Line | Table]) -> None:
        """Write cells, lines and tables; a row may hold single cells or be made of the others, not both."""
        for cell in cells:
            if isinstance(cell, Line):
                self._line(cell)
            elif isinstance(cell, Table):
                self._table(cell)
            else:
                self.put(*cell)

    def put(self, row: int, col: int, value: Any, style: str) -> None:
        """Write a single cell."""
        xml = self._contents[value.__class__](value)
        self._row(row)[col] = f'<c r="{LETTERS[col]}{row + 1}'.encode() + self._marks[style] + xml

    def fill(self, first: tuple[int, int], last: tuple[int, int], style: str) -> None:
        """Give a style to those cells of a rectangle that are not written."""
        end = self._marks[style] + _BLANK
        for row in range(first[0], last[0] + 1):
            cells = self._row(row)
            for col in range(first[1], last[1] + 1):
                if col not in cells:
                    cells[col] = f'<c r="{LETTERS[col]}{row + 1}'.encode() + end

    def close(self) -> None:
        """Tell the sheet how far its cells reach."""
        rows = {*self._sheet.lines, *self._sheet.cells}
        columns = self._columns.union(*self._sheet.cells.values())
        if rows and columns:
            self._sheet._check_dimensions(min(rows), min(columns))
            self._sheet._check_dimensions(max(rows), max(columns))

    def _line(self, line: Line) -> None:
        row, left, values, styles = line
        self._check_room(row, left)
        self._ends[row] = left + len(values)
        look = (left, *styles)
        if look != self._look:
            self._look = look
            self._frame = self._frames.get(look) or self._framed(look)
        contents = self._contents
        filling = tuple([contents[value.__class__](value) for value in values])
        before = self._sheet.lines.get(row, b"")
        self._sheet.lines[row] = before + self._frame.replace(_ROW, b"%d" % (row + 1)) % filling

    def _table(self, table: Table) -> None:
        """Most of a table is the same from book to book, and found as XML; what is not goes in between."""
        stencil, lines = table.stencil, self._sheet.lines
        made = cut(stencil)
        styles = list(stencil.styles)
        for place, style in table.styles.items():
            styles[place] = style
        pieces = [b""] * (3 * len(styles))
        pieces[0::3] = made.begins
        pieces[1::3] = map(self._marks.__getitem__, styles)
        pieces[2::3] = self._filling(made, table)
        self._take_room(stencil)
        step = 3 * stencil.width
        for at, row in enumerate(stencil.rows):
            lines[row] = lines.get(row, b"") + b"".join(pieces[at * step : (at + 1) * step])

    def _filling(self, made: Cut, table: Table) -> list[bytes]:
        """What stands in each cell of a table, after its style."""
        values, ends = table.values, self._contents.ends
        filling = list(map(self._contents.shown.__getitem__, values))
        for (place, before_text, before_number), result in zip(made.slots, table.results, strict=True):
            if values[place] is not None:
                continue
            if result is None or isinstance(result, str):
                filling[place] = before_text + ends[result]
            else:
                filling[place] = before_number + f"{result:.16G}".encode() + _END
        return filling

    def _take_room(self, stencil: Stencil) -> None:
        end = stencil.col + stencil.width
        for row in stencil.rows:
            self._check_room(row, stencil.col)
            self._ends[row] = end
        self._columns.update(range(stencil.col, end))

    def _check_room(self, row: int, left: int) -> None:
        if row in self._sheet.cells or not 0 <= row < _ROWS or left < self._ends.get(row, 0):
            raise AssertionError(f"row {row} cannot take a line")

    def _framed(self, look: tuple[Any, ...]) -> bytes:
        """A row without its number and without what stands in its cells: most rows look like another."""
        left, *styles = look
        end = left + len(styles)
        self._columns.update(range(left, end))
        columns = zip(LETTERS[left:end], styles, strict=True)
        cells = [b'<c r="' + column.encode() + _ROW + self._marks[style] + b"%b" for column, style in columns]
        frame = b"".join(cells)
        if len(self._frames) < _MOST_FRAMES:
            self._frames[look] = frame
        return frame

    def _row(self, row: int) -> dict[int, bytes]:
        """The single cells of a row by column. Raises AssertionError for a row that is made of lines."""
        cells = self._sheet.cells.get(row)
        if cells is None:
            if row in self._sheet.lines or not 0 <= row < _ROWS:
                raise AssertionError(f"row {row} cannot take a cell")
            cells = self._sheet.cells[row] = {}
        return cells


def sound(text: str) -> str:
    """The text as a file can hold it: no halves of characters, which a hostile file can have, and an end."""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - len(_CUT)] + _CUT
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _blank(_nothing: None) -> bytes:
    return _BLANK


def _integer(number: int) -> bytes:
    return b"><v>%d</v></c>" % number


def _formula(formula: Formula) -> bytes:
    text, value = formula
    if isinstance(value, str):
        return b' t="str"><f>%b</f><v>%b</v></c>' % (_formula_text(text), escaped(value).encode())
    return b"><f>%b</f><v>%b</v></c>" % (_formula_text(text), f"{value:.16G}".encode())


@lru_cache(maxsize=_MOST_FORMULAS)
def _formula_text(text: str) -> bytes:
    return escaped(text.removeprefix("=")).encode()
