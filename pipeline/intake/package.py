"""A strict pass over the parts of a workbook, beside the reader of values, which cannot be believed alone.

The reader of values shows an error cell and a formula that was never calculated as blank, and does not see a
wrong checksum. Here every checksum is verified and the cells of these kinds are found, by the standard
library alone.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat

from pipeline.intake.content import ZIP_FAULTS, Unreadable
from pipeline.intake.scan import CHUNK, MAIN, SheetFacts, refuse_doctype, scan_sheet

MOST_UNPACKED: Final = 512 * 2**20
MOST_PARTS: Final = 5000
MOST_CELLS: Final = 2_000_000
"""Bounds far above any return; the last is the area between the outermost filled cells of one sheet."""

_RELATIONS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORKBOOK: Final = "xl/workbook.xml"

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet as the workbook lists it, and the part of the package that holds it."""

    name: str
    part: str


class Package:
    """An xlsx package whose parts all have the right checksum. Raises Unreadable otherwise."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            self._check()
            self.sheets = tuple(self._list_sheets())
            names = [sheet.name.casefold() for sheet in self.sheets]
            if len(set(names)) != len(names):
                raise Unreadable("damaged", detail="two sheets of one name")
        except ZIP_FAULTS as error:
            raise Unreadable("damaged", detail=str(error)) from None
        except expat.ExpatError as error:
            raise Unreadable("damaged", detail=f"{_WORKBOOK}: {error}") from None

    def facts(self, sheet: SheetPart) -> SheetFacts:
        """What the strict pass finds in one sheet. Raises Unreadable."""
        try:
            with self._zip.open(self._name(sheet.part)) as stream:
                facts = scan_sheet(stream)
        except ZIP_FAULTS as error:
            raise Unreadable("damaged", detail=f"{sheet.part}: {error}") from None
        except expat.ExpatError as error:
            raise Unreadable("damaged", detail=f"{sheet.part}: {error}") from None
        if facts.area > MOST_CELLS:
            raise Unreadable("far_cell", sheet=sheet.name, cell=facts.farthest)
        return facts

    def _check(self) -> None:
        parts = self._zip.infolist()
        names = [part.filename.lower() for part in parts]
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("password")
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unreadable("too_large")
        if len(set(names)) != len(names):
            raise Unreadable("damaged", detail="two parts of one name")
        wrong = self._zip.testzip()
        if wrong is not None:
            raise Unreadable("checksum", detail=wrong)

    def _name(self, part: str) -> str:
        """The name of a part as the package spells it: part names do not depend on upper and lower case."""
        for name in self._zip.namelist():
            if name.lower() == part.lower():
                return name
        raise KeyError(part)

    def _list_sheets(self) -> Iterator[SheetPart]:
        targets = {}
        folder, file = posixpath.split(_WORKBOOK)
        for attributes in self._elements(f"{folder}/_rels/{file}.rels", (f"{_PACKAGE} Relationship",)):
            if attributes.get("Type", "").endswith("/worksheet"):
                target = unquote(attributes.get("Target", ""))
                targets[attributes.get("Id", "")] = posixpath.normpath(posixpath.join(f"/{folder}", target))
        for attributes in self._elements(_WORKBOOK, tuple(f"{space} sheet" for space in MAIN)):
            relation = next((attributes[k] for k in (f"{r} id" for r in _RELATIONS) if k in attributes), "")
            if relation in targets:
                yield SheetPart(attributes.get("name", ""), targets[relation].lstrip("/"))

    def _elements(self, part: str, wanted: tuple[str, ...]) -> list[Attributes]:
        """The attributes of the wanted elements of a small part, in order."""
        found: list[Attributes] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.StartElementHandler = lambda name, attributes: (
            found.append(attributes) if name in wanted else None
        )
        with self._zip.open(self._name(part)) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return found
