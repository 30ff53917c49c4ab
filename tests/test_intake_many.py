"""Many files, in several processes: the same result, in order, and a death costs one file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import Found, many, read_many, read_submission
from tests.sheets import drawn_return, saved

DEADLY = "deadly"


@pytest.fixture
def files(tmp_path, tiny: Campaign) -> list[Found]:
    """Ten returns and one file that is none."""
    found = [
        saved(drawn_return(tiny, unit, {("V_ALL|P", "P21"): number}), tmp_path / f"{number:02}.xlsx")
        for number, unit in enumerate(["NORTH", "SOUTH"] * 5)
    ]
    bad = tmp_path / "x.xlsx"
    bad.write_bytes(b"invented")
    return [*found, Found("x.xlsx", bad)]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_order_is_kept_whatever_the_number_of_processes(
    files, tiny: Campaign, tiny_folder: Path, workers
):
    """The same submissions as one after the other."""
    read = list(read_many(files, tiny_folder, workers))

    assert [one.file for one in read] == [one.file for one in files]
    assert repr(read) == repr([read_submission(one, tiny) for one in files])


@pytest.mark.parametrize("workers", [1, 2])
def test_no_files_are_no_work(tiny_folder: Path, workers):
    """Nothing is started for nothing."""
    assert list(read_many([], tiny_folder, workers)) == []


def dying(found: Found):
    """Stands in for a reader that a certain file kills; runs in the reading process."""
    if DEADLY in found.file:
        os._exit(1)
    return read_submission(found, many._loaded["campaign"])


@pytest.mark.parametrize("deadly", [(0,), (5,), (3, 4, 10)])
def test_the_death_of_a_process_costs_the_file_it_was_at(files, tiny_folder, monkeypatch, deadly):
    """All others are read, in order, and the one says what happened."""
    monkeypatch.setattr(many, "_read_here", dying)
    files = [Found(f"{DEADLY}-{i}" if i in deadly else f.file, f.path) for i, f in enumerate(files)]

    read = list(read_many(files, tiny_folder, 2))

    assert [one.file for one in read] == [one.file for one in files]
    died = [
        one.file
        for one in read
        for p in one.problems
        if p.values.get("reason") == "intake.unreadable.reader_died"
    ]
    assert died == [one.file for one in files if DEADLY in one.file]


def greedy(found: Found):
    """Stands in for a reader that a certain file makes ask for two GiB; runs in the reading process."""
    if DEADLY in found.file:
        try:
            bytearray(2 * many.MOST_MEMORY)
        except MemoryError:
            os._exit(2)
    return dying(found)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_reading_process_gets_no_more_memory_than_its_share(files, tiny_folder, monkeypatch):
    """Who asks for more is refused it, and the other files are read."""
    monkeypatch.setattr(many, "_read_here", greedy)
    files = [Found(f"{DEADLY}-{f.file}" if i == 2 else f.file, f.path) for i, f in enumerate(files)]

    read = list(read_many(files, tiny_folder, 1))

    assert [bool(one.sheets) for one in read] == [i != 2 and i < 10 for i in range(11)]
    assert read[2].problems[0].values["reason"] == "intake.unreadable.reader_died"


def slow(found: Found):
    """Stands in for a reader that a certain file holds up for ever; runs in the reading process."""
    while DEADLY in found.file:
        pass
    return read_submission(found, many._loaded["campaign"])


def test_a_file_that_takes_too_long_is_given_up(files, tiny_folder, monkeypatch):
    """The others are read, in order."""
    monkeypatch.setattr(many, "_read_here", slow)
    monkeypatch.setattr(many, "MOST_SECONDS", 1.0)
    files = [Found(f"{DEADLY}-{f.file}" if i == 4 else f.file, f.path) for i, f in enumerate(files)]

    read = list(read_many(files, tiny_folder, 2))

    assert [one.file for one in read] == [one.file for one in files]
    assert read[4].problems[0].values["reason"] == "intake.unreadable.too_slow"
    assert sum(bool(one.sheets) for one in read) == 9


@pytest.mark.parametrize("workers", [1, 2])
def test_this_process_never_looks_into_a_file(files, tiny_folder, monkeypatch, workers):
    """Whatever stands in a file, it meets only a process of its own."""

    def never(*_):
        raise AssertionError

    monkeypatch.setattr("pipeline.intake.submission.read_bytes", never)

    assert len(list(read_many(files, tiny_folder, workers))) == len(files)


def test_who_stops_taking_stops_the_reading(files, tiny_folder):
    """No process is left behind."""
    reading = read_many(files, tiny_folder, 2)

    assert next(reading).file == files[0].file
    reading.close()


def test_reading_processes_load_no_heavy_library():
    """They are many and small."""
    import subprocess
    import sys

    heavy = "{'pandas', 'numpy', 'openpyxl', 'pyarrow', 'pandera'}"
    code = f"import sys, pipeline.intake; print(*{heavy}.intersection(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
