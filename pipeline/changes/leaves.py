"""What a city figure is made of, in the end: which row keys in which periods, and of which units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import Basis, CityRow, city_rows
from pipeline.model import FormRow, Indicator, TimeAggregation
from pipeline.rules.language import Side

Leaf = tuple[str, str]
"""Row key and period: the cells of the units that the row's figure is the sum of."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaves:
    """Answers for any city figure which leaves it rests on; each is worked out once."""

    campaign: Campaign
    rows: Mapping[str, CityRow]
    known: dict[tuple[str, str], tuple[Leaf, ...]] = field(default_factory=dict)

    def of(self, key: str, column: str) -> tuple[Leaf, ...]:
        """The leaves of a city figure in a period or window; none where the campaign has no such figure."""
        if (key, column) not in self.known:
            self.known[key, column] = tuple(dict.fromkeys(self._of(key, column)))
        return self.known[key, column]

    def units(self, key: str) -> tuple[str, ...]:
        """The units whose cells are added for a leaf."""
        return self.rows[key].unit_ids

    def is_sum(self, key: str) -> bool:
        """Whether the figures of a row are sums of their leaves; ratios are not."""
        return key not in self.rows or self.rows[key].basis is not Basis.RATIO

    def _of(self, key: str, column: str) -> Iterable[Leaf]:
        row = self.rows.get(key)
        if row is None or row.basis is Basis.NOTHING:
            return []
        if row.basis is Basis.RATIO:
            return self._all((part, column) for part in row.keys)
        if column in self.campaign.windows:
            return self._window(row, column)
        if row.basis is Basis.UNITS:
            return [(key, column)]
        return self._all((part, column) for part in row.keys)

    def _all(self, figures: Iterable[tuple[str, str]]) -> Iterable[Leaf]:
        return [leaf for key, column in figures for leaf in self.of(key, column)]

    def _window(self, row: CityRow, window_id: str) -> Iterable[Leaf]:
        indicator = self.campaign.indicators[row.indicator_id]
        mine = self.campaign.forms[indicator.form_id].period_ids
        places = [p for p in self.campaign.windows[window_id].period_ids if p in mine]
        if not places:
            return []
        how = indicator.time_aggregation
        if how is TimeAggregation.SUM:
            return self._all((row.key, period) for period in places)
        if how in (TimeAggregation.LAST, TimeAggregation.FIRST):
            return self.of(row.key, places[-1 if how is TimeAggregation.LAST else 0])
        return self._balance(indicator, row, places) if how is TimeAggregation.BALANCE else []

    def _balance(self, indicator: Indicator, row: CityRow, places: Sequence[str]) -> Iterable[Leaf]:
        parts = self.campaign.parts[indicator.indicator_id]
        if parts.opening is not None and parts.inflow is not None:
            start, moves = self._side(parts.opening, row, places[:1]), self._side(parts.inflow, row, places)
            return [*start, *moves]
        left = self._side(parts.outflow, row, places[:-1]) if parts.outflow else []
        return [*self.of(row.key, places[-1]), *left]

    def _side(self, side: Side, row: CityRow, periods: Sequence[str]) -> Iterable[Leaf]:
        keys = [FormRow(ref.indicator_id, row.level).key for ref in side.refs]
        return self._all((key, period) for key in keys for period in periods)


def leaves_of(campaign: Campaign) -> Leaves:
    """The leaves of every city figure of a campaign."""
    rows = (row for mine in city_rows(campaign).values() for row in mine)
    return Leaves(campaign, {row.key: row for row in rows})
