"""The tables for other programs: a reader of CSV gets what stands in a frame, and Excel runs nothing."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from pipeline.store import csv_text as module
from pipeline.store.csv_text import csv_text

TEXTS = ["plain", "", 'say "no"', "one, two", "two\r\nlines", "tiếng Việt", " space ", "-", "-5", "x=1"]


def read_back(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_text(frame)), newline="")))


def test_every_text_comes_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever signs it holds, and over the border between two parts."""
    monkeypatch.setattr(module, "_ROWS", 3)
    frame = pd.DataFrame({"first": TEXTS, "second, with a comma": TEXTS[::-1]}, dtype="str")
    names, *rows = read_back(frame)

    assert names == ["first", "second, with a comma"]
    assert rows == [list(pair) for pair in zip(TEXTS, TEXTS[::-1], strict=True)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "\tx", "\rx", "-2+3", "-x"])
def test_what_excel_would_take_for_a_formula_gets_a_quote(text: str) -> None:
    """A unit may have typed it; it stays a text."""
    assert read_back(pd.DataFrame({"seen": [text]}, dtype="str"))[1] == [f"'{text}"]


def test_numbers_are_written_as_people_write_them() -> None:
    """Whole ones without a point, nothing where there is none, and none rounded."""
    frame = pd.DataFrame(
        {
            "plain": [1.0, 0.1, float("nan"), 1e12],
            "nullable": pd.array([2, None, 2.5, 0], dtype="Float64"),
            "count": [3, 0, 12, -1],
            "flag": [True, False, True, True],
        }
    )
    assert read_back(frame)[1:] == [
        ["1", "2", "3", "True"],
        ["0.1", "", "0", "False"],
        ["", "2.5", "12", "True"],
        ["1000000000000", "0", "-1", "True"],
    ]


def test_a_categorical_column_is_written_as_its_texts() -> None:
    """Whether or not a row lacks one, and whatever part of the table a row is in."""
    texts = ["b", "=a,c", "b", None, "d"]
    plain, whole = pd.DataFrame({"x": texts, "y": 1}), pd.DataFrame({"x": texts[:3], "y": 1})
    coded = [frame.assign(x=pd.Categorical(frame["x"])) for frame in (plain, whole)]

    assert list(csv_text(coded[0])) == list(csv_text(plain))
    assert list(csv_text(coded[1])) == list(csv_text(whole))
    assert "".join(csv_text(coded[1])) == 'x,y\r\nb,1\r\n"\'=a,c",1\r\nb,1\r\n'


def test_an_empty_table_still_names_its_columns() -> None:
    """So that whoever reads it finds them."""
    frame = pd.DataFrame({"a": pd.Series([], dtype="str"), "b": pd.Series([], dtype=float)})
    assert read_back(frame) == [["a", "b"]]
