"""The templates keep their contract with whoever fills them in and with whatever reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.forms import build_template, cell_address, form_sheet_name
from pipeline.model import Answers
from pipeline.workbook import write_book
from tests.pictures import expect_golden
from tests.workbooks import cells_of

UNITS = ("QH304", "QH318", "BD_TC", "TTTP", "SNV", "DD_HDND")
"""A district with communes and one without, a keeper of city figures, both thematic reports, a caucus."""


@pytest.fixture(scope="module")
def folder(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blank templates of a few units of every sort."""
    made = tmp_path_factory.mktemp("templates")
    for unit_id in UNITS:
        write_book(build_template(campaign, unit_id), campaign.theme, made / f"{unit_id}.xlsx")
    return made


@pytest.fixture(scope="module")
def books(folder: Path) -> dict[str, Workbook]:
    """The same templates as another program reads them, formulas as formulas."""
    return {unit_id: openpyxl.load_workbook(folder / f"{unit_id}.xlsx") for unit_id in UNITS}


def machine_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, 30) if sheet.cell(row, 1).value == "KEY")


def columns_by_id(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[machine_row(sheet)] if cell.value}


def keyed_rows(sheet: Worksheet) -> dict[str, int]:
    rows = range(machine_row(sheet) + 1, sheet.max_row + 1)
    return {str(sheet.cell(row, 1).value): row for row in rows if sheet.cell(row, 1).value}


@pytest.mark.parametrize("unit_id", UNITS)
def test_the_sheets_are_the_guide_the_owed_forms_and_three_more(
    campaign: Campaign, books: dict[str, Workbook], unit_id: str
) -> None:
    """Staff find their forms by name, in the order of the campaign; ``_meta`` is out of their way."""
    forms = [form_sheet_name(form.form_id) for form in owed_forms(campaign, unit_id)]
    book = books[unit_id]

    assert book.sheetnames == ["Hướng dẫn", *forms, "Kiểm tra", "Giải trình", "_meta"]
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["_meta"]


@pytest.mark.parametrize("unit_id", UNITS)
def test_every_owed_row_stands_under_its_key_and_every_period_under_its_id(
    campaign: Campaign, books: dict[str, Workbook], unit_id: str
) -> None:
    """Column A and the row above the data are all that a reader needs."""
    for form in owed_forms(campaign, unit_id):
        sheet = books[unit_id][form.form_id]
        columns = columns_by_id(sheet)

        assert list(keyed_rows(sheet)) == [row.key for row in form.rows]
        assert list(columns)[5:] == [*form.period_ids, "TONG", "NOTE", "CHECK"]
        assert [columns[period] for period in form.period_ids] == list(range(6, 6 + len(form.period_ids)))


def test_the_address_of_a_cell_is_known_without_a_workbook(
    campaign: Campaign, books: dict[str, Workbook]
) -> None:
    """Findings about a cell that nobody sent can still name its place."""
    for form in owed_forms(campaign, "QH304"):
        sheet = books["QH304"][form.form_id]
        columns, rows = columns_by_id(sheet), keyed_rows(sheet)
        last = form.rows[-1].key
        place = f"{get_column_letter(columns[form.period_ids[-1]])}{rows[last]}"

        assert cell_address(campaign, form, last, form.period_ids[-1]) == place


@pytest.mark.parametrize("unit_id", UNITS)
def test_only_what_is_to_be_filled_in_is_unlocked_and_it_is_limited_to_numbers(
    campaign: Campaign, books: dict[str, Workbook], unit_id: str
) -> None:
    """Entries and totals may be typed; ratios, cells before the first year, keys and names may not."""
    for form in owed_forms(campaign, unit_id):
        sheet = books[unit_id][form.form_id]
        columns, rows = columns_by_id(sheet), keyed_rows(sheet)
        assert sheet.protection.sheet
        assert not sheet.protection.password
        for row in form.rows:
            indicator = campaign.indicators[row.indicator_id]
            assert sheet.cell(rows[row.key], 1).protection.locked
            assert not sheet.cell(rows[row.key], columns["NOTE"]).protection.locked
            for period_id in form.period_ids:
                cell = sheet.cell(rows[row.key], columns[period_id])
                is_entry = not indicator.is_computed and campaign.exists_in(row.indicator_id, period_id)
                assert cell.protection.locked is not is_entry, (form.form_id, cell.coordinate)
                if is_entry:
                    decimals = campaign.measures[indicator.unit_measure].decimals
                    assert limit_of(sheet, cell.coordinate) == ("decimal" if decimals else "whole", "0")


def limit_of(sheet: Worksheet, coordinate: str) -> tuple[str, str]:
    (limit,) = [one for one in sheet.data_validations.dataValidation if coordinate in one.sqref]
    assert limit.operator == "greaterThanOrEqual"
    assert (limit.errorStyle or "stop") == "stop"
    assert 0 < len(limit.errorTitle) <= 32
    assert 0 < len(limit.error) <= 255
    return limit.type, limit.formula1


@pytest.mark.parametrize("unit_id", UNITS)
def test_cells_before_the_first_year_are_marked_not_applicable(
    campaign: Campaign, books: dict[str, Workbook], unit_id: str
) -> None:
    """What cannot exist is neither missing nor 0."""
    for form in owed_forms(campaign, unit_id):
        sheet = books[unit_id][form.form_id]
        columns, rows = columns_by_id(sheet), keyed_rows(sheet)
        for row in form.rows:
            for period_id in form.period_ids:
                if not campaign.exists_in(row.indicator_id, period_id):
                    assert sheet.cell(rows[row.key], columns[period_id]).value == "x"


@pytest.mark.parametrize("unit_id", UNITS)
def test_total_rows_start_as_sums_of_their_parts(
    campaign: Campaign, books: dict[str, Workbook], unit_id: str
) -> None:
    """A total adds itself up from those parts that exist, and says nothing before one of them is there."""
    for form in owed_forms(campaign, unit_id):
        sheet = books[unit_id][form.form_id]
        columns, rows = columns_by_id(sheet), keyed_rows(sheet)
        for row in form.rows:
            parts = total_parts(campaign, row, form.rows)
            for period_id in form.period_ids if parts else ():
                existing = [part for part in parts if campaign.exists_in(part, period_id)]
                letter = get_column_letter(columns[period_id])
                cells = ",".join(f"{letter}{rows[f'{part}|{row.level}']}" for part in existing)
                cell = sheet.cell(rows[row.key], columns[period_id])
                if campaign.exists_in(row.indicator_id, period_id) and existing:
                    assert cell.value == f'=IF(COUNT({cells})=0,"",SUM({cells}))'


@pytest.mark.parametrize("unit_id", UNITS)
def test_an_untouched_form_says_nothing(campaign: Campaign, folder: Path, unit_id: str) -> None:
    """No cell of a blank form reads as a number: nobody has stated anything yet."""
    values = openpyxl.load_workbook(folder / f"{unit_id}.xlsx", data_only=True)
    formulas = openpyxl.load_workbook(folder / f"{unit_id}.xlsx")
    for form in owed_forms(campaign, unit_id):
        sheet = values[form.form_id]
        rows = keyed_rows(sheet)
        cells = [
            sheet.cell(row, column).value for row in rows.values() for column in range(6, sheet.max_column)
        ]
        assert set(cells) <= {None, "x"}
    cached = {
        values[sheet.title][cell.coordinate].value
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert cached == {None}


@pytest.mark.parametrize("unit_id", UNITS)
def test_meta_and_the_visible_identity_agree(
    campaign: Campaign, books: dict[str, Workbook], unit_id: str
) -> None:
    """Two places say whose return this is, so that a mixed-up file is noticed."""
    meta = {row[0].value: row[1].value for row in books[unit_id]["_meta"].iter_rows()}
    guide = {row[0].value: row[2].value for row in books[unit_id]["Hướng dẫn"].iter_rows() if row[0].value}

    assert meta == {
        "campaign": campaign.campaign_id,
        "template_version": campaign.settings.template_version,
        "unit_id": unit_id,
        "catalogue_hash": campaign.catalogue_hash,
    }
    assert guide == {
        "unit_id": unit_id,
        "unit_name": campaign.units[unit_id].name,
        "submission_number": 1,
        **dict.fromkeys(("filled_by", "phone", "date_filled", "data_period")),
    }


def test_identity_is_fixed_but_for_what_the_unit_must_say(books: dict[str, Workbook]) -> None:
    """Nobody changes the unit's id by a slip; the submission number is a whole number from 1."""
    sheet = books["QH304"]["Hướng dẫn"]
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value}
    locked = {key for key, row in rows.items() if sheet.cell(row, 3).protection.locked}
    (limit,) = sheet.data_validations.dataValidation

    assert locked == {"unit_id", "unit_name"}
    assert (limit.type, limit.formula1, str(limit.sqref)) == ("whole", "1", f"C{rows['submission_number']}")


@pytest.mark.parametrize("unit_id", UNITS)
def test_column_a_is_empty_beside_titles_and_signatures(books: dict[str, Workbook], unit_id: str) -> None:
    """A reader that goes by keys never takes a signature for a row."""
    for sheet in books[unit_id].worksheets[1:-3]:
        first = machine_row(sheet) - 1
        rows = keyed_rows(sheet)
        used = {row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value}

        assert used == {first, first + 1, *rows.values()}
        assert sheet.max_row > max(rows.values()) + 2


@pytest.mark.parametrize("unit_id", UNITS)
def test_every_sheet_prints_on_a4_with_its_header_repeated(books: dict[str, Workbook], unit_id: str) -> None:
    """The signed printout is as good as the file."""
    for sheet in books[unit_id].worksheets[1:-1]:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert re.fullmatch(r"\$\d+:\$\d+", sheet.print_title_rows or "")
        assert sheet.freeze_panes
    for sheet in books[unit_id].worksheets[1:-3]:
        header = machine_row(sheet) - 1
        assert sheet.print_title_rows == f"${header}:${header + 1}"
        assert sheet.freeze_panes == f"F{header + 2}"


def test_columns_are_wide_enough_for_seven_digits(books: dict[str, Workbook]) -> None:
    """No #### where a figure should stand: seven digits, two separators and the margins of a cell."""
    for book in books.values():
        for sheet in book.worksheets[1:-3]:
            for column in range(6, columns_by_id(sheet)["TONG"] + 1):
                assert width_of(sheet, column) >= 8.7


def width_of(sheet: Worksheet, column: int) -> float:
    for dimension in sheet.column_dimensions.values():
        if dimension.min <= column <= dimension.max:
            return float(dimension.width)
    return 0.0


def test_explanations_have_a_machine_readable_header_and_free_lines(books: dict[str, Workbook]) -> None:
    """A unit writes an explanation per line; a program finds the columns by their ids."""
    sheet = books["QH304"]["Giải trình"]
    row = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "LINE")
    ids = [cell.value for cell in sheet[row]]
    first = sheet[row + 1]

    assert ids == ["LINE", "FORM", "KEY", "LEVEL", "PERIOD", "EXPLANATION", "BY"]
    assert [cell.protection.locked for cell in first] == [True, *[False] * 6]
    assert {cell.value for line in sheet.iter_rows(min_row=row + 1, min_col=2) for cell in line} == {None}


def test_making_a_template_again_gives_the_same_bytes(
    campaign: Campaign, folder: Path, tmp_path: Path
) -> None:
    """Templates can be kept under version control: what did not change does not differ."""
    again = tmp_path / "again.xlsx"
    write_book(build_template(campaign, "QH304"), campaign.theme, again)

    assert again.read_bytes() == (folder / "QH304.xlsx").read_bytes()


def test_answers_stand_in_their_cells_and_texts_stay_texts(campaign: Campaign, tmp_path: Path) -> None:
    """Invented figures: what a unit wrote comes back as it was written, under a banner on every sheet."""
    form = owed_forms(campaign, "QH304")[0]
    key, period_id = form.rows[-1].key, form.period_ids[-1]
    typed: dict[tuple[str, str], Any] = {(key, period_id): "=1+1", (key, form.period_ids[0]): 12}
    answers = Answers(typed, 3, "Invented Clerk", "000", {key: "=A1"}, "INVENTED FIGURES")
    write_book(build_template(campaign, "QH304", answers), campaign.theme, tmp_path / "f.xlsx")
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    sheet = book[form.form_id]
    columns, rows = columns_by_id(sheet), keyed_rows(sheet)

    cells = [sheet.cell(rows[key], columns[name]) for name in (period_id, form.period_ids[0], "NOTE")]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1+1", "s"), (12, "n"), ("=A1", "s")]
    banners = [any(cell.value == "INVENTED FIGURES" for cell in sheet[1]) for sheet in book.worksheets[:-1]]
    assert all(banners)
    guide = {row[0].value: row[2].value for row in book["Hướng dẫn"].iter_rows() if row[0].value}
    assert (guide["submission_number"], guide["filled_by"]) == (3, "Invented Clerk")


def test_the_english_twin_has_the_same_cells(campaign: Campaign) -> None:
    """Another language changes words, never places."""
    own, twin = (build_template(campaign, "SNV", lang=lang) for lang in ("vi", "en"))
    places = [[(c.row, c.col, c.style) for c in cells_of(book.sheets[1])] for book in (own, twin)]

    assert places[0] == places[1]
    assert [sheet.name for sheet in twin.sheets] == ["Guide", "B12", "Checks", "Explanations", "_meta"]


def test_a_blank_template_looks_like_its_picture(tiny: Campaign, tmp_path: Path) -> None:
    """The whole contract at a glance, on a campaign that shares nothing with the one that comes along."""
    write_book(build_template(tiny, "NORTH", lang="en"), tiny.theme, tmp_path / "north.xlsx")

    expect_golden(tmp_path / "north.xlsx", "template_blank")


def test_a_filled_template_looks_like_its_picture(tiny: Campaign, tmp_path: Path) -> None:
    """Every formula shows what it comes to: totals, ratios, balances, checks right, wrong and open."""
    values: dict[tuple[str, str], float | str] = {
        **{("V_DAY|P", "P20"): 5, ("V_EVE|P", "P20"): 7, ("V_DAY|P", "P21"): 4, ("V_ALL|P", "P21"): 9},
        **{("V_EVE|P", "P21"): 4, ("V_DAY|P", "P22"): "none", ("M_END|P", "P22"): 40, ("M_NEW|P", "P22"): 10},
        **{("L_OPEN|P", "P20"): 3, ("L_IN|P", "P20"): 10, ("L_DONE|P", "P20"): 11, ("L_LEFT|P", "P20"): 2},
        **{("L_OPEN|P", "P21"): 2, ("L_IN|P", "P21"): 5, ("S_OLD|P", "E22"): 100, ("S_KID|P", "E22"): 20},
    }
    answers = Answers(values, 2, "Invented Clerk", "000", {"V_ALL|P": "counted twice"}, "INVENTED FIGURES")
    write_book(build_template(tiny, "NORTH", answers, "en"), tiny.theme, tmp_path / "north.xlsx")

    expect_golden(tmp_path / "north.xlsx", "template_filled")
