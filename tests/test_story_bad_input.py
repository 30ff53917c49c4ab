"""Bad input costs only itself: it is named with its remedy, and everybody else's figures stay.

All runs are on the tiny invented campaign, which is quick.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.filling import entry_cells
from tests.independent import read_lists
from tests.stories import Ended, Outputs, aggregate, hashes, read_csv, sheet_rows

UNITS = ("NORTH", "SOUTH", "ISLE", "DESK")


@dataclass(frozen=True)
class Desk:
    """Sound invented returns of the tiny campaign, and a place to put them to work."""

    campaign: Path
    sound: Path
    folder: Path

    @property
    def inputs(self) -> Path:
        """Where returns are dropped."""
        return self.folder / "inputs"

    def drop(self, *units: str) -> None:
        """Drop the returns of some units into the inputs."""
        self.inputs.mkdir(exist_ok=True)
        for unit in units:
            shutil.copyfile(self.sound / f"{unit}.xlsx", self.inputs / f"{unit}.xlsx")

    def run(self, *options: str | Path) -> Outputs:
        """Do the main job."""
        target = self.folder / "outputs"
        ended = aggregate("--inputs", self.inputs, "--outputs", target, "--campaign", self.campaign, *options)
        return Outputs(self.inputs, target, ended)

    def change(self, unit: str, name: str, **typed: Any) -> Path:
        """A return of a unit under another name, with other values in some cells (``V_DAY_P_P21``)."""
        book = openpyxl.load_workbook(self.sound / f"{unit}.xlsx")
        lists = read_lists(self.campaign)
        for form_id in [sheet for sheet in book.sheetnames if sheet in lists.forms]:
            for indicator, level, period, cell in entry_cells(book[form_id], lists):
                if f"{indicator}_{level}_{period}" in typed:
                    cell.value = typed[f"{indicator}_{level}_{period}"]
        for row in book[book.sheetnames[0]].iter_rows():
            if row[0].value == "submission_number" and "number" in typed:
                row[2].value = typed["number"]
        self.inputs.mkdir(exist_ok=True)
        book.save(self.inputs / name)
        return self.inputs / name


@pytest.fixture(scope="module")
def sound(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "returns"
    made = aggregate("demo", folder, "--mistakes", "0", "--campaign", tiny_folder, "--quiet")
    assert made.status == 0
    return folder


@pytest.fixture
def desk(tiny_folder: Path, sound: Path, tmp_path: Path) -> Desk:
    return Desk(tiny_folder, sound, tmp_path)


def test_an_empty_inbox_says_how_to_begin(desk: Desk) -> None:
    """Nothing to do is no fault: the message names the folder, and nothing is written."""
    desk.inputs.mkdir()
    outputs = desk.run()

    assert outputs.ended.status == 2
    assert str(desk.inputs) in outputs.ended.err
    assert outputs.ended.out == ""
    assert not outputs.summary.exists()


def test_a_missing_inbox_says_how_to_begin(desk: Desk) -> None:
    """The same for a folder that is not there."""
    assert desk.run().ended.status == 2
    assert str(desk.inputs) in desk.run().ended.err


def test_files_that_are_no_returns_cost_only_themselves(desk: Desk) -> None:
    """Junk, a renamed PDF, an empty file, another unit's template: each is named, the rest is counted."""
    desk.drop("NORTH", "SOUTH", "DESK")
    clean = desk.run()
    totals = clean.rows("totals")
    (desk.inputs / "junk.xlsx").write_text("no workbook at all", encoding="utf-8")
    (desk.inputs / "scan.xlsx").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
    (desk.inputs / "empty.xlsx").write_bytes(b"")
    (desk.inputs / "cut.xlsx").write_bytes((desk.sound / "ISLE.xlsx").read_bytes()[:5000])
    strange = openpyxl.load_workbook(desk.sound / "ISLE.xlsx")
    for sheet in (strange[strange.sheetnames[0]], strange["_meta"]):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "ISLE":
                    cell.value = "ATLANTIS"
    strange.save(desk.inputs / "strange.xlsx")
    openpyxl.Workbook().save(desk.inputs / "other.xlsx")
    (desk.inputs / "~$NORTH.xlsx").write_bytes(b"\x05owner")
    before = hashes(desk.inputs)
    outputs = desk.run("--lang", "en")
    bad = ("junk.xlsx", "scan.xlsx", "empty.xlsx", "cut.xlsx", "strange.xlsx", "other.xlsx")
    findings = {f["file"]: f for f in outputs.rows("findings") if f["severity"] == "reject_file"}

    assert outputs.ended.status == 3
    assert findings.keys() == set(bad)
    assert all(name in outputs.ended.err for name in (*bad, "~$NORTH.xlsx"))
    assert all(finding["message"] for finding in findings.values())
    assert outputs.rows("totals") == totals
    assert hashes(desk.inputs) == before


def test_two_different_returns_with_one_number_count_neither(desk: Desk) -> None:
    """Staff decide which is right; until then the form has no figure, and both files are shown."""
    desk.drop("SOUTH", "ISLE", "DESK")
    desk.change("NORTH", "one.xlsx", V_DAY_P_P21=111)
    desk.change("NORTH", "two.xlsx", V_DAY_P_P21=222)
    outputs = desk.run()
    seen = {o["cell"]: o for o in outputs.observations() if o["unit_id"] == "NORTH" and o["form_id"] == "USE"}
    told = [f for f in outputs.rows("findings") if f["rule_id"] == "FILE-UNDECIDED"]
    differs = [f for f in outputs.rows("findings") if f["rule_id"] == "FILE-DIFFERS"]

    assert outputs.ended.status == 3
    assert {o["obs_value"] for o in seen.values()} == {None}
    assert {f["file"] for f in told if f["form_id"] == "USE"} == {"one.xlsx", "two.xlsx"}
    assert [(f["indicator_id"], f["period_id"], f["seen"]) for f in differs] == [("V_DAY", "P21", "222")]


def test_the_higher_submission_number_wins(desk: Desk) -> None:
    """A corrected return replaces the first; what differs is listed cell by cell."""
    desk.drop("SOUTH", "ISLE", "DESK")
    desk.change("NORTH", "z first.xlsx", V_DAY_P_P21=111)
    desk.change("NORTH", "a second.xlsx", V_DAY_P_P21=222, number=2)
    outputs = desk.run()
    (seen,) = [
        o
        for o in outputs.observations()
        if (o["unit_id"], o["indicator_id"], o["level"], o["period_id"]) == ("NORTH", "V_DAY", "P", "P21")
    ]
    told = {f["rule_id"] for f in outputs.rows("findings") if f["file"] == "z first.xlsx"}

    assert (seen["obs_value"], seen["file"]) == (222, "a second.xlsx")
    assert "FILE-SUPERSEDED" in told


def test_identical_copies_count_once(desk: Desk) -> None:
    """A file dropped twice, also in a subfolder, changes no figure."""
    desk.drop(*UNITS)
    totals = desk.run().rows("totals")
    (desk.inputs / "copies").mkdir()
    shutil.copyfile(desk.inputs / "NORTH.xlsx", desk.inputs / "copies" / "NORTH again.xlsx")
    outputs = desk.run()

    assert outputs.rows("totals") == totals
    assert outputs.ended.status == 0
    assert {f["file"] for f in outputs.rows("findings") if f["rule_id"] == "FILE-IDENTICAL"} == {
        "copies/NORTH again.xlsx"
    } or {f["file"] for f in outputs.rows("findings") if f["rule_id"] == "FILE-IDENTICAL"} == {"NORTH.xlsx"}


def test_forms_of_one_unit_may_come_in_several_files(desk: Desk) -> None:
    """Each form is taken from the file in which it is filled in; an empty one replaces nothing."""
    desk.drop(*UNITS)
    whole = desk.run().rows("totals")
    (desk.inputs / "NORTH.xlsx").unlink()
    lists = read_lists(desk.campaign)
    for name, kept in (("front.xlsx", ("USE",)), ("back.xlsx", ("MAIL", "SHELF"))):
        book = openpyxl.load_workbook(desk.sound / "NORTH.xlsx")
        for form_id in [sheet for sheet in book.sheetnames if sheet in lists.forms and sheet not in kept]:
            for _, _, _, cell in entry_cells(book[form_id], lists):
                if not cell.protection.locked and not str(cell.value).startswith("="):
                    cell.value = None
        book.save(desk.inputs / name)
    outputs = desk.run()
    files = {o["form_id"]: o["file"] for o in outputs.observations() if o["unit_id"] == "NORTH"}

    assert outputs.rows("totals") == whole
    assert files == {"USE": "front.xlsx", "MAIL": "back.xlsx", "SHELF": "back.xlsx"}


def test_an_output_that_cannot_be_written_leaves_the_old_one(desk: Desk) -> None:
    """Where the summary cannot be replaced, status 5 says so and nothing else is touched."""
    desk.drop(*UNITS)
    blocked = desk.folder / "outputs" / "tong-hop.xlsx"
    blocked.mkdir(parents=True)
    (blocked / "kept.txt").write_text("kept", encoding="utf-8")
    outputs = desk.run()

    assert outputs.ended.status == 5
    assert str(blocked) in outputs.ended.err
    assert hashes(desk.folder / "outputs") == hashes(desk.folder / "outputs") | {}
    assert [path.name for path in (desk.folder / "outputs").rglob("*") if path.is_file()] == ["kept.txt"]


def test_an_output_folder_that_is_a_file_is_told(desk: Desk) -> None:
    """The same where the folder itself cannot be made."""
    desk.drop(*UNITS)
    (desk.folder / "outputs").write_text("a file", encoding="utf-8")
    outputs = desk.run()

    assert outputs.ended.status == 5
    assert (desk.folder / "outputs").read_text(encoding="utf-8") == "a file"


def test_a_low_reporting_rate_can_stop_a_script(desk: Desk) -> None:
    """Status 4 when fewer forms count than asked for; the summary is there all the same."""
    desk.drop("NORTH")
    outputs = desk.run("--min-coverage", "90")

    assert outputs.ended.status == 4
    assert outputs.summary.exists()
    assert desk.run("--min-coverage", "10").ended.status == 0


def test_the_report_for_machines_is_json_and_nothing_else(desk: Desk) -> None:
    """With --json a script can read from stdout what a person would."""
    desk.drop("NORTH", "DESK")
    (desk.inputs / "junk.xlsx").write_text("junk", encoding="utf-8")
    ended = desk.run("--json", "--lang", "en").ended
    report = json.loads(ended.out)

    assert ended.status == report["exit_status"] == 3
    assert {file["file"]: file["status"] for file in report["files"]} == {
        "NORTH.xlsx": "accepted",
        "DESK.xlsx": "accepted",
        "junk.xlsx": "rejected",
    }


def test_text_of_a_unit_is_never_a_formula(desk: Desk) -> None:
    """What looks like a formula in a return stays text in every output."""
    desk.drop("SOUTH", "DESK")
    evil = '=HYPERLINK("http://example.invalid","x")'
    path = desk.change("NORTH", "NORTH.xlsx", V_DAY_P_P21="+1+cmd")
    shutil.move(path, desk.inputs / f"{evil[:4].replace('=', '@')}.xlsx")
    outputs = desk.run()
    shown = [
        cell
        for _, rows in sheet_rows(outputs.summary)
        for row in rows
        for cell in row
        if "+1+cmd" in str(cell)
    ]
    told = read_csv(outputs.folder / "du-lieu" / "findings.csv")

    assert shown
    assert all(not row["seen"].startswith(("=", "+", "@")) for row in told)


@pytest.mark.parametrize(
    "arguments", [("--nonsense",), ("nonsense",), ("--lang", "fr"), ("templates", "--unit", "ATLANTIS")]
)
def test_wrong_use_is_told(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """An unknown option, verb, language or unit: status 2 and a sentence, nothing on stdout."""
    ended: Ended = aggregate(*arguments, cwd=tmp_path)

    assert ended.status == 2
    assert ended.err
    assert ended.out == ""
    assert list(tmp_path.iterdir()) == []
