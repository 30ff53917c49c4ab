"""What a return copy shows at the cells that must be corrected: a colour, a symbol and a comment.

Values stay numbers: the symbol before a number is part of its number format. An empty cell cannot show a
symbol; the column of marks beside the live checks says it for the whole row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from pipeline.book import Line, Note, Scalar, Stencil, Table
from pipeline.forms.desk import Desk
from pipeline.forms.fixed_rows import FORMS_KEPT
from pipeline.forms.layout import Plan
from pipeline.forms.lines import height, width_of
from pipeline.forms.places import Places
from pipeline.model import CellMark

MARK_WIDTH: Final = 17.0
_MARK_ID: Final = "MARK"
_NOTE_WIDTH: Final = 38.0
_LONG_NOTE: Final = 70
"""So many letters, even the narrowest, are wider than a comment."""

_PIXELS: Final = (7.4, 1.45)
"""Pixels of a comment per character of its width, and per point of its height."""


def mark_column(plan: Plan) -> int:
    """The column after the live checks: what must be corrected in the row."""
    return plan.check_column + 1


def marks_by_row(desk: Desk, plan: Plan) -> dict[str, dict[int, CellMark]]:
    """The marks of one form by row key, then by column."""
    found: dict[str, dict[int, CellMark]] = {}
    for (key, period_id), mark in desk.markup.cells.items() if desk.markup is not None else ():
        if key in plan.row_of and period_id in plan.column_of:
            found.setdefault(key, {})[plan.column_of[period_id]] = mark
    return found


def marked(desk: Desk, mark: CellMark, value: Scalar, style: str) -> str:
    """The style of a cell with its mark laid over. A fraction is shown as it is, whatever the measure."""
    styles, _, number_format = style.partition("@")
    if isinstance(value, float) and not value.is_integer() and "." not in number_format:
        number_format = "General"
    kind = "part" if mark.is_part else str(mark.severity)
    symbol = desk.word(f"mark.symbol.{kind}")
    look = _with_symbol(number_format, symbol) if symbol else number_format
    return f"{styles}+form.mark.{kind}@{look}"


def notes(desk: Desk, plan: Plan) -> Sequence[Note]:
    """The comments of one form."""
    if desk.markup is None:
        return ()
    return [
        _note(plan.row_of[key], plan.column_of[period_id], mark)
        for (key, period_id), mark in desk.markup.cells.items()
        if mark.note and key in plan.row_of and period_id in plan.column_of
    ]


def mark_lines(desk: Desk, plan: Plan) -> Iterator[Line | Table]:
    """The column of marks, to the right of the table: its title, and what each row says."""
    if desk.markup is None:
        return
    column = mark_column(plan)
    yield Line(plan.header_row, column, (desk.word("column.mark"),), ("form.mark.header",))
    yield Line(plan.header_row + 1, column, (_MARK_ID,), ("form.machine",))
    texts = [desk.markup.rows.get(key, "") for key in plan.row_of]
    styles = {place: "form.mark.row" for place, text in enumerate(texts) if text}
    yield Table(_marks_stencil(desk.places, plan.owed.form_id), texts, (), styles)


@lru_cache(maxsize=FORMS_KEPT)
def _marks_stencil(places: Places, form_id: str) -> Stencil:
    """The column of marks while nothing is marked."""
    plan = places.plans[form_id]
    rows = tuple(plan.row_of.values())
    return Stencil(rows, mark_column(plan), 1, ("form.mark.none",) * len(rows), ("",) * len(rows))


def mark_heights(desk: Desk, plan: Plan) -> Iterator[tuple[str, float]]:
    """By row key the heights that the marks of rows need, where there are some."""
    for key, text in desk.markup.rows.items() if desk.markup is not None else ():
        if text and key in plan.row_of:
            yield key, height(text, MARK_WIDTH, 10.0)


def _with_symbol(number_format: str, symbol: str) -> str:
    """Positive, negative, nothing, text: in each the symbol stands first."""
    before = f'"{symbol} "'
    return f"{before}{number_format};{before}-{number_format};{before}{number_format};{before}@"


def _note(row: int, column: int, mark: CellMark) -> Note:
    lines = height(mark.note, _NOTE_WIDTH, 10.0) + 14
    is_long = len(mark.note) > _LONG_NOTE
    wide = (_NOTE_WIDTH if is_long else min(_NOTE_WIDTH, max(width_of(mark.note, 10.0), 16.0))) + 4
    return Note(row, column, mark.note, int(wide * _PIXELS[0]), int(lines * _PIXELS[1]))
