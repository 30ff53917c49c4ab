"""A real office program recalculates every formula of our templates, and no value changes."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest

from pipeline.book import Book, Cell, Formula, Sheet
from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.forms import build_template
from pipeline.model import Answers
from pipeline.workbook import write_book
from tests.office import needs_office, recalculated, recalculated_many

TEXTS = ("-", "x", "…", "12 hội nghị", "=1+1", "1.234", " ", "#REF!")


def random_answers(campaign: Campaign, unit_id: str, seed: int) -> Answers:
    """Invented: numbers large and small, texts, gaps; totals now typed over, now left to their formula."""
    draw = random.Random(seed)
    values: dict[tuple[str, str], float | str] = {}
    for form in owed_forms(campaign, unit_id):
        for row in form.rows:
            indicator = campaign.indicators[row.indicator_id]
            decimals = campaign.measures[indicator.unit_measure].decimals
            for period_id in form.period_ids if not indicator.is_computed else ():
                if not campaign.exists_in(row.indicator_id, period_id) or draw.random() < 0.12:
                    continue
                number = draw.choice((0, 1, draw.randrange(30), draw.randrange(9_999_999)))
                figure = round(number + draw.random(), decimals) if decimals else number
                values[row.key, period_id] = draw.choice(TEXTS) if draw.random() < 0.04 else figure
    return Answers(values, 2, "Người lập giả định", "000", {}, "SỐ LIỆU GIẢ ĐỊNH")


def differences(path: Path, again: Path) -> tuple[int, list[str]]:
    """How many formulas there are, and those whose value is another one after the recalculation."""
    formulas = openpyxl.load_workbook(path)
    before, after = (openpyxl.load_workbook(one, data_only=True) for one in (path, again))
    count, differing = 0, []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                shown = [book[sheet.title][cell.coordinate].value for book in (before, after)]
                old, new = ("" if value is None else value for value in shown)
                numbers = isinstance(old, int | float) and isinstance(new, int | float)
                if not (old == pytest.approx(new, rel=1e-12, abs=1e-9) if numbers else old == new):
                    differing.append(f"{sheet.title}!{cell.coordinate} {old!r} {new!r} {cell.value}")
    return count, differing


@needs_office
def test_the_office_program_really_recalculates(tmp_path: Path) -> None:
    """A wrong cached value does not survive: the next test could fail."""
    book = Book("T", "S", [Sheet("S", [Cell(0, 0, Formula("=1+1", 3), "plain")])])
    write_book(book, {"style": {"plain": {}}}, tmp_path / "wrong.xlsx")
    again = openpyxl.load_workbook(recalculated(tmp_path / "wrong.xlsx", tmp_path), data_only=True)

    assert again["S"]["A1"].value == 2


@needs_office
def test_a_recalculation_changes_no_value(campaign: Campaign, tiny: Campaign, tmp_path: Path) -> None:
    """Blank and filled, of every sort of unit: what we cached is what the formulas give."""
    paths = []
    for world, unit_id, seed in (
        *((campaign, "QH304", None), (campaign, "QH304", 1), (campaign, "BD_TC", 2)),
        *((campaign, "TTTP", 3), (campaign, "SNV", 4)),
        *((tiny, "NORTH", 5), (tiny, "ISLE", 6), (tiny, "DESK", 7)),
    ):
        answers = random_answers(world, unit_id, seed) if seed is not None else None
        paths.append(tmp_path / f"{unit_id}-{seed}.xlsx")
        write_book(build_template(world, unit_id, answers), world.theme, paths[-1])
    results = {
        path.stem: differences(path, again)
        for path, again in zip(paths, recalculated_many(paths, tmp_path / "again"), strict=True)
    }

    assert {name: differing for name, (_, differing) in results.items() if differing} == {}
    assert sum(count for count, _ in results.values()) > 9_000
