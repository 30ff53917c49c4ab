"""Workbooks of other kinds: the same values as from xlsx, told by content, and by two readers that agree."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_submission
from pipeline.intake.audit import require_agreement
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Raw, Seen, SheetFacts
from pipeline.intake.values import read_grids
from pipeline.model import ErrorCell, Submission
from tests.sheets import drawn_return, saved, with_part
from tests.specimens import KINDS, PROGRAMS, drawn_specimen, specimen
from tests.xlsb import saved_binary

NO_SHEET: frozenset[str] = frozenset()


def said(read: Submission) -> list[object]:
    """What the forms say; LibreOffice makes a formula of each logical value, which is no difference."""
    return [
        (
            *(s.form_id, s.row_keys, s.period_ids, repr(s.numbers), s.texts),
            {at for at in s.formulas if not isinstance(s.texts.get(at), bool)},
        )
        for s in read.sheets
    ]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_other_programs_save_reads_as_what_was_drawn(tmp_path, tiny: Campaign, kind, program):
    """Numbers, texts, dates, formulas and errors are the same in xls, ods and xlsx."""
    drawn = saved(drawn_specimen(tiny), tmp_path / "drawn.xlsx")
    path = tmp_path / f"isle.{kind}"
    path.write_bytes(specimen(kind, program))

    read = read_submission(Found(path.name, path), tiny)

    assert read.problems == ()
    assert said(read) == said(read_submission(drawn, tiny))


def test_spaces_in_a_text_survive_where_a_program_sets_elements_apart(tmp_path):
    """Spaces between elements are nobody's; those in a text, even alone in it, are the text."""
    found = saved({"A": [["x", 5]]}, tmp_path / "x.xlsx")

    def apart(xml: bytes) -> bytes:
        cell = b'<c r="C1" t="inlineStr"> <is> <r> <t>a</t> </r> <r> <t xml:space="preserve"> </t> </r>'
        cell += b" <r> <t>b</t> </r> </is> </c>"
        return xml.replace(b"</row>", cell + b"</row>").replace(b"><", b">\n  <")

    with_part(found, "xl/worksheets/sheet1.xml", apart)
    (grid,) = read_grids(found.path.read_bytes(), "xlsx", NO_SHEET)

    assert [grid.value(1, column) for column in (1, 2, 3)] == ["x", 5, "a b"]


def test_a_binary_workbook_reads_as_what_was_drawn(tmp_path, tiny: Campaign):
    """Numbers, texts, logical values and errors."""
    values = {
        ("V_ALL|P", "P20"): 1234.5,
        ("V_ALL|P", "P21"): True,
        ("V_ALL|P", "P22"): "hơn 300",
        ("V_DAY|P", "P20"): ErrorCell("#REF!"),
    }
    read = read_submission(saved_binary(drawn_return(tiny, "NORTH", values), tmp_path / "x.xlsb"), tiny)

    assert read.problems == ()
    assert read.sheets[0].numbers[0] == 1234.5
    assert dict(read.sheets[0].texts) == {1: True, 2: "hơn 300", 6: ErrorCell("#REF!")}


def test_a_wrong_extension_is_read_and_noted(tmp_path, tiny: Campaign):
    """The content decides; staff are told, for Excel may refuse to open such a file."""
    found = saved(drawn_return(tiny, "NORTH", {("V_ALL|P", "P21"): 5}), tmp_path / "x.xls")

    read = read_submission(found, tiny)

    (problem,) = read.problems
    assert problem.rule_id == "FILE-EXTENSION"
    assert problem.values == {"extension": ".xls", "kind": "xlsx"}
    assert read.sheets[0].numbers[1] == 5


@pytest.mark.parametrize("extension", ["xlsx", "XLSX", "xlsm"])
def test_a_right_extension_is_not_noted(tmp_path, tiny: Campaign, extension):
    """Also in capital letters, also with macros."""
    assert (
        read_submission(saved(drawn_return(tiny, "NORTH"), tmp_path / f"x.{extension}"), tiny).problems == ()
    )


def agree(ours: dict[tuple[int, int], Raw], rows: list[list[Raw]], **facts: object) -> None:
    require_agreement(Seen("X", ours, SheetFacts(**facts)), (1, 1), rows)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (5.0, 5),
        (" a ", "a"),
        ("a\r\nb", "a\nb"),
        ("_x0041_", "A"),
        (45240.0, date(2023, 11, 10)),
        (45240.5, datetime(2023, 11, 10, 12)),
        (0.5, time(12)),
        (1.25, timedelta(hours=30)),
        (float("nan"), float("nan")),
        ("2023-11-10", date(2023, 11, 10)),
    ],
)
def test_two_readers_agree_on_what_is_the_same(ours, theirs):
    """Spaces around a text, line ends and the look of a date are no difference."""
    agree({(1, 1): ours}, [[theirs]])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (5.0, 6.0),
        (5.0, "5"),
        ("5", 5.0),
        (1.0, True),
        (True, 1.0),
        (5.0, ""),
        ("a", "b"),
        (45241.0, date(2023, 11, 10)),
        (float("nan"), 1.0),
    ],
)
def test_any_other_difference_refuses_the_file(ours, theirs):
    """Neither reader is believed; the cell and both readings are named."""
    with pytest.raises(Unreadable) as refused:
        agree({(1, 1): ours}, [[theirs]])

    assert refused.value.reason == "differs"
    assert refused.value.values["cell"] == "A1"


def test_a_cell_that_only_one_reader_sees_refuses_the_file():
    """On either side."""
    with pytest.raises(Unreadable, match="differs"):
        agree({}, [[1.0]])
    with pytest.raises(Unreadable, match="differs"):
        agree({(2, 2): 1.0}, [])
    agree({}, [["", " "]])
    agree({}, [["#REF!"]], errors={(1, 1): "#REF!"})


def test_a_difference_is_told_with_its_sheet_and_cell(tmp_path, tiny: Campaign, monkeypatch):
    """So that people can look at it."""
    from pipeline.intake import values as reading

    found = saved(drawn_return(tiny, "NORTH", {("V_ALL|P", "P21"): 1234}), tmp_path / "x.xlsx")
    look = reading.second_look

    def other(*arguments):
        for one in look(*arguments):
            changed = {place: 9234.0 if value == 1234 else value for place, value in one.values.items()}
            yield Seen(one.name, changed, one.facts)

    monkeypatch.setattr(reading, "second_look", lambda *arguments: list(other(*arguments)))
    (problem,) = read_submission(found, tiny).problems

    assert problem.values["reason"] == "intake.unreadable.differs"
    assert (problem.values["sheet"], problem.values["cell"]) == ("USE", "G5")
    assert (problem.values["one"], problem.values["other"]) == ("1234.0", "9234.0")


def test_what_is_hidden_merged_or_commented_is_known(tmp_path, tiny: Campaign):
    """Facts of the sheet, with their places: rows and columns that hold something, figures under a merge."""
    found = saved({"A": [[1, 2, 3], [4, 5, 6], [], ["", 7]]}, tmp_path / "x.xlsx")

    def change(xml: bytes) -> bytes:
        xml = xml.replace(b'<row r="2"', b'<row r="2" hidden="1"').replace(
            b'<row r="4"', b'<row r="4" ht="0"'
        )
        cols = b'<cols><col min="3" max="9" hidden="1"/></cols><sheetData>'
        merges = b'</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
        return xml.replace(b"<sheetData>", cols).replace(b"</sheetData>", merges)

    with_part(found, "xl/worksheets/sheet1.xml", change)
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" '
        b'Target="../comments1.xml"/></Relationships>'
    )
    comments = (
        b'<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><commentList>'
        b'<comment ref="B4"><text><r><t>seven</t></r><r><t> &amp; no more</t></r></text></comment>'
        b"</commentList></comments>"
    )
    with zipfile.ZipFile(found.path, "a") as package:
        package.writestr("xl/worksheets/_rels/sheet1.xml.rels", relations)
        package.writestr("xl/comments1.xml", comments)
    (grid,) = read_grids(found.path.read_bytes(), "xlsx", NO_SHEET)

    assert grid.facts.hidden_rows == {2, 4}
    assert grid.facts.hidden_columns == {3}
    assert grid.facts.under_merges == ((1, 2), (2, 1), (2, 2))
    assert grid.facts.comments == {(4, 2): "seven & no more"}
    assert grid.facts.is_out_of_sight((1, 3))
    assert not grid.facts.is_out_of_sight((1, 1))
    assert grid.value(1, 2) == 2


def test_hidden_sheets_and_days_from_1904_are_known(tmp_path):
    """The workbook tells both."""
    found = saved({"A": [[1]], "B": [[2]]}, tmp_path / "x.xlsx")

    def change(xml: bytes) -> bytes:
        return xml.replace(b'sheetId="2"', b'sheetId="2" state="hidden"').replace(
            b"<workbookPr ", b'<workbookPr date1904="1" '
        )

    with_part(found, "xl/workbook.xml", change)
    first, second = read_grids(found.path.read_bytes(), "xlsx", NO_SHEET)

    assert (first.facts.is_hidden, second.facts.is_hidden) == (False, True)
    assert first.facts.is_1904
