"""What became of every form that is owed: counted, counted with errors, refused, not sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

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
    rows = [row for cube in cubes.values() for row in _rows(cube, tally, unread)]
    units = {unit_id: i for i, unit_id in enumerate(campaign.units)}
    rows.sort(key=lambda row: units[str(row[0])])
    return pd.DataFrame(rows, columns=list(FORM_STATUS_COLUMNS))


def _rows(
    cube: Cube, tally: Counter[tuple[str, str, Severity]], unread: set[tuple[str, str]]
) -> Iterator[tuple[str | int, ...]]:
    rejected = cube.status == CODE[ObsStatus.REJECTED]
    missing = np.isin(cube.status, [CODE[ObsStatus.MISSING], CODE[ObsStatus.UNKNOWN]])
    counted = [flags.sum(axis=(1, 2)).tolist() for flags in (cube.expected, cube.counts, rejected, missing)]
    for unit_id, file, *cells in zip(cube.unit_ids, cube.files, *counted, strict=True):
        errors, explain, refusals = (
            tally[unit_id, cube.form_id, severity]
            for severity in (Severity.ERROR, Severity.EXPLAIN, Severity.REJECT_CELL)
        )
        status = _status(bool(file), (unit_id, cube.form_id) in unread, errors + refusals > 0)
        yield (unit_id, cube.form_id, status, file, *cells, errors, explain)


def _status(is_chosen: bool, is_unread: bool, has_errors: bool) -> FormStatus:
    if not is_chosen:
        return FormStatus.REJECTED if is_unread else FormStatus.NOT_SENT
    return FormStatus.WITH_ERRORS if has_errors else FormStatus.ACCEPTED
