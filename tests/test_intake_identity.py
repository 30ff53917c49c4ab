"""Whose return a file is, told by the hidden sheet and by what people see."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import read_submission
from pipeline.model import Submission
from tests.sheets import GUIDE, Sheets, drawn_return, row_of, saved


@pytest.fixture
def sheets(tiny: Campaign) -> Sheets:
    """A return of the north library."""
    return drawn_return(tiny, "NORTH", {("V_ALL|P", "P21"): 7})


@pytest.fixture
def read(tmp_path, tiny: Campaign):
    """Saves the sheets and reads them."""

    def read(sheets: Sheets) -> Submission:
        return read_submission(saved(sheets, tmp_path / "x.xlsx"), tiny)

    return read


def test_a_sound_return_says_whose_it_is(sheets, read):
    """Unit, number and version; nothing to complain about."""
    row_of(sheets[GUIDE], "submission_number")[2] = 3

    submission = read(sheets)

    assert (submission.unit_id, submission.submission_number, submission.template_version) == (
        "NORTH",
        3,
        "7",
    )
    assert submission.problems == ()
    assert submission.strays == ()
    assert submission.file == "x.xlsx"


def test_an_older_version_that_is_accepted_is_read(sheets, read):
    """The list of accepted versions decides."""
    row_of(sheets["_meta"], "template_version")[1] = 6

    assert read(sheets).template_version == "6"
    assert read(sheets).problems == ()


@pytest.mark.parametrize(
    ("key", "value", "rule_id", "values"),
    [
        ("campaign", "", "FILE-NOT-OURS", {}),
        ("campaign", "other", "FILE-CAMPAIGN", {"campaign": "other", "expected": "tiny"}),
        ("template_version", "5", "FILE-VERSION", {"version": "5", "accepted": "6, 7"}),
        (
            "unit_id",
            "SOUTH",
            "FILE-IDENTITY",
            {
                "meta": "SOUTH",
                "meta_name": "South Library",
                "visible": "NORTH",
                "visible_name": "North Library",
            },
        ),
    ],
)
def test_what_speaks_against_a_file_is_told_and_nothing_is_read(sheets, read, key, value, rule_id, values):
    """One reason, and no figure of a file that may be someone else's."""
    row_of(sheets["_meta"], key)[1] = value

    submission = read(sheets)

    assert [(p.rule_id, dict(p.values)) for p in submission.problems] == [(rule_id, values)]
    assert submission.sheets == ()


def test_a_workbook_without_the_hidden_sheet_is_not_ours(sheets, read):
    """Its visible identity is kept for the list of sources."""
    del sheets["_meta"]

    submission = read(sheets)

    assert [p.rule_id for p in submission.problems] == ["FILE-NOT-OURS"]
    assert submission.unit_id == "NORTH"


def test_any_other_workbook_is_not_ours(read):
    """No complaint about its sheets: it is no return."""
    submission = read({"Sheet1": [[1, 2], [3, 4]]})

    assert [p.rule_id for p in submission.problems] == ["FILE-NOT-OURS"]
    assert submission.unit_id == ""


def test_an_unknown_unit_is_told(sheets, read):
    """Both identities agree, but nobody of that id is asked."""
    row_of(sheets["_meta"], "unit_id")[1] = "EAST"
    row_of(sheets[GUIDE], "unit_id")[2] = "EAST"
    row_of(sheets[GUIDE], "unit_name")[2] = "East Library"

    submission = read(sheets)

    assert [(p.rule_id, dict(p.values)) for p in submission.problems] == [("FILE-UNIT", {"unit_id": "EAST"})]
    assert submission.unit_id == ""


def test_an_unknown_id_on_either_side_is_a_conflict(sheets, read):
    """Its name is not known; the id stands for it."""
    row_of(sheets["_meta"], "unit_id")[1] = "EAST"
    row_of(sheets[GUIDE], "unit_id")[2] = "WEST"

    (problem,) = read(sheets).problems

    assert (problem.rule_id, problem.sheet, problem.cell) == ("FILE-IDENTITY", GUIDE, "C3")
    assert problem.values == {"meta": "EAST", "meta_name": "EAST", "visible": "WEST", "visible_name": "WEST"}


def test_a_file_in_another_units_name_is_a_conflict(sheets, read):
    """Someone took a neighbour's file and typed a name over."""
    row_of(sheets[GUIDE], "unit_name")[2] = " south  LIBRARY "

    submission = read(sheets)

    assert [(p.rule_id, p.cell, p.values["visible"]) for p in submission.problems] == [
        ("FILE-IDENTITY", "C4", "SOUTH")
    ]
    assert submission.unit_id == ""


@pytest.mark.parametrize("name", ["", "North Library, new building"])
def test_a_name_that_is_no_other_units_is_no_conflict(sheets, read, name):
    """Staff may write their own name as they like."""
    row_of(sheets[GUIDE], "unit_name")[2] = name

    assert read(sheets).problems == ()


@pytest.mark.parametrize(("typed", "number"), [(2, 2), (2.0, 2), ("2", 2), (" 02 ", 2), ("３", 3)])
def test_a_whole_number_from_one_is_a_submission_number(sheets, read, typed, number):
    """As a number or as a text of digits."""
    row_of(sheets[GUIDE], "submission_number")[2] = typed

    submission = read(sheets)

    assert submission.submission_number == number
    assert submission.problems == ()


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("", ""),
        (0, "0"),
        (-1, "-1"),
        (1.5, "1.5"),
        ("two", "two"),
        ("²", "²"),
        (True, "True"),
        (1e300, "1e+300"),
        ("9" * 5000, "9" * 5000),
        (date(2023, 1, 2), "2023-01-02"),
    ],
)
def test_any_other_submission_number_is_taken_as_one_and_told(sheets, read, typed, seen):
    """The figures are read all the same."""
    row_of(sheets[GUIDE], "submission_number")[2] = typed

    submission = read(sheets)

    assert submission.submission_number == 1
    assert [(p.rule_id, p.sheet, p.cell, p.values["seen"]) for p in submission.problems] == [
        ("FILE-NUMBER", GUIDE, "C5", seen)
    ]
    assert len(submission.sheets) == 3


def test_without_a_guide_sheet_the_hidden_identity_holds(sheets, read):
    """The number cannot be told then, and that is said."""
    del sheets[GUIDE]

    submission = read(sheets)

    assert submission.unit_id == "NORTH"
    assert [p.rule_id for p in submission.problems] == ["FILE-NUMBER"]
