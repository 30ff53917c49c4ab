"""A real cluster on this machine, over loopback only: its scheduler and processes are started by commands."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HAS_CLUSTER = "needs the extra 'cluster'"
SECONDS = 60


@dataclass
class Cluster:
    """A scheduler and two processes on this machine, started by their own commands."""

    address: str
    workers: list[subprocess.Popen[bytes]]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def two_processes(folder: Path) -> Iterator[Cluster]:
    """One of the processes has a nurse and so may not start others. All are ended by their ids."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    started = [start(folder, "scheduler", *options)]
    for nurse in ("--no-nanny", "--nanny"):
        options = [nurse, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
        started.append(start(folder, "worker", address, *options, "--local-directory", str(folder / nurse)))
    try:
        wait_for_workers(address, 2)
        yield Cluster(address, started[1:])
    finally:
        for one in reversed(started):
            end(one)


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    call, quiet = [sys.executable, "-m", "dask", *words], subprocess.DEVNULL
    return subprocess.Popen(call, cwd=folder, stdout=quiet, stderr=quiet)


def end(process: subprocess.Popen[bytes]) -> None:
    """A nurse is asked to end, so that it ends the process that it looks after, too."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for_workers(address: str, count: int) -> None:
    import distributed

    with distributed.Client(address, timeout=SECONDS, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=SECONDS)
