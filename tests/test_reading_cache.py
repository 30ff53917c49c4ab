"""What was read before is not read again; and whatever becomes of the cache, the result is the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from pipeline import program
from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_many, read_submission
from pipeline.model import ReadProblem, Submission
from pipeline.reading import CACHE, CacheUse, Way, cache, read_all, story
from tests.material import made_material
from tests.sheets import drawn_return, saved
from tests.spelling import spelled
from tests.stories import aggregate, hashes

Read = Callable[..., list[Submission]]


def silent(done: int, count: int) -> None:
    """Nobody hears of the progress."""


@pytest.fixture
def found(tmp_path: Path, tiny: Campaign) -> list[Found]:
    """Three returns and one file that is none."""
    units = enumerate(["NORTH", "SOUTH", "ISLE"])
    files = [
        saved(drawn_return(tiny, unit, {("V_ALL|P", "P21"): n}), tmp_path / f"{unit}.xlsx")
        for n, unit in units
    ]
    (tmp_path / "bad.xlsx").write_bytes(b"invented")
    return [*files, Found("bad.xlsx", tmp_path / "bad.xlsx")]


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The names of the files that were really read."""
    names: list[str] = []

    def noting(files: Sequence[Found], *rest):
        names.extend(one.file for one in files)
        return read_many(files, *rest)

    monkeypatch.setattr(story, "read_many", noting)
    monkeypatch.setattr(cache, "program_digest", lambda: "a program")
    return names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shelf"


@pytest.fixture
def read(tiny: Campaign, folder: Path, opened: list[str]) -> Read:
    """Reads with the cache; checks that what comes out is what is read without one."""

    def reading(files: list[Found], use: CacheUse = CacheUse.KEEP, campaign: Campaign = tiny):
        opened.clear()
        submissions = read_all(files, campaign, Way(1, folder, use), silent)
        assert [spelled(one) for one in submissions] == [spelled(read_submission(one, tiny)) for one in files]
        return submissions

    return reading


def test_nothing_is_read_twice(read: Read, found: list[Found], opened: list[str], monkeypatch):
    """The second time no process is started; a file that is no return is remembered as such."""
    read(found)
    assert opened == [one.file for one in found]
    monkeypatch.setattr("pipeline.intake.many._pool", None)
    read(found[::-1])

    assert opened == []


def test_one_changed_file_is_read_alone(read: Read, found: list[Found], opened: list[str], tiny: Campaign):
    """In its place among the others."""
    read(found)
    saved(drawn_return(tiny, "SOUTH", {("V_ALL|P", "P21"): 77}), found[1].path)
    read(found)

    assert opened == [found[1].file]


def test_the_name_the_campaign_and_the_program_are_part_of_the_question(
    read: Read, found: list[Found], opened: list[str], tiny: Campaign, monkeypatch
):
    """The extension decides what is noted; another campaign or program may read otherwise."""
    from dataclasses import replace

    read(found[:1])
    other = Found("other.ods", shutil.copy(found[0].path, found[0].path.with_name("other.ods")))
    read([other])
    assert opened == [other.file]
    read(found[:1], campaign=replace(tiny, sha256="another"))
    assert opened == [found[0].file]
    monkeypatch.setattr(cache, "program_digest", lambda: "another program")
    read(found[:1])
    assert opened == [found[0].file]
    monkeypatch.setattr(cache, "program_digest", lambda: "a program")
    read(found[:1])

    assert opened == []


def test_a_program_that_is_changed_while_it_reads_keeps_nothing(
    read: Read, found: list[Found], folder: Path, monkeypatch
):
    """Nobody knows which of the two has read."""
    digests = iter("123456789")
    monkeypatch.setattr(cache, "program_digest", lambda: next(digests))
    read(found)

    assert not folder.exists()


def spoiled(content: bytes) -> list[bytes]:
    """An entry as a bad disk, a power cut or a fool may leave it."""
    flips = range(0, len(content), max(1, len(content) // 40))
    flipped = [content[:i] + bytes([content[i] ^ 1]) + content[i + 1 :] for i in flips]
    cut = [content[:i] for i in (0, 1, 8, 39, 40, 41, len(content) // 2, len(content) - 1)]
    return [*flipped, *cut, content + b"\0", bytes(len(content)), b"\x80\x04cos\nsystem\n"]


def test_a_damaged_entry_is_not_believed_and_is_replaced(
    read: Read, found: list[Found], opened: list[str], folder: Path
):
    """Whatever is wrong with it: the file is read again, and the time after it is known again."""
    read(found[:1])
    (entry,) = folder.iterdir()
    sound = entry.read_bytes()
    wrong = spoiled(sound)
    for content in wrong[:: len(wrong) // 3]:
        entry.write_bytes(content)
        read(found[:1])
        assert opened == [found[0].file]
        assert entry.read_bytes() == sound
    read(found[:1])

    assert opened == []


def test_no_damage_of_an_entry_is_missed(read: Read, found: list[Found], folder: Path, tiny: Campaign):
    """Each of the many ways to spoil it."""
    (whole,) = read(found[:1])
    (entry,) = folder.iterdir()
    for content in spoiled(entry.read_bytes()):
        entry.write_bytes(content)
        shelf = cache.open_shelf(folder, tiny.sha256)

        assert cache.take(shelf, whole.file, whole.sha256) is None


def test_an_entry_under_the_name_of_another_is_not_believed(
    read: Read, found: list[Found], opened: list[str], folder: Path
):
    """It answers another question."""
    read(found[:1])
    (first,) = folder.iterdir()
    read(found[1:2])
    (second,) = set(folder.iterdir()) - {first}
    shutil.copy(first, second)
    read(found[:2])

    assert opened == [found[1].file]


@pytest.mark.parametrize(
    "reason",
    ["changing", "no_permission", "gone", "medium", "too_slow", "reader_died", "too_much_memory", "new_one"],
)
def test_what_was_so_at_the_moment_only_is_not_remembered(reason: str):
    """The next run tries again."""
    problem = ReadProblem("FILE-UNREADABLE", values={"reason": f"intake.unreadable.{reason}"})

    assert not cache.is_lasting(Submission("a.xlsx", "5e" * 32, 5, problems=(problem,)))
    assert not cache.is_lasting(Submission("a.xlsx", "", 0))


def test_every_lasting_reason_is_one_that_the_intake_gives(campaign: Campaign):
    """A word that was renamed would be forgotten here."""
    assert set(campaign.words["vi"]) >= cache._SETTLED


@pytest.mark.parametrize("use", [CacheUse.LOOK, CacheUse.NONE])
def test_who_must_not_write_writes_nothing(read: Read, found: list[Found], folder: Path, use: CacheUse):
    """Not even a folder."""
    read(found, use)

    assert not folder.exists()


def test_without_the_cache_everything_is_read(read: Read, found: list[Found], opened: list[str]):
    """``--no-cache``."""
    read(found)
    read(found, CacheUse.NONE)

    assert opened == [one.file for one in found]


def test_a_folder_that_cannot_be_written_costs_nothing(read: Read, found: list[Found], folder: Path):
    """A file stands in its place."""
    folder.write_bytes(b"kept")
    read(found)

    assert folder.read_bytes() == b"kept"


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited on this system")
def test_a_full_disk_costs_nothing(read: Read, found: list[Found], folder: Path, monkeypatch):
    """Nothing half-written is left."""
    import resource
    import signal

    read(found[:1])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    old, limits = signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.getrlimit(resource.RLIMIT_FSIZE)

    def limited(*given):
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            return cache_keep(*given)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    cache_keep = cache.keep
    monkeypatch.setattr(story, "keep", limited)
    read(found)
    signal.signal(signal.SIGXFSZ, old)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_cache_is_bounded_and_what_was_not_used_for_longest_goes_first(
    read: Read, found: list[Found], opened: list[str], folder: Path, monkeypatch
):
    """By number, and by bytes; an entry of last week that is used today counts as of today."""
    long_ago = 1_000_000_000
    for age, one in enumerate(found[:3]):
        known = set(folder.iterdir()) if folder.exists() else set()
        read([one])
        (new,) = set(folder.iterdir()) - known
        os.utime(new, (long_ago + age, long_ago + age))
    read(found[:1])
    monkeypatch.setattr(cache, "MOST_ENTRIES", 3)
    read(found[3:])
    assert len(list(folder.iterdir())) == 2
    read([found[0], found[3]], CacheUse.LOOK)
    assert opened == []
    monkeypatch.setattr(cache, "MOST_BYTES", 1)
    read(found)

    assert list(folder.iterdir()) == []


def test_two_runs_at_once_do_not_disturb_each_other(read: Read, found: list[Found], tiny, folder: Path):
    """Each gets what it would get alone, and every entry is sound."""
    results: list[list[Submission]] = []

    def reading():
        for _ in range(3):
            submissions = read_all(found, tiny, Way(1, folder), silent)
            results.append(submissions)
            for path in list(folder.glob("*.arrow"))[:2]:
                path.unlink(missing_ok=True)

    threads = [threading.Thread(target=reading) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    read(found)

    assert len(results) == 6
    assert all([spelled(s) for s in one] == [spelled(s) for s in results[0]] for one in results)
    assert not list(folder.glob(".tmp-*"))


def test_progress_counts_every_file_once(found: list[Found], tiny: Campaign, folder: Path, opened):
    """Read before or now."""
    for _ in range(2):
        told: list[tuple[int, int]] = []
        read_all(found, tiny, Way(1, folder), lambda done, count, told=told: told.append((done, count)))

        assert told == [(done, 4) for done in range(5)]


def test_the_digest_covers_all_that_a_reading_process_loads(
    tiny_folder: Path, tiny: Campaign, tmp_path: Path
):
    """Rooms of the program and libraries, for every kind of workbook."""
    for name, content in made_material(tiny, tmp_path).content.items():
        (tmp_path / f"a.{name}").write_bytes(content)
    code = (
        "import sys, pathlib\n"
        "before = set(sys.modules)\n"
        "from pipeline.intake import read_submission, survey\n"
        "from pipeline.catalogue import load_campaign\n"
        f"campaign = load_campaign(pathlib.Path({str(tiny_folder)!r}))\n"
        f"read = [read_submission(one, campaign) for one in survey(pathlib.Path({str(tmp_path)!r}))]\n"
        "assert sum(bool(one.sheets) for one in read) >= 4, read\n"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("pipeline.")}
    tops = {name.partition(".")[0] for name in loaded} - {"pipeline"} - set(sys.stdlib_module_names)
    of = packages_distributions()
    libraries = {library.lower() for top in tops for library in of.get(top, ()) if not top.startswith("__")}

    assert rooms <= {name.removesuffix(".py") for name in program.ROOMS}
    assert libraries <= set(program.LIBRARIES)
    assert "python-calamine" in libraries


def test_a_program_of_another_letter_is_another_program(tmp_path: Path, monkeypatch):
    """Whatever its version says; and without its files nothing is known about it."""
    shutil.copytree(
        program.PROGRAM, tmp_path / "p", ignore=shutil.ignore_patterns("campaigns", "__pycache__")
    )
    here = program.program_digest()
    monkeypatch.setattr(program, "PROGRAM", tmp_path / "p")
    same = program.program_digest()
    with (tmp_path / "p" / "intake" / "letters.toml").open("a") as file:
        file.write("\n")
    other = program.program_digest()
    shutil.rmtree(tmp_path / "p")

    assert same == here
    assert other != here
    assert program.program_digest() == ""


def visible(outputs: Path) -> dict[str, str]:
    """Every output but for the cache itself."""
    return {name: code for name, code in hashes(outputs).items() if not name.startswith(CACHE)}


def test_the_command_gives_the_same_bytes_cached_and_uncached(tiny_folder: Path, tmp_path: Path):
    """First, second and uncached run of the real command; ``status`` looks, and writes nothing."""
    inputs, outputs = tmp_path / "inputs", tmp_path / "outputs"
    options = ("--campaign", tiny_folder, "--inputs", inputs, "--quiet", "--workers", "1")
    aggregate("demo", inputs, "--campaign", tiny_folder, "--quiet")
    aggregate(*options, "--outputs", outputs)
    first, entries = visible(outputs), {path.name: path.stat() for path in (outputs / CACHE).iterdir()}
    again = aggregate(*options, "--outputs", outputs)
    aggregate(*options, "--outputs", tmp_path / "other", "--no-cache")

    assert again.status in (0, 3)
    assert visible(outputs) == first
    assert visible(tmp_path / "other") == first
    written = {path.name: path.stat().st_mtime_ns for path in (outputs / CACHE).iterdir()}
    assert written == {name: told.st_mtime_ns for name, told in entries.items()}, "nothing was read again"
    assert len(entries) == len(list(inputs.glob("*.xlsx")))
    assert not (tmp_path / "other" / CACHE).exists()
