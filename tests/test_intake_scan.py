"""The strict pass over a sheet's XML: formulas, errors, what was never calculated, how far it reaches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.address import a1, column_letters, column_number
from pipeline.catalogue import Campaign
from pipeline.intake import read_submission
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import SheetFacts, settle
from pipeline.intake.normal import MAIN
from pipeline.intake.scan import scan_sheet
from tests.sheets import drawn_return, saved, with_part


def scanned(cells: str, space: str = MAIN[0]) -> SheetFacts:
    return noted(cells, space).facts


def noted(cells: str, space: str = MAIN[0], rest: str = ""):
    """A sheet with these rows, looked through; ``a``, ``b`` and ``c`` are the texts of the table."""
    start = '<?xml version="1.0"?><worksheet xmlns="' + space + '">'
    xml = f"{start}<sheetData>{cells}</sheetData>{rest}</worksheet>"
    return settle("X", scan_sheet(xml.encode(), ("a", "b", "c")))


@pytest.mark.parametrize("space", MAIN)
def test_formulas_are_found_with_and_without_a_value(space):
    """A cached empty text is a value; no value at all, or an empty number, was never calculated."""
    facts = scanned(
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>1</f></c><c r="C2"><f>1</f><v></v></c>'
        '<c r="D2" t="str"><f>""</f><v></v></c><c r="E2"><f t="shared" si="0"/><v>5</v></c>'
        '<c r="F2"><v>7</v></c><c r="G2" s="3"/></row>',
        space,
    )

    assert facts.formulas == {(2, 1), (2, 2), (2, 3), (2, 4), (2, 5)}
    assert facts.uncached == {(2, 2), (2, 3)}


def test_error_cells_keep_their_text():
    """Typed or calculated, an error is told as the workbook states it."""
    facts = scanned(
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )

    assert facts.errors == {(1, 1): "#REF!", (1, 2): "#DIV/0!"}
    assert facts.formulas == {(1, 2)}


def test_cells_without_an_address_follow_each_other():
    """The address may be left out; then the order counts."""
    facts = scanned('<row><c><v>1</v></c><c><f>1</f><v>1</v></c></row><row><c t="e"><v>#N/A</v></c></row>')

    assert facts.formulas == {(1, 2)}
    assert facts.errors == {(2, 1): "#N/A"}


def test_a_formula_over_a_range_covers_every_cell_of_it():
    """Only the first cell of an array formula says so."""
    facts = scanned('<row r="3"><c r="B3"><f t="array" ref="B3:C4">X1:Y2</f><v>1</v></c></row>')

    assert facts.is_formula((4, 3))
    assert facts.is_formula((3, 2))
    assert not facts.is_formula((5, 3))


def test_an_array_formula_for_one_cell_is_a_formula():
    """As some programs write every formula."""
    facts = scanned('<row r="3"><c r="B3"><f t="array" ref="B3">1</f><v>1</v></c></row>')

    assert facts.is_formula((3, 2))
    assert not facts.ranges


def test_only_filled_cells_count_for_the_reach():
    """A coloured but empty cell in the last row is harmless."""
    facts = scanned(
        '<row r="2"><c r="C2"><v>1</v></c><c r="E2" t="inlineStr"><is><t>a</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )

    assert (facts.top, facts.left, facts.bottom, facts.right) == (2, 3, 2, 5)
    assert facts.area == 3


@pytest.mark.parametrize("address", ["A0", "a1", "A1:B2", "XFE1", "A1048577", "AAAA1", "1", "", "A-1", "A１"])
def test_an_address_outside_a_sheet_is_damage(address):
    """No program writes one."""
    with pytest.raises(Unreadable, match="damaged"):
        scanned(f'<row r="1"><c r="{address}"><v>1</v></c></row>')


def test_a_row_outside_a_sheet_is_damage():
    """The same without an address in the cell."""
    with pytest.raises(Unreadable, match="damaged"):
        scanned('<row r="9999999"><c><v>1</v></c></row>')


def test_cells_of_another_namespace_are_none_of_ours():
    """Extensions repeat the element names of the sheet."""
    facts = scanned('<ext:c xmlns:ext="urn:x" r="A1"><ext:f>1</ext:f></ext:c>')

    assert not facts.formulas


def test_a_far_cell_is_named(tmp_path, tiny: Campaign):
    """Two cells in opposite corners would make the reader ask for the memory of the whole sheet."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with_part(found, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"</sheetData>", far))

    (problem,) = read_submission(found, tiny).problems

    assert problem.rule_id == "FILE-UNREADABLE"
    assert problem.values == {
        "reason": "intake.unreadable.far_cell",
        "sheet": "USE",
        "cell": "XFD1048576",
    }


def test_parts_are_found_however_the_relations_spell_them(tmp_path, tiny: Campaign):
    """From the root of the package, as openpyxl writes them, or with capital letters."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")

    def respelt(xml: bytes) -> bytes:
        return xml.replace(b'"worksheets/sheet2.xml"', b'"/xl/worksheets/sheet2.xml"').replace(
            b'"worksheets/sheet3.xml"', b'"worksheets/Sheet3.xml"'
        )

    with_part(found, "xl/_rels/workbook.xml.rels", respelt)
    read = read_submission(found, tiny)

    assert [sheet.form_id for sheet in read.sheets] == ["USE", "MAIL", "SHELF"]


def test_a_sheet_that_the_package_lacks_is_damage(tmp_path, tiny: Campaign):
    """The workbook lists it, the part is not there."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    with_part(found, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"sheet2.xml", b"sheet99.xml"))

    (problem,) = read_submission(found, tiny).problems

    assert problem.values["reason"] == "intake.unreadable.damaged"


def test_sheets_of_one_name_are_damage(tmp_path, tiny: Campaign):
    """No program writes it; which one is meant cannot be told."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    with_part(found, "xl/workbook.xml", lambda xml: xml.replace(b'name="MAIL"', b'name="use"'))

    (problem,) = read_submission(found, tiny).problems

    assert problem.values["reason"] == "intake.unreadable.damaged"


@given(st.integers(1, 16384), st.integers(1, 1048576))
def test_column_names_and_numbers_agree(column, row):
    """Each is the other's inverse."""
    assert column_number(column_letters(column)) == column
    assert a1(row, column) == f"{column_letters(column)}{row}"
