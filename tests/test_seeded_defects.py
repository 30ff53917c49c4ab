"""200 seeded defects over 30 files: every one reported once, at the right cell. All figures are invented."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.seeding import KINDS, Return, Told, open_return, seed_defects
from tests.stories import Outputs, Stories

FILES, DEFECTS, SEED = 30, 200, 2023
REFUSED = 3
"""The exit status of a run that had to refuse something."""


@dataclass(frozen=True)
class Seeded:
    """The damaged returns, what was put into them, and what the run over them newly found."""

    returns: list[Return]
    own: list[tuple[Told, str]]
    implied: list[Told]
    outputs: Outputs
    before: Counter[Told]
    after: Counter[Told]


@pytest.fixture(scope="module")
def seeded(stories: Stories) -> Seeded:
    """Sound returns, damaged at seeded places, and one job of the real command over them."""
    sound: Outputs = stories.ask("sound")
    paths = sorted(sound.inputs.glob("*.xlsx"))[:FILES]
    returns = [open_return(path, stories.lists) for path in paths]
    own, implied = seed_defects(returns, DEFECTS, random.Random(SEED))
    folder = stories.folder / "seeded"
    folder.mkdir()
    for one in returns:
        one.book.save(folder / one.file)
    outputs = stories.run("seeded-out", folder)
    files = {path.name for path in paths}
    return Seeded(returns, own, implied, outputs, _told(sound, files), _told(outputs, files))


def _told(outputs: Outputs, files: set[str]) -> Counter[Told]:
    found = outputs.rows("findings")
    return Counter((f["rule_id"], f["file"], f["sheet"], f["cell"]) for f in found if f["file"] in files)


def test_the_defects_are_many_and_of_every_kind(seeded: Seeded) -> None:
    """200 of them, no two at one place, every kind at least eight times, in every one of the 30 files."""
    places = {told for told, _ in seeded.own}
    kinds = Counter(kind for _, kind in seeded.own)

    assert len(places) == len(seeded.own) == DEFECTS
    assert kinds.keys() == KINDS.keys()
    assert min(kinds.values()) >= 8
    assert {told[1] for told in places} == {one.file for one in seeded.returns}
    assert len(seeded.returns) == FILES


def test_every_defect_is_reported_once_at_the_right_cell(seeded: Seeded) -> None:
    """Under the rule that it breaks, in its file, on its sheet, at its cell; a whole row at its cells.

    A rule that concerns several cells is told at the one that stands alone on a side of it.
    """
    wrong = [
        (kind, told, seeded.after[told] - seeded.before[told])
        for told, kind in seeded.own
        if seeded.after[told] - seeded.before[told] != 1
    ]

    assert wrong == []
    assert seeded.outputs.ended.status == REFUSED


def test_nothing_else_is_newly_found_but_what_the_defects_imply(seeded: Seeded) -> None:
    """What a defect implies: every other rule that reads a changed figure and no longer holds, every
    period of its row that has become hard to believe, and that a text was read as a number. No more."""
    expected = Counter([told for told, _ in seeded.own] + seeded.implied)
    new = seeded.after - seeded.before

    assert new - expected == Counter()
    assert expected - new == Counter()
    assert seeded.before - seeded.after == Counter()


def test_the_figures_that_count_are_those_that_still_stand(seeded: Seeded) -> None:
    """A refused or missing figure counts nowhere, nor a total that needs it; every other is as it was."""
    expected = {(one.file, *key): figure for one in seeded.returns for key, figure in one.figures.items()}
    counted = {
        (row["file"], row["indicator_id"], row["level"], row["period_id"]): row["obs_value"]
        for row in seeded.outputs.observations()
        if row["file"] and row["obs_status"] != "M"
    }
    wrong = {
        place: (figure, counted.get(place))
        for place, figure in expected.items()
        if (None if counted[place] is None else Decimal(repr(counted[place]))) != figure
    }

    assert counted.keys() == expected.keys()
    assert wrong == {}
