"""One form sheet -> its keyed cells as typed."""

from __future__ import annotations

import math
from array import array

from pipeline.intake.layout import Layout, single_places
from pipeline.intake.merged import merged_cells
from pipeline.intake.strays import number_of
from pipeline.intake.values import Grid
from pipeline.model import CellValue, SheetCells


def read_cells(grid: Grid, layout: Layout) -> SheetCells:
    """The cells in the rows and columns that stand exactly once."""
    rows = single_places(layout.rows.places)
    columns = single_places(layout.columns.places)
    numbers = array("d")
    texts: dict[int, CellValue] = {}
    formulas: set[int] = set()
    areas = merged_cells(grid, rows.values(), columns.values())
    merged: dict[int, str] = {}
    for row in rows.values():
        for column in columns.values():
            value = grid.value(row, column)
            number = number_of(value)
            if value is not None and math.isnan(number):
                texts[len(numbers)] = value
            if grid.facts.is_formula((row, column)):
                formulas.add(len(numbers))
            if (row, column) in areas:
                merged[len(numbers)] = areas[row, column]
            numbers.append(number)
    places = (tuple(rows), tuple(rows.values()), tuple(columns), tuple(columns.values()))
    return SheetCells(
        layout.form_id,
        grid.name,
        *places,
        numbers=numbers,
        texts=texts,
        formulas=frozenset(formulas),
        merged=merged,
    )


def same_figures(one: SheetCells, other: SheetCells) -> bool:
    """Whether two sheets of a form say the same in every row and period, wherever these stand."""
    return _said(one) == _said(other)


def holds_numbers(grid: Grid) -> int:
    """How many cells of a sheet are numbers."""
    return sum(not math.isnan(number_of(value)) for row in grid.rows for value in row)


def _said(sheet: SheetCells) -> dict[tuple[str, str], tuple[CellValue, bool]]:
    places = [(key, period_id) for key in sheet.row_keys for period_id in sheet.period_ids]
    found: dict[tuple[str, str], tuple[CellValue, bool]] = {}
    for position, (place, number) in enumerate(zip(places, sheet.numbers, strict=True)):
        value = sheet.texts.get(position) if math.isnan(number) else number
        found[place] = (value, position in sheet.formulas)
    return found
