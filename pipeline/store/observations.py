"""The observations: all that was asked, one row a cell, written and read in parts of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
from pyarrow import Table
from pyarrow.parquet import ParquetFile, ParquetWriter

from pipeline.address import column_letters
from pipeline.frames import NOT_ASKED, OBSERVATION_COLUMNS, STATUSES, Cube, Numbers
from pipeline.model import ObsStatus

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

_ROWS: Final = 2**17
"""So many rows are in memory at once, give or take the cells of one unit; each part is a group of rows in
the file."""


def observations_frame(cubes: Mapping[str, Cube]) -> pd.DataFrame:
    """All cubes as one long frame, one row per cell that is asked; see OBSERVATION_COLUMNS."""
    return pd.concat(observation_parts(cubes), ignore_index=True)


def observation_parts(cubes: Mapping[str, Cube]) -> Iterator[pd.DataFrame]:
    """The same frame in parts, in its order; at least one, be it empty."""
    waiting: list[pd.DataFrame] = []
    for cube, units in _slices(cubes):
        waiting.append(_observations(cube, units))
        if sum(map(len, waiting)) >= _ROWS:
            part, waiting = _joined(waiting), []  # given away, so that it alone is in memory
            yield part
    if waiting:
        yield _joined(waiting)


def write_observations(path: Path, cubes: Mapping[str, Cube]) -> None:
    """Write them as Parquet, part by part."""
    parts = map(partial(Table.from_pandas, preserve_index=False), observation_parts(cubes))
    first = next(parts)
    with ParquetWriter(path, first.schema) as writer:
        for table in chain((first,), parts):
            writer.write_table(table)


def read_observations(path: Path) -> Iterator[pd.DataFrame]:
    """What ``write_observations`` wrote, in parts. Raises what the library does where the file is damaged."""
    with ParquetFile(path) as file:
        empty = file.schema_arrow.empty_table()
        for batch in file.iter_batches(batch_size=_ROWS) if file.metadata.num_rows else empty.to_batches():
            yield Table.from_batches([batch], empty.schema).to_pandas()[list(OBSERVATION_COLUMNS)]


def _slices(cubes: Mapping[str, Cube]) -> Iterator[tuple[Cube, slice]]:
    """Every form, in so many units at once as do not exceed the size of a part."""
    for cube in cubes.values():
        count = len(cube.unit_ids)
        step = max(_ROWS // max(len(cube.keys) * len(cube.period_ids), 1), 1)
        for first in range(0, max(count, 1), step):
            yield cube, slice(first, min(first + step, count))


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    frame = pd.concat(frames, ignore_index=True)
    return OBSERVATIONS.validate(frame[list(OBSERVATION_COLUMNS)])


def _observations(cube: Cube, units: slice) -> pd.DataFrame:
    """Those of some units of a form, one row per cell that is asked."""
    values, status = cube.values[units], cube.status[units]
    files, sheets = cube.files[units], cube.sheets[units]
    rows, columns = cube.row_numbers[units], cube.column_numbers[units]
    asked = status != NOT_ASKED
    u, k, p = np.nonzero(asked)
    ids = [key.partition("|") for key in cube.keys]
    return pd.DataFrame(
        {
            "unit_id": _texts(cube.unit_ids[units], u),
            "form_id": _texts([cube.form_id], np.zeros_like(u)),
            "indicator_id": _texts([indicator_id for indicator_id, _, _ in ids], k),
            "level": _texts([level for *_, level in ids], k),
            "period_id": _texts(cube.period_ids, p),
            "obs_value": pd.array(values[asked], dtype="Float64"),
            "obs_status": _texts(list(map(str, STATUSES)), status[asked]),
            "file": _texts(files, u),
            "sheet": _texts(sheets, u),
            "cell": _addresses(rows[u, k], columns[u, p]),
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
