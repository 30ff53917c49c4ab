"""Stencils as XML: what the tables of many books have in common is turned into XML once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import Final, NamedTuple

from pipeline.book import Stencil
from pipeline.workbook.sheet import LETTERS
from pipeline.workbook.texts import escaped

_KEPT: Final = 256
"""So many stencils are kept as XML: all forms and checks of a few kinds of units."""


class Slot(NamedTuple):
    """A cell with a formula: its place, and its XML after the style up to the value, by the kind of value."""

    place: int
    before_text: bytes
    before_number: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A stencil in XML: by place how the cell begins, and the cells with formulas."""

    begins: tuple[bytes, ...]
    slots: tuple[Slot, ...]


@lru_cache(maxsize=_KEPT)
def cut(stencil: Stencil) -> Cut:
    """The XML of a stencil, but for what differs from book to book: the numbers of styles and texts."""
    letters = LETTERS[stencil.col : stencil.col + stencil.width]
    begins = tuple(f'<c r="{letter}{row + 1}'.encode() for row in stencil.rows for letter in letters)
    slots = compress(enumerate(stencil.formulas), stencil.formulas)
    return Cut(begins, tuple(_slot(place, text) for place, text in slots))


def _slot(place: int, text: str) -> Slot:
    formula = b"><f>" + escaped(text.removeprefix("=")).encode() + b"</f><v>"
    return Slot(place, b' t="str"' + formula, formula)
