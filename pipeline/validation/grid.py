"""The figures of every indicator, side by side for all (unit, level) pairs: what the rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pipeline.catalogue import Campaign
from pipeline.frames import CODE, NOT_ASKED, Flags
from pipeline.model import FormRow, ObsStatus
from pipeline.rules.check import KNOWN, MISSING, NOT_APPLICABLE, Figures
from pipeline.rules.language import Rule
from pipeline.validation.cubes import Table

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """All (unit, level) pairs that owe anything in one series of periods, and every indicator's figures."""

    campaign: Campaign
    tables: Mapping[str, Table]
    period_ids: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    cached: dict[str, Figures] = field(default_factory=dict)
    axes: dict[str, tuple[Places, Places]] = field(default_factory=dict)

    def figures(self, indicator_id: str) -> Figures:
        """Values and states of an indicator for every pair; what is not asked of a pair cannot exist."""
        if indicator_id not in self.cached:
            self.cached[indicator_id] = self._gather(indicator_id)
        return self.cached[indicator_id]

    def locate(self, indicator_id: str, pair: tuple[str, str]) -> tuple[Table, int, int] | None:
        """The table, unit and key places of an indicator for one pair, or None where it is not asked."""
        table = self.tables[self.campaign.indicators[indicator_id].form_id]
        key = FormRow(indicator_id, pair[1]).key
        u, k = table.unit_place.get(pair[0]), table.key_place.get(key)
        return None if u is None or k is None or table.status[u, k, 0] == NOT_ASKED else (table, u, k)

    def allowed(self, rule: Rule) -> Flags:
        """For every pair whether a rule holds at its level."""
        _, level = self._axes(rule.form_id)
        flags: Flags = np.array([rule.allows_level(name) for name in self.campaign.levels], dtype=bool)[level]
        return flags

    def _gather(self, indicator_id: str) -> Figures:
        form_id = self.campaign.indicators[indicator_id].form_id
        table = self.tables[form_id]
        shape = (len(self.pairs), len(self.period_ids))
        values, states = np.zeros(shape), np.full(shape, NOT_APPLICABLE, dtype=np.int8)
        units, levels = self._axes(form_id)
        keys = np.array(
            [table.key_place.get(FormRow(indicator_id, level).key, -1) for level in self.campaign.levels]
        )[levels]
        rows = np.nonzero((units >= 0) & (keys >= 0))[0]
        u, k = units[rows], keys[rows]
        status = table.status[u, k]
        counts = (status == CODE[ObsStatus.NORMAL]) | (status == CODE[ObsStatus.ZERO])
        nothing = (status == NOT_ASKED) | (status == CODE[ObsStatus.NOT_APPLICABLE])
        values[rows] = np.where(counts, table.values[u, k], 0.0)
        states[rows] = np.where(counts, KNOWN, np.where(nothing, NOT_APPLICABLE, MISSING))
        return Figures(values, states)

    def _axes(self, form_id: str) -> tuple[Places, Places]:
        """For every pair the place of its unit in a form's table, -1 where it has none, and of its level."""
        if form_id not in self.axes:
            units = self.tables[form_id].unit_place
            order = {level: place for place, level in enumerate(self.campaign.levels)}
            found = [(units.get(unit_id, -1), order[level]) for unit_id, level in self.pairs]
            u, level = np.array(found, dtype=np.int64).T
            self.axes[form_id] = (u, level)
        return self.axes[form_id]
