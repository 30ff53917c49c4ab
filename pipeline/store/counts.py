"""What became of every cell of every form sheet that was read: the sums that must add up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from pipeline.frames import NOT_ASKED, STATUSES, Cube, Results
from pipeline.model import ObsStatus, SheetCells, Submission

_NAMES: Final[Mapping[ObsStatus, str]] = {
    ObsStatus.NORMAL: "counted",
    ObsStatus.ZERO: "stated_zero",
    ObsStatus.UNKNOWN: "unknown",
    ObsStatus.NOT_APPLICABLE: "not_applicable",
    ObsStatus.MISSING: "missing",
    ObsStatus.REJECTED: "rejected",
}
OUTCOMES: Final = (*_NAMES.values(), "not_asked", "set_aside")
"""What may become of a cell. ``not_asked``: ratios, and rows that the unit does not owe. ``set_aside``: the
sheet does not count, because another file does, or none, or because nothing was entered in it."""

_PLACES: Final = [OUTCOMES.index(_NAMES[status]) for status in STATUSES]
_NOT_ASKED: Final = OUTCOMES.index("not_asked")
_SET_ASIDE: Final = OUTCOMES.index("set_aside")

Counts = npt.NDArray[np.int_]

CELL_COUNTS = pa.DataFrameSchema(
    {
        "file": pa.Column(str, unique=True),
        "unit_id": pa.Column(str),
        "cells_read": pa.Column(int, pa.Check.ge(0)),
        **{name: pa.Column(int, pa.Check.ge(0)) for name in OUTCOMES},
    },
    checks=pa.Check(
        lambda df: df["cells_read"] == df[list(OUTCOMES)].sum(axis=1),
        error="every cell that was read has exactly one outcome",
    ),
    strict=True,
)
"""One row per file that was read, refused ones included, in the order of the files."""


def count_cells(results: Results) -> pd.DataFrame:
    """How many cells of form sheets each file holds, by outcome; see CELL_COUNTS."""
    rows = []
    places = {form_id: _Place(cube) for form_id, cube in results.cubes.items()}
    for submission in sorted(results.submissions, key=lambda s: s.file):
        tally = np.zeros(len(OUTCOMES), dtype=int)
        for sheet in submission.sheets:
            tally += _outcomes(places.get(sheet.form_id), submission, sheet)
        read = sum(len(sheet.numbers) for sheet in submission.sheets)
        rows.append((submission.file, submission.unit_id, read, *tally.tolist()))
    frame = pd.DataFrame(rows, columns=list(CELL_COUNTS.columns))
    types = {name: str if name in ("file", "unit_id") else int for name in frame.columns}
    return CELL_COUNTS.validate(frame.astype(types))


class _Place:
    """A form's table, and where in it units, row keys and periods stand: asked for by every sheet."""

    def __init__(self, cube: Cube) -> None:
        self.cube = cube
        axes = (cube.unit_ids, cube.keys, cube.period_ids)
        self.units, self.keys, self.periods = ({name: i for i, name in enumerate(axis)} for axis in axes)
        self._cells: dict[tuple[tuple[str, ...], tuple[str, ...]], Counts] = {}

    def cells(self, sheet: SheetCells) -> Counts:
        """Where in the table of one unit the cells of a sheet lie that it has: alike sheets share it."""
        look = (sheet.row_keys, sheet.period_ids)
        if look not in self._cells:
            keys = [self.keys[key] for key in sheet.row_keys if key in self.keys]
            periods = [self.periods[name] for name in sheet.period_ids if name in self.periods]
            rows = np.array(keys, dtype=int)[:, None] * len(self.periods)
            self._cells[look] = (rows + np.array(periods, dtype=int)).ravel()
        return self._cells[look]


def _outcomes(place: _Place | None, submission: Submission, sheet: SheetCells) -> Counts:
    """How many cells of one sheet came to what, in the order of OUTCOMES."""
    found = np.zeros(len(OUTCOMES), dtype=int)
    cells = len(sheet.numbers)
    u = place.units.get(submission.unit_id) if place is not None else None
    counted = None if place is None or u is None else (place.cube.files[u], place.cube.sheets[u])
    if place is None or counted != (submission.file, sheet.sheet):
        found[_SET_ASIDE] = cells
    else:
        status = place.cube.status[u].take(place.cells(sheet))
        found[_PLACES] = np.bincount(status[status != NOT_ASKED], minlength=len(STATUSES))
        found[_NOT_ASKED] = cells - found.sum()
    return found
