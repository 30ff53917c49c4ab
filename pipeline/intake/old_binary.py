"""The second look at xls: what xlrd reads, and which records are formulas, which xlrd does not tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any, Final

import xlrd
from xlrd.compdoc import CompDoc

from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Notes, Place, Seen, note_formula, settle
from pipeline.intake.letters import encoding_of_font
from pipeline.intake.looks import Look, is_percent_format

_BEGIN, _END, _SHEET, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0006
_WORKSHEET: Final = 0
_LONGEST: Final = 100
_VALUE, _FLAGS, _LENGTH, _TOKENS = 6, 14, 20, 22
"""Where a formula's saved value, its flags, the length of its tokens and these stand in its record."""

_ON_LOAD: Final = 3
"""Flags of a formula whose value is to be made when the file is opened: what is saved says nothing."""

_SIGNS: Final = {0x03: "+", 0x04: "-", 0x05: "*", 0x06: "/"}
_BEFORE: Final = {0x12: "+{}", 0x13: "-{}", 0x15: "({})"}
_WHOLE, _FLOAT = 0x1E, 0x1F


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
    looks = _looks(book)
    if len(formulas) != book.nsheets:
        raise Unreadable("damaged", detail=f"sheets {len(formulas)} {book.nsheets}")
    sheets = zip(book.sheets(), formulas, strict=True)
    return [settle(s.name, _notes(book, s, (found, looks))) for s, found in sheets if s.name not in skipped]


def _notes(book: Any, sheet: Any, known: tuple[list[bytes], Mapping[int, Look]]) -> Notes:
    formulas, looks = known
    notes = Notes(is_hidden=bool(sheet.visibility), is_1904=bool(book.datemode))
    for record in formulas:
        _note_formula(notes, record)
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row), start=1):
            _note_cell(notes, (row + 1, column), cell)
            if cell.xf_index in looks:
                _note_look(notes, (row + 1, column), looks[cell.xf_index])
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


def _looks(book: Any) -> dict[int, Look]:
    """The looks of cells that tell something, by number."""
    found = {}
    for number, one in enumerate(book.xf_list):
        font = book.font_list[one.font_index].name if one.font_index < len(book.font_list) else ""
        shown = book.format_map.get(one.format_key)
        look = Look(encoding_of_font(font), is_percent_format(shown.format_str) if shown else False)
        if look != Look():
            found[number] = look
    return found


def _note_look(notes: Notes, place: Place, look: Look) -> None:
    if look.encoding:
        notes.fonts[place] = look.encoding
    if look.is_percent:
        notes.percents.add(place)


def _note_formula(notes: Notes, record: bytes) -> None:
    """Note a formula; a nought saved in place of a value that nobody has worked out is no value."""
    place = _place(record)
    (length,) = struct.unpack_from("<H", record, _LENGTH)
    note_formula(notes, place, _written(record[_TOKENS : _TOKENS + length]))
    (flags,) = struct.unpack_from("<H", record, _FLAGS)
    if flags & _ON_LOAD and not any(record[_VALUE:_FLAGS]):
        notes.uncached.add(place)


def _written(tokens: bytes) -> str:
    """The formula that the tokens stand for, where they are numbers and signs only; else empty."""
    parts: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token == _WHOLE and at + 3 <= len(tokens):
            parts.append(str(struct.unpack_from("<H", tokens, at + 1)[0]))
            at += 3
        elif token == _FLOAT and at + 9 <= len(tokens):
            parts.append(f"{struct.unpack_from('<d', tokens, at + 1)[0]:.15g}")
            at += 9
        elif token in _SIGNS and len(parts) > 1:
            right = parts.pop()
            parts.append(f"{parts.pop()}{_SIGNS[token]}{right}")
            at += 1
        elif token in _BEFORE and parts:
            parts.append(_BEFORE[token].format(parts.pop()))
            at += 1
        else:
            return ""
    return parts[0] if len(parts) == 1 else ""


def _formulas(content: bytes) -> Iterator[list[bytes]]:
    """The formula records of each worksheet, in the order in which the workbook lists them."""
    document = CompDoc(content, logfile=StringIO())
    stream = document.get_named_stream("Workbook") or document.get_named_stream("Book") or b""
    for kind, body in _records(stream, 0):
        if kind == _SHEET and body[5:6] == bytes([_WORKSHEET]):
            (start,) = struct.unpack_from("<i", body)
            yield [record for found, record in _records(stream, start) if found == _FORMULA]


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
