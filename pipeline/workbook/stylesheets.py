"""The part of a file that says what styles look like: kept for books that use the same in the same order."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from xlsxwriter.workbook import Workbook

from pipeline.workbook.styles import PlainFormat

_KEPT: Final = 64
"""So many of these parts are kept; each has some ten thousand letters."""

_known: Final[dict[Hashable, str]] = {}


def styles_key(workbook: Workbook) -> Hashable:
    """All that the part follows from: looks in their order, and the font of whatever has none."""
    font = tuple(sorted(workbook.default_format_properties.items()))
    return font, workbook.has_comments, _looks(workbook.xf_formats), _looks(workbook.dxf_formats)


def known_styles(key: Hashable) -> str | None:
    """The part as it was made for another book, if one is kept."""
    return _known.get(key)


def keep_styles(key: Hashable, xml: str) -> None:
    """Keep the part of a book; the one that was kept first goes where there are too many."""
    if len(_known) >= _KEPT:
        del _known[next(iter(_known))]
    _known[key] = xml


def _looks(formats: list[PlainFormat]) -> tuple[PlainFormat | None, ...]:
    """What each format is a copy of; None for those that every book has."""
    return tuple(getattr(one, "look", None) for one in formats)
