"""Cells as nearly all are: one value each, and between two values what stands there in every other return.

Returns differ in their values and hardly in what their XML says between them. So a sheet is taken apart at
its values, and each piece between is understood once for as long as it is remembered. A sheet with anything
else in it is left to the pattern that reads one whole cell after the other, and comes out the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.address import column_number
from pipeline.intake.facts import Notes, Place, Raw, arithmetic_of
from pipeline.intake.looks import Look, Looks

CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})([1-9]\d{0,6})"([^>]*+)(?<!/)>'
    r"(?:(<f)([^>]*+)(?:(?<=/)>|(?<!/)>([^<]*+)</f>))?"
    r"(?:<v(?: [^>]*[^/>])?>([^<]*)</v>|<v ?/>|<is(?: [^>]*)?>(.*?)</is>|<is ?/>)?"
    r"(?:<extLst(?: [^>]*)?>.*?</extLst>|<extLst ?/>)?</c>",
    re.ASCII | re.DOTALL,
)
"""A cell that is not empty. The last part of its content is for extensions, which hold no value."""

_VALUE: Final = re.compile(r"<v>([^<]*)</v></c>")
_ENDED: Final = "<v>0</v></c>"
_BEYOND_A_CELL: Final = ("</c>", "<is", "<extLst")
"""In a piece without these nothing in the pattern can reach over the end of a cell into the next one."""

_TELLING: Final = ("<mergeCell", 'hidden="', 'ht="0"')
"""What a sheet says of rows, columns and areas of cells, though some of it means something else."""

_TYPE: Final = re.compile(r'\st="(\w*)"')
_LOOK: Final = re.compile(r'\ss="(\d+)"')
_REFERENCE: Final = re.compile(r"&(?:#(\d+)|#x([0-9A-Fa-f]+)|(\w+));")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

_MOST_CELLS: Final = 20_000
_LONGEST: Final = 1_000
_MOST_REMEMBERED: Final = 2**16
"""Pieces; the forms of a city have a third of it, of a hundred letters each. Beyond it all are forgotten."""

_KINDS: Final = ("", "s", "str")

Strings = Sequence[str]


class Aside(NamedTuple):
    """What few cells have. ``is_telling``: more is said before it; ``is_text``: its value is a text."""

    is_formula: bool
    arithmetic: str | None
    is_text: bool
    is_telling: bool

    def may_tell(self, value: Raw) -> bool:
        """Whether more may stand in the piece or in the value than a cell."""
        return self.is_telling or (self.is_text and '"' in str(value))


class Opened(NamedTuple):
    """A cell up to its value: its type, its look in digits, and what few cells have."""

    place: Place
    kind: str
    look: str
    aside: Aside | None


def note_plain_cells(notes: Notes, text: str, strings: Strings, looks: Looks) -> tuple[str, str] | None:
    """Note the cells of well-formed XML in the plain spelling. None, and no notes, if any is not plain.

    Else the parts of the text that may say more: what comes up to the first value, and after the last.
    """
    parts = _VALUE.split(text)
    opened = _opened(parts[:-1:2], parts[-1])
    values = _values(opened, parts[1::2], strings)
    if not opened or len(values) < len(opened):  # of two cells of one address, too, the other way tells
        return None
    notes.values = values
    asides = [(place, aside) for place, _, _, aside in opened if aside]
    notes.formulas.update(place for place, aside in asides if aside.is_formula)
    notes.arithmetic.update(
        (place, aside.arithmetic) for place, aside in asides if aside.arithmetic is not None
    )
    for one in opened if looks else ():
        if one.look in looks:
            note_look(notes, one.place, looks[one.look])
    is_telling = any(aside.may_tell(values[place]) for place, aside in asides)
    return (text, "") if is_telling else (parts[0], parts[-1])


def _values(opened: Sequence[Opened], values: Sequence[str], strings: Strings) -> dict[Place, Raw]:
    """The values of cells by their places; none where one is empty, or not what its type says."""
    try:
        return {
            place: float(value) if kind == "" else strings[int(value)] if kind == "s" else unescaped(value)
            for (place, kind, _, _), value in zip(opened, values, strict=False)
        }
    except (ValueError, LookupError, OverflowError):
        return {}


def _opened(pieces: Sequence[str], rest: str) -> list[Opened]:
    """The cells that the pieces end with; none where a piece is anything but the beginning of one cell."""
    if "</c>" in rest or len(pieces) > _MOST_CELLS:
        return []
    if len(_remembered) > _MOST_REMEMBERED:
        _remembered.clear()
    found = (
        [_understood(pieces[0], is_first=True), *map(_remembered.__getitem__, pieces[1:])] if pieces else []
    )
    opened = list(filter(None, found))
    return opened if len(opened) == len(found) else []


def _understood(piece: str, is_first: bool = False) -> Opened | None:
    """What the pattern finds in a piece, whatever the value is that comes after it."""
    if any(sign in piece for sign in _BEYOND_A_CELL):
        return None
    found = CELL.findall(piece + _ENDED)
    if len(found) != 1:
        return None
    letters, digits, attributes, is_formula, of_formula, formula, *_ = found[0]
    kind = kind_of_cell(attributes)
    if kind not in _KINDS or 't="array"' in of_formula or 't="dataTable"' in of_formula:
        return None
    is_text, is_telling = kind == "str", not is_first and any(sign in piece for sign in _TELLING)
    aside = Aside(bool(is_formula), arithmetic_of(formula) if is_formula else None, is_text, is_telling)
    place = int(digits), column_number(letters)
    return Opened(
        place, kind, look_of_cell(attributes), aside if is_formula or is_text or is_telling else None
    )


class _Remembered(dict[str, Opened | None]):
    """What a piece says, by the whole of the piece; long ones are no others' and are not kept."""

    def __missing__(self, piece: str) -> Opened | None:
        said = _understood(piece)
        if len(piece) <= _LONGEST:
            self[piece] = said
        return said


_remembered = _Remembered()


def note_look(notes: Notes, place: Place, look: Look) -> None:
    """Note what the look of a cell tells."""
    if look.encoding:
        notes.fonts[place] = look.encoding
    if look.is_percent:
        notes.percents.add(place)


def kind_of_cell(attributes: str) -> str:
    """The type of a cell by its attributes; empty for a number."""
    match = _TYPE.search(attributes)
    return match[1] if match and match[1] != "n" else ""


def look_of_cell(attributes: str) -> str:
    """The number of the look of a cell, in digits."""
    match = _LOOK.search(attributes)
    return match[1] if match else "0"


def unescaped(text: str) -> str:
    """The text with its character references resolved."""
    return _REFERENCE.sub(_resolved, text) if "&" in text else text


def _resolved(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED.get(name, match[0])
    return chr(int(decimal) if decimal else int(hexadecimal, 16))
