"""The files are what the standard says a workbook is: ECMA-376, ISO/IEC 29500 transitional.

The schemas are those that Microsoft publishes with the Open XML SDK, with its rules on what must refer to
what, as the package openxml-audit carries them; extension lists (x14) are checked by theirs. Office 2010 is
the oldest program that draws all that we write.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from pipeline.catalogue import Campaign
from tests.stories import Stories
from tests.workbooks import KINDS, written

FAULTS = {
    "an element that no worksheet has": ("xl/worksheets/sheet2.xml", b"<sheetData>", b"<sheetData><bogus/>"),
    "a value that is none of the list": ("xl/worksheets/sheet2.xml", b'"landscape"', b'"sideways"'),
    "elements in another order": ("xl/styles.xml", b"<fonts", b"<cellXfs/><fonts"),
    "a text for a number": ("xl/workbook.xml", b'sheetId="1"', b'sheetId="x"'),
    "a part of the wrong type": ("[Content_Types].xml", b"/xl/styles.xml", b"/xl/stylez.xml"),
}


def faults(path: Path) -> list[str]:
    """Everything that is not as the schemas and their rules say."""
    found = OpenXmlValidator(FileFormat.OFFICE_2010).validate(path)
    return [f"{error.part_uri} {error.path}: {error.description}" for error in found.errors]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_workbook_is_valid(kind: str, campaign: Campaign, tiny: Campaign, tmp_path: Path):
    """Every part: workbook, sheets, styles, comments, drawings, charts, properties, relations."""
    assert faults(written(kind, campaign, tiny, tmp_path)) == []


def test_the_whole_summary_of_all_units_is_valid(stories: Stories):
    """The file that the leaders see, with all its rows."""
    assert faults(stories.ask("mistaken").summary) == []


def test_the_appendix_in_word_is_valid(stories: Stories):
    """All parts but one complaint: a table of fonts, which the standard permits and does not ask for."""
    found = faults(stories.ask("mistaken").folder / "phu-luc.docx")

    assert [fault for fault in found if "relationships/fontTable' is missing" not in fault] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_names_a_style_that_there_is(
    kind: str, campaign: Campaign, tiny: Campaign, tmp_path: Path
):
    """A style beyond the last one makes Excel offer a repair; no schema can say so."""
    with zipfile.ZipFile(written(kind, campaign, tiny, tmp_path)) as package:
        styles = int(re.search(rb'<cellXfs count="(\d+)"', package.read("xl/styles.xml"))[1])
        used = {
            int(index)
            for name in package.namelist()
            if name.startswith("xl/worksheets/sheet")
            for index in re.findall(rb'<(?:c|row|col) [^>]*?\b(?:s|style)="(\d+)"', package.read(name))
        }

    assert used
    assert max(used) < styles


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_would_be_found(fault: str, campaign: Campaign, tiny: Campaign, tmp_path: Path):
    """The check can fail: one small change to a sound file is enough."""
    part, old, new = FAULTS[fault]
    sound, broken = written("template", campaign, tiny, tmp_path), tmp_path / "broken.xlsx"
    with zipfile.ZipFile(sound) as package, zipfile.ZipFile(broken, "w") as target:
        for name in package.namelist():
            text = package.read(name)
            assert name != part or old in text
            target.writestr(name, text.replace(old, new, 1) if name == part else text)

    assert faults(broken) != []
