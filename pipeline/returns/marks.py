"""Findings -> marks at the cells of the copy, and the lines of the explanation sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.catalogue.obligations import owed_forms
from pipeline.model import CellMark, ExplainLine, FindingState, Markup, Severity
from pipeline.returns.concerned import Cell, parts_of_finding
from pipeline.returns.first_things import full_name
from pipeline.returns.places import Places
from pipeline.returns.unit import Unit, is_open, row_key

_WEIGHT = {severity: place for place, severity in enumerate(Severity)}
_OF_CELLS = "CELL-"


def markup_of(unit: Unit) -> Markup:
    """What is marked in the copy of one unit."""
    asked = [*unit.to_do, *_told(unit)]
    owed = {row.key for form in owed_forms(unit.campaign, unit.unit.unit_id) for row in form.rows}
    by_row: dict[str, list[Mapping[str, Any]]] = {}
    for finding in asked:
        if row_key(finding) in owed:
            by_row.setdefault(row_key(finding), []).append(finding)
    places = Places(unit)
    marks: dict[Cell, list[CellMark]] = {}
    for key, findings in by_row.items():
        for period_id, mine in _by_period(unit, places, key, findings).items():
            marks.setdefault((key, period_id), []).extend(mine)
    for finding in asked:
        parts = [cell for cell in parts_of_finding(unit, finding) if cell[0] in owed]
        mine = [_part_mark(unit, places, finding)] if parts else []
        for cell in parts:
            marks.setdefault(cell, []).extend(mine)
    cells = {cell: _joined(mine) for cell, mine in marks.items()}
    rows = {key: text for key, findings in by_row.items() if (text := _row_text(unit, findings))}
    return Markup(cells, rows, tuple(_lines(unit, places)))


def _told(unit: Unit) -> list[Mapping[str, Any]]:
    """What was read otherwise than typed, in the files that count: a comment only."""
    return [
        f
        for f in unit.findings
        if is_open(f)
        and f["severity"] == Severity.INFO
        and f["period_id"]
        and f["rule_id"].startswith(_OF_CELLS)
    ]


def _by_period(
    unit: Unit, places: Places, key: str, findings: Sequence[Mapping[str, Any]]
) -> dict[str, list[CellMark]]:
    """The marks of a row's cells; what is said of a whole row is marked throughout, and said once."""
    found: dict[str, list[CellMark]] = {}
    indicator = unit.campaign.indicators[key.partition("|")[0]]
    exist = [
        p
        for p in unit.campaign.forms[indicator.form_id].period_ids
        if unit.campaign.exists_in(indicator.indicator_id, p)
    ]
    for finding in findings:
        severity = Severity(finding["severity"])
        said = unit.word(f"note.{severity}", message=places.message(finding))
        periods = [finding["period_id"]] if finding["period_id"] else exist
        for place, period_id in enumerate(periods):
            found.setdefault(period_id, []).append(CellMark(severity, said if place == 0 else ""))
    return found


def _part_mark(unit: Unit, places: Places, finding: Mapping[str, Any]) -> CellMark:
    """What is said at the other cells of a finding: where it is told, and all that it says."""
    said = unit.word("note.part", cell=places.cell(finding), message=places.message(finding))
    return CellMark(Severity(finding["severity"]), said, is_part=True)


def _joined(marks: Sequence[CellMark]) -> CellMark:
    """The heaviest of several marks at one cell, with all that they say; its own before others'."""
    own = [mark for mark in marks if not mark.is_part and mark.severity is not Severity.INFO]
    heaviest = min(own or marks, key=lambda mark: (not mark.is_part, _WEIGHT[mark.severity]))
    note = "\n\n".join(dict.fromkeys(mark.note for mark in marks if mark.note))
    return CellMark(heaviest.severity, note, heaviest.is_part)


def _row_text(unit: Unit, findings: Sequence[Mapping[str, Any]]) -> str:
    """By severity the symbol and the periods: ``✗ 2015, 2017``."""
    lines = []
    for severity in Severity:
        mine = [f for f in findings if f["severity"] == severity]
        symbol = unit.symbol(severity)
        if mine and symbol:
            order = {p: i for i, p in enumerate(unit.campaign.periods)}
            periods = sorted({f["period_id"] for f in mine}, key=lambda p: order.get(p, -1))
            named = (unit.period_label(p) if p else unit.word("whole_row") for p in periods)
            lines.append(f"{symbol} {', '.join(named)}")
    return "\n".join(lines)


def _lines(unit: Unit, places: Places) -> Iterator[ExplainLine]:
    """What must be explained, what was explained already, and what the unit wrote besides."""
    for finding in unit.findings:
        if finding["severity"] != Severity.EXPLAIN or finding["state"] == FindingState.CORRECTED:
            continue
        yield ExplainLine(
            finding_id=finding["finding_id"],
            form_id=finding["form_id"],
            row=row_key(finding),
            level=unit.level_name(finding["level"]) if finding["level"] else "",
            period=unit.period_label(finding["period_id"]) if finding["period_id"] else "",
            seen=_seen(unit, places, finding),
            text=finding["reply"],
        )
    unused = {(f["file"], f["cell"]) for f in unit.findings if f["rule_id"] == "EXPLANATION-UNUSED"}
    for submission in unit.submissions:
        for e in submission.explanations:
            if (submission.file, e.cell) in unused:
                yield ExplainLine("", e.form, e.row, e.level, e.period, "", e.text, e.by)


def _seen(unit: Unit, places: Places, finding: Mapping[str, Any]) -> str:
    """What is to be explained; a rule names its rows itself."""
    indicator = unit.campaign.indicators.get(finding["indicator_id"])
    said = places.message(finding)
    if indicator is None or finding["rule_id"] in unit.campaign.rules:
        return said
    return unit.word("seen", indicator=full_name(unit, indicator), message=said)
