"""The figure that an authority keeps, beside what the units report for the same thing, unit by unit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from pipeline.book import Column, Formula, Jump, Sheet
from pipeline.frames import records
from pipeline.model import FormRow
from pipeline.summary.brief import Brief
from pipeline.summary.grid import (
    ColumnSpec,
    Styled,
    Table,
    Value,
    at,
    cached,
    plain_number,
    shown_length,
    unique_names,
)
from pipeline.summary.heads import TOP, column_specs, working_sheet
from pipeline.summary.links import detail_range, jump_to, leading
from pipeline.summary.reported import Reported, Share, Shares

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
    ("difference_reason", 60, "summary_wrap"),
)
_KEPT: Final = 7
"""Where the authority's figure stands; the sum reported and the difference follow."""

_UNITS: Final = len(_COLUMNS)
"""Where the columns of the units begin."""

_NAMED: Final = 3
"""So many units are named in the reason; more would make a page of it, and all stand in the row anyway."""


def reconciliation_sheet(brief: Brief) -> Sheet:
    """One row per indicator that an authority keeps, level and period or window; one column per unit."""
    reported = Reported(brief)
    lines = records(brief.results.reconciliation)
    shown = [reported.of(line) for line in lines] if brief.shows_units else []
    seen = {unit_id for found in shown for unit_id in found.unit_ids}
    units = [unit_id for unit_id in brief.campaign.units if unit_id in seen]
    shares = shown or map(reported.of, lines)
    rows = [
        list(_row(brief, line, TOP + 1 + i, (found, units)))
        for i, (line, found) in enumerate(zip(lines, shares, strict=True))
    ]
    columns = [*column_specs(brief, _COLUMNS), *_unit_columns(brief, units, shown)]
    table = Table(TOP, columns, rows, len(lines))
    sheet = working_sheet(brief, "reconciliation", table, freeze_cols=3)
    return replace(
        sheet,
        jumps=chain(sheet.jumps, _jumps(brief, reported, lines)),
        columns=[_grouped(column) for column in sheet.columns],
        print=replace(sheet.print, area=(0, 0, table.last_row, _UNITS - 1)),
    )


def _grouped(column: Column) -> Column:
    """Units can be folded away with one click on the sign over the reason; they are shown at first."""
    return replace(column, outline=1) if column.first >= _UNITS else column


def _unit_columns(brief: Brief, units: Sequence[str], shares: Sequence[Shares]) -> list[ColumnSpec]:
    names = unique_names(brief.unit_name(unit_id) for unit_id in units)
    largest = dict.fromkeys(units, 0.0)
    for found in shares:
        for unit_id, value in zip(found.unit_ids, found.values.tolist(), strict=True):
            if value > largest.get(unit_id, value):
                largest[unit_id] = value
    return [
        ColumnSpec(name, max(11.0, shown_length(largest[unit_id], "0") * 1.02 + 2.5), "summary_figure")
        for name, unit_id in zip(names, units, strict=True)
    ]


def _row(
    brief: Brief, line: Mapping[Any, Any], row: int, told: tuple[Shares, Sequence[str]]
) -> Iterator[Value | Styled]:
    shares, units = told
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
    yield _reported(brief, line["reported_value"], layout, _sum_of(row, len(units), line, shares))
    yield from _difference(line, row, layout)
    counted, expected = int(line["units_counted"]), int(line["units_expected"])
    short = "_short" if counted < expected else ""
    yield Styled(f"{counted}/{expected}", f"summary_coverage{short}")
    yield _reason(brief, line, shares)
    if units:
        by_unit = shares.by_unit()
        yield from _shares(brief, (by_unit.get(unit_id) for unit_id in units), layout)


def _difference(line: Mapping[Any, Any], row: int, layout: str) -> Iterator[Styled]:
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


def _kept(brief: Brief, line: Mapping[Any, Any]) -> Value:
    cell = brief.city_cell(line["authority_key"], line["period_id"])
    if not cell:
        return plain_number(line["authority_value"])
    return Formula(f'=IF(ISNUMBER({cell}),{cell},"")', cached(line["authority_value"]))


def _reported(brief: Brief, value: float, layout: str, formula: str) -> Styled:
    number = plain_number(value)
    if number is None:
        return Styled(brief.symbol("O"), "summary_sign_missing")
    return Styled(Formula(formula, cached(value)) if formula else number, f"summary_figure@{layout}")


def _sum_of(row: int, units: int, line: Mapping[Any, Any], shares: Shares) -> str:
    """The live sum of the units' columns; empty where a window is not the sum of its units."""
    if not units or not len(shares.known):
        return ""
    if abs(math.fsum(shares.known.tolist()) - line["reported_value"]) > 5e-7:
        return ""
    return f"=ROUND(SUM({at(row, _UNITS)}:{at(row, _UNITS + units - 1)}),6)"


def _shares(brief: Brief, shares: Iterable[Share | None], layout: str) -> Iterator[Styled]:
    not_asked = Styled(None, "summary_not_asked")
    missing = Styled(brief.symbol("O"), "summary_sign_missing")
    short, whole = (f"summary_figure{ending}@{layout}" for ending in ("_short", ""))
    for share in shares:
        number = plain_number(share.value) if share else None
        if share is None or number is None:
            yield not_asked if share is None else missing
        else:
            yield Styled(number, whole if share.is_whole else short)


def _reason(brief: Brief, line: Mapping[Any, Any], shares: Shares) -> str:
    """The difference in words: whose figures are not there, or which side has more."""
    missing = shares.lacking
    difference = line["difference"]
    if line["authority_value"] != line["authority_value"]:
        words = [brief.word("difference.no_authority")]
    elif difference != difference:
        words = [brief.word("difference.nobody")]
    elif not difference:
        words = [brief.word("difference.none")]
    else:
        side = "authority" if difference > 0 else "units"
        words = [brief.word(f"difference.more_{side}{'_short' if missing else ''}")]
    if missing and line["reported_value"] == line["reported_value"]:
        is_few = len(missing) <= _NAMED
        names = "; ".join(brief.unit_name(unit_id) for unit_id in missing) if is_few else ""
        word = "missing" if is_few else "missing_many"
        words.append(brief.word(f"difference.{word}", count=len(missing), units=names))
    if difference == difference and difference < 0:
        most, value = shares.largest
        words.append(brief.word("difference.most", unit=brief.unit_name(most), value=plain_number(value)))
    return " ".join(words)


def _jumps(brief: Brief, reported: Reported, lines: Sequence[Mapping[Any, Any]]) -> Iterator[Jump]:
    """From the authority's figure and from the sum reported to the detail rows they are made of."""
    for row, line in enumerate(lines, TOP + 1):
        if line["authority_value"] == line["authority_value"]:
            goal = leading(brief, line["authority_key"], line["period_id"])
            if goal is not None:
                yield jump_to(brief, (row, _KEPT), goal)
        if line["reported_value"] == line["reported_value"]:
            keys = reported.keys(line["indicator_id"], line["level"])
            goal = detail_range(brief, keys, line["authority_unit"], line["period_id"])
            if goal is not None:
                yield jump_to(brief, (row, _KEPT + 1), goal)
