"""What lies over the cells: merged ranges, links and comments."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import Any, Final

from pipeline.book import Cell, Line, Link, Merge, Note, Table
from pipeline.workbook.jumps import attributes, reference
from pipeline.workbook.rows import Pen, sound
from pipeline.workbook.sheet import PlainSheet

LONGEST_NOTE: Final = 2000
"""Characters of a comment; nobody reads more beside a cell."""


_MERGES_KEPT: Final = 256
"""So many sheets are kept of which it is known whether their merged ranges overlap."""


def write_cells(worksheet: PlainSheet, cells: Iterable[Cell | Line | Table], pen: Pen) -> None:
    """Write the cells of a sheet, and lead on from those that are links."""
    pen.write(_linked(worksheet, cells))


def write_merges(worksheet: PlainSheet, merges: Iterable[Merge], pen: Pen) -> None:
    """Write merged ranges; one of a single cell is that cell. Raises ValueError where two overlap."""
    given = list(merges)
    areas = [(m.first_row, m.first_col, m.last_row, m.last_col) for m in given]
    overlapping = _overlapping(tuple(areas))
    if overlapping is not None:
        raise ValueError(f"{worksheet.get_name()}: {given[overlapping]} overlaps another merged range")
    for merge, area in zip(given, areas, strict=True):
        first, last = area[:2], area[2:]
        pen.put(*first, merge.value, merge.style)
        if first != last:
            worksheet.merge.append([*area])  # merge_range would write cells, and they are ours
            pen.fill(first, last, merge.style)


@lru_cache(maxsize=_MERGES_KEPT)
def _overlapping(areas: tuple[tuple[int, int, int, int], ...]) -> int | None:
    """Which range overlaps one before it; None where none does. One of a single cell overlaps nothing."""
    taken: set[tuple[int, int]] = set()
    for place, (first_row, first_col, last_row, last_col) in enumerate(areas):
        if (first_row, first_col) != (last_row, last_col):
            area = set(product(range(first_row, last_row + 1), range(first_col, last_col + 1)))
            if not taken.isdisjoint(area):
                return place
            taken |= area
    return None


def write_notes(worksheet: PlainSheet, notes: Iterable[Note], look: dict[str, Any]) -> None:
    """Write comments, hidden until someone points at their cell, and nobody's by name."""
    for note in notes:
        box = {"author": "", "x_offset": 12, "width": note.width, "height": note.height}
        worksheet.write_comment(note.row, note.col, sound(note.text)[:LONGEST_NOTE], {**look, **box})


def _linked(worksheet: PlainSheet, cells: Iterable[Cell | Line | Table]) -> Iterable[Cell | Line | Table]:
    for cell in cells:
        if isinstance(cell, Cell) and isinstance(cell.value, Link):
            link = cell.value
            place = reference(link.sheet, link.cell)
            worksheet.links[cell.row, cell.col] = "", attributes(place, sound(link.text))
        yield cell
