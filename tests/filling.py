"""Fills blank workbooks at random with openpyxl, and knows what every cell then says. Shares no code with
the program: where the cells are is read from the workbook itself, what they ask for from the lists."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests.independent import Lists, Place

ZERO_SIGNS = ("-", "–", "không", "Không có", "chưa thực hiện")
UNKNOWN_SIGNS = ("…", "...", "không có số liệu", "đang tổng hợp")
UNUSABLE = (-3, "abc", "x", date(2020, 6, 5), "3 hoặc 4")
SHARES = {
    "blank": 4,
    "zero": 4,
    "unknown": 2,
    "unusable": 1,
    "fraction": 1,
    "nothing": 5,
    "text": 3,
    "number": 80,
}
"""How often each kind of content is drawn."""


@dataclass(frozen=True)
class Observed:
    """What a cell says once read: value, status, and where it stands."""

    value: Decimal | None
    status: str
    sheet: str
    cell: str


def entry_cells(sheet: Worksheet, lists: Lists) -> Iterator[tuple[str, str, str, Any]]:
    """The keyed cells of a form sheet: indicator, level, period and the cell, locked ones too."""
    rows = list(sheet.iter_rows())
    machine = next(row for row in rows if any(cell.value in lists.periods for cell in row))
    periods = {cell.column: cell.value for cell in machine if cell.value in lists.periods}
    for row in rows:
        indicator, bar, level = str(row[0].value or "").partition("|")
        if bar:
            for cell in row:
                if cell.column in periods:
                    yield indicator, level, periods[cell.column], cell


def fill_at_random(blank: Path, filled: Path, lists: Lists, seed: str) -> dict[Place, Observed]:
    """Fill a blank workbook; return what each of its owed cells says."""
    chance = random.Random(seed)
    book = openpyxl.load_workbook(blank)
    unit = blank.stem
    told: dict[Place, Observed] = {}
    for form_id in [name for name in book.sheetnames if name in lists.forms]:
        sheet = book[form_id]
        by_cell: dict[str, Place] = {}
        formulas: dict[Place, str] = {}
        for indicator, level, period, cell in entry_cells(sheet, lists):
            if cell.protection.locked:
                continue
            place = (unit, indicator, level, period)
            by_cell[cell.coordinate] = place
            if str(cell.value or "").startswith("=") and chance.random() < 0.9:
                formulas[place] = cell.value
                told[place] = Observed(None, "O", form_id, cell.coordinate)
                continue
            decimals = int(lists.measures[lists.indicators[indicator]["unit_measure"]]["decimals"])
            size = 10 ** random.Random(form_id).uniform(0.3, 5.5)
            cell.value, value, status = _anything(chance, decimals, size)
            told[place] = Observed(value, status, form_id, cell.coordinate)
        for place in formulas:
            _derive(place, formulas, by_cell, told)
    filled.parent.mkdir(parents=True, exist_ok=True)
    book.save(filled)
    return told


def _anything(chance: random.Random, decimals: int, size: float) -> tuple[Any, Decimal | None, str]:
    """A cell's content, and the value and status that it stands for; numbers are near a size."""
    number = Decimal(int(size * chance.uniform(0.6, 1.4)) + 1)
    if decimals:
        number += Decimal(chance.randrange(10**decimals)) / 10**decimals
    written = f"{number:,}".translate(str.maketrans(",.", ".,"))
    drawn = {
        "blank": (None, None, "O"),
        "zero": (chance.choice(ZERO_SIGNS), Decimal(0), "Z"),
        "unknown": (chance.choice(UNKNOWN_SIGNS), None, "U"),
        "unusable": (chance.choice(UNUSABLE), None, "E"),
        "fraction": (float(number), number, "A") if decimals else (2.5, None, "E"),
        "nothing": (0, Decimal(0), "A"),
        "text": (written, number, "A"),
        "number": (float(number) if decimals else int(number), number, "A"),
    }
    return drawn[chance.choices(list(SHARES), list(SHARES.values()))[0]]


def _derive(
    place: Place, formulas: dict[Place, str], by_cell: dict[str, Place], told: dict[Place, Observed]
) -> None:
    """A total whose formula stands is the sum of the cells it names, and missing where one is missing."""
    if told[place].status == "A":
        return
    parts = [by_cell[name] for name in named_cells(formulas[place]) if name in by_cell]
    for part in parts:
        if part in formulas:
            _derive(part, formulas, by_cell, told)
    values = [told[part].value for part in parts]
    known = [value for value in values if value is not None]
    if known and len(known) == len(values):
        told[place] = Observed(sum(known, Decimal(0)), "A", told[place].sheet, told[place].cell)


def named_cells(formula: str) -> list[str]:
    summed = re.search(r"SUM\(([^)]*)\)", formula)
    found = []
    for name in summed[1].split(",") if summed else ():
        left, top, right, bottom = range_boundaries(name)
        found += [
            f"{openpyxl.utils.get_column_letter(column)}{row}"
            for row in range(int(top or 0), int(bottom or 0) + 1)
            for column in range(int(left or 0), int(right or 0) + 1)
        ]
    return found
