"""Parts of a sheet's XML that come again from book to book: what the library writes for them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from io import StringIO
from typing import Final, NamedTuple

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import ColumnInfo, Worksheet

from pipeline.book import Column, Entry, Highlight

_KEPT: Final = 4096
"""So many of each kind are kept: a few kinds of return copies have some hundreds each."""


class Condition(NamedTuple):
    """A condition in XML: the cells for which it holds, and its rule before and after what a book numbers."""

    cells: str
    before: str
    after: str


class Widths(NamedTuple):
    """Columns in XML, and as the library asks for them to place comments and charts; the deepest level."""

    xml: str
    columns: Mapping[int, ColumnInfo]
    deepest: int


@lru_cache(maxsize=_KEPT)
def condition(mark: Highlight) -> Condition:
    """The XML of a condition, but for the style that cells take."""
    sheet, xml = _scratch()
    place = (mark.first_row, mark.first_col, mark.last_row, mark.last_col)
    sheet.conditional_format(*place, {"type": "formula", "criteria": mark.formula})
    ((rule,),) = sheet.cond_formats.values()
    sheet._write_cf_rule(rule)
    before, _, after = xml.getvalue().partition(' priority="1"')
    return Condition(xl_range(*place), before, after)


@lru_cache(maxsize=_KEPT)
def limit(entry: Entry) -> str:
    """The XML of what may be typed."""
    sheet, xml = _scratch()
    sheet.data_validation(
        *(entry.first_row, entry.first_col, entry.last_row, entry.last_col),
        {
            "validate": "decimal" if entry.is_decimal else "integer",
            "criteria": ">=",
            "value": entry.least,
            "error_title": entry.title,
            "error_message": entry.refusal,
            "error_type": "stop",
        },
    )
    for one in sheet.validations:
        sheet._write_data_validation(one)
    return xml.getvalue()


@lru_cache(maxsize=_KEPT)
def widths(columns: tuple[Column, ...]) -> Widths:
    """The XML of columns that have no style of their own and are all seen."""
    sheet, xml = _scratch()
    for column in columns:
        options = {"level": column.outline, "collapsed": column.unfolds}
        sheet.set_column(column.first, column.last, column.width, None, options)
    sheet._write_cols()
    return Widths(xml.getvalue(), sheet.col_info, sheet.outline_col_level)


class _Scratch(Worksheet):  # type: ignore[misc]
    """A sheet of no book."""

    def _prepare_formula(self, formula: str, _expand: bool = False) -> str:
        """Nothing that came after Excel 2007 is used; the library would search each condition for it."""
        return formula.removeprefix("=")


def _scratch() -> tuple[Worksheet, StringIO]:
    """A sheet of no book, and what it writes."""
    sheet, xml = _Scratch(), StringIO()
    sheet._set_xml_writer(xml)
    return sheet, xml
