"""LibreOffice as we call it: every formula is really recalculated, or really left alone."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.office import needs_office, recalculated, recalculated_many, saved_by_office


def sum_with_wrong_value(path: Path) -> Path:
    """A workbook whose A3 says 99 although A1 + A2 is 5."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", [2, 3])
        sheet.write_formula("A3", "=A1+A2", None, 99)
    return path


def value_of(path: Path) -> object:
    """What A3 shows."""
    return openpyxl.load_workbook(path, data_only=True)["S"]["A3"].value


@needs_office
def test_a_wrong_cached_value_does_not_survive_recalculation(tmp_path):
    """Without this, every test that asks LibreOffice would only hear its own voice."""
    book = sum_with_wrong_value(tmp_path / "wrong.xlsx")

    assert value_of(book) == 99
    assert value_of(recalculated(book, tmp_path)) == 5


@needs_office
def test_many_workbooks_are_recalculated_in_one_go(tmp_path):
    """Each comes back under its own name, in the order asked for."""
    books = [sum_with_wrong_value(tmp_path / f"{name}.xlsx") for name in ("b", "a")]
    done = recalculated_many(books, tmp_path / "done")

    assert [path.name for path in done] == ["b.xlsx", "a.xlsx"]
    assert [value_of(path) for path in done] == [5, 5]


@needs_office
def test_a_plain_save_keeps_formula_and_trusts_the_cached_value(tmp_path):
    """This is what a user of LibreOffice does to a workbook that Excel made."""
    saved = saved_by_office(sum_with_wrong_value(tmp_path / "book.xlsx"), tmp_path)

    assert openpyxl.load_workbook(saved)["S"]["A3"].value == "=A1+A2"
    assert value_of(saved) == 99


@needs_office
def test_what_is_no_workbook_is_told_apart_from_a_failed_test(tmp_path):
    """A missing result is an error here, never an empty workbook."""
    with pytest.raises(RuntimeError, match="made no absent"):
        recalculated(tmp_path / "absent.xlsx", tmp_path)


@needs_office
def test_two_workbooks_of_one_name_are_refused(tmp_path):
    """One would overwrite the other."""
    with pytest.raises(ValueError, match="same name"):
        recalculated_many([tmp_path / "a" / "x.xlsx", tmp_path / "b" / "x.xlsx"], tmp_path)
