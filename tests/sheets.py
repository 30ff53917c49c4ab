"""Draws returns for tests: a workbook as a mapping from sheet names to rows of cells, and saves it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.book import Formula
from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.intake import Found
from pipeline.model import OwedForm

Rows = list[list[Any]]
Sheets = dict[str, Rows]

GUIDE = "Guide"
TITLE_ROWS = 3
"""Rows of a drawn form sheet above its machine row."""


def drawn_return(
    campaign: Campaign, unit_id: str, values: Mapping[tuple[str, str], Any] | None = None
) -> Sheets:
    """A return of a unit with ``values`` by (row key, period id); every other cell is empty."""
    sheets = {GUIDE: guide_rows(campaign, unit_id)}
    for owed in owed_forms(campaign, unit_id):
        sheets[owed.form_id] = form_rows(campaign, owed, values or {})
    sheets["_meta"] = [
        ["campaign", campaign.campaign_id],
        ["template_version", campaign.settings.template_version],
        ["unit_id", unit_id],
        ["catalogue_hash", campaign.catalogue_hash],
    ]
    return sheets


def guide_rows(campaign: Campaign, unit_id: str) -> Rows:
    """The sheet with the visible identity: key, label, value."""
    return [
        [],
        ["", "How to fill in this workbook"],
        ["unit_id", "Unit code", unit_id],
        ["unit_name", "Unit", campaign.units[unit_id].name],
        ["submission_number", "Submission", 1],
        ["filled_by", "By", ""],
    ]


def form_rows(campaign: Campaign, owed: OwedForm, values: Mapping[tuple[str, str], Any]) -> Rows:
    """One form sheet: titles, machine row, one row per key, an empty row, signatures."""
    labels = [campaign.periods[period].label for period in owed.period_ids]
    rows: Rows = [
        ["", "", campaign.forms[owed.form_id].title],
        [],
        ["", "No", "Indicator", "Unit", "Level", *labels, "Total", "Remark", "Check"],
        ["KEY", "STT", "NAME", "MEASURE", "LEVEL", *owed.period_ids, "TONG", "NOTE", "CHECK"],
    ]
    for number, row in enumerate(owed.rows, start=1):
        name = campaign.indicators[row.indicator_id].name
        cells = [values.get((row.key, period), "") for period in owed.period_ids]
        total = Formula("=1+1", 2)
        rows.append([row.key, number, name, "visits", row.level, *cells, total, "", "✓"])
    rows += [[], ["", "", "Anytown, 31 January 2023", "", "", "", "Librarian, 5 Mill Lane"]]
    return rows


def row_of(rows: Rows, key: str) -> list[Any]:
    """The first row of a form sheet with the key, to be changed in place."""
    return next(row for row in rows if row and row[0] == key)


def saved(sheets: Sheets, path: Path) -> Found:
    """Save the sheets as a workbook; a Formula is saved with its value."""
    with xlsxwriter.Workbook(str(path)) as book:
        looks = {
            kind: book.add_format({"num_format": shown})
            for kind, shown in (
                (datetime, "d/m/yyyy h:mm"),
                (date, "d/m/yyyy"),
                (time, "h:mm"),
                (timedelta, "[h]:mm"),
            )
        }
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    _write(sheet, row, column, value, looks)
    return Found(path.name, path)


def _write(sheet: Any, row: int, column: int, value: Any, looks: Mapping[type, Any]) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(row, column, value.text, None, value.value)
    elif type(value) in looks:
        sheet.write_datetime(row, column, value, looks[type(value)])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value) if value else None
    else:
        sheet.write_number(row, column, value)


def with_part(found: Found, part: str, change: Callable[[bytes], bytes]) -> Found:
    """The workbook with one part of its package changed, and nothing else."""
    with zipfile.ZipFile(found.path) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(found.path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return found
