"""What there is to say of how a form was found on its sheet."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.address import a1, column_letters
from pipeline.catalogue import Campaign
from pipeline.intake.layout import Layout
from pipeline.intake.merged import merged_cells
from pipeline.intake.rows import UNSURE
from pipeline.intake.values import Grid
from pipeline.model import ReadProblem


def layout_problems(grid: Grid, layout: Layout, campaign: Campaign) -> Iterator[ReadProblem]:
    """Everything: what was told by words, what stands twice, what contradicts itself, what is not there."""
    if grid.name.strip().casefold() != layout.form_id.casefold():
        yield ReadProblem("SHEET-RENAMED", grid.name, "", layout.form_id)
    if layout.lost:
        yield _by_label(grid, layout)
    yield from _rows_by_label(grid, layout, campaign)
    yield from _refused_rows(grid, layout, campaign)
    yield from _rows_twice(grid, layout, campaign)
    yield from _columns(grid, layout, campaign)
    yield from _hidden(grid, layout)


def _by_label(grid: Grid, layout: Layout) -> ReadProblem:
    values = {
        "reason": f"find.lost.{layout.lost}",
        "rows": str(len(layout.rows.places)),
        "owed": str(len(layout.words.keys)),
        "columns": str(len(layout.columns.places)),
    }
    return ReadProblem("SHEET-BY-LABEL", grid.name, "", layout.form_id, values)


def _rows_by_label(grid: Grid, layout: Layout, campaign: Campaign) -> Iterator[ReadProblem]:
    """In a sheet with keys every row without one; in a sheet without keys those whose label was changed."""
    for row, key in layout.rows.by_label.items():
        name = campaign.indicators[key.partition("|")[0]].name
        label = grid.text(row, layout.sides.label)
        if layout.keys.rows or label != name:
            values = {"key": key, "name": name, "label": label, "row": str(row)}
            cell = a1(row, layout.sides.label)
            yield ReadProblem("ROW-BY-LABEL", grid.name, cell, layout.form_id, values)


def _refused_rows(grid: Grid, layout: Layout, campaign: Campaign) -> Iterator[ReadProblem]:
    for row, rule_id in sorted(layout.rows.refused.items()):
        key = layout.keys.rows.get(row, "")
        indicator = campaign.indicators.get(key.partition("|")[0])
        values = {
            "key": key,
            "name": indicator.name if indicator else "",
            "label": grid.text(row, layout.sides.label),
            "row": str(row),
        }
        if rule_id == UNSURE and not key and not _holds_figures(grid, layout, row):
            continue
        cell = a1(row, layout.keys.column if key else layout.sides.label)
        yield ReadProblem(rule_id, grid.name, cell, layout.form_id, values)


def _holds_figures(grid: Grid, layout: Layout, row: int) -> bool:
    columns = [column for places in layout.columns.places.values() for column in places]
    return any(grid.value(row, column) is not None for column in columns)


def _hidden(grid: Grid, layout: Layout) -> Iterator[ReadProblem]:
    """One for all figures of the form that nobody sees who looks at the sheet."""
    rows, columns = (
        {place for places in found.values() for place in places}
        for found in (layout.rows.places, layout.columns.places)
    )
    facts = grid.facts
    is_all_seen = facts.hidden_rows.isdisjoint(rows) and facts.hidden_columns.isdisjoint(columns)
    if is_all_seen and not (facts.is_hidden or facts.under_merges):
        return
    shared = merged_cells(grid, rows, columns)
    out = [
        a1(row, column)
        for row in sorted(rows)
        for column in sorted(columns)
        if (row, column) not in shared
        and facts.is_out_of_sight((row, column))
        and not isinstance(grid.value(row, column), str | type(None))
    ]
    if out:
        values = {"count": str(len(out)), "places": f"{out[0]}…{out[-1]}" if len(out) > 1 else out[0]}
        yield ReadProblem("HIDDEN-FIGURES", grid.name, out[0], layout.form_id, values)


def _rows_twice(grid: Grid, layout: Layout, campaign: Campaign) -> Iterator[ReadProblem]:
    for key, rows in layout.rows.places.items():
        if len(rows) > 1:
            name = campaign.indicators[key.partition("|")[0]].name
            values = {"key": key, "name": name, "rows": ", ".join(map(str, rows))}
            cell = a1(rows[0], layout.keys.column or layout.sides.label)
            yield ReadProblem("ROW-TWICE", grid.name, cell, layout.form_id, values)


def _columns(grid: Grid, layout: Layout, campaign: Campaign) -> Iterator[ReadProblem]:
    columns = layout.columns
    row = columns.heading or max(columns.title_rows, default=0)
    for column, (period_id, other) in sorted(columns.contradicting.items()):
        values = {
            "period_id": period_id,
            "period": campaign.periods[period_id].label,
            "other": other,
            "column": column_letters(column),
        }
        yield ReadProblem("COLUMN-CONTRADICTS", grid.name, a1(row, column), layout.form_id, values)
    contradicted = {period_id for period_id, _ in columns.contradicting.values()}
    for period_id in campaign.forms[layout.form_id].period_ids:
        places = columns.places.get(period_id, ())
        values = {"period_id": period_id, "period": campaign.periods[period_id].label}
        if not places and period_id not in contradicted:
            yield ReadProblem("COLUMN-MISSING", grid.name, "", layout.form_id, values)
        if len(places) > 1:
            cells = [a1(row, column) for column in places]
            values["cells"] = ", ".join(cells)
            yield ReadProblem("COLUMN-TWICE", grid.name, cells[0], layout.form_id, values)
        if columns.heading and len(places) == 1 and places[0] in columns.by_title:
            values["column"] = column_letters(places[0])
            yield ReadProblem("COLUMN-BY-LABEL", grid.name, a1(row, places[0]), layout.form_id, values)
