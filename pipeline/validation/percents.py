"""Percentages that may be meant as parts of one: 0.95 where 95 is asked for."""

from __future__ import annotations

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.frames import CODE
from pipeline.model import ObsStatus
from pipeline.validation.cells import measure_of, place_of, words_in_cells
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.numbers import normalise


def check_percents(campaign: Campaign, table: Table, findings: Findings) -> None:
    """Tell every percentage above 0 and up to 1: it counts as typed, and may mean a hundred times more."""
    percent = words_in_cells(campaign, "percent")
    for k in range(len(table.keys)):
        measure = measure_of(campaign, table, k)
        if percent.isdisjoint(map(normalise, (measure.unit_measure, *measure.spellings))):
            continue
        counts = table.status[:, k] == CODE[ObsStatus.NORMAL]
        doubtful = counts & (table.values[:, k] > 0) & (table.values[:, k] <= 1)
        for u, p in zip(*np.nonzero(doubtful), strict=True):
            value = float(table.values[u, k, p])
            place = place_of(table, int(u), k, int(p))
            findings.add("CELL-PERCENT", place, findings.number(value), percent=findings.number(100 * value))
