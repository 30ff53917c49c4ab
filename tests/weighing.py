"""What must hold of every damaged return, however it was damaged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.damage import SAME, Damage, Pages, Place, inflict, weigh

WORSE_THAN_A_NOTE = {"reject_file", "reject_cell", "error", "explain"}


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
