"""The machine-readable outputs: observations as Parquet, totals and findings as CSV that Excel opens."""

from __future__ import annotations

from pathlib import Path

import pandera.pandas as pa

from pipeline.frames import TOTAL_COLUMNS, Results
from pipeline.store.atomic import replacing
from pipeline.store.counts import count_cells
from pipeline.store.csv_text import csv_text
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
            file.writelines(csv_text(frame))
    return tuple(paths)
