"""What a unit gets back depends on nothing that its process wrote before."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from pipeline import copying, run
from pipeline.catalogue import Campaign
from pipeline.catalogue.load import BUILT_IN
from pipeline.demo import invent
from pipeline.forms import build_template
from pipeline.workbook import write_book
from tests.return_copies import silent

UNITS = 8
ALONE = 3
"""So many copies are made again, each in a process of its own."""


@pytest.fixture(scope="module")
def jobs(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> list[copying.CopyJob]:
    """Copies of invented returns with mistakes, several kinds of units among them, in both languages."""
    folder = tmp_path_factory.mktemp("office")
    inputs = folder / "inputs"
    inputs.mkdir()
    first_of_kind = {unit.kind: unit_id for unit_id, unit in reversed(campaign.units.items())}
    for unit_id in {*list(campaign.units)[:UNITS], *first_of_kind.values()}:
        (one,) = invent(campaign, 11, (unit_id,), 1.0)
        write_book(build_template(campaign, unit_id, one.answers), campaign.theme, inputs / f"{unit_id}.xlsx")
    options = run.Options(inputs, folder / "outputs", BUILT_IN, "vi", workers=1)
    results = run.examine(campaign, options, silent)
    found = [job for lang in ("vi", "en") for job in copying._jobs(campaign, results, folder, lang)]
    return [job for job in found if job.sent.has_copy]


def written(campaign: Campaign, jobs: Iterable[copying.CopyJob], folder: Path) -> dict[str, bytes]:
    """What this process writes, one after the other."""
    found = {}
    for number, job in enumerate(jobs):
        place = folder / f"{number}"
        assert not copying._write(campaign, job._replace(folder=place)).failure
        found.update({f"{job.lang} {path.name}": path.read_bytes() for path in place.iterdir()})
    return found


def test_copies_are_the_same_in_whatever_order_they_are_written(
    campaign: Campaign, jobs: list[copying.CopyJob], tmp_path: Path
) -> None:
    """Also where units of other kinds, and the other language, come in between."""
    forward = written(campaign, jobs, tmp_path / "forward")
    mixed = random.Random(3).sample(jobs, len(jobs))

    kinds = {campaign.units[job.sent.unit_id].kind for job in jobs}
    assert len(kinds) > 3
    assert written(campaign, mixed, tmp_path / "mixed") == forward


def test_a_copy_after_many_others_is_the_same_as_one_written_alone(
    campaign: Campaign, jobs: list[copying.CopyJob], tmp_path: Path
) -> None:
    """A process that has written nothing before comes to the same bytes."""
    many = written(campaign, jobs, tmp_path / "many")
    context = multiprocessing.get_context("spawn")
    for number, job in enumerate(random.Random(4).sample(jobs, ALONE)):
        place = tmp_path / f"alone{number}"
        with ProcessPoolExecutor(1, context, copying._load, (campaign.source,)) as pool:
            assert not pool.submit(copying._write_here, job._replace(folder=place)).result().failure
        alone = {f"{job.lang} {path.name}": path.read_bytes() for path in place.iterdir()}

        assert alone == {name: many[name] for name in alone}
        assert len(alone) == 2
