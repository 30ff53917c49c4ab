"""What a city figure in one column is made of, one step down: units, or other city figures.

Says the same as the totals and the live formulas, so that a figure can be opened up and followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.city import Basis, CityRow
from pipeline.model import FormRow, TimeAggregation
from pipeline.rules.language import Side

Place = tuple[str, str]
"""A city figure: row key, and period or window."""


class Way(StrEnum):
    """How a figure is made."""

    UNITS = "units"
    """The figures of the row's units in this period are added."""
    SUM = "sum"
    """Other city figures are added, those that there are."""
    COPY = "copy"
    """It is another city figure."""
    RATIO = "ratio"
    """The first group over the second, in per cent; nothing where a part is missing."""
    BALANCE = "balance"
    """The first group, which must be there, and every other group that is there in full, are added."""
    NOTHING = "nothing"
    """There is no such figure."""


@dataclass(frozen=True, slots=True)
class Makeup:
    """One step down. A group counts only where all its figures are there. No groups for UNITS and NOTHING."""

    way: Way
    groups: tuple[tuple[Place, ...], ...] = ()

    @property
    def parts(self) -> tuple[Place, ...]:
        """All figures that take part."""
        return tuple(place for group in self.groups for place in group)


def makeup(campaign: Campaign, row: CityRow, column: str) -> Makeup:
    """What the figure of a row in a period or window is made of."""
    if row.basis is Basis.NOTHING:
        return Makeup(Way.NOTHING)
    if row.basis is Basis.RATIO:
        return _ratio(campaign, row, column)
    if column in campaign.windows:
        return _over_time(campaign, row, column)
    if row.basis is Basis.UNITS:
        return Makeup(Way.UNITS)
    way = Way.COPY if row.basis is Basis.COPY else Way.SUM
    return Makeup(way, tuple(((key, column),) for key in row.keys))


def _ratio(campaign: Campaign, row: CityRow, column: str) -> Makeup:
    parts = campaign.parts[row.indicator_id]
    return Makeup(Way.RATIO, (_side(row, parts.numerator, column), _side(row, parts.denominator, column)))


def _over_time(campaign: Campaign, row: CityRow, window: str) -> Makeup:
    indicator = campaign.indicators[row.indicator_id]
    inside = set(campaign.windows[window].period_ids)
    periods = [name for name in campaign.forms[indicator.form_id].period_ids if name in inside]
    how = indicator.time_aggregation
    if how is TimeAggregation.SUM:
        return Makeup(Way.SUM, tuple(((row.key, period),) for period in periods))
    if how is TimeAggregation.LAST:
        return Makeup(Way.COPY, (((row.key, periods[-1]),),))
    if how is TimeAggregation.FIRST:
        return Makeup(Way.COPY, (((row.key, periods[0]),),))
    if how is TimeAggregation.BALANCE:
        return _balance(campaign, row, periods)
    return Makeup(Way.NOTHING)


def _balance(campaign: Campaign, row: CityRow, periods: Sequence[str]) -> Makeup:
    parts = campaign.parts[row.indicator_id]
    if parts.outflow is not None:
        start: tuple[Place, ...] = ((row.key, periods[-1]),)
        moves = [_side(row, parts.outflow, period) for period in periods[:-1]]
    else:
        start = _side(row, parts.opening, periods[0])
        moves = [_side(row, parts.inflow, period) for period in periods]
    return Makeup(Way.BALANCE, (start, *moves))


def _side(row: CityRow, side: Side | None, column: str) -> tuple[Place, ...]:
    refs = side.refs if side else ()
    return tuple((FormRow(ref.indicator_id, row.level).key, column) for ref in refs)
