"""The live check in Excel and our own check say the same of every figure: LibreOffice is the referee.

Thousands of random rules and all rules of the campaign meet random figures in one workbook: numbers,
blanks, texts, formulas that show nothing, cells that cannot exist. Every formula is written with a wrong
cached value and recalculated by LibreOffice; what it shows is held against the vectorised check.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.rules.check import FALSE, KNOWN, MISSING, NOT_APPLICABLE, NOT_EVALUATED, TRUE, Figures, evaluate
from pipeline.rules.excel import Marks, check_formula, sum_formula
from pipeline.rules.language import Reach, Ref
from pipeline.rules.parse import parse_rule
from tests.office import needs_office, recalculated

PERIODS = 4
RANDOM_RULES = 1500
ROUNDS_OF_REAL_RULES = 3
MARKS = Marks("✓", "✗")
SHOWN = {TRUE: "✓", FALSE: "✗", NOT_EVALUATED: ""}
NO_NUMBER = ["", "x", "12 hội nghị", " ", "=", "…"]
"""What may stand in a cell that holds no number; "=" is a formula that shows nothing."""


@dataclass
class Case:
    """One rule over its own figures. ``cells`` hold a number, or a text as in NO_NUMBER."""

    rule: str
    cells: dict[str, list[float | str]]
    states: dict[str, list[int]]
    row: int = 0

    def address(self, name: str, period: int) -> str:
        return xl_rowcol_to_cell(self.row + list(self.cells).index(name), period)

    def cells_of(self, ref: Ref, period: int) -> tuple[str, ...] | None:
        """What a template would let the reference read: see ``CellOf``."""
        states = self.states[ref.indicator_id]
        if ref.reach is Reach.CUM:
            there = [p for p in range(period + 1) if states[p] != NOT_APPLICABLE]
            return tuple(self.address(ref.indicator_id, p) for p in there)
        if ref.reach is Reach.PREV and (period == 0 or states[period - 1] == NOT_APPLICABLE):
            return None
        there = period - 1 if ref.reach is Reach.PREV else period
        return () if states[there] == NOT_APPLICABLE else (self.address(ref.indicator_id, there),)

    def figures(self, name: str) -> Figures:
        known = [state == KNOWN for state in self.states[name]]
        values = [value if k else 0.0 for value, k in zip(self.cells[name], known, strict=True)]
        return Figures(np.array([values], dtype=float), np.array([self.states[name]], dtype=np.int8))

    def expected(self) -> list[str]:
        """What our own check says of each period, as the template shows it."""
        return [SHOWN[int(r)] for r in evaluate(parse_rule(self.rule), self.figures)[0]]


def random_rule(draw: random.Random) -> str:
    """A chain of one to three sums, most often one equality, as in a catalogue."""
    ops = draw.choice([["=="], ["=="], ["=="], ["<="], [">="], ["<=", "<="], [">=", ">="], ["==", "<="]])
    sides = [random_side(draw) for _ in range(len(ops) + 1)]
    for i in range(len(ops)):
        if not any(letter in sides[i] + sides[i + 1] for letter in "ABCDEF"):
            sides[i] = "A"
    return sides[0] + "".join(f" {op} {side}" for op, side in zip(ops, sides[1:], strict=True))


def random_side(draw: random.Random) -> str:
    terms = []
    for _ in range(draw.choice([1, 1, 1, 2, 2, 3, 5])):
        name = draw.choice("ABCDEF")
        name = draw.choice([name, name, name, name, f"prev({name})", f"cum({name})"])
        factor = draw.choice(["", "", "", "", "2 * ", "0.5 * ", "1.1 * ", "-1 * ", "0 * "])
        terms.append(factor + name)
    if draw.random() < 0.1:
        terms.append(draw.choice(["1", "0.3", "100", "-2"]))
    if draw.random() < 0.04:
        terms = [draw.choice(["0", "5", "0.3"])]
    return draw.choice([" + ", " + ", " - "]).join(terms)


def random_value(draw: random.Random, scale: str) -> float:
    """Few different values, so that equalities come true often enough."""
    if scale == "small":
        return draw.randint(0, 3)
    if scale == "tenths":
        return draw.choice([0.1, 0.2, 0.3, 0.5, 0.6, 1.1, 0.7, 0])
    if scale == "money":
        return draw.randint(0, 20_000_000) / 1000
    return draw.choice([10**9, 10**9 + 1, 11 * 10**8, 123_456_789, 10**12, 10**12 - 1, 0])


def random_case(draw: random.Random, rule: str) -> Case:
    """Figures for a rule: some rows begin late or do not exist, some cells hold no number."""
    scale = draw.choice(["small", "small", "small", "tenths", "money", "large"])
    gaps = draw.choice([0.0, 0.0, 0.1, 0.4])
    cells: dict[str, list[float | str]] = {}
    states: dict[str, list[int]] = {}
    for name in parse_rule(rule).indicator_ids:
        begins = draw.choice([0, 0, 0, 0, 0, 0, 1, 2, PERIODS])
        for period in range(PERIODS):
            missing = draw.random() < gaps
            state = NOT_APPLICABLE if period < begins else MISSING if missing else KNOWN
            value = draw.choice(NO_NUMBER) if missing else random_value(draw, scale)
            states.setdefault(name, []).append(state)
            cells.setdefault(name, []).append("x" if state == NOT_APPLICABLE else value)
    case = Case(rule, cells, states)
    if draw.random() < 0.5:
        make_it_hold(case)
    return case


def make_it_hold(case: Case) -> None:
    """Give a total the sum of its parts, as a unit that fills its form with care would."""
    link = parse_rule(case.rule).links[0]
    total = link.left.refs[0] if len(link.left.terms) == 1 and not link.left.constant else None
    if total is None or total.reach is not Reach.NOW or link.left.terms[0].factor != 1:
        return
    if total.indicator_id in {ref.indicator_id for ref in link.right.refs} or not link.right.terms:
        return
    for period in range(PERIODS):
        parts = [(t.factor, case.cells_of(t.ref, period), t.ref) for t in link.right.terms]
        if case.states[total.indicator_id][period] == KNOWN and all(
            cells is not None for _, cells, _ in parts
        ):
            value = sum(f * number_in(case, ref, period) for f, _, ref in parts) + link.right.constant
            case.cells[total.indicator_id][period] = round(value, 4)


def number_in(case: Case, ref: Ref, period: int) -> float:
    first = {Reach.NOW: period, Reach.PREV: period - 1, Reach.CUM: 0}[ref.reach]
    last = period - 1 if ref.reach is Reach.PREV else period
    values = zip(case.cells[ref.indicator_id], case.states[ref.indicator_id], strict=True)
    return sum(float(v) for v, state in list(values)[first : last + 1] if state == KNOWN)


def write(path: Path, cases: list[Case]) -> None:
    """All cases below each other; formulas stand right of the figures, their cached value is wrong."""
    with xlsxwriter.Workbook(path) as book:
        sheet, row = book.add_worksheet("cases"), 0
        for case in cases:
            case.row = row
            for name, cells in case.cells.items():
                for period, value in enumerate(cells):
                    write_cell(sheet, case, name, period, value)
                row += 1
            for period in range(PERIODS):
                formula = check_formula(
                    parse_rule(case.rule), lambda ref, c=case, p=period: c.cells_of(ref, p), MARKS
                )
                if formula is not None:
                    sheet.write_formula(case.row, PERIODS + 1 + period, formula, None, "WRONG")
            row += 1


def write_cell(
    sheet: xlsxwriter.worksheet.Worksheet, case: Case, name: str, period: int, value: float | str
) -> None:
    address = case.address(name, period)
    if value == "=":
        sheet.write_formula(address, sum_formula(("ZZ1", "ZZ2")), None, 7)
    elif isinstance(value, str):
        sheet.write_string(address, value) if value else sheet.write_blank(address, None)
    else:
        sheet.write_number(address, value)


def shown_by_office(path: Path, cases: list[Case]) -> list[list[str]]:
    """What the recalculated formulas of each case show, by period."""
    rows = list(openpyxl.load_workbook(path, data_only=True)["cases"].iter_rows(values_only=True))
    shown = [rows[case.row][PERIODS + 1 : 2 * PERIODS + 1] for case in cases]
    return [[str(value or "") for value in (*row, *[""] * (PERIODS - len(row)))] for row in shown]


@needs_office
def test_live_check_and_our_check_agree(campaign, tmp_path):
    """Of every rule, over every kind of figure: ✓, ✗ or nothing, the same in both."""
    draw = random.Random(25)
    rules = [random_rule(draw) for _ in range(RANDOM_RULES)]
    rules += [rule.text for rule in campaign.rules.values()] * ROUNDS_OF_REAL_RULES
    cases = [random_case(draw, rule) for rule in rules]
    write(tmp_path / "cases.xlsx", cases)
    shown = shown_by_office(recalculated(tmp_path / "cases.xlsx", tmp_path), cases)
    expected = [case.expected() for case in cases]
    differ = [(c.rule, c.cells, s, e) for c, s, e in zip(cases, shown, expected, strict=True) if s != e]

    assert differ == []
    assert min(Counter(sign for row in expected for sign in row).values()) > 1000


@needs_office
def test_a_total_stays_empty_until_a_part_is_filled(tmp_path):
    """An untouched form must never read as stated zeros; a stated zero is a number."""
    path = tmp_path / "totals.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, parts in enumerate([[None, None], [0, None], [2, 3], ["x", "x"], ["x", 4]]):
            sheet.write_row(row, 0, parts)
            sheet.write_formula(row, 3, sum_formula((f"A{row + 1}", f"B{row + 1}")), None, "WRONG")
    sheet = openpyxl.load_workbook(recalculated(path, tmp_path), data_only=True).active

    assert [sheet.cell(row, 4).value or "" for row in range(1, 6)] == ["", "", 5, "", 4] or [
        sheet.cell(row, 4).value for row in range(1, 6)
    ] == [None, 0, 5, None, 4]
    assert sheet["D2"].value == 0


@pytest.mark.parametrize(
    ("rule", "formula"),
    [
        (
            "A == B + C",
            '=IF(AND(COUNT(A1,B1,C1)=3,NOT(ROUND((N(A1))-(N(B1)+N(C1)),6)=0)),"✗",'
            'IF(AND(COUNT(A1,B1,C1)=3),"✓",""))',
        ),
        (
            "2 * A - B >= -0.5 * C + 3",
            '=IF(AND(COUNT(A1,B1,C1)=3,NOT(ROUND((2*N(A1)-N(B1))-(-0.5*N(C1)+3),6)>=0)),"✗",'
            'IF(AND(COUNT(A1,B1,C1)=3),"✓",""))',
        ),
        (
            "A <= A",
            '=IF(AND(COUNT(A1)=1,NOT(ROUND((N(A1))-(N(A1)),6)<=0)),"✗",IF(AND(COUNT(A1)=1),"✓",""))',
        ),
        ("A <= 5", '=IF(AND(COUNT(A1)=1,NOT(ROUND((N(A1))-(5),6)<=0)),"✗",IF(AND(COUNT(A1)=1),"✓",""))'),
    ],
)
def test_the_formula_is_one_that_every_office_program_knows(rule, formula):
    """AND, COUNT, IF, N, NOT, ROUND, SUM: nothing that came after Excel 2007."""
    assert check_formula(parse_rule(rule), lambda ref: (f"{ref.indicator_id}1",), MARKS) == formula


def test_a_check_that_can_never_speak_has_no_formula():
    """Before the first period, or where a whole side cannot exist."""
    assert check_formula(parse_rule("A == prev(A)"), lambda _: None, MARKS) is None
    assert check_formula(parse_rule("A == B + C"), lambda _: (), MARKS) is None


def test_half_a_chain_can_be_broken_but_never_right():
    """Where one comparison cannot be made, the other may still fail; together they never hold."""

    def cells(ref: Ref) -> tuple[str, ...] | None:
        return None if ref.reach is Reach.PREV else (f"{ref.indicator_id}1",)

    formula = check_formula(parse_rule("prev(A) <= A <= B"), cells, MARKS)

    assert formula == '=IF(AND(COUNT(A1,B1)=2,NOT(ROUND((N(A1))-(N(B1)),6)<=0)),"✗","")'


def test_a_cumulated_sum_counts_every_cell_it_needs():
    """Three cells up to now, each of which must hold a number."""
    formula = check_formula(parse_rule("cum(A) <= 9"), lambda _: ("A1", "B1", "C1"), MARKS)

    assert formula is not None
    assert "COUNT(A1,B1,C1)=3" in formula
    assert "SUM(A1,B1,C1)" in formula
