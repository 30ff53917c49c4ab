"""Formulas that were never calculated, sums that people type, and numbers that are shown as per cent."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_submission
from pipeline.intake.looks import is_percent_format, telling_looks
from pipeline.intake.old_binary import _written
from pipeline.intake.values import Grid, read_grids
from pipeline.model import Submission
from tests.sheets import drawn_return, saved
from tests.specimens import specimen

PLACE = (5, 6)
"""Where the specimens have the formula ``=1200+34``."""


def sheet(content: bytes, kind: str, name: str = "USE") -> Grid:
    return next(grid for grid in read_grids(content, kind, frozenset()) if grid.name == name)


@pytest.mark.parametrize("program", ["libreoffice", "gnumeric"])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_sum_that_people_typed_is_handed_over(kind: str, program: str):
    """Its text without the sign that begins it, whatever kind of workbook it comes from."""
    facts = sheet(specimen(kind, program), kind).facts

    assert facts.arithmetic[PLACE] == "1200+34"
    assert all(set(text) <= set("0123456789.+-*/() ") for text in facts.arithmetic.values())


def never_calculated(kind: str) -> bytes:
    """The specimen as a program that does not calculate would have saved it."""
    content = specimen(kind)
    if kind == "xls":
        old = bytes.fromhex("04000500 0f00 0000000000489340 0000")
        new = bytes.fromhex("04000500 0f00 0000000000000000 0300")
        assert content.count(old) == 1
        return content.replace(old, new)
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as package, zipfile.ZipFile(packed, "w") as fresh:
        for name in package.namelist():
            part = package.read(name)
            if name == "content.xml":
                part, count = re.subn(
                    rb'(table:formula="of:=1200\+34") office:value-type="float" office:value="1234"'
                    rb'( calcext:value-type="float")?><text:p>1234</text:p>',
                    rb"\1>",
                    part,
                )
                assert count == 1
            fresh.writestr(name, part)
    return packed.getvalue()


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_nought_in_place_of_a_value_is_no_value(kind: str):
    """Nothing is shown; the sum is there to be worked out."""
    grid = sheet(never_calculated(kind), kind)

    assert grid.value(*PLACE) is None
    assert grid.facts.is_formula(PLACE)
    assert grid.facts.arithmetic[PLACE] == "1200+34"


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("1e0c00 1e0500 03 1e0700 03", "12+5+7"),
        ("1e0200 1e1e00 1e0500 04 15 05", "2*(30-5)"),
        ("1f000000000000f83f 13", "-1.5"),
        ("1e0100 12", "+1"),
        ("1e0100 44000000c0", ""),
        ("1e0100 1e0200", ""),
        ("03", ""),
        ("1e01", ""),
        ("", ""),
    ],
)
def test_the_tokens_of_old_workbooks_are_put_into_words(tokens: str, text: str):
    """Numbers and signs only: a reference, or tokens that make no sum, are no arithmetic."""
    assert _written(bytes.fromhex(tokens)) == text


def read(tiny: Campaign, path: Path) -> Submission:
    return read_submission(Found(path.name, path), tiny)


@pytest.mark.parametrize(
    ("formula", "is_sum"),
    [("=12+5+7", True), ("=2*(3-1)", True), ("=A1+1", False), ("=SUM(1,2)", False), ("=12%", False)],
)
def test_only_numbers_and_signs_are_a_sum(tiny: Campaign, tmp_path: Path, formula: str, is_sum: bool):
    """In the cell's place among the figures, beside the mark that it is a formula."""
    path = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx").path
    book = openpyxl.load_workbook(path)
    book["USE"]["G7"].value = formula
    book.save(path)
    cells = read(tiny, path).sheets[0]
    position = cells.row_numbers.index(7) * len(cells.period_ids) + 1

    assert position in cells.formulas
    assert dict(cells.arithmetic) == ({position: formula[1:]} if is_sum else {})
    assert cells.shown(position) == (formula if is_sum else "=")


@pytest.mark.parametrize(
    ("number_format", "is_percent"),
    [
        ("0%", True),
        ("0.00%", True),
        ("#,##0.0 %", True),
        ("[Red]0%;-0%", True),
        ('0.0"%"', False),
        (r"0\%", False),
        ("0.0", False),
        ("General", False),
    ],
)
def test_numbers_shown_as_per_cent_are_told(
    tiny: Campaign, tmp_path: Path, number_format: str, is_percent: bool
):
    """By the format of their cell; a sign that is only put behind the number changes nothing."""
    path = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx").path
    book = openpyxl.load_workbook(path)
    book["USE"]["G7"].value, book["USE"]["G7"].number_format = 0.95, number_format
    book.save(path)
    cells = read(tiny, path).sheets[0]
    position = cells.row_numbers.index(7) * len(cells.period_ids) + 1

    assert is_percent_format(number_format) is is_percent
    assert cells.percents == (frozenset({position}) if is_percent else frozenset())
    assert cells.shown(position) == ("95%" if is_percent else 0.95)


def test_a_table_of_looks_is_only_taken_apart_where_it_may_tell_something(campaign: Campaign):
    """Reading stays lean: nearly no workbook has an older font or per cent."""
    sound = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf/>'

    assert telling_looks(sound) == {}


def test_a_font_that_is_not_listed_tells_nothing():
    """Numbers that lead nowhere are no reason to fail."""
    xml = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    xml += b'<fonts><font><name val=".VnTime"/></font></fonts>'
    xml += b'<cellXfs><xf fontId="7"/><xf fontId="x"/><xf fontId="0"/><xf/></cellXfs></styleSheet>'

    assert {number: look.encoding for number, look in telling_looks(xml).items()} == {"2": "TCVN3"}
