"""What a text in a number cell says: a number as Vietnamese staff write it, a sign, or neither.

The dot groups thousands and the comma begins the decimals. A dot that cannot group thousands ("12.5") begins
decimals, as on an English keyboard. A comma before exactly three digits stays a decimal comma: in a count
that is a fraction, and so a finding, never a guess at a thousand. A word such as "about" before a number
leaves the number as it is, and marks it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.model import Measure, ObsStatus

_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD))
_WHOLE = re.compile(r"\d+")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+|\d{1,3}(?:'\d{3})+|\d{1,3}(?:,\d{3}){2,}")
_COMMA = re.compile(r"(\d{1,3}(?:[. ]\d{3})+|\d+),(\d+)")
_DOT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)\.(\d+)")
_NUMBER = re.compile(r"[-−+]?\d[\d., ']*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. ``value`` is None unless it is a number; ``status`` is None unless it is a sign."""

    value: float | None = None
    status: ObsStatus | None = None
    is_approximate: bool = False


def read_text(
    text: str, measure: Measure, signs: Mapping[str, ObsStatus], approximate: Collection[str] = ()
) -> Reading:
    """Read one text. Neither value nor status: it is not understood.

    A unit of measure after the number is understood when it is the row's own, or a spelling of it.
    ``approximate`` are words, in their normal form, one of which may stand before a number without a sign.
    """
    plain = normalise(text)
    status = _signs(tuple(signs.items())).get(plain)
    if status is not None:
        return Reading(status=status)
    figure = _after_word(plain, approximate)
    value = _with_measure(figure, measure)
    if figure != plain and (value is None or (measure.decimals == 0 and value % 1)):
        return Reading()
    return Reading(value=value, is_approximate=figure != plain)


def read_number(text: str) -> float | None:
    """The number that a text of digits and separators says, or None where it says none for certain."""
    sign = -1.0 if text[:1] in ("-", "\N{MINUS SIGN}") else 1.0
    digits = text.lstrip("-+\N{MINUS SIGN}").strip()
    if _WHOLE.fullmatch(digits):
        return sign * float(digits)
    if _GROUPED.fullmatch(digits) and not digits.startswith("0"):
        return sign * float(re.sub(r"\D", "", digits))
    for pattern in (_COMMA, _DOT):
        match = pattern.fullmatch(digits)
        if match:
            return sign * float(re.sub(r"\D", "", match[1]) + "." + match[2])
    return None


def normalise(text: str) -> str:
    """Composed letters, plain digits and spaces, no invisible characters, lower case, no outer spaces."""
    composed = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    plain = composed if composed.isascii() else "".join(map(_plain, composed))
    return " ".join(plain.split()).casefold()


def _after_word(plain: str, words: Collection[str]) -> str:
    """What follows one of the words where that is a digit; else all of it."""
    for word in sorted(filter(plain.startswith, words), key=len, reverse=True):
        rest = plain.removeprefix(word).lstrip()
        if rest[:1].isdigit():
            return rest
    return plain


def _with_measure(plain: str, measure: Measure) -> float | None:
    match = _NUMBER.match(plain)
    if not match:
        return None
    rest = plain[match.end() :].strip()
    if rest and rest not in _spellings(measure):
        return None
    value = read_number(match.group().strip())
    return value if value is not None and math.isfinite(value) else None


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character.isspace():
        return " "
    if character.isdecimal() and not character.isascii():
        return str(unicodedata.decimal(character))
    if unicodedata.east_asian_width(character) == "F":
        return unicodedata.normalize("NFKC", character)
    return character


@lru_cache(maxsize=8)
def _signs(signs: tuple[tuple[str, ObsStatus], ...]) -> dict[str, ObsStatus]:
    return {normalise(text): status for text, status in signs}


@lru_cache(maxsize=256)
def _spellings(measure: Measure) -> frozenset[str]:
    return frozenset(normalise(text) for text in (measure.unit_measure, *measure.spellings))
