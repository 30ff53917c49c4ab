"""Which errors were found or closed between two runs, and the cells that take part in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.catalogue import Campaign
from pipeline.comparison import RunData
from pipeline.model import FindingState, Severity
from pipeline.rules.language import Reach, Ref

Place = tuple[str, str, str, str]
"""Unit, indicator, level, period."""

GONE = "gone"
"""The state of an error that is found no more."""


def changed_doubts(campaign: Campaign, old: RunData, new: RunData) -> Mapping[Place, str]:
    """For every cell the errors that are open in one run only: ``rule_id: old state -> new state``."""
    before, after = _errors(old), _errors(new)
    found: dict[Place, dict[str, None]] = {}
    for finding_id in dict.fromkeys([*before, *after]):
        was, now = (str(e[finding_id]["state"]) if finding_id in e else GONE for e in (before, after))
        if (was == FindingState.OPEN) == (now == FindingState.OPEN):
            continue
        finding = (after if finding_id in after else before)[finding_id]
        for place in _places(campaign, finding):
            found.setdefault(place, {})[f"{finding['rule_id']}|{was}|{now}"] = None
    return {place: " ".join(told) for place, told in found.items()}


def _errors(run: RunData) -> dict[str, Mapping[Any, str]]:
    errors = run.findings[run.findings["severity"] == Severity.ERROR]
    return {line["finding_id"]: line for line in errors.to_dict("records")}


def _places(campaign: Campaign, finding: Mapping[Any, str]) -> Iterator[Place]:
    """The cells that an error puts in doubt: all that take part in the rule, or the finding's own."""
    rule = campaign.rules.get(finding["rule_id"])
    unit, level, period = finding["unit_id"], finding["level"], finding["period_id"]
    refs = rule.expression.refs if rule else (Ref(finding["indicator_id"]),)
    for ref in refs:
        indicator = campaign.indicators.get(ref.indicator_id)
        order = campaign.forms[indicator.form_id].period_ids if indicator else ()
        for name in _periods(ref, period, order):
            yield unit, ref.indicator_id, level, name


def _periods(ref: Ref, period: str, order: tuple[str, ...]) -> tuple[str, ...]:
    if period not in order:
        return () if period else order
    place = order.index(period)
    if ref.reach is Reach.CUM:
        return order[: place + 1]
    return order[place : place + 1] if ref.reach is Reach.NOW else order[max(place - 1, 0) : place]
