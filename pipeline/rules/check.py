"""Tree -> vectorised check with three results.

The figures of one indicator are two matrices, one row per (reporting unit, level), one column per period:
the values, and for each value whether it is known, cannot exist, or is missing.

A part that cannot exist (before its first year, at a level that it does not have, not asked of this unit)
adds nothing. A part that is missing leaves its comparison unevaluated. So does a comparison one of whose
sides cannot exist as a whole, and one that looks back from the first period.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.rules.language import Expression, Link, Op, Reach, Side

KNOWN: Final = 0
NOT_APPLICABLE: Final = 1
MISSING: Final = 2

TRUE: Final = 1
FALSE: Final = 0
NOT_EVALUATED: Final = -1

DECIMALS: Final = 6
"""Two sides are equal when their difference, rounded to so many decimals, is nothing.

Check and Excel formula agree on figures of up to 10**12 and four decimals; beyond, binary fractions tell.
"""

Floats = npt.NDArray[np.float64]
States = npt.NDArray[np.int8]
Results = npt.NDArray[np.int8]


class Figures(NamedTuple):
    """Values (0 where there is none) and states of one indicator; both (units x levels) by periods."""

    values: Floats
    states: States


Lookup = Callable[[str], Figures]


def evaluate(expression: Expression, figures: Lookup) -> Results:
    """Whether the expression holds, for each row and period: TRUE, FALSE or NOT_EVALUATED.

    A chain is false where any of its comparisons is false, and true where all are true.
    """
    return _all_of([_evaluate_link(link, figures) for link in expression.links])


def evaluate_side(side: Side, figures: Lookup) -> Figures:
    """The sum of one side, with the state that follows from those of its parts."""
    parts = [(term.factor, reached(term.ref.reach, figures(term.ref.indicator_id))) for term in side.terms]
    if not parts:
        raise AssertionError("a side without indicators is a constant")
    total = np.full(parts[0][1].values.shape, side.constant)
    missing = np.zeros(total.shape, dtype=bool)
    exists = np.zeros(total.shape, dtype=bool)
    for factor, part in parts:
        total += factor * np.where(part.states == KNOWN, part.values, 0.0)
        missing |= part.states == MISSING
        exists |= part.states != NOT_APPLICABLE
    states = np.where(missing, MISSING, np.where(exists, KNOWN, NOT_APPLICABLE)).astype(np.int8)
    return Figures(total, states)


def _all_of(results: list[Results]) -> Results:
    stacked = np.stack(results)
    none_false = np.where((stacked == TRUE).all(axis=0), TRUE, NOT_EVALUATED)
    return np.where((stacked == FALSE).any(axis=0), FALSE, none_false).astype(np.int8)


def _evaluate_link(link: Link, figures: Lookup) -> Results:
    known, difference = _difference(link, figures)
    holds = {Op.EQ: difference == 0, Op.LE: difference <= 0, Op.GE: difference >= 0}[link.op]
    return np.where(known, np.where(holds, TRUE, FALSE), NOT_EVALUATED).astype(np.int8)


def _difference(link: Link, figures: Lookup) -> tuple[npt.NDArray[np.bool_], Floats]:
    known: npt.NDArray[np.bool_] | None = None
    difference: Floats | float = 0.0
    for sign, side in ((1.0, link.left), (-1.0, link.right)):
        if not side.terms:
            difference = difference + sign * side.constant
            continue
        result = evaluate_side(side, figures)
        difference = difference + sign * result.values
        here = result.states == KNOWN
        known = here if known is None else known & here
    if known is None:
        raise AssertionError("the parser refuses a comparison without indicators")
    rounded: Floats = np.round(np.asarray(difference, dtype=np.float64), DECIMALS).astype(np.float64)
    return known, rounded


def reached(reach: Reach, now: Figures) -> Figures:
    """What a reference sees in each period that is checked."""
    if reach is Reach.NOW:
        return now
    return _previous(now) if reach is Reach.PREV else _cumulated(now)


def _previous(now: Figures) -> Figures:
    """Shift by one period. Before the first, and where nothing could exist yet, nothing is known."""
    values = np.zeros_like(now.values)
    states = np.full_like(now.states, MISSING)
    values[:, 1:] = now.values[:, :-1]
    states[:, 1:] = np.where(now.states[:, :-1] == KNOWN, KNOWN, MISSING)
    return Figures(values, states)


def _cumulated(now: Figures) -> Figures:
    values = np.cumsum(np.where(now.states == KNOWN, now.values, 0.0), axis=1)
    missing = np.maximum.accumulate(now.states == MISSING, axis=1)
    exists = np.maximum.accumulate(now.states != NOT_APPLICABLE, axis=1)
    states = np.where(missing, MISSING, np.where(exists, KNOWN, NOT_APPLICABLE)).astype(np.int8)
    return Figures(values, states)
