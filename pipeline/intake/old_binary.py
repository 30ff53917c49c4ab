"""The second look at xls: what xlrd reads, and which records are formulas, which xlrd does not tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import StringIO
from typing import Any, Final

import xlrd
from xlrd.compdoc import CompDoc

from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Notes, Place, Seen, settle

_BEGIN, _END, _SHEET, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0006
_WORKSHEET: Final = 0
_LONGEST: Final = 100


def read_old_binary(content: bytes, skipped: frozenset[str]) -> list[Seen]:
    """Every worksheet in order, except those whose names are ``skipped``. Raises Unreadable."""
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=StringIO()
        )
    except xlrd.XLRDError as error:
        reason = "password" if "encrypted" in str(error) else "damaged"
        raise Unreadable(reason, detail=str(error)[:_LONGEST]) from None
    formulas = list(_formulas(content))
    if len(formulas) != book.nsheets:
        raise Unreadable("damaged", detail=f"sheets {len(formulas)} {book.nsheets}")
    sheets = zip(book.sheets(), formulas, strict=True)
    return [settle(s.name, _notes(book, s, found)) for s, found in sheets if s.name not in skipped]


def _notes(book: Any, sheet: Any, formulas: set[Place]) -> Notes:
    notes = Notes(is_hidden=bool(sheet.visibility), is_1904=bool(book.datemode), formulas=formulas)
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row), start=1):
            _note_cell(notes, (row + 1, column), cell)
    hidden_rows = (number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden)
    hidden_columns = (number + 1 for number, info in sheet.colinfo_map.items() if info.hidden)
    notes.hidden_rows += ((number, number) for number in hidden_rows)
    notes.hidden_columns += ((number, number) for number in hidden_columns)
    notes.merges += (((a + 1, c + 1), (b, d)) for a, b, c, d in sheet.merged_cells)
    notes.comments.update({(r + 1, c + 1): note.text for (r, c), note in sheet.cell_note_map.items()})
    return notes


def _note_cell(notes: Notes, place: Place, cell: Any) -> None:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        notes.errors[place] = xlrd.error_text_from_code.get(cell.value, "#ERR")
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        notes.values[place] = bool(cell.value)
    elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) and cell.value != "":
        notes.values[place] = cell.value


def _formulas(content: bytes) -> Iterator[set[Place]]:
    """The formula cells of each worksheet, in the order in which the workbook lists them."""
    document = CompDoc(content, logfile=StringIO())
    stream = document.get_named_stream("Workbook") or document.get_named_stream("Book") or b""
    for kind, body in _records(stream, 0):
        if kind == _SHEET and body[5:6] == bytes([_WORKSHEET]):
            (start,) = struct.unpack_from("<i", body)
            yield {_place(record) for found, record in _records(stream, start) if found == _FORMULA}


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, from its first to its last; charts inside it are left out."""
    depth = 0
    while 0 <= at <= len(stream) - 4:
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _place(record: bytes) -> Place:
    row, column = struct.unpack_from("<HH", record)
    return row + 1, column + 1
