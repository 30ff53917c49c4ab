"""What a run leaves behind: whole files or none, ids that follow from the inputs, tables that open."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.errors
import pyarrow.parquet
import pytest

from pipeline.catalogue import Campaign
from pipeline.errors import OutputRefused
from pipeline.frames import OBSERVATION_COLUMNS, Results
from pipeline.model import FileStatus, SourceFile
from pipeline.run import conclude
from pipeline.store import atomic
from pipeline.store.atomic import check_writable, replace_all, replacing
from pipeline.store.manifest import run_id_of, write_manifest
from pipeline.store.observations import observations_frame
from pipeline.store.tables import write_tables
from tests.returns import cell_of, drawn

USE = """
    | row     | P20   | P21 | P22    |
    | V_DAY P | 10    | =20 | "1.234" |
    | V_EVE P | a few | …   | "-"    |
    | V_DAY D |       | 0   | 7.5    |
"""


@pytest.fixture(scope="module")
def results(tiny: Campaign) -> Results:
    """What a run found out about two returns."""
    sent = [drawn(tiny, "NORTH", {"USE": USE}, rest="0"), drawn(tiny, "DESK", rest="3", file="sub/desk.xlsx")]
    return conclude(tiny, sent, [], ("vi", lambda *_: None))


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_output_appears_when_it_is_whole(tmp_path: Path) -> None:
    """The folder is made; while it is being written, the old file stands."""
    target = tmp_path / "new" / "out.txt"
    with replacing(target) as path:
        path.write_text("one", encoding="utf-8")
    with replacing(target) as path:
        path.write_text("two", encoding="utf-8")

        assert target.read_text(encoding="utf-8") == "one"
        assert path.suffix == ".txt"

    assert target.read_text(encoding="utf-8") == "two"
    assert _left(target.parent) == ["out.txt"]


@pytest.mark.parametrize("fault", [ValueError("a bug"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, fault: BaseException) -> None:
    """Half a file is never seen, and no temporary one stays behind."""
    target = tmp_path / "out.txt"
    target.write_text("old", encoding="utf-8")

    def write_half() -> None:
        with replacing(target) as path:
            path.write_text("half", encoding="utf-8")
            raise fault

    with pytest.raises(type(fault)):
        write_half()
    assert target.read_text(encoding="utf-8") == "old"
    assert _left(tmp_path) == ["out.txt"]


def test_a_full_disk_is_told_as_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    """Whatever the system complains of while writing, the old file stands."""
    target = tmp_path / "out.txt"
    target.write_text("old", encoding="utf-8")

    with pytest.raises(OutputRefused) as refusal, replacing(target):
        raise OSError(28, "No space left on device")

    assert refusal.value.path == target
    assert "No space left" in refusal.value.reason
    assert target.read_text(encoding="utf-8") == "old"
    assert _left(tmp_path) == ["out.txt"]


def test_a_folder_in_the_place_of_an_output_is_left_alone(tmp_path: Path) -> None:
    """It is refused before any work, and again when the file would be put in its place."""
    target = tmp_path / "out.xlsx"
    target.mkdir()

    with pytest.raises(OutputRefused):
        check_writable(target)
    with pytest.raises(OutputRefused), replacing(target) as path:
        path.write_text("new", encoding="utf-8")
    assert target.is_dir()
    assert _left(tmp_path) == ["out.xlsx"]


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    """The outputs folder cannot be made where a file has its name."""
    (tmp_path / "outputs").write_text("a file", encoding="utf-8")

    with pytest.raises(OutputRefused):
        check_writable(tmp_path / "outputs" / "out.xlsx")
    with pytest.raises(OutputRefused), replacing(tmp_path / "outputs" / "out.xlsx"):
        raise AssertionError("never reached")


def test_an_output_that_another_program_holds_open_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Excel on Windows does: the rename fails, and the old file stands."""
    target = tmp_path / "out.xlsx"
    target.write_text("old", encoding="utf-8")

    def locked(*_: object) -> None:
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(atomic.os, "replace", locked)
    with pytest.raises(OutputRefused, match="cannot access"), replacing(target) as path:
        path.write_text("new", encoding="utf-8")

    assert target.read_text(encoding="utf-8") == "old"
    assert _left(tmp_path) == ["out.xlsx"]


def test_asking_whether_an_output_can_be_written_changes_nothing(tmp_path: Path) -> None:
    """Neither a file that is there, nor the folder."""
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    check_writable(target)
    check_writable(tmp_path / "other.xlsx")

    assert target.read_bytes() == b"old"
    assert _left(tmp_path) == ["out.xlsx"]


def test_colleagues_can_read_an_output(tmp_path: Path) -> None:
    """A temporary file is its owner's alone; what comes of it has the rights of any new file."""
    (tmp_path / "plain.txt").write_text("", encoding="utf-8")
    with replacing(tmp_path / "out.txt") as path:
        path.write_text("", encoding="utf-8")
    modes = {stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("plain.txt", "out.txt")}

    assert len(modes) == 1


FILES = [("a.xlsx", "1" * 64), ("b.xlsx", "2" * 64), ("sub/a.xlsx", "3" * 64)]


def test_a_run_is_known_by_its_inputs_in_any_order() -> None:
    """The same files, campaign, program and language make the same run."""
    ids = {run_id_of(order, "c", "1.0", "vi") for order in itertools.permutations(FILES)}

    assert len(ids) == 1
    assert all(len(run_id) == 12 and int(run_id, 16) >= 0 for run_id in ids)


def test_whatever_changes_makes_another_run() -> None:
    """A name, a content, two contents changing names, a file more or less, campaign, program, language."""
    renamed = [("c.xlsx", FILES[0][1]), *FILES[1:]]
    edited = [("a.xlsx", "9" * 64), *FILES[1:]]
    swapped = [("a.xlsx", "2" * 64), ("b.xlsx", "1" * 64), FILES[2]]
    ids = [run_id_of(files, "c", "1.0", "vi") for files in (FILES, renamed, edited, swapped, FILES[:2], [])]
    ids += [run_id_of(FILES, *rest) for rest in (("d", "1.0", "vi"), ("c", "1.1", "vi"), ("c", "1.0", "en"))]

    assert len(set(ids)) == len(ids)


def test_the_manifest_names_every_source_and_hashes_every_output(tmp_path: Path) -> None:
    """It says what was made of what, without a date, and lists everything but itself."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_bytes(b"b")
    source = SourceFile("bản 1.xlsx", "NORTH", "0" * 64, 7, 1, "7", FileStatus.ACCEPTED, "")
    for _ in range(2):
        made = write_manifest(tmp_path, {"run_id": "abc"}, [source])
    content = json.loads(made.read_text(encoding="utf-8"))

    assert content["run_id"] == "abc"
    assert content["outputs"] == {"sub/b.txt": hashlib.sha256(b"b").hexdigest()}
    assert content["sources"][0]["file"] == "bản 1.xlsx"
    assert content["sources"][0]["status"] == "accepted"


def test_finished_outputs_are_put_in_their_places(tmp_path: Path) -> None:
    """Files are copied, so that the run keeps its own; contents are written."""
    made = tmp_path / "runs" / "one.txt"
    made.parent.mkdir()
    made.write_bytes(b"one")
    replace_all([(tmp_path / "latest" / "one.txt", made), (tmp_path / "two.txt", b"two")])

    assert (tmp_path / "latest" / "one.txt").read_bytes() == made.read_bytes() == b"one"
    assert (tmp_path / "two.txt").read_bytes() == b"two"


def test_if_one_of_several_outputs_cannot_be_replaced_none_is(tmp_path: Path) -> None:
    """Old and new ones never stand side by side because the last of them had no room."""
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_bytes(b"old")
    second.mkdir()

    with pytest.raises(OutputRefused) as refused:
        replace_all([(first, b"new"), (second, b"new")])

    assert refused.value.path == second
    assert first.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.txt", "second.txt"]


def test_observations_are_one_row_per_cell_that_is_asked(
    tiny: Campaign, results: Results, tmp_path: Path
) -> None:
    """With the columns of the contract; a value exactly where it counts, a place wherever a file has one."""
    write_tables(tmp_path, results)
    frame = pd.read_parquet(tmp_path / "observations.parquet")
    names = pyarrow.parquet.read_schema(tmp_path / "observations.parquet").names
    use = frame[frame["indicator_id"].isin(["V_DAY", "V_EVE"]) & (frame["unit_id"] == "NORTH")]
    told = use[["indicator_id", "level", "period_id", "obs_value", "obs_status"]].astype(object)
    expected = [
        ["V_DAY", "P", "P20", 10.0, "A"],
        ["V_DAY", "P", "P21", 20.0, "A"],
        ["V_DAY", "P", "P22", 1234.0, "A"],
        ["V_DAY", "D", "P20", None, "O"],
        ["V_DAY", "D", "P21", 0.0, "A"],
        ["V_DAY", "D", "P22", None, "E"],
        ["V_EVE", "P", "P20", None, "E"],
        ["V_EVE", "P", "P21", None, "U"],
        ["V_EVE", "P", "P22", 0.0, "Z"],
    ]

    assert tuple(names) == OBSERVATION_COLUMNS
    assert told.where(told.notna(), None).values.tolist() == expected
    assert use["cell"].iloc[1] == cell_of(tiny, "NORTH", "V_DAY P", "P21")
    assert set(use["file"]) == {"NORTH.xlsx"}
    assert set(frame.loc[frame["unit_id"] == "DESK", "file"]) == {"sub/desk.xlsx"}
    assert set(frame.loc[frame["unit_id"] == "SOUTH", "obs_status"]) == {"O", "M"}
    assert set(frame.loc[frame["unit_id"] == "SOUTH", "cell"]) == {""}
    assert not frame.duplicated(["unit_id", "indicator_id", "level", "period_id"]).any()


def test_the_tables_open_in_excel_and_hold_plain_numbers(results: Results, tmp_path: Path) -> None:
    """UTF-8 with the mark that Excel needs; whole numbers without decimals; missing is empty, never 0."""
    made = write_tables(tmp_path, results)
    tables = {path.stem: path.read_bytes() for path in made if path.suffix == ".csv"}
    totals = list(csv.DictReader(io.StringIO(tables["totals"].decode("utf-8-sig"))))
    value = {(r["indicator_id"], r["level"], r["period_id"]): r["obs_value"] for r in totals}

    assert set(tables) == {"totals", "findings", "reconciliation", "unit_totals", "form_status", "cells"}
    assert all(content.startswith(b"\xef\xbb\xbf") for content in tables.values())
    assert all(content.count(b"\n") == content.count(b"\r\n") for content in tables.values())
    assert value["V_DAY", "P", "P22"] == "1234"
    assert value["V_DAY", "D", "P20"] == ""
    assert value["V_DAY", "D", "P21"] == "0"
    assert "«a few»" in tables["findings"].decode("utf-8-sig")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|'/c calc'!A0", "'+cmd|'/c calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+2", "'-1+2"),
        ("-1-2", "'-1-2"),
        ("\t=1", "'\t=1"),
        ("-5", "-5"),
        ("-1.234,5", "-1.234,5"),
        ("-", "-"),
        ("a few", "a few"),
        ("", ""),
    ],
)
def test_what_a_unit_wrote_is_no_formula_in_a_table(
    text: str, written: str, results: Results, tmp_path: Path
) -> None:
    """Text that a spreadsheet would compute is quoted; numbers and dashes stay as they are."""
    findings = results.findings.head(1).assign(seen=text)
    write_tables(tmp_path, replace(results, findings=findings))
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)

    assert row["seen"] == written


def test_the_same_results_make_the_same_bytes(results: Results, tmp_path: Path) -> None:
    """Nothing in the tables depends on the moment."""
    first, second = (write_tables(tmp_path / name, results) for name in ("one", "two"))

    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_a_value_without_a_status_is_never_written(results: Results) -> None:
    """A number that does not count is a fault of the program, not an observation."""
    cube = results.cubes["USE"]
    broken = replace(cube, values=np.where(np.isnan(cube.values), 1.0, cube.values))

    with pytest.raises(pandera.errors.SchemaError):
        observations_frame({"USE": broken})
