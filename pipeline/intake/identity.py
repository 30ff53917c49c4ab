"""Whose return it is: what the hidden sheet says and what stands on the guide sheet must agree."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.intake.values import Grid, as_text
from pipeline.model import CellValue, ReadProblem

META_SHEET: Final = "_meta"
_KEY, _META_VALUE, _VISIBLE_VALUE = 1, 2, 3
_MOST_ROWS: Final = 200
_LARGEST_NUMBER: Final = 10**6


@dataclass(frozen=True, slots=True)
class Visible:
    """The identity that people see: the sheet it stands on, and by machine key the value and its cell."""

    sheet: str = ""
    values: Mapping[str, CellValue] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The value of a key as text, empty where there is none."""
        return as_text(self.values.get(key))


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose return it is. ``is_sure`` unless something speaks against reading any figure of it."""

    unit_id: str
    submission_number: int
    template_version: str
    is_sure: bool
    problems: tuple[ReadProblem, ...]


def read_identity(grids: Sequence[Grid], campaign: Campaign) -> Identity:
    """Read and compare both identities. ``unit_id`` is empty unless it is certain and known."""
    meta = _read_meta(grids)
    visible = _read_visible(grids)
    number, complaints = _submission_number(visible)
    problems = _problems(meta, visible, campaign)
    unit_id = meta.get("unit_id", "") or visible.text("unit_id")
    doubtful = unit_id not in campaign.units or any(p.rule_id == "FILE-IDENTITY" for p in problems)
    return Identity(
        unit_id="" if doubtful else unit_id,
        submission_number=number,
        template_version=meta.get("template_version", ""),
        is_sure=not problems,
        problems=(*problems, *(() if problems else complaints)),
    )


def is_guide(grid: Grid) -> bool:
    """Whether the visible identity stands on the sheet."""
    keys = grid.column(_first_rows(grid), _KEY) if grid.name != META_SHEET else ()
    return any(as_text(key) == "unit_id" for key in keys if key != "")


def _first_rows(grid: Grid) -> range:
    return grid.row_numbers[:_MOST_ROWS]


def _read_meta(grids: Sequence[Grid]) -> dict[str, str]:
    for grid in grids:
        if grid.name == META_SHEET:
            return {grid.text(row, _KEY): grid.text(row, _META_VALUE) for row in _first_rows(grid)}
    return {}


def _read_visible(grids: Sequence[Grid]) -> Visible:
    grid = next((grid for grid in grids if is_guide(grid)), None)
    if grid is None:
        return Visible()
    rows = {grid.text(row, _KEY): row for row in reversed(_first_rows(grid))}
    values = {key: grid.value(row, _VISIBLE_VALUE) for key, row in rows.items() if key}
    cells = {key: a1(row, _VISIBLE_VALUE) for key, row in rows.items() if key}
    return Visible(grid.name, values, cells)


def _problems(meta: Mapping[str, str], visible: Visible, campaign: Campaign) -> list[ReadProblem]:
    """The first thing that is wrong decides: what follows from it is not said too."""
    settings = campaign.settings
    theirs, version, unit_id = (meta.get(key, "") for key in ("campaign", "template_version", "unit_id"))
    if not theirs:
        return [ReadProblem("FILE-NOT-OURS")]
    if theirs != settings.campaign_id:
        values = {"campaign": theirs, "expected": settings.campaign_id}
        return [ReadProblem("FILE-CAMPAIGN", values=values)]
    if version not in settings.accepted_template_versions:
        values = {"version": version, "accepted": ", ".join(settings.accepted_template_versions)}
        return [ReadProblem("FILE-VERSION", values=values)]
    conflict = _conflict(unit_id, visible, campaign)
    if conflict is not None:
        return [conflict]
    if unit_id not in campaign.units:
        return [_stranger(unit_id, campaign)]
    return []


def _stranger(unit_id: str, campaign: Campaign) -> ReadProblem:
    """Somebody who does not report here: perhaps one step lower, or no more."""
    known = campaign.subordinates.get(unit_id)
    if known is None:
        return ReadProblem("FILE-UNIT", values={"unit_id": unit_id})
    goes_to = known.successor if known.is_dissolved else known.reports_to
    found = campaign.units.get(goes_to) or campaign.subordinates.get(goes_to)
    other = found.name if found is not None else "…"
    values = {"unit_id": unit_id, "name": known.name, "other": other, "until": known.valid_to}
    return ReadProblem("FILE-DISSOLVED" if known.is_dissolved else "FILE-BELOW", values=values)


@lru_cache(maxsize=4)
def _units_by_name(campaign: Campaign) -> Mapping[str, str]:
    """Unit ids by name; a name that several units share says nothing."""
    names: dict[str, str] = {}
    for unit in campaign.units.values():
        name = _plain(unit.name)
        names[name] = "" if name in names else unit.unit_id
    return names


def _conflict(unit_id: str, visible: Visible, campaign: Campaign) -> ReadProblem | None:
    """Whether the visible id, or a visible name that is another unit's, contradicts the hidden id."""
    names = _units_by_name(campaign)
    for key, other in (
        ("unit_id", visible.text("unit_id")),
        ("unit_name", names.get(_plain(visible.text("unit_name")), "")),
    ):
        if other and other != unit_id:
            values = {
                "meta": unit_id,
                "meta_name": campaign.units[unit_id].name if unit_id in campaign.units else unit_id,
                "visible": other,
                "visible_name": campaign.units[other].name if other in campaign.units else other,
            }
            return ReadProblem("FILE-IDENTITY", visible.sheet, visible.cells[key], values=values)
    return None


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _submission_number(visible: Visible) -> tuple[int, tuple[ReadProblem, ...]]:
    """The declared number, and a complaint where it is no whole number from 1 and 1 is taken instead."""
    key = "submission_number"
    value = visible.values.get(key)
    number = _whole(value)
    if number is not None:
        return number, ()
    values = {"seen": as_text(value)}
    return 1, (ReadProblem("FILE-NUMBER", visible.sheet, visible.cells.get(key, ""), values=values),)


def _whole(value: CellValue) -> int | None:
    number: float | None = None
    if isinstance(value, str) and value.strip().isdecimal():
        number = int(value) if len(value.strip()) < 10 else None
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = value
    if number is None or not 1 <= number <= _LARGEST_NUMBER or number != int(number):
        return None
    return int(number)
