"""Totals whose formula still stands: what their cell shows against what their parts add up to."""

from __future__ import annotations

import numpy as np

from pipeline.frames import CODE, Flags, Floats
from pipeline.model import ObsStatus
from pipeline.validation.cells import place_of
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings


def check_totals(table: Table, findings: Findings) -> None:
    """Tell the totals that show something else than we count: the unit believes what its file shows.

    A total that is missing because some of its parts are is told at those parts; where none of them is
    filled in, the number that its formula shows would be lost without a word, and is told here.
    """
    for units, total, parts in table.parts:
        for u in units:
            shown = np.where(table.derived[u, total], table.shown[u, total], np.nan)
            differs = _differ(shown, table.values[u, total])
            is_current = ~_differ(shown, np.nansum(table.shown[u, parts], axis=0))
            alone = (table.status[u, parts] == CODE[ObsStatus.MISSING]).all(axis=0) & (shown > 0)
            for flags, rule_id in (
                (differs & ~is_current, "TOTAL-STALE"),
                (differs & is_current, "TOTAL-READ"),
                (alone, "TOTAL-ALONE"),
            ):
                for p in np.nonzero(flags)[0]:
                    _tell(table, (u, total, int(p)), rule_id, findings)


def _differ(one: Floats, other: Floats) -> Flags:
    """Where both are known and not the same."""
    flags: Flags = np.round(np.nan_to_num(one - other), 6) != 0
    return flags


def _tell(table: Table, at: tuple[int, int, int], rule_id: str, findings: Findings) -> None:
    counted = float(table.values[at])
    expected = "" if np.isnan(counted) else findings.number(counted)
    findings.add(rule_id, place_of(table, *at), findings.number(float(table.shown[at])), expected)
