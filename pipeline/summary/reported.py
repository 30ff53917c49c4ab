"""What each unit reports for a thing whose figure an authority keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.catalogue.city import Basis, CityRow
from pipeline.catalogue.makeup import makeup
from pipeline.frames import Cube, Flags, Floats
from pipeline.model import ALL_LEVELS, FormRow
from pipeline.summary.brief import Brief

Places = npt.NDArray[np.integer[Any]]
"""Where units stand."""


class Share(NamedTuple):
    """One unit's part of a sum: its value (NaN where none counts), and whether all that it owes counts."""

    value: float
    is_whole: bool


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The parts of a sum of all units that are asked, in the campaign's order.

    ``units`` are their places among ``known_units``, those of the campaign.
    """

    known_units: Sequence[str]
    units: Places
    values: Floats
    is_whole: Flags

    @property
    def unit_ids(self) -> list[str]:
        """The units that are asked."""
        return [self.known_units[u] for u in self.units.tolist()]

    @property
    def lacking(self) -> list[str]:
        """The units of which not all counts."""
        return [self.known_units[u] for u in self.units[~self.is_whole].tolist()]

    @property
    def known(self) -> Floats:
        """The values that count."""
        known: Floats = self.values[~np.isnan(self.values)]
        return known

    @property
    def largest(self) -> tuple[str, float]:
        """The first unit with the largest part. Raises ValueError where nothing counts."""
        place = int(np.nanargmax(self.values))
        return self.known_units[self.units[place]], float(self.values[place])

    def by_unit(self) -> dict[str, Share]:
        """One by one."""
        pairs = zip(self.values.tolist(), self.is_whole.tolist(), strict=True)
        return {unit_id: Share(*pair) for unit_id, pair in zip(self.unit_ids, pairs, strict=True)}


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
        self._unit_ids = tuple(brief.campaign.units)
        self._place = {unit_id: place for place, unit_id in enumerate(self._unit_ids)}
        self._flags: dict[str, _Flags] = {}
        self._places: dict[str, Places] = {}
        self._parts: dict[tuple[str, str], _Parts] = {}
        wanted = brief.results.reconciliation["indicator_id"].unique()
        frame = brief.results.unit_totals
        frame = frame[frame["indicator_id"].isin(wanted) & (frame["cells_expected"] > 0)]
        self._units = frame["unit_id"].map(self._place).to_numpy(dtype=np.intp)
        self._values = frame["obs_value"].to_numpy(dtype=float)
        self._windows = frame.groupby(["indicator_id", "level", "period_id"], observed=True).indices

    def of(self, line: Mapping[Any, Any]) -> Shares:
        """For a line of the reconciliation, the parts of the units that are asked, in the campaign's order.

        The authority's own is left out.
        """
        place: Place = (line["indicator_id"], line["level"], line["period_id"])
        is_window = place[2] in self._brief.campaign.windows
        is_asked, values, is_whole = self._in_window(place) if is_window else self._in_period(place)
        if line["authority_unit"] in self._place:
            is_asked[self._place[line["authority_unit"]]] = False
        found = np.flatnonzero(is_asked)
        return Shares(self._unit_ids, found, values[found], is_whole[found])

    def keys(self, indicator_id: str, level: str) -> list[str]:
        """The row keys that are added: of one level, or of every level but the authority's own."""
        levels = self._brief.campaign.levels.values()
        own = [one.level_id for one in levels if not one.is_authority]
        return [FormRow(indicator_id, one).key for one in (own if level == ALL_LEVELS else [level])]

    def _in_window(self, place: Place) -> tuple[Flags, Floats, Flags]:
        """A unit is whole where everything counts that it owes for this figure."""
        indicator_id, level, window = place
        is_whole = np.ones(len(self._unit_ids), dtype=bool)
        for key in self.keys(indicator_id, level):
            row = CityRow(indicator_id, key.rpartition("|")[2], Basis.UNITS)
            for part, period_id in makeup(self._brief.campaign, row, window).parts:
                is_whole[self._lacking(part, period_id)] = False
        rows = self._windows.get(place, np.array([], dtype=np.intp))
        return *self._at(self._units[rows], self._values[rows]), is_whole

    def _lacking(self, key: str, period_id: str) -> Places:
        """The units that owe a cell which does not count."""
        form_id = self._brief.campaign.indicators[key.rpartition("|")[0]].form_id
        cube = self._brief.results.cubes[form_id]
        if key not in cube.keys:
            return np.array([], dtype=np.intp)
        k, p = cube.keys.index(key), cube.period_ids.index(period_id)
        asked, counts = self._flags_of(form_id)
        return self._places_in(cube)[asked[:, k, p] & ~counts[:, k, p]]

    def _in_period(self, place: Place) -> tuple[Flags, Floats, Flags]:
        indicator_id, level, period_id = place
        parts = self._parts.get((indicator_id, level))
        if parts is None:
            parts = self._parts[indicator_id, level] = self._added(indicator_id, level)
        p = parts.cube.period_ids.index(period_id)
        asked = parts.is_asked[:, p]
        units = self._places_in(parts.cube)[asked]
        is_whole = np.ones(len(self._unit_ids), dtype=bool)
        is_whole[units] = parts.is_whole[asked, p]
        return *self._at(units, parts.values[asked, p]), is_whole

    def _at(self, units: Places, values: Floats) -> tuple[Flags, Floats]:
        """Which units are asked, and the value of each; both in the campaign's order."""
        is_asked, found = np.zeros(len(self._unit_ids), dtype=bool), np.full(len(self._unit_ids), np.nan)
        is_asked[units], found[units] = True, values
        return is_asked, found

    def _places_in(self, cube: Cube) -> Places:
        """Where the units of a table stand among those of the campaign: worked out once for the form."""
        if cube.form_id not in self._places:
            found = np.fromiter(map(self._place.__getitem__, cube.unit_ids), dtype=np.intp)
            self._places[cube.form_id] = found
        return self._places[cube.form_id]

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
