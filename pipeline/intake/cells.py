"""One form sheet -> its keyed cells as typed, and every figure on it that belongs to no key."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.intake.layout import KEY_COLUMN, Layout
from pipeline.intake.places import cell_name
from pipeline.intake.values import Grid, as_text
from pipeline.model import CellValue, ErrorCell, ReadProblem, SheetCells, StrayCell

_FIGURE: Final = re.compile(r"[-−+]?\s*\d[\d.,\s]*%?")
_DIGIT: Final = re.compile(r"\d")


def read_cells(grid: Grid, layout: Layout) -> SheetCells:
    """The cells in the rows and columns that stand exactly once."""
    rows = {key: places[0] for key, places in layout.rows.items() if len(places) == 1}
    columns = {name: places[0] for name, places in layout.columns.items() if len(places) == 1}
    numbers = array("d")
    texts: dict[int, CellValue] = {}
    formulas: set[int] = set()
    for row in rows.values():
        for column in columns.values():
            value = grid.value(row, column)
            number = _number(value)
            if value is not None and math.isnan(number):
                texts[len(numbers)] = value
            if grid.facts.is_formula((row, column)):
                formulas.add(len(numbers))
            numbers.append(number)
    return SheetCells(
        form_id=layout.form_id,
        sheet=grid.name,
        row_keys=tuple(rows),
        row_numbers=tuple(rows.values()),
        period_ids=tuple(columns),
        column_numbers=tuple(columns.values()),
        numbers=numbers,
        texts=texts,
        formulas=frozenset(formulas),
    )


def key_problems(grid: Grid, layout: Layout, campaign: Campaign) -> Iterator[ReadProblem]:
    """The keys that stand twice, of which neither place is read, and the periods without a column."""
    for key, rows in layout.rows.items():
        if len(rows) > 1:
            indicator = campaign.indicators[key.partition("|")[0]]
            values = {"key": key, "name": indicator.name, "rows": _listed(rows)}
            cell = cell_name(rows[0], KEY_COLUMN)
            yield ReadProblem("ROW-TWICE", grid.name, cell, layout.form_id, values)
    for period_id in campaign.forms[layout.form_id].period_ids:
        columns = layout.columns.get(period_id, ())
        values = {"period_id": period_id, "period": campaign.periods[period_id].label}
        if not columns:
            yield ReadProblem("COLUMN-MISSING", grid.name, "", layout.form_id, values)
        if len(columns) > 1:
            cells = [cell_name(layout.heading, column) for column in columns]
            values["cells"] = ", ".join(cells)
            yield ReadProblem("COLUMN-TWICE", grid.name, cells[0], layout.form_id, values)


def stray_cells(grid: Grid, layout: Layout) -> Iterator[StrayCell]:
    """The figures below the heading that stand in no keyed row, or in no column with a machine id.

    Left of the periods stand numbering and labels, above the heading the titles, below the last key the
    signatures; there a text counts as a figure only if it is nothing but a number.
    """
    keyed = {row: key for key, rows in layout.rows.items() for row in rows}
    in_periods = {column for columns in layout.columns.values() for column in columns}
    first, last = min(in_periods), max(keyed)
    known = in_periods | layout.named
    beside = [column for column in range(first, grid.facts.right + 1) if column not in known]
    everywhere = sorted({*in_periods, *beside})
    for row in grid.row_numbers:
        if row <= layout.heading:
            continue
        for column in beside if row in keyed else everywhere:
            value = grid.value(row, column)
            if _is_figure(value, is_inside=row < last and column in in_periods):
                place = cell_name(row, column)
                yield StrayCell(grid.name, place, _row_label(grid, row, first), as_text(value))


def holds_numbers(grid: Grid) -> int:
    """How many cells of a sheet are numbers."""
    return sum(not math.isnan(_number(value)) for row in grid.rows for value in row)


def _number(value: CellValue) -> float:
    """The value as a number, NaN for everything that is not a plain one."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return math.nan


def _is_figure(value: CellValue, is_inside: bool) -> bool:
    if isinstance(value, str):
        return bool(_DIGIT.search(value) if is_inside else _FIGURE.fullmatch(value.strip()))
    if isinstance(value, (date, time, timedelta)):
        return True
    return isinstance(value, ErrorCell) or not math.isnan(_number(value))


def _row_label(grid: Grid, row: int, first: int) -> str:
    """What stands left of the periods, so that people find the row again."""
    return " ".join(text for column in range(1, first) if (text := grid.text(row, column)))


def _listed(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows))
