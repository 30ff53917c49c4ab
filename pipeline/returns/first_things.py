"""The few things to do first: findings of one kind in one form are one thing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from pipeline.catalogue import Campaign
from pipeline.catalogue.wording import parent_of
from pipeline.model import Indicator
from pipeline.returns.places import Places
from pipeline.returns.unit import Unit

MOST: Final = 5


class Thing(NamedTuple):
    """A finding, what is said of it, and how many others of its kind there are in the same form."""

    finding: Mapping[str, Any]
    said: str
    others: int


def first_things(unit: Unit, places: Places) -> list[Thing]:
    """At most five, what weighs most first."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for finding in unit.to_do:
        groups.setdefault((finding["rule_id"], finding["form_id"]), []).append(finding)
    things = []
    for findings in list(groups.values())[:MOST]:
        said = places.message(findings[0])
        if len(findings) > 1:
            said += " " + unit.word("and_others", count=len(findings) - 1)
        things.append(Thing(findings[0], said, len(findings) - 1))
    return things


def place_name(unit: Unit, places: Places, finding: Mapping[str, Any]) -> str:
    """Where to look, in words: form and cell, or the form, or the file."""
    form_id, cell = finding["form_id"], places.cell(finding)
    if form_id not in unit.campaign.forms:
        return unit.word("place.file")
    if not finding["level"]:
        return unit.word("place.form", form=form_id)
    name = "place.cell" if finding["period_id"] else "place.row"
    return unit.word(name, form=form_id, cell=cell)


def what(unit: Unit, finding: Mapping[str, Any]) -> str:
    """Which figure is meant: indicator, level, period; the form's title where no row is meant."""
    indicator = unit.campaign.indicators.get(finding["indicator_id"])
    if indicator is None:
        form = unit.campaign.forms.get(finding["form_id"])
        return "" if form is None else form.title
    level = unit.level_name(finding["level"]) if finding["level"] else ""
    period = unit.period_label(finding["period_id"]) if finding["period_id"] else ""
    rest = ", ".join(part for part in (level, period) if part)
    return unit.word("figure", indicator=full_name(unit, indicator), rest=rest)


def full_name(unit: Unit, indicator: Indicator) -> str:
    """The name of an indicator; that of a part says nothing alone, and follows the name of its whole."""
    whole = _whole_name(unit.campaign, indicator.indicator_id)
    return indicator.name if whole is None else unit.word("part", whole=whole, indicator=indicator.name)


@lru_cache(maxsize=2048)
def _whole_name(campaign: Campaign, indicator_id: str) -> str | None:
    whole = parent_of(campaign, campaign.indicators[indicator_id])
    return None if whole is None else whole.name
