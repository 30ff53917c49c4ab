"""The verb ``explain``: a rule, or a kind of finding, in words. Needs no returns and no heavy library."""

from __future__ import annotations

from pipeline.catalogue import Campaign, load_campaign
from pipeline.catalogue.tables import nearest
from pipeline.catalogue.wording import rule_sentence
from pipeline.cli import screen
from pipeline.cli.options import Common
from pipeline.errors import WrongUse


def explain_verb(common: Common, rule_id: str) -> None:
    """Say what a rule demands and what a breach does. Raises WrongUse for an unknown id."""
    campaign = load_campaign(common.campaign)
    name = next(
        (r for r in (*campaign.rules, *campaign.messages["vi"]) if r.casefold() == rule_id.casefold()), ""
    )
    if not name:
        close = nearest(rule_id.upper(), [*campaign.rules, *campaign.messages["vi"]])
        hint = campaign.words[common.lang]["cli.hint"].format(name=close) if close else ""
        raise WrongUse("cli.no_rule", rule=rule_id, hint=hint)
    told = (
        _rule(campaign, name, common.lang) if name in campaign.rules else _kind(campaign, name, common.lang)
    )
    if common.json:
        screen.say_json({"rule_id": name, **dict(told)})
        return
    for _, text in told:
        screen.say(text)


def _rule(campaign: Campaign, rule_id: str, lang: str) -> list[tuple[str, str]]:
    rule, words = campaign.rules[rule_id], campaign.words[lang]
    return [
        ("title", words["cli.explain.rule"].format(rule=rule_id, form=rule.form_id)),
        ("must", words["cli.explain.must"].format(sentence=rule_sentence(campaign, rule, lang))),
        ("expression", words["cli.explain.expression"].format(text=rule.text)),
        ("effect", _effect(campaign, rule.severity, lang)),
    ]


def _kind(campaign: Campaign, rule_id: str, lang: str) -> list[tuple[str, str]]:
    words, message = campaign.words[lang], campaign.messages[lang][rule_id]
    return [
        ("title", rule_id),
        ("saw", words["cli.explain.saw"].format(text=message.saw)),
        ("do", words["cli.explain.do"].format(text=message.do)),
        ("effect", _effect(campaign, str(message.severity), lang)),
    ]


def _effect(campaign: Campaign, severity: str, lang: str) -> str:
    words = campaign.words[lang]
    gaps = {"severity": words[f"cli.severity.{severity}"], "effect": words[f"cli.effect.{severity}"]}
    return words["cli.explain.effect"].format(**gaps)
