"""What the rules say of one unit's figures: all rules that can be told are checked together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.forms.fixed_checks import FixedChecks
from pipeline.forms.places import KEPT, Places
from pipeline.model import FormRow
from pipeline.rules import check
from pipeline.rules.together import Together, together

NumbersOf = Callable[[str], Sequence[Sequence[float | int | None]]]
"""The numbers that a form shows, row by row and in each period by period; None where a cell shows none."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _SamePeriods:
    """The checks (by their places among all) of rules over the same periods, in these columns of the grid."""

    columns: tuple[int, ...]
    checks: tuple[int, ...]
    rules: Together


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """All figures of a unit: a row per row key, the last for all that it does not have; a column per period.

    ``stands`` says where a figure can stand, ``forms`` where each form's figures lie.
    """

    stands: Flags
    forms: dict[str, tuple[npt.NDArray[np.intp], ...]]
    groups: tuple[_SamePeriods, ...]


def judged(places: Places, checks: FixedChecks, numbers_of: NumbersOf) -> list[Sequence[int]]:
    """By check what it says of each period of its rule's form: TRUE, FALSE or NOT_EVALUATED."""
    grid = _grid(places, checks)
    numbers = np.full(grid.stands.shape, np.nan)
    for form_id, at in grid.forms.items():
        numbers[at] = np.array(numbers_of(form_id), dtype=np.float64)
    known = grid.stands & ~np.isnan(numbers)
    values = np.where(known, numbers, 0.0)
    states = np.where(grid.stands, np.where(known, check.KNOWN, check.MISSING), check.NOT_APPLICABLE)
    states = states.astype(np.int8)
    found: list[Sequence[int]] = [()] * len(checks.checks)
    for group in grid.groups:
        figures = check.Figures(values[:, group.columns], states[:, group.columns])
        for place, results in zip(group.checks, group.rules.evaluate(figures).tolist(), strict=True):
            found[place] = results
    return found


@lru_cache(maxsize=KEPT)
def _grid(places: Places, checks: FixedChecks) -> _Grid:
    column_of = {period_id: column for column, period_id in enumerate(places.campaign.periods)}
    row_of: dict[str, int] = {}
    forms = {}
    for form_id, plan in places.plans.items():
        rows = range(len(row_of), len(row_of) + len(plan.row_of))
        row_of.update(zip(plan.row_of, rows, strict=True))
        forms[form_id] = np.ix_(rows, [column_of[period_id] for period_id in plan.owed.period_ids])
    stands = np.zeros((len(row_of) + 1, len(column_of)), dtype=bool)
    for form_id, plan in places.plans.items():
        stands[forms[form_id]] = [
            [places.stands(row.indicator_id, row.level, period_id) for period_id in plan.owed.period_ids]
            for row in plan.owed.rows
        ]
    by_periods: dict[tuple[int, ...], list[int]] = {}
    for index, one in enumerate(checks.checks):
        order = places.campaign.forms[one.rule.form_id].period_ids
        by_periods.setdefault(tuple(column_of[period_id] for period_id in order), []).append(index)
    groups = (_group(columns, mine, checks, row_of) for columns, mine in by_periods.items())
    return _Grid(stands, forms, tuple(groups))


def _group(
    columns: tuple[int, ...], mine: Sequence[int], checks: FixedChecks, row_of: dict[str, int]
) -> _SamePeriods:
    def row_at(level: str) -> Callable[[str], int]:
        return lambda indicator_id: row_of.get(FormRow(indicator_id, level).key, len(row_of))

    rules = [(one.rule.expression, row_at(one.level)) for one in (checks.checks[index] for index in mine)]
    return _SamePeriods(columns, tuple(mine), together(rules, len(row_of) + 1))
