"""Where cells lead. A jump lies over its cell: value, formula and style stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
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
        location = f' location="{_begun(jump.sheet)}{_attribute(jump.cell)}"' if jump.sheet else ""
        display = "" if jump.file else ' display=""'
        links[jump.row, jump.col] = jump.file, f"{location}{_tooltip(jump.tip)}{display}"
    if len(links) > MOST_JUMPS:
        raise ValueError(f"{worksheet.get_name()}: {len(links)} links, a sheet takes {MOST_JUMPS}")


def reference(sheet: str, cell: str) -> str:
    """A range of a sheet as a link names it."""
    return "'" + sheet.replace("'", "''") + f"'!{cell}"


def attributes(place: str, shown: str) -> str:
    """The attributes of a link within the workbook in XML; ``shown`` is the text that it repeats."""
    return f' location="{_attribute(place)}" display="{_attribute(shown)}"'


@lru_cache(maxsize=1024)
def _begun(sheet: str) -> str:
    """How the target of a link begins in XML: thousands of links lead to the same few sheets."""
    return _attribute(reference(sound(sheet), ""))


@lru_cache(maxsize=1024)
def _tooltip(tip: str) -> str:
    """What is shown when someone points at a link, as an attribute: thousands of links say the same."""
    return f' tooltip="{_attribute(sound(tip)[:LONGEST_TIP])}"' if tip else ""


def _attribute(text: str) -> str:
    return escape(text, _ENTITIES) if _UNSAFE.search(text) else text
