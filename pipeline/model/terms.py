"""What a campaign declares, as types: forms, indicators, units, periods and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model.codes import Kind, ObsStatus, Severity, TimeAggregation, UnitAggregation


@dataclass(frozen=True, slots=True)
class Level:
    """A tier of the organisation; ``is_authority`` marks the whole-area figures of an authority."""

    level_id: str
    name: str
    name_en: str
    is_authority: bool


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A class of reporting units; ``heading`` names the document style (party or state)."""

    kind: str
    name: str
    name_en: str
    heading: str
    signature: str


@dataclass(frozen=True, slots=True)
class ReportingUnit:
    """Who reports. ``without_levels``: levels that this unit does not have, though its kind does."""

    unit_id: str
    name: str
    kind: str
    official_code: str
    without_levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subordinate:
    """Who reports to a reporting unit (or to another subordinate), at ``levels`` of what that one owes.

    ``valid_to`` is the month (``YYYY-MM``) in which a unit was dissolved: it reports no more, and its
    ``successor`` (empty where nobody has confirmed one) reports its figures of all periods with its own.
    Names change; the id never does. ``former_name`` is the one before, for people.
    """

    unit_id: str
    name: str
    kind: str
    reports_to: str
    levels: tuple[str, ...]
    official_code: str
    former_name: str = ""
    valid_to: str = ""
    successor: str = ""

    @property
    def is_dissolved(self) -> bool:
        """Whether the unit is no more."""
        return bool(self.valid_to)


@dataclass(frozen=True, slots=True)
class Period:
    """A column of the forms. Months are ``YYYY-MM``; ``months`` is 0 for a snapshot date."""

    period_id: str
    label: str
    first_month: str
    last_month: str
    months: int
    windows: tuple[str, ...]

    @property
    def is_snapshot(self) -> bool:
        """Whether the period is a date at which stocks are counted."""
        return self.months == 0


@dataclass(frozen=True, slots=True)
class Window:
    """A set of periods that is totalled; ``period_ids`` in the order of time."""

    window_id: str
    label: str
    label_en: str
    period_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted. ``decimals`` allowed in a reported value; other ``spellings`` after a number."""

    unit_measure: str
    name_en: str
    decimals: int
    number_format: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One appendix table; ``period_ids`` are its columns in order."""

    form_id: str
    number: str
    outline_section: str
    title: str
    title_en: str
    period_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of a form, at one or more levels.

    ``filled_by`` lists unit kinds or unit ids; empty means whoever owes the form. ``since`` is the first
    year in which the indicator can exist. ``opening``, ``inflow`` and ``outflow`` are expressions that say
    what a balance is made of. ``numerator`` and ``denominator`` are expressions, empty unless computed.
    """

    indicator_id: str
    form_id: str
    order: int
    depth: int
    name: str
    unit_measure: str
    kind: Kind
    time_aggregation: TimeAggregation
    unit_aggregation: UnitAggregation
    authority_unit: str
    authority_indicator: str
    filled_by: tuple[str, ...]
    reference_only: bool
    levels: tuple[str, ...]
    since: int | None
    numerator: str
    denominator: str
    opening: str
    inflow: str
    outflow: str
    note: str

    @property
    def is_computed(self) -> bool:
        """Whether the value is derived from other indicators and never entered."""
        return bool(self.numerator)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Units of ``unit_kind`` owe ``form_id`` at ``levels``."""

    form_id: str
    unit_kind: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A text that staff write instead of a number, and the state that it stands for."""

    text: str
    status: ObsStatus


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """The words of one kind of finding: what was seen, what to do. ``severity`` says what it does."""

    rule_id: str
    severity: Severity
    saw: str
    do: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of a unit's form. ``key`` is what stands in column A of every workbook."""

    indicator_id: str
    level: str

    @property
    def key(self) -> str:
        """The row key ``<indicator_id>|<level>``."""
        return f"{self.indicator_id}|{self.level}"


@dataclass(frozen=True, slots=True)
class OwedForm:
    """A form that one unit owes: its rows in order, computed ratios included."""

    unit_id: str
    form_id: str
    rows: tuple[FormRow, ...]
    period_ids: tuple[str, ...]
