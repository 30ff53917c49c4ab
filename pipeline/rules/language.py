"""The tree of a rule, and what a rule may say.

A rule is a chain of comparisons between sums of indicators, each with a constant factor:

    B01_010 == B01_011 + B01_012
    0.9 * prev(B05_020) <= B05_020 <= 1.1 * prev(B05_020)
    cum(B02_101) <= cum(B02_100)

``X`` is the indicator in the period that is checked, ``prev(X)`` in the period before it, ``cum(X)`` the sum
of all periods up to it. Every side is kept as a linear sum, which is all that the three compilers need.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """Which periods a reference looks at."""

    NOW = "now"
    """The period that is checked."""
    PREV = "prev"
    """The one before it."""
    CUM = "cum"
    """All up to and including it."""


class Op(StrEnum):
    """How two sides are compared. ``!=`` and strict comparisons have no use in these forms."""

    EQ = "=="
    LE = "<="
    GE = ">="


@dataclass(frozen=True, slots=True)
class Ref:
    """One indicator in one or several periods."""

    indicator_id: str
    reach: Reach = Reach.NOW


@dataclass(frozen=True, slots=True)
class Term:
    """A reference times a constant. ``position`` is where the name stands in the text, from 1."""

    factor: float
    ref: Ref
    position: int


@dataclass(frozen=True, slots=True)
class Side:
    """A linear sum: the terms in the order of the text, plus a constant."""

    terms: tuple[Term, ...]
    constant: float = 0.0

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The references, in order."""
        return tuple(term.ref for term in self.terms)

    @property
    def is_plain_sum(self) -> bool:
        """Whether it only adds indicators of the period that is checked."""
        return self.constant == 0 and all(
            term.factor == 1 and term.ref.reach is Reach.NOW for term in self.terms
        )


@dataclass(frozen=True, slots=True)
class Link:
    """One comparison of a chain."""

    left: Side
    op: Op
    right: Side

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The references of both sides, each once, in order."""
        return tuple(dict.fromkeys(self.left.refs + self.right.refs))


@dataclass(frozen=True, slots=True)
class Expression:
    """What must be true: every link of the chain."""

    links: tuple[Link, ...]

    @property
    def refs(self) -> tuple[Ref, ...]:
        """All references, each once, in the order of the text."""
        return tuple(dict.fromkeys(ref for link in self.links for ref in link.refs))

    @property
    def indicator_ids(self) -> tuple[str, ...]:
        """All indicators, each once, in the order of the text."""
        return tuple(dict.fromkeys(ref.indicator_id for ref in self.refs))

    @property
    def anchor(self) -> str:
        """The indicator at whose cell a breach is reported: the first that stands alone on a side.

        ``A + B == C`` is reported at C: where a total disagrees with its parts, the total is the place.
        """
        alone = [side for link in self.links for side in (link.left, link.right) if len(side.terms) == 1]
        now = [side for side in alone if side.refs[0].reach is not Reach.PREV]
        return (now or alone)[0].refs[0].indicator_id if alone else self.refs[0].indicator_id

    @property
    def total(self) -> tuple[str, tuple[str, ...]] | None:
        """``(total, parts)`` where the expression says that one indicator is the sum of others."""
        link = self.links[0]
        if (
            len(self.links) != 1
            or link.op is not Op.EQ
            or not (link.left.is_plain_sum and link.right.is_plain_sum)
        ):
            return None
        if len(link.left.terms) != 1 or len(link.right.terms) < 2:
            return None
        return link.left.refs[0].indicator_id, tuple(ref.indicator_id for ref in link.right.refs)


@dataclass(frozen=True, slots=True)
class PeriodLimit:
    """To which periods a rule is limited: ``not:``, ``only:``, ``since:`` or ``until:`` a period."""

    word: str = ""
    period_id: str = ""

    def allows(self, period_id: str, order: tuple[str, ...]) -> bool:
        """Whether the rule speaks of ``period_id``; ``order`` is the form's periods in time order."""
        if not self.word or self.period_id not in order:
            return True
        here, there = order.index(period_id), order.index(self.period_id)
        return {"not": here != there, "only": here == there, "since": here >= there, "until": here <= there}[
            self.word
        ]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of ``rules.csv``: what must be true, where, and what a breach does to the figure."""

    rule_id: str
    form_id: str
    severity: str
    text: str
    expression: Expression
    periods: PeriodLimit
    levels: tuple[str, ...]

    def allows_level(self, level: str) -> bool:
        """Whether the rule speaks of ``level``; a rule without levels speaks of all."""
        return not self.levels or level in self.levels
