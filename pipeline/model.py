"""The words of the field as types. Everything else in the project speaks in these."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ALL_LEVELS: Final = "ALL"
"""The level id of a total over the reporting levels (never one of the campaign's own levels)."""


class Kind(StrEnum):
    """What a figure is a figure of."""

    FLOW = "flow"
    """Counted during the period."""
    STOCK = "stock"
    """Stands at a moment: the end of the period, or its beginning for an opening balance."""
    RATIO = "ratio"
    """A quotient, in per cent."""


class TimeAggregation(StrEnum):
    """How a window's value is made from those of its periods."""

    SUM = "sum"
    """Added."""
    LAST = "last"
    """That of the last period."""
    FIRST = "first"
    """That of the first period."""
    BALANCE = "balance"
    """First opening plus everything received; carried-over items are counted once."""
    RATIO = "ratio"
    """Recomputed from the aggregated numerator and denominator."""
    NONE = "none"
    """Not aggregated."""


class UnitAggregation(StrEnum):
    """How a city value is made from those of the reporting units."""

    SUM = "sum"
    """Added."""
    AUTHORITY = "authority"
    """Taken from the one office that keeps it; the sum stands beside it as reconciliation."""
    RATIO = "ratio"
    """Recomputed from the aggregated numerator and denominator."""
    NONE = "none"
    """Not aggregated."""


class ObsStatus(StrEnum):
    """The state of one observation (codes after SDMX CL_OBS_STATUS where it has one)."""

    NORMAL = "A"
    """A number as reported, or a total derived from its reported parts."""
    ZERO = "Z"
    """Zero, stated by a sign such as "-" or "không"."""
    NOT_APPLICABLE = "M"
    """Cannot exist, such as a year before the document was issued."""
    MISSING = "O"
    """Not reported."""
    UNKNOWN = "U"
    """Reported as not known."""
    REJECTED = "E"
    """Reported, but not usable; a finding says why."""


class Severity(StrEnum):
    """What a finding does to the figure."""

    REJECT_FILE = "reject_file"
    """Nothing of the file counts."""
    REJECT_CELL = "reject_cell"
    """The cell does not count; its total says n-1 of N."""
    ERROR = "error"
    """Counts, but its totals are provisional until it is corrected or waived."""
    EXPLAIN = "explain"
    """Counts; the unit must confirm or explain."""
    INFO = "info"
    """For the record."""


class FormStatus(StrEnum):
    """What became of one form owed by one unit."""

    ACCEPTED = "accepted"
    """Counted, nothing to correct."""
    WITH_ERRORS = "with_errors"
    """Counted; something in it must be corrected."""
    REJECTED = "rejected"
    """Sent, but nothing of it counts."""
    NOT_SENT = "not_sent"
    """Nothing came, or an empty table came."""


class FileStatus(StrEnum):
    """What became of one file seen in the inputs."""

    ACCEPTED = "accepted"
    """At least one form of it counts."""
    DUPLICATE = "duplicate"
    """The same bytes as another file, which counts."""
    SUPERSEDED = "superseded"
    """A later submission of the same unit replaces it."""
    REJECTED = "rejected"
    """Nothing of it counts; a finding says why."""
    PASSED_OVER = "passed_over"
    """Not looked into: a lock file, a hidden or a temporary one."""


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
class Commune:
    """A commune of the register, for reference and later roll-up. Key: ``commune_code``."""

    commune_code: str
    name: str
    type: str
    district_code: str
    district_name: str
    district_type: str


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


@dataclass(frozen=True, slots=True)
class Answers:
    """What one unit writes into its template, by (row key, period id): a number, or a text as typed.

    A total row without an entry stays a formula. ``remarks`` go by row key into the remarks column;
    ``banner`` stands on every sheet of a workbook whose figures are invented.
    """

    values: Mapping[tuple[str, str], float | str]
    submission_number: int = 1
    filled_by: str = ""
    phone: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)
    banner: str = ""


CellValue = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The keyed cells of one form sheet as typed, a matrix of rows by periods in row-major order.

    ``numbers`` has NaN where the cell holds no plain number; then ``texts`` holds what it does hold, by
    position in the matrix, unless it is empty. ``formulas`` are the positions whose cell is a formula
    (its ``numbers`` or ``texts`` entry is then only the cached value). Rows and columns count from 1.
    """

    form_id: str
    sheet: str
    row_keys: tuple[str, ...]
    row_numbers: tuple[int, ...]
    period_ids: tuple[str, ...]
    column_numbers: tuple[int, ...]
    numbers: array[float]
    texts: Mapping[int, CellValue]
    formulas: frozenset[int]


@dataclass(frozen=True, slots=True)
class StrayCell:
    """A filled cell that belongs to no row key or period of the form. Never dropped in silence."""

    sheet: str
    cell: str
    row_label: str
    seen: str


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """Why a file or a sheet could not be read as hoped; ``rule_id`` picks the words."""

    rule_id: str
    sheet: str = ""
    cell: str = ""
    form_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submission:
    """One file of the inputs, as read.

    ``file`` is relative to the inputs folder, with forward slashes. ``unit_id`` is empty where it could
    not be told. ``explanations`` maps finding keys to what the unit wrote. No judgement yet.
    """

    file: str
    sha256: str
    size: int
    unit_id: str = ""
    submission_number: int = 1
    template_version: str = ""
    sheets: tuple[SheetCells, ...] = ()
    strays: tuple[StrayCell, ...] = ()
    problems: tuple[ReadProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One row of the list of sources: what became of a file, and why (in words for staff)."""

    file: str
    unit_id: str
    sha256: str
    size: int
    submission_number: int | None
    template_version: str
    status: FileStatus
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where something is not as it must be. Empty text where a part does not apply.

    ``saw`` and ``todo`` are the reader's language; ``message`` is both as one text.
    """

    rule_id: str
    severity: Severity
    unit_id: str = ""
    file: str = ""
    form_id: str = ""
    sheet: str = ""
    cell: str = ""
    indicator_id: str = ""
    level: str = ""
    period_id: str = ""
    seen: str = ""
    expected: str = ""
    message: str = ""
    state: str = "open"
