"""One run at a time writes; what a killed run left behind is gone, what it finished is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import OutputBusy, OutputRefused
from pipeline.store.atomic import UNFINISHED
from pipeline.store.session import whole_folder, writing


def test_a_second_run_is_turned_away_while_the_first_one_writes(tmp_path: Path) -> None:
    """From any other process, and it has touched nothing; when the first is done, the next may begin."""
    code = "import sys; from pathlib import Path\nfrom pipeline.store.session import writing\n"
    code += "with writing(Path(sys.argv[1])): print('in')"
    call = [sys.executable, "-c", code, str(tmp_path)]
    with writing(tmp_path):
        (tmp_path / f"{UNFINISHED}mine").write_text("half", encoding="utf-8")
        turned_away = subprocess.run(call, capture_output=True, text=True, check=False)

        assert "OutputBusy" in turned_away.stderr
        assert (tmp_path / f"{UNFINISHED}mine").exists()
    assert subprocess.run(call, capture_output=True, text=True, check=True).stdout == "in\n"


def test_the_folder_is_free_again_after_a_failure(tmp_path: Path) -> None:
    """Whatever ended the run."""

    def fail() -> None:
        with writing(tmp_path):
            raise ValueError("a bug")

    for _ in range(2):
        with pytest.raises(ValueError, match="a bug"):
            fail()


def test_a_busy_folder_is_named(tmp_path: Path) -> None:
    """So that the message can say where."""
    with writing(tmp_path), pytest.raises(OutputBusy) as refusal, writing(tmp_path):
        raise AssertionError("never reached")

    assert refusal.value.folder == tmp_path


def test_an_outputs_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "outputs").write_text("", encoding="utf-8")

    with pytest.raises(OutputRefused), writing(tmp_path / "outputs"):
        raise AssertionError("never reached")


def test_what_a_killed_run_left_unfinished_is_removed(tmp_path: Path) -> None:
    """Half files and half folders, at the top and one below; everything else stays."""
    half = (f"{UNFINISHED}a.xlsx", f"runs/{UNFINISHED}abc/x.csv", f"du-lieu/{UNFINISHED}t.csv")
    for name in (*half, "tong-hop.xlsx", "runs/abc/x.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    with writing(tmp_path):
        left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}

    assert left - {".lock"} == {"tong-hop.xlsx", "runs/abc/x.csv"}


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    """It takes the place of an earlier one of its name, of which nothing stays."""
    target = tmp_path / "runs" / "abc"
    for name in ("old.txt", "new.txt"):
        with whole_folder(target) as folder:
            (folder / name).write_text(name, encoding="utf-8")

    assert [path.name for path in target.iterdir()] == ["new.txt"]
    assert [path.name for path in target.parent.iterdir()] == ["abc"]


def test_a_folder_that_was_not_finished_never_appears(tmp_path: Path) -> None:
    """The earlier one stands, and nothing stays beside it."""
    target = tmp_path / "abc"
    target.mkdir()
    (target / "old.txt").write_text("old", encoding="utf-8")

    def fail(fault: Exception) -> None:
        with whole_folder(target) as folder:
            (folder / "half.txt").write_text("half", encoding="utf-8")
            raise fault

    with pytest.raises(OutputRefused, match="No space left"):
        fail(OSError(28, "No space left on device"))
    with pytest.raises(ValueError, match="a bug"):
        fail(ValueError("a bug"))

    assert [path.name for path in tmp_path.iterdir()] == ["abc"]
    assert [path.name for path in target.iterdir()] == ["old.txt"]
