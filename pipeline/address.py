"""Cell addresses, as Excel writes them. Rows and columns count from 1."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_ADDRESS: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", re.ASCII)


@cache
def column_letters(column: int) -> str:
    """``1`` -> ``A``, ``27`` -> ``AA``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """``A`` -> ``1``, ``AA`` -> ``27``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def a1(row: int, column: int) -> str:
    """The address of a cell, such as ``F12``; empty where either is 0, which is nowhere."""
    return f"{column_letters(column)}{row}" if row and column else ""


def split_address(address: str) -> tuple[str, int] | None:
    """``F12`` or ``$F$12`` -> ``("F", 12)``; None for what is no address."""
    match = _ADDRESS.fullmatch(address)
    return (match[1], int(match[2])) if match else None
