"""Which file counts for which form, and what becomes of every file. All returns are invented."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_submission
from pipeline.model import FileStatus, ReadProblem, StrayCell, Submission
from pipeline.validation import Validated
from tests.returns import (
    cell_of,
    checked,
    drawn,
    drawn_sheet,
    found,
    messages,
    status_of,
    submitted,
    value_of,
)
from tests.sheets import drawn_return, saved

SHELF = """
    | row     | E20 | E22 |
    | S_ALL P | =   | =   |
    | S_OLD P | {}  | 5   |
    | S_KID P | 2   | 2   |
    | S_OLD D | 1   | 1   |
    | S_KID D | 1   | 1   |
    | S_ALL D | 2   | 2   |
"""


def _sent(campaign: Campaign, value: str, **how: object) -> Submission:
    return drawn(campaign, "NORTH", {"SHELF": SHELF.format(value)}, **how)  # type: ignore[arg-type]


def _status(validated: Validated) -> dict[str, str]:
    for source in validated.sources:
        if (source.status is FileStatus.ACCEPTED) == bool(source.why):
            raise ValueError(f"{source.file} is {source.status}, because: {source.why!r}")
    return {source.file: str(source.status) for source in validated.sources}


def _form_status(validated: Validated, unit_id: str, form_id: str) -> str:
    frame = validated.form_status
    return str(frame.loc[(frame["unit_id"] == unit_id) & (frame["form_id"] == form_id), "status"].item())


def test_a_file_that_came_twice_counts_once(tiny: Campaign) -> None:
    """The same bytes under two names are one return, and the second is named as such."""
    one = _sent(tiny, "5", file="a.xlsx")
    validated = checked(tiny, replace(one, file="b.xlsx"), one)

    assert _status(validated) == {"a.xlsx": "accepted", "b.xlsx": "duplicate"}
    assert found(validated, "FILE-IDENTICAL", "FILE-UNDECIDED") == [("FILE-IDENTICAL", "", "")]
    assert "a.xlsx" in messages(validated, "FILE-IDENTICAL")[0]
    assert value_of(validated, "NORTH", "S_OLD P", "E20") == 5


def test_the_higher_submission_number_wins_and_the_difference_is_listed(tiny: Campaign) -> None:
    """Cell by cell: what was said before, what is said now; cells that agree are not listed."""
    first = _sent(tiny, "5", file="z-first.xlsx")
    second = _sent(tiny, '"1.006"', file="a-second.xlsx", number=2)
    validated = checked(tiny, first, second)

    assert _status(validated) == {"a-second.xlsx": "accepted", "z-first.xlsx": "superseded"}
    assert value_of(validated, "NORTH", "S_OLD P", "E20") == 1006
    assert found(validated, "FILE-DIFFERS") == [
        ("FILE-DIFFERS", "SHELF", cell_of(tiny, "NORTH", "S_OLD P", "E20"))
    ]
    assert "said “5”, this one “1.006”" in messages(validated, "FILE-DIFFERS")[0]
    assert "a-second.xlsx, number 2" in messages(validated, "FILE-SUPERSEDED")[0]


def test_differences_are_told_for_what_was_added_and_what_was_taken_away(tiny: Campaign) -> None:
    """Also where only one of the two files has the row at all."""
    old = submitted("NORTH", [drawn_sheet(tiny, "NORTH", "SHELF", SHELF.format("5"))], file="old.xlsx")
    sheet = drawn_sheet(tiny, "NORTH", "SHELF", SHELF.format(""), without="S_KID D")
    new = submitted("NORTH", [sheet], number=2, file="new.xlsx")
    validated = checked(tiny, old, new)
    told = validated.findings[validated.findings["rule_id"] == "FILE-DIFFERS"]

    assert told[["indicator_id", "level", "period_id", "seen"]].values.tolist() == [
        ["S_OLD", "P", "E20", ""],
        ["S_KID", "D", "E20", ""],
        ["S_KID", "D", "E22", ""],
    ]


def test_equal_numbers_with_different_figures_count_for_nobody(tiny: Campaign) -> None:
    """Neither is guessed to be right; both are shown, and the difference between them."""
    files = [_sent(tiny, value, file=f"{value}.xlsx") for value in ("5", "6")]
    validated = checked(tiny, *files)

    assert _status(validated) == {"5.xlsx": "rejected", "6.xlsx": "rejected"}
    assert len(found(validated, "FILE-UNDECIDED")) == 2
    assert len(found(validated, "FILE-DIFFERS")) == 1
    assert status_of(validated, "NORTH", "S_OLD P", "E20") == "O"
    assert _form_status(validated, "NORTH", "SHELF") == "rejected"
    assert "6.xlsx" in next(s.why for s in validated.sources if s.file == "5.xlsx")


def test_an_undecided_form_does_not_touch_the_others(tiny: Campaign) -> None:
    """The forms of one file stand or fall one by one."""
    forms = {"USE": "", "SHELF": SHELF.format("5")}
    use = drawn_sheet(tiny, "NORTH", "USE", rest="0")
    one = submitted("NORTH", [use, drawn_sheet(tiny, "NORTH", "SHELF", forms["SHELF"])], file="one.xlsx")
    validated = checked(tiny, one, _sent(tiny, "6", file="two.xlsx"))

    assert {s.file: str(s.status) for s in validated.sources} == {
        "one.xlsx": "accepted",
        "two.xlsx": "rejected",
    }
    assert all(source.why for source in validated.sources)
    assert _form_status(validated, "NORTH", "USE") == "accepted"
    assert _form_status(validated, "NORTH", "SHELF") == "rejected"


def test_a_lower_number_does_not_win_where_the_higher_ones_disagree(tiny: Campaign) -> None:
    """Two second submissions that differ: the first one is out of date all the same."""
    first = _sent(tiny, "4", file="first.xlsx")
    files = [_sent(tiny, value, file=f"{value}.xlsx", number=2) for value in ("5", "6")]
    validated = checked(tiny, first, *files)

    assert _status(validated) == {"5.xlsx": "rejected", "6.xlsx": "rejected", "first.xlsx": "superseded"}
    assert status_of(validated, "NORTH", "S_OLD P", "E20") == "O"


def test_equal_numbers_with_the_same_figures_are_no_quarrel(tiny: Campaign) -> None:
    """A file that was opened and saved again has other bytes and says the same."""
    one = _sent(tiny, "5", file="one.xlsx")
    cached = drawn(
        tiny, "NORTH", {"SHELF": SHELF.format("5").replace("=   | =  ", "=7  | =7 ")}, file="two.xlsx"
    )
    validated = checked(tiny, one, cached)

    assert _status(validated) == {"one.xlsx": "accepted", "two.xlsx": "duplicate"}
    assert found(validated) == [
        *(("SHEET-MISSING", form, "") for form in ("USE", "MAIL")),
        ("FORM-IDENTICAL", "SHELF", ""),
    ]


def _both(campaign: Campaign, value: str, **how: object) -> Submission:
    use = f"| row | P20 | P21 | P22 |\n| V_DAY P | {value} | 1 | 1 |"
    return drawn(campaign, "NORTH", {"USE": use, "SHELF": SHELF.format(value)}, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numbers", "rule_id", "files"),
    [
        ((1, 2), "FILE-SUPERSEDED", ["a.xlsx"]),
        ((1, 1), "FILE-UNDECIDED", ["a.xlsx", "b.xlsx"]),
    ],
)
def test_what_is_true_of_several_forms_of_a_file_is_said_once(
    numbers: tuple[int, int], rule_id: str, files: list[str], tiny: Campaign
) -> None:
    """One sentence with all forms, in the list of sources too; every cell that differs by itself."""
    names = ("a.xlsx", "b.xlsx")
    sent = [
        _both(tiny, str(i), file=name, number=n)
        for i, (name, n) in enumerate(zip(names, numbers, strict=True))
    ]
    validated = checked(tiny, *sent)
    told = validated.findings[validated.findings["rule_id"] == rule_id]

    assert sorted(told["file"]) == files
    assert all("USE, SHELF" in message for message in told["message"])
    assert all(source.why.count("USE") <= 1 for source in validated.sources)
    assert len(found(validated, "FILE-DIFFERS")) == 2


def test_equal_forms_of_two_files_are_said_once(tiny: Campaign) -> None:
    """Also where the second file only repeats the first."""
    validated = checked(
        tiny, _both(tiny, "5", file="a.xlsx"), replace(_both(tiny, "5", file="b.xlsx"), sha256="1" * 64)
    )

    assert found(validated, "FORM-IDENTICAL") == [("FORM-IDENTICAL", "", "")]
    assert "USE, SHELF" in messages(validated, "FORM-IDENTICAL")[0]


def test_a_units_own_formulas_are_what_it_says(tiny: Campaign) -> None:
    """Files whose formulas show different figures differ, though no number was typed in either."""
    files = [_sent(tiny, f"={value}", file=f"{value}.xlsx") for value in ("5", "6")]

    assert len(found(checked(tiny, *files), "FILE-UNDECIDED")) == 2


def test_a_form_filled_by_formulas_alone_is_not_empty(tiny: Campaign) -> None:
    """A unit that links its template to its own workbook has reported."""
    table = """
        | row     | E20 | E22 |
        | S_OLD P | =3  | =5  |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"SHELF": table}))

    assert value_of(validated, "NORTH", "S_OLD P", "E20") == 3
    assert found(validated, "FORM-EMPTY") == []


@pytest.mark.parametrize("table", ["", '| row | E20 | E22 |\n| S_ALL P | = | ="" |\n| S_OLD P | "  " | |'])
def test_an_empty_form_is_not_a_report_of_none(table: str, tiny: Campaign) -> None:
    """Formulas that the template put there, and spaces, are nothing that a unit entered."""
    validated = checked(tiny, drawn(tiny, "NORTH", {"SHELF": table}))

    assert _form_status(validated, "NORTH", "SHELF") == "not_sent"
    assert _status(validated) == {"NORTH.xlsx": "rejected"}
    assert ("FORM-EMPTY", "SHELF", "") in found(validated)
    assert not found(validated, "ROW-BLANK", "CELL-MISSING")


@pytest.mark.parametrize("number", [1, 2])
def test_an_empty_form_never_replaces_a_filled_one(number: int, tiny: Campaign) -> None:
    """Sending the blank template again, even as a later submission, takes nothing away."""
    blank = drawn(tiny, "NORTH", {"SHELF": "", "USE": ""}, number=number, file="blank.xlsx")
    validated = checked(tiny, blank, _sent(tiny, "5", file="filled.xlsx"))

    assert value_of(validated, "NORTH", "S_OLD P", "E20") == 5
    assert _status(validated) == {"blank.xlsx": "rejected", "filled.xlsx": "accepted"}
    assert [f for f in found(validated) if f[1] == "SHELF"] == []


def test_forms_may_come_in_several_files(tiny: Campaign) -> None:
    """One file per form is as good as one for all, also where the rest of each is blank."""
    shelf = _sent(tiny, "5", file="shelf.xlsx")
    use = drawn(tiny, "NORTH", {"USE": "| row | P20 | P21 | P22 |\n| V_DAY P | 1 | 1 | 1 |", "SHELF": ""})
    validated = checked(tiny, use, shelf)

    assert _status(validated) == {"NORTH.xlsx": "accepted", "shelf.xlsx": "accepted"}
    assert {_form_status(validated, "NORTH", form) for form in ("USE", "SHELF")} == {"accepted"}
    assert _form_status(validated, "NORTH", "MAIL") == "not_sent"
    assert found(validated, "SHEET-MISSING") == [("SHEET-MISSING", "MAIL", "")]


def test_a_form_that_is_not_owed_is_told_and_does_not_count(tiny: Campaign) -> None:
    """A blank one is nobody's concern."""
    posts = [drawn_sheet(tiny, "DESK", "POST", rest=rest) for rest in ("1", "")]
    told = [
        found(checked(tiny, submitted("NORTH", [drawn_sheet(tiny, "NORTH", "USE", rest="0"), post])))
        for post in posts
    ]

    assert ("SHEET-NOT-OWED", "POST", "") in told[0]
    assert [f for f in told[1] if f[1] == "POST"] == []


def test_a_file_with_nothing_but_forms_that_are_not_owed_says_so(tiny: Campaign) -> None:
    """The list of sources has a reason for every file that does not count."""
    other = submitted("NORTH", [drawn_sheet(tiny, "DESK", "POST", rest="1")], file="other.xlsx")
    validated = checked(tiny, _sent(tiny, "5"), other)

    assert _status(validated) == {"NORTH.xlsx": "accepted", "other.xlsx": "rejected"}
    assert "POST" in next(s.why for s in validated.sources if s.file == "other.xlsx")


def test_the_order_of_the_files_changes_nothing(tiny: Campaign) -> None:
    """However the folder is listed."""
    files = [
        _sent(tiny, "5", file="a.xlsx"),
        _sent(tiny, "6", file="b.xlsx", number=2),
        replace(_sent(tiny, "5", file="a.xlsx"), file="c.xlsx"),
        drawn(tiny, "NORTH", {"SHELF": ""}, file="d.xlsx"),
    ]
    outcomes = [checked(tiny, *order) for order in itertools.permutations(files)]

    assert all(o.findings.equals(outcomes[0].findings) for o in outcomes)
    assert all(o.sources == outcomes[0].sources for o in outcomes)


REFUSED = [
    ReadProblem("FILE-UNREADABLE", values={"reason": "intake.unreadable.checksum", "detail": "sheet1.xml"}),
    ReadProblem("FILE-UNREADABLE", values={"reason": "intake.unreadable.gone"}),
    ReadProblem("FILE-NOT-OURS"),
    ReadProblem("FILE-CAMPAIGN", values={"campaign": "other", "expected": "tiny"}),
    ReadProblem("FILE-VERSION", values={"version": "1", "accepted": "6, 7"}),
    ReadProblem("FILE-UNIT", values={"unit_id": "WEST"}),
    ReadProblem("FILE-IDENTITY", "Guide", "C3", values={"meta": "NORTH", "visible": "SOUTH"}),
]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("problem", REFUSED, ids=lambda p: p.rule_id)
def test_a_refused_file_costs_only_itself(problem: ReadProblem, lang: str, tiny: Campaign) -> None:
    """Nothing of it counts, the reason stands beside it in full, every other file counts."""
    bad = Submission("bad.xlsx", "0" * 64, 10, problems=(problem,))
    validated = checked(tiny, bad, _sent(tiny, "5"), lang=lang)
    (finding,) = validated.findings[validated.findings["file"] == "bad.xlsx"].to_dict("records")
    (source,) = (s for s in validated.sources if s.file == "bad.xlsx")

    assert _status(validated) == {"NORTH.xlsx": "accepted", "bad.xlsx": "rejected"}
    assert (finding["rule_id"], finding["severity"]) == (problem.rule_id, "reject_file")
    assert source.why == finding["message"]
    assert source.submission_number is None
    assert all(value in finding["message"] for name, value in problem.values.items() if name != "reason")


def test_two_refused_files_of_the_same_content_are_both_refused(tiny: Campaign) -> None:
    """A second copy of an unreadable file is not called a duplicate of one that counts."""
    bad = Submission("a.xlsx", "", 0, problems=(REFUSED[1],))

    assert _status(checked(tiny, bad, replace(bad, file="b.xlsx"))) == {
        "a.xlsx": "rejected",
        "b.xlsx": "rejected",
    }


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    ("problem", "severity", "said"),
    [
        (ReadProblem("FILE-NUMBER", "Guide", "C5", values={"seen": "hai"}), "info", ["hai"]),
        (
            ReadProblem("SHEET-TWICE", "USE", form_id="USE", values={"sheets": "USE, Copy"}),
            "reject_cell",
            ["USE, Copy"],
        ),
        (ReadProblem("SHEET-NO-KEYS", "USE", form_id="USE"), "reject_cell", ["USE"]),
        (ReadProblem("SHEET-UNKNOWN", "Notes", values={"count": "3"}), "info", ["Notes"]),
        (
            ReadProblem(
                "ROW-TWICE", "SHELF", "A14", "SHELF", {"key": "S_KID|P", "name": "n", "rows": "14, 15"}
            ),
            "reject_cell",
            ["S_KID|P", "14, 15"],
        ),
        (
            ReadProblem("COLUMN-MISSING", "SHELF", "", "SHELF", {"period_id": "E20", "period": "31/12/2020"}),
            "explain",
            ["31/12/2020"],
        ),
        (
            ReadProblem(
                "COLUMN-TWICE",
                "SHELF",
                "F4",
                "SHELF",
                {"period_id": "E20", "period": "31/12", "cells": "F4, G4"},
            ),
            "reject_cell",
            ["F4, G4"],
        ),
    ],
    ids=lambda value: value.rule_id if isinstance(value, ReadProblem) else "",
)
def test_a_problem_of_reading_is_told_once_at_its_place(
    problem: ReadProblem, severity: str, said: list[str], lang: str, tiny: Campaign
) -> None:
    """The words have no open gap in either language, and name what was seen."""
    sent = replace(_sent(tiny, "5"), problems=(problem,))
    validated = checked(tiny, sent, lang=lang)
    (finding,) = validated.findings[validated.findings["rule_id"] == problem.rule_id].to_dict("records")

    assert (finding["severity"], finding["sheet"], finding["cell"]) == (severity, problem.sheet, problem.cell)
    assert all(word in finding["message"] for word in said)
    assert (problem.form_id == "USE") == (_form_status(validated, "NORTH", "USE") == "rejected")


def test_a_row_that_stands_twice_is_not_called_missing_too(tiny: Campaign) -> None:
    """One trouble, one finding."""
    sheet = drawn_sheet(tiny, "NORTH", "SHELF", SHELF.format("5"), without="S_KID P")
    problem = ReadProblem("ROW-TWICE", "SHELF", "A14", "SHELF", {"key": "S_KID|P", "rows": "14, 15"})
    validated = checked(tiny, replace(submitted("NORTH", [sheet]), problems=(problem,)))

    assert found(validated, "ROW-TWICE", "ROW-MISSING") == [("ROW-TWICE", "SHELF", "A14")]
    assert status_of(validated, "NORTH", "S_KID P", "E20") == "O"


def test_figures_outside_the_table_are_listed(tiny: Campaign) -> None:
    """In a row that nobody knows, or anywhere else: what is seen is named with its cell."""
    strays = (StrayCell("SHELF", "F30", "Other books", "12"), StrayCell("SHELF", "Z3", "", "7"))
    validated = checked(tiny, replace(_sent(tiny, "5"), strays=strays))

    assert found(validated, "ROW-UNKNOWN", "STRAY-CELL") == [
        ("ROW-UNKNOWN", "", "F30"),
        ("STRAY-CELL", "", "Z3"),
    ]
    assert "“Other books”" in messages(validated, "ROW-UNKNOWN")[0]
    assert "holds 7" in messages(validated, "STRAY-CELL")[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("meta", ["campaign", "template_version", "unit_id"])
def test_what_the_reader_says_of_a_file_fits_the_words(
    meta: str, lang: str, tiny: Campaign, tmp_path: Path
) -> None:
    """Whatever a real file is refused for, the sentence is whole and names what stands in the file."""
    sheets = drawn_return(tiny, "NORTH", {})
    sheets["_meta"] = [[key, "WRONG" if key == meta else value] for key, value in sheets["_meta"]]
    if meta == "unit_id":
        sheets["Guide"] = [
            row for row in sheets["Guide"] if not row or row[0] not in ("unit_id", "unit_name")
        ]
    submission = read_submission(saved(sheets, tmp_path / "bad.xlsx"), tiny)
    validated = checked(tiny, submission, lang=lang)

    assert set(validated.findings["severity"]) == {"reject_file"}
    assert "WRONG" in validated.findings["message"].iloc[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_reason_why_a_file_is_unreadable_is_a_whole_sentence(lang: str, tiny: Campaign) -> None:
    """The words of the reader, with or without their gaps filled, leave none open."""
    reasons = [name for name in tiny.words[lang] if name.startswith("intake.unreadable.")]
    bad = [
        Submission(
            f"{i}.xlsx",
            hashlib.sha256(name.encode()).hexdigest(),
            1,
            problems=(ReadProblem("FILE-UNREADABLE", values={"reason": name, "detail": "part"}),),
        )
        for i, name in enumerate(reasons)
    ]
    told = messages(checked(tiny, *bad, lang=lang), "FILE-UNREADABLE")

    assert len(reasons) > 10
    assert len(set(told)) == len(reasons)


def test_a_missing_file_of_the_inputs_folder_is_refused_in_words(tiny: Campaign, tmp_path: Path) -> None:
    """A file that went away between listing and reading is listed, not lost."""
    submission = read_submission(Found("gone.xlsx", tmp_path / "gone.xlsx"), tiny)

    assert "no longer there" in checked(tiny, submission).sources[0].why


def test_nothing_sent_is_a_result_too(tiny: Campaign) -> None:
    """Every form that is owed is not sent; nothing is found, because nothing was said."""
    validated = checked(tiny)

    assert len(validated.findings) == 0
    assert set(validated.form_status["status"]) == {"not_sent"}
    assert len(validated.form_status) == 11
    assert validated.sources == ()
