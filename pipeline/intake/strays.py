"""Every figure on the sheet of a form that belongs to no row and period of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import Final

from pipeline.address import a1
from pipeline.intake.layout import Layout
from pipeline.intake.values import Grid, as_text
from pipeline.model import CellValue, ErrorCell, StrayCell

_FIGURE: Final = re.compile(r"[-−+]?\s*\d[\d.,\s]*%?")
_DIGIT: Final = re.compile(r"\d")
_COLUMN_NUMBER: Final = re.compile(r"\(?\s*(?:[A-Z]|(\d{1,2})(?:\s*=[\s\d+().…-]+)?)\s*\)?", re.IGNORECASE)


def number_of(value: CellValue) -> float:
    """The value as a number, NaN for everything that is not a plain one."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return math.nan


def stray_cells(grid: Grid, layout: Layout) -> Iterator[StrayCell]:
    """The figures that stand in no keyed row, or in no column of a period.

    In the columns of the periods a text with a digit counts as a figure; outside the table only what is
    nothing but a number, and left of the periods only a number itself, because there stand words.
    ``row_label`` is empty where the row is one of the form's: then it is the column that is not.
    """
    keyed = {row for rows in layout.rows.places.values() for row in rows} | set(layout.rows.refused)
    in_periods = {column for columns in layout.columns.places.values() for column in columns}
    in_periods |= set(layout.columns.contradicting)
    first, last = min(in_periods), max(keyed)
    start = _start(layout, keyed)
    beside, head = layout.beside, layout.columns.head
    of_the_form = beside | in_periods
    columns = range(grid.left, grid.left + max(map(len, grid.rows), default=0))
    unknown = [column for column in columns if column not in of_the_form]
    for row in grid.row_numbers:
        if row in head or is_column_numbers(grid, row, start):
            continue
        others = grid.filled_among(row, unknown) if row in keyed else grid.filled(row)
        for column in sorted({*others} - (of_the_form if row in keyed else beside)):
            is_inside = start < row < last and column in in_periods
            is_free = row > start and column >= first
            if _is_figure(grid.value(row, column), is_inside, is_free):
                label = "" if row in keyed else _row_label(grid, row, first)
                yield StrayCell(grid.name, a1(row, column), label, grid.text(row, column))


def is_column_numbers(grid: Grid, row: int, start: int) -> bool:
    """Whether a row above the figures only numbers the columns, as in ``1``, ``(2)``, ``3=1+2``, ``A``."""
    if row > start + 1:
        return False
    found = []
    for _, value in sorted(grid.held(row).items(), key=itemgetter(0)):
        text = as_text(value)
        match = _COLUMN_NUMBER.fullmatch(text)
        if match is not None:
            found.append(match[1])
        elif text:
            return False
    numbers = [int(number) for number in found if number]
    return len(found) > 2 and len(numbers) > 1 and all(b - a == 1 for a, b in pairwise(numbers))


def _start(layout: Layout, keyed: set[int]) -> int:
    """The last row of the head of the table; what stands above it are titles."""
    above = [row for row in layout.columns.head if row < max(keyed)]
    return max(above, default=min(keyed) - 1)


def _is_figure(value: CellValue, is_inside: bool, is_free: bool) -> bool:
    if not is_free:
        return not math.isnan(number_of(value))
    if isinstance(value, str):
        return bool(_DIGIT.search(value) if is_inside else _FIGURE.fullmatch(value.strip()))
    if isinstance(value, (date, time, timedelta)):
        return True
    return isinstance(value, ErrorCell) or not math.isnan(number_of(value))


def _row_label(grid: Grid, row: int, first: int) -> str:
    """What stands left of the periods, so that people find the row again."""
    return " ".join(text for column in range(1, first) if (text := grid.text(row, column)))
