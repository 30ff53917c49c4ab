"""Structural checks: type, range, domain and completeness of every cell, one pandera call for many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
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

Cells = npt.NDArray[np.float64] | npt.NDArray[np.bool_]

Cell = tuple[Table, int, int, int]
"""A table, and the places of a unit, a key and a period in it."""

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

_BLOCK: Final = 2_000_000
"""So many cells are checked at once; a city's fit into one block."""

_REFUSING = ("CELL-NEGATIVE", "CELL-LARGE", "CELL-FRACTION", "CELL-NOT-APPLICABLE")


def check_structure(campaign: Campaign, tables: Mapping[str, Table], findings: Findings) -> None:
    """Refuse the cells that cannot count, tell those that are missing, and settle every status."""
    missing: list[Cell] = []
    for cells in _blocks(tables.values()):
        for rule_id, (table, u, k, p) in _failures(cells):
            if rule_id in _REFUSING:
                _refuse(campaign, table, (u, k, p), rule_id, findings)
            else:
                missing.append((table, u, k, p))
    for table in tables.values():
        _settle(table)
        check_totals(table, findings)
        check_percents(campaign, table, findings)
        check_decimals(campaign, table, findings)
    _tell_missing(missing, findings)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Some units of one table, from ``first`` on, and which of their cells were returned."""

    table: Table
    first: int
    returned: Flags

    def columns(self) -> dict[str, Cells]:
        """The returned cells as REPORTED wants them, in the order of the table."""
        table, here = self.table, slice(self.first, self.first + len(self.returned))
        number, status = table.values[here], table.status[here]
        exists = np.broadcast_to(table.exists[None, :, :], number.shape)
        count = np.broadcast_to(table.is_count[None, :, None], number.shape)
        rounded, is_number = np.round(number, DECIMALS), ~np.isnan(number)
        fraction = np.where(count & is_number, rounded - np.floor(rounded), 0.0)
        filled = is_number | (status != CODE[ObsStatus.MISSING]) | table.derived[here] | ~exists
        columns = {
            "number": number,
            "fraction": fraction,
            "too_early": np.where(exists, np.nan, number),
            "is_filled": filled,
        }
        return {name: column[self.returned] for name, column in columns.items()}

    def cells(self, rows: Places) -> list[Cell]:
        """Where the rows of the frame stand in the table."""
        found = np.unravel_index(np.flatnonzero(self.returned)[rows], self.returned.shape)
        places = zip(*(axis.tolist() for axis in found), strict=True)
        return [(self.table, self.first + u, k, p) for u, k, p in places]


def _blocks(tables: Iterable[Table]) -> Iterator[list[_Part]]:
    """All cells that were returned, in blocks: a frame of all of them would not fit where units are many."""
    block: list[_Part] = []
    size = 0
    for table in tables:
        step = max(_BLOCK // max(table.exists.size, 1), 1)
        for first in range(0, len(table.unit_ids), step):
            part = _Part(table, first, _returned(table, slice(first, first + step)))
            block.append(part)
            size += part.returned.size
            if size >= _BLOCK:
                yield block
                block, size = [], 0
    if block:
        yield block


def _returned(table: Table, units: slice) -> Flags:
    """The cells of the sheets that count, whether or not they can exist in their period."""
    sent = np.array([chosen is not None for chosen in table.chosen[units]], dtype=bool)
    placed = (table.row_numbers[units] > 0)[:, :, None] & (table.column_numbers[units] > 0)[:, None, :]
    flags: Flags = sent[:, None, None] & placed
    return flags


def _failures(block: Sequence[_Part]) -> Iterator[tuple[str, Cell]]:
    """Every cell that fails a check, with the first check that it fails."""
    parts = [part.columns() for part in block]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    frame = pd.DataFrame(columns, copy=False)
    try:
        REPORTED.validate(frame, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as errors:
        found = errors.failure_cases
        if found["index"].isna().any():
            raise
        first = found.drop_duplicates("index")
        rows = first["index"].to_numpy(dtype=np.int64)
        checks = first["check"].astype(str).to_numpy()
        ends = np.cumsum([int(part.returned.sum()) for part in block])
        begin = 0
        for part, end in zip(block, ends.tolist(), strict=True):
            mine = (rows >= begin) & (rows < end)
            yield from zip(checks[mine].tolist(), part.cells(rows[mine] - begin), strict=True)
            begin = end


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


def _tell_missing(missing: Sequence[Cell], findings: Findings) -> None:
    """One finding per empty cell, or one for a row that is empty altogether."""
    rows: dict[tuple[str, int, int], list[Cell]] = {}
    for table, u, k, p in missing:
        rows.setdefault((table.form_id, u, k), []).append((table, u, k, p))
    for cells in rows.values():
        table, u, k, _ = cells[0]
        if len(cells) > 1 and len(cells) == int(table.expected[u, k].sum()):
            findings.add("ROW-BLANK", place_of(table, u, k), count=str(len(cells)))
            continue
        for _, _, _, p in cells:
            findings.add("CELL-MISSING", place_of(table, u, k, p))
