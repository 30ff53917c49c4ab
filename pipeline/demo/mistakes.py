"""Puts believable mistakes into a return, and lists for each what must be found, where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from pipeline.demo.kinds import KINDS, Proposal
from pipeline.demo.limits import Limit
from pipeline.demo.returned import Returned
from pipeline.demo.writing import number
from pipeline.model import Severity

_SOUND: Final = 0.25
"""The share of units that return everything right, whatever the share of mistakes (unless it is 1)."""
_TRIES: Final = 6
_MOST_BROKEN: Final = 6

Consequence = tuple[str, str, str, str]
"""``(rule_id, indicator_id, level, period_id)``: a rule that a mistake breaks, and where that is reported."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake that was put into a return.

    ``written`` is what stands in the cell (None: nothing), ``right`` the figure that should. ``rule_ids`` are
    the findings at the cell itself, ``consequences`` the rules that it breaks as reported at other cells.
    Plausibility findings beside the mistake's own are not listed: they count as questions, not as errors.
    """

    unit_id: str
    form_id: str
    indicator_id: str
    level: str
    period_id: str
    kind: str
    written: float | str | None
    right: float
    rule_ids: tuple[str, ...]
    consequences: tuple[Consequence, ...]


def make_mistakes(returned: Returned, share: float, chance: Random) -> tuple[Mistake, ...]:
    """Make at most one mistake in each of a ``share`` of the forms; no rule sees two of them."""
    is_sound = chance.random() < _SOUND and share < 1
    made: list[Mistake] = []
    for form in returned.forms:
        if chance.random() >= share or is_sound:
            continue
        mistake = _one_mistake(returned, form.form_id, chance)
        if mistake is not None:
            made.append(mistake)
    return tuple(made)


def _one_mistake(returned: Returned, form_id: str, chance: Random) -> Mistake | None:
    for kind in chance.sample(list(KINDS), len(KINDS)):
        for _ in range(_TRIES):
            proposal = KINDS[kind](returned, form_id, chance)
            broken = _accepted(returned, proposal) if proposal else None
            if proposal is not None and broken is not None:
                _make(returned, proposal)
                return _listed(returned, kind, proposal, broken)
    return None


def _accepted(returned: Returned, proposal: Proposal) -> list[Limit] | None:
    """The rules that the proposal breaks; None if it must not be made."""
    changed = returned.reach(proposal.changes)
    if changed & returned.taken or returned.seen_by(changed) & returned.used:
        return None
    broken = returned.broken(proposal.reading)
    errors = [limit for limit in broken if limit.rule.severity == Severity.ERROR]
    if proposal.rule_id:
        return None if errors else broken
    is_found = any(limit.anchor == proposal.cell for limit in errors)
    return broken if is_found and len(broken) <= _MOST_BROKEN else None


def _make(returned: Returned, proposal: Proposal) -> None:
    for cell, text in proposal.changes.items():
        if text is None:
            del returned.written[cell]
        else:
            returned.written[cell] = text
        returned.formulas.pop(cell, None)
    changed = returned.reach(proposal.changes)
    returned.used |= returned.seen_by(changed)
    for cell in changed:
        returned.taken.update(returned.row(cell))


def _listed(returned: Returned, kind: str, proposal: Proposal, broken: list[Limit]) -> Mistake:
    cell = proposal.cell
    here = [limit.rule.rule_id for limit in broken if limit.anchor == cell]
    own = [proposal.rule_id] if proposal.rule_id else []
    right = number(returned, cell, returned.figures[cell])
    changes: Mapping[tuple[str, str, str], float | str | None] = proposal.changes
    return Mistake(
        unit_id=returned.unit_id,
        form_id=returned.campaign.indicators[cell[0]].form_id,
        indicator_id=cell[0],
        level=cell[1],
        period_id=cell[2],
        kind=kind,
        written=changes[cell],
        right=right,
        rule_ids=tuple(own + here),
        consequences=tuple((x.rule.rule_id, *x.anchor) for x in broken if x.anchor != cell),
    )
