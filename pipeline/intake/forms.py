"""Which sheet is which form, and what is read from each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import Campaign
from pipeline.intake.cells import holds_numbers, key_problems, read_cells, stray_cells
from pipeline.intake.identity import META_SHEET, is_guide
from pipeline.intake.layout import Layout, find_layout
from pipeline.intake.values import Grid
from pipeline.model import ReadProblem, SheetCells, StrayCell


@dataclass(slots=True)
class FormsRead:
    """What was read from the form sheets of one file, in the order of its sheets."""

    sheets: list[SheetCells] = field(default_factory=list)
    strays: list[StrayCell] = field(default_factory=list)
    problems: list[ReadProblem] = field(default_factory=list)


def read_forms(grids: Sequence[Grid], campaign: Campaign) -> FormsRead:
    """Read every form that stands on exactly one sheet; a sheet's keys say more than its name."""
    read = FormsRead()
    layouts = [(grid, find_layout(grid, campaign)) for grid in grids if not _serves(grid)]
    by_form: dict[str, list[str]] = {}
    for grid, layout in layouts:
        if layout is not None:
            by_form.setdefault(layout.form_id, []).append(grid.name)
    for grid, layout in layouts:
        if layout is None:
            read.problems += _without_keys(grid, campaign, taken=set(by_form))
        elif len(by_form[layout.form_id]) == 1:
            _read_form(grid, layout, campaign, read)
    for form_id, names in by_form.items():
        if len(names) > 1:
            values = {"sheets": ", ".join(names)}
            read.problems.append(ReadProblem("SHEET-TWICE", names[0], "", form_id, values))
    return read


def _serves(grid: Grid) -> bool:
    return grid.name == META_SHEET or is_guide(grid)


def _without_keys(grid: Grid, campaign: Campaign, taken: set[str]) -> list[ReadProblem]:
    """A sheet named as a form that stands nowhere else has lost its keys; any other may hold numbers."""
    named = {form_id.casefold(): form_id for form_id in campaign.forms if form_id not in taken}
    form_id = named.get(grid.name.strip().casefold(), "")
    if form_id:
        return [_no_keys(grid, form_id, "row_keys")]
    count = holds_numbers(grid)
    if count:
        return [ReadProblem("SHEET-UNKNOWN", grid.name, values={"count": str(count)})]
    return []


def _read_form(grid: Grid, layout: Layout, campaign: Campaign, read: FormsRead) -> None:
    if not layout.columns:
        read.problems.append(_no_keys(grid, layout.form_id, "period_ids"))
        return
    read.sheets.append(read_cells(grid, layout))
    read.problems += key_problems(grid, layout, campaign)
    read.strays += stray_cells(grid, layout)


def _no_keys(grid: Grid, form_id: str, what: str) -> ReadProblem:
    return ReadProblem("SHEET-NO-KEYS", grid.name, "", form_id, {"missing": f"intake.missing.{what}"})
