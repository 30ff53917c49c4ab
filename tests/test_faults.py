"""Outputs appear whole or not at all, whatever happens to the program while it writes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

DRIVER = """
import json, os, signal, sys
import pandas, pandera.pandas
import pipeline.aggregation, pipeline.summary, pipeline.validation, pipeline.workbook, pipeline.store.tables
from pipeline.cli import main

def strike(left, step):
    def instead(*args, **options):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return step(*args, **options)
    return instead

for line in sys.stdin:
    killed_at, *arguments = json.loads(line)
    child = os.fork()
    if child == 0:
        left = [killed_at]
        os.replace, os.fsync, os.rename = (strike(left, s) for s in (os.replace, os.fsync, os.rename))
        sys.argv = ["aggregate", *arguments]
        sys.stdout = open(os.devnull, "w")
        main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs the command again and again, and kills it at the n-th step that makes something lasting.

Each run is a process of its own; only what they all import is loaded once."""


REGISTER = "so-dang-ky"
"""How the names of the register, and of damaged ones, begin."""

DISK, STEP = 1024 * 1024, 32 * 1024
"""Bytes of the small disk, and how much more of it is free each time."""


def aggregate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def contents(outputs: Path) -> dict[str, str]:
    """The hash of everything that a run makes for staff: not the runs of before, nor the register."""
    made = {path.relative_to(outputs): path for path in sorted(outputs.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in made.items()
        if name.parts[0] != "runs" and not any(part.startswith((".", REGISTER)) for part in name.parts)
    }


@pytest.fixture(scope="module")
def offices(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """The tiny campaign with two sets of invented returns."""
    folder = tmp_path_factory.mktemp("faults")
    for seed in ("1", "2"):
        made = aggregate(
            "demo", str(folder / seed), "--seed", seed, "--campaign", str(tiny_folder), "--quiet"
        )
        assert made.returncode == 0, made.stderr
    return str(tiny_folder), folder / "1", folder / "2"


def asked(offices: tuple[str, Path, Path], which: int, outputs: Path) -> list[str]:
    """The command line of one run."""
    places = ["--campaign", offices[0], "--inputs", str(offices[which]), "--outputs", str(outputs)]
    return [*places, "--quiet", "--workers", "1"]


def run(offices: tuple[str, Path, Path], which: int, outputs: Path) -> subprocess.CompletedProcess[str]:
    return aggregate(*asked(offices, which, outputs))


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX signal")
def test_a_run_killed_at_any_write_leaves_every_output_whole_and_the_next_run_works(offices, tmp_path: Path):
    """Each output is the old one or the new one, never a part; then one more run makes all of them new."""
    out = tmp_path / "out"
    for folder in (out, tmp_path / "new"):  # the summary says what changed since the run before
        run(offices, 1, folder)
    run(offices, 2, tmp_path / "new")
    new, old = contents(tmp_path / "new"), contents(out)
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert driver.stdin is not None
    assert driver.stdout is not None
    killed_at, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        driver.stdin.write(json.dumps([killed_at, *asked(offices, 2, out)]) + "\n")
        driver.stdin.flush()
        code = int(driver.stdout.readline())
        for name, digest in contents(out).items():
            assert digest in (old.get(name), new.get(name)), (killed_at, name)
        killed_at += 1
    driver.stdin.close()
    driver.wait()

    assert killed_at > 30
    assert code in (0, 3)
    assert contents(out) == new
    assert [path for path in out.rglob(".tmp-*") if ".cache" not in path.parts] == []


def test_a_full_disk_leaves_the_old_outputs_and_says_so(offices, tmp_path: Path):
    """Status 5, a sentence that names the file, nothing lost, and a later run works."""
    resource = pytest.importorskip("resource", reason="file sizes cannot be limited on this system")
    outputs = tmp_path / "out"
    run(offices, 1, outputs)
    old = contents(outputs)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))

    command = [sys.executable, "-m", "pipeline", "--campaign", offices[0], "--inputs", str(offices[2])]
    ended = subprocess.run(
        [*command, "--outputs", str(outputs), "--workers", "1", "--quiet"],
        preexec_fn=little_room,
        capture_output=True,
        text=True,
        check=False,
    )
    after = contents(outputs)
    again = run(offices, 2, outputs)

    assert ended.returncode == 5, ended.stderr
    assert "Traceback" not in ended.stderr
    assert ".xlsx" in ended.stderr
    assert after == old
    assert again.returncode in (0, 3)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB of its own; the test is skipped where nobody may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_at_any_point_leaves_the_old_outputs(offices, small_disk: Path, tmp_path: Path):
    """With more and more room each time: status 5, the full disk named, every output as it was, to the
    byte, and nothing unfinished; until there is room enough and the run does its work."""
    out, ballast = small_disk / "out", small_disk / "ballast"
    new_out = tmp_path / "other" / "out"  # as far from the inputs: links in the summary are relative
    for folder in (out, new_out):  # the summary says what changed since the run before
        run(offices, 1, folder)
    run(offices, 2, new_out)
    old, new = contents(out), contents(new_out)
    room, refused = 0, 0
    ended = None
    while ended is None or ended.returncode == 5:
        ballast.unlink(missing_ok=True)
        free = shutil.disk_usage(small_disk).free
        assert room < free, "the disk is too small for the test"
        ballast.write_bytes(b"\0" * (free - room))
        ended = run(offices, 2, out)
        if ended.returncode == 5:
            assert "ổ đĩa đầy" in ended.stderr
            assert str(out) in ended.stderr
            assert "Traceback" not in ended.stderr
            assert contents(out) == old, room
            refused += 1
        room += STEP

    assert refused > 4
    assert ended.returncode in (0, 3)
    assert contents(out) == new
    assert [path for path in out.rglob("*") if path.name.startswith(".tmp-")] == []


def test_a_target_that_cannot_be_replaced_stays_as_it_is(offices, tmp_path: Path):
    """Somebody's folder stands where the summary should go: status 5, and nothing of it is touched."""
    outputs = tmp_path / "out"
    (outputs / "tong-hop.xlsx").mkdir(parents=True)
    (outputs / "tong-hop.xlsx" / "kept.txt").write_text("kept")

    ended = run(offices, 1, outputs)

    assert ended.returncode == 5
    assert "tong-hop.xlsx" in ended.stderr
    assert (outputs / "tong-hop.xlsx" / "kept.txt").read_text() == "kept"


def test_of_two_runs_at_once_one_does_the_work_and_the_other_says_so(offices, tmp_path: Path):
    """No mixture of two runs: the second touches nothing, and says what to do."""
    outputs = tmp_path / "out"
    run(offices, 1, outputs)
    holding = "import sys, time\nfrom pathlib import Path\nfrom pipeline.store.session import writing\n"
    holding += "with writing(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    holder = subprocess.Popen(
        [sys.executable, "-c", holding, str(outputs)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        old = contents(outputs)
        ended = run(offices, 2, outputs)
        after = contents(outputs)
    finally:
        holder.kill()
        holder.wait()
    time.sleep(0.05)
    again = run(offices, 2, outputs)

    assert ended.returncode == 5
    assert str(outputs) in ended.stderr
    assert after == old
    assert again.returncode in (0, 3), "a killed run does not hold the folder"
