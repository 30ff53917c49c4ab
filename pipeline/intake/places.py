"""Addresses of cells, rows and columns counting from 1."""

from __future__ import annotations

from functools import cache


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
