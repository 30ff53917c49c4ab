"""Which files are there, and which are not looked into."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogue import Campaign
from pipeline.intake import survey


def made(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"invented")


def test_every_file_below_is_found_in_one_order(tmp_path):
    """Subfolders too; the order does not depend on the disk."""
    made(tmp_path, "b.xlsx", "a.xlsx", "đợt 2/c.xlsx", "a/z.pdf")

    assert [found.file for found in survey(tmp_path)] == ["a.xlsx", "a/z.pdf", "b.xlsx", "đợt 2/c.xlsx"]


def test_a_missing_folder_holds_nothing(tmp_path):
    """No folder, no files, no error."""
    assert survey(tmp_path / "none") == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("~$QH303.xlsx", "lock_file"),
        (".~lock.QH303.xlsx#", "lock_file"),
        (".DS_Store", "hidden"),
        ("x.xlsx.tmp", "temporary"),
        ("X.TMP", "temporary"),
        ("x.xlsx~", "temporary"),
        ("x.xlsx.crdownload", "temporary"),
        ("x.xlsx.part", "temporary"),
        ("Thumbs.db", "system"),
        ("desktop.ini", "system"),
        ("README.md", "read_me"),
        ("chap-nhan.csv", "waivers"),
        (".git/x.xlsx", "hidden_folder"),
        ("sub/__MACOSX/x.xlsx", "hidden_folder"),
        ("x.xlsx", ""),
        ("sub/README.md", ""),
        ("x.pdf", ""),
        ("tmp", ""),
    ],
)
def test_what_is_passed_over_says_why(tmp_path, campaign: Campaign, name, reason):
    """Nothing is left out in silence, and the reason stands in the words of both languages."""
    made(tmp_path, name)

    (found,) = survey(tmp_path)

    assert found.file == name
    assert found.passed_over == (f"intake.passed_over.{reason}" if reason else "")
    assert all(not reason or words[found.passed_over] for words in campaign.words.values())


def test_links_are_followed_only_within_the_folder(tmp_path):
    """A link out, to nowhere, to a folder or to itself is listed and not opened."""
    inside, outside = tmp_path / "inputs", tmp_path / "outside"
    made(inside, "a.xlsx", "sub/b.xlsx")
    made(outside, "secret.xlsx")
    (inside / "in.xlsx").symlink_to(inside / "a.xlsx")
    (inside / "out.xlsx").symlink_to(outside / "secret.xlsx")
    (inside / "nowhere.xlsx").symlink_to(inside / "none.xlsx")
    (inside / "loop.xlsx").symlink_to(inside / "loop.xlsx")
    (inside / "folder").symlink_to(inside / "sub")

    reasons = {found.file: found.passed_over for found in survey(inside)}

    assert reasons == {
        "a.xlsx": "",
        "sub/b.xlsx": "",
        "in.xlsx": "",
        "out.xlsx": "intake.passed_over.link",
        "nowhere.xlsx": "intake.passed_over.link",
        "loop.xlsx": "intake.passed_over.link",
        "folder": "intake.passed_over.link",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_opened(tmp_path):
    """Opening one would wait for ever."""
    os.mkfifo(tmp_path / "x.xlsx")

    (found,) = survey(tmp_path)

    assert found.passed_over == "intake.passed_over.not_a_file"


def test_a_folder_that_cannot_be_opened_is_listed(tmp_path, monkeypatch):
    """What lies in it is unknown; that must be said."""
    made(tmp_path, "a.xlsx", "closed/b.xlsx")
    scandir = os.scandir

    def refusing(folder):
        if Path(folder).name == "closed":
            raise PermissionError(13, "no permission")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)

    assert [(found.file, found.passed_over) for found in survey(tmp_path)] == [
        ("a.xlsx", ""),
        ("closed/", "intake.passed_over.closed_folder"),
    ]


def test_a_name_that_is_no_text_can_still_be_written_and_opened(tmp_path):
    """Bytes that are no UTF-8 are shown as question marks; the path stays as it is."""
    try:
        (tmp_path / os.fsdecode(b"b\xe1o c\xe1o.xlsx")).write_bytes(b"invented")
    except OSError:
        pytest.skip("this file system takes only names that are text")

    (found,) = survey(tmp_path)

    assert found.file.encode("utf-8")
    assert found.path.read_bytes() == b"invented"


@settings(deadline=None)
@given(st.lists(st.text("aăâbđeêuưyừ", min_size=1, max_size=4), max_size=6))
def test_the_order_is_that_of_composed_letters(tmp_path_factory, names):
    """A file name spelt with combining marks sorts where its composed twin does."""
    folder = tmp_path_factory.mktemp("inputs")
    for index, name in enumerate(names):
        made(folder, unicodedata.normalize("NFD" if index % 2 else "NFC", name))

    found = [unicodedata.normalize("NFC", one.file) for one in survey(folder)]

    assert found == sorted(found)
