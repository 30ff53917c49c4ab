"""What stands in words on the sheet of a form: its labels, levels, measures and column titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.intake.align import Line
from pipeline.intake.labels import plain_label
from pipeline.model import CellValue, FormRow, Period

_TITLES: Final = ("total", "remark", "check")
"""The columns after the periods, by the ids of the words of their titles."""

K = TypeVar("K", str, int, tuple[int, ...])

_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, eq=False)
class FormWords:
    """The words of one form, all plain; one and the same object for all units that owe the same rows of it.

    ``labels`` by indicator, ``levels`` the id of the level by word,
    ``periods`` by what a title says of them, ``titles`` those of the columns after the periods.
    ``keys`` and ``lines`` are the rows that a unit owes, in order; empty where it does not owe the form.
    """

    form_id: str
    labels: Mapping[str, str]
    levels: Mapping[str, str]
    measures: frozenset[str]
    periods: Mapping[tuple[int, ...], str]
    years: Mapping[int, str]
    fillers: frozenset[str]
    titles: frozenset[str]
    keys: tuple[str, ...]
    lines: tuple[Line, ...]

    def period_of(self, title: CellValue) -> str:
        """The period that a column title names; empty where it names none, several, or part of one."""
        return self.periods.get(self._numbers(title), "")

    def year_of(self, title: CellValue) -> str:
        """The only period of the form in the year that is all a title says; empty otherwise."""
        numbers = self._numbers(title)
        return self.years.get(numbers[0], "") if len(numbers) == 1 else ""

    def _numbers(self, title: CellValue) -> tuple[int, ...]:
        if isinstance(title, date):
            return tuple(sorted((title.day, title.month, title.year)))
        if isinstance(title, float) and title.is_integer():
            return (int(title),)
        return _numbers_of(title, self.fillers) if isinstance(title, str) else ()


@lru_cache(maxsize=2**12)
def _numbers_of(title: str, fillers: frozenset[str]) -> tuple[int, ...]:
    """The numbers in a title, in order of size; none where it says anything else than fillers do."""
    if any(word not in fillers for word in _WORD.findall(plain_label(title))):
        return ()
    return _said(title)


@lru_cache(maxsize=8)
def _fillers(campaign: Campaign) -> frozenset[str]:
    """What may stand beside the numbers of a period, in every language."""
    titles = (texts["find.title.fillers"] for texts in campaign.words.values())
    return frozenset(word for text in titles for word in text.split("|"))


@lru_cache(maxsize=2**10)
def form_words(campaign: Campaign, unit_id: str, form_id: str) -> FormWords:
    """The words of a form as one unit has it, in every language of the campaign."""
    rows = next((owed.rows for owed in owed_forms(campaign, unit_id) if owed.form_id == form_id), ())
    return _words_of(campaign, form_id, rows)


@lru_cache(maxsize=2**10)
def _words_of(campaign: Campaign, form_id: str, rows: tuple[FormRow, ...]) -> FormWords:
    indicators = campaign.indicators_of(form_id)
    periods = [campaign.periods[period_id] for period_id in campaign.forms[form_id].period_ids]
    words = campaign.words.values()
    return FormWords(
        form_id=form_id,
        labels={i.indicator_id: plain_label(i.name) for i in indicators},
        levels=_level_words(campaign),
        measures=frozenset(plain_label(i.unit_measure) for i in indicators),
        periods=_single((_said(plain_label(p.label)), p.period_id) for p in periods)
        | _single((_months(p), p.period_id) for p in periods),
        years=_single((int(p.last_month[:4]), p.period_id) for p in periods),
        fillers=_fillers(campaign),
        titles=frozenset(plain_label(texts[f"forms.column.{name}"]) for texts in words for name in _TITLES),
        keys=tuple(row.key for row in rows),
        lines=_lines(campaign, rows),
    )


def _lines(campaign: Campaign, rows: tuple[FormRow, ...]) -> tuple[Line, ...]:
    numbers = running_numbers([(r.indicator_id, campaign.indicators[r.indicator_id].depth) for r in rows])
    return tuple(
        Line(
            plain_label(campaign.indicators[row.indicator_id].name),
            row.level,
            plain_label(campaign.indicators[row.indicator_id].unit_measure),
            numbers[row.indicator_id],
        )
        for row in rows
    )


def running_numbers(rows: Iterable[tuple[str, int]]) -> dict[str, str]:
    """The running number that the template gives each indicator by its depth: 1, 1.1, 1.2, 2."""
    numbers: dict[str, str] = {}
    counters: list[int] = []
    for indicator_id, depth in rows:
        if indicator_id not in numbers:
            counters = [*counters, *[0] * (depth + 1 - len(counters))][: depth + 1]
            counters[depth] += 1
            numbers[indicator_id] = ".".join(str(max(count, 1)) for count in counters)
    return numbers


@lru_cache(maxsize=8)
def _level_words(campaign: Campaign) -> Mapping[str, str]:
    """The names of the levels, and their ids where these are no signs that stand among the figures."""
    signs = {plain_label(sign) for sign in (*campaign.settings.symbols.values(), *campaign.signs)}
    named = _single(
        (plain_label(word), level.level_id)
        for level in campaign.levels.values()
        for word in (
            *(level.level_id, level.name, level.name_en),
            *(texts.get(f"forms.level.{level.level_id}", level.name) for texts in campaign.words.values()),
        )
    )
    return {word: level_id for word, level_id in named.items() if word not in signs}


def _said(label: str) -> tuple[int, ...]:
    return tuple(sorted(int(number) for number in re.findall(r"\d{1,4}", label)))


def _months(period: Period) -> tuple[int, ...]:
    return tuple(
        sorted(int(part) for month in (period.first_month, period.last_month) for part in month.split("-"))
    )


def _single(pairs: Iterable[tuple[K, str]]) -> dict[K, str]:
    """The pairs as a mapping, without what stands for two things."""
    found: dict[K, set[str]] = {}
    for word, name in pairs:
        found.setdefault(word, set()).add(name)
    return {word: names.pop() for word, names in found.items() if len(names) == 1}
