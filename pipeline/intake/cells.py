"""One form sheet -> its keyed cells as typed."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import product

from pipeline.intake.facts import Place
from pipeline.intake.layout import Layout, single_places
from pipeline.intake.merged import merged_cells
from pipeline.intake.strays import number_of
from pipeline.intake.values import Grid
from pipeline.model import CellValue, SheetCells


def read_cells(grid: Grid, layout: Layout) -> SheetCells:
    """The cells in the rows and columns that stand exactly once."""
    rows = single_places(layout.rows.places)
    columns = single_places(layout.columns.places)
    numbers, texts = _figures(grid, rows.values(), columns.values())
    areas = merged_cells(grid, rows.values(), columns.values())
    sheet = SheetCells(
        *(layout.form_id, grid.name, tuple(rows), tuple(rows.values())),
        *(tuple(columns), tuple(columns.values())),
        numbers=numbers,
        texts=texts,
        formulas=grid.facts.formulas_among(rows.values(), columns.values()),
        merged=_merged(product(rows.values(), columns.values()), areas) if areas else {},
    )
    return _with_looks(sheet, grid, _positions(grid, rows.values(), columns.values()))


def _merged(places: Iterable[Place], areas: Mapping[Place, str]) -> dict[int, str]:
    return {position: areas[place] for position, place in enumerate(places) if place in areas}


def _figures(
    grid: Grid, rows: Collection[int], columns: Collection[int]
) -> tuple[array[float], dict[int, CellValue]]:
    """The numbers of a form, row by row, and by position what stands where there is none."""
    numbers = array("d")
    texts: dict[int, CellValue] = {}
    for row, shown in zip(rows, grid.shown_in(rows, columns), strict=True):
        plain = [value for value in shown if type(value) is float and math.isfinite(value)]
        if len(plain) == len(columns):
            numbers.extend(plain)
            continue
        for column, raw in zip(columns, shown, strict=True):
            value = raw if type(raw) is float else grid.value(row, column)
            number = number_of(value)
            if value is not None and math.isnan(number):
                texts[len(numbers)] = value
            numbers.append(number)
    return numbers, texts


def _with_looks(sheet: SheetCells, grid: Grid, at: Mapping[Place, int]) -> SheetCells:
    """The sheet with what few cells have: older encodings, sums, numbers shown as per cent."""
    if not at:
        return sheet
    typed = {at[place]: one.typed for place, one in grid.converted.items() if place in at}
    return replace(
        sheet,
        texts={**sheet.texts, **typed},
        unicode={at[place]: grid.text(*place) for place in grid.converted if place in at},
        arithmetic={at[place]: text for place, text in grid.facts.arithmetic.items() if place in at},
        percents=frozenset(at[place] for place in grid.facts.percents if place in at),
    )


def _positions(grid: Grid, rows: Collection[int], columns: Collection[int]) -> dict[Place, int]:
    """By place its position in the matrix of the form; nothing for a sheet on which nobody asks for it."""
    facts = grid.facts
    if not (grid.converted or facts.arithmetic or facts.percents):
        return {}
    return {place: position for position, place in enumerate(product(rows, columns))}


def same_figures(one: SheetCells, other: SheetCells) -> bool:
    """Whether two sheets of a form say the same in every row and period, wherever these stand."""
    return _said(one) == _said(other)


def holds_numbers(grid: Grid) -> int:
    """How many cells of a sheet are numbers."""
    return sum(not math.isnan(number_of(value)) for row in grid.rows for value in row)


def _said(sheet: SheetCells) -> dict[tuple[str, str], tuple[CellValue | bool, ...]]:
    places = [(key, period_id) for key in sheet.row_keys for period_id in sheet.period_ids]
    found: dict[tuple[str, str], tuple[CellValue | bool, ...]] = {}
    for position, (place, number) in enumerate(zip(places, sheet.numbers, strict=True)):
        value = sheet.texts.get(position) if math.isnan(number) else number
        how = (position in sheet.formulas, sheet.arithmetic.get(position, ""), position in sheet.percents)
        found[place] = (value, *how)
    return found
