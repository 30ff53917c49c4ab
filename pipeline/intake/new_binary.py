"""The second look at xlsb: the records of its sheets, as pyxlsb takes them apart."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

from pyxlsb import biff12
from pyxlsb.handlers import CellHandler, Handler
from pyxlsb.reader import BIFF12Reader
from pyxlsb.stringtable import StringTable

from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Notes, Seen, require_place, settle
from pipeline.intake.office_xml import MOST_OF_STRINGS, MOST_SHEETS, relations
from pipeline.intake.package import Package

_WORKBOOK: Final = "xl/workbook.bin"
_MERGE: Final = 0x01B0
_CELLS: Final = range(biff12.NUM, biff12.FORMULA_BOOLERR + 1)
_FORMULAS: Final = range(biff12.FORMULA_STRING, biff12.FORMULA_BOOLERR + 1)
_ERRORS: Final = (biff12.BOOLERR, biff12.FORMULA_BOOLERR)
_TEXT_HERE: Final = biff12.STRING - 1
"""A text in its own cell; pyxlsb knows only those in the table of texts."""

_ERROR_TEXTS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x10, 0x01


def read_new_binary(package: Package, skipped: frozenset[str]) -> list[Seen]:
    """Every worksheet in order, except those whose names are ``skipped``. Raises Unreadable."""
    targets = relations(package, _WORKBOOK)
    texts = [part for kind, part in targets.values() if kind == "sharedStrings"]
    strings = StringTable(BytesIO(package.read(texts[0], MOST_OF_STRINGS))) if texts else ()
    records = list(_Records(BytesIO(package.read(_WORKBOOK))))
    is_1904 = any(kind == biff12.WORKBOOKPR and body & 1 for kind, body in records)
    sheets = [body for kind, body in records if kind == biff12.SHEET]
    names = {name.casefold() for _, _, name in sheets}
    if not sheets or len(names) != len(sheets) or len(sheets) > MOST_SHEETS:
        raise Unreadable("damaged", detail=f"{_WORKBOOK}: sheets {len(sheets)}")
    seen = []
    for state, relation, name in sheets:
        kind, part = targets.get(relation, ("", ""))
        if not kind:
            raise Unreadable("damaged", detail=name[:50])
        if kind == "worksheet" and name not in skipped:
            notes = _notes(package.read(part), strings, name)
            notes.is_hidden, notes.is_1904 = bool(state), is_1904
            seen.append(settle(name, notes))
    return seen


def _notes(content: bytes, strings: Any, sheet: str) -> Notes:
    notes = Notes()
    row = 0
    for kind, body in _Records(BytesIO(content)):
        if kind == biff12.ROW:
            number, is_hidden = body
            row = number + 1
            notes.hidden_rows += [(row, row)] if is_hidden else []
        elif kind == biff12.COL:
            notes.hidden_columns += [body[:2]] if body[2] else []
        elif kind == _MERGE:
            first_row, last_row, first, last = body
            notes.merges.append(((first_row + 1, first + 1), (last_row + 1, last + 1)))
        elif kind in _CELLS:
            _note_cell(notes, (kind, row, body), strings, sheet)
    return notes


def _note_cell(notes: Notes, cell: tuple[int, int, Any], strings: Any, sheet: str) -> None:
    kind, row, body = cell
    place = require_place(row, body.c + 1)
    if place in notes.values or place in notes.errors:
        raise Unreadable("twice", sheet=sheet, cell=f"R{place[0]}C{place[1]}")
    if kind in _FORMULAS:
        notes.formulas.add(place)
    if kind in _ERRORS:
        notes.errors[place] = _ERROR_TEXTS.get(int(body.v, 16), body.v)
        return
    value = strings[body.v] if kind == biff12.STRING else body.v
    if value != "":
        notes.values[place] = value


class _Taken(Handler):  # type: ignore[misc]
    """Takes apart the records of one kind."""

    def __init__(self, take: Callable[[Any], Any]) -> None:
        super().__init__()
        self.take = take

    def read(self, reader: Any, *_: int) -> Any:
        """What the record says."""
        return self.take(reader)


def _row(reader: Any) -> tuple[int, bool]:
    """The number of a row from 0, and whether it is hidden."""
    row = reader.read_int()
    reader.skip(7)
    return row, bool((reader.read_byte() or 0) & _ROW_HIDDEN)


def _column(reader: Any) -> tuple[int, int, bool]:
    """First and last column, from 1, and whether they are hidden."""
    first, last = reader.read_int(), reader.read_int()
    reader.skip(8)
    return first + 1, last + 1, bool((reader.read_short() or 0) & _COLUMN_HIDDEN)


def _merge(reader: Any) -> tuple[int, int, int, int]:
    """First and last row, first and last column of a merged area, from 0."""
    return reader.read_int(), reader.read_int(), reader.read_int(), reader.read_int()


def _sheet(reader: Any) -> tuple[int, str, str]:
    """State (0 where visible), relation and name of a sheet."""
    state, _ = reader.read_int(), reader.read_int()
    return state, reader.read_string(), reader.read_string()


def _flags(reader: Any) -> int:
    """The flags of the workbook; the lowest says that days count from 1904."""
    return reader.read_int() or 0


def _text(reader: Any) -> Any:
    """A cell with a text of its own, as a formula's would be."""
    return CellHandler().read(reader, biff12.FORMULA_STRING, 0)


class _Records(BIFF12Reader):  # type: ignore[misc]
    """The records of one part, with what pyxlsb leaves out of them."""

    handlers: Final = {
        **BIFF12Reader.handlers,
        biff12.ROW: _Taken(_row),
        biff12.COL: _Taken(_column),
        biff12.SHEET: _Taken(_sheet),
        biff12.WORKBOOKPR: _Taken(_flags),
        _MERGE: _Taken(_merge),
        _TEXT_HERE: _Taken(_text),
    }
