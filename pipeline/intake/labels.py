"""Labels as people copy and retype them: which spellings are one and the same label, and which are close."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

LONGEST: Final = 400
"""No label is longer; what is longer is prose, and is not looked at."""

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_VOWEL_MARKS: Final = "\u0302\u0306\u031b"
_TONE_TOO_EARLY: Final = re.compile(
    rf"(?:(?<=o)([{_TONES}])([ae])|(?<=u)([{_TONES}])(y))(?![{_TONES}{_VOWEL_MARKS}])"
)
_SAME: Final = str.maketrans(
    {
        "\N{LATIN CAPITAL LETTER ETH}": "\N{LATIN CAPITAL LETTER D WITH STROKE}",
        "\N{LATIN SMALL LETTER ETH}": "\N{LATIN SMALL LETTER D WITH STROKE}",
        "\N{LATIN CAPITAL LETTER AFRICAN D}": "\N{LATIN CAPITAL LETTER D WITH STROKE}",
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    }
)
_NUMBERING: Final = re.compile(
    r"(?:[-+*\u2022\u00b7]|\(?\d{1,2}(?:\.\d{1,2})*(?:[.)]|[-/](?!\d)|(?=\s))|[a-z\u0111][.)]|[ivx]{1,5}[./)])\s*"
)
_DEEPEST_NUMBERING: Final = 3
_AROUND: Final = re.compile(r"\s*([-/,;:.()])\s*")
_ASIDE: Final = re.compile(r"\([^()]*\)")
_MOST_TYPOS: Final = 2
_LEAST_ALIKE: Final = 85.0


def plain_label(text: str) -> str:
    """A label without what people change about it: case, spaces, numbering, dashes, where a tone stands."""
    return _plain(text[:LONGEST])  # so that no text of a hostile file is remembered as a whole


@lru_cache(maxsize=2**15)
def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_SAME).casefold()
    text = _TONE_TOO_EARLY.sub(_tone_last, unicodedata.normalize("NFD", text))
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return _without_numbering(_AROUND.sub(r"\1", text)).strip(" .:;,")


@lru_cache(maxsize=2**12)
def is_close(one: str, other: str) -> bool:
    """Whether two plain labels say the same but for accents, a remark in brackets or a slip of the keyboard.

    The digits must be the same ones, and no word may be another word: "received" is never "refused".
    """
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    if _without_accents(one) == _without_accents(other):
        return True
    short, long = sorted((_ASIDE.sub("", one).strip(), _ASIDE.sub("", other).strip()), key=len)
    if short and short == long:
        return True
    return _has_slips_only(one, other)


def _tone_last(match: re.Match[str]) -> str:
    return (match[2] or match[4]) + (match[1] or match[3])


def _without_numbering(text: str) -> str:
    for _ in range(_DEEPEST_NUMBERING):
        match = _NUMBERING.match(text)
        if match is None or match.end() == len(text):
            break
        text = text[match.end() :]
    return text


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _has_slips_only(one: str, other: str) -> bool:
    """At most two words differ, each by one letter, and the labels as a whole are alike."""
    mine, others = one.split(), other.split()
    if len(mine) != len(others) or fuzz.ratio(one, other) < _LEAST_ALIKE:
        return False
    pairs = [(a, b) for a, b in zip(mine, others, strict=True) if a != b]
    return len(pairs) <= _MOST_TYPOS and all(
        min(len(a), len(b)) > 1 and Levenshtein.distance(a, b, score_cutoff=1) <= 1 for a, b in pairs
    )
