"""Who owes which cells, and which rows are totals of others. Derived from the lists, stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from pipeline.catalogue.campaign import Campaign
from pipeline.model import FormRow, Indicator, OwedForm, ReportingUnit, Severity, UnitAggregation
from pipeline.rules.language import Rule


@lru_cache(maxsize=20_000)
def owed_forms(campaign: Campaign, unit_id: str) -> tuple[OwedForm, ...]:
    """The forms that a unit owes, in the order of the campaign; a form without a row is not owed."""
    unit = campaign.units[unit_id]
    like = unit if unit_id in _named(campaign) else replace(unit, unit_id="", name="", official_code="")
    return tuple(OwedForm(unit_id, *form) for form in _owed_by(campaign, like))


def alike(campaign: Campaign) -> list[tuple[tuple[OwedForm, ...], tuple[str, ...]]]:
    """What is owed, with all units that owe just that, in the order of the campaign; of thousands a few."""
    groups: dict[tuple[int, ...], tuple[tuple[OwedForm, ...], list[str]]] = {}
    for unit_id in campaign.units:
        owed = owed_forms(campaign, unit_id)
        same = tuple(id(form.rows) for form in owed)  # one and the same object for all that are alike
        groups.setdefault(same, (owed, []))[1].append(unit_id)
    return [(owed, tuple(unit_ids)) for owed, unit_ids in groups.values()]


@lru_cache(maxsize=2_000)
def _owed_by(
    campaign: Campaign, unit: ReportingUnit
) -> tuple[tuple[str, tuple[FormRow, ...], tuple[str, ...]], ...]:
    """Form, rows and periods of a unit; worked out once for all units that differ in nothing that matters."""
    forms = campaign.forms.values()
    rows = {form.form_id: form_rows(campaign, unit, form.form_id) for form in forms}
    return tuple((form.form_id, rows[form.form_id], form.period_ids) for form in forms if rows[form.form_id])


@lru_cache(maxsize=8)
def _named(campaign: Campaign) -> frozenset[str]:
    """Everything that an indicator names as who fills it in or keeps it: kinds of units, and single units."""
    indicators = campaign.indicators.values()
    return frozenset(name for i in indicators for name in (*i.filled_by, i.authority_unit))


def form_rows(campaign: Campaign, unit: ReportingUnit, form_id: str) -> tuple[FormRow, ...]:
    """The rows of one form that a unit is asked for, by indicator and then level."""
    levels = _assigned_levels(campaign, unit, form_id)
    if not levels:
        return ()
    return tuple(
        FormRow(indicator.indicator_id, level)
        for indicator in _indicators(campaign, form_id)
        for level in levels
        if is_asked(campaign, unit, indicator, level)
    )


@lru_cache(maxsize=2_000)
def _indicators(campaign: Campaign, form_id: str) -> tuple[Indicator, ...]:
    """Picked out of all once: it is asked again for each kind of unit."""
    return campaign.indicators_of(form_id)


def is_asked(campaign: Campaign, unit: ReportingUnit, indicator: Indicator, level: str) -> bool:
    """Whether a unit is asked for an indicator at one of the levels that are assigned to it.

    An authority is asked at its own level for what it keeps for the whole area and nobody else is. A
    computed indicator is asked wherever all its parts are.
    """
    if indicator.is_computed:
        return all(
            is_asked(campaign, unit, campaign.indicators[part], level)
            for part in parts_of(campaign, indicator)
        )
    if indicator.filled_by and not {unit.unit_id, unit.kind}.intersection(indicator.filled_by):
        return False
    if campaign.levels[level].is_authority:
        return _keeps(indicator, unit)
    return level in indicator.levels


def parts_of(campaign: Campaign, indicator: Indicator) -> tuple[str, ...]:
    """The indicators that a computed one is made of, numerator first."""
    parts = campaign.parts[indicator.indicator_id]
    sides = [side for side in (parts.numerator, parts.denominator) if side is not None]
    return tuple(dict.fromkeys(ref.indicator_id for side in sides for ref in side.refs))


def total_parts(campaign: Campaign, row: FormRow, rows: Iterable[FormRow]) -> tuple[str, ...]:
    """The indicators that add up to the row's, by the form's own identity; empty where it is no total.

    ``rows`` are the unit's rows of the form: a part that is not asked at the level is left out. Only an
    identity that holds in every period makes a total. Of several, the first with two parts or more wins.
    """
    present = {r.indicator_id for r in rows if r.level == row.level}
    found: tuple[str, ...] = ()
    for parts in _identities(campaign, row):
        asked = tuple(part for part in parts if part in present)
        if len(asked) >= 2:
            return asked
        found = found or asked
    return found


def _identities(campaign: Campaign, row: FormRow) -> list[tuple[str, ...]]:
    rules = _identity_rules(campaign).get(row.indicator_id, ())
    return [parts for rule, parts in rules if rule.allows_level(row.level)]


@lru_cache(maxsize=8)
def _identity_rules(campaign: Campaign) -> dict[str, list[tuple[Rule, tuple[str, ...]]]]:
    """By total, the rules that say of what it is the sum, in every period and as an error."""
    found: dict[str, list[tuple[Rule, tuple[str, ...]]]] = {}
    for rule in campaign.rules.values():
        total = rule.expression.total
        if total is None or rule.severity != Severity.ERROR or rule.periods.word:
            continue
        if campaign.indicators[total[0]].form_id == rule.form_id:
            found.setdefault(total[0], []).append((rule, total[1]))
    return found


def _assigned_levels(campaign: Campaign, unit: ReportingUnit, form_id: str) -> tuple[str, ...]:
    asked = {
        level
        for assignment in campaign.assignments
        if assignment.form_id == form_id and assignment.unit_kind == unit.kind
        for level in assignment.levels
    }
    return tuple(level for level in campaign.levels if level in asked and level not in unit.without_levels)


def _keeps(indicator: Indicator, unit: ReportingUnit) -> bool:
    return (
        indicator.unit_aggregation is UnitAggregation.AUTHORITY
        and indicator.authority_unit == unit.unit_id
        and not indicator.authority_indicator
    )
