"""What is written here instead of by the library is what the library would write."""

from __future__ import annotations

from io import StringIO

import pytest
import xlsxwriter
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable

from pipeline.workbook.sheet import PlainSheet
from pipeline.workbook.styles import Formats
from pipeline.workbook.texts import PlainTexts

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
    for sheet in (theirs, ours):
        sheet._set_xml_writer(StringIO())
        sheet._write_rows()
    assert ours.fh.getvalue() == theirs.fh.getvalue()
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
