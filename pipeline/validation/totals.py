"""Totals whose formula still stands: what their cell shows against what their parts add up to."""

from __future__ import annotations

import numpy as np

from pipeline.frames import CODE, Flags, Floats
from pipeline.model import ObsStatus
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.places import place_of


def check_totals(table: Table, findings: Findings) -> None:
    """Tell the totals that show something else than we count: the unit believes what its file shows.

    A total that is missing because some of its parts are is told at those parts; where none of them is
    filled in, the number that its formula shows would be lost without a word, and is told here.
    """
    for units, total, parts in table.parts:
        here = np.ix_(units, parts)
        shown = np.where(table.derived[units, total], table.shown[units, total], np.nan)
        differs = _differ(shown, table.values[units, total])
        is_current = ~_differ(shown, np.nansum(table.shown[here], axis=1))
        alone = (table.status[here] == CODE[ObsStatus.MISSING]).all(axis=1) & (shown > 0)
        for flags, rule_id in (
            (differs & ~is_current, "TOTAL-STALE"),
            (differs & is_current, "TOTAL-READ"),
            (alone, "TOTAL-ALONE"),
        ):
            for i, p in np.argwhere(flags).tolist():
                _tell(table, (units[i], total, p), rule_id, findings)
    _tell_errors(table, findings)


def _tell_errors(table: Table, findings: Findings) -> None:
    """Totals whose formula stands and shows an error, or anything else that is no number."""
    rows, places = ({name: i for i, name in enumerate(names)} for names in (table.keys, table.period_ids))
    sheets = [(u, chosen.sheet) for u, chosen in enumerate(table.chosen) if chosen is not None]
    for u, sheet in sheets:
        for position, value in sorted(sheet.texts.items()):
            row, column = divmod(position, len(sheet.period_ids))
            k, p = rows.get(sheet.row_keys[row]), places.get(sheet.period_ids[column])
            if k is None or p is None or (isinstance(value, str) and not value.strip()):
                continue
            at = (u, k, p)
            if not table.derived[at]:
                continue
            counted = float(table.values[at])
            is_known = not np.isnan(counted)
            told = findings.number(counted) if is_known else findings.campaign.settings.symbols["O"]
            findings.add("TOTAL-ERROR", place_of(table, *at), findings.shown(value), told)


def _differ(one: Floats, other: Floats) -> Flags:
    """Where both are known and not the same."""
    flags: Flags = np.round(np.nan_to_num(one - other), 6) != 0
    return flags


def _tell(table: Table, at: tuple[int, int, int], rule_id: str, findings: Findings) -> None:
    counted = float(table.values[at])
    expected = "" if np.isnan(counted) else findings.number(counted)
    findings.add(rule_id, place_of(table, *at), findings.number(float(table.shown[at])), expected)
