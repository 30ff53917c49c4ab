"""Our own templates come back as they were filled, whichever program saved them. All figures invented."""

from __future__ import annotations

import math
import random
from itertools import cycle
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.forms import build_template, cell_address
from pipeline.intake import Found, read_submission
from pipeline.model import Answers, FormRow, OwedForm, Submission
from pipeline.workbook.write import write_book
from tests.office import needs_office, saved_by_office_many

Figures = dict[tuple[str, str], float | str]


def is_entry(campaign: Campaign, owed: OwedForm, row: FormRow, period_id: str) -> bool:
    """Whether the unit types a figure here: nothing computed, no total, no year before the first."""
    return (
        not campaign.indicators[row.indicator_id].is_computed
        and campaign.exists_in(row.indicator_id, period_id)
        and not total_parts(campaign, row, owed.rows)
    )


def invented(campaign: Campaign, unit_id: str) -> Figures:
    """A number or a sign for three of four entry cells of a unit."""
    chance = random.Random(unit_id)
    return {
        (row.key, period): chance.choice([0, 7, 1234, 12345678, 5, 60, "-", "1.234", "không"])
        for owed in owed_forms(campaign, unit_id)
        for row in owed.rows
        for period in owed.period_ids
        if is_entry(campaign, owed, row, period) and chance.random() < 0.75
    }


def template(campaign: Campaign, unit_id: str, folder: Path, figures: Figures | None = None) -> Path:
    """The unit's template, blank or filled."""
    answers = None if figures is None else Answers(figures, submission_number=2)
    path = folder / f"{unit_id}.xlsx"
    write_book(build_template(campaign, unit_id, answers), campaign.theme, path)
    return path


def read_figures(submission: Submission, campaign: Campaign) -> Figures:
    """What was read from the entry cells."""
    rows = {f.form_id: (f, {r.key: r for r in f.rows}) for f in owed_forms(campaign, submission.unit_id)}
    found: Figures = {}
    for sheet in submission.sheets:
        owed, by_key = rows[sheet.form_id]
        for index, number in enumerate(sheet.numbers):
            line, column = divmod(index, len(sheet.period_ids))
            key, period = sheet.row_keys[line], sheet.period_ids[column]
            value = sheet.texts.get(index) if math.isnan(number) else number
            if value is not None and is_entry(campaign, owed, by_key[key], period):
                found[key, period] = value
    return found


def assert_places(submission: Submission, campaign: Campaign) -> None:
    """Every row stands where the forms say that it does, and so does every column."""
    for owed in owed_forms(campaign, submission.unit_id):
        sheet = next(s for s in submission.sheets if s.form_id == owed.form_id)
        assert set(sheet.row_keys) == {row.key for row in owed.rows}
        assert set(sheet.period_ids) == set(owed.period_ids)
        places = zip(sheet.row_keys, sheet.row_numbers, cycle(enumerate(sheet.column_numbers)), strict=False)
        for key, row, (index, column) in places:
            address = f"{get_column_letter(column)}{row}"
            assert address == cell_address(campaign, owed, key, sheet.period_ids[index])


def read_back(path: Path, campaign: Campaign) -> Submission:
    return read_submission(Found(path.name, path), campaign)


def test_every_blank_template_is_a_sound_and_empty_return(campaign: Campaign, tmp_path):
    """Nothing reads as stated, nothing is stray, nothing is missing; for a unit of every kind."""
    for unit_id in {unit.kind: unit.unit_id for unit in campaign.units.values()}.values():
        read = read_back(template(campaign, unit_id, tmp_path), campaign)

        assert (read.unit_id, read.submission_number) == (unit_id, 1)
        assert read.problems == ()
        assert read.strays == ()
        assert read_figures(read, campaign) == {}
        assert_places(read, campaign)


def test_an_english_template_is_read_alike(campaign: Campaign, tmp_path):
    """The names of its service sheets are known in every language."""
    path = tmp_path / "x.xlsx"
    unit_id = next(iter(campaign.units))
    write_book(build_template(campaign, unit_id, None, "en"), campaign.theme, path)

    read = read_back(path, campaign)

    assert read.unit_id == unit_id
    assert read.problems == ()


def test_totals_that_are_formulas_are_known_as_such(campaign: Campaign, tmp_path):
    """They are derived later, never believed."""
    unit_id = next(iter(campaign.units))
    read = read_back(template(campaign, unit_id, tmp_path), campaign)
    sheets = {sheet.form_id: sheet for sheet in read.sheets}

    for owed in owed_forms(campaign, unit_id):
        sheet = sheets[owed.form_id]
        for line, row in enumerate(owed.rows):
            if total_parts(campaign, row, owed.rows):
                places = {line * len(sheet.period_ids) + c for c in range(len(sheet.period_ids))}

                assert places & sheet.formulas


@pytest.mark.parametrize("unit_index", [0, -2])
def test_a_filled_template_comes_back_as_it_was_filled(campaign: Campaign, tmp_path, unit_index):
    """Every figure and sign, in its own row and period."""
    unit_id = list(campaign.units)[unit_index]
    figures = invented(campaign, unit_id)
    read = read_back(template(campaign, unit_id, tmp_path, figures), campaign)

    assert read.problems == ()
    assert read.strays == ()
    assert read.submission_number == 2
    assert read_figures(read, campaign) == figures


def filled_by_openpyxl(campaign: Campaign, unit_id: str, folder: Path) -> tuple[Path, Figures]:
    """A blank template, opened, filled and saved by a program that is not ours."""
    path = template(campaign, unit_id, folder)
    figures = invented(campaign, unit_id)
    book = openpyxl.load_workbook(path)
    for owed in owed_forms(campaign, unit_id):
        for row in owed.rows:
            for period in owed.period_ids:
                if (row.key, period) in figures:
                    address = cell_address(campaign, owed, row.key, period)
                    book[owed.form_id][address] = figures[row.key, period]
    book.save(path)
    return path, figures


def test_a_template_filled_by_another_program_is_read_alike(campaign: Campaign, tmp_path):
    """openpyxl drops the values of formulas and writes addresses from the root of the package."""
    unit_id = next(iter(campaign.units))
    path, figures = filled_by_openpyxl(campaign, unit_id, tmp_path)
    read = read_back(path, campaign)

    assert read.problems == ()
    assert read.strays == ()
    assert read_figures(read, campaign) == figures
    assert_places(read, campaign)


@needs_office
def test_templates_saved_by_an_office_program_are_read_alike(campaign: Campaign, tmp_path):
    """Blank and filled, by our writer and by another one, opened and saved again by LibreOffice."""
    units = list(campaign.units)
    blank = template(campaign, units[0], tmp_path)
    figures = invented(campaign, units[-2])
    filled = template(campaign, units[-2], tmp_path, figures)
    other, typed = filled_by_openpyxl(campaign, units[-1], tmp_path)
    expected = {blank: {}, filled: figures, other: typed}

    for path, saved in zip(expected, saved_by_office_many(list(expected), tmp_path / "saved"), strict=True):
        read = read_back(saved, campaign)

        assert read.problems == ()
        assert read.strays == ()
        assert read_figures(read, campaign) == expected[path]
        assert_places(read, campaign)
