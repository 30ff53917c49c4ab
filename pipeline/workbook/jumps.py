"""Where cells lead. A jump lies over its cell: value, formula and style stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape

from pipeline.book import MOST_JUMPS, Jump
from pipeline.workbook.rows import sound
from pipeline.workbook.sheet import PlainSheet

LONGEST_TIP: Final = 255
"""Characters that Excel takes; a longer tip makes it refuse the whole file."""

LONGEST_TARGET: Final = 2079
"""Characters of an address that Excel takes; a longer one makes it refuse the whole file."""


_UNSAFE: Final = re.compile('["&<>\\n]')
_ENTITIES: Final = {'"': "&quot;", "\n": "&#xA;"}
"""What ``escape`` replaces in an attribute besides the signs that no text may have."""


def lay_jumps(worksheet: PlainSheet, jumps: Iterable[Jump]) -> None:
    """Let cells lead to their targets. Raises ValueError for more of them than a sheet can have.

    An address that is too long for Excel is left out: the cell beside it still names file, sheet and row.
    """
    links = worksheet.links
    for jump in jumps:
        if len(jump.file) > LONGEST_TARGET:
            continue
        place = reference(sound(jump.sheet), jump.cell) if jump.sheet else ""
        tip = sound(jump.tip)[:LONGEST_TIP]
        shown = None if jump.file else ""
        links[jump.row, jump.col] = jump.file, attributes(place, tip, shown)
    if len(links) > MOST_JUMPS:
        raise ValueError(f"{worksheet.get_name()}: {len(links)} links, a sheet takes {MOST_JUMPS}")


def reference(sheet: str, cell: str) -> str:
    """A range of a sheet as a link names it."""
    return "'" + sheet.replace("'", "''") + f"'!{cell}"


def attributes(place: str, tip: str = "", shown: str | None = None) -> str:
    """The attributes of a link in XML; ``shown`` is the text that a link within the workbook repeats."""
    location = f' location="{_attribute(place)}"' if place else ""
    tooltip = f' tooltip="{_attribute(tip)}"' if tip else ""
    display = "" if shown is None else f' display="{_attribute(shown)}"'
    return f"{location}{tooltip}{display}"


def _attribute(text: str) -> str:
    return escape(text, _ENTITIES) if _UNSAFE.search(text) else text
