"""What may be typed, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from xlsxwriter.worksheet import Worksheet

from pipeline.book import Entry
from pipeline.workbook.ready import limit
from pipeline.workbook.sheet import PlainSheet

LONGEST_TITLE: Final = 32
LONGEST_REFUSAL: Final = 255
"""What Excel can show. A longer text would make the library drop the whole limit with a mere warning."""

_ALLOWED = {"format_columns": True, "format_rows": True, "autofilter": True}


def limit_entries(worksheet: PlainSheet, entries: Iterable[Entry]) -> None:
    """Refuse anything but numbers in the ranges. Raises ValueError for a text that Excel cannot show."""
    for entry in entries:
        if len(entry.title) > LONGEST_TITLE or len(entry.refusal) > LONGEST_REFUSAL:
            raise ValueError(f"too long for a refusal: {entry.title} / {entry.refusal}")
        worksheet.limits.append(limit(entry))


def protect(worksheet: Worksheet) -> None:
    """Lock the locked cells without a password; widths, heights, filters and selection stay free."""
    worksheet.protect("", _ALLOWED)
