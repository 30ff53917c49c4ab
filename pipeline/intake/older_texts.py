"""Texts in the encodings of the older Vietnamese fonts: recognised by font or letters, read as Unicode.

A text is converted where the conversion makes words of the campaign out of what were none. A wrong guess
could only fail to match: what a unit typed is kept beside it, and every conversion is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.intake.facts import Converted, Place
from pipeline.intake.labels import LONGEST, plain_label
from pipeline.intake.letters import encodings, letters_of_today
from pipeline.intake.values import Grid
from pipeline.model import ReadProblem, SheetCells

_WORD: Final = re.compile(r"[^\W\d_]+")


def in_unicode(grid: Grid, campaign: Campaign) -> Grid:
    """The sheet with the texts of older encodings converted; the same sheet where it has none."""
    found: dict[Place, Converted] = {}
    fonts = grid.facts.fonts
    if not fonts and not _any_older(grid, campaign):
        return grid
    for y, texts in grid.texts.items():
        for x, value in texts:
            if not value.isascii():
                font = fonts.get((y, x), "") if fonts else ""
                encoding = _encoding_of(value, font, campaign)
                if encoding:
                    found[y, x] = Converted(value, encoding, bool(font))
    if not found:
        return grid
    rows = [list(row) for row in grid.rows]
    for (y, x), one in found.items():
        rows[y - grid.top][x - grid.left] = encodings()[one.encoding].decoded(_composed(one.typed))
    return replace(grid, rows=rows, converted=found)


def _any_older(grid: Grid, campaign: Campaign) -> bool:
    """Whether any text is of an older encoding by its letters; most texts stand on a sheet many times."""
    texts = {value for texts in grid.texts.values() for _, value in texts if not value.isascii()}
    return any(_encoding_of(value, "", campaign) for value in texts)


def conversions(grids: Iterable[Grid], sheets: Sequence[SheetCells]) -> Iterator[ReadProblem]:
    """What was converted: once for each row of figures, once for everything else on a sheet."""
    for grid in grids:
        mine = [sheet for sheet in sheets if sheet.sheet == grid.name]
        groups: dict[tuple[str, int, str], list[Place]] = {}
        for place, one in sorted(grid.converted.items()):
            held = [s for s in mine if place[0] in s.row_numbers and place[1] in s.column_numbers]
            form_id = (held or mine)[0].form_id if mine else ""
            groups.setdefault((form_id, place[0] if held else 0, one.encoding), []).append(place)
        for (form_id, _, encoding), places in groups.items():
            yield _told(grid, form_id, encoding, places)


def _told(grid: Grid, form_id: str, encoding: str, places: Sequence[Place]) -> ReadProblem:
    first, last = places[0], places[-1]
    one = grid.converted[first]
    values = {
        "reason": "find.encoding.font" if one.by_font else "find.encoding.letters",
        "encoding": encoding,
        "count": str(len(places)),
        "places": a1(*first) if first == last else f"{a1(*first)}…{a1(*last)}",
        "seen": one.typed.strip(),
        "expected": grid.text(*first),
        "read": grid.text(*first),
    }
    return ReadProblem("CELL-ENCODING", grid.name, a1(*first), form_id, values)


@lru_cache(maxsize=2**15)
def _encoding_of(text: str, font: str, campaign: Campaign) -> str:
    """The encoding in which a text is certainly typed; empty for one that is not, or may not be.

    The font decides between two readings that make equal sense; the letters alone must make sense in one
    encoding only, and less as they stand.
    """
    text = _composed(text[:LONGEST])
    if letters_of_today().search(text):
        return ""
    candidates = [encodings()[font]] if font else list(encodings().values())
    candidates = [e for e in candidates if (e.codes if font else e.strange).search(text)]
    if not candidates:
        return ""
    known = known_words(campaign)
    as_typed = _sense(text, known)
    sense = {e.name: _sense(e.decoded(text), known) for e in candidates}
    best = max(sense.values())
    made = [name for name, value in sense.items() if value == best]
    is_better = best >= as_typed if font else best > as_typed
    return made[0] if best and is_better and len(made) == 1 else ""


@lru_cache(maxsize=8)
def known_words(campaign: Campaign) -> frozenset[str]:
    """Every word of the campaign with a letter beyond ASCII, as plain labels spell it."""
    lists = (campaign.units, campaign.subordinates, campaign.indicators, campaign.levels)
    texts = {
        *(one.name for known in lists for one in known.values()),
        *(form.title for form in campaign.forms.values()),
        *(text for m in campaign.measures.values() for text in (m.unit_measure, *m.spellings)),
        *campaign.signs,
        *(text for words in campaign.words.values() for text in words.values()),
    }
    return frozenset(word for text in texts for word in _words(text))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(plain_label(text)) if not word.isascii()]


def _sense(text: str, known: frozenset[str]) -> int:
    """How many words of the campaign a text has, those in plain ASCII apart."""
    return sum(word in known for word in _words(text))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
