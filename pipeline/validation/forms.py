"""What became of every form that is owed: counted, counted with errors, refused, not sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.catalogue import Campaign
from pipeline.frames import CODE, FORM_STATUS_COLUMNS, Cube
from pipeline.model import Finding, FormStatus, ObsStatus, Severity

_REFUSALS = ("SHEET-NO-KEYS", "SHEET-TWICE")


def form_status(
    campaign: Campaign, cubes: Mapping[str, Cube], found: Sequence[Finding], refused: set[tuple[str, str]]
) -> pd.DataFrame:
    """One row per unit and form owed, in the order of the campaign; see FORM_STATUS_COLUMNS."""
    tally = Counter((f.unit_id, f.form_id, f.severity) for f in found if f.form_id and f.state == "open")
    unread = {(f.unit_id, f.form_id) for f in found if f.rule_id in _REFUSALS} | refused
    rows = [
        _row(cube, u, unit_id, tally, (unit_id, cube.form_id) in unread)
        for cube in cubes.values()
        for u, unit_id in enumerate(cube.unit_ids)
    ]
    units = {unit_id: i for i, unit_id in enumerate(campaign.units)}
    rows.sort(key=lambda row: units[str(row[0])])
    return pd.DataFrame(rows, columns=list(FORM_STATUS_COLUMNS))


def _row(
    cube: Cube, u: int, unit_id: str, tally: Counter[tuple[str, str, Severity]], is_unread: bool
) -> tuple[str | int, ...]:
    expected, counts = cube.expected[u], cube.counts[u]
    rejected = int((cube.status[u] == CODE[ObsStatus.REJECTED]).sum())
    cells = (int(expected.sum()), int(counts.sum()), rejected)
    missing = int(np.isin(cube.status[u], [CODE[ObsStatus.MISSING], CODE[ObsStatus.UNKNOWN]]).sum())
    errors = tally[unit_id, cube.form_id, Severity.ERROR]
    explain = tally[unit_id, cube.form_id, Severity.EXPLAIN]
    refusals = tally[unit_id, cube.form_id, Severity.REJECT_CELL]
    status = _status(bool(cube.files[u]), is_unread, errors + refusals > 0)
    return (unit_id, cube.form_id, status, cube.files[u], *cells, missing, errors, explain)


def _status(is_chosen: bool, is_unread: bool, has_errors: bool) -> FormStatus:
    if not is_chosen:
        return FormStatus.REJECTED if is_unread else FormStatus.NOT_SENT
    return FormStatus.WITH_ERRORS if has_errors else FormStatus.ACCEPTED
