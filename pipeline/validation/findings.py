"""Findings in the reader's language: the campaign's words, with the gaps filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter

import pandas as pd

from pipeline.catalogue import Campaign
from pipeline.catalogue.wording import rule_sentence
from pipeline.frames import FINDING_COLUMNS, Flags
from pipeline.model import CellValue, ErrorCell, Finding, MessageTemplate, Severity


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands. Empty text where a part does not apply."""

    unit_id: str = ""
    file: str = ""
    form_id: str = ""
    sheet: str = ""
    cell: str = ""
    indicator_id: str = ""
    level: str = ""
    period_id: str = ""


_OF_PLACE = tuple(part.name for part in fields(Place))


@dataclass(frozen=True, slots=True)
class Findings:
    """Collects findings and puts them into words. The order of adding does not matter.

    ``touched``: by place in ``found``, the flags, and places in them, of figures that an error doubts.
    """

    campaign: Campaign
    lang: str
    found: list[Finding] = field(default_factory=list)
    touched: list[tuple[int, Flags, tuple[int, int, list[int]]]] = field(default_factory=list)
    sentences: dict[str, str] = field(default_factory=dict)

    def add(self, rule_id: str, place: Place, seen: str = "", expected: str = "", **gaps: str) -> None:
        """Add a finding whose words and severity stand in the campaign's messages under ``rule_id``."""
        words = self.campaign.messages[self.lang][rule_id]
        severity = self.campaign.messages["vi"][rule_id].severity
        self._add(rule_id, severity, words, place, {"seen": seen, "expected": expected, **gaps})

    def add_breach(self, rule_id: str, place: Place, seen: str, expected: str, **gaps: str) -> None:
        """Add a breach of a rule of the campaign, which has its own severity and its own sentence."""
        rule = self.campaign.rules[rule_id]
        told = self.sentences.get(rule_id) or rule_sentence(self.campaign, rule, self.lang)
        self.sentences[rule_id] = told
        words = self.campaign.messages[self.lang]["RULE"]
        gaps = {"seen": seen, "expected": expected, "sentence": told, **gaps}
        self._add(rule_id, Severity(rule.severity), words, place, gaps)

    def touch(self, flags: Flags, at: tuple[int, int, list[int]]) -> None:
        """The finding added last is an error that puts these figures in doubt."""
        flags[at] = True
        self.touched.append((len(self.found) - 1, flags, at))

    def number(self, value: float) -> str:
        """A number as the reader writes it."""
        text = f"{value:,.6f}".rstrip("0").rstrip(".")
        point = self.campaign.words[self.lang]["rule.decimal_point"]
        return text if point == "." else text.translate(str.maketrans(",.", ".,"))

    def shown(self, value: CellValue) -> str:
        """What stands in a cell as the reader would write it; empty where nothing does."""
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, int | float):
            return self.number(value)
        return "" if value is None else str(value.text if isinstance(value, ErrorCell) else value)

    def _add(
        self, rule_id: str, severity: Severity, words: MessageTemplate, place: Place, gaps: dict[str, str]
    ) -> None:
        where = {name: getattr(place, name) for name in _OF_PLACE}
        filled = {**where, **gaps}
        told = f"{words.saw} {words.do}".format_map(_Gaps(filled)).strip()
        self.found.append(
            Finding(
                rule_id=rule_id,
                severity=severity,
                **where,
                seen=gaps.get("seen", ""),
                expected=gaps.get("expected", ""),
                message=told,
            )
        )


class _Gaps(dict[str, str]):
    """A gap that nobody fills shows its name: a visible fault of the campaign, never a crash."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def findings_frame(campaign: Campaign, found: Sequence[Finding]) -> pd.DataFrame:
    """One row per finding, by unit, severity, form, indicator, level and period in the campaign's order."""
    values = attrgetter(*FINDING_COLUMNS)
    rows = [values(finding) for finding in in_order(campaign, found)]
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS)).astype("str")


def in_order(campaign: Campaign, found: Sequence[Finding]) -> list[Finding]:
    """By unit, severity, form, indicator, level and period in the campaign's order."""
    return sorted(found, key=_Order(campaign).of)


class _Order:
    """The campaign's own order of everything that a finding names."""

    def __init__(self, campaign: Campaign) -> None:
        ids = (
            campaign.units,
            list(Severity),
            campaign.forms,
            campaign.indicators,
            campaign.levels,
            campaign.periods,
        )
        self._places = [{name: index for index, name in enumerate(known)} for known in ids]

    def of(self, finding: Finding) -> tuple[int | str, ...]:
        units, severities, forms, indicators, levels, periods = self._places
        return (
            units.get(finding.unit_id, -1),
            severities.get(finding.severity, -1),
            forms.get(finding.form_id, -1),
            indicators.get(finding.indicator_id, -1),
            levels.get(finding.level, -1),
            periods.get(finding.period_id, -1),
            *(finding.rule_id, finding.file, finding.sheet, finding.cell, finding.message),
        )
