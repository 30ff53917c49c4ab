"""A campaign in memory: everything that is declared about one collection, checked and ready to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.model import (
    Assignment,
    Form,
    Indicator,
    Level,
    Measure,
    MessageTemplate,
    ObsStatus,
    Period,
    ReportingUnit,
    Subordinate,
    UnitKind,
    Window,
)
from pipeline.rules.language import Rule, Side

Words = Mapping[str, str]
Names = Mapping[tuple[str, str], tuple[str, int]]
"""The names of one language by list and id, each with the line that it stands in."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One line of the overview: the figure of ``indicator_id`` over all levels."""

    group: str
    indicator_id: str
    label: str
    label_en: str


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """One chart of the overview: the headline figures of ``indicator_ids``, which share a unit of measure."""

    title: str
    title_en: str
    indicator_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A believable size for invented figures: per year and reporting unit at one level ("*": at any).

    ``share_of`` names an indicator of which the figure is ``typical`` times as much.
    """

    indicator_id: str
    level: str
    typical: float
    share_of: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Parsed expressions of one indicator: of a ratio, or of a balance."""

    numerator: Side | None = None
    denominator: Side | None = None
    opening: Side | None = None
    inflow: Side | None = None
    outflow: Side | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """``campaign.toml``: what is said once. Texts in the campaign's language have an English twin."""

    campaign_id: str
    template_version: str
    accepted_template_versions: tuple[str, ...]
    texts: Words
    symbols: Words
    main_window: str
    headings: Mapping[str, Mapping[str, tuple[str, ...]]]
    plausibility: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a campaign comes from: its folder, and as whom it is seen.

    Each step of ``under`` names units whose subordinates are the reporting units of the next step.
    """

    folder: Path
    under: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Campaign:
    """All lists of a campaign, in the order of their files, keyed by their ids.

    ``sha256`` covers every file of the folder; ``catalogue_hash`` only the lists that decide which cells a
    template has, and stands in every template. ``under`` is empty for a campaign as a whole; else see Source.
    """

    folder: Path
    sha256: str
    catalogue_hash: str
    settings: Settings
    levels: Mapping[str, Level]
    unit_kinds: Mapping[str, UnitKind]
    units: Mapping[str, ReportingUnit]
    subordinates: Mapping[str, Subordinate]
    periods: Mapping[str, Period]
    windows: Mapping[str, Window]
    measures: Mapping[str, Measure]
    forms: Mapping[str, Form]
    indicators: Mapping[str, Indicator]
    parts: Mapping[str, Parts]
    assignments: tuple[Assignment, ...]
    rules: Mapping[str, Rule]
    signs: Mapping[str, ObsStatus]
    headlines: tuple[Headline, ...]
    magnitudes: Mapping[tuple[str, str], Magnitude]
    words: Mapping[str, Words]
    messages: Mapping[str, Mapping[str, MessageTemplate]]
    theme: Mapping[str, Any]
    under: tuple[tuple[str, ...], ...] = ()
    names: Mapping[str, Names] = field(default_factory=dict)
    charts: tuple[ChartPlan, ...] = ()
    lang: str = "vi"
    own: Campaign | None = None
    """The campaign in its own language, where this one was put into another (see ``names.in_language``)."""

    @property
    def source(self) -> Source:
        """From where another process gets this very campaign."""
        return Source(self.folder, self.under)

    @property
    def campaign_id(self) -> str:
        """The id that stands in every template."""
        return self.settings.campaign_id

    def text(self, name: str, lang: str) -> str:
        """A text of ``campaign.toml`` in a language; the campaign's own where there is no twin."""
        twin = self.settings.texts.get(f"{name}_{lang}")
        return twin if twin is not None else self.settings.texts[name]

    def indicators_of(self, form_id: str) -> tuple[Indicator, ...]:
        """The indicators of one form, in the order of its rows."""
        return tuple(i for i in self.indicators.values() if i.form_id == form_id)

    def windows_of(self, form_id: str) -> tuple[Window, ...]:
        """The windows that total at least one period of the form."""
        columns = set(self.forms[form_id].period_ids)
        return tuple(w for w in self.windows.values() if columns.intersection(w.period_ids))

    def exists_in(self, indicator_id: str, period_id: str) -> bool:
        """Whether the indicator can exist in the period (its first year is not later)."""
        since = self.indicators[indicator_id].since
        return since is None or int(self.periods[period_id].last_month[:4]) >= since
