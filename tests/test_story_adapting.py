"""Another campaign, and this one with one more indicator and rule: only data files change."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.filling import entry_cells, fill_at_random
from tests.independent import read_lists
from tests.stories import CAMPAIGN, Outputs, aggregate, sheet_rows
from tests.test_story_totals import (
    city_cells_that_differ,
    observations_that_differ,
    opinion_on,
    totals_that_differ,
)

INDICATOR = 'B01_NEW,B01,{order},0,"Chỉ tiêu mới (thử nghiệm)",hội nghị,flow,sum,sum,,,,,T H X,,,,,,,\n'
RULE = "B01-R99,B01,error,B01_NEW <= B01_010,,\n"
KEY = "B01_NEW|H"


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the campaign with one line more in each of two lists."""
    folder = tmp_path_factory.mktemp("adapted") / "campaign"
    shutil.copytree(CAMPAIGN, folder)
    order = 1 + sum(row["form_id"] == "B01" for row in read_lists(CAMPAIGN).indicators.values())
    for name, line in (("indicators", INDICATOR.format(order=order)), ("rules", RULE)):
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text(text + ("" if text.endswith("\n") else "\n") + line, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def broken(adapted: Path) -> Outputs:
    """Invented returns of two units; in one of them the new rule is broken in 2016."""
    inputs, outputs = adapted.parent / "inputs", adapted.parent / "outputs"
    made = aggregate("demo", inputs, "--units", "2", "--mistakes", "0", "--campaign", adapted, "--quiet")
    assert made.status == 0
    book = openpyxl.load_workbook(inputs / "QH304.xlsx")
    for indicator, level, period, cell in entry_cells(book["B01"], read_lists(adapted)):
        if (f"{indicator}|{level}", period) == (KEY, "Y2016"):
            cell.value = 987654
    book.save(inputs / "QH304.xlsx")
    ended = aggregate("--inputs", inputs, "--outputs", outputs, "--campaign", adapted, "--quiet")
    return Outputs(inputs, outputs, ended)


def test_a_new_indicator_and_rule_stand_in_the_template(adapted: Path, tmp_path: Path) -> None:
    """The row can be filled in, and its rule is checked while it is."""
    made = aggregate("templates", "--unit", "QH304", "--out", tmp_path, "--campaign", adapted, "--quiet")
    book = openpyxl.load_workbook(tmp_path / "QH304.xlsx")
    cells = [c for name, lv, _, c in entry_cells(book["B01"], read_lists(adapted)) if f"{name}|{lv}" == KEY]
    checks = [row for row in book["Kiểm tra"].iter_rows() if row[0].value == "B01-R99"]

    assert made.status == 0
    assert [(cell.value, cell.protection.locked) for cell in cells] == [(None, False)] * 11
    for cell in cells:
        assert any(f"!{cell.coordinate}" in str(check.value) for row in checks for check in row)


def test_a_new_indicator_is_totalled(broken: Outputs) -> None:
    """Its figures stand in the totals and in the summary, at every level and for the whole."""
    ((_, rows),) = sheet_rows(broken.summary, ["B01"])
    totals = [row for row in broken.rows("totals") if row["indicator_id"] == "B01_NEW"]

    assert {row["level"] for row in totals} == {"T", "H", "X", "ALL"}
    assert {row[0] for row in rows if str(row[0]).startswith("B01_NEW")} == {
        f"B01_NEW|{level}" for level in ("T", "H", "X", "ALL")
    }


def test_a_new_rule_is_checked(broken: Outputs) -> None:
    """Its breach is found at its cell, in words, and is the only error."""
    errors = [row for row in broken.rows("findings") if row["severity"] == "error"]

    assert [(r["rule_id"], r["unit_id"], r["indicator_id"], r["period_id"]) for r in errors] == [
        ("B01-R99", "QH304", "B01_NEW", "Y2016")
    ]
    assert "987.654" in errors[0]["message"]


def test_a_rule_that_names_no_indicator_is_refused_with_its_place(adapted: Path, tmp_path: Path) -> None:
    """A mistake in the data says in which file, line and column it stands."""
    folder = tmp_path / "campaign"
    shutil.copytree(adapted, folder)
    rules = folder / "rules.csv"
    lines = rules.read_text(encoding="utf-8").splitlines()
    rules.write_text("\n".join([*lines, "B01-R98,B01,error,B01_NWE <= B01_010,,"]) + "\n", encoding="utf-8")
    ended = aggregate("templates", "--out", tmp_path / "out", "--campaign", folder)

    assert ended.status == 2
    assert "rules.csv" in ended.err
    assert str(len(lines) + 1) in ended.err
    assert "B01_NWE" in ended.err
    assert not (tmp_path / "out").exists()


def test_another_campaign_goes_through_the_whole_job(tiny_folder: Path, tmp_path: Path) -> None:
    """Nothing in the program knows the campaign that comes with it: other forms, levels, periods, units."""
    lists, told = read_lists(tiny_folder), {}
    made = aggregate("templates", "--out", tmp_path / "blank", "--campaign", tiny_folder, "--quiet")
    for blank in sorted((tmp_path / "blank").iterdir()):
        told |= fill_at_random(blank, tmp_path / "filled" / blank.name, lists, blank.stem)
    options = ("--campaign", tiny_folder, "--lang", "en", "--quiet")
    ended = aggregate("--inputs", tmp_path / "filled", "--outputs", tmp_path / "out", *options)
    outputs = Outputs(tmp_path / "filled", tmp_path / "out", ended)
    opinion = opinion_on(told, lists)

    assert made.status == 0
    assert set(told) == lists.owed
    assert observations_that_differ(outputs, told)[0] == []
    assert totals_that_differ(outputs, opinion) == ([], opinion.city_keys())
    assert city_cells_that_differ(outputs, opinion) == ([], opinion.city_keys())
