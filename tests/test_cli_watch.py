"""``aggregate watch``: runs when returns have settled, and goes on whatever happens to a run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.cli import watch as verb
from pipeline.cli.ending import Ending, Status
from pipeline.cli.options import Common
from pipeline.errors import OutputRefused, WrongUse
from pipeline.reading import News, snapshot, watch
from pipeline.uri import Remote
from tests.stories import aggregate

A, B = {"a.xlsx": (5, 1)}, {"a.xlsx": (5, 1), "b.xlsx": (7, 2)}
LATER = {"a.xlsx": (5, 3), "b.xlsx": (7, 2)}


class Over(Exception):
    """The last look was taken."""


def watched(looks: list[dict[str, tuple[int, int]]], answers: Iterator[bool] | None = None):
    """What is done at which look, from 0; each look is taken once."""
    at = [-1]
    done: list[tuple[int, News]] = []

    def look():
        at[0] += 1
        if at[0] == len(looks):
            raise Over
        return looks[at[0]]

    def do(found: News) -> bool:
        done.append((at[0], found))
        return next(answers) if answers else True

    with pytest.raises(Over):
        watch(look, do, lambda: None)
    return done


def test_a_run_waits_until_two_looks_see_the_same():
    """A file that still grows is not read."""
    growing = {"a.xlsx": (2, 1)}

    assert watched([{}, growing, A, A, A]) == [(3, News(1, 0, 0))]


def test_each_change_is_one_run():
    """New, changed and gone files are counted; the same again is nothing."""
    assert watched([A, A, B, B, B, LATER, LATER, A, A]) == [
        (1, News(1, 0, 0)),
        (3, News(1, 0, 0)),
        (6, News(0, 1, 0)),
        (8, News(0, 1, 1)),
    ]


def test_an_empty_folder_is_waited_for():
    """Nothing is done for nothing, not even when the last file went."""
    assert watched([{}, {}, {}, A, A, {}, {}, {}]) == [(4, News(1, 0, 0))]


def test_what_was_not_done_is_tried_again():
    """At every look, until it is done; then no more."""
    assert [at for at, _ in watched([A] * 6, iter([False, False, True]))] == [1, 2, 3]


def test_temporary_files_are_no_news(tmp_path: Path):
    """What Excel lays beside an open workbook comes and goes; the list of waivers counts."""
    (tmp_path / "a.xlsx").write_bytes(b"invented")
    before = snapshot(tmp_path)
    for name in ("~$a.xlsx", ".~lock.a.xlsx#", "b.tmp", ".hidden", "README.md", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"invented")
    same = snapshot(tmp_path)
    (tmp_path / "chap-nhan.csv").write_bytes(b"finding,reason,who,date\r\n")

    assert before == same
    assert before.keys() == {"a.xlsx"}
    assert snapshot(tmp_path).keys() == {"a.xlsx", "chap-nhan.csv"}


def test_a_failed_run_is_told_once_and_watching_goes_on(
    tiny_folder: Path, tmp_path: Path, monkeypatch, capsys
):
    """A summary that is open is tried again quietly; a fault is told, and waits for the next change."""
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    (inputs / "a.xlsx").write_bytes(b"invented")
    refused = OutputRefused(tmp_path / "tong-hop.xlsx", "open elsewhere")
    failures = iter([refused, refused, ValueError("a fault"), KeyboardInterrupt()])
    sleeps: list[float] = []

    def failing(*_):
        raise next(failures)

    def sleep(seconds: float) -> None:
        sleeps.append(seconds)
        if len(sleeps) == 6:
            (inputs / "b.xlsx").write_bytes(b"invented")

    monkeypatch.setattr(verb.run, "aggregate", failing)
    end = Ending(Status.FAULT)
    common = Common(inputs, tmp_path / "outputs", tiny_folder, "en", 1, quiet=True, json=False)
    verb.watch_verb(common, 0.5, end, sleep)
    told = capsys.readouterr().err

    assert end.status is Status.DONE
    assert told.count("open elsewhere") == 1
    assert told.count("a fault") == 1
    assert "Traceback" not in told
    assert sleeps == [0.5] * 7
    assert (tmp_path / "outputs" / "loi-chuong-trinh.log").read_text(encoding="utf-8").endswith("a fault\n")


def test_an_address_that_does_not_answer_for_a_while_is_told_once(tiny_folder, tmp_path, monkeypatch, capsys):
    """When it is back, nothing has changed; one that never was there is wrong use."""
    away = WrongUse("cli.cannot_list", inputs="s3://invented", reason="no answer")
    looks = iter([A, A, away, away, A, A, KeyboardInterrupt(), away])
    runs: list[object] = []

    def look(_):
        seen = next(looks)
        if isinstance(seen, BaseException):
            raise seen
        return seen

    def ran(options, *_):
        runs.append(options)
        raise ValueError("a fault")

    monkeypatch.setattr(verb, "snapshot", look)
    monkeypatch.setattr(verb.run, "aggregate", ran)
    common = Common(Remote("s3://invented"), tmp_path, tiny_folder, "en", 1, quiet=True, json=False)
    verb.watch_verb(common, 0.5, Ending(), lambda _: None)

    assert len(runs) == 1
    assert capsys.readouterr().err.count("s3://invented cannot be looked into") == 1
    with pytest.raises(WrongUse):
        verb.watch_verb(common, 0.5, Ending(), lambda _: None)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent otherwise on Windows")
def test_the_command_watches_until_it_is_interrupted(tiny_folder: Path, tmp_path: Path):
    """A return that is put into the folder is in the summary soon after; Ctrl+C ends with status 0."""
    made, inputs, outputs = tmp_path / "made", tmp_path / "inputs", tmp_path / "outputs"
    aggregate("demo", made, "--campaign", tiny_folder, "--quiet")
    inputs.mkdir()
    options = [
        "--campaign",
        tiny_folder,
        "--inputs",
        inputs,
        "--outputs",
        outputs,
        "--workers",
        "1",
        "--lang",
        "en",
    ]
    call = [
        sys.executable,
        "-m",
        "pipeline",
        "watch",
        "--interval",
        "0.1",
        "--lang",
        "en",
        *map(str, options),
    ]
    watching = subprocess.Popen(
        call,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # tests in the background ignore it
    )
    try:
        time.sleep(0.5)
        shutil.copy(made / "NORTH.xlsx", inputs)
        wait_for(lambda: (outputs / "tong-hop.xlsx").exists(), watching)
        shutil.copy(made / "SOUTH.xlsx", inputs)
        wait_for(lambda: len(list(outputs.glob("runs/*/manifest.json"))) == 2, watching)
        time.sleep(0.5)
        watching.send_signal(signal.SIGINT)
        out, err = watching.communicate(timeout=60)
    finally:
        watching.kill()
        watching.wait()

    assert watching.returncode == 0, err
    assert out.count("tong-hop.xlsx") == 2
    assert "Traceback" not in err
    assert err.count("1 new") == 2


def wait_for(is_so, process: subprocess.Popen[str]) -> None:
    """Until something is so, for at most two minutes and as long as the process lives."""
    for _ in range(1200):
        if is_so():
            return
        assert process.poll() is None
        time.sleep(0.1)
    raise AssertionError
