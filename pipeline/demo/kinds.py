"""Believable mistakes, one small function a kind: a return and chance in, one proposal out, or none.

A proposal only says what would be written where. What it breaks is found out by ``mistakes``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Final, TypeVar

from pipeline.demo.limits import Cell, Limit
from pipeline.demo.returned import Returned
from pipeline.demo.writing import number, own_words, sign
from pipeline.model import Kind, ObsStatus, Severity
from pipeline.rules.language import Reach

Value = TypeVar("Value")

_STEADY: Final = 4
"""So many periods tell what is usual in a row."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mistake that could be made at ``cell``.

    ``changes`` are the cells that are written otherwise (None: left blank), ``reading`` what a reader gets
    from them. ``rule_id`` is the finding that the mistake itself must raise; empty where a broken rule is it.
    """

    cell: Cell
    rule_id: str
    changes: Mapping[Cell, float | str | None]
    reading: Mapping[Cell, float | None] = field(default_factory=dict)


Propose = Callable[[Returned, str, Random], Proposal | None]


def wrong_total(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """A total is typed and one of its parts forgotten."""
    cells = [c for c in returned.totals if _is_of(returned, c, form_id) and len(returned.totals[c]) > 1]
    cell = _pick(cells, chance)
    part = _pick([p for p in returned.totals[cell] if returned.figures[p]], chance) if cell else None
    return (
        _wrong_number(returned, cell, returned.figures[cell] - returned.figures[part])
        if cell and part
        else None
    )


def wrong_opening(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """What is carried over differs from what the period before left."""
    limit = _pick([x for x in _errors(returned, form_id) if _looks_back(x) and x.linears[0].is_equal], chance)
    if limit is None or limit.anchor not in returned.figures:
        return None
    figure = returned.figures[limit.anchor]
    return _wrong_number(returned, limit.anchor, figure + max(1, round(0.1 * figure)))


def part_above_whole(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """A figure exceeds the one that it is a part of, or falls short of the one that it must reach."""
    limit = _pick([x for x in _errors(returned, form_id) if not x.linears[0].is_equal], chance)
    factors = dict(limit.linears[0].terms) if limit else {}
    if limit is None or limit.anchor not in factors:
        return None
    factor = factors[limit.anchor]
    room = -limit.linears[0].constant - sum(f * returned.figures[cell] for cell, f in factors.items())
    moved = math.floor(room / abs(factor)) + chance.randint(1, 3)
    return _wrong_number(
        returned, limit.anchor, returned.figures[limit.anchor] + math.copysign(moved, factor)
    )


def lost_separator(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """1234 is typed as 1.234, and the program takes the dot for a decimal point."""
    cell = _filled(returned, form_id, chance, least=1000)
    if cell is None or returned.decimals(cell) or returned.figures[cell] % 10 == 0:
        return None
    return _rejected(cell, "CELL-FRACTION", returned.figures[cell] / 1000)


def free_text(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """A remark stands where a number should."""
    cell = _filled(returned, form_id, chance)
    texts = own_words(returned.campaign).get("demo.free_text", "")
    return _rejected(cell, "CELL-TEXT", chance.choice(texts.split("|"))) if cell and texts else None


def negative(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """A minus sign before a number."""
    cell = _filled(returned, form_id, chance, least=1)
    return _rejected(cell, "CELL-NEGATIVE", -number(returned, cell, returned.figures[cell])) if cell else None


def not_applicable(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """The sign for what cannot exist (the campaign's first) stands where a figure can."""
    signs = returned.campaign.signs.items()
    text = next((mark for mark, stands_for in signs if stands_for is ObsStatus.NOT_APPLICABLE), "")
    cell = _filled(returned, form_id, chance)
    return _rejected(cell, "CELL-SIGN-X", text) if cell and text else None


def unknown(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """The sign for what was not counted."""
    cell, text = _filled(returned, form_id, chance), sign(returned, ObsStatus.UNKNOWN, chance)
    return _rejected(cell, "CELL-UNKNOWN", text) if cell and text else None


def blank(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """One cell of a filled row is forgotten. Not one of a total, where the formula would stand again."""
    cell = _filled(returned, form_id, chance)
    if cell is None or cell in returned.totals or len(returned.row(cell)) < 2:
        return None
    return _rejected(cell, "CELL-MISSING", None)


def power_of_ten(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """A zero too many, or thousands for units, in one period of a steady row."""
    bounds = returned.campaign.settings.plausibility
    cell = _filled(returned, form_id, chance, least=1)
    if cell is None or len(returned.row(cell)) < _STEADY:
        return None
    others = median(_even(returned, other, cell) for other in returned.row(cell) if other != cell)
    wrong = returned.figures[cell] * chance.choice((10, 10, 1000))
    if abs(returned.figures[cell] - others) > bounds["power_tolerance"] / 2 * others:
        return None
    return _wrong_number(returned, cell, wrong, "PL-POWER10") if wrong > bounds["power_floor"] else None


def jump(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """One period is several times as large as the one before."""
    bounds = returned.campaign.settings.plausibility
    cell = _filled(returned, form_id, chance, least=bounds["jump_floor"] + 1)
    here = returned.row(cell).index(cell) if cell else 0
    if cell is None or not here:
        return None
    before = returned.row(cell)[here - 1]
    wrong = 1.5 * bounds["jump_factor"] * _even(returned, before, cell)
    is_seen = returned.figures[before] > bounds["jump_floor"]
    return _wrong_number(returned, cell, wrong, "PL-JUMP") if is_seen else None


def copied(returned: Returned, form_id: str, chance: Random) -> Proposal | None:
    """One year's figure stands in every column."""
    bounds = returned.campaign.settings.plausibility
    cell = _filled(returned, form_id, chance, least=bounds["copied_floor"])
    if cell is None or returned.campaign.indicators[cell[0]].kind is not Kind.FLOW:
        return None
    row = returned.row(cell)
    plain = all(type(returned.written.get(other)) in (int, float) for other in row)
    changed = [other for other in row if returned.figures[other] != returned.figures[cell]]
    if len(row) < bounds["copied_least"] or not plain or not changed:
        return None
    figure = number(returned, cell, returned.figures[cell])
    same = dict.fromkeys(row, figure)
    return Proposal(changed[0], "PL-COPIED", dict(same), dict(same))


KINDS: Final[Mapping[str, Propose]] = {
    "wrong_total": wrong_total,
    "wrong_opening": wrong_opening,
    "part_above_whole": part_above_whole,
    "lost_separator": lost_separator,
    "free_text": free_text,
    "negative": negative,
    "not_applicable": not_applicable,
    "unknown": unknown,
    "blank": blank,
    "power_of_ten": power_of_ten,
    "jump": jump,
    "copied": copied,
}
"""Every kind of mistake by its name."""


def _pick(values: Sequence[Value], chance: Random) -> Value | None:
    return chance.choice(values) if values else None


def _is_of(returned: Returned, cell: Cell, form_id: str) -> bool:
    return returned.campaign.indicators[cell[0]].form_id == form_id


def _filled(returned: Returned, form_id: str, chance: Random, least: float = 0) -> Cell | None:
    """A cell of the form that holds a plain number of at least so much."""
    cells = [
        cell
        for cell, text in returned.written.items()
        if type(text) in (int, float) and returned.figures[cell] >= least and _is_of(returned, cell, form_id)
    ]
    return _pick(cells, chance)


def _errors(returned: Returned, form_id: str) -> list[Limit]:
    return [x for x in returned.limits if x.rule.form_id == form_id and x.rule.severity == Severity.ERROR]


def _looks_back(limit: Limit) -> bool:
    return any(ref.reach is Reach.PREV for ref in limit.rule.expression.refs)


def _wrong_number(returned: Returned, cell: Cell, figure: float, rule_id: str = "") -> Proposal | None:
    wrong = number(returned, cell, figure)
    if wrong < 0 or wrong == returned.figures[cell]:
        return None
    return Proposal(cell, rule_id, {cell: wrong}, {cell: wrong})


def _rejected(cell: Cell, rule_id: str, written: float | str | None) -> Proposal:
    return Proposal(cell, rule_id, {cell: written}, {cell: None})


def _even(returned: Returned, other: Cell, cell: Cell) -> float:
    """The figure of another period of the row, as it would be in a period as long as the cell's."""
    months = [returned.campaign.periods[one[2]].months or 1 for one in (other, cell)]
    is_flow = returned.campaign.indicators[cell[0]].kind is Kind.FLOW
    return returned.figures[other] * (months[1] / months[0] if is_flow else 1.0)
