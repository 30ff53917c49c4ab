"""Follows the links of a written summary as a reader would: zipfile and openpyxl, no code of the program."""

from __future__ import annotations

import functools
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import openpyxl
from openpyxl.utils import range_boundaries

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LOCATION = re.compile(r"'((?:[^']|'')*)'!(.+)")

Cell = tuple[int, int]
"""Row and column, from 1."""


@dataclass(frozen=True)
class Target:
    """Where a link leads: a file ("" for the workbook itself), a sheet and a range of it."""

    file: str
    sheet: str
    range: str
    tip: str

    @property
    def box(self) -> tuple[int, int, int, int]:
        """First column, first row, last column, last row, from 1."""
        left, top, right, bottom = range_boundaries(self.range)
        assert left
        assert top
        assert right
        assert bottom
        return left, top, right, bottom

    @property
    def cells(self) -> list[Cell]:
        """Every cell of the range."""
        left, top, right, bottom = self.box
        return [(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]


class Workbook:
    """A workbook's values and links, read sheet by sheet when they are asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as package:
            book = Xml.fromstring(package.read("xl/workbook.xml"))
            related = _relations(package, "xl/_rels/workbook.xml.rels")
            self._parts = {
                str(sheet.get("name")): "xl/" + related[str(sheet.get(_RELATED))].removeprefix("/xl/")
                for sheet in book.iter(f"{_MAIN}sheet")
            }
        self.values = functools.cache(self._values)
        self.links = functools.cache(self._links)
        self._texts = functools.cache(self._columns_by_text)
        self.header = functools.cache(self._header)

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets, in order."""
        return list(self._parts)

    def value(self, sheet: str, cell: Cell) -> Any:
        """What stands in a cell; nothing beyond the rows that are there."""
        rows = self.values(sheet)
        row, col = cell
        return rows[row - 1][col - 1] if row <= len(rows) and col <= len(rows[row - 1]) else None

    def _header(self, sheet: str, name: str) -> dict[str, int]:
        """The columns of a table by the names in its header, which begins with ``name``."""
        (row,) = (row for row in self.values(sheet) if row and row[0] == name)
        return {str(title): col for col, title in enumerate(row, 1) if title is not None}

    def xml(self, sheet: str) -> str:
        """The part of the package that holds a sheet."""
        with zipfile.ZipFile(self.path) as package:
            return package.read(self._parts[sheet]).decode()

    def columns_of(self, sheet: str, text: str) -> list[int]:
        """The columns in which a text stands anywhere on a sheet."""
        return self._texts(sheet).get(text, [])

    @functools.cached_property
    def _book(self) -> openpyxl.Workbook:
        return openpyxl.load_workbook(self.path, data_only=True, read_only=True)

    def _values(self, sheet: str) -> list[tuple[Any, ...]]:
        return list(self._book[sheet].iter_rows(values_only=True))

    def _columns_by_text(self, sheet: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in self.values(sheet):
            for col, value in enumerate(row, 1):
                if isinstance(value, str):
                    found.setdefault(value, []).append(col)
        return found

    def _links(self, sheet: str) -> dict[Cell, Target]:
        part = self._parts[sheet]
        folder, _, name = part.rpartition("/")
        with zipfile.ZipFile(self.path) as package:
            tree = Xml.fromstring(package.read(part))
            rels = f"{folder}/_rels/{name}.rels"
            related = _relations(package, rels) if rels in package.namelist() else {}
        found: dict[Cell, Target] = {}
        for link in tree.iter(f"{_MAIN}hyperlink"):
            left, top, _, _ = range_boundaries(str(link.get("ref")))
            place = _LOCATION.fullmatch(link.get("location") or "''!A1")  # no place: the file as it opens
            assert place
            assert left
            assert top
            file = related.get(link.get(_RELATED) or "", "")
            sheet_name = place[1].replace("''", "'")
            found[top, left] = Target(file, sheet_name, place[2], link.get("tooltip") or "")
        return found


def file_of(summary: Path, target: Target) -> Path:
    """The file that a relative link leads to from the folder in which the summary is opened."""
    assert not target.file.startswith(("/", "file:"))
    return summary.parent / unquote(target.file)


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    return {str(one.get("Id")): str(one.get("Target")) for one in Xml.fromstring(package.read(part))}
