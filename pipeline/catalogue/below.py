"""The campaign as a unit sees it whose own subordinates report to it: the same campaign, one step lower.

Everything else works on the result as on any campaign. What a subordinate is asked for is what its superior
owes, at the levels that the subordinate has; so a figure of the superior at such a level is theirs, added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.catalogue.campaign import Campaign, Headline, Magnitude, Settings
from pipeline.catalogue.obligations import alike, parts_of
from pipeline.errors import WrongUse
from pipeline.model import Assignment, Indicator, Kind, ReportingUnit, Subordinate, UnitAggregation
from pipeline.rules.language import Rule


def campaign_of(campaign: Campaign, unit_id: str) -> Campaign:
    """The campaign in which a unit reports: this one, or that of its superior. Raises KeyError."""
    if unit_id in campaign.units:
        return campaign
    known = campaign.subordinates.get(unit_id)
    if known is None or known.is_dissolved:
        raise KeyError(unit_id)
    return seen_from(campaign_of(campaign, known.reports_to), (known.reports_to,))


def seen_from(campaign: Campaign, unit_ids: Sequence[str]) -> Campaign:
    """The campaign whose reporting units are the subordinates of these units of ``campaign``.

    Raises WrongUse where one of them has none. Where an authority keeps a figure and is not among them, what
    they report is added.
    """
    below = {unit_id: subordinates_of(campaign, unit_id) for unit_id in unit_ids}
    for unit_id, found in below.items():
        if not found:
            raise WrongUse("cli.nobody_below", unit=unit_id)
    units = {s.unit_id: _unit(campaign, s) for found in below.values() for s in found}
    kinds = {unit_id: tuple(dict.fromkeys(s.kind for s in found)) for unit_id, found in below.items()}
    assignments = _assignments(campaign, below)
    owed = {assignment.form_id for assignment in assignments}
    forms = {name: form for name, form in campaign.forms.items() if name in owed}
    mine = {i.indicator_id: i for i in campaign.indicators.values() if i.form_id in forms}
    kept = {
        name: _indicator(campaign, i, below, units, kinds)
        for name, i in mine.items()
        if all(part in mine for part in parts_of(campaign, i))
    }
    seen = replace(
        campaign,
        under=(*campaign.source.under, tuple(unit_ids)),
        sha256=_hash(campaign.sha256, unit_ids),
        catalogue_hash=_hash(campaign.catalogue_hash, [str(unit) for unit in units.values()]),
        settings=_settings(campaign, unit_ids),
        units=units,
        forms=forms,
        indicators=kept,
        assignments=assignments,
        rules={name: rule for name, rule in campaign.rules.items() if _stays(rule, kept)},
        magnitudes=_magnitudes(campaign, kept, len(units) / len(below)),
    )
    return replace(seen, headlines=_headlines(seen))


def subordinates_of(campaign: Campaign, unit_id: str) -> tuple[Subordinate, ...]:
    """Who reports to a unit, in the order of the list; those that were dissolved do not."""
    everyone = campaign.subordinates.values()
    return tuple(s for s in everyone if s.reports_to == unit_id and not s.is_dissolved)


def merged_into(campaign: Campaign, unit_id: str) -> tuple[Subordinate, ...]:
    """The dissolved units whose figures a unit reports together with its own."""
    return tuple(s for s in campaign.subordinates.values() if s.is_dissolved and s.successor == unit_id)


def _unit(campaign: Campaign, subordinate: Subordinate) -> ReportingUnit:
    without = tuple(level for level in campaign.levels if level not in subordinate.levels)
    return ReportingUnit(
        subordinate.unit_id, subordinate.name, subordinate.kind, subordinate.official_code, without
    )


def _assignments(campaign: Campaign, below: Mapping[str, Sequence[Subordinate]]) -> tuple[Assignment, ...]:
    """What is assigned to a superior is assigned to the kinds of its subordinates, without what it lacks."""
    levels: dict[tuple[str, str], dict[str, None]] = {}
    for unit_id, found in below.items():
        unit = campaign.units[unit_id]
        for assignment in campaign.assignments:
            if assignment.unit_kind == unit.kind:
                has = [level for level in assignment.levels if level not in unit.without_levels]
                for subordinate in found:
                    asked = dict.fromkeys(level for level in has if level in subordinate.levels)
                    if asked:
                        levels.setdefault((assignment.form_id, subordinate.kind), {}).update(asked)
    return tuple(Assignment(form_id, kind, tuple(asked)) for (form_id, kind), asked in levels.items())


def _indicator(
    campaign: Campaign,
    indicator: Indicator,
    below: Mapping[str, Sequence[Subordinate]],
    units: Mapping[str, ReportingUnit],
    kinds: Mapping[str, Sequence[str]],
) -> Indicator:
    filled_by: dict[str, None] = dict.fromkeys(indicator.filled_by)
    for unit_id, found in below.items() if filled_by else ():
        if campaign.units[unit_id].kind in indicator.filled_by:
            filled_by.update(dict.fromkeys(kinds[unit_id]))
        elif unit_id in indicator.filled_by:
            filled_by.update(dict.fromkeys(s.unit_id for s in found))
    indicator = replace(indicator, filled_by=tuple(filled_by))
    if not indicator.authority_unit or indicator.authority_unit in units:
        return indicator
    return replace(indicator, unit_aggregation=UnitAggregation.SUM, authority_unit="", authority_indicator="")


def _stays(rule: Rule, kept: Mapping[str, Indicator]) -> bool:
    return all(indicator_id in kept for indicator_id in rule.expression.indicator_ids)


def _magnitudes(
    campaign: Campaign, kept: Mapping[str, Indicator], parts: float
) -> dict[tuple[str, str], Magnitude]:
    """What is typical of all subordinates of a unit together, as that of one of them."""
    return {
        key: m
        if m.share_of or kept[m.indicator_id].kind is Kind.RATIO
        else replace(m, typical=m.typical / parts)
        for key, m in campaign.magnitudes.items()
        if m.indicator_id in kept and (not m.share_of or m.share_of in kept)
    }


def _headlines(seen: Campaign) -> tuple[Headline, ...]:
    asked = {row.indicator_id for owed, _ in alike(seen) for form in owed for row in form.rows}
    return tuple(headline for headline in seen.headlines if headline.indicator_id in asked)


def _settings(campaign: Campaign, unit_ids: Sequence[str]) -> Settings:
    """Where one unit asks, it is the one that issues and receives; and its own heading comes first."""
    settings = campaign.settings
    if len(unit_ids) != 1:
        return settings
    unit = campaign.units[unit_ids[0]]
    own = settings.headings[campaign.unit_kinds[unit.kind].heading]
    gaps = {"{issuer}": settings.texts["issuer"], "{unit}": unit.name.upper()}
    filled = {side: tuple(_filled(line, gaps) for line in lines) for side, lines in own.items()}
    texts = {**settings.texts, "issuer": unit.name.upper(), "receiver": unit.name, "contact": unit.name}
    return replace(settings, texts=texts, headings={unit.unit_id: filled, **settings.headings})


def _filled(line: str, gaps: Mapping[str, str]) -> str:
    for gap, text in gaps.items():
        line = line.replace(gap, text)
    return line


def _hash(before: str, others: Iterable[str]) -> str:
    return hashlib.sha256("\n".join([before, *others]).encode()).hexdigest()
