"""What a unit entered on a sheet, apart from what the template put there itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import parts_of, total_parts
from pipeline.model import CellValue, FormRow, SheetCells

Entries = Mapping[tuple[str, str], CellValue]
"""By row key and period id, whatever the order of rows and columns; a formula never saved is ``=``."""


def entries(campaign: Campaign, sheet: SheetCells, rows: Iterable[int] | None = None) -> Entries:
    """Every cell that the unit filled: not the formulas of totals and ratios, nor the marks of locked cells.

    A formula of the unit's own in any other cell is an entry, with the value that was saved for it, and so is
    a sum of numbers alone in any cell. What a cell shows as per cent is told as it shows it. ``rows``
    are the places among the sheet's row keys to look at, all of them unless given.
    """
    places = range(len(sheet.row_keys)) if rows is None else rows
    return dict(_entered(campaign, sheet, places))


def is_blank(campaign: Campaign, sheet: SheetCells) -> bool:
    """Whether nothing was entered, and no total shows a figure either (which an untouched one does not)."""
    shown = (sheet.numbers[position] for position in sheet.formulas)
    if any(not math.isnan(value) and value != 0 for value in shown):
        return False
    return next(_entered(campaign, sheet, range(len(sheet.row_keys))), None) is None


def _entered(
    campaign: Campaign, sheet: SheetCells, rows: Iterable[int]
) -> Iterator[tuple[tuple[str, str], CellValue]]:
    own = _formula_rows(campaign, sheet.row_keys)
    width = len(sheet.period_ids)
    for row in rows:
        key = sheet.row_keys[row]
        for position, period_id in enumerate(sheet.period_ids, row * width):
            value: CellValue = sheet.numbers[position]
            is_formula = position in sheet.formulas
            if value != value:
                value = sheet.shown(position) if is_formula else sheet.texts.get(position)
            elif position in sheet.percents:
                value = sheet.shown(position)
            if value is None or (is_formula and key in own and position not in sheet.arithmetic):
                continue
            if not (isinstance(value, str) and _says_nothing(campaign, key, period_id, value)):
                yield (key, period_id), value


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
