"""What must be corrected, unit by unit: what a person needs first, the technical ids last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from pipeline.book import MOST_JUMPS, Jump, Sheet
from pipeline.frames import records
from pipeline.model import Severity
from pipeline.summary.brief import Brief
from pipeline.summary.grid import Dressed, Table
from pipeline.summary.heads import TOP, column_specs, what_fits, working_sheet
from pipeline.summary.links import file_jump

_COLUMNS: Final = (
    ("unit", 26, "summary_wrap"),
    ("form", 6.5, "summary_centre"),
    ("time", 11, "summary_centre"),
    ("message", 70, "summary_wrap"),
    ("severity", 15, "summary_wrap"),
    ("sheet", 10, "summary_centre"),
    ("cell", 7, "summary_centre"),
    ("seen", 16, "summary_wrap"),
    ("expected", 22, "summary_wrap"),
    ("indicator", 36, "summary_wrap"),
    ("key", 13.5, "summary_key"),
    ("rule", 15, "summary_key"),
    ("file", 30, "summary_wrap"),
    ("finding_state", 12, "summary_centre"),
    ("reply", 36, "summary_wrap"),
    ("finding_id", 34, "summary_key"),
)

_SEVERITY: Final = 4
_CELL: Final = 6
"""The columns of the severity and of the address."""

_ALL: Final = "du-lieu/findings.csv"
"""The file that holds every finding, however many there are."""

_WEIGHT: Final = {severity.value: weight for weight, severity in enumerate(Severity)}

_PRINTED: Final = 10
"""The leading columns that are printed; ids and file names follow for whoever works on the screen."""


def findings_sheet(brief: Brief) -> Sheet:
    """All findings, by unit, then what weighs most; where a sheet cannot hold them it says where all are."""
    columns = column_specs(brief, _COLUMNS)
    lines, full = what_fits(brief, _sorted(brief), lambda line: _WEIGHT[line["severity"]], _ALL)
    styles = [column.style for column in columns]
    rows = [_row(brief, line, styles) for line in lines]
    table = Table(TOP, columns, rows, len(lines))
    sheet = working_sheet(brief, "findings", table, freeze_cols=3, gaps={"full": full})
    area = (0, 0, table.last_row, _PRINTED - 1)
    return replace(
        sheet, print=replace(sheet.print, area=area), jumps=islice(_jumps(brief, lines), MOST_JUMPS - 1)
    )


def _jumps(brief: Brief, lines: Sequence[Any]) -> Iterator[Jump]:
    """From the address of each finding to the cell of the return that it speaks of."""
    for row, finding in enumerate(lines, TOP + 1):
        if finding["cell"]:
            yield from file_jump(brief, (row, _CELL), finding["file"], (finding["sheet"], finding["cell"]))


def _sorted(brief: Brief) -> list[Any]:
    units = {unit_id: i for i, unit_id in enumerate(brief.campaign.units)}
    lines = records(brief.results.findings)
    return sorted(lines, key=lambda f: (units.get(f["unit_id"], -1), _WEIGHT[f["severity"]]))


def _row(brief: Brief, finding: Any, styles: Sequence[str]) -> Dressed:
    nowhere = brief.word("sign.nowhere")
    severity = str(finding["severity"])
    indicator = brief.campaign.indicators.get(finding["indicator_id"])
    key = f"{finding['indicator_id']}|{finding['level']}" if finding["level"] else finding["indicator_id"]
    values = [
        brief.unit_name(finding["unit_id"]) or brief.word("unknown_unit"),
        finding["form_id"] or nowhere,
        brief.short_time(finding["period_id"]) or nowhere,
        finding["message"],
        brief.word(f"severity.{severity}"),
        finding["sheet"] or nowhere,
        finding["cell"] or nowhere,
        finding["seen"] or nowhere,
        finding["expected"] or nowhere,
        indicator.name if indicator else nowhere,
        key or nowhere,
        finding["rule_id"],
        finding["file"] or nowhere,
        brief.campaign.words[brief.lang].get(f"summary.finding.{finding['state']}", finding["state"]),
        finding["reply"] or nowhere,
        finding["finding_id"],
    ]
    looks = [*styles]
    looks[_SEVERITY] = f"summary_severity_{severity}"
    looks[_CELL] = "summary_link_centre" if finding["cell"] else looks[_CELL]
    return Dressed(values, looks)
