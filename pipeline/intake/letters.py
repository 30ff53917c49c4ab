"""The encodings of the older Vietnamese fonts: their tables, and which font has which."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_TABLES: Final = Path(__file__).with_name("letters.toml")
_LAST_OF_LATIN_1: Final = "\u00ff"


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """One encoding: how the names of its fonts begin, and its table.

    ``strange`` finds what no Vietnamese text in Unicode has. Signs of two characters are read as one letter
    wherever they stand together.
    """

    name: str
    fonts: tuple[str, ...]
    letters: Mapping[str, str]
    codes: re.Pattern[str]
    strange: re.Pattern[str]

    def decoded(self, text: str) -> str:
        """The text as its fonts show it."""
        return self.codes.sub(lambda match: self.letters[match[0]], text)


@lru_cache(maxsize=1)
def encodings() -> Mapping[str, Encoding]:
    """All encodings that are known, by name."""
    tables = tomllib.loads(_TABLES.read_text(encoding="utf-8"))
    return {name: _encoding(name, table) for name, table in tables.items()}


def encoding_of_font(font: str) -> str:
    """The encoding whose letters a font shows; empty for a font of today."""
    small = font.strip("'\" ").casefold()
    return next((e.name for e in encodings().values() if small.startswith(e.fonts)), "")


@lru_cache(maxsize=1)
def letters_of_today() -> re.Pattern[str]:
    """Finds the letters that only Unicode has: no text of an older encoding holds one."""
    letters = {letter for e in encodings().values() for letter in e.letters.values()}
    return re.compile(f"[{''.join(sorted(letter for letter in letters if letter > _LAST_OF_LATIN_1))}]")


def _encoding(name: str, table: Mapping[str, str]) -> Encoding:
    letters = dict(zip(table["codes"].split(), table["letters"].split(), strict=True))
    for code, letter in list(letters.items()):
        if len(code) > 1 and code[0].isupper():  # the first letter of a word, its sign in small letters
            letters.setdefault(code[0] + code[1:].lower(), letter)
    usual = {letter for letter in letters.values() if letter <= _LAST_OF_LATIN_1}
    by_length = sorted(letters, key=len, reverse=True)
    strange = [code for code in by_length if code not in usual]
    return Encoding(name, tuple(table["fonts"]), letters, _any_of(by_length), _any_of(strange))


def _any_of(codes: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, codes)))
