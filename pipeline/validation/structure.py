"""Structural checks: type, range, domain and completeness of every cell, one pandera call for all rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from pipeline.catalogue import Campaign
from pipeline.frames import CODE, Flags
from pipeline.model import ObsStatus
from pipeline.validation.cells import Places
from pipeline.validation.cubes import Table
from pipeline.validation.decimals import check_decimals
from pipeline.validation.findings import Findings
from pipeline.validation.percents import check_percents
from pipeline.validation.places import measure_of, place_of
from pipeline.validation.totals import check_totals

DECIMALS: Final = 6
"""A figure is kept to so many: what lies beyond is noise of a program's own arithmetic."""
LARGEST: Final = 1e12
"""No figure of any form reaches it; below it sums of a million figures stay exact in a double."""

REPORTED = pa.DataFrameSchema(
    {
        "number": pa.Column(
            float,
            [pa.Check.ge(0, error="CELL-NEGATIVE"), pa.Check.lt(LARGEST, error="CELL-LARGE")],
            nullable=True,
        ),
        "fraction": pa.Column(float, pa.Check.eq(0, error="CELL-FRACTION")),
        "too_early": pa.Column(
            float, pa.Check(lambda s: s.isna(), error="CELL-NOT-APPLICABLE"), nullable=True
        ),
        "is_filled": pa.Column(bool, pa.Check.eq(True, error="CELL-MISSING")),
    },
    strict=True,
    ordered=True,
)
"""One row per cell that a unit returned, in the order of the tables.

``number``: as read, whatever it is. ``fraction``: what a count has beyond a whole number. ``too_early``: the
number of a cell whose period lies before the indicator's first year. ``is_filled``: something stands there,
or nothing needs to."""

_REFUSING = ("CELL-NEGATIVE", "CELL-LARGE", "CELL-FRACTION", "CELL-NOT-APPLICABLE")


def check_structure(campaign: Campaign, tables: Mapping[str, Table], findings: Findings) -> None:
    """Refuse the cells that cannot count, tell those that are missing, and settle every status."""
    returned = {form_id: _returned(table) for form_id, table in tables.items()}
    frame = pd.concat([_frame(table, returned[name]) for name, table in tables.items()], ignore_index=True)
    places = [(t, *at) for name, t in tables.items() for at in zip(*np.nonzero(returned[name]), strict=True)]
    failures = _failures(frame)
    missing: list[tuple[Table, int, int, int]] = []
    for rule_id, index in zip(failures["check"], failures["index"], strict=True):
        table, u, k, p = places[int(index)]
        at = (int(u), int(k), int(p))
        if rule_id in _REFUSING:
            _refuse(campaign, table, at, str(rule_id), findings)
        else:
            missing.append((table, *at))
    for table in tables.values():
        _settle(table)
        check_totals(table, findings)
        check_percents(campaign, table, findings)
        check_decimals(campaign, table, findings)
    _tell_missing(missing, findings)


def _returned(table: Table) -> Flags:
    """The cells of the sheets that count, whether or not they can exist in their period."""
    sent = np.array([chosen is not None for chosen in table.chosen], dtype=bool)
    placed = (table.row_numbers > 0)[:, :, None] & (table.column_numbers > 0)[:, None, :]
    flags: Flags = sent[:, None, None] & placed
    return flags


def _frame(table: Table, returned: Flags) -> pd.DataFrame:
    exists = np.broadcast_to(table.exists[None, :, :], returned.shape)
    count = np.broadcast_to(table.is_count[None, :, None], returned.shape)
    number = table.values
    fraction = np.where(count & ~np.isnan(number), np.mod(np.round(number, DECIMALS), 1.0), 0.0)
    filled = ~np.isnan(number) | (table.status != CODE[ObsStatus.MISSING]) | table.derived | ~exists
    return pd.DataFrame(
        {
            "number": number[returned],
            "fraction": fraction[returned],
            "too_early": np.where(exists, np.nan, number)[returned],
            "is_filled": filled[returned],
        }
    )


def _failures(frame: pd.DataFrame) -> pd.DataFrame:
    """Every failed check with the row that fails it; a cell is refused for the first reason only."""
    try:
        REPORTED.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        found = errors.failure_cases
        if found["index"].isna().any():
            raise
        first: pd.DataFrame = found.drop_duplicates("index")
        return first
    return pd.DataFrame({"check": [], "index": []})


def _refuse(
    campaign: Campaign, table: Table, at: tuple[int, int, int], rule_id: str, findings: Findings
) -> None:
    place = place_of(table, *at)
    since = campaign.indicators[place.indicator_id].since
    findings.add(
        rule_id,
        place,
        findings.number(float(table.values[at])),
        measure=measure_of(campaign, table, at[1]).unit_measure,
        since=str(since or ""),
    )
    table.values[at] = np.nan
    if table.exists[at[1:]]:
        table.status[at] = CODE[ObsStatus.REJECTED]


def _settle(table: Table) -> None:
    """What still holds a number is normal; totals whose formula stands are added from their parts."""
    normal = (table.status == CODE[ObsStatus.MISSING]) & ~np.isnan(table.values) & table.expected
    table.status[normal] = CODE[ObsStatus.NORMAL]
    for units, total, parts in table.parts:
        _derive(table, np.array(units, dtype=np.int64), total, parts)
    table.values[:] = np.round(table.values, DECIMALS)


def _derive(table: Table, units: Places, total: int, parts: list[int]) -> None:
    here = np.ix_(units, np.array(parts))
    status = table.status[here]
    counts = (status == CODE[ObsStatus.NORMAL]) | (status == CODE[ObsStatus.ZERO])
    nothing = status == CODE[ObsStatus.NOT_APPLICABLE]
    known = (counts | nothing).all(axis=1) & counts.any(axis=1) & table.derived[units, total]
    values = np.where(counts, table.values[here], 0.0).sum(axis=1).round(DECIMALS)
    table.values[units, total] = np.where(known, values, table.values[units, total])
    table.status[units, total] = np.where(known, CODE[ObsStatus.NORMAL], table.status[units, total])


def _tell_missing(missing: list[tuple[Table, int, int, int]], findings: Findings) -> None:
    """One finding per empty cell, or one for a row that is empty altogether."""
    rows: dict[tuple[str, int, int], list[tuple[Table, int, int, int]]] = {}
    for table, u, k, p in missing:
        rows.setdefault((table.form_id, u, k), []).append((table, u, k, p))
    for cells in rows.values():
        table, u, k, _ = cells[0]
        if len(cells) > 1 and len(cells) == int(table.expected[u, k].sum()):
            findings.add("ROW-BLANK", place_of(table, u, k), count=str(len(cells)))
            continue
        for _, _, _, p in cells:
            findings.add("CELL-MISSING", place_of(table, u, k, p))
