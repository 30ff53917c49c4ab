"""The formulas of a form sheet: totals of parts, ratios, totals over periods. Empty while unknown."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.forms.places import Places, linear
from pipeline.model import FormRow, TimeAggregation
from pipeline.rules.excel import sum_formula
from pipeline.rules.language import Ref, Side

CellsOf = Callable[[Ref], tuple[str, ...]]


def parts_formula(places: Places, row: FormRow, parts: tuple[str, ...], period_id: str) -> str:
    """The total of the parts in one period."""
    form_id = places.campaign.indicators[row.indicator_id].form_id
    return sum_formula(tuple(places.cell(part, row.level, period_id, form_id) for part in parts))


def ratio_formula(places: Places, row: FormRow, period_id: str) -> str:
    """The quotient of a computed row in one period, in per cent."""
    form_id = places.campaign.indicators[row.indicator_id].form_id

    def cells_of(ref: Ref) -> tuple[str, ...]:
        name = ref.indicator_id
        asked = places.stands(name, row.level, period_id)
        return (places.cell(name, row.level, period_id, form_id),) if asked else ()

    return _quotient(*sides(places, row), cells_of)


def over_periods(places: Places, row: FormRow) -> str | None:
    """The total of a row over its periods; None where it has none, as where it is not aggregated."""
    indicator = places.campaign.indicators[row.indicator_id]
    periods = places.periods_of(row.indicator_id, row.level)
    if not periods:
        return None
    match indicator.time_aggregation:
        case TimeAggregation.SUM:
            return sum_formula((_span(places, row, periods, indicator.form_id),))
        case TimeAggregation.LAST:
            return _one(places, row, periods[-1])
        case TimeAggregation.FIRST:
            return _one(places, row, periods[0])
        case TimeAggregation.BALANCE:
            return _balance(places, row, periods)
        case TimeAggregation.RATIO:
            return _quotient(*sides(places, row), lambda ref: _total_cells(places, row, ref))
        case TimeAggregation.NONE:
            return None


def _one(places: Places, row: FormRow, period_id: str) -> str:
    cell = places.cell(row.indicator_id, row.level, period_id, _home(places, row))
    return f'=IF(COUNT({cell})=0,"",{cell})'


def _balance(places: Places, row: FormRow, periods: tuple[str, ...]) -> str | None:
    """What stood at the beginning plus what came in; or what is left at the end plus what went out."""
    parts = places.campaign.parts[row.indicator_id]
    if parts.outflow is not None:
        at_end: tuple[str, ...] = (places.cell(row.indicator_id, row.level, periods[-1], _home(places, row)),)
        cells, text = at_end, at_end[0]
        moved = _moved(places, row, parts.outflow, periods[:-1])
    elif parts.opening is not None and parts.inflow is not None:
        cells, text = linear(parts.opening, lambda ref: _in_period(places, row, ref, periods[0]))
        moved = _moved(places, row, parts.inflow, periods)
    else:
        return None
    return f'=IF(COUNT({",".join(cells)})<{len(cells)},"",{text}{moved})' if cells else None


def _moved(places: Places, row: FormRow, side: Side, periods: tuple[str, ...]) -> str:
    def span_of(ref: Ref) -> tuple[str, ...]:
        within = tuple(p for p in periods if places.stands(ref.indicator_id, row.level, p))
        return (
            (_span(places, FormRow(ref.indicator_id, row.level), within, _home(places, row)),)
            if within
            else ()
        )

    _, text = linear(side, span_of)
    return text if not text or text.startswith("-") else f"+{text}"


def _span(places: Places, row: FormRow, periods: tuple[str, ...], home: str) -> str:
    """The cells of a row from the first to the last of some periods; a range even where it is one cell."""
    own = places.campaign.indicators[row.indicator_id].form_id
    first = places.cell(row.indicator_id, row.level, periods[0], home)
    last = places.cell(row.indicator_id, row.level, periods[-1], own)
    return f"{first}:{last}"


def sides(places: Places, row: FormRow) -> tuple[Side, Side]:
    """What is divided by what in a computed row."""
    parts = places.campaign.parts[row.indicator_id]
    if parts.numerator is None or parts.denominator is None:
        raise AssertionError("the loader gives every computed indicator both sides")
    return parts.numerator, parts.denominator


def _quotient(numerator: Side, denominator: Side, cells_of: CellsOf) -> str:
    """Empty unless every part is there and what is divided by is more than nothing."""
    above, over = linear(numerator, cells_of)
    below, under = linear(denominator, cells_of)
    cells = tuple(dict.fromkeys(above + below))
    return f'=IF(COUNT({",".join(cells)})<{len(cells)},"",IF({under}>0,100*({over})/({under}),""))'


def _in_period(places: Places, row: FormRow, ref: Ref, period_id: str) -> tuple[str, ...]:
    name = ref.indicator_id
    if not places.stands(name, row.level, period_id):
        return ()
    return (places.cell(name, row.level, period_id, _home(places, row)),)


def _total_cells(places: Places, row: FormRow, ref: Ref) -> tuple[str, ...]:
    if not places.is_asked(ref.indicator_id, row.level):
        return ()
    return (places.total_cell(ref.indicator_id, row.level, _home(places, row)),)


def _home(places: Places, row: FormRow) -> str:
    return places.campaign.indicators[row.indicator_id].form_id
