"""Which rows of a sheet are which rows of a form, told by their labels and by the order of the neighbours.

Nothing is taken that could be read in two ways: a row is placed only if it stands at the same place in
every alignment that explains the sheet about as well as the best one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from pipeline.intake.labels import is_close

_EQUAL, _CLOSE, _MEASURE = 1.0, 0.8, 0.1
_MARGIN: Final = 0.05
_LARGEST: Final = 250_000
"""The most pairs of rows that are compared in one stretch; beyond that a sheet is no form."""

Choices = Mapping[int, float]
"""Rows of the form that a row of the sheet may be, with how well they fit."""


@dataclass(frozen=True, slots=True)
class Line:
    """What tells a row of a form or of a sheet from others. Plain texts; empty where it is not known.

    ``level`` is the id of the level, ``number`` the running number (STT).
    """

    label: str
    level: str = ""
    measure: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Aligned:
    """``sure``: by row of the sheet the row of the form. ``unsure``: rows that fit more than one way."""

    sure: Mapping[int, int]
    unsure: frozenset[int]


@dataclass(slots=True)
class _State:
    sure: dict[int, int] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)


def align(sheet: Sequence[Line], form: Sequence[Line], pinned: Mapping[int, int]) -> Aligned:
    """Place the rows of a sheet. ``pinned`` are those whose keys say where they belong.

    Without pinned rows, those whose label stands once in the form and once on the sheet are placed first,
    in whatever order they stand; the others only between them, and only if these keep the form's order.
    """
    choices = {i: _choices(line, form) for i, line in enumerate(sheet) if i not in pinned}
    fixed = dict(pinned) or _unique(sheet, form, choices)
    state = _State(sure=dict(fixed))
    order = [j for _, j in sorted(fixed.items())]
    if any(a >= b for a, b in pairwise(order)):
        state.unsure = {i for i, fits in choices.items() if fits and i not in fixed}
    else:
        _fill_gaps(len(sheet), len(form), choices, fixed, state)
        _doubt(choices, fixed, state)
    return Aligned(state.sure, frozenset(state.unsure))


def _choices(line: Line, form: Sequence[Line]) -> dict[int, float]:
    """The rows of the form that fit: equal labels before close ones, equal numbers before others."""
    if not line.label:
        return {}
    fits = {j: _EQUAL for j, other in enumerate(form) if other.label == line.label}
    if not fits:
        fits = {j: _CLOSE for j, other in enumerate(form) if is_close(line.label, other.label)}
    fits = {j: fit for j, fit in fits.items() if not line.level or form[j].level == line.level}
    numbered = {j: fit for j, fit in fits.items() if line.number and form[j].number == line.number}
    return {
        j: fit + (_MEASURE if line.measure and line.measure == form[j].measure else 0.0)
        for j, fit in (numbered or fits).items()
    }


def _unique(sheet: Sequence[Line], form: Sequence[Line], choices: Mapping[int, Choices]) -> dict[int, int]:
    """Rows of the sheet whose label stands nowhere else on it, and only once (at its level) in the form."""
    labels = Counter((line.label, line.level) for line in form)
    wanted = Counter(j for fits in choices.values() for j in fits)
    fixed = {}
    for i, fits in choices.items():
        if len(fits) == 1:
            (j,) = fits
            is_equal = sheet[i].label == form[j].label
            if is_equal and wanted[j] == 1 and labels[form[j].label, form[j].level] == 1:
                fixed[i] = j
    return fixed


def _fill_gaps(
    rows: int, lines: int, choices: Mapping[int, Choices], fixed: Mapping[int, int], state: _State
) -> None:
    marks = [(-1, -1), *sorted(fixed.items()), (rows, lines)]
    for (i, j), (k, m) in pairwise(marks):
        stretch = [
            (row, {line: fit for line, fit in choices[row].items() if j < line < m})
            for row in range(i + 1, k)
            if choices.get(row)
        ]
        if stretch and m - j > 1:
            _fill_stretch([(row, fits) for row, fits in stretch if fits], range(j + 1, m), state)


def _doubt(choices: Mapping[int, Choices], fixed: Mapping[int, int], state: _State) -> None:
    """A row that found no place although the form has its label: then its namesakes may be in its place."""
    left_over = choices.keys() - state.sure.keys() - state.unsure
    claimed = {line for row in left_over for line in choices[row]}
    doubtful = {row for row in state.sure.keys() - fixed.keys() if not claimed.isdisjoint(choices[row])}
    state.unsure |= doubtful
    for row in doubtful:
        del state.sure[row]


def _fill_stretch(stretch: Sequence[tuple[int, Choices]], lines: range, state: _State) -> None:
    if len(stretch) * len(lines) > _LARGEST:
        state.unsure.update(row for row, _ in stretch)
        return
    before = _best(stretch, lines)
    backwards = [(row, {-line: fit for line, fit in fits.items()}) for row, fits in reversed(stretch)]
    after = _best(backwards, [-line for line in reversed(lines)])
    best = before[-1][-1]
    places = dict(_good_places(stretch, lines, (before, after)))
    taken = Counter(line for found in places.values() for line in found)
    for at, (row, _) in enumerate(stretch):
        found = places.get(at, [])
        rest = after[len(stretch) - at - 1]
        without = max(before[at][j] + rest[len(lines) - j] for j in range(len(lines) + 1))
        if len(found) == 1 and taken[found[0]] == 1 and without < best - _MARGIN:
            state.sure[row] = found[0]
        elif found:
            state.unsure.add(row)


def _best(stretch: Sequence[tuple[int, Choices]], lines: Sequence[int]) -> list[list[float]]:
    """``[i][j]``: how well the first ``i`` rows fit the first ``j`` lines at best, in order."""
    table = [[0.0] * (len(lines) + 1)]
    for _, fits in stretch:
        above, row = table[-1], [0.0]
        for j, line in enumerate(lines, start=1):
            paired = above[j - 1] + fits[line] if line in fits else 0.0
            row.append(max(above[j], row[j - 1], paired))
        table.append(row)
    return table


def _good_places(
    stretch: Sequence[tuple[int, Choices]], lines: range, tables: tuple[list[list[float]], list[list[float]]]
) -> Iterator[tuple[int, list[int]]]:
    """For each row the lines at which it stands in some alignment that is about as good as the best."""
    before, after = tables
    best = before[-1][-1]
    for at, (_, fits) in enumerate(stretch):
        rest = after[len(stretch) - at - 1]
        yield (
            at,
            [
                line
                for j, line in enumerate(lines)
                if line in fits and before[at][j] + fits[line] + rest[len(lines) - j - 1] >= best - _MARGIN
            ],
        )
