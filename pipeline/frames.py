"""What the stages hand to each other: dense tables by form, and the long frames made from them.

A cube holds one form: for each reporting unit, row key and period a value and a status. Dense, because a
form is; the long frames (one observation a row) are what is checked, written to disk and read by others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipeline.catalogue.city import CityRow
from pipeline.comparison import Changes, Comparable
from pipeline.model import ObsStatus, SourceFile, Submission

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

STATUSES: Final = tuple(ObsStatus)
"""A status code is the place in this tuple; NOT_ASKED is the code of what a unit does not owe."""
NOT_ASKED: Final = np.int8(-1)
CODE: Final[Mapping[ObsStatus, np.int8]] = {status: np.int8(i) for i, status in enumerate(STATUSES)}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, each as plain Python values by column."""
    names = frame.columns.tolist()  # plain, as every row goes through them
    columns = [plain_values(frame[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def plain_values(column: pd.Series[Any]) -> list[Any]:
    """The values of a column as plain Python ones; of texts many times as fast as the frame's own way."""
    return pa.array(column).to_pylist() if column.dtype == "str" else column.tolist()


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """One form over all units. Axes: units, row keys (of every level that anybody owes), periods.

    ``values`` is NaN where there is no number that counts. ``files`` and ``sheets`` say where a unit's form
    was read ("" if nowhere), ``row_numbers`` (units x keys) and ``column_numbers`` (units x periods) at which
    cell, counting from 1, 0 where the file lacks it. Computed ratios have no key here.
    """

    form_id: str
    unit_ids: tuple[str, ...]
    keys: tuple[str, ...]
    period_ids: tuple[str, ...]
    values: Floats
    status: Codes
    has_error: Flags
    files: tuple[str, ...]
    sheets: tuple[str, ...]
    row_numbers: Numbers
    column_numbers: Numbers

    @property
    def counts(self) -> Flags:
        """Which cells hold a number that counts (a stated zero does, a missing one does not)."""
        flags: Flags = (self.status == CODE[ObsStatus.NORMAL]) | (self.status == CODE[ObsStatus.ZERO])
        return flags

    @property
    def expected(self) -> Flags:
        """Which cells somebody owes: asked, and not before the indicator's first year."""
        flags: Flags = (self.status != NOT_ASKED) & (self.status != CODE[ObsStatus.NOT_APPLICABLE])
        return flags


@dataclass(frozen=True, slots=True, eq=False)
class CityTable:
    """The city figures of one form. Axes: ``rows``, then ``columns`` (period ids, then window ids).

    ``values`` is NaN where there is no figure. A figure rests on ``counted`` of ``expected`` units; it is
    ``provisional`` while a figure that it rests on has an open error.
    """

    form_id: str
    rows: tuple[CityRow, ...]
    columns: tuple[str, ...]
    values: Floats
    counted: Numbers
    expected: Numbers
    provisional: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Everything that one run found out, before anything is written.

    ``findings``, ``totals``, ``reconciliation``, ``unit_totals`` and ``form_status`` are frames whose columns
    stand in FINDING_COLUMNS and so on; missing values are NaN, missing text is "".
    ``submissions`` are the files as read. Without ``has_detail`` the summary has no sheets of single units.
    ``inputs_at`` is the folder that they lie in as seen from the outputs, as a URI with a slash at the end;
    None where nobody asked. ``changes`` is what changed since the run before.
    """

    run_id: str
    cubes: Mapping[str, Cube]
    city: Mapping[str, CityTable]
    findings: pd.DataFrame
    totals: pd.DataFrame
    reconciliation: pd.DataFrame
    unit_totals: pd.DataFrame
    form_status: pd.DataFrame
    sources: tuple[SourceFile, ...]
    is_official: bool
    submissions: tuple[Submission, ...] = ()
    changes: Changes = field(default_factory=lambda: Changes(Comparable.FIRST, "", ""))
    inputs_at: str | None = None
    has_detail: bool = True


OBSERVATION_COLUMNS: Final = (
    *("unit_id", "form_id", "indicator_id", "level", "period_id"),
    *("obs_value", "obs_status", "file", "sheet", "cell"),
)
"""One row per observation; key: the first five without ``form_id``."""

TOTAL_COLUMNS: Final = (
    *("indicator_id", "level", "period_id", "obs_value"),
    *("units_counted", "units_expected", "is_provisional"),
)
"""One row per city figure; ``level`` also ALL, ``period_id`` also a window; key: the first three."""

FINDING_COLUMNS: Final = (
    *("rule_id", "severity", "unit_id", "file", "form_id", "sheet", "cell"),
    *("indicator_id", "level", "period_id", "seen", "expected", "message", "state"),
    *("reply", "finding_id"),
)
"""One row per finding, ordered by unit, severity, form, indicator, level, period; key: ``finding_id``.

``reply`` is what closed it: the unit's explanation, or why the office accepts it."""

RECONCILIATION_COLUMNS: Final = (
    *("indicator_id", "level", "period_id", "authority_unit", "authority_key"),
    *("authority_value", "reported_value", "difference", "percent", "units_counted", "units_expected"),
)
"""One row per indicator that an authority keeps, level and column; difference = authority - reported."""

UNIT_TOTAL_COLUMNS: Final = (
    *("unit_id", "indicator_id", "level", "period_id", "obs_value"),
    *("cells_counted", "cells_expected", "is_provisional"),
)
"""One row per unit, indicator, level (also ALL) and window (in ``period_id``). The first four are
categorical, because thousands of units make millions of rows."""

FORM_STATUS_COLUMNS: Final = (
    *("unit_id", "form_id", "status", "file"),
    *("cells_expected", "cells_counted", "cells_rejected", "cells_missing", "errors_open", "to_explain"),
)
"""One row per unit and form owed; ``status`` is a FormStatus."""
