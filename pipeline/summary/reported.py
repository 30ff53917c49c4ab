"""What each unit reports for a thing whose figure an authority keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from pipeline.catalogue.city import Basis, CityRow
from pipeline.catalogue.makeup import makeup
from pipeline.frames import Cube, Flags
from pipeline.model import ALL_LEVELS, FormRow
from pipeline.summary.brief import Brief


class Share(NamedTuple):
    """One unit's part of a sum: its value (NaN where none counts), and whether all that it owes counts."""

    value: float
    is_whole: bool


Place = tuple[str, str, str]
"""Indicator, level (or ALL) and period or window."""


class Reported:
    """Looks up the parts of the sums on the reconciliation sheet."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._windows: dict[Place, dict[str, float]] = {}
        frame = brief.results.unit_totals
        names = ("unit_id", "indicator_id", "level", "period_id", "obs_value", "cells_expected")
        for unit_id, *place, value, expected in zip(*(frame[name].tolist() for name in names), strict=True):
            if expected:
                indicator_id, level, window = place
                self._windows.setdefault((indicator_id, level, window), {})[unit_id] = float(value)

    def by_unit(self, place: Place, authority: str) -> dict[str, Share]:
        """The parts of the units that are asked, but for the authority, in the order of the campaign."""
        column = place[2]
        is_window = column in self._brief.campaign.windows
        shares = self._in_window(place) if is_window else self._in_period(place)
        return {u: shares[u] for u in self._brief.campaign.units if u in shares and u != authority}

    def keys(self, indicator_id: str, level: str) -> list[str]:
        """The row keys that are added: of one level, or of every level but the authority's own."""
        levels = self._brief.campaign.levels.values()
        own = [one.level_id for one in levels if not one.is_authority]
        return [FormRow(indicator_id, one).key for one in (own if level == ALL_LEVELS else [level])]

    def _in_window(self, place: Place) -> Mapping[str, Share]:
        """A unit is whole where everything counts that it owes for this figure."""
        indicator_id, level, window = place
        lacking: set[str] = set()
        for key in self.keys(indicator_id, level):
            row = CityRow(indicator_id, key.rpartition("|")[2], Basis.UNITS)
            for part, period_id in makeup(self._brief.campaign, row, window).parts:
                lacking |= self._lacking(part, period_id)
        return {u: Share(value, u not in lacking) for u, value in self._windows.get(place, {}).items()}

    def _lacking(self, key: str, period_id: str) -> set[str]:
        cube = self._brief.results.cubes[self._brief.campaign.indicators[key.rpartition("|")[0]].form_id]
        if key not in cube.keys:
            return set()
        k, p = cube.keys.index(key), cube.period_ids.index(period_id)
        lacking = cube.expected[:, k, p] & ~cube.counts[:, k, p]
        return {cube.unit_ids[u] for u in np.flatnonzero(lacking)}

    def _in_period(self, place: Place) -> dict[str, Share]:
        indicator_id, level, period_id = place
        cube = self._brief.results.cubes[self._brief.campaign.indicators[indicator_id].form_id]
        rows = [cube.keys.index(key) for key in self.keys(indicator_id, level) if key in cube.keys]
        return _shares(cube, rows, cube.period_ids.index(period_id))


def _shares(cube: Cube, rows: list[int], period: int) -> dict[str, Share]:
    asked: Flags = cube.expected[:, rows, period]
    counts: Flags = cube.counts[:, rows, period]
    values = np.where(counts, cube.values[:, rows, period], 0.0).sum(axis=1).tolist()
    is_asked: Flags = np.logical_or.reduce(asked, axis=1)
    there: Flags = np.logical_or.reduce(counts, axis=1)
    whole: Flags = np.logical_and.reduce(counts | ~asked, axis=1)
    return {
        unit_id: Share(values[u] if there[u] else float("nan"), bool(whole[u]))
        for u, unit_id in enumerate(cube.unit_ids)
        if is_asked[u]
    }
