"""The summary without detail: fewer sheets, the same figures, and it says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipeline.book import Line
from pipeline.summary import brief as brief_room
from pipeline.summary import build_summary
from pipeline.summary.heads import TOP
from tests.stories import aggregate
from tests.summary_results import made_up_results

FORMS = ("USE", "MAIL", "POST", "SHELF")


@pytest.fixture(scope="module")
def runs(tiny_folder, tmp_path_factory) -> dict[str, Path]:
    """One set of invented returns, summed up with and without detail."""
    folder = tmp_path_factory.mktemp("lean")
    aggregate("demo", folder / "in", "--campaign", tiny_folder, "--seed", "3")
    options = ("--inputs", folder / "in", "--campaign", tiny_folder, "--quiet", "--json")
    told = {
        name: json.loads(aggregate(*more, *options, "--outputs", folder / name).out)
        for name, more in (("whole", ()), ("lean", ("--no-detail",)))
    }
    assert told["whole"]["run_id"] != told["lean"]["run_id"]
    return {name: folder / name for name in told}


def figures(path: Path, *, values: bool) -> dict[tuple[str, str, str], object]:
    """(sheet, row key, column) -> what stands on the sheets of forms."""
    book = openpyxl.load_workbook(path, data_only=values)
    found = {}
    for name in FORMS:
        rows = list(book[name].iter_rows(values_only=True))
        keyed = [row for row in rows if row and isinstance(row[0], str) and "|" in row[0]]
        header = rows[rows.index(keyed[0]) - 1]
        for row in keyed:
            for title, value in zip(header[5:], row[5:], strict=True):
                if title and not str(title).startswith("n/N"):
                    found[name, row[0], str(title)] = value
    return found


def test_every_city_figure_is_the_same_without_detail(runs):
    """What was a formula over detail rows is the number itself; windows and levels are still formulas."""
    whole = figures(runs["whole"] / "tong-hop.xlsx", values=True)
    lean = figures(runs["lean"] / "tong-hop.xlsx", values=True)
    written = figures(runs["lean"] / "tong-hop.xlsx", values=False)
    formulas = [str(value) for value in written.values() if str(value).startswith("=")]

    assert {at: value or None for at, value in lean.items() if value != 0} == {
        at: value or None for at, value in whole.items() if value != 0
    }
    assert isinstance(written["USE", "V_DAY|P", "P21"], int | float)
    assert str(written["USE", "V_DAY|P", "WHOLE"]).startswith("=")
    assert formulas
    assert not any("CT " in formula for formula in formulas)


def test_the_sheets_of_single_units_are_left_out_and_the_notes_say_where_their_figures_are(runs):
    """Nobody looks in vain for a sheet."""
    whole, lean = (
        openpyxl.load_workbook(runs[n] / "tong-hop.xlsx", read_only=True) for n in ("whole", "lean")
    )
    notes = [str(cell) for row in lean["Ghi chú"].iter_rows(values_only=True) for cell in row]

    assert set(whole.sheetnames) - set(lean.sheetnames) == {"Theo đơn vị", *(f"CT {f}" for f in FORMS)}
    assert any("du-lieu/observations.parquet" in text and "--no-detail" in text for text in notes)


def test_the_machine_readable_files_are_the_same(runs):
    """Detail is left out of the workbook only."""
    for name in ("totals.csv", "findings.csv", "observations.parquet"):
        contents = [(runs[n] / "du-lieu" / name).read_bytes() for n in ("whole", "lean")]
        assert contents[0] == contents[1]


def test_a_form_whose_rows_no_sheet_can_hold_has_no_detail_sheet_and_nothing_is_cut_off(tiny, monkeypatch):
    """Excel has 1,048,576 rows; here the limit is put where one form is above it and another below."""
    results = made_up_results(tiny)
    rows = {name: int((cube.status != -1).any(axis=2).sum()) for name, cube in results.cubes.items()}
    largest = max(rows, key=lambda name: rows[name])
    monkeypatch.setattr(brief_room, "LAST_ROW", max(rows.values()) + 2)
    names = [sheet.name for sheet in build_summary(tiny, results, "vi").sheets]

    assert f"CT {largest}" not in names
    assert "CT POST" in names


@pytest.mark.parametrize(("lang", "named"), [("vi", "Việc cần sửa"), ("en", "To correct")])
def test_findings_that_no_sheet_can_hold_are_told_where_they_all_are(tiny, monkeypatch, lang, named):
    """The weightiest stay, in their order, and the remark says how many of how many these are."""
    results = made_up_results(tiny)
    one = results.findings.iloc[0].to_dict()
    lines = [{**one, "severity": "info", "finding_id": f"light-{n}"} for n in range(1500)]
    lines[700:700] = [{**one, "severity": "error", "finding_id": f"heavy-{n}"} for n in range(30)]
    results = replace(results, findings=pd.DataFrame(lines, columns=results.findings.columns).astype("str"))

    def shown(last_row: int) -> tuple[list[str], str]:
        monkeypatch.setattr(brief_room, "LAST_ROW", last_row)
        book = build_summary(tiny, results, lang)
        (sheet,) = (sheet for sheet in book.sheets if sheet.name == named)
        _, *ids = (str(line.values[-1]) for line in sheet.cells if isinstance(line, Line))
        return ids, " ".join(str(merge) for merge in sheet.merges)

    whole, told = shown(2**20)
    assert sorted(whole) == sorted(line["finding_id"] for line in lines)
    assert "findings.csv" not in told

    ids, told = shown(TOP + 1 + 1200)
    assert len(ids) == 1200
    assert {f"heavy-{n}" for n in range(30)} < set(ids)
    assert ids == [one for one in whole if one in set(ids)]
    assert "du-lieu/findings.csv" in told
    assert ("1.200" if lang == "vi" else "1,200") in told
    assert ("1.530" if lang == "vi" else "1,530") in told
