"""Form sheets: rows by key, columns by period id, and nothing dropped in silence."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.book import Formula
from pipeline.catalogue import Campaign
from pipeline.intake import read_submission
from pipeline.model import ErrorCell, SheetCells, Submission
from tests.sheets import Sheets, drawn_return, row_of, saved, with_part

SPOT = ("V_ALL|P", "P21")
MACHINE_ROW = 3


def cell_of(cells: SheetCells, key: str, period_id: str) -> object:
    """The number or text read at a place; None where there is neither."""
    position = cells.row_keys.index(key) * len(cells.period_ids) + cells.period_ids.index(period_id)
    number = cells.numbers[position]
    return cells.texts.get(position) if math.isnan(number) else number


def figures(cells: SheetCells) -> dict[tuple[str, str], object]:
    """Everything that was read from a sheet, by row key and period."""
    found = {(k, p): cell_of(cells, k, p) for k in cells.row_keys for p in cells.period_ids}
    return {place: value for place, value in found.items() if value is not None}


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


def problems_of(submission: Submission) -> list[tuple[str, str, str, str]]:
    return [(p.rule_id, p.sheet, p.cell, p.form_id) for p in submission.problems]


def test_each_cell_is_read_with_its_place(sheets, read, tiny: Campaign):
    """The matrix says which row and column of the sheet each value came from."""
    use = read(sheets).sheets[0]

    assert (use.form_id, use.sheet) == ("USE", "USE")
    assert use.period_ids == ("P20", "P21", "P22")
    assert use.column_numbers == (6, 7, 8)
    assert use.row_keys[:3] == ("V_ALL|P", "V_ALL|D", "V_DAY|P")
    assert use.row_numbers[:3] == (5, 6, 7)
    assert figures(use) == {SPOT: 7.0}
    assert use.formulas == frozenset()


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (0, 0.0),
        (-3, -3.0),
        (12.5, 12.5),
        ("1.234", "1.234"),
        ("  12 visits ", "  12 visits "),
        ("không", "không"),
        (True, True),
        (False, False),
        (date(2023, 11, 10), date(2023, 11, 10)),
        (datetime(2023, 11, 10, 6, 30), datetime(2023, 11, 10, 6, 30)),
        (time(6, 30), time(6, 30)),
        (timedelta(days=1, hours=2), timedelta(days=1, hours=2)),
        (Formula("=12+5", 17), 17.0),
        (Formula('="a"', "a"), "a"),
        (Formula('=""', ""), None),
        (Formula("=1/0", "#DIV/0!"), ErrorCell("#DIV/0!")),
        ("", None),
    ],
)
def test_a_cell_is_kept_as_it_was_typed(tiny: Campaign, read, typed, value):
    """A number is a number; everything else stays what it is, for validation to judge."""
    use = read(drawn_return(tiny, "NORTH", {SPOT: typed})).sheets[0]

    assert cell_of(use, *SPOT) == value
    assert type(cell_of(use, *SPOT)) is type(value)
    assert use.formulas == (frozenset({1}) if isinstance(typed, Formula) else frozenset())


def test_an_error_that_someone_pasted_is_no_blank(sheets, read, tiny, tmp_path):
    """The reader of values shows it as empty; the strict pass does not."""
    found = saved(sheets, tmp_path / "x.xlsx")
    spot = b'<c r="G5"><v>7</v></c>'
    with_part(
        found,
        "xl/worksheets/sheet2.xml",
        lambda xml: xml.replace(spot, b'<c r="G5" t="e"><v>#REF!</v></c>'),
    )

    use = read_submission(found, tiny).sheets[0]

    assert cell_of(use, *SPOT) == ErrorCell("#REF!")
    assert not use.formulas


def test_a_formula_that_was_never_calculated_has_no_value(sheets, tiny, tmp_path):
    """Neither number nor text, but known as a formula."""
    found = saved(sheets, tmp_path / "x.xlsx")
    spot = b'<c r="G5"><v>7</v></c>'
    with_part(found, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(spot, b'<c r="G5"><f>3+4</f></c>'))

    use = read_submission(found, tiny).sheets[0]

    assert cell_of(use, *SPOT) is None
    assert use.formulas == {1}


def test_a_number_beyond_all_numbers_is_no_number(sheets, tiny, tmp_path):
    """Infinity must not reach a sum."""
    found = saved(sheets, tmp_path / "x.xlsx")
    with_part(found, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"<v>7</v>", b"<v>1e999</v>"))

    use = read_submission(found, tiny).sheets[0]

    assert not math.isfinite(cell_of(use, *SPOT)) or cell_of(use, *SPOT) is None
    assert math.isnan(use.numbers[1])


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_values_are_read_by_key_and_period_wherever_they_stand(tmp_path_factory, tiny: Campaign, data):
    """Rows and columns in any order, with rows and columns put in between and titles above: the same."""
    rows = drawn_return(tiny, "NORTH")["USE"]
    keys = [row[0] for row in rows if row and "|" in str(row[0])]
    number = st.integers(-(10**6), 10**6)
    values = data.draw(
        st.dictionaries(st.tuples(st.sampled_from(keys), st.sampled_from(["P20", "P21", "P22"])), number)
    )
    sheets = drawn_return(tiny, "NORTH", values)
    head, body, foot = sheets["USE"][:4], sheets["USE"][4:-2], sheets["USE"][-2:]
    body = data.draw(st.permutations(body))
    body.insert(data.draw(st.integers(0, len(body))), ["", "", "Reading rooms in detail"])
    head = [["", "", "A title put above"]] * data.draw(st.integers(0, 3)) + head
    order = data.draw(st.permutations(range(5, 8)))
    wide = [[*row, *[""] * (11 - len(row))] for row in (*head, *body)]
    shuffled = [[*row[:5], *(row[c] for c in order), *row[8:]] for row in wide]
    sheets["USE"] = [[*row[:5], "", *row[5:]] for row in shuffled] + foot

    read = read_submission(saved(sheets, tmp_path_factory.mktemp("inputs") / "x.xlsx"), tiny)

    assert figures(read.sheets[0]) == {place: float(value) for place, value in values.items()}
    assert read.problems == ()
    assert read.strays == ()


def test_spaces_typed_into_a_key_do_no_harm(sheets, read):
    """A key is ASCII without spaces; someone's keyboard may have added one."""
    row_of(sheets["USE"], "V_ALL|P")[0] = " V_ALL |\u00a0P "

    assert figures(read(sheets).sheets[0]) == {SPOT: 7.0}


def test_a_row_key_that_stands_twice_is_not_read(sheets, read):
    """Neither place is taken: which is right cannot be told."""
    sheets["USE"].insert(6, list(row_of(sheets["USE"], "V_ALL|P")))

    submission = read(sheets)

    assert "V_ALL|P" not in submission.sheets[0].row_keys
    assert "V_ALL|D" in submission.sheets[0].row_keys
    assert problems_of(submission) == [("ROW-TWICE", "USE", "A5", "USE")]
    assert submission.problems[0].values == {"key": "V_ALL|P", "name": "All visits", "rows": "5, 7"}
    assert submission.strays == ()


def test_a_period_that_stands_twice_is_not_read(sheets, read):
    """Neither column is taken."""
    for row in sheets["USE"][3:-2]:
        row.append(row[6])

    submission = read(sheets)

    assert submission.sheets[0].period_ids == ("P20", "P22")
    assert problems_of(submission) == [("COLUMN-TWICE", "USE", "G4", "USE")]
    assert submission.problems[0].values == {"period_id": "P21", "period": "2021", "cells": "G4, L4"}
    assert submission.strays == ()


def test_a_period_without_its_id_is_told_by_its_title(sheets, read):
    """The id was deleted; the title above it says the same."""
    sheets["USE"][MACHINE_ROW][6] = ""

    submission = read(sheets)

    assert figures(submission.sheets[0]) == {SPOT: 7.0}
    assert problems_of(submission) == [("COLUMN-BY-LABEL", "USE", "G4", "USE")]
    assert submission.strays == ()


def test_a_period_without_a_column_is_told(sheets, read):
    """Id and title were deleted; the figures below belong to no period now, and are listed."""
    sheets["USE"][MACHINE_ROW][6] = sheets["USE"][MACHINE_ROW - 1][6] = ""

    submission = read(sheets)

    assert submission.sheets[0].period_ids == ("P20", "P22")
    assert problems_of(submission) == [("COLUMN-MISSING", "USE", "", "USE")]
    assert submission.problems[0].values == {"period_id": "P21", "period": "2021"}
    assert [(s.cell, s.seen) for s in submission.strays] == [("G5", "7")]


def test_keys_say_more_than_the_name_of_a_sheet(sheets, read):
    """Renamed and exchanged sheets are read by what stands on them."""
    sheets["SHELF"], sheets["USE"] = sheets["USE"], sheets["SHELF"]
    sheets["letters (2)"] = sheets.pop("MAIL")

    submission = read(sheets)

    assert [(s.sheet, s.form_id) for s in submission.sheets] == [
        ("USE", "SHELF"),
        ("SHELF", "USE"),
        ("letters (2)", "MAIL"),
    ]
    assert {(p.rule_id, p.form_id) for p in submission.problems} == {
        ("SHEET-RENAMED", form_id) for form_id in ("USE", "SHELF", "MAIL")
    }


def test_a_form_on_two_different_sheets_is_read_from_neither(sheets, read):
    """A copied sheet that was changed: which of them counts must be said by the unit."""
    sheets["USE (2)"] = [list(row) for row in sheets["USE"]]
    row_of(sheets["USE (2)"], "V_ALL|P")[6] = 8

    submission = read(sheets)

    assert [s.form_id for s in submission.sheets] == ["MAIL", "SHELF"]
    assert problems_of(submission) == [("SHEET-TWICE", "USE", "", "USE")]
    assert submission.problems[0].values == {"sheets": "USE, USE (2)"}


def test_a_form_on_two_sheets_that_say_the_same_is_read_once(sheets, read):
    """A copied sheet takes nothing away, even with its rows in another order; and it is told."""
    head, body = sheets["USE"][:4], sheets["USE"][4:-2]
    sheets["USE (2)"] = [*head, *reversed(body)]

    submission = read(sheets)

    assert next((s.form_id, s.sheet) for s in submission.sheets) == ("USE", "USE")
    assert problems_of(submission) == [("SHEET-COPY", "USE (2)", "", "USE")]


def test_a_form_sheet_without_keys_is_read_by_its_labels(sheets, read):
    """Column A was deleted; every label stands where it stood, and that is said."""
    sheets["USE"] = [row[1:] for row in sheets["USE"]]

    submission = read(sheets)

    assert figures(submission.sheets[0]) == {SPOT: 7.0}
    assert problems_of(submission) == [("SHEET-BY-LABEL", "USE", "", "USE")]


def test_a_form_sheet_without_keys_and_labels_is_told(sheets, read):
    """Nothing but figures is left."""
    sheets["USE"] = [[*row[5:8]] for row in sheets["USE"]]

    submission = read(sheets)

    assert problems_of(submission) == [("SHEET-NO-KEYS", "USE", "", "USE")]
    assert submission.problems[0].values["missing"] == "intake.missing.row_keys"


def test_a_form_sheet_without_periods_is_told(sheets, read, campaign):
    """The machine row was deleted."""
    del sheets["USE"][MACHINE_ROW]
    sheets["USE"][2] = ["", "No", "Indicator"]

    submission = read(sheets)

    assert problems_of(submission) == [("SHEET-NO-KEYS", "USE", "", "USE")]
    assert all(words[submission.problems[0].values["missing"]] for words in campaign.words.values())
    assert [s.form_id for s in submission.sheets] == ["MAIL", "SHELF"]


def test_an_empty_sheet_named_as_a_form_has_no_keys(sheets, read):
    """All its content was deleted."""
    sheets["USE"] = []

    assert problems_of(read(sheets)) == [("SHEET-NO-KEYS", "USE", "", "USE")]


def test_other_sheets_are_told_if_they_hold_numbers(sheets, read):
    """A sheet of working notes may hold figures that belong into the form."""
    sheets["Notes"] = [["to do"], [1, 2.5, "3", True]]
    sheets["Words"] = [["nothing but words"]]

    submission = read(sheets)

    assert problems_of(submission) == [("SHEET-UNKNOWN", "Notes", "", "")]
    assert submission.problems[0].values == {"count": "2"}


def test_a_chart_sheet_is_no_sheet_of_cells(sheets, read, tiny, tmp_path):
    """A unit may add a chart of its figures."""
    import openpyxl
    from openpyxl.chart import BarChart

    found = saved(sheets, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(found.path)
    book.create_chartsheet("Chart").add_chart(BarChart())
    book.save(found.path)

    submission = read_submission(found, tiny)

    assert [s.form_id for s in submission.sheets] == ["USE", "MAIL", "SHELF"]
    assert submission.problems == ()
