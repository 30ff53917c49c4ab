"""The second look at ods: one strict pass over the XML of its sheets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Final
from xml.parsers import expat

from pipeline.intake.content import Unreadable
from pipeline.intake.facts import (
    LAST_COLUMN,
    LAST_ROW,
    MOST_FILLED,
    Notes,
    Place,
    Raw,
    Seen,
    note_formula,
    settle,
)
from pipeline.intake.letters import encoding_of_font
from pipeline.intake.normal import new_parser
from pipeline.intake.package import Package

_CONTENT: Final = "content.xml"
_URN: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE: Final = f"{_URN}table:1.0 "
_OFFICE: Final = f"{_URN}office:1.0 "
_TEXT: Final = f"{_URN}text:1.0 "
_STYLE: Final = f"{_URN}style:1.0 "
_ERROR_TYPE: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ENCRYPTED: Final = b"encryption-data"
_LOGICAL: Final = ("of:=TRUE()", "of:=FALSE()")
"""How LibreOffice saves a logical value that came from Excel."""

_OUT_OF_SIGHT: Final = ("collapse", "filter")
_ERROR_TEXTS: Final = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
_PARTS: Final = ("mimetype", _CONTENT, "META-INF/manifest.xml")
"""What a reader of values needs of a package."""

_GAP: Final = re.compile(rb"(<(?!/?text:)[^>]*>|</text:p>)\s+(?=<)")

Attributes = Mapping[str, str]


def read_open_document(package: Package, skipped: frozenset[str]) -> list[Seen]:
    """Every sheet in order, except those whose names are ``skipped``. Raises Unreadable."""
    if "META-INF/manifest.xml" in package and _ENCRYPTED in package.read("META-INF/manifest.xml"):
        raise Unreadable("password")
    look = _Look()
    try:
        look.parser.Parse(package.read(_CONTENT), True)
    except expat.ExpatError as error:
        raise Unreadable("damaged", detail=f"{_CONTENT}: {error}") from None
    names = [name.casefold() for name, _ in look.sheets]
    if not names or len(set(names)) != len(names):
        raise Unreadable("damaged", detail=f"{_CONTENT}: sheets {len(names)}")
    return [settle(name, notes) for name, notes in look.sheets if name not in skipped]


class _Look:
    """The state of one pass: the sheet, row and cell that are open."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, Notes]] = []
        self.notes = Notes()
        self.hidden_styles: set[str] = set()
        self.encodings: dict[str, str] = {}
        self.column_styles: list[tuple[int, str]] = []
        self.style = ""
        self.row = self.rows = self.column = self.columns = 0
        self.cell: Attributes | None = None
        self.lines: list[str] = []
        self.comment: list[str] = []
        self.depth = 0
        self.text: list[str] | None = None
        self.parser = new_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.handlers = self._handlers()

    def _handlers(self) -> dict[str, Callable[[Attributes], None]]:
        """What is to be done at the beginning of an element, by its name."""
        return {
            f"{_STYLE}style": self._open_style,
            f"{_STYLE}table-properties": self._table_properties,
            f"{_STYLE}text-properties": self._text_properties,
            f"{_TABLE}table": self._open_table,
            f"{_TABLE}table-column": self._open_column,
            f"{_TABLE}table-row": self._open_row,
            f"{_OFFICE}annotation": self._open_comment,
            f"{_TEXT}p": self._open_line,
            f"{_TEXT}s": self._space,
            f"{_TEXT}line-break": self._break,
            f"{_TEXT}tab": self._tab,
            **dict.fromkeys(_CELLS, self._open_cell),
        }

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in self.handlers:
            self.handlers[name](attributes)

    def _end(self, name: str) -> None:
        if name in _CELLS:
            self._close_cell()
        elif name == f"{_TABLE}table-row":
            self.row += self.rows
        elif name == f"{_OFFICE}annotation":
            self.depth = 0
        elif name == f"{_TEXT}p" and self.text is not None:
            (self.comment if self.depth else self.lines).append("".join(self.text))
            self.text = None

    def _characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def _open_style(self, attributes: Attributes) -> None:
        self.style = attributes.get(f"{_STYLE}name", "")

    def _table_properties(self, attributes: Attributes) -> None:
        if attributes.get(f"{_TABLE}display") == "false":
            self.hidden_styles.add(self.style)

    def _text_properties(self, attributes: Attributes) -> None:
        encoding = encoding_of_font(attributes.get(f"{_STYLE}font-name", ""))
        if encoding and self.style:
            self.encodings[self.style] = encoding

    def _column_style(self, column: int) -> str:
        """The look that the cells of a column have unless they say another."""
        if not self.encodings:
            return ""
        return next((style for last, style in self.column_styles if column <= last), "")

    def _open_table(self, attributes: Attributes) -> None:
        self.notes = Notes(is_hidden=attributes.get(f"{_TABLE}style-name") in self.hidden_styles)
        self.sheets.append((attributes.get(f"{_TABLE}name", ""), self.notes))
        self.row, self.columns, self.column_styles = 1, 1, []

    def _open_column(self, attributes: Attributes) -> None:
        count = _count(attributes, f"{_TABLE}number-columns-repeated")
        if attributes.get(f"{_TABLE}visibility") in _OUT_OF_SIGHT:
            self.notes.hidden_columns.append((self.columns, self.columns + count - 1))
        self.columns += count
        style = attributes.get(f"{_TABLE}default-cell-style-name", "")
        self.column_styles.append((self.columns - 1, style))

    def _open_row(self, attributes: Attributes) -> None:
        self.rows = _count(attributes, f"{_TABLE}number-rows-repeated")
        self.column = 1
        if attributes.get(f"{_TABLE}visibility") in _OUT_OF_SIGHT:
            self.notes.hidden_rows.append((self.row, self.row + self.rows - 1))

    def _open_cell(self, attributes: Attributes) -> None:
        self.cell, self.lines, self.comment = attributes, [], []

    def _open_comment(self, _: Attributes) -> None:
        self.depth = 1

    def _open_line(self, _: Attributes) -> None:
        self.text = [] if self.cell is not None else None

    def _space(self, attributes: Attributes) -> None:
        if self.text is not None:
            self.text.append(" " * min(_count(attributes, f"{_TEXT}c"), 1000))

    def _break(self, _: Attributes) -> None:
        self._characters("\n")

    def _tab(self, _: Attributes) -> None:
        self._characters("\t")

    def _close_cell(self) -> None:
        cell, self.cell = self.cell or {}, None
        count = _count(cell, f"{_TABLE}number-columns-repeated")
        place = (self.row, self.column)
        is_error = cell.get(_ERROR_TYPE) == "error" or _is_error_text(cell)
        value = None if is_error else _value(cell, self.lines)
        if is_error or value not in (None, "") or f"{_TABLE}formula" in cell:
            if self.rows * count > MOST_FILLED:
                raise Unreadable("too_many_cells", sheet=self.sheets[-1][0])
            for row in range(self.row, self.row + self.rows):
                for column in range(self.column, self.column + count):
                    self._note((row, column), cell, "\n".join(self.lines) if is_error else None, value)
        self._note_merge(place, cell)
        if self.comment:
            self.notes.comments[place] = "\n".join(self.comment)
        self.column += count

    def _note(self, place: Place, cell: Attributes, error: str | None, value: Raw | None) -> None:
        notes = self.notes
        if place[0] > LAST_ROW or place[1] > LAST_COLUMN or len(notes.values) > MOST_FILLED:
            raise Unreadable("too_many_cells", sheet=self.sheets[-1][0])
        if f"{_TABLE}formula" in cell:
            formula = cell[f"{_TABLE}formula"]
            note_formula(notes, place, formula.removeprefix("of:").removeprefix("msoxl:"))
            if formula in _LOGICAL and isinstance(value, float):
                notes.logical.add(place)
            if value is None and error is None:
                notes.uncached.add(place)
        self._note_look(place, cell)
        if error is not None:
            notes.errors[place] = error
        elif value not in (None, ""):
            notes.values[place] = value

    def _note_look(self, place: Place, cell: Attributes) -> None:
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            self.notes.percents.add(place)
        encoding = self.encodings.get(cell.get(f"{_TABLE}style-name", self._column_style(place[1])), "")
        if encoding:
            self.notes.fonts[place] = encoding

    def _note_merge(self, place: Place, cell: Attributes) -> None:
        width = _count(cell, f"{_TABLE}number-columns-spanned")
        height = _count(cell, f"{_TABLE}number-rows-spanned")
        if width > 1 or height > 1:
            self.notes.merges.append((place, (place[0] + height - 1, place[1] + width - 1)))


def without_gaps(content: bytes) -> bytes:
    """The package with no spaces between the elements of its sheets, as some programs set them.

    calamine does not open a package that has them; texts of cells are left as they are.
    """
    package = Package(content)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as fresh:
        for name in _PARTS:
            if name in package:
                part = package.read(name)
                fresh.writestr(name, _GAP.sub(rb"\1", part) if name == _CONTENT else part)
    return packed.getvalue()


def _is_error_text(cell: Attributes) -> bool:
    """Whether a formula shows an error that was saved as a text, as Gnumeric does."""
    return f"{_TABLE}formula" in cell and cell.get(f"{_OFFICE}string-value", "") in _ERROR_TEXTS


def _count(attributes: Attributes, name: str) -> int:
    """How often something is repeated, at least once. Raises Unreadable."""
    text = attributes.get(name, "1")
    if not text.isdecimal() or not 0 < int(text[:9]) <= LAST_ROW:
        raise Unreadable("damaged", detail=text[:20])
    return int(text)


def _value(cell: Attributes, lines: list[str]) -> Raw | None:
    """What the cell holds by its type; None where it has none. Raises Unreadable."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind in ("float", "percentage", "currency"):
        return _number(cell.get(f"{_OFFICE}value", ""))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind in ("date", "time"):
        return cell.get(f"{_OFFICE}{kind}-value", "")
    if kind == "string":
        return cell.get(f"{_OFFICE}string-value", "\n".join(lines))
    return None


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise Unreadable("damaged", detail=text[:20]) from None
    if number - number != 0:
        raise Unreadable("damaged", detail=text[:20])
    return number
