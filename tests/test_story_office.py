"""A real office program recalculates everything that we write: no value changes, none is an error."""

from __future__ import annotations

import shutil
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.office import needs_office, recalculated_many
from tests.stories import Stories, saved_by_office, sheet_rows


@needs_office
def test_recalculating_every_workbook_changes_no_value(stories: Stories, tmp_path: Path) -> None:
    """Summaries of returns with mistakes and with gaps, templates blank and filled: all formulas agree."""
    (tmp_path / "ours").mkdir()
    ours = {
        "summary of mistakes.xlsx": stories.ask("mistaken").summary,
        "summary of gaps.xlsx": saved_by_office(stories).summary,
        "blank district.xlsx": stories.ask("blank") / "QH304.xlsx",
        "blank authority.xlsx": stories.ask("blank") / "TTTP.xlsx",
        "filled district.xlsx": stories.ask("mistaken").inputs / "QH304.xlsx",
        "filled organisation.xlsx": stories.ask("mistaken").inputs / "HND.xlsx",
        "filled authority.xlsx": stories.ask("mistaken").inputs / "TTTP.xlsx",
    }
    paths = [Path(shutil.copyfile(path, tmp_path / "ours" / name)) for name, path in ours.items()]
    theirs = recalculated_many(paths, tmp_path / "theirs")

    assert [change for pair in zip(paths, theirs, strict=True) for change in changes(*pair)] == []


def changes(before: Path, after: Path) -> list[tuple[str, str, int, int, Any, Any]]:
    """Every cell that shows something else after recalculation, or an error; empty text shows nothing."""
    found = []
    for (name, old), (other, new) in zip_longest(sheet_rows(before), sheet_rows(after)):
        assert name == other
        for r, (was, now) in enumerate(zip_longest(old, new, fillvalue=()), start=1):
            if was == now:
                continue
            for c, (one, two) in enumerate(zip_longest(was, now), start=1):
                if not is_alike(one, two):
                    found.append((before.name, name, r, c, one, two))
    return found


def is_alike(one: Any, two: Any) -> bool:
    if isinstance(two, str) and two.startswith(("#", "Err:")):
        return False
    if isinstance(one, int | float) and isinstance(two, int | float):
        return abs(one - two) <= 1e-9 * max(1, abs(one))
    return ("" if one is None else one) == ("" if two is None else two)
