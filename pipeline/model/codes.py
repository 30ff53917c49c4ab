"""The closed lists of codes, each with a sentence under every member."""

from __future__ import annotations

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


class FindingState(StrEnum):
    """Whether a finding still asks for something."""

    OPEN = "open"
    """Nobody has answered it."""
    CORRECTED = "corrected"
    """It stands in a file that a later submission replaces."""
    EXPLAINED = "explained"
    """The unit has explained the figure."""
    WAIVED = "waived"
    """The office accepts the error, and says why."""


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
