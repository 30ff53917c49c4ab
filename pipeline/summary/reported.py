"""What each unit reports for a thing whose figure an authority keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pipeline.catalogue.city import Basis, CityRow
from pipeline.catalogue.makeup import makeup
from pipeline.frames import Cube, Flags, Floats
from pipeline.model import ALL_LEVELS, FormRow
from pipeline.summary.brief import Brief


class Share(NamedTuple):
    """One unit's part of a sum: its value (NaN where none counts), and whether all that it owes counts."""

    value: float
    is_whole: bool


Place = tuple[str, str, str]
"""Indicator, level (or ALL) and period or window."""

_Flags = tuple[Flags, Flags]


class _Parts(NamedTuple):
    """The parts of a sum in every period. Axes: units and periods of the cube.

    ``values`` is NaN where nothing counts.
    """

    cube: Cube
    values: Floats
    is_asked: Flags
    is_whole: Flags


class Reported:
    """Looks up the parts of the sums on the reconciliation sheet."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._flags: dict[str, _Flags] = {}
        self._parts: dict[tuple[str, str], _Parts] = {}
        self._windows: dict[Place, dict[str, float]] = {}
        wanted = brief.results.reconciliation["indicator_id"].unique()
        frame = brief.results.unit_totals
        frame = frame[frame["indicator_id"].isin(wanted)]
        names = ("unit_id", "indicator_id", "level", "period_id", "obs_value", "cells_expected")
        for unit_id, *place, value, expected in zip(*(frame[name].tolist() for name in names), strict=True):
            if expected:
                indicator_id, level, window = place
                self._windows.setdefault((indicator_id, level, window), {})[unit_id] = float(value)

    def of(self, line: Mapping[Any, Any]) -> dict[str, Share]:
        """For a line of the reconciliation, the parts of the units that are asked, in the campaign's order.

        The authority's own is left out.
        """
        place: Place = (line["indicator_id"], line["level"], line["period_id"])
        authority = line["authority_unit"]
        is_window = place[2] in self._brief.campaign.windows
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
        form_id = self._brief.campaign.indicators[key.rpartition("|")[0]].form_id
        cube = self._brief.results.cubes[form_id]
        if key not in cube.keys:
            return set()
        k, p = cube.keys.index(key), cube.period_ids.index(period_id)
        asked, counts = self._flags_of(form_id)
        return {cube.unit_ids[u] for u in np.flatnonzero(asked[:, k, p] & ~counts[:, k, p])}

    def _in_period(self, place: Place) -> dict[str, Share]:
        indicator_id, level, period_id = place
        parts = self._parts.get((indicator_id, level))
        if parts is None:
            parts = self._parts[indicator_id, level] = self._added(indicator_id, level)
        p = parts.cube.period_ids.index(period_id)
        columns = (one[:, p].tolist() for one in (parts.is_asked, parts.values, parts.is_whole))
        rows = zip(parts.cube.unit_ids, *columns, strict=True)
        return {unit_id: Share(value, whole) for unit_id, is_asked, value, whole in rows if is_asked}

    def _added(self, indicator_id: str, level: str) -> _Parts:
        """The parts in all periods at once."""
        form_id = self._brief.campaign.indicators[indicator_id].form_id
        cube = self._brief.results.cubes[form_id]
        rows = [cube.keys.index(key) for key in self.keys(indicator_id, level) if key in cube.keys]
        asked, counts = (flags[:, rows] for flags in self._flags_of(form_id))
        values = np.where(counts, cube.values[:, rows], 0.0).sum(axis=1)
        values[~counts.any(axis=1)] = np.nan
        is_asked: Flags = np.logical_or.reduce(asked, axis=1)
        is_whole: Flags = np.logical_and.reduce(counts | ~asked, axis=1)
        return _Parts(cube, values, is_asked, is_whole)

    def _flags_of(self, form_id: str) -> _Flags:
        """Where a form's figures are owed, and where they count: worked out once for the whole form."""
        if form_id not in self._flags:
            cube = self._brief.results.cubes[form_id]
            self._flags[form_id] = (cube.expected, cube.counts)
        return self._flags[form_id]
