"""Cells -> the rows of a sheet's XML. This runs for every cell of every book: keep it lean.

The library takes every cell into a table and turns it into XML when the book is closed. Half of its time
goes into that detour, so rows are made here as soon as their cells are known, and links, which large sheets
have by the thousand; all else of a sheet (columns, comments, conditions, page) stays the library's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import isfinite
from typing import Any, Final, SupportsFloat

from xlsxwriter.workbook import Workbook

from pipeline.book import Cell, Formula, Line, Link
from pipeline.workbook.sheet import LETTERS, PlainSheet
from pipeline.workbook.styles import Formats
from pipeline.workbook.texts import escaped

LONGEST_TEXT: Final = 32_767
"""Characters that a cell holds; a longer text ends with a sign that it goes on."""

_CUT: Final = "…"
_BLANK: Final = "/>"
_MOST_NUMBERS: Final = 100_000
"""So many different numbers of a book are kept as XML; a table of more would cost more than it saves."""

_MOST_FORMULAS: Final = 16_384
"""So many formulas are kept as XML: a few kinds of return copies have some thousands each."""

_MOST_FRAMES: Final = 200
"""So many looks of rows of a sheet are kept; in a sheet with a column for every unit no two are alike."""

_ROW: Final = "\0"
"""Stands for the number of a row; no XML can have it."""

_ROWS: Final = 1_048_576


class Texts(dict[str, str]):
    """The XML of a cell with a text, after its style. All sheets of a book share their texts."""

    def __init__(self, workbook: Workbook) -> None:
        super().__init__()
        self._number = workbook.str_table._get_shared_string_index

    def __missing__(self, text: str) -> str:
        self[text] = f' t="s"><v>{self._number(sound(text))}</v></c>' if text else _BLANK
        return self[text]


class Numbers(dict[float, str]):
    """The XML of a cell with a number, after its style; the same small numbers come again and again.

    One that is not finite leaves a blank.
    """

    def __missing__(self, number: float) -> str:
        if not isfinite(number):
            return _BLANK
        xml = f"><v>{number + 0.0:.16G}</v></c>"  # as a key -0 is the same as 0
        if len(self) < _MOST_NUMBERS:
            self[number] = xml
        return xml


class Contents(dict[type, Callable[[Any], str]]):
    """What makes the XML of a cell after its style, by the class of its value; one for a whole book."""

    def __init__(self, workbook: Workbook) -> None:
        super().__init__()
        self._texts, self._numbers = Texts(workbook), Numbers()
        self[str] = self._texts.__getitem__
        self[float] = self._numbers.__getitem__
        self[int] = "><v>{}</v></c>".format
        self[type(None)] = _blank
        self[Formula] = _formula
        self[Link] = self._link

    def __missing__(self, _kind: type) -> Callable[[Any], str]:
        return self._seldom

    def _link(self, link: Link) -> str:
        return self._texts[link.text]

    def _seldom(self, value: Any) -> str:
        """A number of another library. Raises TypeError for what no cell can hold."""
        if isinstance(value, bool) or not isinstance(value, SupportsFloat):
            raise TypeError(f"{value!r} cannot stand in a cell")
        return self._numbers[float(value)]


class Pen:
    """Writes the rows of one sheet."""

    def __init__(self, sheet: PlainSheet, formats: Formats, contents: Contents) -> None:
        self._sheet = sheet
        self._marks = formats.marks
        self._contents = contents
        self._columns: set[int] = set()
        self._ends: dict[int, int] = {}
        self._look: tuple[Any, ...] = ()
        self._frame = ""
        self._frames: dict[tuple[Any, ...], str] = {}

    def write(self, cells: Iterable[Cell | Line]) -> None:
        """Write cells and lines; a row may hold single cells or be made of lines, not both."""
        for cell in cells:
            if isinstance(cell, Line):
                self._line(cell)
            else:
                self.put(*cell)

    def put(self, row: int, col: int, value: Any, style: str) -> None:
        """Write a single cell."""
        xml = self._contents[value.__class__](value)
        self._row(row)[col] = f'<c r="{LETTERS[col]}{row + 1}{self._marks[style]}{xml}'

    def fill(self, first: tuple[int, int], last: tuple[int, int], style: str) -> None:
        """Give a style to those cells of a rectangle that are not written."""
        end = f"{self._marks[style]}{_BLANK}"
        for row in range(first[0], last[0] + 1):
            cells = self._row(row)
            for col in range(first[1], last[1] + 1):
                if col not in cells:
                    cells[col] = f'<c r="{LETTERS[col]}{row + 1}{end}'

    def close(self) -> None:
        """Tell the sheet how far its cells reach."""
        rows = {*self._sheet.lines, *self._sheet.cells}
        columns = self._columns.union(*self._sheet.cells.values())
        if rows and columns:
            self._sheet._check_dimensions(min(rows), min(columns))
            self._sheet._check_dimensions(max(rows), max(columns))

    def _line(self, line: Line) -> None:
        row, left, values, styles = line
        if row in self._sheet.cells or not 0 <= row < _ROWS or left < self._ends.get(row, 0):
            raise AssertionError(f"row {row} cannot take a line")
        self._ends[row] = left + len(values)
        look = (left, *styles)
        if look != self._look:
            self._look = look
            self._frame = self._frames.get(look) or self._framed(look)
        contents = self._contents
        filling = tuple([contents[value.__class__](value) for value in values])
        before = self._sheet.lines.get(row, "")
        self._sheet.lines[row] = before + self._frame.replace(_ROW, str(row + 1)) % filling

    def _framed(self, look: tuple[Any, ...]) -> str:
        """A row without its number and without what stands in its cells: most rows look like another."""
        left, *styles = look
        end = left + len(styles)
        self._columns.update(range(left, end))
        columns = zip(LETTERS[left:end], styles, strict=True)
        frame = "".join([f'<c r="{column}{_ROW}{self._marks[style]}%s' for column, style in columns])
        if len(self._frames) < _MOST_FRAMES:
            self._frames[look] = frame
        return frame

    def _row(self, row: int) -> dict[int, str]:
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


def _blank(_nothing: None) -> str:
    return _BLANK


def _formula(formula: Formula) -> str:
    text, value = formula
    if isinstance(value, str):
        return f' t="str"><f>{_formula_text(text)}</f><v>{escaped(value) if value else ""}</v></c>'
    return f"><f>{_formula_text(text)}</f><v>{value:.16G}</v></c>"


@lru_cache(maxsize=_MOST_FORMULAS)
def _formula_text(text: str) -> str:
    return escaped(text.removeprefix("="))
