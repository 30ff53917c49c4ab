"""The heat map of who has sent what can be read without colour, and its rates say what is missing."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.model import FormStatus
from tests.summary_results import made_up_results, written_summary

STATES = {"✓ ok", "◊ errors", "✗ out", "○ none", "–"}
"""What a form of a unit can show."""


@pytest.fixture(scope="module")
def sheet(tiny, tmp_path_factory) -> Worksheet:
    """The sheet of coverage, formulas as their values."""
    path = written_summary(tiny, made_up_results(tiny), "en", tmp_path_factory.mktemp("coverage"))
    return openpyxl.load_workbook(path, data_only=True)["Coverage"]


def table(sheet: Worksheet) -> tuple[int, int, int, int]:
    """First column, header row, last column and last row of the table of units."""
    return range_boundaries(sheet.auto_filter.ref)


def look(cell: Cell) -> tuple[object, object]:
    """Colour and letters of a cell."""
    return cell.fill.fgColor.rgb, cell.font.b


def rates(sheet: Worksheet, name: str) -> list[Cell]:
    """The cells with a number in the columns of a header, above and below."""
    columns = {c.column for row in sheet.iter_rows() for c in row if c.value == name}
    return [
        cell
        for column in columns
        for (cell,) in sheet.iter_rows(min_col=column, max_col=column)
        if isinstance(cell.value, int | float)
    ]


def test_every_state_that_the_table_can_show_stands_in_the_legend_as_it_looks(sheet):
    """Sign, word and colour of the legend are those of the table, and each has a meaning beside it."""
    _, top, _, bottom = table(sheet)
    in_table = {c.value: look(c) for row in sheet.iter_rows(min_row=top + 1, max_row=bottom) for c in row}
    legend = {
        c.value: (look(c), sheet.cell(c.row, c.column + 1).value)
        for row in sheet.iter_rows(min_row=bottom + 2)
        for c in row
        if c.value in STATES
    }

    assert legend.keys() == STATES
    assert all(meaning for _, meaning in legend.values())
    assert all(legend[state][0] == in_table[state] for state in STATES & in_table.keys())
    assert len({colour for (colour, _), _ in legend.values()}) == len(FormStatus) + 1


def test_the_table_is_parted_from_the_legend_by_an_empty_row(sheet):
    """What touches a filtered table is sorted along with it."""
    _, _, _, bottom = table(sheet)

    assert not any(cell.value for cell in sheet[bottom + 1])


def test_a_rate_shows_by_a_sign_whether_all_some_or_none_came(sheet):
    """Colours say it on the screen, the sign says it on grey paper."""
    cells = rates(sheet, "Rate")
    signs = {1: "●", 0: "○"}

    assert len(cells) > 5
    for cell in cells:
        assert signs.get(cell.value, "◐") in cell.number_format
    assert len({cell.number_format for cell in cells}) == len({look(cell) for cell in cells}) == 3


def test_a_city_figure_of_fewer_units_than_asked_stands_out(tiny, tmp_path):
    """Italics, and n/N in bold italics, wherever n is below N, and nowhere else."""
    results = made_up_results(tiny)
    book = openpyxl.load_workbook(written_summary(tiny, results, "en", tmp_path), data_only=True)
    seen = set()
    for form_id, city in results.city.items():
        page = book[form_id]
        left, top, right, _ = range_boundaries(page.auto_filter.ref)
        header = {page.cell(top, c).value: c for c in range(left, right + 1)}
        for r, _ in enumerate(city.rows):
            for c, column in enumerate(city.columns):
                cell = page.cell(top + 1 + r, header[column])
                if isinstance(cell.value, int | float) and not city.provisional[r, c]:
                    short = bool(city.counted[r, c] < city.expected[r, c])
                    seen.add(short)

                    assert bool(cell.font.i) == short

    assert seen == {True, False}
