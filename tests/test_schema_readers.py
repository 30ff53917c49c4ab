"""Other programs open our files without complaint and see the same values: openpyxl, calamine, Gnumeric."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import warnings
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipeline.catalogue import Campaign
from tests.workbooks import KINDS, written

NO_SPARKLINES = "Sparkline Group extension is not supported"
"""openpyxl knows no sparklines and says so wherever there are any; it reads every cell all the same."""

UNKNOWN_TO_GNUMERIC = (
    *("'ignoredErrors'", "\tworksheet", "Multiple expressions are not supported"),
    "Unhandled object of type Note",
)
"""What Gnumeric tells of files that follow the standard: an element that it passes over, that it repeats
either rows or columns on paper but not both, and (on saving, not on opening) that it drops comments."""


def seen_by_calamine(path: Path) -> dict[tuple[str, int, int], object]:
    """Every cell that is not empty."""
    book = CalamineWorkbook.from_path(path)
    return {
        (name, r, c): value
        for name in book.sheet_names
        for r, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
        for c, value in enumerate(row, 1)
        if value != ""
    }


def seen_by_openpyxl(path: Path) -> dict[tuple[str, int, int], object]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.row, cell.column): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def is_same(one: object, other: object) -> bool:
    if isinstance(one, datetime.date) or isinstance(other, datetime.date):
        return str(one)[:10] == str(other)[:10]
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-12, abs=1e-9)
    return one == other


def differing(ours: dict, theirs: dict) -> list[tuple[object, object, object]]:
    places = ours.keys() | theirs.keys()
    return [(at, ours.get(at), theirs.get(at)) for at in places if not is_same(ours.get(at), theirs.get(at))]


@pytest.mark.parametrize("kind", KINDS)
def test_openpyxl_and_calamine_open_it_silently_and_see_the_same(
    kind: str, campaign: Campaign, tiny: Campaign, tmp_path: Path
):
    """Two readers that share no code; neither has anything to complain of but what it cannot draw."""
    path = written(kind, campaign, tiny, tmp_path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ours, theirs = seen_by_openpyxl(path), seen_by_calamine(path)

    assert [str(w.message) for w in told if NO_SPARKLINES not in str(w.message)] == []
    assert ours
    assert differing(ours, theirs) == []


@pytest.mark.skipif(shutil.which("ssconvert") is None, reason="Gnumeric (ssconvert) is not installed")
@pytest.mark.parametrize("kind", KINDS)
def test_gnumeric_opens_it_silently_and_sees_the_same(
    kind: str, campaign: Campaign, tiny: Campaign, tmp_path: Path
):
    """It recalculates every formula, and saves what it sees; that is what we wrote."""
    path, target = written(kind, campaign, tiny, tmp_path), tmp_path / "gnumeric.xlsx"
    call = ["ssconvert", "--recalc", str(path), str(target)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=300, check=False)
    complaints = [
        line for line in done.stderr.splitlines() if not any(known in line for known in UNKNOWN_TO_GNUMERIC)
    ]

    assert done.returncode == 0
    assert complaints == []
    assert differing(seen_by_calamine(path), seen_by_calamine(target)) == []
