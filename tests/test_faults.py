"""Outputs appear whole or not at all, whatever happens to the program while it writes."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLER = """
import os, signal, sys
left = [int(sys.argv[1])]
def strike(step):
    def instead(*args, **options):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return step(*args, **options)
    return instead
os.replace, os.fsync, os.rename = strike(os.replace), strike(os.fsync), strike(os.rename)
sys.argv = ["aggregate", *sys.argv[2:]]
from pipeline.cli import main
main()
"""
"""Runs the command, and kills it without warning at the n-th step that makes something lasting."""


def aggregate(*arguments: str, killed_at: int = 10_000) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLER, str(killed_at), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def contents(outputs: Path) -> dict[str, str]:
    """The hash of everything that staff see (not the runs of before, not what begins with a dot)."""
    return {
        path.relative_to(outputs).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(outputs.rglob("*"))
        if path.is_file() and "runs" not in path.parts and not path.name.startswith(".")
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


def run(offices: tuple[str, Path, Path], which: int, outputs: Path, killed_at: int = 10_000):
    campaign, inputs = offices[0], offices[which]
    return aggregate(
        *("--campaign", campaign, "--inputs", str(inputs), "--outputs", str(outputs), "--quiet"),
        *("--workers", "1"),
        killed_at=killed_at,
    )


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX signal")
def test_a_run_killed_at_any_write_leaves_every_output_whole_and_the_next_run_works(offices, tmp_path: Path):
    """Each output is the old one or the new one, never a part; then one more run makes all of them new."""
    run(offices, 2, tmp_path / "new")
    new = contents(tmp_path / "new")
    killed_at, codes = 0, []
    run(offices, 1, tmp_path / "out")
    old = contents(tmp_path / "out")
    while True:
        ended = run(offices, 2, tmp_path / "out", killed_at)
        codes.append(ended.returncode)
        for name, digest in contents(tmp_path / "out").items():
            assert digest in (old.get(name), new.get(name)), (killed_at, name)
        if ended.returncode != -signal.SIGKILL:
            break
        killed_at += 1 if killed_at < 3 else 3
    left = list((tmp_path / "out").rglob(".tmp-*"))

    assert killed_at > 10
    assert codes[-1] in (0, 3)
    assert contents(tmp_path / "out") == new
    assert left == []


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
