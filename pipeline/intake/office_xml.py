"""The second look at xlsx and xlsm: which part is which sheet, and what stands in it; macros are bytes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from pipeline.address import column_number, split_address
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Place, Seen, settle
from pipeline.intake.looks import NO_LOOKS, Looks, telling_looks
from pipeline.intake.normal import MAIN, new_parser, plain_text, respelled
from pipeline.intake.package import Package
from pipeline.intake.scan import COMMENT, inner_text, scan_sheet, shared_strings

MOST_SHEETS: Final = 300
MOST_OF_STRINGS: Final = 32 * 2**20
"""Bytes of the table of texts; that of the largest return has a tenth of one MiB."""

_RELATIONS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORKBOOK: Final = "xl/workbook.xml"
_OTHER_SHEETS: Final = ("/chartsheet", "/dialogsheet", "/xlMacrosheet", "/xlIntlMacrosheet")
_TRUE: Final = ("1", "true")

Attributes = Mapping[str, str]
Targets = Mapping[str, tuple[str, str]]
"""By the id of a relation: the last part of its type, and the part that it leads to."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet as the workbook lists it, and the part of the package that holds it."""

    name: str
    part: str
    is_hidden: bool


def read_office_xml(package: Package, skipped: frozenset[str]) -> list[Seen]:
    """Every worksheet in order, except those whose names are ``skipped``. Raises Unreadable."""
    try:
        targets = relations(package, _WORKBOOK)
        sheets, is_1904 = _list_sheets(package, targets)
        strings, looks = _strings(package, targets), _looks(package, targets)
        return [
            _look(package, sheet, (strings, looks), is_1904) for sheet in sheets if sheet.name not in skipped
        ]
    except expat.ExpatError as error:
        raise Unreadable("damaged", detail=str(error)) from None


def _look(package: Package, sheet: SheetPart, shared: tuple[list[str], Looks], is_1904: bool) -> Seen:
    try:
        notes = scan_sheet(package.read(sheet.part), *shared)
    except expat.ExpatError as error:
        raise Unreadable("damaged", detail=f"{sheet.part[:100]}: {error}") from None
    except Unreadable as refusal:
        raise Unreadable(refusal.reason, **{"sheet": sheet.name, **refusal.values}) from None
    notes.is_hidden, notes.is_1904 = sheet.is_hidden, is_1904
    for kind, part in relations(package, sheet.part).values():
        if kind == "comments":
            notes.comments.update(_comments(package.read(part)))
    return settle(sheet.name, notes)


def _strings(package: Package, targets: Targets) -> list[str]:
    parts = [part for kind, part in targets.values() if kind == "sharedStrings"]
    return shared_strings(package.read(parts[0], MOST_OF_STRINGS)) if parts else []


def _looks(package: Package, targets: Targets) -> Looks:
    """The looks of cells that change what a cell says; a workbook without a table of looks has none."""
    parts = [part for kind, part in targets.values() if kind == "styles"]
    return telling_looks(package.read(parts[0])) if parts and parts[0] in package else NO_LOOKS


def _list_sheets(package: Package, targets: Targets) -> tuple[list[SheetPart], bool]:
    """The worksheets, and whether the workbook counts its days from 1904."""
    wanted = [f"{space} {name}" for space in MAIN for name in ("sheet", "workbookPr")]
    found = _elements(package.read(_WORKBOOK), wanted)
    sheets = [attributes for name, attributes in found if name.endswith(" sheet")]
    is_1904 = any(a.get("date1904") in _TRUE for name, a in found if name.endswith(" workbookPr"))
    if len(sheets) > MOST_SHEETS:
        raise Unreadable("too_large")
    names = [attributes.get("name", "").casefold() for attributes in sheets]
    if not names or len(set(names)) != len(names):
        raise Unreadable("damaged", detail=f"{_WORKBOOK}: sheets {len(names)}")
    return list(_worksheets(sheets, targets)), is_1904


def _worksheets(sheets: list[Attributes], targets: Targets) -> Iterator[SheetPart]:
    """The listed sheets that are tables. A sheet that leads nowhere, or where another leads, is damage."""
    taken: set[str] = set()
    for attributes in sheets:
        relation = next((attributes[key] for key in (f"{r} id" for r in _RELATIONS) if key in attributes), "")
        kind, part = targets.get(relation, ("", ""))
        if f"/{kind}" in _OTHER_SHEETS:
            continue
        if kind != "worksheet" or part.lower() in taken:
            raise Unreadable("damaged", detail=attributes.get("name", "")[:50])
        taken.add(part.lower())
        yield SheetPart(attributes.get("name", ""), part, attributes.get("state", "visible") != "visible")


def relations(package: Package, part: str) -> Targets:
    """Where a part leads to inside the package; nothing outside is ever looked at."""
    folder, file = posixpath.split(part)
    listed = f"{folder}/_rels/{file}.rels"
    if listed not in package:
        return {}
    targets: dict[str, tuple[str, str]] = {}
    for _, attributes in _elements(package.read(listed), [f"{_PACKAGE} Relationship"]):
        if attributes.get("TargetMode") == "External":
            continue
        key = attributes.get("Id", "")
        if key in targets:
            raise Unreadable("damaged", detail=f"{listed}: {key[:20]}")
        target = posixpath.normpath(posixpath.join(f"/{folder}", _unquoted(attributes.get("Target", ""))))
        targets[key] = (posixpath.basename(attributes.get("Type", "")), target.lstrip("/"))
    return targets


def _unquoted(target: str) -> str:
    """The target without signs that stand by their number, as they hardly ever do."""
    if "%" not in target:
        return target
    from urllib.parse import unquote

    return unquote(target)


def _elements(xml: bytes, wanted: list[str]) -> list[tuple[str, Attributes]]:
    """The wanted elements of a small part with their attributes, in order."""
    found: list[tuple[str, Attributes]] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: (
        found.append((name, attributes)) if name in wanted else None
    )
    parser.Parse(xml, True)
    return found


def _comments(xml: bytes) -> Iterator[tuple[Place, str]]:
    text = plain_text(xml)
    for address, inner in COMMENT.findall(respelled(xml) if text is None else text):
        parts = split_address(address)
        if parts is not None:
            yield (parts[1], column_number(parts[0])), inner_text(inner)
