"""How wide the columns of a table must be, and the largest letters with which it still fits the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipeline.document.appendix import LEADING, Appendix

_MM: Final = 25.4 / 72
_STEP: Final = 0.5
_NARROW: Final = frozenset(";:'|!()[]ijlt\u00a0 -/")
_SLACK: Final = 0.3
"""Millimetres by which a column is wider than it must be: fonts that stand in for the right one are wider."""
_UNBROKEN: Final = 10
"""A text of so many letters stands on one line, except in the column of names; levels always do."""
_NAME: Final = 1
"""The column of the indicators' names."""


def table_layout(appendix: Appendix, room: float, theme: Mapping[str, float]) -> tuple[float, list[float]]:
    """The size of a table's letters in points, and the widths of its columns in millimetres.

    The letters are as large as the page allows; what the other columns leave is for the names.
    """
    ems = needed_ems(appendix)
    size = theme["table_largest"]
    widths = _widths(ems, size, theme)
    while size > theme["table_least"] and room - sum(widths) + widths[_NAME] < theme["name_least"]:
        size -= _STEP
        widths = _widths(ems, size, theme)
    widths[_NAME] = max(room - sum(widths) + widths[_NAME], theme["name_least"])
    return size, widths


def needed_ems(appendix: Appendix) -> list[float]:
    """What each column needs, in ems, so that no word and no figure in it is broken."""
    return [
        max(_longest_word(_held(appendix, col)), _longest_word([label]))
        for col, label in enumerate(appendix.labels)
    ]


def _widths(ems: Sequence[float], size: float, theme: Mapping[str, float]) -> list[float]:
    return [em * size * _MM + 2 * theme["padding"] + _SLACK for em in ems]


def _held(appendix: Appendix, col: int) -> Iterable[str]:
    """The texts of a column that may be its widest; short ones never break, so that rows stay low."""
    if col >= LEADING:
        place = col - LEADING
        if place < len(appendix.labels) - LEADING - 1:
            return [max((line.figures[place].text for line in appendix.lines), key=len, default="")]
        return [max((line.coverage.text for line in appendix.lines), key=len, default="")]
    texts = {(line.number, line.name, line.measure, line.level)[col] for line in appendix.lines}
    if col == _NAME:
        return texts
    is_level = col == LEADING - 1
    return [text.replace(" ", "\u00a0") if is_level or len(text) <= _UNBROKEN else text for text in texts]


def _longest_word(texts: Iterable[str]) -> float:
    """The width of the longest word in ems, as if it were bold."""
    return max((_em(word) for text in texts for word in text.split(" ")), default=0.0)


def _em(word: str) -> float:
    """About the width of a word in a bold serif face, in ems; its digits are as wide as plain ones."""
    return sum(0.25 if c in ".," else 0.34 if c in _NARROW else _wide(c) for c in word)


def _wide(letter: str) -> float:
    return 0.74 if letter.isupper() else 0.5 if letter.isdigit() else 0.55
