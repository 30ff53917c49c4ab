"""What one unit reports in one cell: as it counts, as it was typed, where, and what was found about it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.frames import NOT_ASKED, STATUSES, Cube, Results
from pipeline.model import (
    CellValue,
    ErrorCell,
    FindingState,
    ObsStatus,
    Severity,
    SheetCells,
)

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Told:
    """A finding about a figure, in the reader's language; ``reply`` is what closed it."""

    rule_id: str
    severity: str
    state: str
    message: str
    reply: str
    file: str
    finding_id: str


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """One unit's figure. ``value`` is NaN where none counts; ``status`` says why.

    ``typed`` is what stands in the cell, ``is_formula`` that it is the last result of a formula; file, sheet
    and cell are empty where nothing was read.
    """

    unit_id: str
    key: str
    period_id: str
    value: float
    status: ObsStatus
    has_error: bool
    file: str
    sheet: str
    cell: str
    typed: str
    is_formula: bool
    findings: tuple[Told, ...]

    @property
    def counts(self) -> bool:
        """Whether it is part of the total."""
        return self.status in (ObsStatus.NORMAL, ObsStatus.ZERO)


@dataclass(slots=True)
class UnitFigures:
    """Looks up the figures of units in the results of a run."""

    campaign: Campaign
    results: Results
    _sheets: dict[tuple[str, str, str], SheetCells] = field(init=False)
    _findings: dict[str, list[dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self._sheets = {
            (submission.file, sheet.form_id, sheet.sheet): sheet
            for submission in self.results.submissions
            for sheet in submission.sheets
        }
        self._findings = {}
        for finding in self.results.findings.to_dict("records"):
            self._findings.setdefault(str(finding["unit_id"]), []).append(
                {str(name): value for name, value in finding.items()}
            )

    def of(self, key: str, period_id: str, unit_ids: Iterable[str] | None) -> Iterator[UnitFigure]:
        """What the units (all, where None) report for a row in a period; those not asked are left out."""
        cube = self.results.cubes.get(self.campaign.indicators[key.rpartition("|")[0]].form_id)
        if cube is None or key not in cube.keys:
            return
        wanted = None if unit_ids is None else set(unit_ids)
        k, p = cube.keys.index(key), cube.period_ids.index(period_id)
        for u, unit_id in enumerate(cube.unit_ids):
            if cube.status[u, k, p] != NOT_ASKED and (wanted is None or unit_id in wanted):
                yield self._one(cube, (u, k, p))

    def _one(self, cube: Cube, where: tuple[int, int, int]) -> UnitFigure:
        u, k, p = where
        row, column = int(cube.row_numbers[u, k]), int(cube.column_numbers[u, p])
        typed, is_formula = self._typed(cube, u, (row, column))
        found = UnitFigure(
            unit_id=cube.unit_ids[u],
            key=cube.keys[k],
            period_id=cube.period_ids[p],
            value=float(cube.values[where]),
            status=STATUSES[int(cube.status[where])],
            has_error=bool(cube.has_error[where]),
            file=cube.files[u],
            sheet=cube.sheets[u],
            cell=a1(row, column),
            typed=typed,
            is_formula=is_formula,
            findings=(),
        )
        told = tuple(self._told(cube.form_id, found))
        return replace(found, findings=told)

    def _typed(self, cube: Cube, u: int, place: tuple[int, int]) -> tuple[str, bool]:
        sheet = self._sheets.get((cube.files[u], cube.form_id, cube.sheets[u]))
        row, column = place
        if sheet is None or row not in sheet.row_numbers or column not in sheet.column_numbers:
            return "", False
        width = len(sheet.period_ids)
        position = sheet.row_numbers.index(row) * width + sheet.column_numbers.index(column)
        return typed_text(sheet.shown(position)), position in sheet.formulas

    def _told(self, form_id: str, figure: UnitFigure) -> Iterator[Told]:
        """What was found at the cell or its row; else the breach that doubts it; and what is about all."""
        mine = self._findings.get(figure.unit_id, ())
        found = [one for one in mine if _is_at(one, figure)]
        if figure.has_error and not any(_is_open_error(one) for one in found):
            breaches = [one for one in mine if self._doubts(one, figure)]
            near = [one for one in breaches if one["period_id"] in ("", figure.period_id)]
            found += near or breaches
        if not figure.counts:
            found += [one for one in mine if _is_of_all(one, form_id)]
        for one in found:
            names = ("rule_id", "severity", "state", "message", "reply", "file", "finding_id")
            yield Told(*(str(one[name]) for name in names))

    def _doubts(self, finding: dict[str, Any], figure: UnitFigure) -> bool:
        """Whether a rule of several figures, this one among them, is broken at this level, in any period."""
        rule = self.campaign.rules.get(str(finding["rule_id"]))
        indicator_id, _, level = figure.key.rpartition("|")
        return (
            rule is not None
            and _is_open_error(finding)
            and finding["level"] in ("", level)
            and indicator_id in _WORD.findall(rule.text)
        )


def typed_text(value: CellValue) -> str:
    """What stands in a cell, as a text."""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else str(value)


def _is_at(finding: dict[str, Any], figure: UnitFigure) -> bool:
    indicator_id, _, level = figure.key.rpartition("|")
    return bool(
        finding["indicator_id"] == indicator_id
        and finding["level"] in ("", level)
        and finding["period_id"] in ("", figure.period_id)
    )


def _is_open_error(finding: dict[str, Any]) -> bool:
    return bool(finding["severity"] == Severity.ERROR and finding["state"] == FindingState.OPEN)


def _is_of_all(finding: dict[str, Any], form_id: str) -> bool:
    """Whether it is about a whole form or file, and so why nothing counts."""
    about_form = finding["form_id"] == form_id or not finding["form_id"]
    whole = finding["severity"] in (Severity.REJECT_FILE, Severity.EXPLAIN, Severity.REJECT_CELL)
    return bool(not finding["indicator_id"] and about_form and whole)
