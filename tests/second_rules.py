"""A second opinion on rules and on what is hard to believe. Shares no code with the program: expressions
are taken apart here once more, figures are exact decimals in a plain dictionary.

A figure that cannot exist adds nothing; one that is missing leaves the comparison untold; so does a side
that cannot exist at all, and the period before the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from statistics import median

from tests.independent import Lists, Row, names

Key = tuple[str, str, str]
"""Indicator, level, period."""
Figures = Mapping[Key, Decimal | None]
"""Every cell that one unit owes; None where it holds nothing that counts."""
Instance = tuple[str, str, str]
"""Rule, level, period."""

_TERM = re.compile(
    r"\s*([+-]?)\s*(?:([\d.]+)\s*\*\s*)?(?:(prev|cum)\(([A-Z0-9_]+)\)|([A-Z][A-Z0-9_]+)|([\d.]+))"
)
_HOLDS = {
    "==": lambda left, right: left == right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}

JUMP, JUMP_FLOOR = Decimal(3), 20
POWER_FLOOR, POWER_TOLERANCE = 100, 0.15
POWERS = (10, 100, 1000, 1_000_000)


@dataclass(frozen=True)
class Term:
    """One part of a side: a factor and an indicator at a reach, or (without indicator) a number."""

    factor: Decimal
    reach: str
    indicator: str


def terms(side: str) -> list[Term]:
    """The parts of a side."""
    found = []
    for sign, factor, reach, inner, plain, number in _TERM.findall(side):
        size = Decimal(factor or number or 1) * (-1 if sign == "-" else 1)
        found.append(Term(size, reach, inner or plain))
    return found


@dataclass(frozen=True)
class SecondRules:
    """The rules of a campaign, told from its lists."""

    lists: Lists

    @cached_property
    def by_indicator(self) -> Mapping[str, list[str]]:
        """The rules that name an indicator."""
        found: dict[str, list[str]] = {}
        for rule_id, row in self.lists.rules.items():
            for name in dict.fromkeys(names(row["expression"])):
                found.setdefault(name, []).append(rule_id)
        return found

    def reading(self, key: Key) -> Iterator[Instance]:
        """The rules that read a cell, at its level, in every period in which they may."""
        for rule_id in self.by_indicator.get(key[0], ()):
            row = self.lists.rules[rule_id]
            periods = self.lists.columns(row["form_id"])
            here = periods.index(key[2]) if key[2] in periods else 0
            later = "cum(" in row["expression"]
            for period in periods[here:] if later else periods[here : here + 2]:
                if key[2] == period or later or "prev(" in row["expression"]:
                    yield rule_id, key[1], period

    def is_false(self, instance: Instance, figures: Figures) -> bool:
        """Whether a rule does not hold at a level in a period."""
        rule_id, level, period = instance
        row = self.lists.rules[rule_id]
        if (row["levels"] and level not in row["levels"].split()) or not self._speaks(row, period):
            return False
        sides = re.split(r"(==|<=|>=)", row["expression"])
        values = [self._value(side, (level, period), row["form_id"], figures) for side in sides[::2]]
        return any(
            one is not None and other is not None and not _HOLDS[op](one, other)
            for one, op, other in zip(values, sides[1::2], values[1:], strict=False)
        )

    def anchor(self, instance: Instance, figures: Figures) -> Key:
        """The cell that a breach is told at: the indicator's alone on a side, else the first of the unit."""
        rule_id, level, period = instance
        sides = [terms(side) for side in re.split(r"==|<=|>=", self.lists.rules[rule_id]["expression"])]
        alone = [side[0] for side in sides if len(side) == 1 and side[0].indicator]
        now = [term for term in alone if term.reach != "prev"]
        every = [term for side in sides for term in side if term.indicator]
        wanted = ((now or alone)[:1] or every[:1]) + every
        rows = {key[:2] for key in figures}
        return next((t.indicator, level, period) for t in wanted if (t.indicator, level) in rows)

    def _speaks(self, row: Row, period: str) -> bool:
        how, _, when = row["periods"].partition(":")
        here = {"": True, "not": period != when, "only": period == when}
        return {**here, "since": period >= when, "until": period <= when}[how]

    def _value(self, side: str, at: tuple[str, str], form_id: str, figures: Figures) -> Decimal | None:
        total, exists = Decimal(0), False
        for term in terms(side):
            if not term.indicator:
                total, exists = total + term.factor, True
                continue
            read = self._read(term, at, form_id, figures)
            if read is None or None in read:
                return None
            exists = exists or bool(read)
            total += term.factor * sum((value for value in read if value is not None), Decimal(0))
        return total if exists else None

    def _read(
        self, term: Term, at: tuple[str, str], form_id: str, figures: Figures
    ) -> list[Decimal | None] | None:
        """What a part reads; nothing where it cannot exist, None where it is unknown."""
        level, period = at
        periods = self.lists.columns(form_id)
        here = periods.index(period)
        wanted = {"": [period], "prev": periods[:here][-1:], "cum": periods[: here + 1]}[term.reach]
        keys = [(term.indicator, level, one) for one in wanted]
        read = [figures[key] for key in keys if key in figures]
        return None if term.reach == "prev" and not read else read


def questions(figures: Sequence[Decimal | None], months: Sequence[int]) -> list[str]:
    """What is asked of each period of a row: a power of ten off, a jump, or nothing.

    ``months`` are those of each period; 1 for stocks.
    """
    monthly = [None if f is None else f / m for f, m in zip(figures, months, strict=True)]
    asked = []
    before: tuple[Decimal, Decimal] | None = None
    for place, (figure, rate) in enumerate(zip(figures, monthly, strict=True)):
        if figure is None or rate is None:
            asked.append("")
            continue
        if _is_power_off(place, figures, monthly):
            asked.append("PL-POWER10")
            continue
        is_large = before is not None and min(figure, before[0]) > JUMP_FLOOR
        asked.append("PL-JUMP" if is_large and before and _ratio(rate, before[1]) > JUMP else "")
        before = (figure, rate)
    return asked


def _ratio(one: Decimal, other: Decimal) -> Decimal:
    return max(one, other) / min(one, other)


def _is_power_off(place: int, figures: Sequence[Decimal | None], monthly: Sequence[Decimal | None]) -> bool:
    others = [float(value) for i, value in enumerate(monthly) if value is not None and i != place]
    counts = [float(value) for i, value in enumerate(figures) if value is not None and i != place]
    this = float(monthly[place] or 0)
    if len(others) < 3 or max(median(counts), float(figures[place] or 0)) <= POWER_FLOOR:
        return False
    if not this or not median(others):
        return False
    times = max(this / median(others), median(others) / this)
    return any(1 / (1 + POWER_TOLERANCE) <= times / power <= 1 + POWER_TOLERANCE for power in POWERS)
