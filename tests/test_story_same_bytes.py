"""Same inputs, same bytes, however they were read: the whole campaign, by every way that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clusters import HAS_CLUSTER, two_processes
from tests.stories import aggregate, hashes

UNITS = "9"


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented returns with mistakes, and a file that is none."""
    folder = tmp_path_factory.mktemp("same") / "inputs"
    aggregate("demo", folder, "--units", UNITS, "--mistakes", "0.3", "--quiet")
    (folder / "bad.xlsx").write_bytes(b"invented")
    return folder


@pytest.fixture(scope="module")
def alone(returns: Path) -> dict[str, str]:
    """Read by one process, nothing remembered."""
    return made(returns, "alone", "--workers", "1", "--no-cache")


def made(returns: Path, name: str, *options: str) -> dict[str, str]:
    """The hash of everything that a run leaves, but for what it remembers and the day in the register."""
    outputs = returns.parent / name
    ended = aggregate("--inputs", returns, "--outputs", outputs, "--quiet", *options)
    assert ended.status == 3
    found = hashes(outputs)
    return {n: code for n, code in found.items() if not n.startswith(".") and n != "so-dang-ky.csv"}


def test_there_is_something_to_compare(alone: dict[str, str]):
    """Summary, appendix, tables, copies, letters, and the run with its manifest."""
    kinds = {Path(name).suffix for name in alone}

    assert kinds == {".xlsx", ".docx", ".csv", ".parquet", ".txt", ".json"}
    assert sum(name.startswith("tra-lai/") and name.endswith(".xlsx") for name in alone) > 3


def test_two_processes_give_what_one_gives(returns: Path, alone: dict[str, str]):
    """Reading and writing are shared out; nothing else is another."""
    assert made(returns, "two", "--workers", "2", "--no-cache") == alone


def test_what_is_remembered_gives_what_was_read(returns: Path, alone: dict[str, str]):
    """The first run fills the cache, the second reads nothing and makes no copy anew."""
    first = made(returns, "kept", "--workers", "2")
    again = made(returns, "kept", "--workers", "2")

    assert first == alone
    assert again == alone


def test_a_cluster_gives_what_one_process_gives(returns: Path, alone: dict[str, str], tmp_path: Path):
    """A real scheduler and two real processes, over loopback."""
    pytest.importorskip("distributed", reason=HAS_CLUSTER)
    with two_processes(tmp_path) as cluster:
        found = made(returns, "cluster", "--no-cache", "--scheduler", cluster.address)

    assert found == alone
