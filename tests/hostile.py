"""Hostile and wrong files by the dozen, each with what may become of it. All of them are invented here.

Three modules register their kinds: packages and XML of a workbook (here), other formats and file systems
(``hostile_others``). The material is one sound return in every kind of workbook.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

SAME = "same"
"""Read, with every value of the sound return."""
TOLD = "told"
"""Read; the odd cells are told at their place."""

FORM = "xl/worksheets/sheet2.xml"
STRINGS = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FIRST = b"<v>1234</v>"
"""The first figure of the sound return."""

Parts = dict[str, bytes]
Make = Callable[["Material"], bytes]


@dataclass(frozen=True)
class Material:
    """One sound return as xlsx, xls, xlsb and ods."""

    content: Mapping[str, bytes]
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", unpacked(self.content["xlsx"]))

    @property
    def xlsx(self) -> bytes:
        """The return as xlsx."""
        return self.content["xlsx"]

    def with_part(self, name: str, change: Callable[[bytes], bytes]) -> bytes:
        """The xlsx with one part changed; the change must change something."""
        changed = change(self.parts.get(name, b""))
        assert changed != self.parts.get(name)
        return packed({**self.parts, name: changed})

    def with_cell(self, cell: bytes) -> bytes:
        """The xlsx with one more cell in a row far below the form."""
        row = b'<row r="400">' + cell + b"</row></sheetData>"
        return self.with_part(FORM, lambda xml: xml.replace(b"</sheetData>", row))

    def with_figure(self, text: bytes) -> bytes:
        """The xlsx with another text in place of the first figure."""
        return self.with_part(FORM, lambda xml: xml.replace(FIRST, text, 1))


@dataclass(frozen=True)
class Kind:
    """One kind of hostile file. ``outcomes``: reasons of refusal, SAME, TOLD or ids of findings."""

    name: str
    extension: str
    make: Make
    outcomes: frozenset[str]


KINDS: dict[str, Kind] = {}


def kind(outcomes: str, extension: str = "xlsx", name: str = "") -> Callable[[Make], Make]:
    """Register a kind of file under the name of the function that makes it."""

    def register(make: Make) -> Make:
        known = name or make.__name__
        assert known not in KINDS
        KINDS[known] = Kind(known, extension, make, frozenset(outcomes.split()))
        return make

    return register


def family(outcomes: str, extension: str, makes: Mapping[str, Make]) -> None:
    """Register kinds that differ by little, under their names."""
    for name, make in makes.items():
        kind(outcomes, extension, name)(make)


def unpacked(content: bytes) -> Parts:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def packed(parts: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, how)
    return target.getvalue()


# --- the package ---


@kind("too_large")
def zip_bomb(m: Material) -> bytes:
    return packed({**m.parts, "xl/media/image1.png": bytes(64 * 2**20)})


@kind("too_large")
def bomb_of_a_sheet(m: Material) -> bytes:
    return m.with_part(FORM, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 100 * 2**20))


@kind("checksum damaged")
def size_that_lies(m: Material) -> bytes:
    raw = bytearray(packed(m.parts))
    at = raw.find(b"PK\x01\x02")
    struct.pack_into("<I", raw, at + 24, 10)
    return bytes(raw)


@kind("too_large damaged")
def size_beyond_all(m: Material) -> bytes:
    raw = bytearray(packed(m.parts))
    at = raw.find(b"PK\x01\x02")
    struct.pack_into("<I", raw, at + 24, 0xFFFFFFF0)
    return bytes(raw)


@kind("archive", "zip")
def workbook_in_a_zip(m: Material) -> bytes:
    return packed({"báo cáo/isle.xlsx": m.xlsx})


@kind("archive")
def workbook_in_a_zip_called_workbook(m: Material) -> bytes:
    return packed({"isle.xls": m.content["xls"]})


@kind("not_a_workbook", "zip")
def zips_in_zips(m: Material) -> bytes:
    content = m.xlsx
    for depth in range(50):
        content = packed({f"{depth}.zip": content})
    return content


@kind("too_large")
def thousands_of_parts(m: Material) -> bytes:
    return packed({**m.parts, **{f"xl/media/{n}.bin": b"x" for n in range(6000)}})


@kind("damaged")
def part_twice(m: Material) -> bytes:
    return _appended(m.xlsx, FORM)


@kind("damaged")
def part_twice_but_for_case(m: Material) -> bytes:
    return _appended(m.xlsx, FORM.upper())


def _appended(content: bytes, name: str) -> bytes:
    target = io.BytesIO(content)
    with warnings.catch_warnings(), zipfile.ZipFile(target, "a") as package:
        warnings.simplefilter("ignore")
        package.writestr(name, unpacked(content)[FORM].replace(FIRST, b"<v>9999</v>"))
    return target.getvalue()


family(
    SAME,
    "xlsx",
    {
        f"part_called_{name}": lambda m, path=path: packed({**m.parts, path: b"invented"})
        for name, path in {
            "out_of_the_folder": "../../../../tmp/evil.xlsx",
            "from_the_root": "/etc/passwd",
            "with_a_drive": "C:\\Windows\\system32\\evil.dll",
            "very_long": "x" * 60_000,
            "reserved": "xl/con.xml",
        }.items()
    },
)


@kind("password")
def part_with_password(m: Material) -> bytes:
    raw = bytearray(m.xlsx)
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


@kind("damaged")
def unknown_compression(m: Material) -> bytes:
    raw = bytearray(m.xlsx)
    struct.pack_into("<H", raw, raw.find(b"PK\x01\x02") + 10, 97)
    return bytes(raw)


@kind("checksum")
def wrong_checksum(m: Material) -> bytes:
    return packed(m.parts, zipfile.ZIP_STORED).replace(FIRST, b"<v>9234</v>")


@kind("checksum")
def wrong_checksum_with_merged_cells(m: Material) -> bytes:
    merges = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>'
    parts = {**m.parts, FORM: m.parts[FORM].replace(b"</sheetData>", merges)}
    return packed(parts, zipfile.ZIP_STORED).replace(FIRST, b"<v>9234</v>")


family(
    "damaged",
    "xlsx",
    {
        f"cut_at_{share}_percent": lambda m, share=share: m.xlsx[: max(len(m.xlsx) * share // 100, 30)]
        for share in (1, 10, 25, 50, 75, 90, 99)
    },
)
family(
    "damaged",
    "xlsx",
    {f"cut_by_{count}_bytes": lambda m, count=count: m.xlsx[:-count] for count in (1, 10, 22, 100)},
)


@kind("not_a_workbook text")
def something_before_the_package(m: Material) -> bytes:
    return b"MIME-Version: 1.0\r\n\r\n" + m.xlsx


@kind("same damaged")
def something_after_the_package(m: Material) -> bytes:
    return m.xlsx + b"\r\n-- \r\nSent from a phone" * 20


@kind("same damaged differs checksum")
def two_packages_in_a_row(m: Material) -> bytes:
    return m.with_figure(b"<v>9999</v>") + m.xlsx


@kind(SAME)
def not_compressed(m: Material) -> bytes:
    return packed(m.parts, zipfile.ZIP_STORED)


@kind(SAME)
def long_comment(m: Material) -> bytes:
    target = io.BytesIO(m.xlsx)
    with zipfile.ZipFile(target, "a") as package:
        package.comment = b"x" * 65_000
    return target.getvalue()


@kind("not_a_workbook", "zip")
def empty_package(_: Material) -> bytes:
    return packed({})


# --- the XML ---

_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10)
)
_TYPES = {
    "laughs": _LAUGHS + b"]>",
    "outside_file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "outside_address": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>',
    "document_type": b'<!DOCTYPE worksheet SYSTEM "http://127.0.0.1:9/x.dtd">',
}
for _name, _text in _TYPES.items():
    for _place, _part in {
        "sheet": FORM,
        "strings": STRINGS,
        "workbook": BOOK,
        "relations": RELATIONS,
    }.items():
        kind("doctype", "xlsx", f"{_name}_in_{_place}")(
            lambda m, text=_text, part=_part: m.with_part(
                part, lambda xml: re.sub(rb"(<\?xml[^>]*>\s*)", lambda found: found[1] + text, xml, count=1)
            )
        )

for _place, _part in {"sheet": FORM, "strings": STRINGS, "workbook": BOOK, "relations": RELATIONS}.items():
    family(
        "damaged",
        "xlsx",
        {
            f"half_{_place}": lambda m, part=_part: m.with_part(part, lambda xml: xml[: len(xml) // 2]),
            f"no_{_place}": lambda m, part=_part: packed({n: c for n, c in m.parts.items() if n != part}),
            f"bytes_for_{_place}": lambda m, part=_part: m.with_part(part, lambda _: bytes(range(256))),
        },
    )
del KINDS["no_workbook"]


@kind("not_a_workbook")
def no_workbook(m: Material) -> bytes:
    return packed({name: content for name, content in m.parts.items() if name != BOOK})


@kind("same differs not_understood")
def sheet_in_utf_16(m: Material) -> bytes:
    return m.with_part(FORM, lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16"))


@kind("same differs not_understood")
def names_with_prefixes(m: Material) -> bytes:
    def prefixed(xml: bytes) -> bytes:
        return re.sub(rb"<(/?)(?=\w)", rb"<\1n:", xml).replace(b"xmlns=", b"xmlns:n=")

    return m.with_part(FORM, prefixed)


family(
    "same differs not_understood",
    "xlsx",
    {
        "number_in_cdata": lambda m: m.with_figure(b"<v><![CDATA[1234]]></v>"),
        "number_with_a_comment": lambda m: m.with_figure(b"<v>12<!-- 99 -->34</v>"),
        "number_with_an_instruction": lambda m: m.with_figure(b"<v>12<?x 99?>34</v>"),
        "number_in_references": lambda m: m.with_figure(b"<v>&#49;&#x32;34</v>"),
        "number_in_exponents": lambda m: m.with_figure(b"<v>1.234E3</v>"),
        "number_with_zeros": lambda m: m.with_figure(b"<v>01234.000</v>"),
        "number_between_spaces": lambda m: m.with_figure(b"<v> 1234 </v>"),
        "comments_between_cells": lambda m: m.with_part(
            FORM, lambda x: x.replace(b"<c ", b"<!-- <c r='A1'/> --><c ")
        ),
        "deep_nesting": lambda m: m.with_part(
            FORM, lambda x: x.replace(b"</worksheet>", b"<a>" * 50_000 + b"</a>" * 50_000 + b"</worksheet>")
        ),
        "attribute_of_megabytes": lambda m: m.with_part(
            FORM, lambda x: x.replace(b"<sheetData>", b'<sheetData x="' + b"y" * 5 * 2**20 + b'">')
        ),
    },
)


@kind(SAME)
def strict_variant(m: Material) -> bytes:
    strict = {
        name: content.replace(MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            OFFICE, b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, content in m.parts.items()
    }
    return packed(strict)


@kind("damaged")
def unknown_namespace(m: Material) -> bytes:
    return m.with_part(BOOK, lambda xml: xml.replace(MAIN, b"urn:invented"))


@kind("damaged")
def control_characters(m: Material) -> bytes:
    return m.with_part(STRINGS, lambda xml: xml.replace(b"</t>", b"&#1;</t>", 1))


@kind("damaged")
def bare_control_characters(m: Material) -> bytes:
    return m.with_part(STRINGS, lambda xml: xml.replace(b"</t>", b"\x07</t>", 1))


@kind("damaged")
def without_sheets(m: Material) -> bytes:
    return m.with_part(BOOK, lambda xml: re.sub(rb"<sheet .*?/>", b"", xml))


@kind("too_large")
def thousands_of_sheets(m: Material) -> bytes:
    sheets = b"".join(b'<sheet name="S%d" sheetId="%d" r:id="rId2"/>' % (n, n + 50) for n in range(4000))
    return m.with_part(BOOK, lambda xml: xml.replace(b"</sheets>", sheets + b"</sheets>"))


def _leads(target: bytes, mode: bytes = b"") -> Make:
    return lambda m: m.with_part(
        RELATIONS, lambda xml: xml.replace(b'"worksheets/sheet2.xml"', b'"' + target + b'"' + mode)
    )


family(
    "damaged",
    "xlsx",
    {
        "sheet_leads_nowhere": _leads(b"worksheets/sheet99.xml"),
        "sheet_leads_to_another": _leads(b"worksheets/sheet1.xml"),
        "sheet_leads_out": _leads(b"../../../../etc/passwd"),
        "sheet_leads_to_the_net": _leads(b"http://127.0.0.1:9/x.xml", b' TargetMode="External"'),
        "sheet_is_listed_only": lambda m: m.with_part(
            BOOK,
            lambda xml: xml.replace(b"</sheets>", b'<sheet name="X" sheetId="77" r:id="rId777"/></sheets>'),
        ),
    },
)
