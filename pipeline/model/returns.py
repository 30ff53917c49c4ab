"""What comes back, as types: answers, cells as typed, submissions, findings."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from pipeline.model.codes import FileStatus, Severity


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


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell that shows an error value; ``text`` is the error as the workbook states it (``#REF!``)."""

    text: str


CellValue = str | float | int | bool | date | time | timedelta | ErrorCell | None


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
