"""What stands in the cells. The loop of ``write_cells`` runs for every cell of every book: keep it lean."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from pipeline.book import Cell, Formula, Link, Merge, Note
from pipeline.workbook.styles import Formats

LONGEST_NOTE: Final = 2000
"""Characters of a comment; nobody reads more beside a cell."""


class PlainSheet(Worksheet):  # type: ignore[misc]
    """A worksheet that takes our formulas as they are.

    The library looks in every formula for some forty functions that came after Excel 2010; we use none of
    them. It also saves an empty text as an empty number, which some readers take for 0, and a whole number
    that is a float with a point.
    """

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Any = None, value: Any = 0
    ) -> int:
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, value)
        return 0

    def _xml_formula_element(self, formula: str, result: Any, attributes: list[tuple[str, Any]]) -> None:
        if result == "":
            attributes.append(("t", "str"))
        if isinstance(result, float):
            result = f"{result:.16G}"
        super()._xml_formula_element(formula, result, attributes)


def write_cells(worksheet: Worksheet, cells: Iterable[Cell], formats: Formats) -> None:
    """Write the cells of a sheet. A number that is not finite and an empty text leave a blank."""
    string, number = worksheet.write_string, worksheet.write_number
    blank, formula = worksheet.write_blank, worksheet.write_formula
    for row, col, value, style in cells:
        kind = value.__class__
        if kind is str:
            if value:
                string(row, col, _sound(value), formats[style])  # type: ignore[arg-type]
            else:
                blank(row, col, None, formats[style])
        elif kind is Formula:
            formula(row, col, value.text, formats[style], value.value)  # type: ignore[union-attr]
        elif kind is Link:
            _write_link(worksheet, (row, col), value, formats[style])  # type: ignore[arg-type]
        elif value is None or not math.isfinite(value):  # type: ignore[arg-type]
            blank(row, col, None, formats[style])
        else:
            number(row, col, value, formats[style])


def write_merges(worksheet: Worksheet, merges: Iterable[Merge], formats: Formats) -> None:
    """Write merged ranges; a range of one cell is written as that cell."""
    for merge in merges:
        place = (merge.first_row, merge.first_col, merge.last_row, merge.last_col)
        if place[:2] != place[2:]:
            worksheet.merge_range(*place, "", formats[merge.style])
        write_cells(worksheet, [Cell(merge.first_row, merge.first_col, merge.value, merge.style)], formats)


def write_notes(worksheet: Worksheet, notes: Iterable[Note], look: dict[str, Any]) -> None:
    """Write comments, hidden until someone points at their cell, and nobody's by name."""
    for note in notes:
        box = {"author": "", "x_offset": 12, "width": note.width, "height": note.height}
        worksheet.write_comment(note.row, note.col, _sound(note.text)[:LONGEST_NOTE], {**look, **box})


def _write_link(worksheet: Worksheet, at: tuple[int, int], link: Link, look: Any) -> None:
    target = "internal:'" + link.sheet.replace("'", "''") + f"'!{link.cell}"
    worksheet.write_url(*at, target, look, string=_sound(link.text))


def _sound(text: str) -> str:
    """The text without halves of characters: a hostile file can hold them, and no file can be written so."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
