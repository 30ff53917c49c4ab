"""The live checks whatever the figures are: shared by all units that owe the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.forms.layout import address, quoted
from pipeline.forms.places import KEPT, Places
from pipeline.model import FormRow
from pipeline.rules.excel import Marks
from pipeline.rules.language import Rule

FIRST_ROW: Final = 6
FIRST_PERIOD: Final = 5


class Check(NamedTuple):
    """One rule at one level that can be told: its formulas by period id, the row beside which it is shown.

    That row is the rule's own anchor, or the first row that the unit has. ``result`` is the formula over all
    periods, ``told`` says for each period with a formula, from left to right, which one it is of the form.
    """

    rule: Rule
    level: str
    texts: Mapping[str, str]
    anchor: str
    result: str
    told: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FixedChecks:
    """All checks of a template, in their order on the check sheet, and the periods of its columns.

    ``beside`` says by row key which of them are shown beside that row of a form, ``texts`` the formula there.
    """

    sheet: str
    marks: Marks
    period_ids: tuple[str, ...]
    checks: tuple[Check, ...]
    beside: Mapping[str, Sequence[int]]
    texts: Mapping[str, str]

    @property
    def result_column(self) -> int:
        """Where the result over all periods stands."""
        return FIRST_PERIOD + len(self.period_ids)


@lru_cache(maxsize=KEPT)
def fixed_checks(places: Places, sheet: str) -> FixedChecks:
    """Every rule and level of which at least one period can be told, for the check sheet of that name."""
    campaign = places.campaign
    marks = Marks(campaign.settings.symbols["right"], campaign.settings.symbols["wrong"])
    used = {period for plan in places.plans.values() for period in plan.owed.period_ids}
    period_ids = tuple(period for period in campaign.periods if period in used)
    checks = tuple(_checks(places, marks, period_ids))
    beside: dict[str, list[int]] = {}
    for index, one in enumerate(checks):
        beside.setdefault(one.anchor, []).append(index)
    names = {
        key: [(_result(sheet, index, len(period_ids)), checks[index].rule.rule_id) for index in mine]
        for key, mine in beside.items()
    }
    texts = {key: _beside(mine, marks) for key, mine in names.items()}
    return FixedChecks(sheet, marks, period_ids, checks, beside, texts)


def _checks(places: Places, marks: Marks, period_ids: tuple[str, ...]) -> Iterator[Check]:
    row, result_column = FIRST_ROW, FIRST_PERIOD + len(period_ids)
    for rule in places.campaign.rules.values():
        names = (rule.expression.anchor, *rule.expression.indicator_ids)
        for level in places.campaign.levels:
            asked = [FormRow(name, level).key for name in names if places.is_asked(name, level)]
            texts = _texts(places, rule, level, marks) if asked else {}
            if texts:
                span = f"{address(row, FIRST_PERIOD)}:{address(row, result_column - 1)}"
                order = places.campaign.forms[rule.form_id].period_ids
                told = tuple(order.index(period_id) for period_id in period_ids if period_id in texts)
                yield Check(rule, level, texts, asked[0], _over_periods(span, marks), told)
                row += 1


def _over_periods(span: str, marks: Marks) -> str:
    """Wrong where any period is, right where any is and none is wrong."""
    right, wrong = marks.right, marks.wrong
    return f'=IF(COUNTIF({span},"{wrong}")>0,"{wrong}",IF(COUNTIF({span},"{right}")>0,"{right}",""))'


def _result(sheet: str, index: int, n_periods: int) -> str:
    """The cell with the result of a check, as another sheet names it."""
    return f"{quoted(sheet)}!{address(FIRST_ROW + index, FIRST_PERIOD + n_periods)}"


def _beside(results: Sequence[tuple[str, str]], marks: Marks) -> str:
    """The formula beside a row: which rules are broken of those whose results stand in these cells."""
    right, wrong = marks.right, marks.wrong
    named = "&".join(f'IF({cell}="{wrong}","{rule_id} ","")' for cell, rule_id in results)
    joined = "&".join(cell for cell, _ in results)
    return f'=IF({joined}="","",IF(ISERROR(FIND("{wrong}",{joined})),"{right}",TRIM({named})))'


def _texts(places: Places, rule: Rule, level: str, marks: Marks) -> dict[str, str]:
    if not rule.allows_level(level):
        return {}
    order = places.campaign.forms[rule.form_id].period_ids
    allowed = (period_id for period_id in order if rule.periods.allows(period_id, order))
    texts = {period_id: places.check_text(rule, level, period_id, marks) for period_id in allowed}
    return {period_id: text for period_id, text in texts.items() if text is not None}
