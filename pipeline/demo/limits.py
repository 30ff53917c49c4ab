"""The rules of one unit as linear limits on its cells: what invented figures must respect.

A cell is one (indicator, level, period). A part that cannot exist adds nothing; a comparison that can never
be evaluated (see ``rules.check``) is no limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.model import OwedForm
from pipeline.rules.language import Link, Op, Reach, Ref, Rule, Side

Cell = tuple[str, str, str]
"""``(indicator_id, level, period_id)`` of one unit."""


@dataclass(frozen=True, slots=True)
class Linear:
    """``constant`` plus the sum of factor times cell is at most 0, or exactly 0."""

    terms: tuple[tuple[Cell, float], ...]
    constant: float
    is_equal: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """One rule at one level and period. ``rule_id``, ``level`` and ``period_id`` are its key."""

    rule: Rule
    level: str
    period_id: str
    linears: tuple[Linear, ...]

    @property
    def cells(self) -> frozenset[Cell]:
        """All cells that it looks at."""
        return frozenset(cell for linear in self.linears for cell, _ in linear.terms)

    @property
    def anchor(self) -> Cell:
        """The cell at which a breach is reported."""
        return self.rule.expression.anchor, self.level, self.period_id


def entry_cells(campaign: Campaign, forms: tuple[OwedForm, ...]) -> tuple[Cell, ...]:
    """The cells of the forms that can hold a figure: not computed, and not before their first year."""
    return tuple(
        (row.indicator_id, row.level, period_id)
        for form in forms
        for row in form.rows
        if not campaign.indicators[row.indicator_id].is_computed
        for period_id in form.period_ids
        if campaign.exists_in(row.indicator_id, period_id)
    )


def unit_limits(campaign: Campaign, unit_id: str) -> tuple[Limit, ...]:
    """Every rule at every level and period of the unit at which it can be evaluated."""
    cells = frozenset(entry_cells(campaign, owed_forms(campaign, unit_id)))
    levels = tuple(level for level in campaign.levels if any(cell[1] == level for cell in cells))
    return tuple(
        limit
        for rule in campaign.rules.values()
        for level in levels
        if rule.allows_level(level)
        for limit in _at_level(campaign, rule, level, cells)
    )


def _at_level(campaign: Campaign, rule: Rule, level: str, cells: frozenset[Cell]) -> Iterator[Limit]:
    periods = campaign.forms[rule.form_id].period_ids
    for index, period_id in enumerate(periods):
        if not rule.periods.allows(period_id, periods):
            continue
        place = _Place(level, periods[: index + 1], cells)
        read = (place.linear(link) for link in rule.expression.links)
        linears = tuple(linear for linear in read if linear is not None and linear.terms)
        if linears:
            yield Limit(rule, level, period_id, linears)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a rule is looked at: a level, and the periods up to the one that is checked."""

    level: str
    periods: tuple[str, ...]
    cells: frozenset[Cell]

    def linear(self, link: Link) -> Linear | None:
        """Left minus right, turned so that it is at most 0; None where it can never be evaluated."""
        left, right = self._side(link.left), self._side(link.right)
        if left is None or right is None:
            return None
        turn = -1.0 if link.op is Op.GE else 1.0
        factors: dict[Cell, float] = {}
        for sign, terms in ((turn, left), (-turn, right)):
            for cell, factor in terms:
                factors[cell] = factors.get(cell, 0.0) + sign * factor
        constant = turn * (link.left.constant - link.right.constant)
        return Linear(tuple((c, f) for c, f in factors.items() if f), constant, link.op is Op.EQ)

    def _side(self, side: Side) -> list[tuple[Cell, float]] | None:
        found: list[tuple[Cell, float]] = []
        for term in side.terms:
            cells = self._reach(term.ref)
            if cells is None:
                return None
            found.extend((cell, term.factor) for cell in cells)
        return found if found or not side.terms else None

    def _reach(self, ref: Ref) -> list[Cell] | None:
        """The cells that a reference reads; None where it can never be known."""
        periods = {Reach.NOW: self.periods[-1:], Reach.PREV: self.periods[-2:-1], Reach.CUM: self.periods}
        named = [(ref.indicator_id, self.level, period_id) for period_id in periods[ref.reach]]
        there = [cell for cell in named if cell in self.cells]
        return None if ref.reach is Reach.PREV and not there else there
