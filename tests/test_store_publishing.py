"""How the files of a finished run come into their places: all or none, and none twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign
from pipeline.errors import OutputRefused
from pipeline.frames import Results
from pipeline.publishing import SUMMARY, publish_run
from pipeline.run import conclude
from pipeline.store import atomic
from pipeline.store.atomic import holds, replace_all
from tests.returns import drawn


@pytest.fixture(scope="module")
def results(tiny: Campaign) -> Results:
    """What a run found out about one return."""
    return conclude(tiny, [drawn(tiny, "DESK", rest="3")], [], ("vi", lambda *_: None))


def finished(folder: Path, **contents: bytes) -> Path:
    """The folder of a finished run: a summary, and tables with these contents."""
    (folder / "du-lieu").mkdir(parents=True)
    (folder / SUMMARY).write_bytes(b"summary")
    for name, content in contents.items():
        (folder / "du-lieu" / f"{name}.csv").write_bytes(content)
    return folder


def test_what_lies_there_already_stays_and_the_summary_is_new(
    tiny: Campaign, results: Results, tmp_path: Path
) -> None:
    """A table of the same bytes is not touched, one of the same length is replaced, as is the summary."""
    tables, files = tmp_path / "du-lieu", ("totals", "cells", "findings")
    first = finished(tmp_path / "runs" / "one", totals=b"same", cells=b"old", findings=b"short")
    publish_run(tiny, results, tmp_path, first)
    paths = [*(tables / f"{name}.csv" for name in files), tmp_path / SUMMARY]
    for path in paths:
        os.utime(path, (1, 1))
    second = finished(tmp_path / "runs" / "two", totals=b"same", cells=b"new", findings=b"longer")
    publish_run(tiny, results, tmp_path, second)

    assert [path.stat().st_mtime == 1 for path in paths] == [True, False, False, False]
    assert [path.read_bytes() for path in paths] == [b"same", b"new", b"longer", b"summary"]


def test_a_file_holds_another_only_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one that is longer or absent, nor one that differs in its last part, nor a folder."""
    monkeypatch.setattr(atomic, "_PART", 4)
    made, same, other = (tmp_path / name for name in ("made", "same", "other"))
    made.write_bytes(b"12345678")
    same.write_bytes(b"12345678")

    assert holds(same, made)
    for content in (b"12345679", b"02345678", b"1234567", b"123456789", b""):
        other.write_bytes(content)
        assert not holds(other, made)
    assert not holds(tmp_path / "absent", made)
    assert not holds(tmp_path, made)


def test_if_one_of_several_outputs_does_not_reach_the_disk_none_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are flushed before the first takes its place, though several are flushed at once."""
    paths = [tmp_path / f"{number}.txt" for number in range(20)]
    for path in paths:
        path.write_bytes(b"old")
    flush = atomic._flush

    def failing(path: Path) -> None:
        if path.read_bytes() == b"13":
            raise OSError(5, "Input/output error")
        flush(path)

    monkeypatch.setattr(atomic, "_flush", failing)
    with pytest.raises(OutputRefused) as refused:
        replace_all([(path, path.stem.encode()) for path in paths])

    assert refused.value.path == paths[13]
    assert {path.read_bytes() for path in paths} == {b"old"}
    assert len(list(tmp_path.iterdir())) == len(paths)


def test_every_output_is_on_the_disk_before_the_first_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that loses power in between has all old outputs, or new ones that are whole."""
    steps: list[str] = []
    flush, rename = os.fsync, os.replace
    monkeypatch.setattr(atomic.os, "fsync", lambda number: (flush(number), steps.append("flushed")))
    monkeypatch.setattr(atomic.os, "replace", lambda *paths: (rename(*paths), steps.append("in place")))
    replace_all([(tmp_path / f"{number}.txt", b"new") for number in range(20)])

    assert steps == ["flushed"] * 20 + ["in place"] * 20
