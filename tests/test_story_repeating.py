"""A second run of the very same makes nothing again; and whatever differs, however little, is made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline import run
from tests.stories import aggregate, hashes


@dataclass
class Office:
    """A folder of returns and one of outputs; ``made`` counts the runs that wrote their outputs."""

    options: run.Options
    made: list[str] = field(default_factory=list)

    def run(self, **other: object) -> dict[str, str]:
        """One run; the hash of everything that it leaves, but for what is remembered and the register."""
        run.aggregate(replace(self.options, **other), lambda *_: None)
        found = hashes(self.options.outputs)
        return {n: code for n, code in found.items() if not n.startswith(".") and n != "so-dang-ky.csv"}

    @property
    def folder(self) -> Path:
        """That of the only run."""
        (folder,) = (path for path in (self.options.outputs / "runs").iterdir() if path.is_dir())
        return folder


@pytest.fixture
def office(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    aggregate("demo", tmp_path / "in", "--campaign", tiny_folder, "--mistakes", "0.5", "--quiet")
    here = Office(run.Options(tmp_path / "in", tmp_path / "out", tiny_folder, "en", workers=1))
    write = run.write_outputs

    def counting(*arguments: object) -> object:
        here.made.append("run")
        return write(*arguments)

    monkeypatch.setattr(run, "write_outputs", counting)
    return here


def test_a_run_of_the_same_takes_what_was_made_and_leaves_the_same_bytes(office: Office):
    """Also the folder of the run; and the summary is put in its place again if somebody has removed it."""
    first = office.run()
    (office.options.outputs / "tong-hop.xlsx").unlink()
    again = office.run()

    assert office.made == ["run"]
    assert again == first


def change_a_letter(folder: Path) -> None:
    """As somebody does who opens the summary below ``runs`` and saves it."""
    path = folder / "tong-hop.xlsx"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def take_a_copy_away(folder: Path) -> None:
    """One return copy is gone."""
    next((folder / "tra-lai").glob("*.xlsx")).unlink()


def add_a_file(folder: Path) -> None:
    """Something lies there that the run did not make."""
    (folder / "du-lieu" / "mine.csv").write_text("invented")


def spoil_the_manifest(folder: Path) -> None:
    """Cut off, as by a power cut."""
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:100])


def another_key(folder: Path) -> None:
    """Made by another program."""
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"made_from": "', '"made_from": "0'), "utf-8")


DAMAGES = (change_a_letter, take_a_copy_away, add_a_file, spoil_the_manifest, another_key)


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_as_it_was_made_is_made_anew(office: Office, damage: Callable[[Path], None]):
    """And is then what it was at first."""
    first = office.run()
    damage(office.folder)
    again = office.run()

    assert office.made == ["run", "run"]
    assert again == first


def test_a_file_that_is_passed_over_is_a_difference_though_no_figure_changes(office: Office):
    """The sheet of sources lists it; the id of the run, which stands for the returns, is the same."""
    office.run()
    (office.options.inputs / "~$NORTH.xlsx").write_bytes(b"invented")
    office.run()

    assert office.made == ["run", "run"]
    assert office.folder.is_dir()


def test_who_reads_anew_makes_anew(office: Office):
    """``--no-cache`` takes nothing from before; the bytes are the same."""
    first = office.run()
    again = office.run(is_cached=False)

    assert office.made == ["run", "run"]
    assert again == first


def test_a_run_that_lost_a_copy_is_made_again(office: Office, monkeypatch: pytest.MonkeyPatch):
    """Else a copy that could not be made once would never be made."""
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.copying._write_copy", lambda _c, _j, one, _f: failed(one.unit_id))
        office.run()
    office.run()
    office.run()

    assert office.made == ["run", "run"]
    assert list((office.folder / "tra-lai").glob("*.xlsx"))


def failed(unit_id: str) -> object:
    """What comes of a copy that could not be made."""
    from pipeline.copying import CopyDone

    return CopyDone(unit_id, "invented")
