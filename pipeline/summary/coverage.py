"""Who has sent what: unit by form, and the rates by form and by kind of unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Final

from pipeline.book import Cell, Formula, Sheet
from pipeline.model import FormStatus, ReportingUnit
from pipeline.summary.brief import Brief
from pipeline.summary.grid import ColumnSpec, Styled, Table, Value, at, literal, on_sheet, part_of_column
from pipeline.summary.heads import TOP, working_sheet
from pipeline.summary.legend import legend_of, lines_of_legend

LEADING: Final = 3
"""Columns before the forms: id, unit, kind (in the table of rates: id, kind, number of units)."""

States = Mapping[tuple[str, str], FormStatus]
COUNTED: Final = (FormStatus.ACCEPTED, FormStatus.WITH_ERRORS)
"""What counts as received in a reporting rate."""

_ONE_PAGE: Final = 40
"""So many units leave room for the rates on the same page; of more, the header is repeated."""


def coverage_sheet(brief: Brief) -> Sheet:
    """A table unit by form, and below it the rates by kind of unit and over all."""
    states = form_states(brief)
    units = list(brief.campaign.units.values())
    rows = [list(_unit_row(brief, unit, TOP + 1 + i, states)) for i, unit in enumerate(units)]
    table = Table(TOP, _columns(brief, ("unit_id", "unit", "kind_id")), rows, len(units))
    sheet = working_sheet(brief, "coverage", table, freeze_cols=LEADING)
    rates = _rates(brief, states)
    title = Cell(rates.top - 1, 0, brief.word("sheet.coverage.rates"), "summary_section")
    heights = {**sheet.row_heights, **rates.heights()}
    one_page = len(units) <= _ONE_PAGE
    page = replace(
        sheet.print,
        repeat_rows=None if one_page else sheet.print.repeat_rows,
        page_breaks=() if one_page else (rates.top - 1,),
    )
    legend, merges = legend_of(brief, table.last_row + 2, (LEADING, table.last_col))
    cells = chain(table.cells(), legend, (title,), rates.cells())
    return replace(sheet, cells=cells, merges=[*sheet.merges, *merges], row_heights=heights, print=page)


def form_rate_cell(brief: Brief, form_id: str) -> str:
    """The address of a form's rate over all units, with its sheet."""
    row = _rates_top(brief) + len(_kinds(brief)) + 1
    place = at(row, LEADING + list(brief.campaign.forms).index(form_id))
    return on_sheet(brief.word("sheet.coverage.name"), place)


def form_states(brief: Brief) -> States:
    """What became of each form that a unit owes, by unit and form."""
    frame = brief.results.form_status
    names = zip(frame["unit_id"].tolist(), frame["form_id"].tolist(), frame["status"].tolist(), strict=True)
    return {(unit, form): FormStatus(status) for unit, form, status in names}


def _columns(brief: Brief, leading: tuple[str, str, str]) -> list[ColumnSpec]:
    first, second, third = (brief.word(f"column.{name}") for name in leading)
    closing = [brief.word("column.owed"), *(brief.word(f"column.{s.value}") for s in FormStatus)]
    return [
        ColumnSpec(first, 10, "summary_key"),
        ColumnSpec(second, 48, "summary_text"),
        ColumnSpec(third, 8, "summary_centre"),
        *(ColumnSpec(form_id, 8.5, "summary_centre") for form_id in brief.campaign.forms),
        *(ColumnSpec(name, 7.5, "summary_number") for name in closing),
        ColumnSpec(brief.word("column.rate"), 9.5, "summary_rate"),
    ]


def _unit_row(brief: Brief, unit: ReportingUnit, row: int, states: States) -> Iterator[Value | Styled]:
    forms = list(brief.campaign.forms)
    yield unit.unit_id
    yield unit.name
    yield unit.kind
    found = []
    for form_id in forms:
        status = states.get((unit.unit_id, form_id))
        found.append(status)
        yield _status_cell(brief, status)
    cells = f"{at(row, LEADING)}:{at(row, LEADING + len(forms) - 1)}"
    counts = {status: found.count(status) for status in FormStatus}
    first = LEADING + len(forms)
    yield Formula(f"=SUM({at(row, first + 1)}:{at(row, first + len(FormStatus))})", sum(counts.values()))
    for status, count in counts.items():
        yield Formula(f"=COUNTIF({cells},{literal(brief.word(f'form.{status.value}'))})", count)
    yield _rate(row, first, counts)


def _status_cell(brief: Brief, status: FormStatus | None) -> Styled:
    if status is None:
        return Styled(brief.word("sign.not_owed"), "summary_not_owed")
    return Styled(brief.word(f"form.{status.value}"), f"summary_status_{status.value}")


def _rate(row: int, first: int, counts: Mapping[FormStatus, int]) -> Styled:
    """Received over owed; the counts stand from column ``first`` on, in the order of FormStatus."""
    owed = at(row, first)
    places = {status: at(row, first + 1 + i) for i, status in enumerate(FormStatus)}
    received = "+".join(places[status] for status in COUNTED)
    total = sum(counts.values())
    value = sum(counts[status] for status in COUNTED) / total if total else ""
    return shaded(Formula(f'=IF({owed}=0,"",({received})/{owed})', value))


def shaded(rate: Formula) -> Styled:
    """A rate in the look of its band: nothing owed, all, some, none. A sign tells them without colour."""
    if rate.value == "":
        return Styled(rate, "summary_rate")
    band = "full" if rate.value == 1 else "part" if rate.value else "none"
    return Styled(rate, f"summary_rate_{band}")


def _rates(brief: Brief, states: States) -> Table:
    """One row per kind of unit, then one over all units."""
    kinds = _kinds(brief)
    top = _rates_top(brief)
    rows = [list(_kind_row(brief, kind, top + 1 + i, states)) for i, kind in enumerate([*kinds, ""])]
    columns = _columns(brief, ("kind_id", "unit_kind", "units"))
    return Table(top, columns, rows, len(kinds) + 1)


def _kinds(brief: Brief) -> list[str]:
    """The kinds of unit that there are."""
    found = {unit.kind for unit in brief.campaign.units.values()}
    return [kind for kind in brief.campaign.unit_kinds if kind in found]


def _rates_top(brief: Brief) -> int:
    """The header row of the rates: below the units, the legend and a title."""
    across = len(brief.campaign.forms) + len(FormStatus) + 2
    return TOP + len(brief.campaign.units) + lines_of_legend(across) + 4


def _kind_row(brief: Brief, kind: str, row: int, states: States) -> Iterator[Value | Styled]:
    units = [unit for unit in brief.campaign.units.values() if not kind or unit.kind == kind]
    kinds = _column(brief, LEADING - 1)
    condition = f"{kinds},$A{row + 1}" if kind else ""
    yield kind or brief.word("all_kinds_id")
    yield brief.kind_name(kind) if kind else brief.word("all_kinds")
    yield Formula(f"=COUNTIFS({condition or kinds + ',' + literal('*')})", len(units))
    for i, form_id in enumerate(brief.campaign.forms):
        found = [states.get((unit.unit_id, form_id)) for unit in units]
        yield _form_rate(brief, _column(brief, LEADING + i), condition, found)
    first = LEADING + len(brief.campaign.forms)
    counts = {
        status: sum(states.get((u.unit_id, f)) is status for u in units for f in brief.campaign.forms)
        for status in FormStatus
    }
    for i, count in enumerate((sum(counts.values()), *counts.values())):
        column = _column(brief, first + i)
        yield Formula(f"=SUMIFS({column},{condition})" if kind else f"=SUM({column})", count)
    yield _rate(row, first, counts)


def _column(brief: Brief, col: int) -> str:
    """The rows of the units in one column of the table above."""
    return part_of_column(col, TOP + 1, TOP + len(brief.campaign.units))


def _form_rate(brief: Brief, column: str, condition: str, found: list[FormStatus | None]) -> Styled:
    def counted(status: FormStatus) -> str:
        criteria = f"{column},{literal(brief.word(f'form.{status.value}'))}"
        return f"COUNTIFS({condition + ',' if condition else ''}{criteria})"

    owed = "+".join(counted(status) for status in FormStatus)
    received = "+".join(counted(status) for status in COUNTED)
    known = [status for status in found if status is not None]
    value = sum(status in COUNTED for status in known) / len(known) if known else ""
    return shaded(Formula(f'=IF({owed}=0,"",({received})/({owed}))', value))
