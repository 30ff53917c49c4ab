"""The summary workbook as an outside reader (openpyxl) finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.book import Line
from pipeline.catalogue import Campaign
from pipeline.frames import Results
from pipeline.model import FormStatus, Severity
from pipeline.summary import build_summary
from tests.summary_results import HOSTILE, made_up_results, silent_units, written_summary


@pytest.fixture(scope="module")
def results(tiny: Campaign) -> Results:
    """Invented results of the tiny campaign."""
    return made_up_results(tiny)


@pytest.fixture(scope="module")
def book(tiny: Campaign, results: Results, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The summary of the invented results, formulas as formulas."""
    return openpyxl.load_workbook(written_summary(tiny, results, "en", tmp_path_factory.mktemp("summary")))


@pytest.fixture(scope="module")
def shown(tiny: Campaign, results: Results, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The same, formulas as the values that were saved with them."""
    path = written_summary(tiny, results, "en", tmp_path_factory.mktemp("summary"))
    return openpyxl.load_workbook(path, data_only=True)


def tables(book: Workbook) -> Iterator[tuple[Worksheet, tuple[int, int, int, int]]]:
    """Every filtered table: its sheet and first column, first row, last column, last row."""
    for sheet in book:
        if sheet.auto_filter.ref:
            yield sheet, range_boundaries(sheet.auto_filter.ref)


def table(book: Workbook, name: str) -> list[dict[str, object]]:
    """The rows of a sheet's table, by header."""
    sheet = book[name]
    left, top, right, bottom = range_boundaries(sheet.auto_filter.ref)
    header = [sheet.cell(top, col).value for col in range(left, right + 1)]
    return [
        dict(zip(header, (sheet.cell(row, col).value for col in range(left, right + 1)), strict=True))
        for row in range(top + 1, bottom + 1)
    ]


def test_the_sheets_stand_in_the_order_that_staff_know(campaign):
    """Reading first, overview, coverage, forms, comparisons, findings, changes, details, sources, notes."""
    names = [sheet.name for sheet in build_summary(campaign, made_up_results(campaign, 7), "vi").sheets]

    forms = list(campaign.forms)
    details = [f"CT {form_id}" for form_id in forms]
    middle = ["Theo đơn vị", "Đối chiếu", "Việc cần sửa", "Thay đổi"]
    assert names == [
        *("Đọc trước", "Tổng quan", "Tình hình nộp"),
        *(*forms, *middle, *details, "Nguồn", "Ghi chú"),
    ]


def test_every_table_has_one_header_row_of_unique_names(book):
    """Filters and other programs rely on the header."""
    for sheet, (left, top, right, _) in tables(book):
        names = [sheet.cell(top, col).value for col in range(left, right + 1)]

        assert all(names), sheet.title
        assert len(set(names)) == len(names), sheet.title


def test_no_cell_inside_a_table_is_merged_and_no_row_is_blank(book):
    """A table stays a table when it is sorted, filtered or copied."""
    for sheet, (left, top, right, bottom) in tables(book):
        merged = [p for p in sheet.merged_cells.ranges if p.max_row >= top and p.min_row <= bottom]
        blank = [
            row
            for row in range(top, bottom + 1)
            if all(sheet.cell(row, col).value is None for col in range(left, right + 1))
        ]

        assert (merged, blank) == ([], []), sheet.title


def test_text_from_units_is_never_a_formula_or_a_link(book):
    """What a unit or a file name says is shown as it is, whatever it begins with."""
    found = {
        cell.value: cell
        for name in ("To correct", "Sources", "Read first")
        for row in book[name].iter_rows()
        for cell in row
        if cell.value in HOSTILE
    }

    assert set(found) == set(HOSTILE)
    assert {cell.data_type for cell in found.values()} == {"s"}
    assert all(cell.hyperlink is None for cell in found.values())
    assert {cell.hyperlink.target for cell in _linked(book)} == {None}


def _linked(book: Workbook) -> Iterator[Cell]:
    return (cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink)


def test_no_formula_is_saved_with_an_error(book, shown):
    """Whoever opens the file without recalculating sees the same figures."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = shown[sheet.title][cell.coordinate].value

                    assert not str(value).startswith("#"), f"{sheet.title}!{cell.coordinate}"


def test_a_city_figure_is_the_total_and_says_how_many_units_it_rests_on(tiny, results, shown):
    """Each figure, period or window, and beside it n/N."""
    for form_id, city in results.city.items():
        rows = {row["Row key"]: row for row in table(shown, form_id)}
        for r, city_row in enumerate(city.rows):
            row = rows[city_row.key]
            for c, column in enumerate(city.columns):
                value = city.values[r, c]
                if not np.isnan(value):
                    assert row[column] == pytest.approx(value, abs=1e-9)
                counted, expected = city.counted[r, c], city.expected[r, c]
                said = row.get(f"n/N {column}", row["n/N"])
                assert said == (f"{counted}/{expected}" if expected else "–")


def test_where_nobody_reported_the_city_figure_is_empty_and_not_zero(results, book, shown):
    """No report is not a report of none."""
    silent = [
        (form_id, city_row.key, column)
        for form_id, city in results.city.items()
        for r, city_row in enumerate(city.rows)
        for c, column in enumerate(city.columns)
        if np.isnan(city.values[r, c])
    ]
    found = {(form_id, row["Row key"]): row for form_id in results.city for row in table(shown, form_id)}

    assert silent
    assert {found[form_id, key][column] for form_id, key, column in silent} <= {None, "x", "n.t."}


def test_before_its_first_year_an_indicator_shows_the_sign_for_not_applicable(shown):
    """V_APP exists since 2022; so the two periods before it show the sign, and the third a figure."""
    rows = {row["Row key"]: row for row in table(shown, "USE")}

    assert [rows["V_APP|P"][period] for period in ("P20", "P21")] == ["x", "x"]
    assert isinstance(rows["V_APP|P"]["P22"], int)


def test_what_is_shown_for_reference_has_no_city_figure(shown):
    """V_TOUR is never added: every cell says so."""
    rows = {row["Row key"]: row for row in table(shown, "USE")}

    assert {rows["V_TOUR|ALL"][column] for column in ("P20", "P21", "P22", "WHOLE", "LATE")} == {"n.t."}
    assert rows["V_TOUR|ALL"]["State"] == "not totalled"


def test_a_provisional_figure_carries_colour_and_sign(results, book):
    """Black-and-white print shows the sign, and the row says the word."""
    form_id, city = next((f, c) for f, c in results.city.items() if c.provisional.any())
    r, c = (int(part[0]) for part in np.nonzero(city.provisional))
    sheet = book[form_id]
    _, top, _, _ = range_boundaries(sheet.auto_filter.ref)
    header = {cell.value: cell.column for cell in sheet[top]}
    cell = sheet.cell(top + 1 + r, header[city.columns[c]])

    assert "◊" in cell.number_format
    assert cell.fill.fgColor.rgb != "00000000"
    assert sheet.cell(top + 1 + r, header["State"]).value == "◊ provisional"


def test_part_years_are_marked_above_their_ids(book):
    """P20 has six months and says so; P21 is a whole year."""
    sheet = book["USE"]
    _, top, _, _ = range_boundaries(sheet.auto_filter.ref)
    labels = {sheet.cell(top, cell.column).value: cell.value for cell in sheet[top - 1] if cell.value}

    assert labels["P20"] == "7-12/2020\n(6 months)"
    assert labels["P21"] == "2021"


def test_the_detail_shows_each_unit_with_the_place_that_was_read(results, shown):
    """One row per unit and row key that anybody owes; a sign where there is no number."""
    cube = results.cubes["USE"]
    rows = {(row["Row key"], row["Unit id"]): row for row in table(shown, "Detail USE")}
    u, k = 0, 0
    row = rows[cube.keys[k], cube.unit_ids[u]]

    assert len(rows) == (cube.status != -1).any(axis=2).sum()
    assert (row["Source file"], row["Sheet"], row["Row"]) == (f"{cube.unit_ids[0]}.xlsx", "USE", 12)
    for p, period in enumerate(cube.period_ids):
        value = cube.values[u, k, p]
        assert row[period] in ("x", "…", "?", "✗") if np.isnan(value) else row[period] == value


def test_all_findings_are_listed_unit_by_unit_with_what_weighs_most_first(tiny, results, shown):
    """No cap, and nothing is sorted away."""
    rows = table(shown, "To correct")
    words = ["File rejected", "Cell rejected", "To correct", "To explain", "For the record"]

    assert len(rows) == len(results.findings) == len(tiny.units) * len(Severity)
    assert [row["Unit"] for row in rows[:: len(words)]] == [unit.name for unit in tiny.units.values()]
    assert [row["Severity"] for row in rows[: len(words)]] == words


def test_coverage_counts_each_form_owed_once_and_rates_it(tiny, results, shown):
    """The counts of a unit add up to what it owes; a silent unit has a rate of 0."""
    for row in table(shown, "Coverage"):
        mine = results.form_status[results.form_status["unit_id"] == row["Unit id"]]
        received = mine["status"].isin([FormStatus.ACCEPTED, FormStatus.WITH_ERRORS]).sum()

        assert row["Owed"] == len(mine)
        assert row["Rate"] == pytest.approx(received / len(mine))
        assert (row["Not sent"] == row["Owed"]) == (row["Unit id"] in silent_units(tiny))


def test_reconciliation_shows_both_figures_and_their_difference(results, shown):
    """The difference stands only where both sides are known."""
    for row, expected in zip(
        table(shown, "Reconciliation"), results.reconciliation.to_dict("records"), strict=True
    ):
        known = not np.isnan(expected["difference"])

        assert row["Difference"] == (pytest.approx(expected["difference"]) if known else None)


def test_the_first_page_lists_every_sheet(book):
    """Whoever opens the file finds the way."""
    texts = {cell.value for row in book["Read first"].iter_rows() for cell in row}

    assert set(book.sheetnames) <= texts


def test_the_notes_explain_every_sign_authority_and_row_without_a_total(tiny, book):
    """Nothing on the other sheets needs guessing."""
    said = " ".join(str(cell.value) for row in book["Notes"].iter_rows() for cell in row)
    authorities = {i.authority_unit for i in tiny.indicators.values() if i.authority_unit}
    shown_only = [i.indicator_id for i in tiny.indicators.values() if i.reference_only]

    for sign in ("x", "…", "?", "✗", "◊", "n.t."):
        assert any(cell.value == sign for cell in book["Notes"]["B"]), sign
    assert all(tiny.units[unit_id].name in said for unit_id in authorities)
    assert all(name in said for name in shown_only)


def test_draft_and_official_are_told_apart(tiny, results):
    """The first page and every footer say which it is."""
    for is_official, word in ((False, "DRAFT"), (True, "OFFICIAL")):
        book = build_summary(tiny, replace(results, is_official=is_official), "en")

        assert any(str(merge.value).startswith(word) for merge in book.sheets[0].merges)
        assert all(sheet.print.footer_left.startswith(word) for sheet in book.sheets)


def test_every_sheet_prints_on_a4_landscape_with_its_header_repeated(book):
    """Paper is how leaders read it."""
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9), sheet.title
    for sheet, _ in tables(book):
        assert sheet.print_title_rows or sheet.title == "Coverage", sheet.title


def test_both_languages_have_the_same_cells(tiny, results):
    """Only words differ."""
    places = [
        [
            [(cell.row, cell.col, isinstance(cell, Line) and len(cell.values)) for cell in sheet.cells]
            for sheet in build_summary(tiny, results, lang).sheets
        ]
        for lang in ("vi", "en")
    ]

    assert places[0] == places[1]
