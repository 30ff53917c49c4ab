"""What units report, laid out over all units of the campaign, whether they owe the form or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.aggregation.columns import Figure, Support
from pipeline.catalogue import Campaign
from pipeline.frames import Cube, Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """One form. Axes: row keys, the campaign's units, periods; ``places`` are the keys' numbers."""

    places: Mapping[str, int]
    values: Floats
    asked: Flags
    counts: Flags
    doubted: Flags

    def figure(self, key: str) -> Figure:
        """The figures of one row; nothing where nobody owes it. Axes: units, periods."""
        k = self.places.get(key)
        if k is None:
            empty = np.zeros(self.values.shape[1:], dtype=bool)
            return Figure(np.full(empty.shape, np.nan), Support(empty, empty, empty))
        return Figure(self.values[k], Support(self.asked[k], self.counts[k], self.doubted[k]))


def lay_out(campaign: Campaign, cube: Cube) -> Laid:
    """Lay a cube out over all units of the campaign."""
    order = {unit_id: u for u, unit_id in enumerate(campaign.units)}
    there = [order[unit_id] for unit_id in cube.unit_ids]
    shape = (len(cube.keys), len(order), len(cube.period_ids))
    values = np.full(shape, np.nan)
    asked, counts, doubted = (np.zeros(shape, dtype=bool) for _ in range(3))
    whole = (slice(None), there)
    values[whole] = cube.values.swapaxes(0, 1)
    asked[whole] = cube.expected.swapaxes(0, 1)
    counts[whole] = cube.counts.swapaxes(0, 1)
    doubted[whole] = cube.has_error.swapaxes(0, 1) & counts[whole]
    return Laid({key: k for k, key in enumerate(cube.keys)}, values, asked, counts, doubted)


def only(figure: Figure, mask: Flags) -> Figure:
    """The figure with nothing left but what some units report. Axes: units, periods; ``mask`` a column."""
    support = figure.support
    return Figure(
        np.where(mask, figure.values, np.nan),
        Support(support.asked & mask, support.counts & mask, support.doubted & mask),
    )
