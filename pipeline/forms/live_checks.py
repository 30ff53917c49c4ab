"""The rules as formulas: one row per rule and level that can ever be told for this unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.book import Formula
from pipeline.catalogue.campaign import Words
from pipeline.forms.figures import UnitFigures
from pipeline.forms.fixed_checks import FIRST_ROW, FixedChecks, fixed_checks
from pipeline.forms.layout import address
from pipeline.forms.places import Places
from pipeline.rules import check


@dataclass(frozen=True, slots=True)
class LiveChecks:
    """All checks of a template, in the order of its check sheet; ``fixed`` is what is always there.

    ``told`` are by check the marks of the periods in which it can be told, ``marks`` what they come to:
    wrong where any period is, right where any is and none is wrong, else "".
    """

    fixed: FixedChecks
    told: Sequence[Sequence[str]]
    marks: Sequence[str]

    def beside(self, mine: Sequence[int]) -> str:
        """What is shown beside a row of a form: which of its checks it breaks, or that it breaks none."""
        signs, marks = self.fixed.marks, self.marks
        broken = [self.fixed.checks[index].rule.rule_id for index in mine if marks[index] == signs.wrong]
        if broken:
            return " ".join(broken)
        return signs.right if any(marks[index] for index in mine) else ""

    def counted(self, words: Words) -> Formula:
        """How many checks are right and how many wrong, as a sentence; empty while nothing is told."""
        column, signs = self.fixed.result_column, self.fixed.marks
        last = FIRST_ROW + max(len(self.marks), 1) - 1
        span = f"{address(FIRST_ROW, column)}:{address(last, column)}"
        right, wrong = (f'COUNTIF({span},"{mark}")' for mark in (signs.right, signs.wrong))
        before, between, after = _around(words["forms.check.counted"])
        text = f'=IF({right}+{wrong}=0,"","{before}"&{right}&"{between}"&{wrong}&"{after}")'
        n_right, n_wrong = (self.marks.count(mark) for mark in (signs.right, signs.wrong))
        value = words["forms.check.counted"].format(right=n_right, wrong=n_wrong)
        return Formula(text, value if n_right + n_wrong else "")


def live_checks(places: Places, figures: UnitFigures, sheet: str) -> LiveChecks:
    """Every rule and level of which at least one period can be told from the unit's own forms."""
    fixed = fixed_checks(places, sheet)
    signs = {check.TRUE: fixed.marks.right, check.FALSE: fixed.marks.wrong, check.NOT_EVALUATED: ""}
    told, marks = [], []
    for one, results in zip(fixed.checks, figures.results(fixed), strict=True):
        shown = [results[place] for place in one.told]
        told.append([signs[result] for result in shown])
        marks.append(signs[check.FALSE if check.FALSE in shown else max(shown, default=check.NOT_EVALUATED)])
    return LiveChecks(fixed, told, marks)


def _around(sentence: str) -> tuple[str, str, str]:
    """The texts before, between and after the gaps {right} and {wrong}, as they stand in a formula."""
    before, _, rest = sentence.replace('"', '""').partition("{right}")
    between, _, after = rest.partition("{wrong}")
    return before, between, after
