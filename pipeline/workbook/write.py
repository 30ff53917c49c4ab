"""Book -> file. Same book, same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from pipeline.book import Book, Sheet
from pipeline.workbook.cells import write_cells, write_merges, write_notes
from pipeline.workbook.charts import draw_charts, draw_sparklines
from pipeline.workbook.jumps import lay_jumps, reference
from pipeline.workbook.language import SMALL, SpeakingWorkbook
from pipeline.workbook.page import set_page
from pipeline.workbook.rows import Contents, Pen
from pipeline.workbook.sheet import PlainSheet
from pipeline.workbook.styles import Formats, colour
from pipeline.workbook.typing_in import limit_entries, protect

CREATED: Final = datetime(2023, 6, 2)
"""Stands as the date of creation in every file, so that the clock leaves no trace."""

_EXCUSED = ("number_stored_as_text", "formula_unlocked", "formula_differs", "formula_range")


def write_book(book: Book, theme: Mapping[str, Any], path: Path, level: int = SMALL) -> None:
    """Write a workbook in the looks of a theme. Raises KeyError where a style has no entry in the theme.

    ``level`` says how hard the file is packed (SMALL or QUICK); what stands in it is the same. To make the
    file appear whole or not at all is the caller's business, and the store's.
    """
    path.write_bytes(book_bytes(book, theme, level))


def book_bytes(book: Book, theme: Mapping[str, Any], level: int = SMALL) -> bytes:
    """The workbook as it stands in the file. Raises KeyError as ``write_book`` does."""
    target = BytesIO()
    workbook = SpeakingWorkbook(
        target,
        level,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_format_properties": _default_font(theme),
        },
    )
    properties = {"title": book.title, "subject": book.subject, "language": book.language}
    workbook.set_properties({**properties, "created": CREATED})
    formats, contents = Formats(workbook, theme), Contents(workbook)
    for sheet in book.sheets:
        worksheet = workbook.add_worksheet(sheet.name, worksheet_class=PlainSheet)
        _set_size(worksheet, sheet, formats)
        pen = Pen(worksheet, formats, contents)
        write_cells(worksheet, sheet.cells, pen)
        write_merges(worksheet, sheet.merges, pen)
        pen.close()
        _lay_over(worksheet, sheet, formats, theme)
        draw_charts(workbook, worksheet, sheet.charts, theme)
    for name in book.names:
        workbook.define_name(name.name, f"={reference(name.sheet, name.range)}")
    workbook.close()
    return target.getvalue()


def _set_size(worksheet: PlainSheet, sheet: Sheet, formats: Formats) -> None:
    worksheet.set_widths(sheet.columns, formats)
    worksheet.size_rows(sheet.row_heights, sheet.row_levels)
    if sheet.row_levels or any(column.outline for column in sheet.columns):
        worksheet.outline_settings(symbols_below=False, symbols_right=False)


def _lay_over(worksheet: PlainSheet, sheet: Sheet, formats: Formats, theme: Mapping[str, Any]) -> None:
    """Everything of a sheet but its cells."""
    for mark in sheet.highlights:
        worksheet.highlight(mark, formats[mark.style])
    draw_sparklines(worksheet, sheet.sparklines, theme)
    lay_jumps(worksheet, sheet.jumps)
    write_notes(worksheet, sheet.notes, _note_look(theme))
    limit_entries(worksheet, sheet.entries)
    set_page(worksheet, sheet, theme)
    if sheet.protected:
        protect(worksheet)
    if worksheet.dim_rowmax is not None:
        used = f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(worksheet.dim_rowmax, worksheet.dim_colmax)}"
        worksheet.ignore_errors(dict.fromkeys(_EXCUSED, used))


def _note_look(theme: Mapping[str, Any]) -> dict[str, Any]:
    """How comments look: the table ``note`` of the theme."""
    return {name: colour(value, theme) for name, value in theme.get("note", {}).items()}


def _default_font(theme: Mapping[str, Any]) -> dict[str, Any]:
    font = theme.get("font", {})
    return {
        "font_name": font.get("name", "Times New Roman"),
        "font_size": font.get("size", 11),
        "font_family": font.get("family", 1),
        "font_scheme": False,
    }
