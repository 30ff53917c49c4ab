"""Figures that stand in no cell of the form are listed, never dropped in silence."""

from __future__ import annotations

import math
from datetime import date

import pytest

from pipeline.book import Formula
from pipeline.catalogue import Campaign
from pipeline.intake import read_submission
from pipeline.model import Submission
from tests.sheets import Sheets, drawn_return, row_of, saved

SPOT = ("V_ALL|P", "P21")
MACHINE_ROW = 3


@pytest.fixture
def read(tmp_path, tiny: Campaign):
    """Saves the sheets and reads them."""

    def read(sheets: Sheets) -> Submission:
        return read_submission(saved(sheets, tmp_path / "x.xlsx"), tiny)

    return read


@pytest.fixture
def sheets(tiny: Campaign) -> Sheets:
    """A return of the north library with one figure."""
    return drawn_return(tiny, "NORTH", {SPOT: 7})


@pytest.mark.parametrize(
    ("key", "label"),
    [("", "Upper Field"), ("V_NONE|P", "V_NONE|P Upper Field"), ("L_IN|P", "L_IN|P Upper Field")],
)
@pytest.mark.parametrize("value", [3, 0, "3", "3 visits", date(2023, 10, 11), Formula("=1+2", 3)])
def test_a_figure_in_a_row_that_is_not_the_forms_is_listed(sheets, read, key, label, value):
    """A row put in for a commune, an unknown key, another form's key: never dropped in silence."""
    sheets["USE"].insert(6, [key, "", "Upper Field", "", "", "", value])

    submission = read(sheets)

    seen = {"3 visits": "3 visits", 0: "0"}.get(value, "2023-10-11" if isinstance(value, date) else "3")
    assert [(s.sheet, s.cell, s.row_label, s.seen) for s in submission.strays] == [("USE", "G7", label, seen)]
    assert [n for n in submission.sheets[0].numbers if not math.isnan(n)] == [7.0]
    assert submission.problems == ()


def test_text_between_the_rows_is_no_figure(sheets, read):
    """A heading put between the rows."""
    sheets["USE"].insert(6, ["", "", "Reading rooms", "", "", "as of old", True])

    assert read(sheets).strays == ()


def test_below_the_table_only_plain_numbers_are_figures(sheets, read):
    """Signatures and dates in words are not; a row added at the end is."""
    sheets["USE"].append(["", "", "", "", "", "31 January 2023", "Librarian"])
    sheets["USE"].append(["", "", "Lower Field", "", "", 12, "1.200"])

    strays = read(sheets).strays

    assert [(s.row_label, s.seen) for s in strays] == [("Lower Field", "12"), ("Lower Field", "1.200")]


def test_figures_right_of_the_table_are_listed(sheets, read):
    """Scratch sums beside the table, a column put in: but not totals, remarks and checks."""
    row = row_of(sheets["USE"], "V_ALL|P")
    row[9] = 2023
    row += ["", 99, "see next page"]
    sheets["USE"][MACHINE_ROW] += ["", "P99"]

    strays = read(sheets).strays

    assert [(s.cell, s.seen) for s in strays] == [("M5", "99")]


@pytest.mark.parametrize("row", [6, None])
def test_errors_in_stray_rows_are_listed(sheets, read, row):
    """An error in a row that someone put in, or added below everything else, hides a figure."""
    at = len(sheets["USE"]) if row is None else row
    sheets["USE"].insert(at, [*[""] * 6, Formula("=1/0", "#DIV/0!")])

    strays = read(sheets).strays

    assert [(s.cell, s.seen) for s in strays] == [(f"G{at + 1}", "#DIV/0!")]
