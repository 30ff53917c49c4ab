"""The table of a form: header, machine ids, then a line per row, filled with the unit's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.book import Formula, Line, Scalar
from pipeline.forms.desk import Desk
from pipeline.forms.fixed_rows import FixedRow, fixed_rows
from pipeline.forms.layout import CHECK_ID, FIRST_PERIOD, KEY, MACHINE_IDS, REMARK_ID, TOTAL_ID, Plan
from pipeline.forms.live_checks import LiveChecks
from pipeline.forms.marks import marked, marks_by_row
from pipeline.model import CellMark

_TOTAL, _REMARK, _CHECK = -3, -2, -1
"""Where the last three columns stand in a line."""


def table_lines(desk: Desk, plan: Plan, checks: LiveChecks) -> Iterator[Line]:
    """The lines of the table of one form, from top to bottom."""
    yield from _header(desk, plan)
    marks = marks_by_row(desk, plan)
    for key, fixed in fixed_rows(desk.places, plan.owed.form_id).items():
        values = _values(desk, fixed)
        values[_CHECK] = checks.of_row(key)
        styles = _styles(desk, fixed, values, marks[key]) if key in marks else fixed.styles
        yield Line(fixed.at, KEY, values, styles)


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


def _values(desk: Desk, fixed: FixedRow) -> list[Scalar | Formula]:
    """What stands in the columns of a row: what the unit typed, and what the formulas show for it."""
    values = list(fixed.values)
    answers, figures = desk.answers, desk.figures
    if answers is None:
        return values
    numbers = figures.numbers(fixed)
    for one in fixed.derived:
        values[FIRST_PERIOD + one.place] = _formula(one.text, numbers[one.place])
    for column, found in enumerate(figures.written(fixed), start=FIRST_PERIOD):
        if found is not None:
            values[column] = found
    if fixed.total:
        values[_TOTAL] = _formula(fixed.total, figures.over_periods(fixed))
    values[_REMARK] = answers.remarks.get(fixed.key, "")
    return values


def _formula(text: str, number: float | int | None) -> Formula:
    return Formula(text, "" if number is None else number)


def _styles(
    desk: Desk, fixed: FixedRow, values: list[Scalar | Formula], marks: Mapping[int, CellMark]
) -> list[str]:
    styles = list(fixed.styles)
    for column, mark in marks.items():
        styles[column] = marked(desk, mark, values[column], styles[column])
    return styles
