"""One pass over the XML of a sheet: which cells are formulas or errors, and how far the filled ones reach."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final
from xml.parsers import expat

from pipeline.intake.content import Unreadable
from pipeline.intake.places import cell_name, column_number

CHUNK: Final = 2**18
MAIN: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""The namespace of sheets, and that of the strict variant of the format."""

_LAST_ROW: Final = 2**20
_LAST_COLUMN: Final = 2**14
_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")

_CELL: Final = frozenset(f"{space} c" for space in MAIN)

Place = tuple[int, int]
"""Row and column, from 1."""


@dataclass(slots=True)
class SheetFacts:
    """What the strict pass found in one sheet. All places are (row, column), counting from 1.

    ``uncached`` are formulas that were saved without a value; ``errors`` hold the text of the error, and
    ``error_columns`` their columns by row.
    ``top``, ``left``, ``bottom``, ``right`` bound the filled cells; all 0 where nothing is filled.
    """

    formulas: set[Place] = field(default_factory=set)
    ranges: list[tuple[Place, Place]] = field(default_factory=list)
    uncached: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    error_columns: dict[int, list[int]] = field(default_factory=dict)
    top: int = 0
    left: int = 0
    bottom: int = 0
    right: int = 0

    def is_formula(self, place: Place) -> bool:
        """Whether the cell is a formula, be it one for a whole range that the cell lies in."""
        if place in self.formulas:
            return True
        return any(a[0] <= place[0] <= b[0] and a[1] <= place[1] <= b[1] for a, b in self.ranges)

    def fill(self, row: int, column: int) -> None:
        """Widen the bounds to a filled cell."""
        if row > self.bottom:
            self.bottom = row
        if column > self.right:
            self.right = column
        if not self.top or row < self.top:
            self.top = row
        if not self.left or column < self.left:
            self.left = column

    @property
    def area(self) -> int:
        """The number of cells between the outermost filled ones."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    @property
    def farthest(self) -> str:
        """The address of the lower right corner of what is filled."""
        return cell_name(self.bottom, self.right)


def refuse_doctype(*_: Any) -> None:
    """A workbook never declares a document type: whoever does so wants the reader to expand or fetch."""
    raise Unreadable("doctype")


def scan_sheet(stream: IO[bytes]) -> SheetFacts:
    """Read the XML of one sheet. Raises Unreadable or ExpatError."""
    scan = _Scan()
    while chunk := stream.read(CHUNK):
        scan.parser.Parse(chunk, False)
    scan.parser.Parse(b"", True)
    scan.finish_cell()
    return scan.facts


class _Scan:
    """The state of one pass: the cell that is open, and what was found in it so far."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self.row = 0
        self.column = 0
        self.cell: Mapping[str, str] = {}
        self.place: Place | None = None
        self.is_formula = False
        self.value: list[str] | None = None
        self.handlers: dict[str, Callable[[Mapping[str, str]], None]] = {}
        for space in MAIN:
            for name, handler in (
                *(("row", self._row), ("f", self._formula)),
                *(("v", self._value), ("is", self._value)),
            ):
                self.handlers[f"{space} {name}"] = handler
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = refuse_doctype
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Most of a sheet are cells that are only coloured: no more is done for them than must be."""
        if name in _CELL:
            if self.place is not None:
                self.finish_cell()
            if "r" not in attributes:
                self._locate()
                self.column += 1
            self.cell = attributes
        elif name in self.handlers:
            self.handlers[name](attributes)

    def _row(self, attributes: Mapping[str, str]) -> None:
        self.finish_cell()
        number = attributes.get("r")
        self.row = int(number) if number and number.isdecimal() else self.row + 1
        self.column = 0
        self.cell = {}

    def _formula(self, attributes: Mapping[str, str]) -> None:
        self._fill()
        self.is_formula = True
        if attributes.get("t") in ("array", "dataTable") and ":" in attributes.get("ref", ""):
            first, last = attributes["ref"].split(":")
            self.facts.ranges.append((_place(first), _place(last)))

    def _value(self, _: Mapping[str, str]) -> None:
        self._fill()
        if self.is_formula or self.cell.get("t") == "e":
            self.value = []
            self.parser.CharacterDataHandler = self.value.append

    def _locate(self) -> None:
        """Take the place from the address of the open cell, if it has one."""
        address = self.cell.get("r")
        if address is not None:
            self.row, self.column = _place(address)

    def _fill(self) -> None:
        if self.place is not None:
            return
        self._locate()
        if not (1 <= self.row <= _LAST_ROW and 1 <= self.column <= _LAST_COLUMN):
            raise Unreadable("damaged", detail=cell_name(self.row, self.column))
        self.place = (self.row, self.column)
        self.facts.fill(self.row, self.column)

    def finish_cell(self) -> None:
        """Note down what the open cell turned out to be, and close it."""
        if self.place is None:
            return
        kind = self.cell.get("t")
        if self.is_formula or kind == "e":
            value = "".join(self.value or ()).strip()
            if self.is_formula:
                self.facts.formulas.add(self.place)
                if not value and kind != "str":
                    self.facts.uncached.add(self.place)
            if kind == "e":
                self.facts.errors[self.place] = value
                self.facts.error_columns.setdefault(self.place[0], []).append(self.place[1])
            self.parser.CharacterDataHandler = None
            self.is_formula, self.value = False, None
        self.place = None


def _place(address: str) -> Place:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise Unreadable("damaged", detail=address[:20])
    return int(match[2]), column_number(match[1])
