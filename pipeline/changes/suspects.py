"""Which observations are worth a closer look: nearly all of two runs are the same, in the same order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import numpy as np
import pandas as pd

from pipeline.comparison import RunData
from pipeline.frames import Flags

KEY: Final = ["unit_id", "indicator_id", "level", "period_id"]


def suspects(old: RunData, new: RunData, unit_ids: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The observations of both runs without those that are surely the same; all of some units are kept.

    Runs of the same campaign ask for the same cells, and are held against each other line by line without
    ever being in memory as a whole. Where their lines do not match, everything of both is suspect.
    """
    if old.content_id and old.content_id == new.content_id:
        return next(old.observations()).iloc[:0], next(new.observations()).iloc[:0]
    before, after = [], []
    for was, now in _side_by_side(old.observations(), new.observations()):
        if len(was) != len(now) or any(not _same(was[name], now[name]).all() for name in KEY):
            return _whole(old), _whole(new)
        differs = ~(_same(was["obs_status"], now["obs_status"]) & _same_value(was, now))
        if unit_ids:
            differs |= now["unit_id"].isin(unit_ids).to_numpy()
        before.append(was[differs])
        after.append(now[differs])
    return pd.concat(before, ignore_index=True), pd.concat(after, ignore_index=True)


def _whole(run: RunData) -> pd.DataFrame:
    return pd.concat(run.observations(), ignore_index=True)


def _side_by_side(
    old: Iterator[pd.DataFrame], new: Iterator[pd.DataFrame]
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Both in parts of the same length; the last pair differs in length where the runs do."""
    was, now = next(old), next(new)
    while True:
        both = min(len(was), len(now))
        yield was.iloc[:both], now.iloc[:both]
        was, now = was.iloc[both:], now.iloc[both:]
        was = was if len(was) else next(old, was)
        now = now if len(now) else next(new, now)
        if not len(was) or not len(now):
            break
    if len(was) or len(now):
        yield was, now


def _same(one: pd.Series, other: pd.Series) -> Flags:
    return np.asarray(one.array == other.array, dtype=bool)


def _same_value(was: pd.DataFrame, now: pd.DataFrame) -> Flags:
    one, other = (frame["obs_value"].to_numpy(dtype=float, na_value=np.nan) for frame in (was, now))
    same: Flags = (one == other) | (np.isnan(one) & np.isnan(other))
    return same
