"""How to read the workbook: signs, periods, how totals are made, whose figure counts, why a cell is blank."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.book import MOST_JUMPS, Sheet
from pipeline.catalogue.city import Basis
from pipeline.model import (
    FileStatus,
    FormStatus,
    Indicator,
    ObsStatus,
    Severity,
    TimeAggregation,
    UnitAggregation,
)
from pipeline.summary.brief import Brief
from pipeline.summary.grid import Table
from pipeline.summary.heads import TOP, column_specs, working_sheet

Note = tuple[str, str, str]
_COLUMNS: Final = (
    ("part", 30, "summary_wrap"),
    ("item", 44, "summary_wrap"),
    ("explanation", 100, "summary_wrap"),
)
_SIGNS: Final = (
    ObsStatus.NOT_APPLICABLE,
    ObsStatus.MISSING,
    ObsStatus.UNKNOWN,
    ObsStatus.REJECTED,
)
_EMPTY: Final = (
    *("city_period", "city_window", "city_ratio", "trend", "overview", "by_unit"),
    *("reconciliation", "reported", "rate", "blocks"),
)
"""The places of the workbook that can be empty; the words say why."""


def notes_sheet(brief: Brief) -> Sheet:
    """One row per thing that needs saying."""
    columns = column_specs(brief, _COLUMNS)
    notes = list(_notes(brief))
    return working_sheet(brief, "notes", Table(TOP, columns, notes, len(notes)))


def _notes(brief: Brief) -> Iterator[Note]:
    for section in (_signs, _coverage, _empty, _following, _levels, _times, _adding, _balances, _authorities):
        yield from section(brief)
    for section in (_not_totalled, _since, _states):
        yield from section(brief)


def _note(brief: Brief, part: str, item: str, explanation: str) -> Note:
    return (brief.word(f"notes.{part}.title"), item, explanation)


def _signs(brief: Brief) -> Iterator[Note]:
    for status in _SIGNS:
        yield _note(brief, "signs", brief.symbol(status.value), brief.word(f"notes.signs.{status.value}"))
    yield _note(brief, "signs", brief.symbol("provisional"), brief.word("notes.signs.provisional"))
    for name in ("not_totalled", "not_owed"):
        yield _note(brief, "signs", brief.word(f"sign.{name}"), brief.word(f"notes.signs.{name}"))
    if brief.word("sign.nowhere") != brief.word("sign.not_owed"):
        yield _note(brief, "signs", brief.word("sign.nowhere"), brief.word("notes.signs.nowhere"))
    yield _note(brief, "signs", "0", brief.word("notes.signs.zero"))


def _coverage(brief: Brief) -> Iterator[Note]:
    for name in ("coverage", "short", "provisional", "draft"):
        yield _note(
            brief,
            "coverage",
            brief.word(f"notes.coverage.{name}"),
            brief.word(f"notes.coverage.{name}_means"),
        )


def _empty(brief: Brief) -> Iterator[Note]:
    for name in _EMPTY:
        yield _note(
            brief, "empty", brief.word(f"notes.empty.{name}"), brief.word(f"notes.empty.{name}_means")
        )
    without = [form_id for form_id in brief.campaign.forms if form_id not in brief.detail]
    if without:
        told = brief.word("notes.empty.detail_means", forms=", ".join(without))
        yield _note(brief, "empty", brief.word("notes.empty.detail"), told)


def _following(brief: Brief) -> Iterator[Note]:
    """Where links lead, and on which sheets Excel takes no more of them."""
    for name in ("figure", "steps", "blank", "detail", "moved", "names"):
        yield _note(
            brief,
            "following",
            brief.word(f"notes.following.{name}"),
            brief.word(f"notes.following.{name}_means"),
        )
    long = [place.sheet for place in brief.detail.values() if len(place.rows) >= MOST_JUMPS]
    if long:
        text = brief.word("notes.following.limit_means", count=MOST_JUMPS - 1)
        yield _note(brief, "following", brief.word("notes.following.limit", sheets=", ".join(long)), text)


def _levels(brief: Brief) -> Iterator[Note]:
    for level in brief.campaign.levels.values():
        word = "authority" if level.is_authority else "reporting"
        yield _note(
            brief,
            "levels",
            f"{level.level_id} - {brief.level_name(level.level_id)}",
            brief.word(f"notes.levels.{word}"),
        )
    yield _note(brief, "levels", f"ALL - {brief.word('all_levels')}", brief.word("notes.levels.all"))


def _times(brief: Brief) -> Iterator[Note]:
    longest = max((p.months for p in brief.campaign.periods.values()), default=0)
    for period in brief.campaign.periods.values():
        item = f"{period.period_id} - {period.label}"
        if period.is_snapshot:
            yield _note(brief, "times", item, brief.word("notes.times.snapshot"))
        elif period.months < longest:
            yield _note(
                brief, "times", item, brief.word("notes.times.part", months=period.months, longest=longest)
            )
    for window in brief.campaign.windows.values():
        periods = [brief.campaign.periods[name] for name in window.period_ids]
        months = sum(p.months for p in periods)
        text = brief.word(
            "notes.times.window" if months else "notes.times.dates",
            periods=", ".join(p.period_id for p in periods),
            months=months,
        )
        yield _note(brief, "times", f"{window.window_id} - {brief.time_name(window.window_id)}", text)


def _adding(brief: Brief) -> Iterator[Note]:
    """Each way of making a total that the campaign uses, and how often."""
    for way in TimeAggregation:
        count = sum(i.time_aggregation is way for i in brief.campaign.indicators.values())
        if count:
            name = brief.word(f"notes.adding.{way.value}", count=count)
            yield _note(brief, "adding", name, brief.word(f"notes.adding.{way.value}_means"))


def _balances(brief: Brief) -> Iterator[Note]:
    for indicator in brief.campaign.indicators.values():
        if indicator.time_aggregation is TimeAggregation.BALANCE:
            word = "outflow" if indicator.outflow else "inflow"
            text = brief.word(
                f"notes.balances.{word}",
                opening=indicator.opening,
                inflow=indicator.inflow,
                outflow=indicator.outflow,
            )
            yield _note(brief, "balances", _named(indicator), text)
        elif indicator.is_computed:
            text = brief.word("notes.balances.ratio", over=indicator.numerator, under=indicator.denominator)
            yield _note(brief, "balances", _named(indicator), text)


def _authorities(brief: Brief) -> Iterator[Note]:
    """By authority and form: whose figure is the total, and where it is taken from."""
    kept: dict[tuple[str, str], list[Indicator]] = {}
    for indicator in brief.campaign.indicators.values():
        if indicator.unit_aggregation is UnitAggregation.AUTHORITY:
            kept.setdefault((indicator.authority_unit, indicator.form_id), []).append(indicator)
    for (unit_id, form_id), indicators in kept.items():
        other = sorted({i.authority_indicator for i in indicators if i.authority_indicator})
        sources = {brief.campaign.indicators[name].form_id for name in other}
        item = brief.word("notes.authorities.item", unit=brief.unit_name(unit_id), form=form_id)
        text = brief.word(
            "notes.authorities.copied" if other else "notes.authorities.kept",
            count=len(indicators),
            indicators=", ".join(i.indicator_id for i in indicators),
            forms=", ".join(sorted(sources)),
        )
        yield _note(brief, "authorities", item, text)


def _not_totalled(brief: Brief) -> Iterator[Note]:
    indicators = brief.campaign.indicators
    rows = [row for table in brief.results.city.values() for row in table.rows if row.basis is Basis.NOTHING]
    for name in dict.fromkeys(row.indicator_id for row in rows):
        word = "reference" if indicators[name].reference_only else "none"
        yield _note(brief, "not_totalled", _named(indicators[name]), brief.word(f"notes.not_totalled.{word}"))


def _since(brief: Brief) -> Iterator[Note]:
    for indicator in brief.campaign.indicators.values():
        if indicator.since is not None:
            text = brief.word("notes.since.means", year=indicator.since, sign=brief.symbol("M"))
            yield _note(brief, "since", _named(indicator), text)


def _states(brief: Brief) -> Iterator[Note]:
    for severity in Severity:
        item, text = (brief.word(f"{name}.{severity.value}") for name in ("severity", "severity_means"))
        yield _note(brief, "severities", item, text)
    for status in FormStatus:
        item, text = (brief.word(f"{name}.{status.value}") for name in ("form", "form_means"))
        yield _note(brief, "form_states", item, text)
    for seen in FileStatus:
        item, text = (brief.word(f"{name}.{seen.value}") for name in ("file", "file_means"))
        yield _note(brief, "file_states", item, text)


def _named(indicator: Indicator) -> str:
    return f"{indicator.indicator_id} - {indicator.name}"
