"""Plays both sides of a correction: the office that runs the program, the unit that corrects its copy.

The unit works with openpyxl on nothing but what the return copy itself shows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline import copying, run
from pipeline.catalogue import Campaign
from pipeline.catalogue.load import BUILT_IN
from pipeline.frames import Results

EXPLAIN, GUIDE, TO_DO = "Giải trình", "Hướng dẫn", "Cần sửa"


def silent(_stage: str, _done: int, _of: int) -> None:
    """Nobody hears of progress."""


@dataclass(frozen=True)
class Office:
    """One office: its inputs and its outputs."""

    campaign: Campaign
    folder: Path

    @property
    def inputs(self) -> Path:
        """What the units send."""
        return self.folder / "inputs"

    @property
    def returns(self) -> Path:
        """What goes back."""
        return self.folder / "outputs" / "tra-lai"

    def invent(self, seed: int, units: int, share: float) -> list[dict[str, str]]:
        """Invented returns; the list of their mistakes, by machine names."""
        _, listed = run.write_demo(self.campaign, self.inputs, (seed, units, share), ("vi", silent))
        names = ("unit", "file", "form", "sheet", "cell", "indicator", "level", "period", "kind", "written")
        with listed.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))[1:]
        return [dict(zip((*names, "right", "rules"), row, strict=False)) for row in rows]

    def run(self, *, whole: bool = False) -> Results:
        """What the program finds, and the copies; with ``whole`` the main job, summary and all."""
        options = run.Options(self.inputs, self.folder / "outputs", BUILT_IN, "vi", workers=1)
        if whole:
            return run.aggregate(options, silent).results
        results = run.examine(self.campaign, options, silent)
        copying.write_returns(self.campaign, results, copying.Copies(self.returns), ("vi", silent), 1)
        return results

    def waive(self, *lines: str, encoding: str = "utf-8-sig") -> None:
        """Write the list of waivers."""
        (self.inputs / "chap-nhan.csv").write_text("\r\n".join(lines), encoding=encoding)


def to_do(results: Results, unit_id: str = "") -> pd.DataFrame:
    """The open findings that ask for something, of one unit or of all."""
    found = results.findings
    asking = (found["state"] == "open") & (found["severity"] != "info")
    return found[asking & (found["unit_id"] == unit_id if unit_id else True)]


def correct(copy: Path, target: Path, change: Callable[[Workbook], None]) -> None:
    """Open a copy, change it, save it elsewhere."""
    book = openpyxl.load_workbook(copy)
    change(book)
    book.save(target)


def explain_all(book: Workbook, text: str = "Đúng, do tổ chức tập trung trong kỳ") -> None:
    """Write an explanation on every line that is ready for one."""
    sheet = book[EXPLAIN]
    heading, columns = explain_columns(sheet)
    for row in range(heading + 1, sheet.max_row + 1):
        if sheet.cell(row, columns["FINDING"]).value:
            sheet.cell(row, columns["EXPLANATION"]).value = text
            sheet.cell(row, columns["BY"]).value = "Nguyễn Văn Mẫu"


def explain_columns(sheet: Worksheet) -> tuple[int, Mapping[str, int]]:
    """The row of the machine ids and the column of each."""
    for row in sheet.iter_rows(max_row=20):
        ids = {str(cell.value): cell.column for cell in row if cell.value}
        if "EXPLANATION" in ids:
            return row[0].row, ids
    raise AssertionError("no line for explanations")


def put_right(book: Workbook, mistakes: list[dict[str, str]]) -> None:
    """Write the right value into the cell of every mistake, found by row key and period id."""
    for mistake in mistakes:
        sheet = book[mistake["form"]]
        key = f"{mistake['indicator']}|{mistake['level']}"
        row = next(cell.row for cell in sheet["A"] if cell.value == key)
        column = next(
            c.column for r in sheet.iter_rows(max_row=20) for c in r if c.value == mistake["period"]
        )
        sheet.cell(row, column).value = float(mistake["right"]) if mistake["right"] else None
