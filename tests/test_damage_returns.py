"""Whatever happens to a return on its way: a figure is read as it was, or it is not counted and told.

What is done and what must come of it stands in the tables of the three ``damage_`` modules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import damage_files, damage_structure, damage_values
from tests.damage import SAME, Damage, Pages, Place, inflict, observed, pages_of, save, weigh, write_sound

WORSE_THAN_A_NOTE = {"reject_file", "reject_cell", "error", "explain"}
LEAST_KINDS = 60


def kinds(table: Sequence[Damage]) -> list[Any]:
    """Each damage as a case; one that is not reached yet must fail, with its reason."""
    return [
        pytest.param(
            one,
            id=one.name,
            marks=[pytest.mark.xfail(strict=True, reason=one.not_yet)] if one.not_yet else [],
        )
        for one in table
    ]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The sheets of a sound return."""
    return pages_of(write_sound(tmp_path_factory.mktemp("sound") / "sound.xlsx"))


@pytest.fixture(scope="module")
def before(sound: Pages, tmp_path_factory: pytest.TempPathFactory) -> dict[Place, float]:
    """The figures of the sound return, saved by another program."""
    figures, findings = observed([save(sound, tmp_path_factory.mktemp("before") / "before.xlsx")])
    assert findings == []
    return figures


def assert_as_told(damage: Damage, sound: Pages, before: Mapping[Place, float], folder: Path) -> None:
    """No figure differs; none is missing without a word; what must be told is told at its place."""
    weighed = weigh(damage, before, inflict(damage, sound, folder))
    told = [(rule, sheet, cell) for rule, _, sheet, cell in weighed.findings]

    assert weighed.wrong == {}
    for expected in damage.told:
        assert any(found[: len(expected)] == expected for found in told), (expected, told[:40])
    if damage.outcome == SAME:
        assert weighed.lost == set()
        assert [found for found in weighed.findings if found[1] in WORSE_THAN_A_NOTE] == []
    else:
        assert damage.told


def test_the_file_that_the_program_writes_reads_the_same(before, tmp_path: Path):
    """What the program saved and what another program saved of it are one return."""
    assert observed([write_sound(tmp_path / "sound.xlsx")]) == (before, [])


def test_no_two_figures_are_alike(before):
    """A figure that is taken from another cell would show; totals are sums of others."""
    assert len(set(before.values())) > 0.99 * len(before)


def test_there_are_many_kinds_of_damage():
    """Each with a name of its own."""
    names = [one.name for module in (damage_structure, damage_values, damage_files) for one in module.TABLE]

    assert len(names) == len(set(names)) > LEAST_KINDS


@pytest.mark.parametrize("damage", kinds(damage_structure.TABLE))
def test_damaged_rows_columns_and_sheets(damage, sound, before, tmp_path):
    """Inserted, deleted, moved, copied, renamed, hidden; keys and codes gone or at the wrong place."""
    assert_as_told(damage, sound, before, tmp_path)


@pytest.mark.parametrize("damage", kinds(damage_values.TABLE))
def test_damaged_cells_and_texts(damage, sound, before, tmp_path):
    """Texts, signs, formulas, errors, dates, fonts; figures beside the table."""
    assert_as_told(damage, sound, before, tmp_path)


@pytest.mark.parametrize("damage", kinds(damage_files.TABLE))
def test_damaged_files_and_second_files(damage, sound, before, tmp_path):
    """Cut short, misnamed, another unit's, sent twice."""
    assert_as_told(damage, sound, before, tmp_path)
