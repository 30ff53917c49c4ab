"""Run a command: how long it takes, and how much memory it and all processes that it starts hold at most."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.05
"""Seconds between two looks at the memory, at least."""

_PART = 50
"""A look at much memory takes long: of the time, no more than one in so many parts may go into looking."""


@dataclass(frozen=True)
class Ran:
    """One run. ``peak`` in MiB: the memory of all its processes together, what they share counted once."""

    seconds: float
    peak: float
    out: str
    status: int


def ran(call: Sequence[str | Path], good: Sequence[int] = (0,)) -> Ran:
    """Run to the end. Raises RuntimeError where the command ends with another status than a good one."""
    peak = [0.0]
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in call], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watching = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watching.start()
    out, error = process.communicate()
    seconds = time.perf_counter() - begin
    watching.join()
    if process.returncode not in good:
        raise RuntimeError(f"{call} ended with {process.returncode}:\n{error[-2000:]}")
    return Ran(seconds, peak[0], out, process.returncode)


def _watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    while process.poll() is None:
        begin = time.perf_counter()
        peak[0] = max(peak[0], sum(_held(pid) for pid in _tree(process.pid)) / 1024)
        time.sleep(max(EVERY, _PART * (time.perf_counter() - begin)))


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        here = waiting.pop()
        found.append(here)
        try:
            tasks = os.listdir(f"/proc/{here}/task")
            for task in tasks:
                waiting += map(int, Path(f"/proc/{here}/task/{task}/children").read_text().split())
        except OSError:
            continue
    return found


def _held(pid: int) -> float:
    """KiB of a process; of what it shares with others only its share. 0 where it has gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    except OSError:
        pass
    return 0.0
