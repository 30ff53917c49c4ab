"""Which city figures are not what they were, and which units' cells their differences add up from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from pipeline.catalogue import Campaign
from pipeline.changes.cells import DECIMALS
from pipeline.changes.leaves import Leaves, leaves_of
from pipeline.comparison import FIGURE_CHANGE_COLUMNS, SHARE_COLUMNS, Cause, RunData
from pipeline.model import FormRow

_KEY: Final = ["indicator_id", "level", "period_id"]
_PARTS: Final = ["obs_value", "units_counted", "units_expected", "is_provisional"]

Share = tuple[str, str]
"""Unit and cause."""
ByLeaf = Mapping[tuple[str, str], Mapping[Share, tuple[float, int]]]
"""By row key and period: what the cells of a unit and cause add, and how many they are."""


def changed_figures(
    campaign: Campaign, runs: tuple[RunData, RunData], cells: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The changed city figures, and what each rests on; see FIGURE_CHANGE_COLUMNS and SHARE_COLUMNS."""
    lines = _changed(*runs)
    leaves, by_leaf = leaves_of(campaign), _by_leaf(cells)
    what_else = _what_else(*runs)
    figures: list[tuple[object, ...]] = []
    shares: list[tuple[object, ...]] = []
    for line in lines:
        key = FormRow(line["indicator_id"], line["level"]).key
        found = _shares(leaves, by_leaf, key, line["period_id"])
        is_sum = leaves.is_sum(key)
        names = [line[name] for name in _KEY]
        for (unit_id, cause), (share, count) in found.items():
            told = round(share, DECIMALS) if is_sum else float("nan")
            shares.append((*names, unit_id, cause, told, count))
        added = sum(share for share, _ in found.values())
        rest = round(line["difference"] - added, DECIMALS) if is_sum else 0.0
        is_unexplained = rest != 0 or not found
        indicator = campaign.indicators.get(line["indicator_id"])
        form_id = indicator.form_id if indicator else ""
        told_cause = str(what_else) if is_unexplained else ""
        figures.append((form_id, *names, *(line[name] for name in _TOLD), is_sum, rest, told_cause))
    return (
        pd.DataFrame(figures, columns=list(FIGURE_CHANGE_COLUMNS)),
        pd.DataFrame(shares, columns=list(SHARE_COLUMNS)),
    )


_TOLD: Final = FIGURE_CHANGE_COLUMNS[4:13]


def _changed(old: RunData, new: RunData) -> list[dict[Any, Any]]:
    """The figures that differ, in the order of the new run; those that are gone come last."""
    both = new.totals.merge(old.totals, how="outer", on=_KEY, suffixes=("_new", "_old"), sort=False)
    order = {key: place for place, key in enumerate(zip(*(new.totals[name] for name in _KEY), strict=True))}
    both["place"] = [order.get(key, len(order)) for key in zip(*(both[name] for name in _KEY), strict=True)]
    both = both.sort_values("place", kind="stable")
    frame = both[_KEY].copy()
    for side in ("old", "new"):
        frame[f"{side}_value"] = pd.to_numeric(both[f"obs_value_{side}"]).astype("float64")
        for name, short in (("units_counted", "counted"), ("units_expected", "expected")):
            frame[f"{side}_{short}"] = both[f"{name}_{side}"].astype("float64").fillna(0).astype(int)
        frame[f"{side}_provisional"] = both[f"is_provisional_{side}"].fillna(False).astype(bool)
    was, now = frame["old_value"], frame["new_value"]
    frame["difference"] = (now.fillna(0.0) - was.fillna(0.0)).round(DECIMALS)
    differs = (was != now) & ~(was.isna() & now.isna())
    for name in ("counted", "expected", "provisional"):
        differs |= frame[f"old_{name}"] != frame[f"new_{name}"]
    return frame[differs].to_dict("records")


def _by_leaf(cells: pd.DataFrame) -> ByLeaf:
    found: dict[tuple[str, str], dict[Share, tuple[float, int]]] = {}
    names = ["indicator_id", "level", "period_id", "unit_id", "cause", "difference"]
    for indicator_id, level, period_id, unit_id, cause, difference in zip(
        *(cells[name] for name in names), strict=True
    ):
        there = found.setdefault((FormRow(indicator_id, level).key, period_id), {})
        share, count = there.get((unit_id, cause), (0.0, 0))
        there[unit_id, cause] = (share + difference, count + 1)
    return found


def _shares(leaves: Leaves, by_leaf: ByLeaf, key: str, column: str) -> dict[Share, tuple[float, int]]:
    """What the changed cells below a figure add, by unit and cause, in the order in which they are added."""
    found: dict[Share, tuple[float, int]] = {}
    for leaf in leaves.of(key, column):
        units = leaves.units(leaf[0])
        for who, (share, count) in _of_units(by_leaf.get(leaf, {}), units):
            so_far, cells = found.get(who, (0.0, 0))
            found[who] = (so_far + share, cells + count)
    return found


def _of_units(
    mine: Mapping[Share, tuple[float, int]], units: tuple[str, ...]
) -> Iterable[tuple[Share, tuple[float, int]]]:
    return ((who, what) for who, what in mine.items() if who[0] in units)


def _what_else(old: RunData, new: RunData) -> Cause:
    """What changed beside the cells: it must be what a difference rests on that they do not explain."""
    if old.campaign_sha256 != new.campaign_sha256:
        return Cause.CAMPAIGN
    return Cause.PROGRAM if old.version != new.version else Cause.INCOMPLETE
