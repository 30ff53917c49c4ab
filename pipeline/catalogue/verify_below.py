"""Who reports to whom, against the rest of the campaign: everybody must end at a reporting unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.tables import Problems, Row, near_miss

_FILE: Final = "subordinates.csv"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,24}")


def verify_below(campaign: Campaign, rows: Mapping[str, Mapping[str, Row]], problems: Problems) -> None:
    """Check every line of ``subordinates.csv`` that was fit to be read."""
    unfit = {problem.line for problem in problems.found if problem.file == _FILE}
    everyone = {**dict.fromkeys(campaign.units), **dict.fromkeys(campaign.subordinates)}
    for unit_id, row in rows[_FILE].items():
        if row.line not in unfit:
            _verify_line(campaign, unit_id, row, everyone)
    kinds: dict[str, str] = {}
    for subordinate in campaign.subordinates.values():
        known = (
            campaign.units.get(subordinate.reports_to),
            campaign.subordinates.get(subordinate.reports_to),
        )
        superior = known[0] or known[1]
        if superior is None or superior.kind not in campaign.unit_kinds:
            continue
        if kinds.setdefault(subordinate.kind, superior.kind) != superior.kind:
            told = f"units of this kind already report to a unit of kind {kinds[subordinate.kind]}"
            rows[_FILE][subordinate.unit_id].refuse("kind", told)


def _verify_line(campaign: Campaign, unit_id: str, row: Row, everyone: Collection[str]) -> None:
    subordinate = campaign.subordinates[unit_id]
    if not _ID.fullmatch(unit_id):
        row.refuse("unit_id", "at most 24 ASCII letters, digits, - and _")
    if unit_id in campaign.units:
        row.refuse("unit_id", "is a unit of units.csv too")
    _known(row, "kind", [subordinate.kind], campaign.unit_kinds)
    _known(row, "reports_to", [subordinate.reports_to], everyone)
    _known(row, "levels", subordinate.levels, campaign.levels)
    _known(row, "successor", [subordinate.successor], campaign.subordinates)
    successor = campaign.subordinates.get(subordinate.successor)
    if successor is not None and successor.is_dissolved:
        row.refuse("successor", "was dissolved too; name the one that reports now")
    if _is_circle(campaign, unit_id):
        row.refuse("reports_to", "comes back to itself and never to a unit of units.csv")


def _is_circle(campaign: Campaign, unit_id: str) -> bool:
    seen: set[str] = set()
    while unit_id in campaign.subordinates and unit_id not in seen:
        seen.add(unit_id)
        unit_id = campaign.subordinates[unit_id].reports_to
    return unit_id in seen


def _known(row: Row, column: str, values: Iterable[str], known: Collection[str]) -> None:
    for value in values:
        if value and value not in known:
            row.refuse(column, f'"{value}" is not known{near_miss(value, list(known))}')
