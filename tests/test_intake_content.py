"""Files that are no readable workbook cost only themselves, and say what they are."""

from __future__ import annotations

import io
import os
import re
import zipfile

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import Found, content, package, read_submission
from pipeline.model import Submission
from tests.sheets import drawn_return, saved, with_part

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def zipped(*names: str, **texts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "invented")
        for name, text in texts.items():
            archive.writestr(name, text)
    return target.getvalue()


def reason_of(read: Submission) -> str:
    (problem,) = read.problems
    assert problem.rule_id == "FILE-UNREADABLE"
    assert not read.sheets
    return problem.values["reason"].removeprefix("intake.unreadable.")


@pytest.mark.parametrize(
    ("bytes_of_file", "reason"),
    [
        (b"", "empty"),
        (bytes(1000), "empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "pdf"),
        (rb"{\rtf1\ansi text}", "word"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image"),
        (b"  <!DOCTYPE html><html>", "html"),
        (b"\xef\xbb\xbf<table><tr><td>1</td></tr></table>", "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "xml"),
        (b'<?xml version="1.0"?><a/>', "not_a_workbook"),
        (b"Rar!\x1a\x07\x00", "archive"),
        ("Đơn vị;Số liệu\nInvented;5\n".encode(), "text"),
        ("\ufeffa\tb".encode("utf-16-le"), "text"),
        (b"\x00\x01\x02\x03\x04", "not_a_workbook"),
        (OLE + "EncryptedPackage\0".encode("utf-16-le"), "password"),
        (OLE + "Workbook\0".encode("utf-16-le"), "damaged"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "word"),
        (OLE, "not_a_workbook"),
        (zipped("[Content_Types].xml", "word/document.xml"), "word"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "not_a_workbook"),
        (zipped("xl/workbook.bin"), "damaged"),
        (zipped("reports/NORTH.xlsx"), "archive"),
        (zipped("a.txt"), "not_a_workbook"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "damaged"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "word"),
        (b"PK\x03\x04 cut off", "damaged"),
        (zipped("xl/workbook.xml"), "damaged"),
    ],
)
def test_what_is_no_workbook_says_what_it_is(tmp_path, tiny: Campaign, campaign, bytes_of_file, reason):
    """By its content, whatever its name says; the words exist in both languages and their gaps are filled."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(bytes_of_file)

    read = read_submission(Found("x.xlsx", path), tiny)

    assert reason_of(read) == reason
    assert read.size == len(bytes_of_file)
    values = read.problems[0].values
    for words in campaign.words.values():
        assert set(re.findall(r"{(\w+)}", words[values["reason"]])) <= set(values)


def test_a_workbook_under_another_name_is_read(tmp_path, tiny: Campaign):
    """The extension decides nothing."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "NORTH.dat")

    assert read_submission(found, tiny).unit_id == "NORTH"


def test_a_wrong_checksum_refuses_the_file(tmp_path, tiny: Campaign):
    """The reader of values would not notice that a digit has flipped."""
    found = saved(drawn_return(tiny, "NORTH", {("V_ALL|P", "P21"): 1234}), tmp_path / "x.xlsx")
    with zipfile.ZipFile(found.path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(found.path, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    damaged = found.path.read_bytes().replace(b"<v>1234</v>", b"<v>9234</v>")
    found.path.write_bytes(damaged)

    read = read_submission(found, tiny)

    assert reason_of(read) == "checksum"
    assert read.problems[0].values["detail"].startswith("xl/worksheets/")


def test_a_file_cut_short_is_damaged(tmp_path, tiny: Campaign):
    """As an interrupted copy leaves it."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    found.path.write_bytes(found.path.read_bytes()[:-500])

    assert reason_of(read_submission(found, tiny)) == "damaged"


def test_an_encrypted_zip_has_a_password(tmp_path, tiny: Campaign):
    """Some programs encrypt the parts and not the whole."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    raw = bytearray(found.path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    found.path.write_bytes(raw)

    assert reason_of(read_submission(found, tiny)) == "password"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path, tiny: Campaign):
    """Two readers could each see another one of them."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    with zipfile.ZipFile(found.path, "a") as archive:
        archive.writestr("XL/worksheets/sheet1.xml", "invented")

    assert reason_of(read_submission(found, tiny)) == "damaged"


def test_what_unpacks_beyond_measure_is_too_large(tmp_path, tiny: Campaign, monkeypatch):
    """A zip bomb is refused by what it declares, before anything is unpacked."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    monkeypatch.setattr(package, "MOST_UNPACKED", 1000)

    assert reason_of(read_submission(found, tiny)) == "too_large"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_document_type_is_refused(tmp_path, tiny: Campaign, part):
    """Nothing is expanded, nothing fetched."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with_part(found, part, lambda xml: xml.replace(b"?>\n", b"?>\n" + bomb, 1))

    assert reason_of(read_submission(found, tiny)) == "doctype"


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
)
def test_broken_xml_is_damage(tmp_path, tiny: Campaign, part):
    """Cut off in the middle of an element, with a right checksum."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    with_part(found, part, lambda xml: xml[: len(xml) // 2])

    assert reason_of(read_submission(found, tiny)) == "damaged"


def test_a_file_that_is_gone_says_so(tmp_path, tiny: Campaign):
    """Someone removed it between the survey and the reading."""
    assert reason_of(read_submission(Found("x.xlsx", tmp_path / "x.xlsx"), tiny)) == "gone"


@pytest.mark.parametrize(
    ("error", "reason"),
    [(PermissionError(13, "no"), "no_permission"), (OSError(5, "broken disk"), "medium")],
)
def test_a_file_that_cannot_be_opened_says_why(tmp_path, tiny: Campaign, monkeypatch, error, reason):
    """No permission, or a disk or network that fails."""

    def refuse(*_):
        raise error

    monkeypatch.setattr(os, "open", refuse)

    assert reason_of(read_submission(Found("x.xlsx", tmp_path / "x.xlsx"), tiny)) == reason


def test_a_disk_that_fails_while_reading_costs_only_the_file(tmp_path, tiny: Campaign, monkeypatch):
    """The opening went well, the reading did not."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"invented")
    fdopen = os.fdopen

    class Failing:
        def __init__(self, descriptor, mode):
            self.stream = fdopen(descriptor, mode)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.stream.close()

        def read(self, _):
            raise OSError(5, "broken disk")

    monkeypatch.setattr(os, "fdopen", Failing)

    assert reason_of(read_submission(Found("x.xlsx", path), tiny)) == "medium"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_folder_or_pipe_in_place_of_the_file_is_not_read(tmp_path, tiny: Campaign):
    """It may have been put there after the survey; a pipe would wait for ever."""
    pipe = tmp_path / "x.xlsx"
    os.mkfifo(pipe)

    assert reason_of(read_submission(Found("x.xlsx", pipe), tiny)) == "not_a_file"


def test_a_file_above_the_cap_is_not_read(tmp_path, tiny: Campaign, monkeypatch):
    """The size is looked at before the content."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(bytes(200))
    monkeypatch.setattr(content, "MOST_BYTES", 100)

    assert reason_of(read_submission(Found("x.xlsx", path), tiny)) == "too_large"


def test_a_file_that_grows_while_it_is_read_is_left_for_later(tmp_path, tiny: Campaign, monkeypatch):
    """A copy in progress must not be taken for a return."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04 half")
    fstat = os.fstat
    looks = []

    def growing(descriptor):
        if looks:
            path.write_bytes(b"PK\x03\x04 half and the other half")
        looks.append(descriptor)
        return fstat(descriptor)

    monkeypatch.setattr(os, "fstat", growing)

    assert reason_of(read_submission(Found("x.xlsx", path), tiny)) == "changing"
