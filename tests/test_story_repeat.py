"""Same inputs, same bytes; and what one file changes."""

from __future__ import annotations

import json

from tests.independent import SecondOpinion
from tests.stories import LEFT_OUT, Outputs, Stories
from tests.test_story_demo import counting
from tests.test_story_totals import is_same, read_coverage


def test_two_runs_give_the_same_bytes(stories: Stories) -> None:
    """Wherever the folders are and however many processes read them, every output is the same file.

    The summary's links say how the inputs lie from the outputs: that way is the same in both.
    """
    first: Outputs = stories.ask("mistaken")
    second: Outputs = stories.ask("again")

    assert first.inputs != second.inputs
    assert first.hashes() == second.hashes()


def test_the_manifest_vouches_for_every_output(stories: Stories) -> None:
    """What a run made, from what: each input and each output stands there with its hash."""
    outputs: Outputs = stories.ask("mistaken")
    (folder,) = (path for path in (outputs.folder / "runs").iterdir() if path.is_dir())
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    made = {name: code for name, code in outputs.hashes().items() if not name.startswith(("runs/", "."))}

    assert manifest["run_id"] == folder.name
    assert manifest["outputs"] == made
    assert {s["file"] for s in manifest["sources"]} >= {p.name for p in outputs.inputs.glob("*.xlsx")}


def test_removing_one_file_leaves_the_observations_of_the_others(stories: Stories) -> None:
    """One unit's cells become missing; nobody else's change."""
    before: Outputs = stories.ask("mistaken")
    after: Outputs = stories.ask("without")
    kept = [row for row in after.observations() if row["unit_id"] != LEFT_OUT]
    gone = [row for row in after.observations() if row["unit_id"] == LEFT_OUT]

    assert kept == [row for row in before.observations() if row["unit_id"] != LEFT_OUT]
    assert {(row["obs_status"], row["obs_value"], row["file"]) for row in gone} == {
        ("O", None, ""),
        ("M", None, ""),
    }


def test_removing_one_file_changes_only_the_totals_that_rest_on_it(stories: Stories) -> None:
    """A total that the unit has no part in is the same; the others lack exactly that unit."""
    lists = stories.lists
    before = {key_of(row): row for row in stories.ask("mistaken").rows("totals")}
    opinion = SecondOpinion(lists, counting(stories.ask("without")))
    touched = 0
    wrong = []
    for row in stories.ask("without").rows("totals"):
        figure = opinion.city(*key_of(row))
        is_touched = any(place[0] == LEFT_OUT for place in figure.places)
        touched += is_touched
        same = is_same(row["obs_value"], figure.value) and read_coverage(row) == opinion.counted(figure)
        if not same or (not is_touched and row != before[key_of(row)]):
            wrong.append((row, before[key_of(row)]))

    assert wrong == []
    assert 0 < touched < len(before)


def test_removing_one_file_leaves_the_errors_of_the_others(stories: Stories) -> None:
    """What is wrong in one return does not depend on another being there."""
    before, after = (
        [row for row in stories.ask(name).rows("findings") if row["rule_id"][:3] != "PL-"]
        for name in ("mistaken", "without")
    )

    assert [row for row in after if row["unit_id"] != LEFT_OUT] == [
        row for row in before if row["unit_id"] != LEFT_OUT
    ]


def key_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["indicator_id"], row["level"], row["period_id"]
