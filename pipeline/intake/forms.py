"""Which sheet is which form, and what is read from each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import Campaign
from pipeline.intake.cells import holds_numbers, read_cells, same_figures
from pipeline.intake.findings import layout_problems
from pipeline.intake.identity import META_SHEET, is_guide
from pipeline.intake.layout import Layout, find_layout
from pipeline.intake.rows import find_keys
from pipeline.intake.strays import stray_cells
from pipeline.intake.tables import tables_of
from pipeline.intake.values import Grid
from pipeline.model import ReadProblem, SheetCells, StrayCell

_MOST_FOREIGN = 2
"""So many texts that look like keys may stand on any sheet; more are keys of something else."""


@dataclass(slots=True)
class FormsRead:
    """What was read from the form sheets of one file, in the order of its sheets."""

    sheets: list[SheetCells] = field(default_factory=list)
    strays: list[StrayCell] = field(default_factory=list)
    problems: list[ReadProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet on which a form was found, with its cells."""

    grid: Grid
    layout: Layout
    cells: SheetCells


def read_forms(grids: Sequence[Grid], campaign: Campaign, unit_id: str) -> FormsRead:
    """Read every form that stands on one sheet, or on several that say the same.

    A sheet's keys say more than its labels, and both more than its name.
    """
    read = FormsRead()
    layouts = [found for grid in grids if not _serves(grid) for found in _layouts(grid, campaign, unit_id)]
    by_form: dict[str, list[_Sheet]] = {}
    for grid, layout in layouts:
        if layout is not None and not layout.refusal:
            by_form.setdefault(layout.form_id, []).append(_Sheet(grid, layout, read_cells(grid, layout)))
    for grid, layout in layouts:
        if layout is None or layout.refusal:
            read.problems += _unread(grid, layout, campaign, set(by_form))
    for form_id, sheets in by_form.items():
        first = sheets[0]
        if all(same_figures(first.cells, other.cells) for other in sheets[1:]):
            _read_form(first, campaign, read)
            for other in sheets[1:]:
                values = {"other": first.grid.name}
                read.problems.append(ReadProblem("SHEET-COPY", other.grid.name, "", form_id, values))
                read.strays += stray_cells(other.grid, other.layout)
        else:
            values = {"sheets": ", ".join(sheet.grid.name for sheet in sheets)}
            read.problems.append(ReadProblem("SHEET-TWICE", first.grid.name, "", form_id, values))
    return read


def _layouts(grid: Grid, campaign: Campaign, unit_id: str) -> list[tuple[Grid, Layout | None]]:
    """What stands on a sheet: one form, or several if each of them can be read by itself."""
    keys = find_keys(grid, campaign)
    tables = tables_of(grid, campaign, keys)
    if len(tables) > 1:
        parts = [(t, find_layout(t, campaign, unit_id, find_keys(t, campaign))) for t in tables]
        if all(layout is not None and not layout.refusal for _, layout in parts):
            return parts
    return [(grid, find_layout(grid, campaign, unit_id, keys))]


def _serves(grid: Grid) -> bool:
    return grid.name == META_SHEET or is_guide(grid)


def _read_form(sheet: _Sheet, campaign: Campaign, read: FormsRead) -> None:
    read.sheets.append(sheet.cells)
    read.problems += layout_problems(sheet.grid, sheet.layout, campaign)
    read.strays += stray_cells(sheet.grid, sheet.layout)


def _unread(grid: Grid, layout: Layout | None, campaign: Campaign, taken: set[str]) -> list[ReadProblem]:
    """A sheet that is, or is named as, a form found nowhere else; keys of something else; other numbers."""
    named = {form_id.casefold(): form_id for form_id in campaign.forms}
    form_id = layout.form_id if layout else named.get(grid.name.strip().casefold(), "")
    count = holds_numbers(grid)
    if form_id and form_id not in taken:
        missing = "period_ids" if layout and layout.refusal == "columns" else "row_keys"
        reason = layout.refusal if layout else "form"
        values = {"missing": f"intake.missing.{missing}", "reason": f"find.refused.{reason}"}
        rule_id = "SHEET-CONTRADICTS" if reason.startswith("contradicting") else "SHEET-NO-KEYS"
        return [ReadProblem(rule_id, grid.name, "", form_id, values)]
    if find_keys(grid, campaign).foreign > _MOST_FOREIGN:
        return [ReadProblem("SHEET-FOREIGN", grid.name, values={"count": str(count)})]
    if count:
        return [ReadProblem("SHEET-UNKNOWN", grid.name, values={"count": str(count)})]
    return []
