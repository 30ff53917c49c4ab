"""The rules as formulas: one row per rule and level that can ever be told for this unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.book import Formula
from pipeline.catalogue.campaign import Words
from pipeline.forms.figures import UnitFigures
from pipeline.forms.fixed_checks import FIRST_ROW, FixedChecks, fixed_checks
from pipeline.forms.layout import address
from pipeline.forms.places import Places
from pipeline.rules import check
from pipeline.rules.excel import Marks
from pipeline.rules.language import Rule


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One rule at one level; ``formulas`` by period id where it can be told, ``anchor`` a row key or "".

    ``mark`` is wrong where any period is, right where any is and none is wrong, else "".
    """

    rule: Rule
    level: str
    formulas: Mapping[str, Formula]
    anchor: str
    mark: str


@dataclass(frozen=True, slots=True)
class LiveChecks:
    """All check rows of a template, in the order of its check sheet; ``fixed`` is what is always there."""

    fixed: FixedChecks
    rows: tuple[CheckRow, ...]

    def result_of(self, index: int) -> Formula:
        """The result of one check row over all periods."""
        return Formula(self.fixed.checks[index].result, self.rows[index].mark)

    def of_row(self, key: str) -> Formula | str:
        """The live check beside a row of a form: the rules that it breaks, or that it breaks none."""
        mine = [self.rows[index] for index in self.fixed.beside.get(key, ())]
        if not mine:
            return ""
        marks = self.fixed.marks
        broken = [row.rule.rule_id for row in mine if row.mark == marks.wrong]
        told = marks.right if any(row.mark for row in mine) else ""
        return Formula(self.fixed.texts[key], " ".join(broken) or told)

    def counted(self, words: Words) -> Formula:
        """How many checks are right and how many wrong, as a sentence; empty while nothing is told."""
        column, signs = self.fixed.result_column, self.fixed.marks
        last = FIRST_ROW + max(len(self.rows), 1) - 1
        span = f"{address(FIRST_ROW, column)}:{address(last, column)}"
        right, wrong = (f'COUNTIF({span},"{mark}")' for mark in (signs.right, signs.wrong))
        before, between, after = _around(words["forms.check.counted"])
        text = f'=IF({right}+{wrong}=0,"","{before}"&{right}&"{between}"&{wrong}&"{after}")'
        marks = [row.mark for row in self.rows]
        n_right, n_wrong = (marks.count(mark) for mark in (signs.right, signs.wrong))
        value = words["forms.check.counted"].format(right=n_right, wrong=n_wrong)
        return Formula(text, value if n_right + n_wrong else "")


def live_checks(places: Places, figures: UnitFigures, sheet: str) -> LiveChecks:
    """Every rule and level of which at least one period can be told from the unit's own forms."""
    fixed = fixed_checks(places, sheet)
    return LiveChecks(fixed, tuple(_rows(fixed, figures)))


def _rows(fixed: FixedChecks, figures: UnitFigures) -> Iterator[CheckRow]:
    shown = {check.TRUE: fixed.marks.right, check.FALSE: fixed.marks.wrong, check.NOT_EVALUATED: ""}
    for one in fixed.checks:
        results = figures.results(one.rule, one.level)
        formulas = {period: Formula(text, shown[results[period]]) for period, text in one.texts.items()}
        values = {formula.value for formula in formulas.values()}
        yield CheckRow(one.rule, one.level, formulas, one.anchor, _mark(values, fixed.marks))


def _mark(values: set[str | float | int], marks: Marks) -> str:
    return next((mark for mark in (marks.wrong, marks.right) if mark in values), "")


def _around(sentence: str) -> tuple[str, str, str]:
    """The texts before, between and after the gaps {right} and {wrong}, as they stand in a formula."""
    before, _, rest = sentence.replace('"', '""').partition("{right}")
    between, _, after = rest.partition("{wrong}")
    return before, between, after
