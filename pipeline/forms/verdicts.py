"""What the rules say of one unit's figures: rules that differ only in what they name are checked together.

A check of one unit's few figures costs as much as that of hundreds; so a rule of the form ``A == B + C`` is
checked once for all rules of that form, at all levels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.catalogue import Campaign
from pipeline.forms.layout import Plan
from pipeline.forms.places import KEPT, Places
from pipeline.model import FormRow
from pipeline.rules import check
from pipeline.rules.language import Expression, Rule, Side

RowsOf = Callable[[str], Sequence[Sequence[float | int | None]]]
"""The numbers that a form shows, row by row and period by period; None where a cell shows none."""

Places2D = tuple[npt.NDArray[np.intp], ...]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Alike:
    """Rules of one shape over the same periods.

    ``expression`` names indicators by numbers; by them, ``places`` says which figures of the grid are meant,
    one row per rule and level.
    """

    expression: Expression
    rules: tuple[tuple[str, str], ...]
    places: Mapping[str, Places2D]


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """All figures of a unit: a row per row key, the last for all that it does not have; a column per period.

    ``stands`` says where a figure can stand, ``forms`` where each form's figures lie.
    """

    stands: Flags
    forms: Mapping[str, Places2D]
    groups: tuple[_Alike, ...]


def judged(places: Places, rows_of: RowsOf) -> dict[tuple[str, str], Sequence[int]]:
    """By rule id and level what the check says of each period of the rule's form."""
    grid = _grid(places)
    numbers = np.full(grid.stands.shape, np.nan)
    for form_id, at in grid.forms.items():
        numbers[at] = np.array(rows_of(form_id), dtype=np.float64)
    known = grid.stands & ~np.isnan(numbers)
    values = np.where(known, numbers, 0.0)
    states = np.where(grid.stands, np.where(known, check.KNOWN, check.MISSING), check.NOT_APPLICABLE)
    states = states.astype(np.int8)
    found: dict[tuple[str, str], Sequence[int]] = {}
    for one in grid.groups:

        def figures(name: str, at: Mapping[str, Places2D] = one.places) -> check.Figures:
            return check.Figures(values[at[name]], states[at[name]])

        found.update(zip(one.rules, check.evaluate(one.expression, figures).tolist(), strict=True))
    return found


@lru_cache(maxsize=KEPT)
def _grid(places: Places) -> _Grid:
    column_of = {period_id: column for column, period_id in enumerate(places.campaign.periods)}
    row_of: dict[str, int] = {}
    forms = {}
    for form_id, plan in places.plans.items():
        rows = range(len(row_of), len(row_of) + len(plan.row_of))
        row_of.update(zip(plan.row_of, rows, strict=True))
        forms[form_id] = np.ix_(rows, [column_of[period_id] for period_id in plan.owed.period_ids])
    stands = np.zeros((len(row_of) + 1, len(column_of)), dtype=bool)
    for form_id, plan in places.plans.items():
        stands[forms[form_id]] = _stands(places, plan)
    return _Grid(stands, forms, tuple(_groups(places, row_of, column_of)))


def _stands(places: Places, plan: Plan) -> list[list[bool]]:
    return [
        [places.stands(row.indicator_id, row.level, period_id) for period_id in plan.owed.period_ids]
        for row in plan.owed.rows
    ]


def _groups(places: Places, row_of: Mapping[str, int], column_of: Mapping[str, int]) -> Iterator[_Alike]:
    for one in _shapes(places.campaign):
        columns = [column_of[period_id] for period_id in one.period_ids]
        rows = {name: [row_of.get(key, len(row_of)) for key in keys] for name, keys in one.keys.items()}
        yield _Alike(one.expression, one.rules, {name: np.ix_(mine, columns) for name, mine in rows.items()})


class _SameShape(NamedTuple):
    """Rules of one shape over the same periods, at each level; ``keys`` are the rows that each name means."""

    expression: Expression
    period_ids: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    keys: Mapping[str, Sequence[str]]


@lru_cache(maxsize=4)
def _shapes(campaign: Campaign) -> tuple[_SameShape, ...]:
    """All rules of a campaign, whoever has to keep them."""
    alike: dict[tuple[Expression, tuple[str, ...]], list[Rule]] = {}
    for rule in campaign.rules.values():
        shape = _shape(rule.expression)
        alike.setdefault((shape, campaign.forms[rule.form_id].period_ids), []).append(rule)
    return tuple(_same_shape(campaign, *shape, rules) for shape, rules in alike.items())


def _same_shape(
    campaign: Campaign, expression: Expression, period_ids: tuple[str, ...], rules: Sequence[Rule]
) -> _SameShape:
    named = zip(*(rule.expression.indicator_ids for rule in rules), strict=True)
    keys = {
        str(number): [FormRow(name, level).key for name in names for level in campaign.levels]
        for number, names in enumerate(named)
    }
    told = tuple((rule.rule_id, level) for rule in rules for level in campaign.levels)
    return _SameShape(expression, period_ids, told, keys)


def _shape(expression: Expression) -> Expression:
    """The expression with its indicators numbered in the order in which it names them."""
    numbers = {name: str(number) for number, name in enumerate(expression.indicator_ids)}

    def side(given: Side) -> Side:
        terms = (
            replace(term, ref=replace(term.ref, indicator_id=numbers[term.ref.indicator_id]), position=0)
            for term in given.terms
        )
        return replace(given, terms=tuple(terms))

    links = (replace(link, left=side(link.left), right=side(link.right)) for link in expression.links)
    return Expression(tuple(links))
