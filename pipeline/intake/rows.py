"""In which rows the indicators stand: by their keys, and by their labels where keys are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.intake.align import Line, align
from pipeline.intake.labels import is_close, plain_label
from pipeline.intake.sides import Sides
from pipeline.intake.values import Grid
from pipeline.intake.wording import FormWords

_BETWEEN: Final = "|"
CONTRADICTS, SHIFTED, UNSURE = "ROW-CONTRADICTS", "ROW-SHIFTED", "ROW-UNSURE"


@dataclass(frozen=True, slots=True)
class Keys:
    """The row keys of one sheet: their column (0 where there are none), and the key by row.

    ``foreign`` counts what looks like a key and is none of the campaign's.
    """

    column: int
    rows: Mapping[int, str]
    foreign: int


@dataclass(frozen=True, slots=True)
class Rows:
    """``places``: by key its rows. ``by_label``: rows that only their label told, with their keys.

    ``refused``: rows that are not taken, with the id of the reason; those with a key keep it in ``keys``.
    """

    places: Mapping[str, Sequence[int]]
    by_label: Mapping[int, str]
    refused: Mapping[int, str]


def find_keys(grid: Grid, campaign: Campaign) -> Keys:
    """The keys in the column that holds most of them, the first of equals."""
    found: dict[int, dict[int, str]] = {}
    foreign = 0
    for row in grid.row_numbers:
        for column, value in grid.texts.get(row, ()):
            if _BETWEEN in value:
                key = plain_key(value)
                indicator_id, _, level = key.partition(_BETWEEN)
                if indicator_id in campaign.indicators and level in campaign.levels:
                    found.setdefault(column, {})[row] = key
                else:
                    foreign += indicator_id.isascii() and indicator_id.isidentifier() and level.isidentifier()
    column = max(found, key=lambda name: (len(found[name]), -name), default=0)
    return Keys(column, found.get(column, {}), foreign)


def plain_key(text: str) -> str:
    """A text of the key column as a row key, without the spaces that someone may have typed into it."""
    return "".join(text.split())


def find_rows(grid: Grid, words: FormWords, keys: Keys, sides: Sides, head: frozenset[int]) -> Rows:
    """Where each row of the form stands. Rows of other forms' keys are left alone.

    Labels stand in for lost keys only while no key contradicts its label: else neither is to be trusted.
    """
    own = {row: key for row, key in keys.rows.items() if key.partition(_BETWEEN)[0] in words.labels}
    refused = _contradictions(grid, words, own, sides)
    places: dict[str, list[int]] = {}
    for row, key in own.items():
        if row not in refused:
            places.setdefault(key, []).append(row)
    held = set(own.values())
    by_label: dict[int, str] = {}
    if sides.label and not refused and not held.issuperset(words.keys):
        by_label, unsure = _by_label(grid, words, keys, (places, held), (sides, head))
        refused |= unsure
    for row, key in by_label.items():
        places.setdefault(key, []).append(row)
    return Rows(places, by_label, refused)


def _by_label(
    grid: Grid,
    words: FormWords,
    keys: Keys,
    keyed: tuple[Mapping[str, Sequence[int]], set[str]],
    where: tuple[Sides, frozenset[int]],
) -> tuple[dict[int, str], dict[int, str]]:
    """The rows without a key that are rows of the form, and those that may be more than one of them."""
    places, held = keyed
    lost = {line.label for key, line in zip(words.keys, words.lines, strict=True) if key not in held}
    order = {key: j for j, key in enumerate(words.keys)}
    pins = {rows[0]: order[key] for key, rows in places.items() if len(rows) == 1 and key in order}
    lines = _candidates(grid, words, keys, lost, where)
    rows = sorted({*lines, *pins})
    pinned = {i: pins[row] for i, row in enumerate(rows) if row in pins}
    aligned = align([lines.get(row, Line("")) for row in rows], words.lines, pinned)
    told = {rows[i]: words.keys[j] for i, j in aligned.sure.items() if i not in pinned}
    found = {row: key for row, key in told.items() if key not in held}
    return found, {rows[i]: UNSURE for i in aligned.unsure}


def _candidates(
    grid: Grid, words: FormWords, keys: Keys, lost: set[str], where: tuple[Sides, frozenset[int]]
) -> dict[int, Line]:
    """The labelled rows without anything like a key, unless their label is that of a row with a key."""
    sides, head = where
    labels = set(words.labels.values()) - lost
    rows = [
        row
        for row in grid.row_numbers
        if row not in head and row not in keys.rows and _BETWEEN not in grid.text(row, keys.column)
    ]
    lines = zip(rows, sides.lines(grid, rows, words), strict=True)
    return {row: line for row, line in lines if line.label and line.label not in labels}


def _contradictions(grid: Grid, words: FormWords, keyed: Mapping[int, str], sides: Sides) -> dict[int, str]:
    """Rows whose label or level is clearly another row's, and rows beside them that prove nothing.

    A label that the form has several times says little: next to keys that stand wrong it cannot vouch for
    its own key.
    """
    if not sides.label:
        return {}
    held = frozenset(keyed.values())
    signs = _all_signs(words, held)
    is_whole = held.issuperset(words.keys)
    refused: dict[int, str] = {}
    weak: list[int] = []
    is_beside = False
    rows = sorted(keyed)
    for row, line in zip(rows, sides.lines(grid, rows, words), strict=True):
        key = keyed[row]
        reason = _reason(grid, words, key, (row, line))
        if not is_whole and not reason and _is_numbered_as_namesake(words, key, line):
            reason = CONTRADICTS
        if reason:
            refused[row] = reason
            refused |= dict.fromkeys(weak, UNSURE)
            weak, is_beside = [], True
        elif _is_proven(words, key, line, signs):
            weak, is_beside = [], False
        elif is_beside:
            refused[row] = UNSURE
        else:
            weak.append(row)
    return refused


@lru_cache(maxsize=2**8)
def _all_signs(words: FormWords, held: frozenset[str]) -> Mapping[tuple[str, str], int]:
    """How many of the keys of a form, and of those that a sheet holds, show each sign."""
    return Counter(sign for key in held.union(words.keys) for sign in _signs(words, key))


@lru_cache(maxsize=2**14)
def _signs(words: FormWords, key: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """What a row shows of its key: its label, and its label at its level."""
    indicator_id, _, level = key.partition(_BETWEEN)
    label = words.labels[indicator_id]
    return (label, ""), (label, level)


def _reason(grid: Grid, words: FormWords, key: str, at: tuple[int, Line]) -> str:
    """Why a keyed row cannot be taken; empty where nothing speaks against it."""
    row, line = at
    _, (own, level) = _signs(words, key)
    if line.label == own or is_close(line.label, own):
        return CONTRADICTS if line.level and line.level != level else ""
    if line.label in words.labels.values():
        return CONTRADICTS
    shown = (grid.value(row, column) for column in grid.filled(row))
    is_elsewhere = any(isinstance(value, str) and plain_label(value) == own for value in shown)
    return SHIFTED if is_elsewhere else ""


def _is_numbered_as_namesake(words: FormWords, key: str, line: Line) -> bool:
    """Whether the running number is that of another row with the same label.

    Asked only where keys are gone: people renumber the rows of a sheet whose keys they left alone.
    """
    own = dict(zip(words.keys, words.lines, strict=True)).get(key)
    if own is None or not line.number or line.number == own.number:
        return False
    others = [other for other in words.lines if other.number == line.number]
    return any((other.label, other.level) == (own.label, own.level) for other in others)


def _is_proven(words: FormWords, key: str, line: Line, signs: Mapping[tuple[str, str], int]) -> bool:
    """Whether the label, or the label and the level, are those of this key and of no other key."""
    (label, _), at_level = _signs(words, key)
    if line.label != label:
        return False
    return signs[label, ""] == 1 or (line.level == at_level[1] and signs[at_level] == 1)
