"""How the cells of an xlsx look, as far as it changes what they say: older fonts, and shown as per cent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.intake.letters import encoding_of_font
from pipeline.intake.normal import MAIN, new_parser

_PERCENT_IDS: Final = ("9", "10")
"""Number formats that every program knows without their being listed."""

_TELLING: Final = (
    *(b"%", b'numFmtId="9"', b'numFmtId="10"'),
    *(b'".v', b'".V', b'"vni', b'"Vni', b'"VNI', b"\"'."),
    *(b"='", b"\x00"),
)
"""What a table of looks has that is worth taking apart: nearly none. At the end what is spelled unusually."""

_QUOTED: Final = re.compile(r'"[^"]*"|\\.|_.|\*.')


@dataclass(frozen=True, slots=True)
class Look:
    """A look that tells something. ``encoding`` is that of an older font, else empty."""

    encoding: str = ""
    is_percent: bool = False


Looks = Mapping[str, Look]
"""The telling looks by their number, in digits as cells name them."""
NO_LOOKS: Final[Looks] = {}


def telling_looks(xml: bytes) -> Looks:
    """The looks that tell something; none in nearly every workbook. Raises ExpatError, Unreadable."""
    if not any(sign in xml for sign in _TELLING):
        return NO_LOOKS
    table = _Table()
    table.parser.Parse(xml, True)
    return {
        str(number): look
        for number, (font, number_format) in enumerate(table.cells)
        if (look := Look(table.encoding(font), number_format in table.percents)) != Look()
    }


def is_percent_format(number_format: str) -> bool:
    """Whether numbers of this format are shown a hundred times as large, with the sign of per cent."""
    return "%" in number_format and "%" in _QUOTED.sub("", number_format)


class _Table:
    """The fonts, number formats and looks of cells, in the order in which the part lists them."""

    def __init__(self) -> None:
        self.fonts: list[str] = []
        self.percents: set[str] = set(_PERCENT_IDS)
        self.cells: list[tuple[str, str]] = []
        self.path: list[str] = []
        self.parser = new_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = lambda _: self.path.pop()

    def encoding(self, font: str) -> str:
        """The encoding of a font by its number."""
        known = font.isdecimal() and int(font) < len(self.fonts)
        return encoding_of_font(self.fonts[int(font)]) if known else ""

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self.path.append(local if space in MAIN else "")
        match self.path[1:]:
            case ["fonts", "font"]:
                self.fonts.append("")
            case ["fonts", "font", "name"]:
                self.fonts[-1] = attributes.get("val", "")
            case ["numFmts", "numFmt"]:
                self._note_format(attributes)
            case ["cellXfs", "xf"]:
                self.cells.append((attributes.get("fontId", ""), attributes.get("numFmtId", "")))

    def _note_format(self, attributes: Mapping[str, str]) -> None:
        change = (
            self.percents.add
            if is_percent_format(attributes.get("formatCode", ""))
            else self.percents.discard
        )
        change(attributes.get("numFmtId", ""))
