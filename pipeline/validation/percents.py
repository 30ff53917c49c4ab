"""Percentages that may be meant as parts of one: 0.95 where 95 is asked for."""

from __future__ import annotations

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.frames import CODE
from pipeline.model import ObsStatus
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.places import is_percent, measure_of, place_of


def check_percents(campaign: Campaign, table: Table, findings: Findings) -> None:
    """Tell every percentage above 0 and up to 1: it counts as typed, and may mean a hundred times more."""
    for k in range(len(table.keys)):
        if not is_percent(campaign, measure_of(campaign, table, k)):
            continue
        counts = table.status[:, k] == CODE[ObsStatus.NORMAL]
        doubtful = counts & (table.values[:, k] > 0) & (table.values[:, k] <= 1)
        for u, p in zip(*np.nonzero(doubtful), strict=True):
            value = float(table.values[u, k, p])
            place = place_of(table, int(u), k, int(p))
            findings.add("CELL-PERCENT", place, findings.number(value), percent=findings.number(100 * value))
