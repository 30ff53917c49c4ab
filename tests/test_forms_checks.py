"""Every rule is alive in the templates: as a formula, beside its row and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.book import Book, Cell, Formula, Sheet
from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.forms import build_template
from pipeline.forms.figures import UnitFigures
from pipeline.forms.fixed_rows import fixed_rows
from pipeline.forms.live_checks import LiveChecks, live_checks
from pipeline.forms.places import Places, places_of
from pipeline.model import Answers, FormRow
from pipeline.rules import check
from pipeline.rules.language import Rule
from tests.workbooks import cells_of


@pytest.fixture(scope="module")
def all_checks(campaign: Campaign) -> dict[str, LiveChecks]:
    """The live checks of every unit of the campaign."""
    made = {}
    for unit_id in campaign.units:
        places = places_of(campaign, unit_id)
        made[unit_id] = live_checks(places, UnitFigures(places, None), "Checks")
    return made


def sheet_of(book: Book, name: str) -> Sheet:
    return next(sheet for sheet in book.sheets if sheet.name == name)


def column(sheet: Sheet, number: int) -> Iterator[Cell]:
    return (cell for cell in cells_of(sheet) if cell.col == number)


def test_every_rule_is_checked_in_some_template(
    campaign: Campaign, all_checks: dict[str, LiveChecks]
) -> None:
    """No rule is declared in vain: each can be told from the forms of at least one unit."""
    told = {one.rule.rule_id for checks in all_checks.values() for one in checks.fixed.checks}

    assert told == set(campaign.rules)


def test_every_check_is_shown_beside_a_row_of_the_unit(
    campaign: Campaign, all_checks: dict[str, LiveChecks]
) -> None:
    """Whoever types a wrong figure sees it at once, on the same sheet."""
    for unit_id, checks in all_checks.items():
        keys = {row.key for form in owed_forms(campaign, unit_id) for row in form.rows}

        assert {one.anchor for one in checks.fixed.checks} <= keys, unit_id


def test_the_check_sheet_has_every_rule_in_words_and_as_formulas(campaign: Campaign) -> None:
    """One row per rule and level: id, severity, a sentence that names its indicators, formulas."""
    book = build_template(campaign, "QH304")
    sheet = sheet_of(book, "Kiểm tra")
    cells = {(cell.row, cell.col): cell.value for cell in cells_of(sheet)}
    rows = {row for (row, col), value in cells.items() if col == 0 and str(value) in campaign.rules}

    assert len(rows) > len({cells[row, 0] for row in rows})
    for row in rows:
        rule = campaign.rules[str(cells[row, 0])]
        assert cells[row, 3] in ("Phải sửa", "Giải trình")
        for indicator_id in rule.expression.indicator_ids:
            assert f"({indicator_id})" in str(cells[row, 4])
        assert any(isinstance(value, Formula) for (at, col), value in cells.items() if at == row and col > 4)


def test_the_rows_of_the_forms_name_the_rules_that_they_may_break(
    campaign: Campaign, all_checks: dict[str, LiveChecks]
) -> None:
    """The live check beside a row lists exactly the rules whose place is there."""
    book = build_template(campaign, "QH304")
    listed: dict[str, set[str]] = {}
    for form in owed_forms(campaign, "QH304"):
        sheet = sheet_of(book, form.form_id)
        keys = {cell.row: str(cell.value) for cell in column(sheet, 0)}
        for cell in column(sheet, 5 + len(form.period_ids) + 2):
            if isinstance(cell.value, Formula):
                listed[keys[cell.row]] = set(re.findall(r"[\w]+-R\d+", cell.value.text))
    expected: dict[str, set[str]] = {}
    for one in all_checks["QH304"].fixed.checks:
        expected.setdefault(one.anchor, set()).add(one.rule.rule_id)

    assert listed == expected


def shown_marks(checks: LiveChecks) -> dict[tuple[str, str], dict[str, str]]:
    """By rule and level the mark of each period that has a formula."""
    pairs = zip(checks.fixed.checks, checks.told, strict=True)
    return {(one.rule.rule_id, one.level): dict(zip(one.texts, told, strict=True)) for one, told in pairs}


def checked(places: Places, figures: UnitFigures, rule: Rule, level: str) -> dict[str, int]:
    """What the check of a single rule says of each period of its form."""
    order = places.campaign.forms[rule.form_id].period_ids

    def of(indicator_id: str) -> check.Figures:
        key, form_id = FormRow(indicator_id, level).key, places.campaign.indicators[indicator_id].form_id
        stands = [places.stands(indicator_id, level, period_id) for period_id in order]
        numbers: dict[str, float | int | None] = {}
        if form_id in places.plans and key in places.plans[form_id].row_of:
            shown = figures.numbers(fixed_rows(places, form_id)[key])
            numbers = dict(zip(places.plans[form_id].owed.period_ids, shown, strict=True))
        values = [numbers.get(period_id) if at else None for period_id, at in zip(order, stands, strict=True)]
        states = [
            check.NOT_APPLICABLE if not at else check.MISSING if value is None else check.KNOWN
            for value, at in zip(values, stands, strict=True)
        ]
        return check.Figures(
            np.array([[value or 0.0 for value in values]]), np.array([states], dtype=np.int8)
        )

    (results,) = check.evaluate(rule.expression, of).tolist()
    return dict(zip(order, results, strict=True))


def full_answers(places: Places) -> Answers:
    """A 1 in every entry cell."""
    values: dict[tuple[str, str], float | str] = {
        (row.key, period): 1
        for plan in places.plans.values()
        for row in plan.owed.rows
        if not places.campaign.indicators[row.indicator_id].is_computed
        for period in places.periods_of(row.indicator_id, row.level)
    }
    return Answers(values)


@pytest.mark.parametrize("unit_id", ["QH304", "QH318", "BD_TC", "TTTP", "SNV"])
def test_a_formula_stands_exactly_where_the_check_can_tell(campaign: Campaign, unit_id: str) -> None:
    """Filled in completely, every formula is evaluated, and nothing is told that has no formula."""
    places = places_of(campaign, unit_id)
    figures = UnitFigures(places, full_answers(places))
    shown = shown_marks(live_checks(places, figures, "C"))
    for rule in campaign.rules.values():
        order = campaign.forms[rule.form_id].period_ids
        for level in campaign.levels:
            mine = shown.get((rule.rule_id, level), {})
            for period_id, result in checked(places, figures, rule, level).items():
                if not (rule.allows_level(level) and rule.periods.allows(period_id, order)):
                    continue
                told = mine.get(period_id, "") != ""
                assert told is (result != check.NOT_EVALUATED), (rule.rule_id, level, period_id)


def test_a_rule_limited_to_periods_or_levels_has_formulas_only_there(tiny: Campaign) -> None:
    """``not:P22`` leaves P22 out, ``since:P21`` begins there, levels leave the others out."""
    places = places_of(tiny, "NORTH")
    checks = live_checks(places, UnitFigures(places, None), "C")
    told = {rule_and_level: tuple(marks) for rule_and_level, marks in shown_marks(checks).items()}

    assert told["MAIL-3", "P"] == ("P21",)
    assert told["USE-4", "P"] == ("P21", "P22")
    assert ("USE-4", "D") not in told
    assert told["USE-2", "P"] == ("P22",)


def test_a_rule_that_a_unit_cannot_answer_is_left_out(tiny: Campaign) -> None:
    """A unit is not shown checks of figures that it is not asked for."""
    places = places_of(tiny, "ISLE")
    checks = live_checks(places, UnitFigures(places, None), "C")

    assert {one.level for one in checks.fixed.checks} == {"P"}
