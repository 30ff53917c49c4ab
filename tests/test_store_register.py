"""The register of what came in: only added to, the same bytes where nothing is new, never lost.

All data is invented.
"""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.model import FileStatus, SourceFile
from pipeline.store.register import COLUMNS, REGISTER, added, read_register
from tests.stories import aggregate, hashes, read_csv

FIRST, LATER = date(2023, 6, 20), date(2023, 6, 27)


def source(file: str = "QH303.xlsx", status: FileStatus = FileStatus.ACCEPTED, number: int = 1) -> SourceFile:
    """A file of the inputs; its hash follows from its name."""
    digest = hashlib.sha256(file.encode("utf-8", "replace")).hexdigest()
    return SourceFile(file, "QH303", digest, 10, number, "1", status, "")


def kept(outputs: Path, *sources: SourceFile, on: date = FIRST, run_id: str = "abc") -> bytes:
    """What the register holds after a run on that day."""
    content = added(read_register(outputs), sources, run_id, on)
    (outputs / REGISTER).write_bytes(content)
    return content


def test_a_file_keeps_the_day_on_which_it_was_first_seen(tmp_path: Path) -> None:
    """A second run a week later with the same inputs changes no byte, whatever its own id."""
    before = kept(tmp_path, source(), on=FIRST)
    after = kept(tmp_path, source(), on=LATER, run_id="other")

    assert after == before
    assert read_register(tmp_path).of(source()).first.day == FIRST  # type: ignore[union-attr]


def test_a_new_decision_is_a_new_row_below_the_old_ones(tmp_path: Path) -> None:
    """What was written stays to the byte; first day and last decision are both there."""
    before = kept(tmp_path, source("a.xlsx"))
    both = (source("a.xlsx", FileStatus.SUPERSEDED), source("b.xlsx", number=2))
    after = kept(tmp_path, *both, on=LATER)
    known = read_register(tmp_path).of(source("a.xlsx"))

    assert after.startswith(before)
    assert known is not None
    assert (known.first.day, known.first.decision) == (FIRST, FileStatus.ACCEPTED)
    assert (known.last.day, known.last.decision) == (LATER, FileStatus.SUPERSEDED)
    assert [row["file"] for row in read_csv(tmp_path / REGISTER)] == ["a.xlsx", "a.xlsx", "b.xlsx"]


def test_a_changed_file_under_the_same_name_is_another_file(tmp_path: Path) -> None:
    """Its hash tells it apart, and the day on which the new content came is kept."""
    kept(tmp_path, source())
    changed = SourceFile("QH303.xlsx", "QH303", "f" * 64, 10, 2, "1", FileStatus.ACCEPTED, "")
    kept(tmp_path, changed, on=LATER)

    assert read_register(tmp_path).of(changed).first.day == LATER  # type: ignore[union-attr]
    assert len(read_csv(tmp_path / REGISTER)) == 2


def test_what_nobody_looked_into_is_not_registered(tmp_path: Path) -> None:
    """Lock files and hidden files come and go."""
    assert kept(tmp_path, source("~$QH303.xlsx", FileStatus.PASSED_OVER)) == b""


@pytest.mark.parametrize(
    "file",
    ["=cmd|'!A1.xlsx", "'=x.xlsx", "+1.xlsx", "a,b;c.xlsx", 'a"b.xlsx', "dòng\nmới.xlsx", "bad\udcff.xlsx"],
)
def test_any_name_of_a_file_is_kept_and_none_becomes_a_formula(tmp_path: Path, file: str) -> None:
    """Read back as written, added once only, and never a formula in Excel."""
    before = kept(tmp_path, source(file))
    after = kept(tmp_path, source(file), on=LATER)

    assert after == before
    assert read_register(tmp_path).of(source(file)) is not None
    assert not any(row["file"].startswith(("=", "+", "-", "@")) for row in read_csv(tmp_path / REGISTER))


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-20],
        lambda content: b"\xff\xfe" + content,
        lambda content: content.replace(b"accepted", b"angenommen"),
        lambda content: content.replace(b"2023-06-20", b"20/06/2023"),
        lambda content: content.replace(b",", b";"),
        lambda content: content + b'"open\r\n',
        lambda content: b"\0" * len(content),
        lambda content: content.replace(b"\r\n", b",x\r\n"),
    ],
)  # fmt: skip
def test_a_damaged_register_is_recognised_and_a_new_one_begins(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    """Half a row, another encoding, another separator, an unknown decision: nothing is believed."""
    content = damage(kept(tmp_path, source()))
    (tmp_path / REGISTER).write_bytes(content)
    register = read_register(tmp_path)
    fresh = added(register, [source()], "abc", LATER)

    assert register.damaged
    assert register.content == content
    assert fresh.count(b"\r\n") == 2


@pytest.fixture
def office(tiny_folder: Path, tmp_path: Path) -> list[str]:
    """The command line of an office with the tiny campaign and invented returns."""
    common = ["--campaign", str(tiny_folder), "--quiet"]
    assert aggregate("demo", tmp_path / "in", "--seed", "1", *common).status == 0
    return [*common, "--inputs", str(tmp_path / "in"), "--outputs", str(tmp_path / "out"), "--workers", "1"]


def test_a_run_keeps_the_register_and_status_shows_it_without_writing(
    office: list[str], tmp_path: Path
) -> None:
    """Every file with hash, unit, number, decision and day; a file that was taken away stays known."""
    aggregate(*office)
    rows = read_csv(tmp_path / "out" / REGISTER)
    first = sorted((tmp_path / "in").glob("*.xlsx"))[0]
    digest = hashlib.sha256(first.read_bytes()).hexdigest()
    first.rename(tmp_path / "in" / "renamed.xlsx")
    before = hashes(tmp_path / "out")
    shown = aggregate(*office, "status")
    told = json.loads(aggregate(*office, "--json", "status").out)["register"]
    today = date.today()

    assert tuple(rows[0]) == COLUMNS
    assert {row["file"] for row in rows} == {p.name for p in (tmp_path / "in").glob("*.xlsx")} - {
        "renamed.xlsx"
    } | {first.name}
    assert {row["sha256"] for row in rows if row["file"] == first.name} == {digest}
    assert hashes(tmp_path / "out") == before
    assert today.strftime("%d/%m/%Y") in shown.out
    assert "chưa vào sổ" in shown.out
    assert {one["file"] for one in told["files"] if not one["is_in_inputs"]} == {first.name}
    assert all(one["first_seen"] and one["decision"] for one in told["files"])


def test_status_needs_no_register_and_no_outputs(office: list[str], tmp_path: Path) -> None:
    """Before the first run nothing is registered, and nothing is made by asking."""
    told = json.loads(aggregate(*office, "--json", "status").out)["register"]

    assert told["files"] == []
    assert not (tmp_path / "out").exists()


def test_a_damaged_register_is_set_aside_and_told_and_the_run_goes_on(
    office: list[str], tmp_path: Path
) -> None:
    """Not a byte of it is lost, each damaged one has a name of its own, and the new one is sound."""
    path = tmp_path / "out" / REGISTER
    sound = aggregate(*office)
    for broken in (b"first", b"second"):
        path.write_bytes(broken)
        asked = aggregate(*office, "status")
        ended = aggregate(*office)

        assert REGISTER in asked.err
        assert "sổ đăng ký" in ended.err
        assert ended.status == sound.status
        assert read_csv(path)
    assert (path.with_name("so-dang-ky.hong-1.csv")).read_bytes() == b"first"
    assert (path.with_name("so-dang-ky.hong-2.csv")).read_bytes() == b"second"


def test_a_second_run_changes_neither_register_nor_anything_else(office: list[str], tmp_path: Path) -> None:
    """Same inputs, same bytes: the register says when, and still does not make a run depend on the clock."""
    aggregate(*office)
    path = tmp_path / "out" / REGISTER
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    old = [rows[0], *([("2023-06-20"), *row[1:]] for row in rows[1:])]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(old)
    before = {name: code for name, code in hashes(tmp_path / "out").items() if "thu-tu" not in name}
    aggregate(*office)
    after = {name: code for name, code in hashes(tmp_path / "out").items() if "thu-tu" not in name}

    assert after == before
