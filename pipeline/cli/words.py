"""The words of the command line before any campaign is loaded: for help, and for what goes wrong early."""

from __future__ import annotations

import sys
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent / "campaigns" / "nq25_2023" / "words"

LANGUAGES = ("vi", "en")


@lru_cache(maxsize=2)
def words_of(lang: str) -> dict[str, Any]:
    """The flat words of ``cli.<lang>.toml`` of the built-in campaign."""
    raw = tomllib.loads((_FOLDER / f"cli.{lang}.toml").read_text(encoding="utf-8"))
    flat: dict[str, Any] = {}

    def add(prefix: str, nested: dict[str, Any]) -> None:
        for name, value in nested.items():
            if isinstance(value, dict):
                add(f"{prefix}{name}.", value)
            else:
                flat[f"{prefix}{name}"] = value

    add("", raw)
    return flat


def asked_language(arguments: list[str] | None = None) -> str:
    """The language that the command line asks for, read before it is parsed: help is in it too."""
    given = sys.argv[1:] if arguments is None else arguments
    for i, argument in enumerate(given):
        value = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and i + 1 < len(given):
            value = given[i + 1]
        if value in LANGUAGES:
            return value
    return LANGUAGES[0]
