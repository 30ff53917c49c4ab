"""What a unit entered on a sheet, apart from what the template put there itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import parts_of, total_parts
from pipeline.model import CellValue, FormRow, SheetCells

Entries = Mapping[tuple[str, str], CellValue]
"""By row key and period id, whatever the order of rows and columns; a formula never saved is ``=``."""


def entries(campaign: Campaign, sheet: SheetCells) -> Entries:
    """Every cell that the unit filled: not the formulas of totals and ratios, nor the marks of locked cells.

    A formula of the unit's own in any other cell is an entry, with the value that was saved for it.
    """
    found: dict[tuple[str, str], CellValue] = {}
    own = _formula_rows(campaign, sheet.row_keys)
    for position in _filled(sheet):
        key, period_id = _place(sheet, position)
        value = _value(sheet, position)
        if position in sheet.formulas and key in own:
            continue
        if isinstance(value, str) and _says_nothing(campaign, key, period_id, value):
            continue
        found[key, period_id] = value
    return found


def is_blank(campaign: Campaign, sheet: SheetCells) -> bool:
    """Whether nothing was entered, and no total shows a figure either (which an untouched one does not)."""
    shown = (sheet.numbers[position] for position in sheet.formulas)
    return not any(not math.isnan(value) and value != 0 for value in shown) and not entries(campaign, sheet)


def _filled(sheet: SheetCells) -> list[int]:
    numbers = {position for position, value in enumerate(sheet.numbers) if not math.isnan(value)}
    return sorted(numbers | sheet.texts.keys() | sheet.formulas)


def _place(sheet: SheetCells, position: int) -> tuple[str, str]:
    row, column = divmod(position, len(sheet.period_ids))
    return sheet.row_keys[row], sheet.period_ids[column]


def _value(sheet: SheetCells, position: int) -> CellValue:
    number = sheet.numbers[position]
    return number if not math.isnan(number) else sheet.texts.get(position, "=")


def _says_nothing(campaign: Campaign, key: str, period_id: str, text: str) -> bool:
    if not text.strip():
        return True
    return text.strip() == campaign.settings.symbols["M"] and _is_locked(campaign, key, period_id)


def _is_locked(campaign: Campaign, key: str, period_id: str) -> bool:
    """Whether the template marks the cell as one that cannot be filled; a ratio's where a part's is."""
    indicator = campaign.indicators.get(key.partition("|")[0])
    if indicator is None:
        return False
    parts = parts_of(campaign, indicator) if indicator.is_computed else ()
    return not all(campaign.exists_in(name, period_id) for name in (indicator.indicator_id, *parts))


@lru_cache(maxsize=256)
def _formula_rows(campaign: Campaign, row_keys: tuple[str, ...]) -> frozenset[str]:
    """The rows whose cells are formulas in the template: totals of other rows, and ratios."""
    named = [FormRow(*key.partition("|")[::2]) for key in row_keys]
    rows = [row for row in named if row.indicator_id in campaign.indicators]
    return frozenset(
        row.key
        for row in rows
        if campaign.indicators[row.indicator_id].is_computed or total_parts(campaign, row, rows)
    )
