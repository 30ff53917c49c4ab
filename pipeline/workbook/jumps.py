"""Where cells lead. A jump lies over its cell: value, formula and style stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from xlsxwriter.url import Url, UrlTypes
from xlsxwriter.worksheet import Worksheet

from pipeline.book import MOST_JUMPS, Jump
from pipeline.workbook.rows import sound

LONGEST_TIP: Final = 255
"""Characters that Excel takes; a longer tip makes it refuse the whole file."""

LONGEST_TARGET: Final = 2079
"""Characters of an address that Excel takes; a longer one makes it refuse the whole file."""


def lay_jumps(worksheet: Worksheet, jumps: Iterable[Jump]) -> None:
    """Let cells lead to their targets. Raises ValueError for more of them than a sheet can have.

    An address that is too long for Excel is left out: the cell beside it still names file, sheet and row.
    """
    links: dict[int, dict[int, Any]] = worksheet.hyperlinks
    count = sum(len(row) for row in links.values())
    for jump in jumps:
        if len(jump.file) > LONGEST_TARGET:
            continue
        links[jump.row][jump.col] = _target(jump)
        count += 1
    if count > MOST_JUMPS:
        raise ValueError(f"{worksheet.get_name()}: {count} links, a sheet takes {MOST_JUMPS}")


def reference(sheet: str, cell: str) -> str:
    """A range of a sheet as a link names it."""
    return "'" + sheet.replace("'", "''") + f"'!{cell}"


def _target(jump: Jump) -> Url:
    """The jump as the library keeps a link, without its parsing of what we know already."""
    place = reference(sound(jump.sheet), jump.cell) if jump.sheet else ""
    url = Url.__new__(Url)
    url._link_type = UrlTypes.EXTERNAL if jump.file else UrlTypes.INTERNAL
    url._link = url._anchor = place
    url._relationship_link = jump.file or f"#{place}"
    url._text = ""
    url._tip = sound(jump.tip)[:LONGEST_TIP]
    url._is_object_link = False
    url._rel_index = 0
    return url
