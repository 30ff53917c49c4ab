"""The rules as formulas: one row per rule and level that can ever be told for this unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.book import Formula
from pipeline.catalogue.campaign import Words
from pipeline.forms.figures import UnitFigures
from pipeline.forms.layout import address, quoted
from pipeline.forms.places import Check, Places
from pipeline.model import FormRow
from pipeline.rules import check
from pipeline.rules.excel import Marks
from pipeline.rules.language import Rule

FIRST_ROW: Final = 6
FIRST_PERIOD: Final = 5


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One rule at one level; ``formulas`` by period id where it can be told, ``anchor`` a row key or ""."""

    rule: Rule
    level: str
    formulas: Mapping[str, Formula]
    anchor: str

    @property
    def verdict(self) -> str:
        """The marks of all periods together, each once."""
        return "".join(dict.fromkeys(str(formula.value) for formula in self.formulas.values()))


@dataclass(frozen=True, slots=True)
class LiveChecks:
    """All check rows of a template, in their order on the check sheet, and the periods of its columns.

    ``beside`` says by row key which of them are shown beside that row of a form.
    """

    sheet: str
    marks: Marks
    period_ids: tuple[str, ...]
    rows: tuple[CheckRow, ...]
    beside: Mapping[str, Sequence[int]]

    @property
    def result_column(self) -> int:
        """Where the result over all periods stands."""
        return FIRST_PERIOD + len(self.period_ids)

    def result_of(self, index: int) -> Formula:
        """The result of one check row: wrong where any period is, right where any is and none is wrong."""
        row = FIRST_ROW + index
        span = f"{address(row, FIRST_PERIOD)}:{address(row, self.result_column - 1)}"
        right, wrong = self.marks.right, self.marks.wrong
        text = f'=IF(COUNTIF({span},"{wrong}")>0,"{wrong}",IF(COUNTIF({span},"{right}")>0,"{right}",""))'
        return Formula(text, self._mark(self.rows[index]))

    def of_row(self, row: FormRow) -> Formula | str:
        """The live check beside a row of a form: the rules that it breaks, or that it breaks none."""
        mine = [(i, self.rows[i]) for i in self.beside.get(row.key, ())]
        if not mine:
            return ""
        right, wrong = self.marks.right, self.marks.wrong
        cells = [f"{quoted(self.sheet)}!{address(FIRST_ROW + i, self.result_column)}" for i, _ in mine]
        named = "&".join(
            f'IF({cell}="{wrong}","{check_row.rule.rule_id} ","")'
            for cell, (_, check_row) in zip(cells, mine, strict=True)
        )
        joined = "&".join(cells)
        text = f'=IF({joined}="","",IF(ISERROR(FIND("{wrong}",{joined})),"{right}",TRIM({named})))'
        broken = [r.rule.rule_id for _, r in mine if self._mark(r) == wrong]
        told = right if any(self._mark(r) for _, r in mine) else ""
        return Formula(text, " ".join(broken) or told)

    def counted(self, words: Words) -> Formula:
        """How many checks are right and how many wrong, as a sentence; empty while nothing is told."""
        last = FIRST_ROW + max(len(self.rows), 1) - 1
        span = f"{address(FIRST_ROW, self.result_column)}:{address(last, self.result_column)}"
        right, wrong = (f'COUNTIF({span},"{mark}")' for mark in (self.marks.right, self.marks.wrong))
        before, between, after = _around(words["forms.check.counted"])
        text = f'=IF({right}+{wrong}=0,"","{before}"&{right}&"{between}"&{wrong}&"{after}")'
        marks = [self._mark(row) for row in self.rows]
        n_right, n_wrong = (marks.count(mark) for mark in (self.marks.right, self.marks.wrong))
        value = words["forms.check.counted"].format(right=n_right, wrong=n_wrong)
        return Formula(text, value if n_right + n_wrong else "")

    def _mark(self, row: CheckRow) -> str:
        verdict = row.verdict
        return self.marks.wrong if self.marks.wrong in verdict else verdict


def live_checks(places: Places, figures: UnitFigures, sheet: str) -> LiveChecks:
    """Every rule and level of which at least one period can be told from the unit's own forms."""
    campaign = places.campaign
    marks = Marks(campaign.settings.symbols["right"], campaign.settings.symbols["wrong"])
    used = {period for plan in places.plans.values() for period in plan.owed.period_ids}
    if marks not in places.checks:
        places.checks[marks] = tuple(_checks(places, marks))
    shown = {check.TRUE: marks.right, check.FALSE: marks.wrong, check.NOT_EVALUATED: ""}
    rows = []
    for one in places.checks[marks]:
        results = figures.results(one.rule, one.level)
        formulas = {p: Formula(text, shown[results[p]]) for p, text in one.texts.items()}
        rows.append(CheckRow(one.rule, one.level, formulas, one.anchor))
    beside: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        beside.setdefault(row.anchor, []).append(index)
    return LiveChecks(sheet, marks, tuple(p for p in campaign.periods if p in used), tuple(rows), beside)


def _checks(places: Places, marks: Marks) -> Iterator[Check]:
    for rule in places.campaign.rules.values():
        for level in places.campaign.levels:
            texts = _texts(places, rule, level, marks)
            if texts:
                yield Check(rule, level, texts, _anchor(places, rule, level))


def _texts(places: Places, rule: Rule, level: str, marks: Marks) -> dict[str, str]:
    if not rule.allows_level(level) or not any(
        places.is_asked(name, level) for name in rule.expression.indicator_ids
    ):
        return {}
    order = places.campaign.forms[rule.form_id].period_ids
    allowed = (period_id for period_id in order if rule.periods.allows(period_id, order))
    texts = {period_id: places.check_text(rule, level, period_id, marks) for period_id in allowed}
    return {period_id: text for period_id, text in texts.items() if text is not None}


def _anchor(places: Places, rule: Rule, level: str) -> str:
    """The row beside which a breach is shown: the rule's own anchor, or the first row that the unit has."""
    names = (rule.expression.anchor, *rule.expression.indicator_ids)
    return next((FormRow(name, level).key for name in names if places.is_asked(name, level)), "")


def _around(sentence: str) -> tuple[str, str, str]:
    """The texts before, between and after the gaps {right} and {wrong}, as they stand in a formula."""
    before, _, rest = sentence.replace('"', '""').partition("{right}")
    between, _, after = rest.partition("{wrong}")
    return before, between, after
