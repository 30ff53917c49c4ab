"""An earlier run, read back from its folder to be compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pipeline.comparison import RunData
from pipeline.frames import FINDING_COLUMNS, TOTAL_COLUMNS
from pipeline.model import FileStatus, SourceFile
from pipeline.store.observations import read_observations

_NUMBERS: Final = {"obs_value": "float64", "units_counted": "int64", "units_expected": "int64"}


class RunLost(Exception):
    """The folder of a run is gone, or what is in it cannot be read."""

    def __init__(self, run_id: str, reason: str) -> None:
        super().__init__(reason)
        self.run_id = run_id


def read_run(folder: Path, content_id: str = "") -> RunData:
    """One run as it is compared. Raises RunLost, and nothing else, whatever the folder holds.

    So do its observations, which are read only when they are asked for.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tables = folder / "du-lieu"
        return RunData(
            run_id=str(manifest["run_id"]),
            content_id=content_id,
            version=str(manifest["version"]),
            campaign_sha256=str(manifest["campaign_sha256"]),
            sources=tuple(_source(one) for one in manifest["sources"]),
            observations=partial(_observations, folder),
            totals=_totals(tables / "totals.csv"),
            findings=_texts(tables / "findings.csv")[list(FINDING_COLUMNS)],
        )
    except Exception as error:  # whatever is wrong with it, it must never harm the run of today
        raise RunLost(folder.name, str(error)) from error


def _observations(folder: Path) -> Iterator[pd.DataFrame]:
    try:
        yield from read_observations(folder / "du-lieu" / "observations.parquet")
    except Exception as error:
        raise RunLost(folder.name, str(error)) from error


def _texts(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")


def _totals(path: Path) -> pd.DataFrame:
    frame = _texts(path)[list(TOTAL_COLUMNS)]
    frame = frame.assign(is_provisional=frame["is_provisional"] == "True")
    for name, kind in _NUMBERS.items():
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(kind)  # type: ignore[call-overload]
    return frame


def _source(line: dict[str, Any]) -> SourceFile:
    return SourceFile(**{**line, "status": FileStatus(line["status"])})
