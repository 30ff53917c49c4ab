"""A rule as staff read it: which rows of which form, in the campaign's own names and words."""

from __future__ import annotations

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.names import in_language
from pipeline.model import Indicator
from pipeline.rules.language import Rule
from pipeline.rules.sentence import NameOf, sentence


def rule_sentence(campaign: Campaign, rule: Rule, lang: str) -> str:
    """What the rule says must be true, followed by the periods and levels that it is limited to."""
    campaign = in_language(campaign, lang)
    words = campaign.words[lang]
    said = [sentence(rule.expression, names_for(campaign, rule.expression.indicator_ids, lang), words)]
    if rule.periods.word:
        period = campaign.periods[rule.periods.period_id].label
        said.append(words[f"rule.limit.{rule.periods.word}"].format(period=period))
    if rule.levels:
        names = ", ".join(campaign.levels[level].name for level in rule.levels)
        said.append(words["rule.limit.levels"].format(levels=names))
    return " ".join(said)


def names_for(campaign: Campaign, indicator_ids: tuple[str, ...], lang: str) -> NameOf:
    """How to name indicators that are mentioned together, in this order.

    A part such as "khiếu nại" says nothing alone: the name of the row above goes before it, unless that row,
    or an earlier part of it, is mentioned too.
    """
    words, named, names = campaign.words[lang], set(indicator_ids), {}
    for indicator_id in indicator_ids:
        indicator = campaign.indicators[indicator_id]
        parent = parent_of(campaign, indicator)
        gaps = {"name": indicator.name, "indicator_id": indicator_id}
        if parent is None or parent.indicator_id in named:
            names[indicator_id] = words["rule.name"].format(**gaps)
        else:
            named.add(parent.indicator_id)
            names[indicator_id] = words["rule.part_name"].format(parent=parent.name, **gaps)
    return names.__getitem__


def parent_of(campaign: Campaign, indicator: Indicator) -> Indicator | None:
    """The nearest row above of lesser depth, of which the indicator is a part; None at depth 0."""
    above = [other for other in campaign.indicators_of(indicator.form_id) if other.order < indicator.order]
    return next((other for other in reversed(above) if other.depth < indicator.depth), None)
