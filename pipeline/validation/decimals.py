"""Figures with more decimals than their measure has: they count as written, and are told."""

from __future__ import annotations

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.frames import CODE
from pipeline.model import ObsStatus
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.places import measure_of, place_of


def check_decimals(campaign: Campaign, table: Table, findings: Findings) -> None:
    """One finding for each row of a unit: money typed to the last unit of currency may well be meant.

    Totals that we add up ourselves are not told again; fractions of what is counted are refused elsewhere.
    """
    for k in range(len(table.keys)):
        measure = measure_of(campaign, table, k)
        if measure.decimals == 0:
            continue
        counts = (table.status[:, k] == CODE[ObsStatus.NORMAL]) & ~table.derived[:, k]
        values = np.where(counts, table.values[:, k], 0.0)
        long = np.round(values, measure.decimals) != values
        for u in np.nonzero(long.any(axis=1))[0]:
            periods = np.nonzero(long[u])[0]
            one = int(periods[0]) if len(periods) == 1 else None
            findings.add(
                "CELL-DECIMALS",
                place_of(table, int(u), k, one),
                findings.number(float(values[u, periods[0]])),
                count=str(len(periods)),
                decimals=str(measure.decimals),
                measure=measure.unit_measure,
            )
