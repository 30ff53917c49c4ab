"""What lies over the cells: merged ranges, links and comments."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any, Final

from pipeline.book import Cell, Line, Link, Merge, Note
from pipeline.workbook.jumps import attributes, reference
from pipeline.workbook.rows import Pen, sound
from pipeline.workbook.sheet import PlainSheet

LONGEST_NOTE: Final = 2000
"""Characters of a comment; nobody reads more beside a cell."""


def write_cells(worksheet: PlainSheet, cells: Iterable[Cell | Line], pen: Pen) -> None:
    """Write the cells of a sheet, and lead on from those that are links."""
    pen.write(_linked(worksheet, cells))


def write_merges(worksheet: PlainSheet, merges: Iterable[Merge], pen: Pen) -> None:
    """Write merged ranges; one of a single cell is that cell. Raises ValueError where two overlap."""
    taken: set[tuple[int, int]] = set()
    for merge in merges:
        first, last = (merge.first_row, merge.first_col), (merge.last_row, merge.last_col)
        pen.put(*first, merge.value, merge.style)
        if first != last:
            area = set(product(range(first[0], last[0] + 1), range(first[1], last[1] + 1)))
            if not taken.isdisjoint(area):
                raise ValueError(f"{worksheet.get_name()}: {merge} overlaps another merged range")
            taken |= area
            worksheet.merge.append([*first, *last])  # merge_range would write cells, and they are ours
            pen.fill(first, last, merge.style)


def write_notes(worksheet: PlainSheet, notes: Iterable[Note], look: dict[str, Any]) -> None:
    """Write comments, hidden until someone points at their cell, and nobody's by name."""
    for note in notes:
        box = {"author": "", "x_offset": 12, "width": note.width, "height": note.height}
        worksheet.write_comment(note.row, note.col, sound(note.text)[:LONGEST_NOTE], {**look, **box})


def _linked(worksheet: PlainSheet, cells: Iterable[Cell | Line]) -> Iterable[Cell | Line]:
    for cell in cells:
        if isinstance(cell, Cell) and isinstance(cell.value, Link):
            link = cell.value
            place = reference(link.sheet, link.cell)
            worksheet.links[cell.row, cell.col] = "", attributes(place, sound(link.text))
        yield cell
