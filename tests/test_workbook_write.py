"""A Book becomes a workbook that other programs read as it was meant."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.book import Book, Cell, Column, Entry, Formula, Highlight, Merge, Print, Sheet
from pipeline.workbook import write_book

THEME: dict[str, Any] = {
    "font": {"name": "Times New Roman", "size": 11},
    "colour": {"red": "#AA0000"},
    "style": {
        "plain": {"valign": "vcenter"},
        "figure": {"like": "plain", "border": 1, "locked": False},
        "strong": {"like": "figure", "bold": True, "font_color": "$red"},
        "over": {"italic": True},
        "lost": {"like": "nowhere"},
        "circle": {"like": "circle"},
        "colourless": {"font_color": "$none"},
    },
}

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves one sheet with the given cells and properties."""

    def saved(*cells: Cell, **properties: Any) -> Path:
        path = tmp_path / "book.xlsx"
        sheet = Sheet(name="S", cells=cells, **properties)
        write_book(Book("Title", "Subject", [sheet]), THEME, path)
        return path

    return saved


def opened(path: Path, *, values: bool = False) -> Worksheet:
    return openpyxl.load_workbook(path, data_only=values)["S"]


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def test_the_same_book_gives_the_same_bytes(save: Save) -> None:
    """Neither the clock nor the machine leaves a trace."""
    path = save(Cell(0, 0, "a", "plain"), Cell(0, 1, 1.5, "figure"))
    first = path.read_bytes()
    path.unlink()
    second = save(Cell(0, 0, "a", "plain"), Cell(0, 1, 1.5, "figure")).read_bytes()
    with zipfile.ZipFile(path) as package:
        dates = {info.date_time for info in package.infolist()}

    assert first == second
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert "2023-06-02T00:00:00Z" in part(path, "docProps/core.xml")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "{=1}", "http://example.org", "mailto:a@example.org", "internal:S!A1", "0012", "-", "1/2"],
)
def test_a_text_is_never_a_formula_a_link_or_a_number(save: Save, text: str) -> None:
    """What a unit typed is shown, not obeyed."""
    path = save(Cell(0, 0, text, "plain"), merges=[Merge(2, 0, 2, 3, text, "plain")])
    sheet = opened(path)

    assert [(sheet[cell].value, sheet[cell].data_type) for cell in ("A1", "A3")] == [(text, "s")] * 2
    assert "hyperlink" not in part(path, "xl/worksheets/sheet1.xml")


def test_a_formula_carries_its_value(save: Save) -> None:
    """A reader that does not calculate sees what a recalculation would give; nothing is not 0."""
    cells = [
        Cell(0, 0, Formula("=1+1", 2), "figure"),
        Cell(0, 1, Formula('=IF(1=1,"✓","")', "✓"), "figure"),
        Cell(0, 2, Formula('=IF(1=1,"","✓")', ""), "figure"),
    ]
    path = save(*cells)

    assert [opened(path)[name].value for name in ("A1", "B1", "C1")] == [cell.value.text for cell in cells]
    assert [opened(path, values=True)[name].value for name in ("A1", "B1", "C1")] == [2, "✓", None]
    assert re.search(r'r="C1"[^>]*t="str"><f>[^<]*</f><v></v>', part(path, "xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize("nothing", [None, "", float("nan"), float("inf")])
def test_nothing_is_a_blank_cell_with_its_looks(save: Save, nothing: Any) -> None:
    """A missing figure is never 0 and never a text."""
    cell = opened(save(Cell(0, 0, nothing, "strong")))["A1"]

    assert cell.value is None
    assert cell.font.bold


def test_half_a_character_does_not_stop_the_writer(save: Save) -> None:
    """A hostile file can hold texts that no file can be written with; the rest of the text stays."""
    assert opened(save(Cell(0, 0, "a\ud800b", "plain")))["A1"].value == "a?b"


def test_styles_inherit_overlay_and_take_a_number_format(save: Save) -> None:
    """``like`` inherits, ``+`` lays over, ``@`` sets the number format, ``$`` is a colour."""
    cell = opened(save(Cell(0, 0, 1, "strong+over@#,##0.00")))["A1"]

    assert (cell.font.bold, cell.font.italic, cell.border.left.style) == (True, True, "thin")
    assert (cell.font.name, cell.font.size, cell.font.color.rgb) == ("Times New Roman", 11, "FFAA0000")
    assert (cell.number_format, cell.protection.locked) == ("#,##0.00", False)


@pytest.mark.parametrize("style", ["unheard", "lost", "circle", "colourless", "plain+unheard"])
def test_a_style_that_the_theme_lacks_is_refused(save: Save, style: str) -> None:
    """A slip in a name shows at once, not as a plain cell that nobody notices."""
    with pytest.raises(KeyError):
        save(Cell(0, 0, "a", style))


def test_entries_refuse_what_is_not_a_number_of_the_right_kind(save: Save) -> None:
    """The refusal is Excel's own, with our title and text."""
    whole = Entry(0, 0, 1, 2, False, "No", "Whole numbers only.")
    decimal = Entry(2, 0, 2, 2, True, "No", "Numbers only.", least=1)
    first, second = opened(save(entries=[whole, decimal])).data_validations.dataValidation

    assert (first.type, first.operator, first.formula1, str(first.sqref)) == (
        *("whole", "greaterThanOrEqual", "0", "A1:C2"),
    )
    assert (first.errorStyle or "stop", first.showErrorMessage, first.allowBlank) == ("stop", True, True)
    assert (first.errorTitle, first.error) == ("No", "Whole numbers only.")
    assert (second.type, second.formula1, str(second.sqref)) == ("decimal", "1", "A3:C3")


@pytest.mark.parametrize(("title", "refusal"), [("t" * 33, "r"), ("t", "r" * 256)])
def test_a_refusal_that_excel_cannot_show_is_an_error(save: Save, title: str, refusal: str) -> None:
    """The library would drop the whole limit with a mere warning."""
    with pytest.raises(ValueError, match="too long"):
        save(entries=[Entry(0, 0, 0, 0, False, title, refusal)])


def test_protection_has_no_password_and_leaves_widths_heights_and_filters_free(save: Save) -> None:
    """Nobody is locked out of the workbook; only what must not be typed over is locked."""
    guard = opened(save(Cell(0, 0, 1, "plain"), protected=True)).protection

    assert guard.sheet
    assert not guard.password
    allowed = (guard.formatColumns, guard.formatRows, guard.autoFilter)
    assert allowed == (False, False, False), "in the file, False says that it is not forbidden"
    assert (guard.selectLockedCells, guard.selectUnlockedCells) == (False, False)
    assert (guard.insertRows, guard.deleteRows, guard.sort) == (True, True, True)


def test_the_page_is_a4_with_repeated_header_and_page_number(save: Save) -> None:
    """What is printed can be put on a leader's table as it is."""
    page = Print(
        repeat_rows=(2, 3), repeat_cols=(0, 1), area=(0, 1, 9, 4), footer_left="A & B", page_breaks=(5,)
    )
    path = save(Cell(0, 0, "a", "plain"), print=page)
    sheet = opened(path)

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$3:$4", "$A:$B")
    assert sheet.print_area == "'S'!$B$1:$E$10"
    assert [mark.id for mark in sheet.row_breaks.brk] == [5]
    footer = re.search(r"<oddFooter>(.*)</oddFooter>", part(path, "xl/worksheets/sheet1.xml"))
    assert footer is not None
    assert footer[1].endswith("&amp;P/&amp;N")
    assert "A &amp;&amp; B" in footer[1]


def test_a_portrait_page_that_does_not_fit_its_width(save: Save) -> None:
    """The author of a sheet decides; the writer adds nothing."""
    sheet = opened(save(Cell(0, 0, "a", "plain"), print=Print(landscape=False, fit_width=False)))

    assert sheet.page_setup.orientation == "portrait"
    assert sheet.sheet_properties.pageSetUpPr is None or not sheet.sheet_properties.pageSetUpPr.fitToPage


def test_columns_rows_panes_filters_tabs_and_zoom_are_set(save: Save) -> None:
    """Everything that a Sheet can say reaches the file."""
    sheet = opened(
        save(
            Cell(0, 0, "a", "plain"),
            columns=[Column(0, 1, 12.0, style="figure"), Column(2, 2, 5.0, outline=1, hidden=True)],
            row_heights={0: 33.0},
            freeze=(2, 1),
            filter=(0, 0, 5, 2),
            tab="$red",
            zoom=85,
        )
    )

    assert round(sheet.column_dimensions["A"].width) in (12, 13)
    assert (sheet.column_dimensions["C"].hidden, sheet.column_dimensions["C"].outlineLevel) == (True, 1)
    assert sheet.row_dimensions[1].height == 33
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B3", "A1:C6")
    assert (sheet.sheet_properties.tabColor.rgb, sheet.sheet_view.zoomScale) == ("FFAA0000", 85)


def test_merged_ranges_hold_texts_and_formulas(save: Save) -> None:
    """A range of one cell is simply that cell."""
    path = save(
        merges=[
            Merge(0, 0, 0, 3, "wide", "plain"),
            Merge(1, 0, 1, 0, "one", "plain"),
            Merge(2, 0, 3, 1, Formula("=1+1", 2), "figure"),
        ]
    )
    sheet = opened(path, values=True)

    assert {str(place) for place in sheet.merged_cells.ranges} == {"A1:D1", "A3:B4"}
    assert [sheet[cell].value for cell in ("A1", "A2", "A3")] == ["wide", "one", 2]


def test_highlights_follow_a_formula(save: Save) -> None:
    """What is suspect lights up while it is typed."""
    mark = Highlight(0, 0, 4, 2, "=A1<0", "strong")
    (rules,) = opened(save(Cell(0, 0, 1, "plain"), highlights=[mark])).conditional_formatting

    assert (str(rules.sqref), [rule.formula for rule in rules.rules]) == ("A1:C5", [["A1<0"]])


def test_a_hidden_sheet_and_the_documents_own_title(tmp_path: Path) -> None:
    """Staff see only the sheets that are theirs; the file says what it is."""
    sheets = [Sheet("Shown", [Cell(0, 0, "a", "plain")]), Sheet("Kept", [], hidden=True)]
    write_book(Book("Title", "Subject", sheets), THEME, tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")

    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [("Shown", "visible"), ("Kept", "hidden")]
    assert (book.properties.title, book.properties.subject) == ("Title", "Subject")


def test_a_theme_mistake_leaves_the_old_workbook(save: Save) -> None:
    """The file is written only when the whole book is ready."""
    path = save(Cell(0, 0, "old", "plain"))
    with pytest.raises(KeyError):
        save(Cell(0, 0, "new", "unheard"))

    assert opened(path)["A1"].value == "old"
