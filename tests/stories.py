"""Whole stories, told once per test session with the real command, and readers of what they leave behind.

Everything that the command writes is read back with csv, openpyxl and pyarrow: no code of the program.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import openpyxl
import pyarrow.parquet

from tests.filling import Observed, fill_at_random
from tests.independent import Lists, Place, read_lists
from tests.office import saved_by_office_many

COMMAND = Path(sys.executable).with_name("aggregate")
CAMPAIGN = Path(__file__).parent.parent / "pipeline" / "campaigns" / "nq25_2023"
SEED = "7"
SHARE = "0.3"
LEFT_OUT = "QH311"
"""The unit whose return is taken away to see what changes."""
SAVED_BY_OFFICE = ("QH304", "QH318", "DU_CA", "BCS_UBND", "HND", "BD_TC", "TTTP", "SNV")
"""One unit of every kind, and the district without communes."""


@dataclass(frozen=True)
class Ended:
    """How a call of the command ended."""

    status: int
    out: str
    err: str


def aggregate(*arguments: str | Path, cwd: Path | None = None) -> Ended:
    """Run the command as staff do; neither a traceback nor a fault of the program is ever right."""
    call = [str(COMMAND), *map(str, arguments)]
    quiet = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(call, capture_output=True, text=True, cwd=cwd, env=quiet, check=False)
    if done.returncode == 1 or "Traceback" in done.stderr + done.stdout:
        raise AssertionError(f"{call} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Outputs:
    """What one run of the main job left behind."""

    inputs: Path
    folder: Path
    ended: Ended

    @property
    def summary(self) -> Path:
        """The summary workbook."""
        return self.folder / "tong-hop.xlsx"

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of one of the machine-readable CSV files."""
        return read_csv(self.folder / "du-lieu" / f"{name}.csv")

    def observations(self) -> list[dict[str, Any]]:
        """The rows of the observations."""
        return list(pyarrow.parquet.read_table(self.folder / "du-lieu" / "observations.parquet").to_pylist())

    def hashes(self) -> dict[str, str]:
        """The hash of every file below the outputs, but for the register: it alone says on which day."""
        return {name: code for name, code in hashes(self.folder).items() if name != "so-dang-ky.csv"}


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, whose first bytes must tell Excel that it is UTF-8."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder, by its relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sheet_rows(path: Path, names: list[str] | None = None) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The sheets of a workbook as saved values."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    for name in names or book.sheetnames:
        yield name, list(book[name].iter_rows(values_only=True))
    book.close()


@dataclass(frozen=True)
class Filled:
    """Templates filled at random, what each cell says, and the run over them."""

    told: dict[Place, Observed]
    outputs: Outputs


@dataclass(eq=False)
class Stories:
    """All stories of one session, told side by side as soon as the first is asked for, that one first."""

    folder: Path
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))
    told: dict[str, Future[Any]] = field(default_factory=dict)
    asking: Lock = field(default_factory=Lock)

    @property
    def lists(self) -> Lists:
        """The lists of the campaign that comes with the program."""
        return read_lists(CAMPAIGN)

    def ask(self, name: str) -> Any:
        """What came of a story; each is told once. Later ones may rest on earlier ones."""
        with self.asking:  # a story that begins at once asks for those that it rests on
            if not self.told:
                for other in dict.fromkeys((name, *_STORIES)):
                    self.told[other] = self.pool.submit(_STORIES[other], self)
        return self.told[name].result()

    def run(self, name: str, inputs: Path, *options: str) -> Outputs:
        """Do the main job on a folder, into a folder of this name."""
        target = self.folder / name
        ended = aggregate("--inputs", inputs, "--outputs", target, "--quiet", *options)
        return Outputs(inputs, target, ended)


@functools.cache
def saved_by_office(stories: Stories) -> Outputs:
    """Some of the templates filled at random, saved again by LibreOffice; all other units are missing."""
    filled = stories.ask("filled").outputs.inputs
    target = stories.folder / "saved"
    saved_by_office_many([filled / f"{unit}.xlsx" for unit in SAVED_BY_OFFICE], target)
    return stories.run("saved-out", target)


def _blank(stories: Stories) -> Path:
    """All blank workbooks."""
    target = stories.folder / "blank"
    assert aggregate("templates", "--out", target, "--quiet").status == 0
    return target


def _filled(stories: Stories) -> Filled:
    """All blank workbooks filled at random; nearly every rule is broken, every total has gaps."""
    told: dict[Place, Observed] = {}
    lists, target = stories.lists, stories.folder / "filled"
    for blank in sorted(stories.ask("blank").iterdir()):
        told |= fill_at_random(blank, target / blank.name, lists, f"random {blank.stem}")
    return Filled(told, stories.run("filled-out", target))


def _mistaken(stories: Stories) -> Outputs:
    """Invented returns of all units, with listed mistakes."""
    return stories.run("mistaken-out", _demo(stories, "mistaken", SHARE), "--workers", "2")


def _sound(stories: Stories) -> Outputs:
    """Invented returns of all units without a mistake."""
    return stories.run("sound-out", _demo(stories, "sound", "0"))


def _again(stories: Stories) -> Outputs:
    """The mistaken returns again, at another place and read in one process."""
    copy = stories.folder / "at another place" / "mistaken"
    shutil.copytree(stories.ask("mistaken").inputs, copy)
    return stories.run("at another place/again-out", copy, "--workers", "1")


def _without(stories: Stories) -> Outputs:
    """The mistaken returns but for one unit's."""
    copy = stories.folder / "without"
    shutil.copytree(stories.ask("mistaken").inputs, copy)
    (copy / f"{LEFT_OUT}.xlsx").unlink()
    return stories.run("without-out", copy)


def _demo(stories: Stories, name: str, share: str) -> Path:
    target = stories.folder / name
    ended = aggregate("demo", target, "--seed", SEED, "--units", "37", "--mistakes", share, "--quiet")
    assert ended.status == 0
    return target


_STORIES: dict[str, Callable[[Stories], Any]] = {
    "mistaken": _mistaken,
    "blank": _blank,
    "filled": _filled,
    "sound": _sound,
    "again": _again,
    "without": _without,
}
"""In an order in which each comes after those that it rests on."""
