"""Draws binary workbooks (xlsb): no program that we have writes them, so the records are put together here.

Only what a return needs: numbers, texts, logical values, errors and formulas with their saved value.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

from pipeline.book import Formula
from pipeline.intake import Found
from pipeline.model import ErrorCell
from tests.sheets import Sheets

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ERRORS = {"#REF!": 0x17, "#DIV/0!": 0x07, "#N/A": 0x2A}


def saved_binary(sheets: Sheets, path: Path) -> Found:
    """Save the sheets as xlsb. A row is hidden if its first cell is ``HIDDEN``."""
    strings: list[str] = []
    parts = {
        f"xl/worksheets/sheet{number}.bin": sheet_part(rows, strings)
        for number, rows in enumerate(sheets.values(), start=1)
    }
    relations = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)]
    relations.append(("rIdS", "sharedStrings", "sharedStrings.bin"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.bin", workbook_part(list(sheets)))
        package.writestr("xl/_rels/workbook.bin.rels", relation_part(relations))
        package.writestr("xl/sharedStrings.bin", strings_part(strings))
        for name, content in parts.items():
            package.writestr(name, content)
    return Found(path.name, path)


def record(kind: int, body: bytes = b"") -> bytes:
    """One record: its kind as pyxlsb numbers it, its length, its content."""
    length, size = bytearray(), len(body)
    while True:
        size, low = size >> 7, size & 0x7F
        length.append(low | (0x80 if size else 0))
        if not size:
            break
    return (bytes([kind]) if kind < 0x80 else struct.pack("<H", kind)) + bytes(length) + body


def text(value: str) -> bytes:
    """A text with its length in front."""
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def workbook_part(names: list[str]) -> bytes:
    """The list of sheets."""
    sheets = b"".join(
        record(0x019C, struct.pack("<II", 0, number) + text(f"rId{number}") + text(name))
        for number, name in enumerate(names, start=1)
    )
    return record(0x0183) + record(0x018F) + sheets + record(0x0190) + record(0x0184)


def strings_part(strings: list[str]) -> bytes:
    """The table of texts."""
    count = struct.pack("<II", len(strings), len(strings))
    return record(0x019F, count) + b"".join(record(0x13, b"\0" + text(s)) for s in strings) + record(0x01A0)


def relation_part(relations: list[tuple[str, str, str]]) -> str:
    """Where the parts of the workbook are."""
    listed = "".join(
        f'<Relationship Id="{key}" Type="{TYPES}/{kind}" Target="{target}"/>'
        for key, kind, target in relations
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{listed}</Relationships>'


def sheet_part(rows: list[list[Any]], strings: list[str]) -> bytes:
    """The rows of one sheet; the texts go to the table."""
    width = max((len(row) for row in rows), default=1)
    body = b""
    for number, cells in enumerate(rows):
        is_hidden = bool(cells) and cells[0] == "HIDDEN"
        body += record(
            0x00, struct.pack("<IIHBBB", number, 0, 300, 0, 0x10 if is_hidden else 0, 0) + bytes(4)
        )
        for column, value in enumerate(cells):
            body += cell(column, value, strings)
    size = struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, max(width - 1, 0))
    return record(0x0181) + record(0x0194, size) + record(0x0191) + body + record(0x0192) + record(0x0182)


def cell(column: int, value: Any, strings: list[str]) -> bytes:
    """One cell; an empty one is left out."""
    place = struct.pack("<II", column, 0)
    if isinstance(value, Formula):
        return record(0x09, place + struct.pack("<d", value.value) + struct.pack("<HI", 0, 0) + bytes(4))
    if isinstance(value, ErrorCell):
        return record(0x03, place + bytes([ERRORS[value.text]]))
    if isinstance(value, bool):
        return record(0x04, place + bytes([value]))
    if isinstance(value, str):
        if not value:
            return b""
        strings.append(value)
        return record(0x07, place + struct.pack("<I", len(strings) - 1))
    return record(0x05, place + struct.pack("<d", value))
