"""The table of a form: header, machine ids, then a row per indicator and level, with the unit's answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.book import Line, Scalar, Table
from pipeline.forms.desk import Desk
from pipeline.forms.fixed_tables import FixedTable, fixed_table
from pipeline.forms.layout import CHECK_ID, FIRST_PERIOD, KEY, MACHINE_IDS, REMARK_ID, TOTAL_ID, Plan
from pipeline.forms.live_checks import LiveChecks
from pipeline.forms.marks import marked, marks_by_row

_REMARK: Final = -2
"""Where the remark stands in a row."""


def table_of(desk: Desk, plan: Plan, checks: LiveChecks) -> Iterator[Line | Table]:
    """The table of one form, from top to bottom."""
    yield from _header(desk, plan)
    fixed = fixed_table(desk.places, checks.fixed, plan.owed.form_id)
    values = _values(desk, plan, fixed)
    yield Table(
        fixed.stencil, values, _results(desk, plan, fixed, checks), _styles(desk, plan, fixed, values)
    )


def _header(desk: Desk, plan: Plan) -> Iterator[Line]:
    names = ("key", "number", "name", "measure", "level")
    titles = (
        *(desk.word(f"column.{name}") for name in names),
        *(desk.campaign.periods[period].label for period in plan.owed.period_ids),
        *(desk.word(f"column.{name}") for name in ("total", "remark", "check")),
    )
    ids = (*MACHINE_IDS, *plan.owed.period_ids, TOTAL_ID, REMARK_ID, CHECK_ID)
    yield Line(plan.header_row, KEY, titles, ["form.header"] * len(titles))
    yield Line(plan.header_row + 1, KEY, ids, ["form.machine"] * len(ids))


def _values(desk: Desk, plan: Plan, fixed: FixedTable) -> Sequence[Scalar]:
    """What stands in the cells, row by row: what the unit typed stands instead of what was there."""
    if desk.answers is None:
        return fixed.values
    values, width = list(fixed.values), fixed.stencil.width
    for at, written in enumerate(desk.figures.written(plan.owed.form_id).values()):
        here = slice(at * width + FIRST_PERIOD, at * width + FIRST_PERIOD + len(written))
        if at in fixed.filled:
            pairs = zip(written, values[here], strict=True)
            values[here] = [before if found is None else found for found, before in pairs]
        else:
            values[here] = written
    for key, remark in desk.answers.remarks.items():
        if key in fixed.at:
            values[(fixed.at[key] + 1) * width + _REMARK] = remark
    return values


def _results(desk: Desk, plan: Plan, fixed: FixedTable, checks: LiveChecks) -> list[Scalar]:
    """What the formulas show, row by row: the figures of the row, its total, its live check."""
    results: list[Scalar] = []
    shown = desk.figures.of_form(plan.owed.form_id)
    for row, numbers, mine in zip(fixed.rows, shown, fixed.checks, strict=True):
        if row.derived:
            results += [numbers[one.place] for one in row.derived]
        if row.total:
            results.append(desk.figures.over_periods(row))
        if mine:
            results.append(checks.beside(mine))
    return results


def _styles(desk: Desk, plan: Plan, fixed: FixedTable, values: Sequence[Scalar]) -> dict[int, str]:
    """The styles of the marked cells by their places."""
    stencil, styles = fixed.stencil, {}
    for key, marks in marks_by_row(desk, plan).items():
        for column, mark in marks.items():
            place = fixed.at[key] * stencil.width + column
            styles[place] = marked(desk, mark, values[place], stencil.styles[place])
    return styles
