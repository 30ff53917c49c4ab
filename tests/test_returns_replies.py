"""Explanations and waivers: what closes a finding, and what does not. All data is invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import read_waivers
from pipeline.model import Explanation, Submission, Waiver, WaiverList
from pipeline.validation import Validated, validate
from tests.returns import drawn, has_error

UNIT, OTHER = "QH303", "QH304"
BROKEN = "B01-R01"
TABLE = """
    | row       | Y2014 | Y2015 |
    | B01_010 H | 7     | 99    |
    | B01_011 H | 3     | 3     |
    | B01_012 H | 3     | 3     |
    | B01_013 H | 1     | 1     |
"""
HEADER = "finding,reason,who,date"


def told(
    campaign: Campaign, waivers: WaiverList | None = None, *explanations: Explanation, unit: str = UNIT
) -> Validated:
    """A return whose total in 2015 breaks its rule, with what was replied."""
    one = drawn(campaign, unit, {"B01": TABLE}, rest="5")
    return validate(campaign, [replace(one, explanations=explanations)], "vi", waivers)


def states(validated: Validated, rule_id: str) -> dict[str, str]:
    """By finding id the state, for one rule."""
    found = validated.findings[validated.findings["rule_id"] == rule_id]
    return dict(zip(found["finding_id"], found["state"], strict=True))


def waived(*waivers: tuple[str, str, str]) -> WaiverList:
    """A list of waivers, each finding, reason and who."""
    lines = tuple(Waiver(n, *given, "1/7/2023") for n, given in enumerate(waivers, start=2))
    return WaiverList("chap-nhan.csv", "0", lines)


def explanation(finding_id: str = "", **parts: str) -> Explanation:
    """One line of the explanation sheet."""
    given = {"form": "", "row": "", "level": "", "period": "", "text": "Đúng, do sáp nhập", "by": "An"}
    return Explanation("Giải trình", "F6", finding_id, **{**given, **parts})


def test_every_finding_has_an_id_of_its_own_that_stays_the_same(campaign: Campaign) -> None:
    """Readable, unique within a run, and the same in the next run."""
    ids = told(campaign).findings["finding_id"].tolist()

    assert f"{BROKEN}/{UNIT}/B01_010|H/Y2015" in ids
    assert len(set(ids)) == len(ids)
    assert told(campaign).findings["finding_id"].tolist() == ids


def test_a_waived_error_stays_listed_and_is_no_longer_provisional(campaign: Campaign) -> None:
    """The figures of the breach count as before; the form is accepted as far as this error goes."""
    name = f"{BROKEN}/{UNIT}/B01_010|H/Y2015"
    before, after = told(campaign), told(campaign, waived((name, "Số cũ đã chốt", "Lê Văn Mẫu")))

    assert states(before, BROKEN)[name] == "open"
    assert states(after, BROKEN)[name] == "waived"
    assert has_error(before, UNIT, "B01_010 H", "Y2015")
    row = after.findings[after.findings["finding_id"] == name].iloc[0]
    assert row["reply"] == "Số cũ đã chốt (Lê Văn Mẫu, 1/7/2023)"


def test_what_another_open_error_touches_stays_provisional(campaign: Campaign) -> None:
    """A waiver speaks of one error, not of the cells: only when all are waived is nothing in doubt."""
    before = told(campaign)
    errors = before.findings[before.findings["severity"] == "error"]
    names = errors["finding_id"].tolist()
    left = f"{BROKEN}/{UNIT}/B01_010|H/Y2015"
    others = told(campaign, waived(*((n, "Lý do", "An") for n in names if n != left)))
    everything = told(campaign, waived(*((n, "Lý do", "An") for n in names)))

    assert has_error(others, UNIT, "B01_010 H", "Y2015")
    assert sum(int(cube.has_error.sum()) for cube in others.cubes.values()) == 4
    assert not any(cube.has_error.any() for cube in everything.cubes.values())
    assert everything.form_status["errors_open"].sum() == 0


@pytest.mark.parametrize(
    ("given", "rule_id"),
    [
        (("B99-R01/QH303/B01_010|H/Y2015", "Lý do", "An"), "WAIVER-UNKNOWN"),
        ((f"{BROKEN}/{UNIT}/B01_010|H/Y2015", "", "An"), "WAIVER-INCOMPLETE"),
        ((f"{BROKEN}/{UNIT}/B01_010|H/Y2015", "Lý do", ""), "WAIVER-INCOMPLETE"),
    ],
)
def test_a_waiver_that_is_not_whole_waives_nothing_and_is_told(
    campaign: Campaign, given: tuple[str, str, str], rule_id: str
) -> None:
    """Unknown finding, no reason, nobody's name."""
    validated = told(campaign, waived(given))

    assert set(states(validated, BROKEN).values()) == {"open"}
    assert len(states(validated, rule_id)) == 1


def test_a_refused_cell_cannot_be_waived(campaign: Campaign) -> None:
    """What cannot count does not count because someone says so."""
    one = drawn(campaign, UNIT, {"B01": TABLE.replace("| 99 ", '| "abc" ')}, rest="5")
    name = f"CELL-TEXT/{UNIT}/B01_010|H/Y2015"
    validated = validate(campaign, [one], "vi", waived((name, "Lý do", "An")))

    assert states(validated, "CELL-TEXT") == {name: "open"}
    assert len(states(validated, "WAIVER-REFUSED")) == 1


def blank(campaign: Campaign, *explanations: Explanation, number: int = 1) -> Submission:
    """A return with one empty cell, which asks for an explanation."""
    table = "| row | Y2015 |\n| B01_011 H | |"
    return replace(
        drawn(campaign, UNIT, {"B01": table}, rest="5", number=number, file=f"lan-{number}.xlsx"),
        explanations=explanations,
    )


MISSING = "CELL-MISSING"
MISSING_ID = f"{MISSING}/{UNIT}/B01_011|H/Y2015"


@pytest.mark.parametrize(
    "line",
    [
        explanation(MISSING_ID),
        explanation(row="B01_011|H", period="2015"),
        explanation(row="B01_011", level="Cấp huyện", period="Y2015"),
        explanation(form="B01", row="b01_011 ", level="H", period="2014, 2015"),
        explanation(form="1", row="B01_011|H"),
    ],
)
def test_an_explanation_closes_the_finding_that_it_names(campaign: Campaign, line: Explanation) -> None:
    """By the id on our own line, or by row, level and period as the unit writes them."""
    validated = validate(campaign, [blank(campaign, line)], "vi")

    assert states(validated, MISSING) == {MISSING_ID: "explained"}
    assert validated.findings.set_index("finding_id").loc[MISSING_ID, "reply"] == "Đúng, do sáp nhập (An)"


@pytest.mark.parametrize(
    "line",
    [
        explanation("CELL-MISSING/QH303/B01_012|H/Y2015"),
        explanation(row="B01_011|X", period="2015"),
        explanation(row="B01_011|H", period="2016"),
        explanation(row="B01_011|H", period="mọi năm"),
        explanation(form="B02", row="B01_011|H", period="2015"),
        explanation(form="B01"),
        explanation(),
    ],
)
def test_an_explanation_of_something_else_closes_nothing_and_is_told(
    campaign: Campaign, line: Explanation
) -> None:
    """Nothing is closed by guesswork, and no one is left to think that it was heard."""
    validated = validate(campaign, [blank(campaign, line)], "vi")

    assert states(validated, MISSING) == {MISSING_ID: "open"}
    assert len(states(validated, "EXPLANATION-UNUSED")) == 1


def test_an_explanation_of_an_error_does_not_close_it(campaign: Campaign) -> None:
    """An error is corrected, or the office accepts it."""
    name = f"{BROKEN}/{UNIT}/B01_010|H/Y2015"

    assert states(told(campaign, None, explanation(name)), BROKEN)[name] == "open"


def test_an_explanation_in_an_earlier_file_does_not_speak_of_a_later_figure(campaign: Campaign) -> None:
    """The figure may have changed since."""
    earlier, later = blank(campaign, explanation(MISSING_ID)), blank(campaign, number=2)
    validated = validate(campaign, [earlier, later], "vi")

    assert states(validated, MISSING) == {MISSING_ID: "open"}


def test_a_later_file_closes_what_was_wrong_in_the_earlier_one(campaign: Campaign) -> None:
    """Problems of reading a file that no longer counts ask nobody for anything."""
    from pipeline.model import StrayCell

    stray = replace(blank(campaign), strays=(StrayCell("B01", "Z9", "", "12"),))
    validated = validate(campaign, [stray, drawn(campaign, UNIT, rest="5", number=2, file="b.xlsx")], "vi")

    assert set(states(validated, "STRAY-CELL").values()) == {"corrected"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_the_list_is_read_as_excel_writes_it(
    campaign: Campaign, tmp_path: Path, encoding: str, between: str
) -> None:
    """Comma, semicolon or tab, with or without the mark at the beginning; columns in any order."""
    lines = ["Người chấp nhận,Mã điểm,Lý do,Ngày", 'An,R1/QH303/B01_010|H/Y2015,"Đã chốt",1/7/2023', ",,,"]
    text = "\r\n".join(line.replace(",", between) for line in lines)
    (tmp_path / "chap-nhan.csv").write_bytes(text.encode(encoding))
    found = read_waivers(tmp_path, campaign)

    assert found.waivers == (Waiver(2, "R1/QH303/B01_010|H/Y2015", "Đã chốt", "An", "1/7/2023"),)
    assert found.problem == ""


def test_a_list_without_a_header_is_told(campaign: Campaign, tmp_path: Path) -> None:
    """It waives nothing, and says what is missing."""
    (tmp_path / "chap-nhan.csv").write_text("R1/QH303,Lý do,An,1/7\n", encoding="utf-8")
    found = read_waivers(tmp_path, campaign)
    validated = validate(campaign, [blank(campaign)], "vi", found)

    assert found.waivers == ()
    assert len(states(validated, "WAIVER-UNREADABLE")) == 1


def test_no_list_is_no_problem(campaign: Campaign, tmp_path: Path) -> None:
    """Most offices never write one."""
    assert read_waivers(tmp_path, campaign) == WaiverList()
