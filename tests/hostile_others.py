"""Files of other formats under the name of a workbook, the other kinds of workbook broken, and odd places."""

from __future__ import annotations

import os
import random
import re
import socket
from collections.abc import Callable
from pathlib import Path

from tests.hostile import Make, Material, family, kind, packed, unpacked

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _always(content: bytes) -> Make:
    return lambda _: content


for _reason, _files in {
    "empty": {"nothing_at_all": b"", "only_zeros": bytes(5000)},
    "pdf": {"pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"},
    "word": {
        "rtf": rb"{\rtf1\ansi invented}",
        "doc": OLE + bytes(600) + "WordDocument\0".encode("utf-16-le"),
    },
    "image": {"png": b"\x89PNG\r\n\x1a\n" + bytes(50), "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"},
    "html": {
        "html": b"<html><body><table><tr><td>1234</td></tr></table></body></html>",
        "html_of_excel": b'\xef\xbb\xbf<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table/>',
    },
    "xml": {
        "xml_of_excel": b'<?xml version="1.0"?><Workbook xmlns="'
        b'urn:schemas-microsoft-com:office:spreadsheet"/>'
    },
    "text": {
        "csv": "Đơn vị;Số liệu\nInvented;1.234\n".encode(),
        "tabs_in_utf_16": "\ufeffa\tb\r\n".encode("utf-16-le"),
        "json": b'{"unit": "ISLE"}',
        "mail": b"From: invented@example.invalid\r\nSubject: x\r\n\r\nattached\r\n",
    },
    "archive": {
        "rar": b"Rar!\x1a\x07\x01\x00",
        "seven_zip": b"7z\xbc\xaf\x27\x1c",
        "gzip": b"\x1f\x8b\x08\x00",
    },
    "password": {"encrypted": OLE + bytes(600) + "EncryptedPackage\0".encode("utf-16-le") + bytes(500)},
    "not_a_workbook": {
        "program": b"MZ\x90\x00\x03" + bytes(100),
        "random_bytes": b"\x01\x02" + random.Random(1).randbytes(5000),
        "old_office_of_nothing": OLE + bytes(600),
        "database": b"SQLite format 3\x00" + bytes(100),
    },
}.items():
    for _name, _content in _files.items():
        kind(_reason, "xlsx", _name)(_always(_content))


@kind("word")
def docx(_: Material) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


@kind("word")
def odt(_: Material) -> bytes:
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})


@kind("not_a_workbook")
def pptx(_: Material) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<a/>"})


for _kind in ("xls", "xlsb", "ods"):
    kind(
        "same told FILE-EXTENSION" if _kind == "xlsb" else "same FILE-EXTENSION",
        "xlsx",
        f"{_kind}_called_xlsx",
    )(lambda m, kind=_kind: m.content[kind])
    family(
        "damaged not_understood checksum not_a_workbook differs reader_died too_slow empty",
        _kind,
        {
            f"{_kind}_cut_at_{share}_percent": lambda m, kind=_kind, share=share: m.content[kind][
                : len(m.content[kind]) * share // 100
            ]
            for share in (2, 20, 50, 80, 95)
        },
    )
kind("same FILE-EXTENSION", "xls", "xlsx_called_xls")(lambda m: m.xlsx)
kind("same FILE-EXTENSION", "pdf", "xlsx_called_pdf")(lambda m: m.xlsx)

_ANY = """same told damaged not_understood differs reader_died too_slow too_much_memory far_cell
    too_many_cells twice long_text too_large not_a_workbook"""


def _blown(content: bytes, seed: int) -> bytes:
    """The content with a stretch of it replaced by noise."""
    chance = random.Random(seed)
    at = chance.randrange(512, len(content) - 64)
    return content[:at] + chance.randbytes(48) + content[at + 48 :]


family(
    f"{_ANY} password word FILE-NOT-OURS FILE-IDENTITY FILE-UNIT FILE-VERSION FILE-CAMPAIGN",
    "xls",
    {f"xls_with_noise_{seed}": lambda m, seed=seed: _blown(m.content["xls"], seed) for seed in range(8)},
)


@kind(_ANY + " not_a_workbook", "xls")
def xls_of_endless_sectors(m: Material) -> bytes:
    raw = bytearray(m.content["xls"])
    raw[512 : 512 + 400] = b"\x01\x00\x00\x00" * 100
    return bytes(raw)


def _sheets_of(m: Material, change: Callable[[bytes], bytes]) -> bytes:
    parts = unpacked(m.content["ods"])
    parts["content.xml"] = change(parts["content.xml"])
    return packed(parts)


@kind("doctype", "ods")
def ods_with_laughs(m: Material) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><office:document-content'
    return _sheets_of(m, lambda xml: xml.replace(b"<office:document-content", bomb, 1))


def _ods_cell(m: Material, attributes: bytes) -> bytes:
    cell = b'<table:table-row><table:table-cell office:value-type="float" office:value="1" ' + attributes
    return _sheets_of(
        m, lambda xml: xml.replace(b"</table:table>", cell + b"/></table:table-row></table:table>")
    )


family(
    "too_many_cells damaged",
    "ods",
    {
        "ods_repeated_columns": lambda m: _ods_cell(m, b'table:number-columns-repeated="16384000"'),
        "ods_repeated_negatively": lambda m: _ods_cell(m, b'table:number-columns-repeated="-1"'),
        "ods_repeated_for_ever": lambda m: _ods_cell(
            m, b'table:number-columns-repeated="' + b"9" * 40 + b'"'
        ),
    },
)


@kind("too_many_cells", "ods")
def ods_repeated_rows(m: Material) -> bytes:
    return _sheets_of(
        m,
        lambda xml: xml.replace(
            b"</table:table>",
            b'<table:table-row table:number-rows-repeated="1000000">'
            b'<table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>',
            1,
        ),
    )


@kind("password", "ods")
def ods_with_password(m: Material) -> bytes:
    parts = unpacked(m.content["ods"])
    parts["META-INF/manifest.xml"] += b"<!-- manifest:encryption-data -->"
    return packed(parts)


@kind("too_large", "ods")
def ods_bomb(m: Material) -> bytes:
    return _sheets_of(
        m, lambda xml: xml.replace(b"<office:spreadsheet>", b"<office:spreadsheet>" + b" " * 99 * 2**20)
    )


@kind("damaged not_understood differs", "ods")
def ods_with_a_number_that_is_none(m: Material) -> bytes:
    return _sheets_of(m, lambda xml: re.sub(rb'office:value="1234"', b'office:value="12x34"', xml, count=1))


@kind("damaged not_understood differs", "xlsb")
def xlsb_beyond_its_texts(m: Material) -> bytes:
    parts = unpacked(m.content["xlsb"])
    parts["xl/sharedStrings.bin"] = parts["xl/sharedStrings.bin"][:60]
    return packed(parts)


@kind("damaged not_understood differs reader_died", "xlsb")
def xlsb_with_a_record_too_long(m: Material) -> bytes:
    parts = unpacked(m.content["xlsb"])
    parts["xl/worksheets/sheet2.bin"] = parts["xl/worksheets/sheet2.bin"][:60] + b"\x05\xff\xff\xff\x7f"
    return packed(parts)


PLACES: dict[str, tuple[Callable[[Path], None], str]] = {}
"""Odd things in a folder by name: what puts one there, and the reason why it is passed over or refused."""


def place(name: str, reason: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Register something that is put into the folder of inputs under this name."""

    def register(put: Callable[[Path], None]) -> Callable[[Path], None]:
        PLACES[name] = (put, reason)
        return put

    return register


place("pipe.xlsx", "not_a_file")(os.mkfifo)
place("loop.xlsx", "link")(lambda path: path.symlink_to(path.name))
place("dangling.xlsx", "link")(lambda path: path.symlink_to("nowhere.xlsx"))
place("outside.xlsx", "link")(lambda path: path.symlink_to("/etc/passwd"))
place("device.xlsx", "link")(lambda path: path.symlink_to("/dev/zero"))
place("~$NORTH.xlsx", "lock_file")(lambda path: path.write_bytes(b"invented"))
place(".~lock.NORTH.xlsx#", "lock_file")(lambda path: path.write_bytes(b"invented"))
place(".hidden.xlsx", "hidden")(lambda path: path.write_bytes(b"invented"))
place("half.xlsx.part", "temporary")(lambda path: path.write_bytes(b"invented"))
place("desktop.ini", "system")(lambda path: path.write_bytes(b"invented"))
place("cha\u0302p.xlsx", "text")(lambda path: path.write_bytes(b"a decomposed name"))
place("ch\u00e2p.xlsx", "text")(lambda path: path.write_bytes(b"the same name, composed"))
place("Twin.xlsx", "text")(lambda path: path.write_bytes(b"invented"))
place("tWIN.xlsx", "text")(lambda path: path.write_bytes(b"invented twin"))
place("two\nlines.xlsx", "text")(lambda path: path.write_bytes(b"a name of two lines"))
place("-rf.xlsx", "text")(lambda path: path.write_bytes(b"a name like an option"))
place("\u202excel.xlsx", "text")(lambda path: path.write_bytes(b"a name that turns round"))
place("=cmd|calc.xlsx", "text")(lambda path: path.write_bytes(b"a name like a formula"))
place("{reason}%s.xlsx", "text")(lambda path: path.write_bytes(b"a name with gaps"))
place("n" * 240 + ".xlsx", "text")(lambda path: path.write_bytes(b"a long name"))
place("folder.xlsx/inside.txt", "text")(lambda path: path.write_bytes(b"in a folder called workbook"))


@place("giant.xlsx", "too_large")
def giant(path: Path) -> None:
    """A file of 5 GB that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(5 * 2**30)


@place("socket.xlsx", "not_a_file")
def a_socket(path: Path) -> None:
    """A socket; its name must be short."""
    with socket.socket(socket.AF_UNIX) as made:
        folder = os.open(path.parent, os.O_RDONLY)
        made.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)


@place("closed.xlsx", "text no_permission")
def closed(path: Path) -> None:
    """Nobody may read it, except for those who may read everything."""
    path.write_bytes(b"closed to readers")
    path.chmod(0)
