"""What the README says about a short pandas script is shown here, with no code of the program."""

from __future__ import annotations

import openpyxl
import pandas as pd


def test_pandas_adds_an_empty_column_up_to_zero():
    """A column that nobody filled in looks like a stated zero."""
    column = pd.Series([None, None, None], dtype="Int64")

    assert column.sum() == 0


def test_a_formula_without_a_saved_value_reads_as_nothing(tmp_path):
    """A total that was written but never calculated is a blank to whoever reads the file."""
    book = openpyxl.Workbook()
    book.active.append(["total"])
    book.active["A2"] = "=1+1"
    book.save(tmp_path / "return.xlsx")

    assert pd.read_excel(tmp_path / "return.xlsx", engine="openpyxl")["total"].isna().all()


def test_adding_by_position_is_silently_wrong_after_one_inserted_row():
    """Two returns, one with an inserted row: the sums are of different things, and nothing complains."""
    one = pd.DataFrame({"name": ["conferences", "participants"], "figure": [3, 120]})
    other = pd.DataFrame({"name": ["remark", "conferences", "participants"], "figure": [0, 5, 200]})

    added = one["figure"] + other["figure"]

    assert added[0] == 3
    assert added[1] == 125
