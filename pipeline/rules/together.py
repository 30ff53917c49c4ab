"""Many rules -> one check: for the few figures of one unit, where each check alone costs as much as hundreds.

It says what ``check`` says: the same sums in the same order, the same three results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.rules.check import (
    DECIMALS,
    FALSE,
    KNOWN,
    MISSING,
    NOT_APPLICABLE,
    NOT_EVALUATED,
    TRUE,
    Figures,
    Results,
    reached,
)
from pipeline.rules.language import Expression, Op, Reach, Side

Numbers = npt.NDArray[np.intp]

RowOf = Callable[[str], int]
"""Which row of the figures an indicator's are."""


class _Terms(NamedTuple):
    """The terms that stand at one place of their sides: of the first ``len(rows)`` sides, as sides lie."""

    rows: Numbers
    factors: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Rules over the same periods. Sides lie from the longest to the shortest.

    ``left`` and ``right`` say by link where its sides lie, ``ops`` which of them the link asks for (one row
    per operator, as in ``Op``); ``starts`` where the links of each rule begin.
    """

    terms: tuple[_Terms, ...]
    constants: npt.NDArray[np.float64]
    is_constant: npt.NDArray[np.bool_]
    left: Numbers
    right: Numbers
    ops: npt.NDArray[np.bool_]
    starts: Numbers

    def evaluate(self, now: Figures) -> Results:
        """Whether each rule holds in each period: TRUE, FALSE or NOT_EVALUATED."""
        if not self.starts.size:
            return np.empty((0, now.values.shape[1]), dtype=np.int8)
        totals, known = self._sides(now)
        difference = np.round(totals[self.left] - totals[self.right], DECIMALS)
        held = (difference == 0, difference <= 0, difference >= 0)
        holds = np.zeros(difference.shape, dtype=bool)
        for asked, so_held in zip(self.ops, held, strict=True):
            holds |= asked[:, None] & so_held
        told = known[self.left] & known[self.right]
        is_false = np.logical_or.reduceat(told & ~holds, self.starts, axis=0)
        is_true = np.logical_and.reduceat(told & holds, self.starts, axis=0)
        return np.where(is_false, FALSE, np.where(is_true, TRUE, NOT_EVALUATED)).astype(np.int8)

    def _sides(self, now: Figures) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """The sum of each side, and where it is known; a constant always is."""
        parts = [reached(reach, now) for reach in Reach]
        states = np.concatenate([part.states for part in parts])
        values = np.where(states == KNOWN, np.concatenate([part.values for part in parts]), 0.0)
        is_missing, is_there = states == MISSING, states != NOT_APPLICABLE
        totals = np.repeat(self.constants[:, None], values.shape[1], axis=1)
        missing = np.zeros(totals.shape, dtype=bool)
        exists = np.repeat(self.is_constant[:, None], values.shape[1], axis=1)
        for rows, factors in self.terms:
            count = len(rows)
            totals[:count] += factors[:, None] * values[rows]
            missing[:count] |= is_missing[rows]
            exists[:count] |= is_there[rows]
        return totals, exists & ~missing


def together(rules: Sequence[tuple[Expression, RowOf]], n_rows: int) -> Together:
    """Rules, each with the rows that its indicators are, of figures with so many rows."""
    sides = [
        (side, row_of)
        for expression, row_of in rules
        for link in expression.links
        for side in (link.left, link.right)
    ]
    order = sorted(range(len(sides)), key=lambda place: -len(sides[place][0].terms))
    lies = np.empty(len(sides), dtype=np.intp)
    lies[order] = np.arange(len(sides))
    ordered = [sides[place] for place in order]
    asked = [link.op for expression, _ in rules for link in expression.links]
    counts = [len(expression.links) for expression, _ in rules]
    return Together(
        terms=tuple(_terms(ordered, n_rows)),
        constants=np.array([side.constant for side, _ in ordered], dtype=np.float64),
        is_constant=np.array([not side.terms for side, _ in ordered], dtype=bool),
        left=lies[0::2],
        right=lies[1::2],
        ops=np.array([[op is one for op in asked] for one in (Op.EQ, Op.LE, Op.GE)], dtype=bool),
        starts=np.cumsum([0, *counts[:-1]], dtype=np.intp)[: len(counts)],
    )


def _terms(sides: Sequence[tuple[Side, RowOf]], n_rows: int) -> Iterator[_Terms]:
    """By their place in a side; rows of what a reference reaches back to lie below those of now."""
    block = {reach: place * n_rows for place, reach in enumerate(Reach)}
    for at in range(len(sides[0][0].terms) if sides else 0):
        mine = [(side.terms[at], row_of) for side, row_of in sides if len(side.terms) > at]
        rows = [block[term.ref.reach] + row_of(term.ref.indicator_id) for term, row_of in mine]
        yield _Terms(np.array(rows, dtype=np.intp), np.array([term.factor for term, _ in mine]))
