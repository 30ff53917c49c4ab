"""The verbs beside the main job, called as staff call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.filling import entry_cells
from tests.independent import read_lists
from tests.stories import CAMPAIGN, aggregate, hashes

HEAVY = {"pandas", "numpy", "openpyxl", "pandera", "pyarrow", "xlsxwriter", "python_calamine"}


@pytest.fixture(scope="module")
def returns(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verbs") / "returns"
    made = aggregate("demo", folder, "--mistakes", "0", "--campaign", tiny_folder, "--quiet")
    assert made.status == 0
    return folder


@pytest.mark.parametrize("arguments", [["--help"], ["templates", "--help"], ["--version"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    """Whoever asks how to call the command gets the answer at once."""
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        f"sys.argv = ['aggregate', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('loaded', *{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert HEAVY.isdisjoint(done.stdout.splitlines()[-1].split())
    assert len(done.stdout.splitlines()) > 1


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_help_names_every_verb_and_option(lang: str) -> None:
    """The help is the whole command line, in the language that is asked for."""
    ended = aggregate("--lang", lang, "--help")
    verbs = ("templates", "check", "status", "explain", "demo")
    options = ("--inputs", "--outputs", "--campaign", "--lang", "--workers", "--quiet", "--json")

    assert ended.status == 0
    assert [word for word in (*verbs, *options, "--min-coverage") if word not in ended.out] == []


def test_one_template_is_the_same_as_among_all(tiny_folder: Path, tmp_path: Path) -> None:
    """``templates --unit`` makes just these, byte for byte as when all are made."""
    aggregate("templates", "--out", tmp_path / "all", "--campaign", tiny_folder, "--quiet")
    options = ("--unit", "NORTH", "--unit", "DESK", "--campaign", tiny_folder, "--quiet")
    ended = aggregate("templates", *options, "--out", tmp_path / "some")

    assert ended.status == 0
    assert hashes(tmp_path / "some").keys() == {"NORTH.xlsx", "DESK.xlsx"}
    assert hashes(tmp_path / "some").items() <= hashes(tmp_path / "all").items()


def test_check_finds_nothing_in_a_sound_return(returns: Path, tiny_folder: Path, tmp_path: Path) -> None:
    """A unit can have its file checked before it is sent; nothing is written."""
    ended = aggregate("check", returns / "NORTH.xlsx", "--campaign", tiny_folder, cwd=tmp_path)

    assert ended.status == 0
    assert ended.out.strip()
    assert list(tmp_path.iterdir()) == []


def test_check_lists_what_is_wrong(returns: Path, tiny_folder: Path, tmp_path: Path) -> None:
    """Each finding with file, sheet and cell; a refused cell is status 3."""
    book = openpyxl.load_workbook(returns / "NORTH.xlsx")
    for indicator, level, period, cell in entry_cells(book["USE"], read_lists(tiny_folder)):
        if (indicator, level, period) == ("V_DAY", "P", "P21"):
            cell.value, address = -5, cell.coordinate
    book.save(tmp_path / "bad.xlsx")
    ended = aggregate("check", tmp_path / "bad.xlsx", "--campaign", tiny_folder, "--lang", "en")
    report = json.loads(aggregate("check", tmp_path / "bad.xlsx", "--campaign", tiny_folder, "--json").out)
    (refused,) = [f for f in report["details"] if f["severity"] == "reject_cell"]

    assert ended.status == 3
    assert "bad.xlsx" in ended.out
    assert f"USE {address}" in ended.out
    assert (refused["rule_id"], refused["cell"]) == ("CELL-NEGATIVE", address)


def test_check_of_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    """The message names the file."""
    ended = aggregate("check", tmp_path / "nowhere.xlsx")

    assert ended.status == 2
    assert "nowhere.xlsx" in ended.err


def test_status_shows_who_has_sent_what(returns: Path, tiny_folder: Path, tmp_path: Path) -> None:
    """Every unit with its forms; nothing is written."""
    ended = aggregate("status", "--inputs", returns, "--campaign", tiny_folder, cwd=tmp_path)

    assert ended.status == 0
    assert all(unit in ended.out for unit in ("NORTH", "SOUTH", "ISLE", "DESK"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_rule_and_kind_of_finding_is_explained(lang: str) -> None:
    """A rule by its id in any case; its sentence in words."""
    ended = aggregate("explain", "b01-r01", "--lang", lang)
    kind = aggregate("explain", "CELL-FRACTION", "--lang", lang)

    assert ended.status == kind.status == 0
    assert "B01-R01" in ended.out
    assert len(kind.out.split()) > 5


def test_a_mistyped_rule_is_answered_with_the_nearest() -> None:
    """Nobody has to know the ids by heart."""
    ended = aggregate("explain", "B01-R1")

    assert ended.status == 2
    assert "B01-R1" in ended.err
    assert "B01-R" in ended.err.replace("B01-R1", "", 1)


def test_explain_as_json_names_the_rule() -> None:
    """For scripts."""
    assert json.loads(aggregate("explain", "B01-R01", "--json").out)["rule_id"] == "B01-R01"


def test_demo_never_mixes_with_returns(returns: Path, tiny_folder: Path) -> None:
    """Invented figures are not written into a folder that holds anything."""
    before = hashes(returns)
    ended = aggregate("demo", returns, "--campaign", tiny_folder)

    assert ended.status == 2
    assert hashes(returns) == before


def test_demo_is_the_same_for_the_same_seed(tiny_folder: Path, tmp_path: Path) -> None:
    """And another for another seed."""
    for name, seed in (("one", "5"), ("two", "5"), ("other", "6")):
        aggregate("demo", tmp_path / name, "--seed", seed, "--campaign", tiny_folder, "--quiet")

    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert hashes(tmp_path / "one") != hashes(tmp_path / "other")


def test_output_that_is_not_a_terminal_has_no_colours(returns: Path, tiny_folder: Path) -> None:
    """What goes into a file or a mail is plain text."""
    ended = aggregate("status", "--inputs", returns, "--campaign", tiny_folder)

    assert "\x1b" not in ended.out + ended.err


def test_the_command_works_from_any_folder(tmp_path: Path) -> None:
    """The default campaign comes with the program; an empty desk says how to begin."""
    ended = aggregate(cwd=tmp_path)

    assert CAMPAIGN.is_dir()
    assert ended.status == 2
    assert "inputs" in ended.err
    assert os.listdir(tmp_path) in ([], ["outputs"])
