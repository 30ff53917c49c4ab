"""What comes back, as types: answers, cells as typed, submissions, findings."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from pipeline.model.codes import FileStatus, FindingState, Severity


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
    date_filled: str = ""
    data_period: str = ""


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
    (its ``numbers`` or ``texts`` entry is then only the cached value). ``remarks`` go by row key. Rows and
    columns count from 1. ``merged`` names the merged area of the positions that share one with others.
    ``unicode`` is what a text typed in the encoding of an older font says. ``arithmetic`` are the formulas
    that hold nothing but numbers and signs. ``percents`` are numbers that their cell shows as per cent, a
    hundred times as large.
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
    remarks: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[int, str] = field(default_factory=dict)
    unicode: Mapping[int, str] = field(default_factory=dict)
    arithmetic: Mapping[int, str] = field(default_factory=dict)
    percents: frozenset[int] = frozenset()

    def shown(self, position: int) -> CellValue:
        """What people see in a cell: a number, a text, ``95%``; of a formula without a value, the formula."""
        number = self.numbers[position]
        if number == number:
            return f"{100 * number:.15g}%" if position in self.percents else number
        if position in self.texts or position not in self.formulas:
            return self.texts.get(position)
        return f"={self.arithmetic.get(position, '')}"


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
class Explanation:
    """One line of the explanation sheet on which the unit wrote an explanation, everything as typed.

    ``finding_id`` stands only on the lines that we filled in; on others ``form``, ``row``, ``level`` and
    ``period`` say what is explained, in the unit's own words.
    """

    sheet: str
    cell: str
    finding_id: str
    form: str
    row: str
    level: str
    period: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """One line of the list by which the office accepts an error; everything as typed."""

    line: int
    finding_id: str
    reason: str
    who: str
    date: str


@dataclass(frozen=True, slots=True)
class WaiverList:
    """The list of waivers of one run. ``problem`` is the id of words that say why it could not be read."""

    file: str = ""
    sha256: str = ""
    waivers: tuple[Waiver, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One file of the inputs, as read.

    ``file`` is relative to the inputs folder, with forward slashes. ``unit_id`` is empty where it could
    not be told. ``entered`` is what the unit wrote about itself, by machine key (``phone``). No judgement.
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
    explanations: tuple[Explanation, ...] = ()
    entered: Mapping[str, str] = field(default_factory=dict)


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

    ``message`` is in the reader's language. ``reply`` is the explanation or the waiver that closed it.
    ``finding_id`` is unique within a run, and the same in every run in which the finding is the same.
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
    state: FindingState = FindingState.OPEN
    reply: str = ""
    finding_id: str = ""


@dataclass(frozen=True, slots=True)
class CellMark:
    """What a return copy says at one cell: how severe it is, and a comment on what to do.

    ``is_part``: the finding is told at another cell, and takes this one in.
    """

    severity: Severity
    note: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class ExplainLine:
    """One line that a return copy has ready on the explanation sheet."""

    finding_id: str
    form_id: str
    row: str
    level: str
    period: str
    seen: str
    text: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Markup:
    """What a return copy has over a filled template. Cells go by (row key, period id), rows by row key."""

    cells: Mapping[tuple[str, str], CellMark]
    rows: Mapping[str, str]
    lines: tuple[ExplainLine, ...]
