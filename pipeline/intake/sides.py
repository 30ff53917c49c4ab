"""The columns of words beside the figures: labels, levels, measures, running numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.intake.align import Line
from pipeline.intake.labels import LONGEST, plain_label
from pipeline.intake.values import Grid, as_text
from pipeline.intake.wording import FormWords

_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,3})*")


@dataclass(frozen=True, slots=True)
class Sides:
    """Which column holds what, counting from 1; 0 where no column does."""

    label: int = 0
    level: int = 0
    measure: int = 0

    @property
    def number(self) -> int:
        """The running numbers stand just before the labels."""
        return max(self.label - 1, 0)

    @property
    def known(self) -> frozenset[int]:
        """All of them."""
        return frozenset({self.label, self.level, self.measure, self.number} - {0})

    def lines(self, grid: Grid, rows: Sequence[int], words: FormWords) -> list[Line]:
        """What tells each of these rows of the sheet from others."""
        labels, levels, measures = (
            [value[:LONGEST] if isinstance(value, str) else "" for value in grid.column(rows, column)]
            for column in (self.label, self.level, self.measure)
        )
        numbers = [as_text(value) for value in grid.column(rows, self.number)]
        numbers = [number if len(number) <= LONGEST else "" for number in numbers]
        return [_line(words, *told) for told in zip(labels, levels, measures, numbers, strict=True)]


def find_sides(grid: Grid, words: FormWords, rows: Iterable[int]) -> Sides:
    """The columns in which most of the rows show words of the form."""
    counts: dict[str, Counter[int]] = {"label": Counter(), "level": Counter(), "measure": Counter()}
    for row in rows:
        for column, value in grid.texts.get(row, ()):
            for name in _shows(words, value[:LONGEST]):
                counts[name][column] += 1
    found: dict[str, int] = {}
    for name, held in counts.items():
        best = max(
            ((count, -column) for column, count in held.items() if column not in found.values()),
            default=(0, 0),
        )
        found[name] = -best[1] if best[0] else 0
    return Sides(**found)


@lru_cache(maxsize=2**14)
def _line(words: FormWords, label: str, level: str, measure: str, number: str) -> Line:
    number = number.strip(" .)")
    return Line(
        plain_label(label),
        words.levels.get(plain_label(level), ""),
        plain_label(measure),
        number if _NUMBER.fullmatch(number) else "",
    )


@lru_cache(maxsize=2**14)
def _shows(words: FormWords, text: str) -> tuple[str, ...]:
    """What a text is of a form: its label, level, measure; several where they are spelled alike."""
    plain = plain_label(text)
    labels = words.labels.values()
    kinds = (("label", labels), ("level", words.levels), ("measure", words.measures))
    return tuple(name for name, known in kinds if plain in known)


def texts_of(grid: Grid, most_rows: int) -> set[str]:
    """Every text of the first rows of a sheet, plain."""
    return {
        plain_label(value)
        for row in grid.row_numbers[:most_rows]
        for _, value in grid.texts.get(row, ())
        if len(value) < LONGEST
    }
