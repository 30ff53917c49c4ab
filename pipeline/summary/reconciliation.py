"""The figure that an authority keeps, beside what the units report for the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pipeline.book import Formula, Sheet
from pipeline.model import FormRow
from pipeline.summary.brief import Brief
from pipeline.summary.grid import Styled, Table, Value, at, cached, plain_number
from pipeline.summary.heads import TOP, column_specs, working_sheet

_COLUMNS: Final = (
    ("key", 13.5, "summary_key"),
    ("form", 6.5, "summary_centre"),
    ("indicator", 44, "summary_wrap"),
    ("level", 24, "summary_level"),
    ("measure", 11, "summary_centre"),
    ("time", 12, "summary_centre"),
    ("authority", 26, "summary_wrap"),
    ("authority_value", 15, "summary_figure"),
    ("reported_value", 15, "summary_figure"),
    ("difference", 13, "summary_figure"),
    ("percent", 11, "summary_figure"),
    ("coverage_reported", 12, "summary_coverage"),
)
_KEPT: Final = 7
"""Where the authority's figure stands; the sum reported and the difference follow."""


def reconciliation_sheet(brief: Brief) -> Sheet:
    """One row per indicator that an authority keeps, level and period or window."""
    columns = column_specs(brief, _COLUMNS)
    lines = brief.results.reconciliation.to_dict("records")
    rows = [list(_row(brief, line, TOP + 1 + i)) for i, line in enumerate(lines)]
    return working_sheet(brief, "reconciliation", Table(TOP, columns, rows, len(lines)), freeze_cols=3)


def _row(brief: Brief, line: Any, row: int) -> Iterator[Value | Styled]:
    indicator = brief.campaign.indicators[line["indicator_id"]]
    layout = brief.campaign.measures[indicator.unit_measure].number_format
    yield FormRow(line["indicator_id"], line["level"]).key
    yield indicator.form_id
    yield indicator.name
    yield brief.level_name(line["level"])
    yield brief.measure_name(indicator)
    yield brief.short_time(line["period_id"])
    yield brief.unit_name(line["authority_unit"])
    yield Styled(_kept(brief, line), f"summary_figure@{layout}")
    yield _reported(brief, line["reported_value"], layout)
    different = line["difference"] == line["difference"] and line["difference"] != 0
    style = "summary_figure_different" if different else "summary_figure"
    kept, reported, difference = (at(row, _KEPT + i) for i in range(3))
    both = f"COUNT({kept},{reported})<2"
    yield Styled(
        Formula(f'=IF({both},"",ROUND({kept}-{reported},6))', cached(line["difference"])), f"{style}@{layout}"
    )
    yield Styled(
        Formula(f'=IF({both},"",IF({kept}<=0,"",ROUND(100*{difference}/{kept},6)))', cached(line["percent"])),
        f"{style}@#,##0.00",
    )
    counted, expected = int(line["units_counted"]), int(line["units_expected"])
    short = "_short" if counted < expected else ""
    yield Styled(f"{counted}/{expected}", f"summary_coverage{short}")


def _kept(brief: Brief, line: Any) -> Value:
    cell = brief.city_cell(line["authority_key"], line["period_id"])
    if not cell:
        return plain_number(line["authority_value"])
    return Formula(f'=IF(ISNUMBER({cell}),{cell},"")', cached(line["authority_value"]))


def _reported(brief: Brief, value: float, layout: str) -> Styled:
    number = plain_number(value)
    if number is None:
        return Styled(brief.symbol("O"), "summary_sign_missing")
    return Styled(number, f"summary_figure@{layout}")
