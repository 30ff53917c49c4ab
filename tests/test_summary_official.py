"""City sheets on paper: pages begin where they may, nothing is cut, and somebody signs."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from pipeline.catalogue import Campaign
from pipeline.frames import Results
from pipeline.summary.official import Block, page_breaks
from tests.office import needs_office, printed
from tests.summary_results import made_up_results, written_summary

A4 = (297.0, 210.0)
PAGE_AGAIN = "STT"
"""Stands in the header that every page repeats."""


@pytest.fixture(scope="module")
def results(campaign: Campaign) -> Results:
    """Invented results over the whole catalogue."""
    return made_up_results(campaign, 7)


@pytest.fixture(scope="module")
def book(campaign: Campaign, results: Results, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    """The summary as an outside reader finds it."""
    return openpyxl.load_workbook(written_summary(campaign, results, "vi", tmp_path_factory.mktemp("paper")))


def blocks(text: str) -> list[Block]:
    """Blocks drawn as ``40`` or, where the next must not begin a page without it, ``40+``; 10 rows apart."""
    return [Block(10 * i, float(t.rstrip("+")), t.endswith("+")) for i, t in enumerate(text.split(), 1)]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("40 40", ()),
        ("40 40 40", (30,)),
        ("60 60 60", (20, 30)),
        ("40 40+ 40", (20,)),  # the heading goes along with what it heads
        ("40 20+ 20+ 40", (20,)),  # and so do headings of headings
        ("60+ 60+ 60", (20, 30)),  # headings that fill a page stay where they are
        ("150 40", (20,)),  # what is higher than a page is torn by the printer, not by us
        ("40 40 40 40 40", (30, 50)),
        ("", ()),
    ],
)
def test_a_page_ends_before_what_it_cannot_hold_whole(drawn, expected):
    """100 points a page; a block is never torn, a heading never left behind."""
    assert page_breaks(blocks(drawn), (100.0, 100.0)) == expected


def test_the_first_page_has_less_room_because_of_its_title():
    """What does not fit below the title goes to the second page."""
    assert page_breaks(blocks("40 40 40"), (50.0, 100.0)) == (20,)


def form_sheets(campaign, book):
    """The city sheets, each with its rows in order: number of the row and indicator."""
    for form_id in campaign.forms:
        sheet = book[form_id]
        _, top, _, bottom = range_boundaries(sheet.auto_filter.ref)
        keys = [(row, sheet.cell(row, 1).value.partition("|")[0]) for row in range(top + 1, bottom + 1)]
        yield sheet, top, keys


def breaks_of(sheet):
    """The last row of every page but the last."""
    return [page.id for page in sheet.row_breaks.brk]


def test_no_page_tears_the_levels_of_an_indicator_apart(campaign, book):
    """T, H, X and their sum are read together."""
    torn = [
        (sheet.title, row)
        for sheet, _, keys in form_sheets(campaign, book)
        for (row, indicator), (_, following) in pairwise(keys)
        if row in breaks_of(sheet) and indicator == following
    ]
    broken = [sheet.title for sheet, _, _ in form_sheets(campaign, book) if breaks_of(sheet)]

    assert torn == []
    assert len(broken) > 10


def test_no_heading_stands_alone_at_the_end_of_a_page(campaign, book):
    """An indicator whose parts follow goes with the first of them."""
    alone = [
        (sheet.title, row)
        for sheet, _, keys in form_sheets(campaign, book)
        for (row, indicator), (_, following) in pairwise(keys)
        if row in breaks_of(sheet)
        and campaign.indicators[following].depth > campaign.indicators[indicator].depth
    ]

    assert alone == []


def test_the_signatures_stand_below_the_table_with_rows_of_it_on_their_page(campaign, book):
    """Who made it, who signs; never on a page of their own."""
    words = campaign.words["vi"]
    for sheet, _, keys in form_sheets(campaign, book):
        last = keys[-1][0]
        said = {c.value: c.row for row in sheet.iter_rows(min_row=last + 1) for c in row if c.value}
        area = range_boundaries(str(sheet.print_area).rpartition("!")[2].replace("$", ""))

        assert said[words["summary.appendix.clerk"]] == said[words["summary.appendix.head"]] > last + 1
        assert not any(row >= last for row in breaks_of(sheet))
        assert area[3] > max(said.values())
        assert not sheet.print_title_rows or said[words["summary.appendix.clerk"]] > last


def test_a_page_is_scaled_by_hand_because_breaks_are_ignored_on_a_fitted_one(campaign, book):
    """Excel heeds page breaks only without "fit to page"."""
    for sheet, _, _ in form_sheets(campaign, book):
        assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
        assert 40 <= sheet.page_setup.scale <= 100


def test_the_printed_columns_fit_the_paper_at_that_scale(campaign, book):
    """By the wider of the two readings of a column's width that office programs have."""
    for sheet, _, _ in form_sheets(campaign, book):
        left, _, right, _ = range_boundaries(str(sheet.print_area).rpartition("!")[2].replace("$", ""))
        widths = {
            number: column.width
            for column in sheet.column_dimensions.values()
            for number in range(column.min, column.max + 1)
        }
        paper = (A4[0] / 25.4 - sheet.page_margins.left - sheet.page_margins.right) * 96
        needed = sum(widths[number] * 7.4 for number in range(left, right + 1)) * sheet.page_setup.scale / 100

        assert 0.9 * paper < needed <= paper or sheet.page_setup.scale == 75


def test_the_pages_hold_the_rows_that_they_were_given(campaign, book):
    """Heights of the rows of a page, its repeated header included, at the sheet's scale."""
    for sheet, top, _ in form_sheets(campaign, book):
        room = (A4[1] / 25.4 - sheet.page_margins.top - sheet.page_margins.bottom) * 72
        header = [top - 1, top]
        ends = [*breaks_of(sheet), range_boundaries(sheet.print_area.rpartition("!")[2].replace("$", ""))[3]]
        start = 1
        for end in ends:
            rows = [*([] if start == 1 else header), *range(start, end + 1)]
            height = (
                sum(sheet.row_dimensions[row].height or 15 for row in rows) * sheet.page_setup.scale / 100
            )

            assert height <= room
            start = end + 1


def test_the_remark_names_the_report_the_time_and_the_unit_of_measure(campaign, book):
    """One unit of measure is said once; of several, the column says them."""
    for form_id, form in campaign.forms.items():
        said = [str(c.value) for row in book[form_id].iter_rows(max_row=6) for c in row if c.value]
        measures = {i.unit_measure for i in campaign.indicators_of(form_id)}
        remark = next(text for text in said if "Báo cáo số" in text)

        assert campaign.settings.texts["scope"] in remark
        assert ("ghi tại cột ĐVT" in remark) == (len(measures) > 1)
        assert form.title in said


@needs_office
def test_an_office_program_prints_exactly_these_pages(campaign, results, book, tmp_path):
    """LibreOffice puts the table of each form on as many pages as were planned: nothing is cut or torn."""
    names = list(campaign.forms)[:6]
    path = written_summary(campaign, results, "vi", tmp_path)
    planned = [1 + len(breaks_of(book[name])) for name in names]
    pdf = printed(path, names, tmp_path)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    pages = text.stdout.split("\f")[:-1]

    assert len(pages) == sum(planned)
    assert all(re.search(rf"^\s*{PAGE_AGAIN}\b", page, flags=re.M) for page in pages)
