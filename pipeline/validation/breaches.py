"""One breach of a rule: where it is told, in which words, and which figures it puts in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.rules.check import DECIMALS, FALSE, KNOWN, Figures, Floats, evaluate, evaluate_side
from pipeline.rules.language import Expression, Link, Op, Reach, Ref, Rule, Side
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.grid import Grid
from pipeline.validation.places import place_of

_BOUND: Final = {Op.EQ: "{}", Op.LE: "≤ {}", Op.GE: "≥ {}"}
"""What a figure should have been, by the comparison in which it stands on the left."""

_TURNED: Final = {Op.EQ: Op.EQ, Op.LE: Op.GE, Op.GE: Op.LE}
"""The same comparison seen from the right."""


class Evaluated:
    """A rule in some rows of the grid: the figures that take part, and both sides of every comparison.

    Worked out for all the rows at once; ``at`` is the place of a row among them.
    """

    def __init__(self, rule: Rule, grid: Grid, rows: Sequence[int]) -> None:
        self.at = {row: place for place, row in enumerate(rows)}
        self._figures: dict[str, Figures] = {}
        for ref in rule.expression.refs:
            whole = grid.figures(ref.indicator_id)
            self._figures[ref.indicator_id] = Figures(whole.values[rows], whole.states[rows])
        links = rule.expression.links
        self._fails = [evaluate(Expression((link,)), self.figures) == FALSE for link in links]
        sides = {side for link in links for side in (link.left, link.right) if side.terms}
        self._values = {side: self._rounded(side) for side in sides}

    def figures(self, indicator_id: str) -> Figures:
        """The values and states of an indicator in these rows."""
        return self._figures[indicator_id]

    def fails(self, number: int, place: tuple[int, int]) -> bool:
        """Whether a comparison does not hold."""
        return bool(self._fails[number][place])

    def value(self, side: Side, place: tuple[int, int]) -> float:
        """What a side comes to."""
        return float(self._values[side][place]) if side.terms else float(np.round(side.constant, DECIMALS))

    def _rounded(self, side: Side) -> Floats:
        rounded: Floats = np.round(evaluate_side(side, self.figures).values, DECIMALS)
        return rounded


@dataclass(frozen=True, slots=True)
class Breach:
    """``rule`` does not hold for the pair in ``row`` of the grid and the period in column ``p``."""

    rule: Rule
    grid: Grid
    evaluated: Evaluated
    row: int
    p: int

    def tell(self, findings: Findings) -> None:
        """Add the finding at the rule's anchor, with every figure and cell that takes part."""
        links = self.rule.expression.links
        link = next(link for number, link in enumerate(links) if self.evaluated.fails(number, self._place))
        left, right = (self._value(side) for side in (link.left, link.right))
        read = [
            (ref, q) for ref in self.rule.expression.refs for q in self._periods(ref) if self._counts(ref, q)
        ]
        values = "; ".join(self._told(ref, q, findings) for ref, q in read)
        cells = ", ".join(dict.fromkeys(self._cell(ref, q) for ref, q in read))
        table, u, k = self._anchor(read)
        place = place_of(table, u, k, self.p)
        value = float(table.values[u, k, self.p])
        seen = "" if np.isnan(value) else findings.number(value)
        expected = self._expected(link, place.indicator_id, value, findings)
        gaps = {"values": values, "cells": cells}
        gaps |= {"left": findings.number(left), "right": findings.number(right)}
        findings.add_breach(self.rule.rule_id, place, seen, expected, **gaps)

    def mark(self, findings: Findings) -> None:
        """An error does not say which figure is wrong: every one that takes part becomes provisional."""
        for ref in self.rule.expression.refs:
            found = self.grid.locate(ref.indicator_id, self.grid.pairs[self.row])
            if found is not None:
                table, u, k = found
                findings.touch(table.has_error, (u, k, self._periods(ref)))

    @property
    def _place(self) -> tuple[int, int]:
        return self.evaluated.at[self.row], self.p

    def _value(self, side: Side) -> float:
        return self.evaluated.value(side, self._place)

    def _expected(self, link: Link, indicator_id: str, value: float, findings: Findings) -> str:
        """What the told figure would have to be while all others stay; empty where no count could be it."""
        signed = ((1.0, link.left), (-1.0, link.right))
        factors = [
            sign * term.factor
            for sign, side in signed
            for term in side.terms
            if term.ref.indicator_id == indicator_id and term.ref.reach is not Reach.PREV
        ]
        factor = sum(factors)
        if not factor or np.isnan(value):
            return ""
        wanted = value - (self._value(link.left) - self._value(link.right)) / factor
        op = link.op if factor > 0 else _TURNED[link.op]
        return _BOUND[op].format(findings.number(float(np.round(wanted, DECIMALS)))) if wanted >= 0 else ""

    def _periods(self, ref: Ref) -> list[int]:
        if ref.reach is Reach.CUM:
            return list(range(self.p + 1))
        return [self.p] if ref.reach is Reach.NOW else [self.p - 1] if self.p else []

    def _counts(self, ref: Ref, q: int) -> bool:
        figures = self.evaluated.figures(ref.indicator_id)
        return bool(figures.states[self.evaluated.at[self.row], q] == KNOWN)

    def _told(self, ref: Ref, q: int, findings: Findings) -> str:
        figures = self.evaluated.figures(ref.indicator_id)
        value = findings.number(float(figures.values[self.evaluated.at[self.row], q]))
        when = "" if q == self.p else f" ({self.grid.period_ids[q]})"
        return f"{ref.indicator_id}{when} = {value}"

    def _cell(self, ref: Ref, q: int) -> str:
        found = self.grid.locate(ref.indicator_id, self.grid.pairs[self.row])
        if found is None:
            raise AssertionError("a figure that is known has a cell")
        place = place_of(*found, q)
        return place.cell if place.form_id == self.rule.form_id else f"{place.sheet}!{place.cell}"

    def _anchor(self, read: list[tuple[Ref, int]]) -> tuple[Table, int, int]:
        """The anchor's place; where the anchor is not asked of the pair, that of the first figure that is."""
        names = (self.rule.expression.anchor, *(ref.indicator_id for ref, _ in read))
        for name in names:
            found = self.grid.locate(name, self.grid.pairs[self.row])
            if found is not None:
                return found
        raise AssertionError("a rule that fails rests on at least one figure")
