"""The live formula of every city figure. Each mirrors how the figure was computed, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from pipeline.catalogue.city import Basis, CityRow
from pipeline.model import FormRow, Indicator, TimeAggregation
from pipeline.rules.language import Side
from pipeline.summary.brief import Brief, window_periods
from pipeline.summary.grid import at, literal

KEY_COLUMN: Final = 0
UNIT_COLUMN: Final = 1
"""Where row key and unit id stand on every detail sheet; the key also on every city sheet."""

_ROUNDED: Final = 6
"""Decimals that a figure keeps; sums of decimals and ratios are rounded to them."""


def city_formula(brief: Brief, row: CityRow, column: str) -> str:
    """The formula of a city figure in a period or window; empty where there is none."""
    if row.basis is Basis.NOTHING:
        return ""
    if column in brief.campaign.windows:
        return _BY_TIME[_indicator(brief, row).time_aggregation](brief, row, column)
    return _BY_BASIS[row.basis](brief, row, column)


def _over_units(brief: Brief, row: CityRow, column: str) -> str:
    """Add the detail rows of the row's key; a unit criterion where not all units' rows count.

    Nothing where the form has no detail sheet: then the figure itself stands in the cell.
    """
    place = brief.detail.get(_indicator(brief, row).form_id)
    if place is None:
        return ""
    figures = place.column(place.columns[column])
    wanted = _wanted(brief, row)
    count = "+".join([f'COUNTIFS({criteria},{figures},">=0")' for criteria in wanted])
    total = "+".join([f"SUMIFS({figures},{criteria})" for criteria in wanted])
    return f'=IF({count}=0,"",{_rounded(brief, row, total)})'


@lru_cache(maxsize=16)
def _wanted(brief: Brief, row: CityRow) -> tuple[str, ...]:
    """By which criteria the detail rows of a city row are found, whatever the column."""
    form_id = _indicator(brief, row).form_id
    place = brief.detail[form_id]
    same_key = f"{place.column(KEY_COLUMN)},${at(brief.city[form_id].rows[row.key], KEY_COLUMN)}"
    if set(place.units_of.get(row.key, ())) <= set(row.unit_ids):
        return (same_key,)
    unit_ids = place.column(UNIT_COLUMN)
    return tuple(f"{same_key},{unit_ids},{literal(unit_id)}" for unit_id in row.unit_ids)


def _of_authority(brief: Brief, row: CityRow, column: str) -> str:
    cell = brief.city_cell(row.keys[0], column, _indicator(brief, row).form_id)
    return _copy([cell] if cell else [])


def _over_rows(brief: Brief, row: CityRow, column: str) -> str:
    form_id = _indicator(brief, row).form_id
    cells = [brief.city_cell(key, column, form_id) for key in row.keys]
    return _sum(brief, row, [cell for cell in cells if cell])


def _ratio(brief: Brief, row: CityRow, column: str) -> str:
    """Per cent of the summed parts; nothing while a part is missing or the denominator is 0."""
    parts = brief.campaign.parts[row.indicator_id]
    over, under = (_cells(brief, row, side, [column]) for side in (parts.numerator, parts.denominator))
    if not over or not under:
        return ""
    missing = f"COUNT({','.join(over + under)})<{len(over + under)}"
    return f'=IF({missing},"",IF({_plus(under)}<=0,"",ROUND(100*{_plus(over)}/{_plus(under)},{_ROUNDED})))'


def _window_sum(brief: Brief, row: CityRow, window: str) -> str:
    """Add the row's own cells; as a range where they are neighbours, which is easier to read."""
    form_id = _indicator(brief, row).form_id
    columns = [brief.city[form_id].columns[name] for name in window_periods(brief.campaign, form_id, window)]
    cells = _own_cells(brief, row, window)
    if len(cells) > 2 and columns == list(range(columns[0], columns[-1] + 1)):
        return _sum_of(brief, row, f"{cells[0]}:{cells[-1]}")
    return _sum(brief, row, cells)


def _window_last(brief: Brief, row: CityRow, window: str) -> str:
    return _copy(_own_cells(brief, row, window)[-1:])


def _window_first(brief: Brief, row: CityRow, window: str) -> str:
    return _copy(_own_cells(brief, row, window)[:1])


def _window_balance(brief: Brief, row: CityRow, window: str) -> str:
    """First opening plus everything received; or last own figure plus what went out before it."""
    form_id = _indicator(brief, row).form_id
    periods = window_periods(brief.campaign, form_id, window)
    parts = brief.campaign.parts[row.indicator_id]
    moved, when = parts.outflow, periods[:-1]
    if moved is not None:
        must = _own_cells(brief, row, window)[-1:]
    else:
        must = _cells(brief, row, parts.opening, periods[:1])
        moved, when = parts.inflow, periods
    if not must:
        return ""
    moves = [_whole(_cells(brief, row, moved, [period_id])) for period_id in when]
    total = _rounded(brief, row, f"SUM({','.join(must + moves)})")
    return f'=IF(COUNT({",".join(must)})<{len(must)},"",{total})'


def _nothing(_brief: Brief, _row: CityRow, _column: str) -> str:
    return ""


_BY_BASIS: Final[Mapping[Basis, Callable[[Brief, CityRow, str], str]]] = {
    Basis.UNITS: _over_units,
    Basis.LEVELS: _over_rows,
    Basis.COPY: _of_authority,
    Basis.RATIO: _ratio,
}
_BY_TIME: Final[Mapping[TimeAggregation, Callable[[Brief, CityRow, str], str]]] = {
    TimeAggregation.SUM: _window_sum,
    TimeAggregation.LAST: _window_last,
    TimeAggregation.FIRST: _window_first,
    TimeAggregation.BALANCE: _window_balance,
    TimeAggregation.RATIO: _ratio,
    TimeAggregation.NONE: _nothing,
}


def _indicator(brief: Brief, row: CityRow) -> Indicator:
    return brief.campaign.indicators[row.indicator_id]


def _own_cells(brief: Brief, row: CityRow, window: str) -> list[str]:
    form_id = _indicator(brief, row).form_id
    periods = window_periods(brief.campaign, form_id, window)
    return [brief.city_cell(row.key, period_id, form_id) for period_id in periods]


def _cells(brief: Brief, row: CityRow, side: Side | None, columns: Sequence[str]) -> list[str]:
    """The city cells of a sum's indicators at the row's level, column by column; only those there are."""
    form_id = _indicator(brief, row).form_id
    keys = [FormRow(ref.indicator_id, row.level).key for ref in (side.refs if side else ())]
    cells = [brief.city_cell(key, column, form_id) for column in columns for key in keys]
    return [cell for cell in cells if cell]


def _whole(cells: Sequence[str]) -> str:
    """A sum that counts only where all its parts are there, as an argument of a larger sum."""
    if len(cells) == 1:
        return cells[0]
    return f"IF(COUNT({','.join(cells)})<{len(cells)},0,SUM({','.join(cells)}))"


def _sum(brief: Brief, row: CityRow, cells: Sequence[str]) -> str:
    if len(cells) <= 1:
        return _copy(cells)
    return _sum_of(brief, row, ",".join(cells))


def _sum_of(brief: Brief, row: CityRow, cells: str) -> str:
    return f'=IF(COUNT({cells})=0,"",{_rounded(brief, row, f"SUM({cells})")})'


def _copy(cells: Sequence[str]) -> str:
    return f'=IF(ISNUMBER({cells[0]}),{cells[0]},"")' if cells else ""


def _plus(cells: Sequence[str]) -> str:
    return cells[0] if len(cells) == 1 else f"SUM({','.join(cells)})"


def _rounded(brief: Brief, row: CityRow, formula: str) -> str:
    measure = brief.campaign.measures[_indicator(brief, row).unit_measure]
    return f"ROUND({formula},{_ROUNDED})" if measure.decimals else formula
