"""Cell addresses, as Excel writes them. Rows and columns count from 1."""

from __future__ import annotations


def column_letters(column: int) -> str:
    """``1`` -> ``A``, ``27`` -> ``AA``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """``A`` -> ``1``, ``AA`` -> ``27``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def a1(row: int, column: int) -> str:
    """The address of a cell, such as ``F12``; empty where either is 0, which is nowhere."""
    return f"{column_letters(column)}{row}" if row and column else ""
