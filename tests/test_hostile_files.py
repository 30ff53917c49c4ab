"""Some two hundred hostile and wrong files: each is refused in words or harmless, and costs itself alone."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_many, read_submission, survey
from pipeline.model import Submission
from tests import hostile_cells, hostile_others
from tests.hostile import KINDS, SAME, TOLD, Kind, Material
from tests.hostile_others import PLACES
from tests.material import SERIAL, made_material
from tests.sheets import drawn_return, saved
from tests.specimens import drawn_specimen
from tests.stories import Outputs, aggregate

assert hostile_cells
assert hostile_others
AT_LEAST = 150


@pytest.fixture(scope="session")
def material(tmp_path_factory, tiny: Campaign) -> Material:
    """One sound return in every kind of workbook."""
    return made_material(tiny, tmp_path_factory.mktemp("material"))


def put(one: Kind, material: Material, folder: Path) -> Found:
    """Make the file of one kind."""
    name = f"{one.name}.{one.extension}"
    (folder / name).write_bytes(one.make(material))
    return Found(name, folder / name)


def what_became(read: Submission, sound: Submission) -> set[str]:
    """The reason of a refusal, the ids of problems, and whether the figures are those of the sound return."""
    became = {
        p.values["reason"].removeprefix("intake.unreadable.") if p.rule_id == "FILE-UNREADABLE" else p.rule_id
        for p in read.problems
    }
    if read.sheets:
        told = any(became) or read.strays != sound.strays or said(read) != said(sound)
        became.add(SAME if said(read) == said(sound) and not read.strays else TOLD if told else SAME)
    return became


def said(read: Submission) -> list[object]:
    """Everything that the cells of the forms say."""
    return [
        (
            s.form_id,
            s.row_keys,
            s.period_ids,
            repr(s.numbers),
            repr(dict(s.texts)).replace(f"{SERIAL}", "day"),
        )
        for s in read.sheets
    ]


def test_every_hostile_file_ends_as_it_must(material, tiny: Campaign, tiny_folder: Path, tmp_path):
    """In processes of its own, in words that exist and whose gaps are filled; nothing hangs."""
    found = [put(one, material, tmp_path) for one in KINDS.values()]
    sound = read_submission(saved(drawn_specimen(tiny), tmp_path / "sound.xlsx"), tiny)

    wrong = []
    for one, read in zip(KINDS.values(), read_many(found, tiny_folder, os.cpu_count() or 1), strict=True):
        became = what_became(read, sound)
        if not became or not became <= one.outcomes:
            wrong.append((one.name, sorted(became), sorted(one.outcomes), read.problems[:1]))
        for problem in read.problems:
            for words in tiny.words.values():
                text = words.get(problem.values.get("reason", ""), "")
                assert set(re.findall(r"{(\w+)}", text)) <= set(problem.values), one.name

    assert wrong == []
    assert len(found) >= AT_LEAST


def put_place(name: str, folder: Path) -> None:
    """Put one odd thing into the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    PLACES[name][0](path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_odd_things_in_the_folder_are_passed_over_or_refused(tiny: Campaign, tmp_path):
    """Pipes, sockets, links, giants, odd names: nothing waits, nothing is followed out of the folder."""
    for name in PLACES:
        put_place(name, tmp_path)

    became = {}
    for one in survey(tmp_path):
        read = None if one.passed_over else read_submission(one, tiny)
        reason = one.passed_over if read is None else read.problems[0].values["reason"]
        became[one.file] = reason.rpartition(".")[2]

    assert set(became) == set(PLACES)
    assert {name: reason for name, reason in became.items() if reason not in PLACES[name][1].split()} == {}


def test_a_name_that_is_no_text_is_told_and_harmless(tiny: Campaign, tmp_path):
    """As an old system wrote it; the name can be written anywhere."""
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.xlsx")).write_bytes(b"invented")
    except OSError:
        pytest.skip("this file system takes only names that are text")

    (one,) = survey(tmp_path)

    assert one.file.encode()
    assert read_submission(one, tiny).problems[0].values["reason"] == "intake.unreadable.text"


def good_returns(tiny: Campaign, folder: Path) -> None:
    """Two returns whose figures must never change."""
    folder.mkdir()
    for unit, figure in (("NORTH", 4321.0), ("SOUTH", 0.25)):
        values = {("V_ALL|P", "P21"): figure, ("V_ALL|D", "P22"): 7, ("L_IN|P", "P20"): 123456789}
        saved(drawn_return(tiny, unit, values), folder / f"{unit}.xlsx")


def run(tiny_folder: Path, folder: Path) -> Outputs:
    """Do the main job with the real command."""
    target = folder.with_name(f"{folder.name}-out")
    ended = aggregate("--campaign", tiny_folder, "--inputs", folder, "--outputs", target, "--quiet")
    return Outputs(folder, target, ended)


def of_the_good(outputs: Outputs) -> list[dict[str, object]]:
    """The observations of the two sound returns."""
    return [row for row in outputs.observations() if row["unit_id"] in ("NORTH", "SOUTH")]


def test_all_hostile_files_together_change_no_figure_of_the_others(
    material, tiny: Campaign, tiny_folder: Path, tmp_path
):
    """One run of the real command over them and two sound returns: every file is told, none is lost."""
    good_returns(tiny, tmp_path / "good")
    good_returns(tiny, tmp_path / "all")
    for one in KINDS.values():
        put(one, material, tmp_path / "all")
    for name in PLACES:
        put_place(name, tmp_path / "all")

    alone, among = run(tiny_folder, tmp_path / "good"), run(tiny_folder, tmp_path / "all")

    assert among.ended.status == 3
    assert of_the_good(among) == of_the_good(alone)
    assert of_the_good(among)
    (manifest,) = (among.folder / "runs").glob("*/manifest.json")
    told = [source["file"] for source in json.loads(manifest.read_text(encoding="utf-8"))["sources"]]
    assert len(told) == len(set(told)) == len(KINDS) + len(PLACES) + 2
    assert "panicked" not in among.ended.err


def junk(folder: Path, count: int) -> list[Path]:
    """Small files of no sense, in a few folders."""
    paths = [folder / str(number % 7) / f"{number}.xlsx" for number in range(count)]
    for path in paths[:7]:
        path.parent.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(paths):
        path.write_bytes(
            (b"PK\x03\x04", b"<html>", b"a;b\n", b"%PDF", b"\x00\x01")[number % 5] + b"%d" % number
        )
    return paths


def test_thousands_of_junk_files_are_all_told(tiny_folder: Path, tmp_path):
    """Each by its own name and with a reason, and the reading ends."""
    paths = junk(tmp_path, int(os.environ.get("JUNK_FILES", "2000")))

    found = survey(tmp_path)
    read = list(read_many(found, tiny_folder, os.cpu_count() or 1))

    assert [one.file for one in read] == [one.file for one in found]
    assert len(read) == len(paths)
    assert all(problem.rule_id == "FILE-UNREADABLE" for one in read for problem in one.problems)
    assert all(one.problems and not one.sheets for one in read)
