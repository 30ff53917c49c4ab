"""What was given back before is given back again: the same bytes, where it would come out the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pipeline import copying, repeating, run
from pipeline.catalogue import Campaign
from pipeline.catalogue.load import BUILT_IN
from tests.return_copies import Office, silent
from tests.stories import hashes

UNITS = 3
SEED = 11


@pytest.fixture(scope="module")
def first(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that has run once."""
    office = Office(campaign, tmp_path_factory.mktemp("first"))
    office.invent(SEED, UNITS, 0.9)
    office.run(whole=True)
    return office


@pytest.fixture
def office(first: Office, tmp_path: Path) -> Office:
    """The same office at a place of its own."""
    shutil.copytree(first.folder, tmp_path / "office")
    return replace(first, folder=tmp_path / "office")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The units whose files are made, not taken from an earlier run."""
    units: list[str] = []
    write = copying._write

    def noted(campaign: Campaign, job: copying.CopyJob) -> copying.CopyDone:
        units.append(job.sent.unit_id)
        return write(campaign, job)

    monkeypatch.setattr(copying, "_write", noted)
    return units


def units_of(office: Office) -> set[str]:
    return {path.stem for path in office.inputs.glob("*.xlsx")}


def the_run(office: Office) -> Path:
    (folder,) = (path.parent for path in (office.folder / "outputs" / "runs").glob("*/manifest.json"))
    return folder


def change(path: Path) -> None:
    """One more figure in a return, by hand."""
    book = openpyxl.load_workbook(path)
    sheet = next(book[name] for name in book.sheetnames if name.startswith("B"))
    cell = next(
        cell
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) and cell.value > 100
    )
    cell.value += 1
    book.save(path)


def test_a_second_run_of_the_same_makes_no_file_again(office: Office, made: list[str]) -> None:
    """All are given again, the same bytes, and the next run can rest on this one."""
    before = hashes(office.folder / "outputs" / "tra-lai")
    office.run(whole=True)
    office.run(whole=True)

    assert before
    assert hashes(office.folder / "outputs" / "tra-lai") == before
    assert hashes(the_run(office) / "tra-lai") == before
    assert made == []


def test_what_one_unit_sends_anew_makes_its_files_anew(office: Office, made: list[str]) -> None:
    """Those of all others are given again; what comes of it is what a first run makes of the same returns."""
    changed = sorted(units_of(office))[1]
    change(office.inputs / f"{changed}.xlsx")
    office.run(whole=True)
    assert made == [changed]

    given = hashes(office.folder / "outputs" / "tra-lai")
    shutil.rmtree(office.folder / "outputs")
    office.run(whole=True)
    assert hashes(office.folder / "outputs" / "tra-lai") == given
    assert set(made[1:]) == units_of(office)


def edit(office: Office) -> None:
    path = sorted((the_run(office) / "tra-lai").glob("*.xlsx"))[0]
    path.write_bytes(path.read_bytes()[:-1])


def lose(office: Office) -> None:
    sorted((the_run(office) / "tra-lai").glob("*.txt"))[0].unlink()


def spoil(office: Office) -> None:
    (the_run(office) / "manifest.json").write_text("{", encoding="utf-8")


def forge(office: Office) -> None:
    path = the_run(office) / "manifest.json"
    path.write_text(json.dumps({"outputs": ["x"], "copies": 7}), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "count"), [(edit, 1), (lose, 1), (spoil, UNITS), (forge, UNITS)], ids=lambda one: str(one)[:14]
)
def test_what_is_not_as_it_was_made_is_made_anew(
    office: Office, made: list[str], damage: Callable[[Office], None], count: int
) -> None:
    """A kept file is believed only as far as its hash goes, and a manifest only where it is sound."""
    before = hashes(office.folder / "outputs" / "tra-lai")
    damage(office)
    office.run(whole=True)

    assert len(made) == count
    assert hashes(office.folder / "outputs" / "tra-lai") == before


def test_another_program_makes_all_anew(
    office: Office, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one whose own files cannot be looked at gives nothing again, ever."""
    for room in (copying, repeating):
        monkeypatch.setattr(room, "program_digest", lambda *_: "another")
    office.run(whole=True)
    assert set(made) == units_of(office)
    for room in (copying, repeating):
        monkeypatch.setattr(room, "program_digest", lambda *_: "")
    for _ in range(2):
        made.clear()
        office.run(whole=True)
        assert set(made) == units_of(office)


def test_another_language_and_a_run_without_the_cache_make_all_anew(office: Office, made: list[str]) -> None:
    """The words differ; and who asks for everything to be read again wants everything made again."""
    options = run.Options(office.inputs, office.folder / "outputs", BUILT_IN, "en", 1)
    run.aggregate(options, silent)
    assert set(made) == units_of(office)
    made.clear()
    run.aggregate(options, silent)
    assert made == []
    run.aggregate(replace(options, is_cached=False), silent)
    assert set(made) == units_of(office)
