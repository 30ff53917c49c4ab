"""The order of runs, what each is compared with, and that no earlier run can harm the one of today."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import run
from pipeline.catalogue import Campaign
from tests.stories import aggregate, read_csv

SHEET, CELLS, FILES = "Thay đổi", "Ô thay đổi", "Tệp thay đổi"


@dataclass(frozen=True)
class Office:
    """An office of the tiny campaign, with invented returns."""

    campaign: Path
    folder: Path

    @property
    def outputs(self) -> Path:
        return self.folder / "outputs"

    def options(self, **given: Any) -> run.Options:
        asked = run.Options(self.folder / "inputs", self.outputs, self.campaign, "vi", workers=1)
        return replace(asked, **given)

    def run(self, **given: Any) -> str:
        """Do the main job; the id of the run."""
        return run.aggregate(self.options(**given), lambda *_: None).results.run_id

    def change(self, unit_id: str, what: Callable[[openpyxl.Workbook], None], name: str = "") -> None:
        """Open a return, change it, and save it under its own or another name."""
        book = openpyxl.load_workbook(self.folder / "inputs" / f"{unit_id}.xlsx")
        what(book)
        book.save(self.folder / "inputs" / f"{name or unit_id}.xlsx")

    def diff(self, *runs: str) -> dict[str, Any]:
        """What the command says as JSON."""
        ended = aggregate("--outputs", self.outputs, "--campaign", self.campaign, "diff", *runs, "--json")
        assert ended.status == 0, ended.err
        return dict(json.loads(ended.out))

    def sheet(self, name: str = SHEET) -> list[tuple[Any, ...]]:
        """The rows of a sheet of the latest summary, without what stands above its header."""
        book = openpyxl.load_workbook(self.outputs / "tong-hop.xlsx", read_only=True)
        rows = list(book[name].iter_rows(values_only=True))
        book.close()
        return rows[3:]

    def told(self) -> str:
        """The sentence above the table."""
        book = openpyxl.load_workbook(self.outputs / "tong-hop.xlsx")
        return str(book[SHEET]["A3"].value)

    def names(self) -> list[str]:
        book = openpyxl.load_workbook(self.outputs / "tong-hop.xlsx", read_only=True)
        return list(book.sheetnames)

    def hashes(self) -> dict[str, str]:
        return {
            path.relative_to(self.outputs).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.outputs.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def office(tiny: Campaign, tiny_folder: Path, tmp_path: Path) -> Office:
    """Four invented returns without mistakes."""
    run.write_demo(tiny, tmp_path / "inputs", (5, 4, 0.0), ("vi", lambda *_: None))
    (tmp_path / "inputs" / run.MISTAKES).unlink()
    return Office(tiny_folder, tmp_path)


def entry(book: openpyxl.Workbook, key: str, period: str) -> Any:
    """The cell of a row key in a period, found by the machine ids as the program does."""
    for sheet in book.worksheets:
        rows = [cell.row for cell in sheet["A"] if cell.value == key]
        columns = [c.column for r in sheet.iter_rows(max_row=20) for c in r if c.value == period]
        if rows and columns:
            return sheet.cell(rows[0], columns[0])
    raise AssertionError(key)


def add(key: str, period: str, more: int) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        cell = entry(book, key, period)
        cell.value = (cell.value or 0) + more

    return change


def number(value: int, then: Callable[[openpyxl.Workbook], None]) -> Callable[[openpyxl.Workbook], None]:
    """Another submission number, and a change."""

    def change(book: openpyxl.Workbook) -> None:
        then(book)
        guide = book["Hướng dẫn"]
        row = next(cell.row for cell in guide["A"] if cell.value == "submission_number")
        guide.cell(row, 3).value = value

    return change


def test_the_first_run_says_that_there_is_nothing_to_compare_with(office: Office):
    """One sheet with a sentence and a header; none for cells and files."""
    run_id = office.run()

    assert run_id in office.told()
    assert "không có gì để so sánh" in office.told()
    assert len(office.sheet()) == 1
    assert not {CELLS, FILES} & set(office.names())
    assert office.diff()["comparable"] == "first"


def test_a_second_run_of_the_same_inputs_changes_no_byte(office: Office):
    """Neither of the summary nor of the list of runs, however often it is done."""
    office.run()
    office.change("NORTH", add("M_NEW|P", "P21", 3))
    office.run()
    before = office.hashes()
    office.run()
    office.run()

    assert office.hashes() == before
    assert len(office.sheet()) > 1


def test_a_corrected_cell_is_told_with_its_old_and_its_new_value(office: Office):
    """The city figures that rest on it, the cell itself, and the file that was replaced."""
    first = office.run()
    office.change("NORTH", add("M_NEW|P", "P21", 3))
    office.change("SOUTH", add("F_PAID|P", "P22", 7))
    second = office.run()
    cells = {row[0]: row for row in office.sheet(CELLS)[1:]}
    told = office.diff()

    assert first in office.told()
    assert second in office.told()
    assert cells["F_PAID|P"][8] == 7
    assert cells["F_PAID|P"][7] == pytest.approx(cells["F_PAID|P"][6] + 7)
    assert cells["F_PAID|P"][9] == "Tệp được thay"
    assert cells["M_NEW|P"][8] == 3
    assert [row[1] for row in office.sheet(FILES)[1:]] == ["thay nội dung", "thay nội dung"]
    assert {(c["indicator_id"], c["difference"]) for c in told["cells"]} == {("M_NEW", 3), ("F_PAID", 7)}


def test_the_sheet_of_figures_adds_up(office: Office):
    """Last total plus difference is this total, and the units named beside it are those that changed."""
    office.run()
    office.change("NORTH", add("M_NEW|P", "P21", 20))
    office.run()
    header, *rows = office.sheet()
    flows = [row for row in rows if row[0].startswith("M_NEW")]

    assert header[6:9] == ("Lần trước", "Lần này", "Chênh lệch")
    assert {row[5] for row in flows} == {"2021", "WHOLE", "LATE"}
    assert all(row[7] - row[6] == row[8] == 20 for row in flows)
    assert all(row[12] == "Tệp được thay: North Library +20." for row in flows)
    ratios = [row for row in rows if row[0].startswith("M_RATE")]
    assert ratios
    assert all("Tử số M_NEW" in row[12] and "North Library (1 ô)" in row[12] for row in ratios)


def test_each_cause_is_named(office: Office):
    """A unit that comes, one that goes, one that sends again, one whose file gets another name."""
    inputs = office.folder / "inputs"
    away = office.folder / "ISLE.xlsx"
    shutil.move(inputs / "ISLE.xlsx", away)
    office.run()
    shutil.move(away, inputs / "ISLE.xlsx")
    (inputs / "DESK.xlsx").unlink()
    office.change("NORTH", number(2, add("M_NEW|P", "P21", 3)), "NORTH lan 2")
    office.change("SOUTH", add("M_NEW|P", "P21", 4), "SOUTH sua")
    (inputs / "SOUTH.xlsx").unlink()
    office.run()
    told = office.diff()
    causes = {(cell["unit_id"], cell["cause"]) for cell in told["cells"]}
    files = {(line["unit_id"], line["change"]) for line in told["files"]}

    assert causes == {
        ("ISLE", "new_file"),
        ("DESK", "withdrawn"),
        ("NORTH", "resubmitted"),
        ("SOUTH", "other_file"),
    }
    assert {("NORTH", "added"), ("NORTH", "judged"), ("DESK", "removed"), ("ISLE", "added")} <= files
    assert next(c for c in told["cells"] if c["unit_id"] == "NORTH")["new_number"] == "2"


def test_an_error_that_is_accepted_is_the_reason_why_a_figure_is_no_longer_provisional(office: Office):
    """No value changed: the cells that took part say which rule, and what became of it."""
    office.change("NORTH", add("V_APP|P", "P22", 1_000_000))
    office.run()
    rows = read_csv(office.outputs / "du-lieu" / "findings.csv")
    ids = [row["finding_id"] for row in rows if row["severity"] == "error"]
    lines = ["finding,reason,who,date", *(f"{one},giả định,Người mẫu,2023-07-01" for one in ids)]
    (office.folder / "inputs" / "chap-nhan.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    office.run()
    told = office.diff()
    doubted = [f for f in told["figures"] if f["old_provisional"] and not f["new_provisional"]]

    assert {figure["indicator_id"] for figure in doubted} == {"V_APP", "V_ALL"}
    assert {cell["cause"] for cell in told["cells"]} == {"finding"}
    assert all(cell["difference"] == 0 and "waived" in cell["findings"] for cell in told["cells"])
    assert all(figure["parts"] and figure["difference"] == 0 for figure in doubted)


def test_a_run_in_the_other_language_is_compared_with_the_same_run(office: Office):
    """And the run after it still finds the changes of the first time."""
    first = office.run()
    office.change("NORTH", add("M_NEW|P", "P21", 3))
    office.run()
    vietnamese = len(office.sheet())
    office.run(lang="en")
    book = openpyxl.load_workbook(office.outputs / "tong-hop.xlsx")
    english = book["Changes"]
    office.run()

    assert first in str(english["A3"].value)
    assert english.max_row == 3 + vietnamese
    assert first in office.told()


def test_somebody_may_choose_the_run_to_compare_with_and_it_stays_chosen(office: Office):
    """The second draft against the first, however many runs were between; a shortened id will do."""
    first = office.run()
    for more in (3, 4):
        office.change("NORTH", add("M_NEW|P", "P21", more))
        office.run()
    by_itself = office.told()
    office.run(compare=first[:6])
    chosen = office.told()
    office.run()

    assert first not in by_itself
    assert first in chosen
    assert office.told() == chosen
    assert {cell[8] for cell in office.sheet(CELLS)[1:]} == {7}


def test_an_earlier_run_that_is_gone_or_damaged_never_fails_the_main_job(office: Office):
    """The sheet says so, and the command names what cannot be read."""
    first = office.run()
    office.change("NORTH", add("M_NEW|P", "P21", 3))
    (office.outputs / "runs" / first / "du-lieu" / "observations.parquet").write_bytes(b"PAR1 not so")
    second = office.run()
    lost = office.told()
    ended = aggregate("--outputs", office.outputs, "--campaign", office.campaign, "diff")
    shutil.rmtree(office.outputs / "runs" / first)
    office.change("NORTH", add("M_NEW|P", "P21", 4))
    office.run()

    assert "Không so sánh được" in lost
    assert ended.status == 2
    assert first in ended.err
    assert second in office.told()
    assert {cell[8] for cell in office.sheet(CELLS)[1:]} == {4}


def test_a_list_of_runs_that_is_damaged_or_lost_harms_nothing(office: Office):
    """What of it can be read counts; runs that it does not name come before, by the time of their folders."""
    first = office.run()
    listed = office.outputs / "runs" / "thu-tu.csv"
    listed.write_bytes(b"\xff\x00,,,,\r\nnonsense\r\n" + listed.read_bytes()[:9])
    office.change("NORTH", add("M_NEW|P", "P21", 3))
    office.run()

    assert first in office.told()


def test_an_unknown_run_is_answered_with_the_runs_there_are(office: Office):
    """And one whose beginning fits several with those."""
    empty = aggregate("--outputs", office.outputs, "--campaign", office.campaign, "diff")
    ids = [office.run()]
    office.change("NORTH", add("M_NEW|P", "P21", 3))
    ids.append(office.run())
    call = ("--outputs", office.outputs, "--campaign", office.campaign, "diff")
    unknown, wrong = aggregate(*call, "zzz"), aggregate(*call, ids[0], ids[1], ids[0])
    main = aggregate(*call[:4], "--inputs", office.folder / "inputs", "--compare", "zzz")

    assert [e.status for e in (empty, unknown, wrong, main)] == [2, 2, 2, 2]
    assert all(one in unknown.err for one in ids)
    assert all(one in main.err for one in ids)


def test_identical_inputs_are_said_to_be_identical(office: Office, tmp_path: Path):
    """Two runs of one content, in two languages, differ in nothing."""
    ids = [office.run(), office.run(lang="en")]
    told = office.diff(*ids)

    assert told["same_inputs"]
    assert not told["files"] + told["cells"] + told["figures"]
    assert "không có gì thay đổi" in told["told"]


def test_a_figure_that_cells_do_not_explain_is_put_down_to_the_lists(office: Office, tmp_path: Path):
    """A campaign that adds otherwise: the rest is named, and with it everything adds up."""
    office.run()
    lists = shutil.copytree(office.campaign, tmp_path / "other")
    text = (lists / "indicators.csv").read_text(encoding="utf-8-sig")
    (lists / "indicators.csv").write_text(
        text.replace("stock,last,sum,,,,,P D", "stock,first,sum,,,,,P D"), encoding="utf-8-sig"
    )
    Office(lists, office.folder).run()
    told = Office(lists, office.folder).diff()
    rests = [figure for figure in told["figures"] if figure["rest_cause"]]

    assert not told["same_campaign"]
    assert {figure["rest_cause"] for figure in rests} == {"campaign"}
    assert all(figure["rest"] == figure["difference"] != 0 for figure in rests)
    assert {figure["indicator_id"] for figure in rests} <= {"S_ALL", "S_OLD", "S_KID", "L_LEFT"}
