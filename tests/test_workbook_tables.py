"""A table that many books have in common stands in each of them as its lines would."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.book import Book, Line, Scalar, Sheet, Stencil, Table
from pipeline.catalogue import Campaign
from pipeline.workbook.write import book_bytes

TEXTS = ("", "a & <b>", "đ", "=A1", "✓")
NUMBERS = (0.0, -0.0, 1.5, 1e17, 1e20, 1 / 3, 7, 10**17, float("inf"), float("nan"))
FORMULAS = ("", "", "=A1+1", '=IF(A1<"&",1,"")')
STYLES = ("plain", "form.entry@0.00", "form.sum", "form.remark")


def drawn_stencil(dice: random.Random) -> Stencil:
    width, rows = dice.randint(1, 6), tuple(sorted(dice.sample(range(40), dice.randint(1, 9))))
    cells = width * len(rows)
    styles, formulas = dice.choices(STYLES, k=cells), dice.choices(FORMULAS, k=cells)
    return Stencil(rows, dice.randrange(3), width, tuple(styles), tuple(formulas))


def drawn_table(dice: random.Random, stencil: Stencil) -> Table:
    def some(nothing: int) -> Scalar:
        return dice.choice((*TEXTS, *NUMBERS, *[None] * nothing))

    cells = len(stencil.styles)
    results = [value for formula in stencil.formulas if formula for value in (finite(some(5)),)]
    styles = {place: dice.choice(STYLES) for place in dice.sample(range(cells), min(2, cells))}
    return Table(stencil, [some(9) for _ in range(cells)], results, styles)


def finite(value: Scalar) -> Scalar:
    """No formula shows what is not finite."""
    return value if isinstance(value, str) or value is None or abs(value) < 1e30 else 0.0


def written(sheet: Sheet, theme: Mapping[str, Any]) -> bytes:
    return book_bytes(Book("T", "S", [sheet]), theme)


@pytest.mark.parametrize("seed", range(40))
def test_a_table_is_written_as_its_lines(seed: int, campaign: Campaign) -> None:
    """Formulas, typed figures, texts, marked cells, a line to the right: the same file, byte by byte."""
    dice = random.Random(seed)
    stencil = drawn_stencil(dice)
    for table in (drawn_table(dice, stencil), drawn_table(dice, stencil)):
        beside = Line(stencil.rows[0], stencil.col + stencil.width, ("x", 1.5), ("plain", "form.sum"))
        one = Sheet("A", [table, beside])
        other = Sheet("A", [*table.lines(), beside])
        assert written(one, campaign.theme) == written(other, campaign.theme)


def test_a_table_takes_no_row_that_is_taken(campaign: Campaign) -> None:
    """What would lie over another row is a fault of the program, and no file is written."""
    stencil = Stencil((3, 4), 0, 2, ("plain",) * 4, ("",) * 4)
    table = Table(stencil, (None,) * 4, ())
    with pytest.raises(AssertionError):
        written(Sheet("A", [Line(4, 1, ("x",), ("plain",)), table]), campaign.theme)
