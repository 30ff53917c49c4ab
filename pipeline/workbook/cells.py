"""What lies over the cells: merged ranges, links and comments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from xlsxwriter.url import Url

from pipeline.book import Cell, Line, Link, Merge, Note
from pipeline.workbook.rows import Pen, PlainSheet, sound
from pipeline.workbook.styles import Formats

LONGEST_NOTE: Final = 2000
"""Characters of a comment; nobody reads more beside a cell."""


def write_cells(worksheet: PlainSheet, cells: Iterable[Cell | Line], pen: Pen) -> None:
    """Write the cells of a sheet, and lead on from those that are links."""
    pen.write(_linked(worksheet, cells))


def write_merges(worksheet: PlainSheet, merges: Iterable[Merge], pen: Pen, formats: Formats) -> None:
    """Write merged ranges; a range of one cell is written as that cell."""
    for merge in merges:
        first, last = (merge.first_row, merge.first_col), (merge.last_row, merge.last_col)
        pen.put(*first, merge.value, merge.style)
        if first != last:
            worksheet.merge_range(*first, *last, "", formats[merge.style])
            worksheet.table.clear()  # the cells of the range are ours to write
            pen.fill(first, last, merge.style)


def write_notes(worksheet: PlainSheet, notes: Iterable[Note], look: dict[str, Any]) -> None:
    """Write comments, hidden until someone points at their cell, and nobody's by name."""
    for note in notes:
        box = {"author": "", "x_offset": 12, "width": note.width, "height": note.height}
        worksheet.write_comment(note.row, note.col, sound(note.text)[:LONGEST_NOTE], {**look, **box})


def _linked(worksheet: PlainSheet, cells: Iterable[Cell | Line]) -> Iterable[Cell | Line]:
    for cell in cells:
        if isinstance(cell, Cell) and isinstance(cell.value, Link):
            _lead(worksheet, cell, cell.value)
        yield cell


def _lead(worksheet: PlainSheet, cell: Cell, link: Link) -> None:
    target = Url("internal:'" + link.sheet.replace("'", "''") + f"'!{link.cell}")
    target._text = sound(link.text)
    worksheet.hyperlinks[cell.row][cell.col] = target
