"""How many lines a text takes in a column. Rows get their heights from it, so that nothing is cut off."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import ceil
from typing import Final

_PIXELS_PER_WIDTH: Final = 7.0
_PIXELS_PER_POINT: Final = 96 / 72
_LEADING: Final = 1.28
_NARROW: Final = frozenset("iljtfr.,;:!'|()[]-/ I")
_WIDE: Final = frozenset("mwMW%@—…")
_DIGITS: Final = frozenset("0123456789")

_LETTERS: Final = 1024
"""So many letters are kept; only a hostile file has more."""


def height(text: str, width: float, size: float, *, is_bold: bool = False) -> float:
    """The height in points of a text in a column of ``width`` characters, a little generous."""
    return line_count(text, width, size, is_bold=is_bold) * size * _LEADING + 2.5


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """The width in characters of a column that shows a text in one line."""
    em = size * _PIXELS_PER_POINT * (1.08 if is_bold else 1.0)
    return (sum(map(_ems, text)) * em + 9) / _PIXELS_PER_WIDTH


@lru_cache(maxsize=8192)
def line_count(text: str, width: float, size: float, *, is_bold: bool = False) -> int:
    """In how many lines a text breaks between its words."""
    room = max(width * _PIXELS_PER_WIDTH - 4, 1)
    em = size * _PIXELS_PER_POINT * (1.08 if is_bold else 1.0)
    return sum(_broken(paragraph, room, em) for paragraph in text.split("\n"))


def _broken(paragraph: str, room: float, em: float) -> int:
    lines, used = 1, 0.0
    for word in paragraph.split():
        length = sum(map(_ems, word)) * em
        if used and used + 0.25 * em + length > room:
            lines, used = lines + 1, 0.0
        lines += ceil(length / room) - 1 if length > room else 0
        used += length + (0.25 * em if used else 0.0)
    return lines


class _Widths(dict[str, float]):
    """The width of each letter in ems, as in Times and its kin."""

    def __missing__(self, letter: str) -> float:
        base = unicodedata.normalize("NFD", letter)[0]
        if base in _NARROW:
            wide = 0.31
        elif base in _WIDE:
            wide = 0.86
        else:
            wide = 0.68 if base.isupper() else 0.51 if base in _DIGITS else 0.49
        if len(self) < _LETTERS:
            self[letter] = wide
        return wide


_ems: Final = _Widths().__getitem__
