"""An authority's figure beside the sum of what others report for the same thing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.aggregation.city import City
from pipeline.aggregation.columns import Figure, add, rounded, window_figure
from pipeline.catalogue.city import reconciled
from pipeline.frames import RECONCILIATION_COLUMNS
from pipeline.model import ALL_LEVELS, Indicator


def reconciliation(city: City) -> pd.DataFrame:
    """One row per indicator, level and column; see RECONCILIATION_COLUMNS.

    ``difference`` is the authority's figure less the sum reported, ``percent`` the difference in per cent of
    the authority's figure; both are NaN while a side is missing. The units counted are those reporting.
    """
    rows = [
        row
        for indicator, level, authority_key in reconciled(city.campaign)
        for row in _rows(city, indicator, level, authority_key)
    ]
    return pd.DataFrame(rows, columns=list(RECONCILIATION_COLUMNS))


def _rows(city: City, indicator: Indicator, level: str, authority_key: str) -> Iterator[tuple[object, ...]]:
    periods = city.campaign.forms[indicator.form_id].period_ids
    windows = [w.window_id for w in city.campaign.windows_of(indicator.form_id)]
    kept = [city.figure(authority_key).values, *(city.window(authority_key, w).values for w in windows)]
    told = _reported(city, indicator, level, windows)
    authority = np.concatenate(kept)
    reported = np.concatenate([figure.values for figure in told])
    counted = np.concatenate([figure.support.counts.sum(axis=0) for figure in told])
    expected = np.concatenate([figure.support.asked.sum(axis=0) for figure in told])
    difference = rounded(authority - reported)
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = rounded(np.where(authority > 0, 100.0 * difference / authority, np.nan))
    for i, column in enumerate((*periods, *windows)):
        yield (
            *(indicator.indicator_id, level, column, indicator.authority_unit, authority_key),
            *(authority[i], reported[i], difference[i], percent[i], int(counted[i]), int(expected[i])),
        )


def _reported(city: City, indicator: Indicator, level: str, windows: list[str]) -> list[Figure]:
    """What the units other than the authority report: by period, then for each window."""
    own = _sum_of_others(city, indicator, level)
    periods = city.campaign.forms[indicator.form_id].period_ids

    def figure_of(indicator_id: str) -> Figure:
        return _sum_of_others(city, city.campaign.indicators[indicator_id], level)

    figures = [own]
    for window_id in windows:
        places = [periods.index(p) for p in city.campaign.windows[window_id].period_ids if p in periods]
        figure = window_figure(city.campaign, indicator, own, figure_of, places)
        if figure is None:
            raise AssertionError("what an authority keeps is aggregated over time")
        figures.append(figure)
    return figures


def _sum_of_others(city: City, indicator: Indicator, level: str) -> Figure:
    levels = [name for name, lv in city.campaign.levels.items() if not lv.is_authority]
    cube = city.cubes[indicator.form_id]
    others = tuple(u for u in cube.unit_ids if u != indicator.authority_unit)
    wanted = levels if level == ALL_LEVELS else [level]
    figures = [city.reported_by(indicator.indicator_id, lv, others) for lv in wanted]
    values = add(np.concatenate([figure.values for figure in figures]).T)[:, 0]
    support = figures[0].support
    for figure in figures[1:]:
        support = support.merged(figure.support)
    return Figure(values, support)
