"""Figures added up one level below that lack a unit or rest on an open error, as their row's remark says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.places import place_of

_LEAD: Final = "rollup.remark.lead"


def check_partial(campaign: Campaign, tables: Mapping[str, Table], findings: Findings) -> None:
    """Tell every row in which a roll-up says that a figure is not whole or not sure: its totals are not.

    To the next level the return is complete: without this its totals would look whole.
    """
    leads = tuple(words[_LEAD] for words in campaign.words.values())
    for table in tables.values():
        pattern = _pattern(campaign, table)
        for u, chosen in enumerate(table.chosen):
            for key, remark in chosen.sheet.remarks.items() if chosen is not None else ():
                if key in table.keys and remark.startswith(leads):
                    told = _unsure(campaign, table, pattern, remark)
                    _tell(table, (u, table.keys.index(key)), dict(told), findings)


def _pattern(campaign: Campaign, table: Table) -> re.Pattern[str]:
    """One or more neighbouring periods, the units counted of those expected, and the mark of open errors."""
    labels = sorted((campaign.periods[p].label for p in table.period_ids), key=len, reverse=True)
    label = "|".join(map(re.escape, labels))
    mark = re.escape(campaign.settings.symbols["provisional"])
    return re.compile(rf"(?<![\w/-])({label})(?:…({label}))? \((\d+)/(\d+)( {mark})?\)")


def _unsure(
    campaign: Campaign, table: Table, pattern: re.Pattern[str], remark: str
) -> Iterator[tuple[int, str]]:
    """The place of every period whose figure lacks a unit or is in doubt, with what is said of it."""
    places = {campaign.periods[p].label: i for i, p in enumerate(table.period_ids)}
    for found in pattern.finditer(remark):
        first, last, counted, expected, doubted = found.groups()
        if int(counted) and (int(counted) < int(expected) or doubted):
            for p in range(places[first], places[last or first] + 1):
                yield p, found[0]


def _tell(table: Table, at: tuple[int, int], told: Mapping[int, str], findings: Findings) -> None:
    if told:
        only = next(iter(told)) if len(told) == 1 else None
        findings.add("ROLLUP-PARTIAL", place_of(table, *at, only), ", ".join(dict.fromkeys(told.values())))
        findings.touch(table.has_error, (*at, list(told)))
