"""The machine-readable outputs: observations as Parquet, totals and findings as CSV that Excel opens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pandera.pandas as pa

from pipeline.frames import TOTAL_COLUMNS, Results
from pipeline.store.atomic import replacing
from pipeline.store.counts import count_cells
from pipeline.store.observations import write_observations

TOTALS = pa.DataFrameSchema(
    {
        **{name: pa.Column(str) for name in TOTAL_COLUMNS[:3]},
        "obs_value": pa.Column("Float64", pa.Check.ge(0), nullable=True),
        "units_counted": pa.Column(int, pa.Check.ge(0)),
        "units_expected": pa.Column(int, pa.Check.ge(0)),
        "is_provisional": pa.Column(bool),
    },
    checks=pa.Check(lambda df: df["units_counted"] <= df["units_expected"], error="n is at most N"),
    unique=list(TOTAL_COLUMNS[:3]),
    strict=True,
)
"""One row per city figure."""


_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d., ]*$)")
"""What Excel would take for a formula; a negative number and a lone dash it does not."""


_CSV_ROWS: Final = 200_000
"""So many rows of a table are made ready as texts and written at once."""


def write_tables(folder: Path, results: Results) -> tuple[Path, ...]:
    """Write observations, totals, findings and the rest into ``folder``; return what was written."""
    totals = results.totals.astype({"obs_value": "Float64", "units_counted": int, "units_expected": int})
    paths = [folder / "observations.parquet"]
    with replacing(paths[0]) as path:
        write_observations(path, results.cubes)
    tables = {
        "totals": TOTALS.validate(totals),
        "findings": results.findings,
        "reconciliation": results.reconciliation,
        "unit_totals": results.unit_totals,
        "form_status": results.form_status,
        "cells": count_cells(results),
    }
    for name, frame in tables.items():
        paths.append(folder / f"{name}.csv")
        with replacing(paths[-1]) as path, path.open("w", encoding="utf-8", newline="") as file:
            file.write("\ufeff")  # by itself, as the encoding that writes it is slow
            for first in range(0, max(len(frame), 1), _CSV_ROWS):
                part = frame.iloc[first : first + _CSV_ROWS].apply(_plain)
                part.to_csv(file, index=False, header=not first, lineterminator="\r\n")
    return tuple(paths)


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """Whole numbers without a trailing ``.0``; text that Excel would take for a formula gets a quote."""
    if column.dtype.kind in "bi":
        return column
    if column.dtype.kind == "f":
        values = column.to_numpy(dtype=float, na_value=np.nan).tolist()
        numbers = [int(value) if value.is_integer() else value for value in values]
        return pd.Series(numbers, column.index, dtype=object)
    return column.map({value: _harmless(value) for value in column.unique()})


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
