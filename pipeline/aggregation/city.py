"""The city figures of every form, built row by row as the catalogue says they come about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from pipeline.aggregation.columns import Figure, Support, add, ratio_figure, side_figure, window_figure
from pipeline.aggregation.reported import Laid, lay_out, only
from pipeline.catalogue import Campaign
from pipeline.catalogue.city import Basis, CityRow
from pipeline.frames import CityTable, Cube, Flags
from pipeline.model import FormRow


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Asks the cubes for any city figure; each is computed once. ``rows`` are all city rows by key.

    ``by_levels`` are the units' own figures by period, by indicator and the levels that are added;
    ``masks`` say for a list of units, in a column, which of the campaign's are in it.
    """

    campaign: Campaign
    cubes: Mapping[str, Cube]
    rows: Mapping[str, CityRow]
    by_period: dict[str, Figure] = field(default_factory=dict)
    by_window: dict[tuple[str, str], Figure] = field(default_factory=dict)
    by_levels: dict[tuple[str, ...], Figure] = field(default_factory=dict)
    laid: dict[str, Laid] = field(default_factory=dict)
    masks: dict[tuple[str, ...], Flags] = field(default_factory=dict)

    def table(self, form_id: str, rows: tuple[CityRow, ...]) -> CityTable:
        """All figures of one form: its periods, then the windows that total them."""
        periods = self.campaign.forms[form_id].period_ids
        windows = tuple(w.window_id for w in self.campaign.windows_of(form_id))
        shape = (len(rows), len(periods) + len(windows))
        values = np.full(shape, np.nan)
        counted, expected = (np.zeros(shape, dtype=np.int32) for _ in range(2))
        provisional = np.zeros(shape, dtype=bool)
        for r, row in enumerate(rows):
            figures = [self.figure(row.key), *(self.window(row.key, w) for w in windows)]
            values[r] = np.concatenate([figure.values for figure in figures])
            counted[r] = np.concatenate([figure.support.counts.sum(axis=0) for figure in figures])
            expected[r] = np.concatenate([figure.support.asked.sum(axis=0) for figure in figures])
            provisional[r] = np.concatenate([figure.support.doubted.any(axis=0) for figure in figures])
        return CityTable(form_id, rows, periods + windows, values, counted, expected, provisional)

    def figure(self, key: str) -> Figure:
        """The figure of a city row, by period."""
        if key not in self.by_period:
            self.by_period[key] = self._figure(self.rows[key])
        return self.by_period[key]

    def window(self, key: str, window_id: str) -> Figure:
        """The figure of a city row for one window, a single column."""
        if (key, window_id) not in self.by_window:
            self.by_window[key, window_id] = self._window(self.rows[key], window_id)
        return self.by_window[key, window_id]

    def reported(self, indicator_id: str, level: str) -> Figure:
        """What each unit of the campaign reports for a row, by period; axes units, periods."""
        form_id = self.campaign.indicators[indicator_id].form_id
        if form_id not in self.laid:
            self.laid[form_id] = lay_out(self.campaign, self.cubes[form_id])
        return self.laid[form_id].figure(FormRow(indicator_id, level).key)

    def reported_by(self, indicator_id: str, level: str, unit_ids: tuple[str, ...]) -> Figure:
        """The same, with nothing left but what some units report."""
        if unit_ids not in self.masks:
            wanted = set(unit_ids)
            self.masks[unit_ids] = np.array([[unit_id in wanted] for unit_id in self.campaign.units])
        return only(self.reported(indicator_id, level), self.masks[unit_ids])

    def _figure(self, row: CityRow) -> Figure:
        if row.basis is Basis.UNITS:
            return self._units(row)
        if row.basis is Basis.LEVELS:
            return _added([self.figure(key) for key in row.keys])
        if row.basis is Basis.COPY:
            return self.figure(row.keys[0])
        if row.basis is Basis.RATIO:
            return self._ratio(row, self.figure)
        return self._nothing(len(self._periods(row)))

    def _window(self, row: CityRow, window_id: str) -> Figure:
        if row.basis is Basis.RATIO:
            return self._ratio(row, lambda key: self.window(key, window_id))
        periods = self._periods(row)
        places = [periods.index(p) for p in self.campaign.windows[window_id].period_ids if p in periods]

        def figure_of(indicator_id: str) -> Figure:
            return self.figure(FormRow(indicator_id, row.level).key)

        found = None
        if row.basis is not Basis.NOTHING:
            indicator = self.campaign.indicators[row.indicator_id]
            found = window_figure(self.campaign, indicator, self.figure(row.key), figure_of, places)
        return found or self._nothing(1)

    def _ratio(self, row: CityRow, figure_of_key: Callable[[str], Figure]) -> Figure:
        parts = self.campaign.parts[row.indicator_id]
        if parts.numerator is None or parts.denominator is None:
            raise AssertionError("a ratio row has both parts")

        def figure_of(indicator_id: str) -> Figure:
            return figure_of_key(FormRow(indicator_id, row.level).key)

        return ratio_figure(
            side_figure(parts.numerator, figure_of), side_figure(parts.denominator, figure_of)
        )

    def _units(self, row: CityRow) -> Figure:
        figure = self.reported_by(row.indicator_id, row.level, row.unit_ids)
        return Figure(add(figure.values.T)[:, 0], figure.support)

    def _periods(self, row: CityRow) -> tuple[str, ...]:
        return self.campaign.forms[self.campaign.indicators[row.indicator_id].form_id].period_ids

    def _nothing(self, width: int) -> Figure:
        empty = np.zeros((len(self.campaign.units), width), dtype=bool)
        return Figure(np.full(width, np.nan), Support(empty, empty, empty))


def _added(figures: list[Figure]) -> Figure:
    """Figures of several rows added, period by period; NaN only where none of them has a value."""
    values = add(np.stack([figure.values for figure in figures], axis=-1))[..., 0]
    support = figures[0].support
    for figure in figures[1:]:
        support = support.merged(figure.support)
    return Figure(values, support)
