"""The short way through a sheet's cells: never anything else than the long way finds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.intake import plain_cells, scan
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Notes, Seen, settle
from pipeline.intake.looks import Look
from pipeline.intake.normal import MAIN
from pipeline.intake.plain_cells import note_plain_cells
from pipeline.intake.scan import scan_sheet

LOOKS = {"2": Look(is_percent=True), "3": Look(encoding="tcvn3")}
CONTENTS = (
    *(
        "<v>7</v>",
        "<v>1e400</v>",
        "<v>nan</v>",
        "<v> 2 </v>",
        "<v>&#49;</v>",
        "<v>a>b</v>",
        "<v></v>",
        "<v/>",
        "",
        '<v>hidden="1"</v>',
    ),
    *(
        "<v>-1</v>",
        "<v>99</v>",
        '<v xml:space="preserve">1</v>',
        "<v>1</v> ",
        "<v>1</v><extLst><x/></extLst>",
    ),
    *("<f>1+2</f><v>3</v>", "<f> </f><v>0</v>", "<f>SUM(A1)</f>", "<f/><v>1</v>", "<f>A1</f><v></v>"),
    *('<f t="shared" ref="A1:B2" si="0">A1</f><v>1</v>', '<f t="array" ref="A1:B2">A1</f><v>1</v>'),
    *("<is><t>x</t></is>", "<is><v>1</v></is>", '<is><c r="D4"><v>1</v></c></is>'),
)
ATTRIBUTES = (
    "",
    ' s="1"',
    ' s="2"',
    ' s="3" t="s"',
    ' t="s"',
    ' t="str"',
    ' t="n"',
    ' t="b"',
    ' t="e"',
    ' x="a>b"',
)
OTHERS = (
    *("", "", '<mergeCell ref="A1:B2"/>', '<row ht="0" r="3"/>', '<x ht="0"/>', '</row><row x="1" r="3">'),
    *('<c r="Z9" s="1"/>', "<v>5</v>", '</row><row r="9" hidden="1">', "<x></x>", "\n"),
)
AFTER = (
    "",
    '<mergeCells><mergeCell ref="A1:B9"/></mergeCells>',
    '<pageSetup fitToHeight="0"/>',
    '<col hidden="1"/>',
)

cell = st.tuples(
    st.sampled_from("ABCD"), st.integers(1, 9), *map(st.sampled_from, (ATTRIBUTES, CONTENTS, OTHERS))
).map(lambda one: '<c r="{}{}"{}>{}</c>{}'.format(*one))


def looked(cells: str, rest: str = "") -> Seen | tuple[str, dict[str, str]]:
    """What the second look says of a sheet, or why it refuses it."""
    xml = f'<worksheet xmlns="{MAIN[0]}"><sheetData><row r="1">{cells}</row></sheetData>{rest}</worksheet>'
    try:
        return settle("X", scan_sheet(xml.encode(), ("a", "b", "c"), LOOKS))
    except Unreadable as refusal:
        return refusal.reason, refusal.values


@example('<c r="A1"><is><c r="D4"><v>1</v></c></is></c><c r="B1"><v>7</v></c>', "")
@example('<c r="A1"><v>7</v></c><mergeCell ref="A1:B2"/><c r="B1"><v>7</v></c>', "")
@example('<c r="A1"><v>7</v></c></row><row r="2" hidden="1"><c r="B2"><v>7</v></c>', "")
@example('<c r="A1"><v>7</v></c></row><row r="2" ht="0"><c r="B2"><v>7</v></c>', "")
@example('<c r="A1"><v>7</v></c><c r="B2"><v>7</v></c>', '<row r="2" ht="0"/>')
@given(st.lists(cell, max_size=4).map("".join), st.sampled_from(AFTER))
def test_both_ways_find_the_same(cells, rest):
    """Whatever stands in the cells, sound or not: the long way alone says the same, in the same order."""
    with pytest.MonkeyPatch.context() as patch:
        short = looked(cells, rest)
        patch.setattr(scan, "note_plain_cells", lambda *_: None)

        assert repr(short) == repr(looked(cells, rest))


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A1"><v>1</v></c><c r="B1" t="s"><v>2</v></c><c r="C1"/><c r="D1"><f>A1</f><v>3</v></c>',
        '<c r="A1" t="str"><f>A2</f><v>x &amp; y</v></c>',
    ],
)
def test_plain_cells_go_the_short_way(cells):
    """Or nothing is gained by it."""
    assert note_plain_cells(Notes(), cells, ("a", "b", "c"), {})


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A1"><v>1</v></c><c r="B1" t="b"><v>1</v></c>',
        '<c r="A1"><v>1</v></c><c r="B1"><f>A1</f></c><c r="C1"><v>1</v></c>',
        '<c r="A1"><v>1</v></c><c r="A1"><v>1</v></c>',
        '<c r="A1"><v>x</v></c>',
    ],
)
def test_what_is_not_plain_leaves_no_notes(cells):
    """The long way begins with nothing written down."""
    notes = Notes()

    assert not note_plain_cells(notes, cells, (), {})
    assert notes == Notes()


def test_what_is_remembered_is_bounded(monkeypatch):
    """By number and by length: a hostile file must not fill the memory of a reading process."""
    monkeypatch.setattr(plain_cells, "_MOST_REMEMBERED", 10)
    plain_cells._remembered.clear()
    for row in range(1, 100):
        last = f'<c r="D{row}"><v>1</v></c>'
        gap = f'<c r="B{row}"/>' * 1000
        note_plain_cells(Notes(), f'<c r="A{row}"><v>1</v></c>{gap}<c r="C{row}"><v>1</v></c>{last}', (), {})

    assert len(plain_cells._remembered) <= 12
    assert max(map(len, plain_cells._remembered)) <= 1000
