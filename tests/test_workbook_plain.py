"""What is written here instead of by the library is what the library would write."""

from __future__ import annotations

from io import StringIO

import pytest
import xlsxwriter
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable

from pipeline.book import Column, Entry, Highlight
from pipeline.workbook.sheet import Part, PlainSheet
from pipeline.workbook.styles import Formats
from pipeline.workbook.texts import PlainTexts
from pipeline.workbook.typing_in import limit_entries

ODD = (
    "",
    " a",
    "a\n",
    "a & <b>",
    '"q"',
    "a\nb",
    "x_x0041_y",
    "\x07",
    "\ufffe",
    "<r>t</r>",
    "<r>",
    "đ",
    "—" * 3000,
)


def _texts_by(writer: SharedStrings) -> str:
    table = SharedStringTable()
    for text in ODD:
        table._get_shared_string_index(text)
    table._sort_string_data()
    writer.string_table = table
    target = StringIO()
    writer._set_xml_writer(target)
    writer._assemble_xml_file()
    return target.getvalue()


def test_texts_are_written_as_the_library_writes_them():
    assert _texts_by(PlainTexts()) == _texts_by(SharedStrings()) == _texts_by(PlainTexts())


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("height", [None, 0.0, 9.0, 15.0, 17.5, 33.33])
def test_rows_are_as_high_as_the_library_makes_them(height, level):
    workbook = xlsxwriter.Workbook(StringIO())
    theirs = workbook.add_worksheet()
    ours = workbook.add_worksheet(worksheet_class=PlainSheet)
    theirs.set_row(3, height, None, {"level": level})
    ours.size_rows({} if height is None else {3: height}, {3: level})
    for sheet, part in ((theirs, StringIO()), (ours, Part())):
        sheet._set_xml_writer(part)
        sheet._write_rows()
    assert b"".join(ours.fh.given_away()).decode() == theirs.fh.getvalue()
    assert list(ours.row_sizes[3]) == theirs.row_sizes[3]
    assert (ours.outline_row_level, ours.dim_rowmax) == (theirs.outline_row_level, theirs.dim_rowmax)


def test_a_format_is_the_same_in_the_second_workbook_and_belongs_to_it_alone():
    theme = {"style": {"plain": {}, "deep": {"bold": True, "bg_color": "#FF0000", "font_size": 9}}}
    first, second = (xlsxwriter.Workbook(StringIO()) for _ in range(2))
    made = [Formats(workbook, theme)["deep"] for workbook in (first, second)]
    assert made[0] is not made[1]
    assert made[0]._get_format_key() == made[1]._get_format_key()
    theirs = first.add_format({"bold": True, "bg_color": "#FF0000", "font_size": 9})
    assert theirs._get_format_key() == made[0]._get_format_key()
    assert made[1].xf_format_indices is second.xf_format_indices
    assert made[1] in second.formats
    assert made[1] not in first.formats


MARKS = (
    Highlight(3, 1, 9, 4, '=AND(LEN(B4)>0,B4<>"-")', "deep"),
    Highlight(3, 1, 9, 4, "=B4<1", "plain"),
    Highlight(0, 0, 0, 0, '="x_x0041_&"', "deep"),
)
LIMITS = (
    Entry(1, 2, 3, 4, False, "Whole <numbers>", 'Only "whole" ones & none below 0\nplease', least=1),
    Entry(5, 2, 5, 2, True, "Numbers", "Only numbers"),
)
WIDTHS = (
    (
        Column(0, 0, 4.6),
        Column(1, 3, 0.5),
        Column(4, 4, 9.14),
        Column(5, 5, 9.14),
        Column(8, 9, 30.0, outline=2),
    ),
    (Column(0, 2, 12.0, style="deep"), Column(4, 4, 8.0)),
    (Column(0, 2, 12.0, outline=1, hidden=True), Column(3, 3, 8.0, unfolds=True)),
    (),
)


def test_conditions_limits_and_columns_are_written_as_the_library_writes_them():
    """Also the second time, when they are known, and with all that comments and charts ask the sheet for."""
    theme = {"style": {"plain": {}, "deep": {"bold": True, "bg_color": "#FF0000"}}}
    for columns in (*WIDTHS, *WIDTHS):
        workbook = xlsxwriter.Workbook(StringIO())
        formats = Formats(workbook, theme)
        theirs = workbook.add_worksheet()
        ours = workbook.add_worksheet(worksheet_class=PlainSheet)
        ours.set_widths(columns, formats)
        limit_entries(ours, LIMITS)
        for column in columns:
            look = formats[column.style] if column.style else None
            options = {"level": column.outline, "hidden": column.hidden, "collapsed": column.unfolds}
            theirs.set_column(column.first, column.last, column.width, look, options)
        for mark in MARKS:
            ours.highlight(mark, formats[mark.style])
            rule = {"type": "formula", "criteria": mark.formula, "format": formats[mark.style]}
            theirs.conditional_format(mark.first_row, mark.first_col, mark.last_row, mark.last_col, rule)
        for entry in LIMITS:
            place = (entry.first_row, entry.first_col, entry.last_row, entry.last_col)
            theirs.data_validation(*place, {**_rule(entry), "error_type": "stop"})
        for sheet in (theirs, ours):
            sheet._set_xml_writer(StringIO())
            sheet._write_cols()
            sheet._write_conditional_formats()
            sheet._write_data_validations()
        assert ours.fh.getvalue() == theirs.fh.getvalue()
        for name in ("col_info", "col_size_changed", "outline_col_level", "dim_colmin", "dim_colmax"):
            assert getattr(ours, name) == getattr(theirs, name), name


def _rule(entry):
    kind = "decimal" if entry.is_decimal else "integer"
    told = {"error_title": entry.title, "error_message": entry.refusal}
    return {"validate": kind, "criteria": ">=", "value": entry.least, **told}
