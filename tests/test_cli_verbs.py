"""The verbs on the tiny campaign, called in this process: what is printed where, and the exit status."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline import __version__, run
from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.cli import main
from pipeline.cli.app import app
from tests.sheets import drawn_return, saved


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Office:
    """A folder of inputs and one of outputs, and a command line that knows them."""

    campaign: Campaign
    folder: Path

    @property
    def inputs(self) -> Path:
        return self.folder / "inputs"

    def send(self, unit_id: str, value: float | str, name: str = "") -> None:
        """Put a return into the inputs: ``value`` in every entry cell."""
        cells = {
            (row.key, period): value
            for form in owed_forms(self.campaign, unit_id)
            for row in form.rows
            for period in form.period_ids
            if self.campaign.exists_in(row.indicator_id, period)
            and not self.campaign.indicators[row.indicator_id].is_computed
        }
        self.inputs.mkdir(exist_ok=True)
        saved(drawn_return(self.campaign, unit_id, cells), self.inputs / (name or f"{unit_id}.xlsx"))

    def call(self, *arguments: str, lang: str = "en") -> Ended:
        """Call the program; its own faults come out as what they are."""
        places = ["--inputs", str(self.inputs), "--outputs", str(self.folder / "outputs")]
        common = [*places, "--campaign", str(self.campaign.folder), "--lang", lang, "--workers", "1"]
        ended = CliRunner().invoke(app, [*common, *arguments])
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Ended(ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture
def office(tiny: Campaign, tmp_path: Path) -> Office:
    return Office(tiny, tmp_path)


def test_the_main_job_says_where_the_summary_is_and_what_needs_attention(office: Office) -> None:
    """All on standard output; nothing to say beside it."""
    for unit_id in office.campaign.units:
        office.send(unit_id, 0)
    ended = office.call()

    assert (ended.status, ended.err) == (0, "")
    assert f"Summary: {office.folder / 'outputs' / 'tong-hop.xlsx'}" in ended.out
    assert "Reporting rate: 11/11 forms (100.0%); 4/4 units have sent." in ended.out
    assert "Nothing to correct." in ended.out
    assert "Not sent" not in ended.out
    assert (office.folder / "outputs" / "du-lieu" / "observations.parquet").is_file()


def test_a_refused_cell_is_status_3_and_everything_else_is_done(office: Office) -> None:
    """Who has not sent is named, and where the whole list stands."""
    office.send("NORTH", 0)
    office.send("SOUTH", "a few")
    ended = office.call()

    assert ended.status == 3
    assert "Not sent: ISLE, DESK" in ended.out
    assert "Needs attention: " in ended.out
    assert "cells refused" in ended.out
    assert "“To correct”" in ended.out
    assert "\ncounted\t1\ncounted, with findings to settle\t1\n" in ended.out
    assert "\nCells of forms: " in ended.out
    assert " + 83 refused + " in ended.out
    assert "Needs attention: 83 cells refused." in ended.out


def test_a_refused_file_is_named_with_its_reason_beside_the_results(office: Office) -> None:
    """On standard error, so that a script that reads the results is not disturbed."""
    office.send("NORTH", 0)
    (office.inputs / "letter.xlsx").write_text("Dear Sir", encoding="utf-8")
    (office.inputs / "~$NORTH.xlsx").write_text("", encoding="utf-8")
    ended = office.call()

    assert ended.status == 3
    assert "Refused: letter.xlsx. The file cannot be read" in ended.err
    assert "Passed over: ~$NORTH.xlsx" in ended.err
    assert "\ncounted\t1\n" in ended.out
    assert "\nrejected\t1\npassed over\t1\n" in ended.out
    assert "letter.xlsx" not in ended.out


def test_a_reporting_rate_below_what_was_asked_for_is_status_4(office: Office) -> None:
    """The summary is made all the same; exactly what was asked for is enough."""
    office.send("NORTH", 0)
    low, enough = (office.call("--min-coverage", least) for least in ("27.3", "27.2"))

    assert (low.status, enough.status) == (4, 0)
    assert "27.3% is below the 27.3% asked for" in low.err
    assert (office.folder / "outputs" / "tong-hop.xlsx").is_file()


def test_json_is_all_that_is_printed(office: Office) -> None:
    """With the rate, the files, every finding and the exit status."""
    office.send("NORTH", "a few")
    ended = office.call("--json")

    assert ended.json["exit_status"] == ended.status == 3
    assert ended.json["file_counts"]["with_findings"] == 1
    assert ended.json["cell_counts"]["rejected"] == ended.json["findings"]["reject_cell"] > 0
    assert (ended.json["forms_counted"], ended.json["forms_owed"]) == (3, 11)
    assert ended.json["files"] == [
        {"file": "NORTH.xlsx", "unit_id": "NORTH", "status": "accepted", "why": ""}
    ]
    assert len(ended.json["details"]) == sum(ended.json["findings"].values())
    assert {detail["rule_id"] for detail in ended.json["details"]} == {"CELL-TEXT"}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_nothing_to_read_says_how_to_begin(lang: str, office: Office) -> None:
    """Status 2, and no output."""
    ended = office.call(lang=lang)

    assert ended.status == 2
    assert ended.out == ""
    assert str(office.inputs) in ended.err
    assert "aggregate demo" in ended.err
    assert not (office.folder / "outputs" / "tong-hop.xlsx").exists()


def test_an_output_that_cannot_be_written_is_status_5(office: Office) -> None:
    """Before any work is done."""
    office.send("NORTH", 0)
    (office.folder / "outputs" / "tong-hop.xlsx").mkdir(parents=True)
    ended = office.call()

    assert ended.status == 5
    assert "tong-hop.xlsx cannot be written" in ended.err


def test_a_broken_campaign_is_status_2_with_every_contradiction(office: Office, tmp_path: Path) -> None:
    """A folder that holds no campaign is one."""
    ended = office.call("explain", "X", "--campaign", str(tmp_path))

    assert ended.status == 2
    assert len(ended.err.splitlines()) > 10
    assert "campaign.toml" in ended.err


@pytest.mark.parametrize(
    "arguments", [["--lang", "fr"], ["check", "a.xlsx", "--lang", "fr"], ["nonsense"], ["--workers", "0"]]
)
def test_a_wrong_command_line_is_status_2(arguments: list[str], office: Office) -> None:
    """Said by the parser, with what would be right."""
    assert office.call(*arguments).status == 2


def test_checking_single_files_lists_every_finding_in_them(office: Office) -> None:
    """As a table of file, severity, place and message; nothing is added up, nothing written."""
    office.send("NORTH", "a few")
    office.send("DESK", 0)
    bad, good = (office.call("check", str(office.inputs / f"{unit}.xlsx")) for unit in ("NORTH", "DESK"))
    lines = [line.split("\t") for line in bad.out.splitlines()]

    assert (bad.status, good.status) == (3, 0)
    assert lines[0] == ["File", "Severity", "Place", "Message"]
    assert {tuple(line[:2]) for line in lines[1:]} == {("NORTH.xlsx", "cells refused")}
    assert lines[1][2] == "USE F5"
    assert good.out == "Nothing to correct.\n"
    assert not (office.folder / "outputs").exists()


def test_checking_as_json_and_a_file_that_is_not_there(office: Office) -> None:
    """The same content as of the main job; a wrong name is wrong use."""
    office.send("DESK", 0)

    assert office.call("check", str(office.inputs / "DESK.xlsx"), "--json").json["exit_status"] == 0
    assert "no file gone.xlsx" in office.call("check", "gone.xlsx").err
    assert office.call("check", "gone.xlsx").status == 2


def test_the_status_shows_units_and_files(office: Office) -> None:
    """Two tables and the rate; the same as JSON."""
    office.send("NORTH", 0)
    office.send("NORTH", 0, name="copy.xlsx")
    ended = office.call("status")
    found = office.call("status", "--json").json

    assert ended.status == 0
    assert "NORTH\tNorth Library\t3/3\tNORTH.xlsx" in ended.out
    assert "SOUTH\tSouth Library\t0/3\t" in ended.out
    for name in ("NORTH.xlsx", "copy.xlsx"):
        digest = hashlib.sha256((office.inputs / name).read_bytes()).hexdigest()
        assert re.search(rf"^{name}\tNORTH\t[^\t]*\t1\t.*\t{digest[:12]}$", ended.out, re.MULTILINE)
    words = office.campaign.words["en"]
    since, status = words["cli.register.not_yet"], words["summary.file.duplicate"]
    assert f"copy.xlsx\tNORTH\t{since}\t1\t{status}\t" in ended.out
    assert "Reporting rate: 3/11" in ended.out
    assert {one["file"]: one["status"] for one in found["files"]} == {
        "NORTH.xlsx": "accepted",
        "copy.xlsx": "duplicate",
    }


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_rule_and_kind_of_finding_can_be_explained(lang: str, office: Office) -> None:
    """In whole sentences, with what a breach does; capitals do not matter."""
    rule, kind = office.call("explain", "mail-1", lang=lang), office.call("explain", "cell-text", lang=lang)

    assert (rule.status, kind.status) == (0, 0)
    assert "MAIL-1" in rule.out
    assert "L_ALL == L_OPEN + L_IN" in rule.out
    assert office.campaign.messages[lang]["CELL-TEXT"].do in kind.out
    assert len({len(one.out.splitlines()) for one in (rule, kind)}) == 1
    assert office.call("explain", "MAIL-1", "--json").json["rule_id"] == "MAIL-1"


def test_an_unknown_rule_or_unit_gets_a_hint(office: Office) -> None:
    """What was probably meant; nothing where nothing is near."""
    near, far = office.call("explain", "MAIL-9"), office.call("explain", "quux")
    unit = office.call("templates", "--unit", "NORTHH")

    assert (near.status, far.status, unit.status) == (2, 2, 2)
    assert "did you mean MAIL-" in near.err
    assert "did you mean" not in far.err
    assert "did you mean NORTH?" in unit.err


def test_templates_and_invented_returns_are_made_where_asked(office: Office) -> None:
    """The number and the folder are told; real returns are never mixed with invented ones."""
    blank, filled = office.folder / "blank", office.folder / "filled"
    made = office.call("templates", "--unit", "DESK", "--out", str(blank))
    invented = office.call("demo", str(filled), "--units", "1", "--mistakes", "0", "--json")
    again = office.call("demo", str(filled))

    assert made.out.startswith("Made 1 templates in")
    assert [path.name for path in blank.iterdir()] == ["DESK.xlsx"]
    assert invented.json["returns"] == [str(filled / "NORTH.xlsx")]
    assert Path(invented.json["mistakes"]).name == run.MISTAKES
    assert again.status == 2
    assert "already holds files" in again.err


def test_templates_as_json_and_invented_returns_in_words(office: Office) -> None:
    """A folder with nothing but its README counts as empty."""
    target = office.folder / "inputs"
    target.mkdir()
    (target / "README.md").write_text("", encoding="utf-8")
    made = office.call("templates", "--unit", "DESK", "--out", str(office.folder / "x"), "--json")
    invented = office.call("demo", str(target), "--units", "1")

    assert made.json == {"templates": [str(office.folder / "x" / "DESK.xlsx")]}
    assert invented.out.startswith("Invented 1 returns")
    assert office.call().status in (0, 3)


def test_the_deliberate_mistakes_are_listed_in_a_table_that_excel_opens(office: Office) -> None:
    """One line a mistake under one header, and the job finds the file but does not read it as a return."""
    target = office.folder / "inputs"
    office.call("demo", str(target), "--mistakes", "1", "--seed", "3")
    raw = (target / run.MISTAKES).read_bytes()
    header, *lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert header == office.campaign.words["en"]["demo.columns"].split("|")
    assert lines
    assert {len(line) for line in lines} == {len(header)}
    assert run.MISTAKES in office.call().err


def test_the_version_is_told(office: Office) -> None:
    """And nothing else."""
    ended = office.call("--version")

    assert (ended.status, ended.out) == (0, f"{__version__}\n")


def test_the_command_is_what_is_installed(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``aggregate`` ends with the status of the verb."""
    monkeypatch.setattr(sys, "argv", ["aggregate", "--campaign", str(office.campaign.folder), "explain", "?"])
    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 2
    assert "?" in capsys.readouterr().err


def test_options_may_stand_before_the_verb_or_after_it(office: Office) -> None:
    """The one after the verb wins."""
    ended = office.call("explain", "CELL-TEXT", "--lang", "vi", lang="en")

    assert office.campaign.messages["vi"]["CELL-TEXT"].do in ended.out


def test_the_story_can_be_told_without_a_screen(office: Office) -> None:
    """Every stage is told, in its order, to whoever listens."""
    office.send("NORTH", 0)
    heard: list[str] = []
    options = run.Options(office.inputs, office.folder / "out", office.campaign.folder, "vi", 1)
    report = run.aggregate(options, lambda stage, *_: heard.append(stage))

    stages = [stage.removeprefix("cli.stage.") for stage in dict.fromkeys(heard)]

    assert stages[:4] == ["read", "check", "total", "write"]
    assert run.reporting_rate(report.results) == (3, 11)
    assert not report.results.is_official
