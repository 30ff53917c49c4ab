"""What must be corrected, unit by unit: what a person needs first, the technical ids last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import eq
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.book import MOST_JUMPS, Jump, Sheet
from pipeline.frames import plain_values, records
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

_FEW: Final = 50_000
"""Up to so many rows are worked out once and kept."""

_AT_ONCE: Final = 10_000
"""So many of more rows are plain values at one time."""

_PRINTED: Final = 10
"""The leading columns that are printed; ids and file names follow for whoever works on the screen."""


def findings_sheet(brief: Brief) -> Sheet:
    """All findings, by unit, then what weighs most; where a sheet cannot hold them it says where all are."""
    columns = column_specs(brief, _COLUMNS)
    frame, full = _shown(brief)
    rows: Iterable[Dressed] = _Rows(brief, frame, [column.style for column in columns])
    table = Table(TOP, columns, list(rows) if len(frame) <= _FEW else rows, len(frame))
    sheet = working_sheet(brief, "findings", table, freeze_cols=3, gaps={"full": full})
    area = (0, 0, table.last_row, _PRINTED - 1)
    return replace(
        sheet, print=replace(sheet.print, area=area), jumps=islice(_jumps(brief, frame), MOST_JUMPS - 1)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of the sheet, worked out each time that somebody goes through them."""

    brief: Brief
    frame: pd.DataFrame
    styles: Sequence[str]

    def __iter__(self) -> Iterator[Dressed]:
        for finding in _each(self.frame):
            yield _row(self.brief, finding, self.styles)


def _each(frame: pd.DataFrame) -> Iterator[Any]:
    """The findings as plain values; hundreds of thousands of them at once would fill the memory."""
    for first in range(0, len(frame), _AT_ONCE):
        yield from records(frame.iloc[first : first + _AT_ONCE])


def _jumps(brief: Brief, frame: pd.DataFrame) -> Iterator[Jump]:
    """From the address of each finding to the cell of the return that it speaks of."""
    for row, finding in enumerate(_each(frame), TOP + 1):
        if finding["cell"]:
            yield from file_jump(brief, (row, _CELL), finding["file"], (finding["sheet"], finding["cell"]))


def _shown(brief: Brief) -> tuple[pd.DataFrame, str]:
    """The findings in the order of the sheet, as far as it has room, and what to say if these are not all."""
    frame = brief.results.findings
    known = {unit_id: place for place, unit_id in enumerate(brief.campaign.units)}
    units = [known.get(unit_id, -1) for unit_id in plain_values(frame["unit_id"])]
    weights = [_WEIGHT[severity] for severity in plain_values(frame["severity"])]
    order = np.lexsort((weights, units)).tolist()
    places, full = what_fits(brief, order, weights.__getitem__, _ALL)
    is_in_order = len(places) == len(frame) and all(map(eq, places, range(len(frame))))
    return frame if is_in_order else frame.iloc[list(places)], full


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
