"""The points of docs/accessibility.md that a test can decide, on the files as they are written."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.catalogue import Campaign
from pipeline.workbook.styles import resolve
from tests.workbooks import written

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: text against what stands behind it. For lines and columns 3:1 is enough (1.4.11)."""
LEAST_CONTRAST_OF_SHAPES = 3.0
SECTIONED = {"Đọc trước", "Tổng quan"}
"""Sheets that people read from top to bottom: several short tables under headings, none to be filtered."""
VAGUE = {"", "click here", "here", "link", "more", "bấm vào đây", "xem", "tại đây"}


@pytest.fixture(scope="module")
def path(campaign: Campaign, tiny: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A summary with every sheet that there can be."""
    return written("summary with changes", campaign, tiny, tmp_path_factory.mktemp("summary"))


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl draws no sparklines, and says so
        return openpyxl.load_workbook(path)


def tables(book: Workbook) -> Iterator[tuple[Worksheet, list[list[object]]]]:
    """The filtered table of every sheet that is one, header first."""
    for sheet in book.worksheets:
        if sheet.auto_filter.ref:
            yield sheet, [[cell.value for cell in row] for row in sheet[sheet.auto_filter.ref]]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour.lstrip("#")[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_sheet_but_those_read_from_top_to_bottom_is_one_table(book: Workbook):
    """One table a sheet, with filter buttons, so that programs and screen readers find it."""
    assert {sheet.title for sheet, _ in tables(book)} == set(book.sheetnames) - SECTIONED


def test_the_header_of_a_table_is_one_row_of_unique_names(book: Workbook):
    """No name is empty, none comes twice: a column can be named in speech and in a formula."""
    for sheet, (header, *_) in tables(book):
        assert all(isinstance(name, str) and name.strip() for name in header), sheet.title
        assert len(set(header)) == len(header), sheet.title


def test_no_cell_of_a_table_is_merged(book: Workbook):
    """Merged cells stand in title blocks and below tables only."""
    for sheet, _ in tables(book):
        area = openpyxl.worksheet.cell_range.CellRange(sheet.auto_filter.ref)
        assert [str(m) for m in sheet.merged_cells.ranges if not m.isdisjoint(area)] == []


def test_no_row_and_no_column_of_a_table_is_blank(book: Workbook):
    """But the column of trends, which draws; the notes say so."""
    for sheet, (header, *rows) in tables(book):
        columns = zip(*rows, strict=True) if rows else []
        blank = [n for n, c in zip(header, columns, strict=False) if all(v in (None, "") for v in c)]
        assert not any(all(value in (None, "") for value in row) for row in rows), sheet.title
        assert set(blank) <= {"Diễn biến"} | set(units(sheet)), sheet.title


def units(sheet: Worksheet) -> list[str]:
    """The columns of single units, which may have nothing to say on what is reconciled."""
    return [str(c.value) for c in sheet[4][13:]] if sheet.title == "Đối chiếu" else []


def test_every_sheet_with_an_empty_cell_is_named_in_the_notes_with_the_reason(book: Workbook):
    """Who meets a blank finds why it is one; a formula that shows nothing is no exception."""
    notes = {str(row[1]) for row in next(rows for s, rows in tables(book) if s.title == "Ghi chú")}
    for sheet, (_, *rows) in tables(book):
        can_be_empty = any(
            value in (None, "") or (isinstance(value, str) and ',"")' in value)
            for row in rows
            for value in row
        )
        named = any(note.startswith(sheet.title) for note in notes)
        is_form = sheet.title in {"USE", "MAIL", "POST", "SHELF"} and "Trang của biểu, cột một kỳ" in notes
        assert not can_be_empty or named or is_form, sheet.title


def test_every_drawing_has_a_text_that_says_what_it_shows(path: Path):
    """Charts, pictures and shapes alike; the text is more than a name."""
    with zipfile.ZipFile(path) as package:
        parts = [package.read(n).decode() for n in package.namelist() if n.startswith("xl/drawings/drawing")]
    drawn = [tag for part in parts for tag in re.findall(r"<xdr:cNvPr [^>]*>", part)]

    assert drawn
    assert [tag for tag in drawn if len("".join(re.findall(r'descr="([^"]*)"', tag))) < 40] == []


@pytest.mark.parametrize(
    ("kind", "language"), [("summary", "vi"), ("summary in English", "en"), ("template", "vi")]
)
def test_the_document_has_a_title_and_a_language(kind, language, campaign, tiny, tmp_path):
    """Screen readers choose the voice by it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        properties = openpyxl.load_workbook(written(kind, campaign, tiny, tmp_path)).properties

    assert properties.language == language
    assert properties.title
    assert properties.subject


def test_sheets_have_names_of_their_own_and_come_in_the_order_of_the_contents(book: Workbook):
    """Short enough for Excel, none that a program chose, and each with a line in the contents."""
    first = book.worksheets[0]
    column = [str(row[0].value or "") for row in first.iter_rows(max_col=1)]
    listed = [name for name in column if name in book.sheetnames]

    assert all(
        len(name) <= 31 and not re.fullmatch(r"(Sheet|Trang tính)\s*\d+", name) for name in book.sheetnames
    )
    assert listed[-len(book.sheetnames) :] == book.sheetnames


def test_nothing_of_the_summary_is_hidden(book: Workbook):
    """No sheet and no row; columns that are folded away have the button that unfolds them."""
    assert [s.title for s in book.worksheets if s.sheet_state != "visible"] == []
    for sheet in book.worksheets:
        assert [r for r, d in sheet.row_dimensions.items() if d.hidden and not d.outlineLevel] == []
        assert [c for c, d in sheet.column_dimensions.items() if d.hidden and not d.outlineLevel] == []


def test_the_header_of_every_table_stays_in_sight(book: Workbook):
    """Frozen just below the header."""
    for sheet, _ in tables(book):
        top = openpyxl.utils.cell.range_boundaries(sheet.auto_filter.ref)[1]
        frozen = openpyxl.utils.cell.coordinate_to_tuple(sheet.freeze_panes)[0]
        assert frozen == top + 1, sheet.title


def test_a_link_says_where_it_leads(book: Workbook):
    """Its cell holds a text or a figure, never a bare address; a figure has a tip that says what opens."""
    linked = [
        (sheet.title, cell.coordinate, "" if cell.value is None else str(cell.value).strip(), cell.hyperlink)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink
    ]

    assert len(linked) > 20
    assert [found for found in linked if found[2].lower() in VAGUE or "://" in found[2]] == []
    assert [found for found in linked if found[2].startswith("=") and not found[3].tooltip] == []


def test_every_text_of_the_theme_can_be_told_from_its_ground(campaign: Campaign):
    """The contrast of every style, computed; a style without a ground stands on white."""
    styles = {name: resolve(name, campaign.theme) for name in campaign.theme["style"]}
    weak = {
        name: round(found, 2)
        for name, look in styles.items()
        if (found := contrast(look.get("font_color", "#000000"), look.get("bg_color", "#FFFFFF")))
        < LEAST_CONTRAST
    }

    assert weak == {}


def test_texts_and_outlines_of_charts_can_be_told_from_the_paper(campaign: Campaign):
    """A pale column has a dark outline, so that it is seen in black and white, too."""
    looks = campaign.theme["chart"]
    series = {name: look["line"] for name, look in looks.items() if name.startswith("series_")}

    assert series
    assert contrast(looks["ink"], "#FFFFFF") >= LEAST_CONTRAST
    assert {n: c for n, c in series.items() if contrast(c, "#FFFFFF") < LEAST_CONTRAST_OF_SHAPES} == {}


def test_no_state_is_told_by_colour_alone(campaign: Campaign):
    """Statuses begin with a sign, a provisional figure with its mark, and n/N shows what lacks."""
    for lang in ("vi", "en"):
        words = campaign.words[lang]
        statuses = [words[f"summary.form.{s}"] for s in ("accepted", "with_errors", "rejected", "not_sent")]
        signs = {text[0] for text in statuses}
        assert len(signs) == len(statuses)
        assert not any(sign.isalnum() for sign in signs)
    assert campaign.settings.symbols["provisional"]
    plain = {k: v for k, v in resolve("summary_coverage", campaign.theme).items() if "color" not in k}
    short = {k: v for k, v in resolve("summary_coverage_short", campaign.theme).items() if "color" not in k}
    assert plain != short
