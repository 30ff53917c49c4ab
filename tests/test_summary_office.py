"""The summary workbook in a real office program: recalculating it must change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.office import needs_office, recalculated
from tests.summary_results import made_up_results, written_summary


def changed(before: Path, after: Path) -> list[str]:
    """The cells whose values differ between two files, with both values."""
    old, new = (CalamineWorkbook.from_path(path) for path in (before, after))
    assert old.sheet_names == new.sheet_names
    found = []
    for name in old.sheet_names:
        ours, theirs = (_cells(book, name) for book in (old, new))
        for place in sorted(ours.keys() | theirs.keys()):
            if not _same(ours.get(place), theirs.get(place)):
                found.append(f"{name} {place}: {ours.get(place)!r} {theirs.get(place)!r}")
    return found


def _cells(book: CalamineWorkbook, name: str) -> dict[tuple[int, int], object]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {(r, c): value for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1) if value != ""}


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-12, abs=1e-9)
    return one == other


@needs_office
def test_recalculating_the_summary_changes_no_value(campaign, tmp_path):
    """Formulas mirror the totals exactly, over the whole catalogue and every state of a cell."""
    path = written_summary(campaign, made_up_results(campaign, 7), "vi", tmp_path)

    assert changed(path, recalculated(path, tmp_path)) == []


@needs_office
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_recalculating_the_summary_of_another_campaign_changes_no_value(tiny, tmp_path, seed):
    """Authorities, balances and ratios of any catalogue, not only of ours."""
    path = written_summary(tiny, made_up_results(tiny, seed), "en", tmp_path)

    assert changed(path, recalculated(path, tmp_path)) == []
