"""One figure opened up, step by step, and added again from the units' own figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import CityRow
from pipeline.catalogue.makeup import Place, Way, makeup
from pipeline.frames import CityTable, Results
from pipeline.tracing.units import UnitFigure, UnitFigures

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """A city figure and what it is made of. ``again`` is its value added again from the units' figures.

    Both are NaN where there is no figure. ``groups`` as in Makeup; ``units`` only where figures of units are
    added, or shown because the row has no city figure.
    """

    row: CityRow
    column: str
    way: Way
    value: float
    counted: int
    expected: int
    is_provisional: bool
    groups: tuple[tuple[Figure, ...], ...]
    units: tuple[UnitFigure, ...]
    again: float

    @property
    def agrees(self) -> bool:
        """Whether adding again gives the same figure."""
        return self.value == self.again or (math.isnan(self.value) and math.isnan(self.again))

    def leaves(self) -> Iterator[Figure]:
        """The figures, in order and each once, that are made of units' figures."""
        seen: set[tuple[str, str]] = set()
        for figure in self._all():
            if figure.way in (Way.UNITS, Way.NOTHING) and (figure.row.key, figure.column) not in seen:
                seen.add((figure.row.key, figure.column))
                yield figure

    def _all(self) -> Iterator[Figure]:
        yield self
        for group in self.groups:
            for figure in group:
                yield from figure._all()


def trace(campaign: Campaign, results: Results, row: CityRow, column: str) -> Figure:
    """Open up a city figure. A row without city figures shows what its units report in that period."""
    return _Tracer(campaign, results, UnitFigures(campaign, results)).figure((row.key, column))


def unit_figures(figure: Figure, unit_ids: Sequence[str] = ()) -> list[UnitFigure]:
    """All figures of units that a figure rests on; only those of some units where they are named."""
    return [one for leaf in figure.leaves() for one in leaf.units if not unit_ids or one.unit_id in unit_ids]


@dataclass(slots=True)
class _Tracer:
    campaign: Campaign
    results: Results
    units: UnitFigures
    known: dict[Place, Figure] = field(default_factory=dict)

    def figure(self, place: Place) -> Figure:
        """A figure by row key and column, opened up once."""
        if place not in self.known:
            self.known[place] = self._figure(*place)
        return self.known[place]

    def _figure(self, key: str, column: str) -> Figure:
        table, at = self._table(key)
        row = table.rows[at]
        made = makeup(self.campaign, row, column)
        groups = tuple(
            tuple(self.figure(place) for place in group if self._has(place)) for group in made.groups
        )
        units = tuple(self._units(row, column, made.way))
        col = table.columns.index(column)
        return Figure(
            *(row, column, made.way, float(table.values[at, col])),
            *(int(table.counted[at, col]), int(table.expected[at, col]), bool(table.provisional[at, col])),
            *(groups, units, _again(made.way, groups, units)),
        )

    def _units(self, row: CityRow, column: str, way: Way) -> Iterator[UnitFigure]:
        if way is Way.UNITS:
            yield from self.units.of(row.key, column, row.unit_ids)
        elif way is Way.NOTHING and column in self.campaign.periods:
            yield from self.units.of(row.key, column, None)

    def _table(self, key: str) -> tuple[CityTable, int]:
        form_id = self.campaign.indicators[key.rpartition("|")[0]].form_id
        table = self.results.city[form_id]
        return table, next(i for i, row in enumerate(table.rows) if row.key == key)

    def _has(self, place: Place) -> bool:
        key, column = place
        table = self.results.city[self.campaign.indicators[key.rpartition("|")[0]].form_id]
        return column in table.columns and any(row.key == key for row in table.rows)


def _again(way: Way, groups: Sequence[Sequence[Figure]], units: Sequence[UnitFigure]) -> float:
    if way is Way.NOTHING:
        return math.nan
    if way is Way.UNITS:
        return _sum(one.value for one in units if one.counts)
    whole = [_whole(group) for group in groups]
    if way is Way.RATIO:
        over, under = whole
        return _rounded(100.0 * over / under) if under > 0 else math.nan
    if way is Way.BALANCE and math.isnan(whole[0]):
        return math.nan
    return _sum(value for value in whole if not math.isnan(value))


def _whole(group: Sequence[Figure]) -> float:
    """A group counts only where all its figures are there."""
    return math.fsum(figure.again for figure in group) if group else math.nan


def _sum(values: Iterator[float]) -> float:
    known = list(values)
    return _rounded(math.fsum(known)) if known else math.nan


def _rounded(value: float) -> float:
    """As spreadsheets round: a half away from zero."""
    if math.isnan(value) or value == math.trunc(value):
        return value
    return math.copysign(math.floor(abs(value) * 10**_DECIMALS + 0.5) / 10**_DECIMALS, value)
