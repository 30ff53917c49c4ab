"""The machine-readable outputs: observations as Parquet, totals and findings as CSV that Excel opens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from pipeline.address import column_letters
from pipeline.frames import NOT_ASKED, OBSERVATION_COLUMNS, STATUSES, TOTAL_COLUMNS, Cube, Results
from pipeline.model import ObsStatus
from pipeline.store.atomic import replacing
from pipeline.store.counts import count_cells

OBSERVATIONS = pa.DataFrameSchema(
    {
        **{name: pa.Column(str) for name in OBSERVATION_COLUMNS if name not in ("obs_value", "obs_status")},
        "obs_value": pa.Column("Float64", pa.Check.ge(0), nullable=True),
        "obs_status": pa.Column(str, pa.Check.isin([str(status) for status in STATUSES])),
    },
    checks=pa.Check(
        lambda df: df["obs_value"].notna() == df["obs_status"].isin([ObsStatus.NORMAL, ObsStatus.ZERO]),
        error="a value stands exactly where the status says so",
    ),
    strict=True,
)
"""One row per (unit, indicator, level, period) that is asked, whether or not it was reported."""

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


def observations_frame(cubes: Mapping[str, Cube]) -> pd.DataFrame:
    """All cubes as one long frame, one row per cell that is asked; see OBSERVATION_COLUMNS."""
    frame = pd.concat([_observations(cube) for cube in cubes.values()], ignore_index=True)
    return OBSERVATIONS.validate(frame[list(OBSERVATION_COLUMNS)])


def write_tables(folder: Path, results: Results) -> tuple[Path, ...]:
    """Write observations, totals, findings and the rest into ``folder``; return what was written."""
    totals = results.totals.astype({"obs_value": "Float64", "units_counted": int, "units_expected": int})
    paths = [folder / "observations.parquet"]
    with replacing(paths[0]) as path:
        observations_frame(results.cubes).to_parquet(path, index=False)
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
        with replacing(paths[-1]) as path:
            frame.map(_plain).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return tuple(paths)


def _observations(cube: Cube) -> pd.DataFrame:
    asked = cube.status != NOT_ASKED
    u, k, p = np.nonzero(asked)
    ids = np.array([key.partition("|")[::2] for key in cube.keys], dtype=str).reshape(-1, 2)
    rows, columns = cube.row_numbers[u, k], cube.column_numbers[u, p]
    letters = np.array([column_letters(n) for n in range(int(columns.max(initial=0)) + 1)])
    cells = np.char.add(letters[columns], rows.astype(str))
    frame = pd.DataFrame(
        {
            "unit_id": np.array(cube.unit_ids, dtype=str)[u],
            "form_id": cube.form_id,
            "indicator_id": ids[k, 0],
            "level": ids[k, 1],
            "period_id": np.array(cube.period_ids, dtype=str)[p],
            "obs_value": pd.array(cube.values[asked], dtype="Float64"),
            "obs_status": np.array([str(status) for status in STATUSES])[cube.status[asked]],
            "file": np.array(cube.files, dtype=str)[u],
            "sheet": np.array(cube.sheets, dtype=str)[u],
            "cell": np.where((rows > 0) & (columns > 0), cells, ""),
        }
    )
    text = [name for name in OBSERVATION_COLUMNS if name != "obs_value"]
    return frame.astype(dict.fromkeys(text, "str"))


def _plain(value: object) -> object:
    """Whole numbers without a trailing ``.0``; text that Excel would take for a formula gets a quote."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
