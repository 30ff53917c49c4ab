"""What happens to whole files, and to a unit's second one. The table says what must come of each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl

from tests.damage import GUIDE, OTHER_UNIT, REPORTED, SAME, Damage, Pages
from tests.damage_values import CELL, FIGURE, KEY, PERIOD


def nothing(_: Pages) -> None:
    """The sheets are sound; it is the file that is not."""


def meta(key: str, value: str) -> Callable[[Pages], None]:
    def change(pages: Pages) -> None:
        next(row for row in pages["_meta"] if row[0] == key)[1] = value

    return change


def guide(key: str, value: object) -> Callable[[Pages], None]:
    def change(pages: Pages) -> None:
        next(row for row in pages[GUIDE] if row[0] == key)[2] = value

    return change


def without(name: str) -> Callable[[Pages], None]:
    return lambda pages: pages.pop(name) and None


def second(number: int, figure: int | None, *dropped: str) -> Callable[[Path], None]:
    """The unit's second file: with its number, perhaps another figure, perhaps without some sheets."""

    def make(path: Path) -> None:
        book = openpyxl.load_workbook(path)
        for row in book[GUIDE].iter_rows():
            if row[0].value == "submission_number":
                row[2].value = number
        if figure is not None:
            book[CELL[0]][CELL[1]].value = figure
        for name in dropped:
            del book[name]
        book.properties.title = "hai"
        book.save(path.with_name("lan-sau.xlsx"))

    return make


def split(path: Path) -> None:
    second(1, None, "B01")(path)
    book = openpyxl.load_workbook(path)
    del book["B8B"], book["B8C"]
    book.save(path)


def another_unit(path: Path) -> None:
    """A neighbour's return under this unit's name."""
    book = openpyxl.load_workbook(path)
    for sheet, column in (("_meta", 1), (GUIDE, 2)):
        for row in book[sheet].iter_rows():
            if row[0].value == "unit_id":
                row[column].value = OTHER_UNIT
            if row[0].value == "unit_name":
                row[column].value = None
    book.save(path.with_name("chep.xlsx"))


def spoiled(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(change(path.read_bytes())) and None


def flipped(content: bytes) -> bytes:
    at = content.index(b"xl/worksheets/sheet2.xml") + 4_000
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


UNREAD = (("FILE-UNREADABLE",),)

TABLE = (
    Damage(
        "the file cut short",
        nothing,
        REPORTED,
        UNREAD,
        files=spoiled(lambda content: content[: len(content) // 2]),
    ),
    Damage("an empty file", nothing, REPORTED, UNREAD, files=spoiled(lambda _: b"")),
    Damage("one byte changed in a sheet", nothing, REPORTED, UNREAD, files=spoiled(flipped)),
    Damage(
        "a web page under this name",
        nothing,
        REPORTED,
        UNREAD,
        files=spoiled(lambda _: b"<html><table><tr><td>1</td></tr></table>"),
    ),
    Damage(
        "a list separated by commas",
        nothing,
        REPORTED,
        UNREAD,
        files=spoiled(lambda _: b"chi tieu,2013\nhoi nghi,5\n"),
    ),
    Damage("a PDF under this name", nothing, REPORTED, UNREAD, files=spoiled(lambda _: b"%PDF-1.7\n%...")),
    Damage(
        "the wrong extension",
        nothing,
        SAME,
        (("FILE-EXTENSION",),),
        files=lambda path: path.rename(path.with_suffix(".xls")),
    ),
    Damage("no hidden identity", without("_meta"), REPORTED, (("FILE-NOT-OURS",),)),
    Damage("another campaign", meta("campaign", "nq28_2023"), REPORTED, (("FILE-CAMPAIGN",),)),
    Damage("an older template", meta("template_version", "0"), REPORTED, (("FILE-VERSION",),)),
    Damage("another unit on the hidden sheet", meta("unit_id", OTHER_UNIT), REPORTED, (("FILE-IDENTITY",),)),
    Damage("another unit on the guide", guide("unit_id", OTHER_UNIT), REPORTED, (("FILE-IDENTITY",),)),
    Damage("no guide", without(GUIDE), SAME, (("FILE-NUMBER",),)),
    Damage("a submission number in words", guide("submission_number", "lần hai"), SAME, (("FILE-NUMBER",),)),
    Damage(
        "the same file twice",
        nothing,
        SAME,
        (("FILE-IDENTICAL",),),
        files=lambda path: shutil.copy(path, path.with_name("ban-sao.xlsx")),
    ),
    Damage("the same figures saved again", nothing, SAME, (("FORM-IDENTICAL",),), files=second(1, None)),
    Damage(
        "a later submission",
        nothing,
        SAME,
        (("FILE-SUPERSEDED",), ("FILE-DIFFERS", *CELL)),
        {(KEY, PERIOD): FIGURE + 1.0},
        files=second(2, FIGURE + 1),
    ),
    Damage(
        "two different files with one number",
        nothing,
        REPORTED,
        (("FILE-UNDECIDED",), ("FILE-DIFFERS", *CELL)),
        files=second(1, FIGURE + 1),
    ),
    Damage("forms spread over two files", nothing, SAME, files=split),
    Damage("another unit's copy of this return", nothing, SAME, files=another_unit),
)
"""What was done; how; what must come of it; what must be told and where."""
