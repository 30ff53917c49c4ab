"""What a return copy shows at the cells that must be corrected: a colour, a symbol and a comment.

Values stay numbers: the symbol before a number is part of its number format. An empty cell cannot show a
symbol; the column of marks beside the live checks says it for the whole row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.book import Cell, Note
from pipeline.forms import desk as frame
from pipeline.forms.desk import Desk
from pipeline.forms.layout import Plan
from pipeline.forms.lines import height, width_of
from pipeline.model import CellMark

MARK_WIDTH: Final = 17.0
_MARK_ID: Final = "MARK"
_NOTE_WIDTH: Final = 38.0
_PIXELS: Final = (7.4, 1.45)
"""Pixels of a comment per character of its width, and per point of its height."""


def mark_column(plan: Plan) -> int:
    """The column after the live checks: what must be corrected in the row."""
    return plan.check_column + 1


def marked(desk: Desk, place: tuple[str, str], cell: Cell) -> Cell:
    """The cell with its mark laid over, if it has one. A fraction is shown as it is, whatever the measure."""
    mark = desk.markup.cells.get(place) if desk.markup is not None else None
    if mark is None:
        return cell
    styles, _, number_format = cell.style.partition("@")
    if isinstance(cell.value, float) and not cell.value.is_integer() and "." not in number_format:
        number_format = "General"
    kind = "part" if mark.is_part else str(mark.severity)
    symbol = desk.word(f"mark.symbol.{kind}")
    look = _with_symbol(number_format, symbol) if symbol else number_format
    return cell._replace(style=f"{styles}+form.mark.{kind}@{look}")


def notes(desk: Desk, plan: Plan) -> Sequence[Note]:
    """The comments of one form."""
    if desk.markup is None:
        return ()
    return [
        _note(plan.row_of[key], plan.column_of[period_id], mark)
        for (key, period_id), mark in desk.markup.cells.items()
        if mark.note and key in plan.row_of and period_id in plan.column_of
    ]


def mark_cells(desk: Desk, plan: Plan) -> Iterator[Cell]:
    """The column of marks: its title, and what each row says."""
    if desk.markup is None:
        return
    column = mark_column(plan)
    yield from frame.texts(plan.header_row, {column: desk.word("column.mark")}, "form.mark.header")
    yield from frame.texts(plan.header_row + 1, {column: _MARK_ID}, "form.machine")
    for key, row in plan.row_of.items():
        text = desk.markup.rows.get(key, "")
        yield Cell(row, column, text, "form.mark.row" if text else "form.mark.none")


def mark_height(desk: Desk, key: str) -> float:
    """The height that the marks of a row need; 0 where there are none."""
    text = desk.markup.rows.get(key, "") if desk.markup is not None else ""
    return height(text, MARK_WIDTH, 10.0) if text else 0.0


def _with_symbol(number_format: str, symbol: str) -> str:
    """Positive, negative, nothing, text: in each the symbol stands first."""
    before = f'"{symbol} "'
    return f"{before}{number_format};{before}-{number_format};{before}{number_format};{before}@"


def _note(row: int, column: int, mark: CellMark) -> Note:
    lines = height(mark.note, _NOTE_WIDTH, 10.0) + 14
    wide = min(_NOTE_WIDTH, max(width_of(mark.note, 10.0), 16.0)) + 4
    return Note(row, column, mark.note, int(wide * _PIXELS[0]), int(lines * _PIXELS[1]))
