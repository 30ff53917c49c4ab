"""The summary workbook in a real office program: recalculating it must change nothing."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.office import needs_office, recalculated
from tests.summary_results import made_up_results, written_summary


def changed(before: Path, after: Path) -> list[str]:
    """The cells whose values differ between two files, with both values."""
    found = []
    old, new = (openpyxl.load_workbook(path, data_only=True, read_only=True) for path in (before, after))
    for sheet in old:
        theirs = {
            (c.row, c.column): c.value for row in new[sheet.title].iter_rows() for c in row if _is(c.value)
        }
        ours = {(c.row, c.column): c.value for row in sheet.iter_rows() for c in row if _is(c.value)}
        for place in ours.keys() | theirs.keys():
            if not _same(ours.get(place), theirs.get(place)):
                found.append(f"{sheet.title} {place}: {ours.get(place)!r} {theirs.get(place)!r}")
    return found


def _is(value: object) -> bool:
    return value not in (None, "")


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-12, abs=1e-9)
    return one == other


@needs_office
def test_recalculating_the_summary_changes_no_value(campaign, tmp_path):
    """Formulas mirror the totals exactly, over the whole catalogue and every state of a cell."""
    path = written_summary(campaign, made_up_results(campaign, seed=7), "vi", tmp_path)

    assert changed(path, recalculated(path, tmp_path)) == []


@needs_office
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_recalculating_the_summary_of_another_campaign_changes_no_value(tiny, tmp_path, seed):
    """Authorities, balances and ratios of any catalogue, not only of ours."""
    path = written_summary(tiny, made_up_results(tiny, seed), "en", tmp_path)

    assert changed(path, recalculated(path, tmp_path)) == []
