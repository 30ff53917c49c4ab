"""The same bytes from a cluster and from addresses, whatever happens; nothing of it otherwise."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import program
from pipeline.catalogue import Campaign
from pipeline.errors import WrongUse
from pipeline.intake import Found, read_many, survey
from pipeline.reading import CacheUse, Way, brought, read_all
from pipeline.reading.batch import OTHER, kit_of, read_batch
from pipeline.uri import Remote
from tests.clusters import HAS_CLUSTER, Cluster, end, free_port, start, two_processes, wait_for_workers
from tests.sheets import drawn_return, saved
from tests.spelling import spelled
from tests.stories import Ended, aggregate, hashes

CLUSTER = ("dask", "distributed", "fsspec", "s3fs")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    """One cluster for all tests here that leave it whole."""
    pytest.importorskip("distributed", reason=HAS_CLUSTER)
    with two_processes(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture(scope="module")
def returns(tiny_folder: Path, tmp_path_factory) -> Path:
    """Invented returns of the tiny campaign, some of them in a folder below, and a file that is none."""
    folder = tmp_path_factory.mktemp("returns") / "inputs"
    aggregate("demo", folder, "--campaign", tiny_folder, "--quiet")
    (folder / "below").mkdir()
    shutil.move(folder / "NORTH.xlsx", folder / "below" / "Bắc (1).xlsx")
    (folder / "bad.xlsx").write_bytes(b"invented")
    return folder


def run(tiny_folder: Path, outputs: Path, *options: str | Path) -> Ended:
    places = ("--campaign", tiny_folder, "--outputs", outputs, "--no-cache", "--workers", "1", "--lang", "en")
    return aggregate(*places, *options)


@pytest.fixture(scope="module")
def local(tiny_folder: Path, returns: Path) -> Path:
    """The outputs of a run on this machine alone."""
    outputs = returns.parent / "local"
    assert run(tiny_folder, outputs, "--inputs", returns).status == 3
    return outputs


def test_nothing_of_a_cluster_is_loaded_without_one(tiny_folder: Path, returns: Path):
    """Whoever does not use it need not have it."""
    options = [
        "--campaign",
        str(tiny_folder),
        "--inputs",
        str(returns),
        "--outputs",
        str(returns.parent / "plain"),
    ]
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        f"sys.argv = ['aggregate', '--workers', '1', '--quiet', *{options!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('loaded', *{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())

    assert "pandas" in loaded
    assert loaded.isdisjoint({*CLUSTER, "moto", "boto3", "botocore", "aiobotocore", "tornado"})


def test_a_cluster_gives_the_same_bytes(cluster: Cluster, tiny_folder: Path, returns: Path, local: Path):
    """Files, bad ones too, travel to the processes of the cluster and come back read."""
    outputs = returns.parent / "by-cluster"
    ended = run(tiny_folder, outputs, "--inputs", returns, "--scheduler", cluster.address)

    assert ended.status == 3
    assert hashes(outputs) == hashes(local)


def test_the_cluster_reads_and_not_this_machine(
    cluster: Cluster, tiny: Campaign, returns: Path, tmp_path: Path, monkeypatch
):
    """No process is started here when the cluster answers for every file."""
    monkeypatch.setattr("pipeline.intake.many._pool", None)
    found = [one for one in survey(returns) if not one.passed_over]
    read = read_all(found, tiny, Way(1, tmp_path, CacheUse.NONE, cluster.address), silent)

    assert [one.file for one in read] == [one.file for one in found]
    assert sum(bool(one.sheets) for one in read) == len(found) - 1


def silent(done: int, count: int) -> None:
    """Nobody hears of the progress."""


def test_a_killed_process_costs_nothing_but_time(
    cluster: Cluster, tiny: Campaign, tiny_folder, tmp_path: Path
):
    """One of two dies in the middle; all files are read, in order."""
    files = [
        saved(drawn_return(tiny, unit, {("V_ALL|P", "P21"): number}), tmp_path / f"{number:02}.xlsx")
        for number, unit in enumerate(["NORTH", "SOUTH"] * 10)
    ]
    told: list[int] = []

    def kill(done: int, count: int) -> None:
        told.append(done)
        if done and cluster.workers[0].poll() is None:
            os.kill(cluster.workers[0].pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

    read = read_all(files, tiny, Way(1, tmp_path, CacheUse.NONE, cluster.address), kill)

    assert told == list(range(21))
    assert cluster.workers[0].wait() != 0
    assert [spelled(one) for one in read] == [spelled(one) for one in read_many(files, tiny_folder, 1)]


def test_a_scheduler_that_dies_costs_nothing_but_time(
    tiny: Campaign, tiny_folder, tmp_path: Path, monkeypatch
):
    """The rest is read on this machine."""
    pytest.importorskip("distributed", reason=HAS_CLUSTER)
    monkeypatch.setattr("pipeline.reading.cluster._TO_ANSWER", 3.0)
    monkeypatch.setattr("pipeline.reading.cluster._LARGEST_BATCH", 1)
    files = [saved(drawn_return(tiny, "NORTH"), tmp_path / f"{number}.xlsx") for number in range(8)]
    port = str(free_port())
    address = f"tcp://127.0.0.1:{port}"
    scheduler = start(tmp_path, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    worker = start(tmp_path, "worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
    told: list[int] = []

    def kill(done: int, count: int) -> None:
        told.append(done)
        if done:
            scheduler.kill()

    try:
        wait_for_workers(address, 1)
        read = read_all(files, tiny, Way(1, tmp_path, CacheUse.NONE, address), kill)
    finally:
        scheduler.kill()
        scheduler.wait()
        end(worker)

    assert told == list(range(9))
    assert [spelled(one) for one in read] == [spelled(one) for one in read_many(files, tiny_folder, 1)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_hostile_file_costs_itself_alone_on_a_cluster(tiny: Campaign, tmp_path: Path, monkeypatch):
    """A batch is read in a process with limits of its own: whoever is killed there is told by name."""
    good = saved(drawn_return(tiny, "NORTH"), tmp_path / "good.xlsx").path.read_bytes()
    shutil.copytree(program.PROGRAM, tmp_path / "p" / "pipeline", ignore=_unneeded)
    many = tmp_path / "p" / "pipeline" / "intake" / "many.py"
    deadly = '    os._exit(9) if "deadly" in found.file else None\n    return read_submission(found'
    source = many.read_text(encoding="utf-8")
    many.write_text(source.replace("    return read_submission(found", deadly), encoding="utf-8")
    monkeypatch.setattr(program, "PROGRAM", tmp_path / "p" / "pipeline")
    files = [(name, good) for name in ("a.xlsx", "deadly.xlsx", "b.xlsx")]
    read = pickle.loads(read_batch(kit_of(tiny.source), files))

    assert deadly in many.read_text(encoding="utf-8")
    assert [bool(one.sheets) for one in read] == [True, False, True]
    assert read[1].problems[0].values["reason"] == "intake.unreadable.reader_died"


_unneeded = shutil.ignore_patterns("__pycache__", "campaigns")


def test_another_program_on_the_cluster_does_not_read(tiny: Campaign):
    """Two programs may read differently."""
    from dataclasses import replace

    assert read_batch(replace(kit_of(tiny.source), program="another"), [("a.xlsx", b"x")]) == OTHER


def test_no_scheduler_is_wrong_use(tiny_folder: Path, returns: Path, tmp_path: Path, monkeypatch):
    """The message names the address."""
    pytest.importorskip("distributed", reason=HAS_CLUSTER)
    monkeypatch.setattr("pipeline.reading.cluster._TO_ANSWER", 0.5)
    from pipeline.catalogue import load_campaign

    found = [one for one in survey(returns) if not one.passed_over]
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(WrongUse) as refused:
        read_all(found, load_campaign(tiny_folder), Way(1, tmp_path, CacheUse.NONE, address), silent)

    assert refused.value.message_id == "cli.no_scheduler"
    assert refused.value.values["address"] == address


@dataclass
class Bucket:
    """A bucket of an S3 server on this machine, with the returns in it."""

    address: str
    names: list[str]


@pytest.fixture(scope="module")
def bucket(returns: Path, tmp_path_factory) -> Iterator[Bucket]:
    """The server is a thread of this process; the command reaches it over loopback."""
    pytest.importorskip("s3fs", reason=HAS_CLUSTER)
    server = pytest.importorskip("moto.server", reason="needs moto and flask")
    import s3fs

    threaded = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    threaded.start()
    host, port = threaded.get_host_and_port()
    told = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_REGION": "us-east-1",
    }
    told |= {
        "AWS_SECRET_ACCESS_KEY": "invented",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        storage = s3fs.S3FileSystem(skip_instance_cache=True)
        storage.mkdir("returns")
        names = [
            path.relative_to(returns).as_posix() for path in sorted(returns.rglob("*")) if path.is_file()
        ]
        for name in names:
            storage.put_file(str(returns / name), f"returns/2023/{name}")
        yield Bucket("s3://returns/2023", names)
    threaded.stop()


@pytest.fixture(scope="module")
def from_s3(bucket: Bucket, tiny_folder: Path, tmp_path_factory) -> Path:
    """The outputs of a run on the bucket."""
    outputs = tmp_path_factory.mktemp("s3") / "outputs"
    assert run(tiny_folder, outputs, "--inputs", bucket.address).status == 3
    return outputs


def test_inputs_in_s3_give_the_same_figures(from_s3: Path, local: Path):
    """All tables are the same bytes, file names relative to the address; only links to files are none."""
    runs = [sorted(path.name for path in outputs.glob("runs/*/")) for outputs in (from_s3, local)]

    assert hashes(from_s3 / "du-lieu") == hashes(local / "du-lieu")
    assert runs[0] == runs[1]


def test_s3_and_cluster_together_give_the_same_bytes(
    bucket: Bucket, cluster: Cluster, tiny_folder: Path, tmp_path: Path, from_s3: Path
):
    """What is fetched from the address travels on to the cluster."""
    run(tiny_folder, tmp_path / "both", "--inputs", bucket.address + "/", "--scheduler", cluster.address)

    assert hashes(tmp_path / "both") == hashes(from_s3)


def test_a_bucket_that_is_not_there_is_wrong_use(bucket: Bucket, tiny_folder: Path, tmp_path: Path):
    """The message names the address; an empty folder in a bucket is a folder without returns."""
    with pytest.raises(WrongUse) as refused, brought(Remote("s3://nowhere/x")):
        pass
    empty = run(tiny_folder, tmp_path, "--inputs", "s3://returns/2022")

    assert refused.value.message_id == "cli.cannot_list"
    assert refused.value.values["inputs"] == "s3://nowhere/x"
    assert empty.status == 2
    assert "s3://returns/2022" in empty.err


def test_an_address_of_a_local_file_system_is_its_folder(
    tiny_folder: Path, returns: Path, tmp_path: Path, local: Path
):
    """``file://`` needs no library, and the links are those of the folder."""
    outputs = returns.parent / "by-address"
    run(tiny_folder, outputs, "--inputs", returns.as_uri())

    assert hashes(outputs) == hashes(local)


def test_no_name_at_an_address_leads_out_of_the_folder():
    """Whatever a file is called there, it is brought or told, and nothing else of this machine is touched."""
    fsspec = pytest.importorskip("fsspec", reason=HAS_CLUSTER)
    storage = fsspec.filesystem("memory")
    names = [
        "../up.xlsx",
        "a/../../b.xlsx",
        "c\\d.xlsx",
        "e:f.xlsx",
        "nul\0.xlsx",
        "x" * 300,
        "g",
        "g/h.xlsx",
    ]
    names += ["Đơn vị %.xlsx", "..", "i/", " .xlsx", "a//b.xlsx"]
    for name in names:
        storage.store["/odd/" + name] = fsspec.implementations.memory.MemoryFile(
            storage, "/odd/" + name, b"invented"
        )
    with brought(Remote("memory://odd")) as (folder, lost):
        inside = [path for path in folder.rglob("*") if path.is_file()]
        told = {one.file for one in survey(folder)} | {one.file for one in lost}

        assert all(path.resolve().is_relative_to(folder.resolve()) for path in inside)
        assert len(told) == len(names)
        assert "Đơn vị %25.xlsx" in told
    assert not folder.exists()


def test_a_file_that_does_not_arrive_is_told(tiny: Campaign, tmp_path: Path):
    """It is refused as gone; a file that is too large is not fetched at all, and refused as too large."""
    fsspec = pytest.importorskip("fsspec", reason=HAS_CLUSTER)
    storage = fsspec.filesystem("memory")
    storage.pipe({"/some/a.xlsx": b"invented", "/some/b.xlsx": b"invented", "/some/c.xlsx": b"invented"})

    from pipeline.reading import remote

    listed = dict(remote.listing(Remote("memory://some")))
    enormous = {**listed["b.xlsx"], "size": 2**40}
    gone = {**listed["c.xlsx"], "name": "/some/not there.xlsx"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            remote, "listing", lambda _: {"a.xlsx": listed["a.xlsx"], "b.xlsx": enormous, "c.xlsx": gone}
        )
        with brought(Remote("memory://some")) as (folder, lost):
            found: list[Found] = [*survey(folder), *lost]
            read = read_all(found, tiny, Way(1, tmp_path, CacheUse.NONE), silent)

    assert [one.file for one in read] == ["a.xlsx", "b.xlsx", "c.xlsx"]
    reasons = [one.problems[0].values["reason"].rpartition(".")[2] for one in read]
    assert reasons == ["text", "too_large", "gone"]


def test_watching_an_address_sees_what_changes():
    """New, changed and gone files, by what the storage tells of them."""
    fsspec = pytest.importorskip("fsspec", reason=HAS_CLUSTER)
    from pipeline.reading import snapshot

    storage = fsspec.filesystem("memory")
    storage.pipe({"/watched/a.xlsx": b"invented", "/watched/b.xlsx": b"invented"})
    first, same = snapshot(Remote("memory://watched")), snapshot(Remote("memory://watched"))
    time.sleep(0.01)
    storage.pipe({"/watched/b.xlsx": b"Invented"})
    second = snapshot(Remote("memory://watched"))

    assert first == same
    assert {name for name in first if first[name] != second[name]} == {"b.xlsx"}
