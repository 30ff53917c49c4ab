"""One strict look through the XML of a sheet: the plain value of every cell, and what it is beside that.

A sheet is well-formed, in the plain spelling or respelled to it; then the filled cells are picked out by one
pattern, and one that the pattern does not fit is damage, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from pipeline.address import column_number, split_address
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import MOST_FILLED, Area, Notes, Place, note_formula, require_place
from pipeline.intake.looks import NO_LOOKS, Looks
from pipeline.intake.normal import plain_text, respelled
from pipeline.intake.plain_cells import (
    CELL,
    Strings,
    kind_of_cell,
    look_of_cell,
    note_look,
    note_plain_cells,
    unescaped,
)

_ROW: Final = re.compile(r'<row r="(\d{1,7})"([^>]*)>', re.ASCII)
_COLUMN: Final = re.compile(r"<col\s([^>]*)>")
_MERGE: Final = re.compile(r'<mergeCell\s[^>]*?ref="([^"]*)"')
_ATTRIBUTE: Final = re.compile(r'([\w:]+)="([^"]*)"')
_TEXT: Final = re.compile(r"<t(?:\s[^>]*[^/>])?>([^<]*)</t>")
_PHONETIC: Final = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)
_ITEM: Final = re.compile(
    r"<si>(?:<t(?:\s[^>]*[^/>])?>([^<]*)</t>|(.*?))</si>|<si\s?/>|<si\s[^>]*[^/>]>(.*?)</si>", re.DOTALL
)
COMMENT: Final = re.compile(r'<comment\s(?:[^>]*\s)?ref="([^"]*)"[^>]*>(.*?)</comment>', re.DOTALL)
_LOGICAL: Final = {"1": True, "true": True, "0": False, "false": False}
_OUT_OF_SIGHT: Final = re.compile(r'\s(?:hidden="(?:1|true)"|ht="0")')


def scan_sheet(xml: bytes, strings: Strings, looks: Looks = NO_LOOKS) -> Notes:
    """Look through one sheet. Raises Unreadable or ExpatError."""
    text = plain_text(xml)
    notes = _notes(text, strings, looks) if text is not None else None
    if notes is None:
        notes = _notes(respelled(xml), strings, looks)
    if notes is None:
        raise Unreadable("damaged", detail="<c>")
    return notes


def shared_strings(xml: bytes) -> list[str]:
    """The texts that cells refer to by number. Raises Unreadable or ExpatError."""
    text = plain_text(xml)
    if text is None:
        text = respelled(xml)
    return [
        unescaped(simple) if simple else inner_text(rich or other)
        for simple, rich, other in _ITEM.findall(text)
    ]


def inner_text(xml: str) -> str:
    """The texts of an element in the plain spelling, joined; the readings of foreign signs left out."""
    if "<rPh" in xml:
        xml = _PHONETIC.sub("", xml)
    return unescaped("".join(_TEXT.findall(xml)))


def _notes(text: str, strings: Strings, looks: Looks) -> Notes | None:
    """Everything that is found; None where a cell or row is not spelled as it is picked out."""
    notes = Notes()
    outside = note_plain_cells(notes, text, strings, looks)
    if outside is None:
        cells = _filled_cells(text)
        if cells is None:
            return None
        _note_cells(notes, cells, strings)
        _note_looks(notes, cells, looks)
    return notes if _note_shape(notes, text, outside or (text, "")) else None


def _note_cells(notes: Notes, cells: Sequence[tuple[str, ...]], strings: Strings) -> None:
    """Note cells of any kind, one after the other. Raises Unreadable."""
    values, kinds, rows, columns = notes.values, _Kinds(), _Rows(), _Columns()
    for letters, digits, attributes, is_formula, of_formula, formula, value, inline in cells:
        place = (rows[digits], columns[letters])
        kind = kinds[attributes]
        if is_formula:
            _note_formula(notes, place, formula, (of_formula, kind, value))
        try:
            if kind == "" and value:
                values[place] = float(value if "&" not in value else unescaped(value))
            elif kind == "s":
                values[place] = strings[int(value)]
            elif value or inline:
                _note_other(notes, place, (kind, value, inline))
        except (ValueError, LookupError, OverflowError):
            raise Unreadable("damaged", detail=letters + digits) from None
    _require_single(cells, len(values))


def _filled_cells(text: str) -> list[tuple[str, ...]] | None:
    """The parts of each cell that is not empty; None if there are more than the pattern fits."""
    cells = CELL.findall(text)
    if len(cells) > MOST_FILLED:
        raise Unreadable("too_many_cells")
    return cells if len(cells) == text.count("</c>") else None


class _Rows(dict[str, int]):
    """The number of a row by its digits."""

    def __missing__(self, digits: str) -> int:
        return self.setdefault(digits, int(digits))


class _Columns(dict[str, int]):
    """The number of a column by its letters."""

    def __missing__(self, letters: str) -> int:
        return self.setdefault(letters, column_number(letters))


class _Kinds(dict[str, str]):
    """The type of a cell by its attributes; a sheet has few different ones."""

    def __missing__(self, attributes: str) -> str:
        return self.setdefault(attributes, kind_of_cell(attributes))


def _note_other(notes: Notes, place: Place, cell: tuple[str, str, str]) -> None:
    """Note a cell that is neither a plain number nor a text of the table. Raises ValueError, LookupError."""
    kind, value, inline = cell
    if kind == "e":
        notes.errors[place] = unescaped(value).strip()
    elif kind == "b":
        notes.values[place] = _LOGICAL[value]
    elif kind == "inlineStr":
        notes.values[place] = inner_text(inline)
    elif kind in ("str", "d"):
        notes.values[place] = unescaped(value)
    else:
        raise ValueError(kind)


def _require_single(cells: Sequence[tuple[str, ...]], values: int) -> None:
    """Of two cells of one address every reader takes another one, in silence. Raises Unreadable.

    ``values``: how many places have one. Where every cell has, no two share a place.
    """
    if values == len(cells):
        return
    addresses = [(cell[0], cell[1]) for cell in cells]
    if len(set(addresses)) != len(addresses):
        seen: set[tuple[str, str]] = set()
        for address in addresses:
            if address in seen:
                raise Unreadable("twice", cell="".join(address))
            seen.add(address)


def _note_looks(notes: Notes, cells: Sequence[tuple[str, ...]], looks: Looks) -> None:
    """Note the fonts and the percentages; asked for only where the workbook has such looks at all."""
    for letters, digits, attributes, *_ in cells if looks else ():
        look = looks.get(look_of_cell(attributes))
        if look is not None:
            note_look(notes, (int(digits), column_number(letters)), look)


def _note_formula(notes: Notes, place: Place, formula: str, cell: tuple[str, str, str]) -> None:
    """``cell``: the attributes of its formula, its type and its value as saved."""
    attributes, kind, value = cell
    note_formula(notes, place, formula)
    if not value.strip() and kind != "str":
        notes.uncached.add(place)
    if "ref=" in attributes:
        named = dict(_ATTRIBUTE.findall(attributes))
        if named.get("t") in ("array", "dataTable") and ":" in named["ref"]:
            notes.ranges.append(_area(named["ref"]))


def _note_shape(notes: Notes, text: str, outside: tuple[str, str]) -> bool:
    """Note the hidden rows and columns and the merged areas. False where rows are not spelled plainly.

    ``outside``: the beginning and the end of the text, with nothing of this between them.
    """
    around = "".join(outside)
    merges = around.find("<mergeCell ")
    if merges >= 0:
        notes.merges += map(_area, _MERGE.findall(around, merges))
    is_of_pages = "<row" not in outside[1] and 'ht="0"' not in outside[0]
    if 'hidden="' not in around and is_of_pages:
        return True
    end = text.find(">", text.rfind("<row")) + 1  # what follows speaks of heights, too: those of pages
    if 'hidden="' not in text and text.find('ht="0"', 0, end) < 0:
        return True
    if text.count("<row ") != text.count('<row r="'):
        return False
    notes.hidden_rows += [(int(n), int(n)) for n, rest in _ROW.findall(text) if _OUT_OF_SIGHT.search(rest)]
    notes.hidden_columns += list(_hidden_columns(text))
    return True


def _hidden_columns(text: str) -> Iterator[tuple[int, int]]:
    for found in _COLUMN.findall(text):
        column = dict(_ATTRIBUTE.findall(found))
        first, last = column.get("min", ""), column.get("max", "")
        if column.get("hidden") in ("1", "true") and first.isdecimal() and last.isdecimal():
            yield int(first), int(last)


@lru_cache(maxsize=2**10)
def _area(reference: str) -> Area:
    """``"A1:B2"`` as two places. Raises Unreadable."""
    parts = [split_address(part) for part in reference.split(":")]
    places = [require_place(part[1], column_number(part[0])) for part in parts if part]
    if not 1 <= len(places) == len(parts) <= 2:
        raise Unreadable("damaged", detail=reference[:20])
    return places[0], places[-1]
