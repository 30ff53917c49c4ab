"""Addresses of cells, rows and columns counting from 1."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_ADDRESS: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", re.ASCII)


@cache
def column_number(letters: str) -> int:
    """``"A"`` -> 1, ``"AA"`` -> 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


@cache
def column_name(number: int) -> str:
    """1 -> ``"A"``, 27 -> ``"AA"``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """(12, 6) -> ``"F12"``."""
    return f"{column_name(column)}{row}"


def split_address(address: str) -> tuple[str, int] | None:
    """``"F12"`` -> ("F", 12); None for what is no address."""
    match = _ADDRESS.fullmatch(address)
    return (match[1], int(match[2])) if match else None
