"""A run that makes nothing for the units: the same summary figures, sooner; and what became of the copies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.stories import aggregate


@pytest.fixture(scope="module")
def runs(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """What lies in one folder of outputs after a whole run, one without returns, and a whole one again.

    By the path below the outputs; the folders of the runs and the cache left out.
    """
    folder = tmp_path_factory.mktemp("no-returns")
    aggregate("demo", folder / "in", "--campaign", tiny_folder, "--seed", "3", "--mistakes", "0.5")
    options = ("--inputs", folder / "in", "--campaign", tiny_folder, "--outputs", folder / "out", "--json")
    found = {}
    for name, more in (("whole", ()), ("without", ("--no-returns",)), ("again", ())):
        told = json.loads(aggregate(*more, *options).out)
        found[name] = {"run": told["run_id"].encode(), **_outputs(folder / "out")}
    return found


def _outputs(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: content for name, content in named.items() if not name.startswith(("runs/", "."))}


def test_the_machine_readable_files_are_the_same(runs):
    """What goes back to the units is nothing that any figure rests on."""
    tables = [{n: c for n, c in runs[r].items() if n.startswith("du-lieu/")} for r in ("whole", "without")]

    assert len(tables[0]) >= 6
    assert tables[0] == tables[1]
    assert "tong-hop.xlsx" in runs["without"]


def test_no_copy_of_an_earlier_run_stays_beside_a_summary_to_which_it_does_not_belong(runs):
    """Whoever sends an old copy asks a unit for what it may have done."""
    copies = {name: [n for n in runs[name] if n.startswith("tra-lai/")] for name in runs}

    assert any(name.endswith(".xlsx") for name in copies["whole"])
    assert copies["without"] == []


def test_the_run_has_an_id_of_its_own_so_that_nothing_of_the_whole_one_is_lost(runs):
    """The folder of a run is replaced by a run of the same id."""
    assert runs["without"]["run"] != runs["whole"]["run"] == runs["again"]["run"]


def test_the_next_whole_run_gives_the_same_bytes_as_the_first(runs):
    """Also the copies, which are taken from the last run that had any."""
    kept = {name: {n: c for n, c in runs[name].items() if "so-dang-ky" not in n} for name in runs}

    assert kept["again"] == kept["whole"]
