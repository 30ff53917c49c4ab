"""How a sheet stands on the screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from pipeline.book import Sheet
from pipeline.workbook.styles import colour

A4: Final = 9
_MM_PER_INCH: Final = 25.4
_MARGINS: Final = {"left": 20.0, "right": 15.0, "top": 20.0, "bottom": 18.0, "footer": 8.0}


def set_page(worksheet: Worksheet, sheet: Sheet, theme: Mapping[str, Any]) -> None:
    """Paper, repeated rows, footer with the page number; frozen panes, filter, tab, zoom."""
    _set_paper(worksheet, sheet, theme)
    worksheet.hide_gridlines(2)
    if sheet.zoom != 100:
        worksheet.set_zoom(sheet.zoom)
    if sheet.freeze:
        worksheet.freeze_panes(*sheet.freeze)
    if sheet.filter:
        worksheet.autofilter(*sheet.filter)
    if sheet.tab:
        worksheet.set_tab_color(colour(sheet.tab, theme))
    if sheet.hidden:
        worksheet.hide()


def _set_paper(worksheet: Worksheet, sheet: Sheet, theme: Mapping[str, Any]) -> None:
    page = sheet.print
    worksheet.set_paper(A4)
    if page.landscape:
        worksheet.set_landscape()
    margins = {**_MARGINS, **theme.get("page", {})}
    sides = {side: margins[side] / _MM_PER_INCH for side in ("left", "right", "top", "bottom")}
    worksheet.set_margins(**sides)
    if page.scale:
        worksheet.set_print_scale(page.scale)
    elif page.fit_width:
        worksheet.fit_to_pages(1, 0)
    worksheet.center_horizontally()
    font = theme.get("font", {}).get("name", "Times New Roman")
    look = f'&"{font},Regular"&9'
    left = f"&L{look} {page.footer_left.replace('&', '&&')}" if page.footer_left else ""
    worksheet.set_footer(f"{left}&C{look} &P/&N", {"margin": margins["footer"] / _MM_PER_INCH})
    if page.repeat_rows:
        worksheet.repeat_rows(*page.repeat_rows)
    if page.repeat_cols:
        worksheet.repeat_columns(*page.repeat_cols)
    if page.area:
        worksheet.print_area(*page.area)
    if page.page_breaks:
        worksheet.set_h_pagebreaks(list(page.page_breaks))
