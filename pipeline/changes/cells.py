"""Which observations are not what they were, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from pipeline.catalogue import Campaign
from pipeline.changes.doubts import changed_doubts
from pipeline.changes.suspects import KEY, suspects
from pipeline.comparison import CELL_CHANGE_COLUMNS, Cause, RunData
from pipeline.model import SourceFile

DECIMALS: Final = 6
"""Differences are rounded as sums are."""

_REST: Final = ["form_id", "obs_value", "obs_status", "file", "sheet", "cell"]


def changed_cells(campaign: Campaign, old: RunData, new: RunData) -> pd.DataFrame:
    """The observations whose value or status changed, and those that an error was found in or lifted from.

    See CELL_CHANGE_COLUMNS; in the order of units and forms of the new run.
    """
    doubts = changed_doubts(campaign, old, new)
    was, now = suspects(old, new, {place[0] for place in doubts})
    both = was.merge(now, how="outer", on=KEY, suffixes=("_old", "_new"))
    for name in (f"{column}_{side}" for column in _REST if column != "obs_value" for side in ("old", "new")):
        both[name] = both[name].fillna("")
    for side in ("old", "new"):
        both[f"value_{side}"] = both[f"obs_value_{side}"].astype("Float64").astype("float64")
    one, other = both["value_old"], both["value_new"]
    changed = (one != other) & ~(one.isna() & other.isna())
    differs = changed | (both["obs_status_old"] != both["obs_status_new"])
    if doubts:
        differs |= pd.MultiIndex.from_frame(both[KEY]).isin(list(doubts)) & (one.notna() | other.notna())
    judge = _Judge(old, new, _by_name(old), _by_name(new))
    rows = [_row(line, judge, doubts) for line in both[differs].to_dict("records")]
    frame = pd.DataFrame(rows, columns=list(CELL_CHANGE_COLUMNS))
    return frame.sort_values(
        ["unit_id", "form_id", "indicator_id", "level", "period_id"],
        key=lambda column: _order(campaign, column),
        kind="stable",
        ignore_index=True,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """Says why a cell is another one than before."""

    old: RunData
    new: RunData
    before: Mapping[str, SourceFile]
    after: Mapping[str, SourceFile]

    def cause(self, old_file: str, new_file: str, is_same: bool) -> Cause:
        """``is_same``: value and status are what they were, only an error was found or lifted."""
        was, now = self.before.get(old_file), self.after.get(new_file)
        if was and now and was.sha256 != now.sha256:
            return self._another(was, now)
        if now and not was:
            return Cause.TAKEN if now.sha256 in {s.sha256 for s in self.before.values()} else Cause.NEW_FILE
        if was and not now:
            there = {s.sha256 for s in self.after.values()}
            return Cause.NOT_TAKEN if was.sha256 in there else Cause.WITHDRAWN
        return self._same_file(is_same)

    def number(self, file: str, is_old: bool) -> str:
        """The submission number of a file."""
        source = (self.before if is_old else self.after).get(file)
        return "" if source is None or source.submission_number is None else str(source.submission_number)

    def _another(self, was: SourceFile, now: SourceFile) -> Cause:
        if was.submission_number != now.submission_number:
            return Cause.RESUBMITTED
        return Cause.REPLACED if was.file == now.file else Cause.OTHER_FILE

    def _same_file(self, is_same: bool) -> Cause:
        if self.old.campaign_sha256 != self.new.campaign_sha256:
            return Cause.CAMPAIGN
        if self.old.version != self.new.version:
            return Cause.PROGRAM
        return Cause.FINDING if is_same else Cause.READING


def _row(line: Mapping[Any, Any], judge: _Judge, doubts: Mapping[Any, str]) -> tuple[object, ...]:
    was, now = line["value_old"], line["value_new"]
    is_same = line["obs_status_old"] == line["obs_status_new"] and not _differ(was, now)
    old_file, new_file = line["file_old"], line["file_new"]
    key = tuple(line[name] for name in KEY)
    return (
        *(key[0], line["form_id_new"] or line["form_id_old"], *key[1:]),
        *(was, now, round(_or_nothing(now) - _or_nothing(was), DECIMALS)),
        *(line["obs_status_old"], line["obs_status_new"], str(judge.cause(old_file, new_file, is_same))),
        *(old_file, line["sheet_old"], line["cell_old"], judge.number(old_file, is_old=True)),
        *(new_file, line["sheet_new"], line["cell_new"], judge.number(new_file, is_old=False)),
        doubts.get(key, ""),
    )


def _differ(was: float, now: float) -> bool:
    return was != now and not (was != was and now != now)


def _or_nothing(value: float) -> float:
    return 0.0 if value != value else value


def _by_name(run: RunData) -> dict[str, SourceFile]:
    return {source.file: source for source in run.sources}


def _order(campaign: Campaign, column: pd.Series) -> pd.Series:
    """The campaign's own order; what it does not know comes last."""
    known = {
        "unit_id": campaign.units,
        "form_id": campaign.forms,
        "indicator_id": campaign.indicators,
        "level": campaign.levels,
        "period_id": campaign.periods,
    }[str(column.name)]
    places = {name: place for place, name in enumerate(known)}
    return column.map(lambda name: places.get(name, len(places)))
