"""Cells -> the rows of a sheet's XML. This runs for every cell of every book: keep it lean.

The library takes every cell into a table and turns it into XML when the book is closed. Half of its time
goes into that detour, so rows are made here as soon as their cells are known; all else of a sheet (columns,
comments, links, conditions, page) stays the library's work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import Any, Final, SupportsFloat
from xml.sax.saxutils import escape

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.address import column_letters
from pipeline.book import Cell, Formula, Line, Link
from pipeline.workbook.styles import Formats

LONGEST_TEXT: Final = 32_767
"""Characters that a cell holds; a longer text ends with a sign that it goes on."""

_CUT: Final = "…"
_ROWS: Final = 1_048_576
_LETTERS: Final = tuple(column_letters(number) for number in range(1, 16_385))


class PlainSheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows are given as XML; a row is either a whole line or single cells by column."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int, str] = {}
        self.cells: dict[int, dict[int, str]] = {}

    def row_xml(self, row: int) -> str:
        """The cells of a row, from left to right."""
        if row in self.lines:
            return self.lines[row]
        cells = self.cells.get(row, {})
        return "".join([cells[col] for col in sorted(cells)])

    def _write_rows(self) -> None:
        if any(self.table.values()):
            raise AssertionError("a cell was written past the rows")
        for row in sorted({*self.lines, *self.cells, *self.row_info, *self.comments}):
            xml = self.row_xml(row)
            if xml:
                self._write_row(row, None, self.row_info.get(row))
                self.fh.write(xml + "</row>")
            else:
                self._write_empty_row(row, None, self.row_info.get(row))

    def _get_range_data(self, row_start: int, col_start: int, row_end: int, col_end: int) -> list[Any]:
        """What stands in a range, for the values that a chart carries with it."""
        places = (
            (row, col) for row in range(row_start, row_end + 1) for col in range(col_start, col_end + 1)
        )
        return [self._shown(row, col) for row, col in places]

    def _shown(self, row: int, col: int) -> str | None:
        place = rf'<c r="{_LETTERS[col]}{row + 1}"([^>]*?)(?:/>|>(?:<f>.*?</f>)?<v>(.*?)</v></c>)'
        found = re.search(place, self.row_xml(row))
        if found is None:
            return None
        text = found[2] or ""
        if 't="s"' in found[1]:
            return str(self.str_table._get_shared_string(int(text)))
        return text


class Texts(dict[str, str]):
    """The XML of a cell with a text, after its style. All sheets of a book share their texts."""

    def __init__(self, workbook: Workbook) -> None:
        super().__init__()
        self._number = workbook.str_table._get_shared_string_index

    def __missing__(self, text: str) -> str:
        self[text] = f' t="s"><v>{self._number(sound(text))}</v></c>' if text else "/>"
        return self[text]


class Pen:
    """Writes the rows of one sheet."""

    def __init__(self, sheet: PlainSheet, formats: Formats, texts: Texts) -> None:
        self._sheet = sheet
        self._marks = formats.marks
        self._texts = texts

    def write(self, cells: Iterable[Cell | Line]) -> None:
        """Write cells and lines; a row may hold single cells or be one line, not both."""
        for cell in cells:
            if isinstance(cell, Line):
                self._line(cell)
            else:
                self.put(*cell)

    def put(self, row: int, col: int, value: Any, style: str) -> None:
        """Write a single cell."""
        place = self._sheet.cells.get(row)
        if place is None:
            place = self._sheet.cells[row] = self._begun(row)
        place[col] = f'<c r="{_LETTERS[col]}{row + 1}{self._marks[style]}{self._rest(value)}'

    def fill(self, first: tuple[int, int], last: tuple[int, int], style: str) -> None:
        """Give a style to those cells of a rectangle that are not written."""
        for row in range(first[0], last[0] + 1):
            for col in range(first[1], last[1] + 1):
                if col not in self._sheet.cells.get(row, {}):
                    self.put(row, col, None, style)

    def close(self) -> None:
        """Tell the sheet how far its single cells reach."""
        for row, place in self._sheet.cells.items():
            self._extend(row, min(place), max(place))

    def _line(self, line: Line) -> None:
        row, left, values, styles = line
        if row in self._sheet.cells:
            raise AssertionError(f"row {row} cannot take a line")
        self._begun(row)
        self._extend(row, left, left + len(values) - 1)
        number, marks, rest = row + 1, self._marks, self._rest
        letters = _LETTERS[left : left + len(values)]
        self._sheet.lines[row] = "".join(
            [
                f'<c r="{column}{number}{marks[style]}{rest(value)}'
                for column, value, style in zip(letters, values, styles, strict=True)
            ]
        )

    def _begun(self, row: int) -> dict[int, str]:
        """A row with nothing in it yet."""
        if row in self._sheet.lines or not 0 <= row < _ROWS:
            raise AssertionError(f"row {row} cannot take a cell")
        return {}

    def _extend(self, row: int, first: int, last: int) -> None:
        self._sheet._check_dimensions(row, first)
        self._sheet._check_dimensions(row, last)

    def _rest(self, value: Any) -> str:
        """The XML of a cell after its style. A number that is not finite and an empty text leave a blank."""
        kind = value.__class__
        if kind is float:
            return f"><v>{value:.16G}</v></c>" if isfinite(value) else "/>"
        if kind is str:
            return self._texts[value]
        if kind is int:
            return f"><v>{value}</v></c>"
        if kind is Formula:
            return _formula(value)
        return "/>" if value is None else self._seldom(value)

    def _seldom(self, value: Any) -> str:
        """A link's text, or a number of another library. Raises TypeError for what no cell can hold."""
        if isinstance(value, Link):
            return self._texts[value.text]
        if isinstance(value, bool) or not isinstance(value, SupportsFloat):
            raise TypeError(f"{value!r} cannot stand in a cell")
        return f"><v>{float(value):.16G}</v></c>" if isfinite(value) else "/>"


def sound(text: str) -> str:
    """The text as a file can hold it: no halves of characters, which a hostile file can have, and an end."""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - len(_CUT)] + _CUT
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _formula(formula: Formula) -> str:
    text = escape(formula.text.removeprefix("="))
    value = formula.value
    if isinstance(value, str):
        return f' t="str"><f>{text}</f><v>{escape(value)}</v></c>'
    return f"><f>{text}</f><v>{value:.16G}</v></c>"
