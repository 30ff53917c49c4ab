"""The machine-readable outputs: observations as Parquet, totals and findings as CSV that Excel opens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
from pyarrow import Table
from pyarrow.parquet import ParquetWriter

from pipeline.address import column_letters
from pipeline.frames import NOT_ASKED, OBSERVATION_COLUMNS, STATUSES, TOTAL_COLUMNS, Cube, Numbers, Results
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


_ROW_GROUP: Final = 2**20
"""Rows of a group of a Parquet file, as the library makes them; so many at least are written at once."""
_CSV_ROWS: Final = 200_000
"""So many rows of a table are made ready as texts and written at once."""


def observations_frame(cubes: Mapping[str, Cube]) -> pd.DataFrame:
    """All cubes as one long frame, one row per cell that is asked; see OBSERVATION_COLUMNS."""
    return _joined([_observations(cube) for cube in cubes.values()])


def write_tables(folder: Path, results: Results) -> tuple[Path, ...]:
    """Write observations, totals, findings and the rest into ``folder``; return what was written."""
    totals = results.totals.astype({"obs_value": "Float64", "units_counted": int, "units_expected": int})
    paths = [folder / "observations.parquet"]
    with replacing(paths[0]) as path:
        _write_observations(path, results.cubes)
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


def _write_observations(path: Path, cubes: Mapping[str, Cube]) -> None:
    """Write the frame of all observations in parts, so that no more than a part of it is ever in memory."""
    parts = map(partial(Table.from_pandas, preserve_index=False), _parts(cubes))
    first = next(parts)
    with ParquetWriter(path, first.schema) as writer:
        for table in chain((first,), parts):
            writer.write_table(table)


def _parts(cubes: Mapping[str, Cube]) -> Iterator[pd.DataFrame]:
    """The observations of neighbouring forms together, while they do not fill a group of rows."""
    waiting: list[pd.DataFrame] = []
    for cube in cubes.values():
        waiting.append(_observations(cube))
        if sum(map(len, waiting)) >= _ROW_GROUP:
            part, waiting = _joined(waiting), []  # given away, so that it alone is in memory
            yield part
    if waiting:
        yield _joined(waiting)


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    frame = pd.concat(frames, ignore_index=True)
    return OBSERVATIONS.validate(frame[list(OBSERVATION_COLUMNS)])


def _observations(cube: Cube) -> pd.DataFrame:
    asked = cube.status != NOT_ASKED
    u, k, p = np.nonzero(asked)
    ids = [key.partition("|") for key in cube.keys]
    return pd.DataFrame(
        {
            "unit_id": _texts(cube.unit_ids, u),
            "form_id": _texts([cube.form_id], np.zeros_like(u)),
            "indicator_id": _texts([indicator_id for indicator_id, _, _ in ids], k),
            "level": _texts([level for *_, level in ids], k),
            "period_id": _texts(cube.period_ids, p),
            "obs_value": pd.array(cube.values[asked], dtype="Float64"),
            "obs_status": _texts(list(map(str, STATUSES)), cube.status[asked]),
            "file": _texts(cube.files, u),
            "sheet": _texts(cube.sheets, u),
            "cell": _addresses(cube.row_numbers[u, k], cube.column_numbers[u, p]),
        }
    )


def _texts(names: Sequence[str], places: npt.NDArray[np.integer]) -> pd.Series[str]:
    """One of the names for each place."""
    return pd.Series(pd.array(list(names), dtype="str").take(places))


def _addresses(rows: Numbers, columns: Numbers) -> pd.Series[str]:
    """The addresses of cells; empty where the file lacks row or column."""
    width = int(columns.max(initial=0)) + 1
    numbers, places = np.unique(rows.astype(np.int64) * width + columns, return_inverse=True)
    pairs = (divmod(number, width) for number in numbers.tolist())
    names = [f"{column_letters(column)}{row}" if row and column else "" for row, column in pairs]
    return _texts(names, places)


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
