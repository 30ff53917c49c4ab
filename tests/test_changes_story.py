"""Every changed city figure is told, and the told parts add up to its difference: the whole campaign.

The runs were made by the real command. What changed, and on which cells each figure rests, is worked out
here a second time from the machine-readable outputs and the campaign's lists, with exact decimals.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.independent import Place, SecondOpinion
from tests.stories import Outputs, Stories, aggregate

Key = tuple[str, str, str]


@pytest.fixture(scope="module", params=[("without", "mistaken"), ("mistaken", "sound")])
def told(request: pytest.FixtureRequest, stories: Stories, tmp_path_factory) -> tuple[Any, ...]:
    """Two runs, what the command says of their differences, and the second opinion's lists."""
    old, new = (stories.ask(name) for name in request.param)
    folder = tmp_path_factory.mktemp("both")
    ids = []
    for outputs in (old, new):
        (run,) = (path for path in (outputs.folder / "runs").iterdir() if path.is_dir())
        shutil.copytree(run, folder / "runs" / run.name)
        ids.append(run.name)
    ended = aggregate("--outputs", folder, "diff", *ids, "--json")
    assert ended.status == 0
    return old, new, json.loads(ended.out), stories.lists


def key_of(row: Mapping[str, Any]) -> Key:
    return row["indicator_id"], row["level"], row["period_id"]


def counting(outputs: Outputs) -> dict[Place, Decimal]:
    return {
        (r["unit_id"], r["indicator_id"], r["level"], r["period_id"]): Decimal(repr(r["obs_value"]))
        for r in outputs.observations()
        if r["obs_value"] is not None
    }


def added(figure: Mapping[str, Any]) -> float | set[None]:
    """The parts added up; for a ratio, which does not add, what stands in their place."""
    shares = [part["share"] for part in figure["parts"]]
    return round(sum(shares), 6) if figure["is_sum"] else set(shares)


def told_sum(figure: Mapping[str, Any]) -> float | set[None]:
    return float(figure["difference"]) if figure["is_sum"] else {None}


def test_exactly_the_figures_that_differ_are_told(told) -> None:
    """In value, in n, in N or in the provisional mark; none is left out, none is told for nothing."""
    old, new, content, _ = told
    before, after = ({key_of(row): row for row in one.rows("totals")} for one in (old, new))

    assert [key_of(figure) for figure in content["figures"]] == [
        key for key, row in after.items() if row != before[key]
    ]
    assert len(content["figures"]) > 500


def test_the_parts_of_a_figure_add_up_to_its_difference(told) -> None:
    """What is not a sum (a ratio) says so; nothing is left over where lists and program are the same."""
    _, _, content, _ = told
    wrong = [
        figure
        for figure in content["figures"]
        if not figure["parts"] or figure["rest"] or figure["rest_cause"] or added(figure) != told_sum(figure)
    ]

    assert wrong == []
    assert any(not figure["is_sum"] for figure in content["figures"])


def test_each_part_is_what_the_cells_of_that_unit_changed_by(told) -> None:
    """A second opinion adds the cells under each figure, unit by unit, and finds the same parts."""
    old, new, content, lists = told
    before, after = counting(old), counting(new)
    opinion = SecondOpinion(lists, after)
    wrong = []
    for figure in content["figures"]:
        if not figure["is_sum"]:
            continue
        by_unit: dict[str, Decimal] = defaultdict(Decimal)
        for place in opinion.city(*key_of(figure)).places:
            by_unit[place[0]] += after.get(place, Decimal(0)) - before.get(place, Decimal(0))
        parts = {part["unit_id"]: round(part["share"], 6) for part in figure["parts"] if part["share"]}
        if parts != {unit: float(round(share, 6)) for unit, share in by_unit.items() if share}:
            wrong.append((figure, dict(by_unit)))

    assert wrong == []


def test_every_changed_cell_is_told_with_both_values_and_both_places(told) -> None:
    """Value or status; the old file and cell and the new ones are those of the observations."""
    old, new, content, _ = told
    names = ("unit_id", "indicator_id", "level", "period_id")
    before, after = ({tuple(r[n] for n in names): r for r in one.observations()} for one in (old, new))
    changed = {
        place
        for place, row in after.items()
        if (row["obs_value"], row["obs_status"]) != (before[place]["obs_value"], before[place]["obs_status"])
    }
    listed = {tuple(cell[n] for n in names): cell for cell in content["cells"]}

    assert changed <= listed.keys()
    assert {place for place in listed if not listed[place]["findings"]} <= changed
    for place, cell in listed.items():
        for side, row in (("old", before[place]), ("new", after[place])):
            assert (cell[f"{side}_value"], cell[f"{side}_status"]) == (row["obs_value"], row["obs_status"])
            assert (cell[f"{side}_file"], cell[f"{side}_cell"]) == (row["file"], row["cell"])


def test_the_differences_read_backwards_are_the_same_with_the_sign_turned(told, tmp_path: Path) -> None:
    """From the second run to the first everything is what it was, the other way round."""
    old, new, content, _ = told
    for outputs in (old, new):
        shutil.copytree(outputs.folder / "runs", tmp_path / "runs", dirs_exist_ok=True)
    ended = aggregate("--outputs", tmp_path, "diff", content["new_run"], content["old_run"], "--json")
    back = json.loads(ended.out)

    assert {key_of(f): f["difference"] for f in back["figures"]} == {
        key_of(f): -f["difference"] if f["difference"] else 0.0 for f in content["figures"]
    }
