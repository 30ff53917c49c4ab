"""The figures of each reporting unit over the windows: indicator by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.aggregation.city import City
from pipeline.aggregation.columns import Figure, add, ratio_figure, rounded, side_figure, window_figure
from pipeline.catalogue.city import asked_units
from pipeline.frames import UNIT_TOTAL_COLUMNS, Flags, Floats, Numbers
from pipeline.model import ALL_LEVELS, FormRow, Indicator


class _Told(NamedTuple):
    """One line for the units (by their number) that owe any of its cells."""

    units: npt.NDArray[np.int64]
    values: Floats
    counted: Numbers
    expected: Numbers
    doubted: Flags


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """One indicator at one level over one window, for all units; a single column."""

    figure: Figure
    cells_counted: Numbers
    cells_expected: Numbers

    def told(self) -> _Told:
        """What is shown of it, for the units that owe any of its cells."""
        units = np.nonzero(self.cells_expected)[0]
        return _Told(
            units,
            self.figure.values[units, 0],
            self.cells_counted[units],
            self.cells_expected[units],
            self.figure.support.doubted[units, 0],
        )


def unit_totals(city: City) -> pd.DataFrame:
    """One row per unit, indicator, level (also ALL) and window; see UNIT_TOTAL_COLUMNS.

    ALL adds a unit's own levels; the whole-area figure of an authority is never among them. What is only
    shown for reference is left out.
    """
    asked = asked_units(city.campaign)
    lines: list[tuple[str, str, str]] = []
    told: list[_Told] = []
    for form_id in city.campaign.forms:
        for window in city.campaign.windows_of(form_id):
            for indicator in city.campaign.indicators_of(form_id):
                if not indicator.reference_only:
                    for level, line in _lines(city, indicator, window.window_id, asked).items():
                        lines.append((indicator.indicator_id, level, window.window_id))
                        told.append(line.told())
        city.by_levels.clear()  # of use within a form only, and as large as all that was returned for it
    return _frame(tuple(city.campaign.units), lines, told)


def _frame(
    unit_ids: Sequence[str], lines: Sequence[tuple[str, str, str]], told: Sequence[_Told]
) -> pd.DataFrame:
    units, values, counted, expected, doubted = map(np.concatenate, zip(*told, strict=True))
    which = np.repeat(np.arange(len(lines)), [len(one[0]) for one in told])
    ids = {
        name: _categorical([line[i] for line in lines], which)
        for i, name in enumerate(UNIT_TOTAL_COLUMNS[1:4])
    }
    columns = {
        "unit_id": _categorical(unit_ids, units),
        **ids,
        "obs_value": values,
        "cells_counted": counted,
        "cells_expected": expected,
        "is_provisional": doubted,
    }
    return pd.DataFrame(columns)[list(UNIT_TOTAL_COLUMNS)]


def _categorical(names: Sequence[str], places: npt.NDArray[np.int64]) -> pd.Categorical:
    """One of the names for each place: a number of few bits a row where there are rows by the million."""
    known = {name: code for code, name in enumerate(dict.fromkeys(names))}
    codes = np.array([known[name] for name in names], dtype=np.int32)
    return pd.Categorical.from_codes(codes[places], categories=pd.Index(list(known), dtype="str"))


def _lines(
    city: City, indicator: Indicator, window_id: str, asked: Mapping[str, tuple[str, ...]]
) -> dict[str, _Line]:
    """One indicator over one window, by level; ALL for what has a level of its own."""
    levels = [lv for lv in city.campaign.levels if FormRow(indicator.indicator_id, lv).key in asked]
    lines = {level: _line(city, indicator, [level], window_id) for level in levels}
    own = [level for level in levels if not city.campaign.levels[level].is_authority]
    if own:
        lines[ALL_LEVELS] = _line(city, indicator, own, window_id)
    return lines


def _line(city: City, indicator: Indicator, levels: Sequence[str], window_id: str) -> _Line:
    if indicator.is_computed:
        return _ratio_line(city, indicator, levels, window_id)
    periods = city.campaign.forms[indicator.form_id].period_ids
    places = [periods.index(p) for p in city.campaign.windows[window_id].period_ids if p in periods]
    own = _over_levels(city, indicator.indicator_id, levels)

    def figure_of(indicator_id: str) -> Figure:
        return _over_levels(city, indicator_id, levels)

    figure = window_figure(city.campaign, indicator, own, figure_of, places)
    if figure is None:
        empty = np.full((len(city.campaign.units), 1), np.nan)
        figure = Figure(empty, own.support.over(places))
    counted, expected = _cells(city, indicator, levels, places)
    return _Line(figure, counted, expected)


def _ratio_line(city: City, indicator: Indicator, levels: Sequence[str], window_id: str) -> _Line:
    parts = city.campaign.parts[indicator.indicator_id]
    if parts.numerator is None or parts.denominator is None:
        raise AssertionError("what is computed has both parts")
    lines = {
        ref.indicator_id: _line(city, city.campaign.indicators[ref.indicator_id], levels, window_id)
        for ref in (*parts.numerator.refs, *parts.denominator.refs)
    }

    def figure_of(indicator_id: str) -> Figure:
        return lines[indicator_id].figure

    figure = ratio_figure(side_figure(parts.numerator, figure_of), side_figure(parts.denominator, figure_of))
    counted = np.sum([line.cells_counted for line in lines.values()], axis=0)
    expected = np.min([line.cells_expected for line in lines.values()], axis=0)
    total = np.sum([line.cells_expected for line in lines.values()], axis=0)
    return _Line(figure, counted, np.where(expected > 0, total, 0))


def _over_levels(city: City, indicator_id: str, levels: Sequence[str]) -> Figure:
    """A unit's own figure by period, added over its levels; axes units, periods."""
    known = city.by_levels.get((indicator_id, *levels))
    if known is not None:
        return known
    figures = [city.reported(indicator_id, level) for level in levels]
    values = rounded(figures[0].values)
    support = figures[0].support
    if len(figures) > 1:
        values = add(np.stack([figure.values for figure in figures], axis=-1))[..., 0]
    for figure in figures[1:]:
        support = support.merged(figure.support)
    found = city.by_levels[(indicator_id, *levels)] = Figure(values, support)
    return found


def _cells(
    city: City, indicator: Indicator, levels: Sequence[str], places: Sequence[int]
) -> tuple[Numbers, Numbers]:
    counted, expected = (np.zeros(len(city.campaign.units), dtype=np.int32) for _ in range(2))
    for level in levels:
        support = city.reported(indicator.indicator_id, level).support
        counted += support.counts[:, places].sum(axis=1, dtype=np.int32)
        expected += support.asked[:, places].sum(axis=1, dtype=np.int32)
    return counted, expected
