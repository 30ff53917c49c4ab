"""Damage to a whole file, or a second file, never turns one figure into another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.damage import Damage, Pages, Place, observed, pages_of, save, write_sound
from tests.damage_files import TABLE
from tests.weighing import assert_as_told


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The sheets of a sound return."""
    return pages_of(write_sound(tmp_path_factory.mktemp("sound") / "sound.xlsx"))


@pytest.fixture(scope="module")
def before(sound: Pages, tmp_path_factory: pytest.TempPathFactory) -> dict[Place, float]:
    """The figures of the sound return."""
    figures, findings = observed([save(sound, tmp_path_factory.mktemp("before") / "before.xlsx")])
    assert findings == []
    return figures


@pytest.mark.parametrize("damage", TABLE, ids=str)
def test_damaged_files(damage: Damage, sound: Pages, before, tmp_path: Path):
    """Every figure is as before, or not counted and told at its place."""
    assert_as_told(damage, sound, before, tmp_path)
