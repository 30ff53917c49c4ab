"""The columns of words beside the figures: labels, levels, measures, running numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.intake.align import Line
from pipeline.intake.labels import LONGEST, plain_label
from pipeline.intake.values import Grid
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

    def line(self, grid: Grid, row: int, words: FormWords) -> Line:
        """What tells one row of the sheet from others."""
        level = _plain(grid, row, self.level)
        number = grid.text(row, self.number).strip(" .)") if self.number else ""
        return Line(
            _plain(grid, row, self.label),
            words.levels.get(level, ""),
            _plain(grid, row, self.measure),
            number if _NUMBER.fullmatch(number) else "",
        )


def find_sides(grid: Grid, words: FormWords, rows: Iterable[int]) -> Sides:
    """The columns in which most of the rows show words of the form."""
    labels = frozenset(words.labels.values())
    kinds = (("label", labels), ("level", words.levels), ("measure", words.measures))
    counts: dict[str, Counter[int]] = {name: Counter() for name, _ in kinds}
    for row in rows:
        for column, value in grid.texts.get(row, ()):
            text = plain_label(value)
            for name, known in kinds:
                if text in known:
                    counts[name][column] += 1
    found: dict[str, int] = {}
    for name, held in counts.items():
        best = max(
            ((count, -column) for column, count in held.items() if column not in found.values()),
            default=(0, 0),
        )
        found[name] = -best[1] if best[0] else 0
    return Sides(**found)


def texts_of(grid: Grid, most_rows: int) -> set[str]:
    """Every text of the first rows of a sheet, plain."""
    return {
        plain_label(value)
        for row in grid.row_numbers[:most_rows]
        for _, value in grid.texts.get(row, ())
        if len(value) < LONGEST
    }


def _plain(grid: Grid, row: int, column: int) -> str:
    value = grid.value(row, column) if column else None
    return plain_label(value) if isinstance(value, str) else ""
