"""Every rule over every unit, level and period: found once, at its place, with all that takes part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.catalogue import Campaign, load_campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.model import OwedForm, Severity, Submission
from pipeline.rules.check import FALSE, KNOWN, NOT_APPLICABLE, Figures, evaluate
from pipeline.rules.language import Expression, Reach, Rule
from tests.returns import cell_of, checked, drawn, found, has_error, messages

BUILT_IN = load_campaign()

MAIL = """
    | row      | P20 | P21 | P22 |
    | L_OPEN P | 5   | 7   | 8   |
    | L_IN P   | 10  | 10  | 11  |
    | L_ALL P  | 15  | 17  | 19  |
    | L_DONE P | 8   | 9   | 19  |
    | L_LEFT P | 7   | 8   | 0   |
"""


def _cells(campaign: Campaign, *rows: tuple[str, str]) -> str:
    return ", ".join(cell_of(campaign, "NORTH", row, period) for row, period in rows)


def _mail(campaign: Campaign, *changes: tuple[str, str]) -> Submission:
    table = MAIL
    for old, new in changes:
        if old not in table:
            raise ValueError(old)
        table = table.replace(old, new)
    return drawn(campaign, "NORTH", {"MAIL": table}, rest="0")


def test_figures_that_agree_raise_nothing(tiny: Campaign) -> None:
    """Sums, balances and what is carried over: all in order."""
    assert found(checked(tiny, _mail(tiny))) == []


def test_a_breach_is_told_once_at_the_total_with_all_its_figures(tiny: Campaign) -> None:
    """The finding names every figure and every cell that takes part, and both sides."""
    validated = checked(tiny, _mail(tiny, ("| 17  | 19  |", "| 17  | 20  |")))
    (told,) = validated.findings[validated.findings["rule_id"] == "MAIL-1"].to_dict("records")

    assert told["severity"] == "error"
    assert (told["indicator_id"], told["level"], told["period_id"]) == ("L_ALL", "P", "P22")
    assert told["cell"] == cell_of(tiny, "NORTH", "L_ALL P", "P22")
    assert (told["seen"], told["expected"]) == ("20", "19")
    assert "L_ALL = 20; L_OPEN = 8; L_IN = 11" in told["message"]
    assert "20 against 19" in told["message"]
    cells = _cells(tiny, ("L_ALL P", "P22"), ("L_OPEN P", "P22"), ("L_IN P", "P22"))
    assert told["message"].endswith(f"cells: {cells}.")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_breach_is_told_in_the_readers_language(lang: str, tiny: Campaign) -> None:
    """The rule's own sentence, then what was found."""
    sent = _mail(tiny, ("| 17  | 19  |", "| 17  | 1234 |"))
    told = messages(checked(tiny, sent, lang=lang), "MAIL-1")[0]

    assert "Letters to answer" in told
    assert ("1.234" if lang == "vi" else "1,234") in told


def test_an_error_puts_every_figure_of_the_rule_in_doubt(tiny: Campaign) -> None:
    """It does not say which of them is wrong; those that take no part stay as they are."""
    validated = checked(tiny, _mail(tiny, ("| 17  | 19  |", "| 17  | 20  |")))
    doubted = [
        (row, p) for row in ("L_OPEN P", "L_IN P", "L_ALL P", "L_DONE P", "L_LEFT P", "L_ALL D")
        for p in ("P20", "P21", "P22") if has_error(validated, "NORTH", row, p)
    ]  # fmt: skip

    assert {rule for rule, _, _ in found(validated)} == {"MAIL-1", "MAIL-2"}
    assert doubted == [(row, "P22") for row in ("L_OPEN P", "L_IN P", "L_ALL P", "L_DONE P", "L_LEFT P")]


def test_a_rule_that_looks_back_names_and_marks_both_periods(tiny: Campaign) -> None:
    """The opening of this year must be the closing of the last one."""
    changes = (
        ("| 5   | 7 ", "| 5   | 6 "),
        ("| 15  | 17", "| 15  | 16"),
        ("| 7   | 8   | 0", "| 7   | 7   | 0"),
    )
    validated = checked(tiny, _mail(tiny, *changes))
    told = messages(validated, "MAIL-3")[0]

    assert [rule for rule, _, _ in found(validated)] == ["MAIL-3"]
    assert "L_OPEN = 6; L_LEFT (P20) = 7" in told
    assert _cells(tiny, ("L_OPEN P", "P21"), ("L_LEFT P", "P20")) in told
    assert has_error(validated, "NORTH", "L_LEFT P", "P20")
    assert has_error(validated, "NORTH", "L_OPEN P", "P21")
    assert not has_error(validated, "NORTH", "L_LEFT P", "P21")
    assert not has_error(validated, "NORTH", "L_OPEN P", "P20")


def test_a_rule_over_all_periods_so_far_names_them_all(tiny: Campaign) -> None:
    """What must be explained marks nothing as wrong."""
    table = """
        | row      | P20 | P21 | P22 |
        | L_OPEN P | 5   | 0   | 0   |
        | L_IN P   | 1   | 1   | 0   |
        | L_ALL P  | 6   | 1   | 0   |
        | L_DONE P | 6   | 1   | 0   |
        | L_LEFT P | 0   | 0   | 0   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"MAIL": table}, rest="0"))
    told = validated.findings[validated.findings["rule_id"] == "MAIL-4"]

    assert told["period_id"].tolist() == ["P21", "P22"]
    assert "L_DONE (P20) = 6; L_DONE = 1; L_IN (P20) = 1; L_IN = 1; L_OPEN = 0" in told["message"].iloc[0]
    assert _cells(tiny, *(("L_DONE P", p) for p in ("P20", "P21", "P22"))) in told["message"].iloc[1]
    assert not any(has_error(validated, "NORTH", "L_DONE P", p) for p in ("P20", "P21", "P22"))


def test_a_rule_over_all_periods_marks_them_all(tiny: Campaign) -> None:
    """An error over a running sum may come from any of the periods up to here."""
    rules = dict(tiny.rules)
    rules["MAIL-4"] = replace(rules["MAIL-4"], severity=str(Severity.ERROR))
    strict = replace(tiny, rules=rules)
    table = """
        | row      | P20 | P21 | P22 |
        | L_DONE P | 0   | 1   | 0   |
    """
    sent = drawn(tiny, "NORTH", {"MAIL": table}, rest="0")
    validated = checked(strict, sent)

    assert ("MAIL-4", "MAIL", cell_of(tiny, "NORTH", "L_DONE P", "P21")) in found(validated)
    assert [has_error(validated, "NORTH", "L_DONE P", p) for p in ("P20", "P21", "P22")] == [True] * 3


def test_a_rule_speaks_only_of_its_periods_and_levels(tiny: Campaign) -> None:
    """MAIL-3 leaves out P22; USE-4 begins in P21 and looks at the main building only."""
    table = """
        | row     | P20 | P21 | P22 |
        | M_END P | 10  | 10  | 10  |
        | M_NEW P | 11  | 11  | 12  |
    """
    mail = MAIL.replace("| 5   | 7   | 8   |", "| 5   | 7   | 9   |").replace(
        "| 17  | 19  |", "| 17  | 20  |"
    )
    mail = mail.replace("| 8   | 0   |", "| 8   | 1   |")
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table, "MAIL": mail}, rest="0"))
    rows = validated.findings

    assert rows[["rule_id", "period_id", "level"]].values.tolist() == [
        ["USE-4", "P21", "P"],
        ["USE-4", "P22", "P"],
    ]


def test_a_rule_is_not_evaluated_where_a_figure_is_missing(tiny: Campaign) -> None:
    """Neither true nor false: what is missing is told, and nothing else."""
    changes = (("| 15  | 17", "| 99  | 17"), ("| 10  | 10", "|     | 10"), ("| 8   | 9", "|     | 9"))
    validated = checked(tiny, _mail(tiny, *changes))

    assert [rule for rule, _, _ in found(validated)] == ["CELL-MISSING", "CELL-MISSING"]


def test_both_levels_of_a_unit_are_checked_by_themselves(tiny: Campaign) -> None:
    """A breach in the reading rooms is not told of the main building."""
    table = """
        | row     | P20 | P21 | P22 |
        | V_ALL D | 5   | 0   | 0   |
        | V_DAY D | 4   | 0   | 0   |
        | V_ALL P | 5   | 0   | 0   |
        | V_DAY P | 5   | 0   | 0   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert found(validated) == [("USE-1", "USE", cell_of(tiny, "NORTH", "V_ALL D", "P20"))]


def test_only_the_links_of_a_chain_that_fail_are_told(tiny: Campaign) -> None:
    """Between two bounds: the one that is passed stands in the finding, and a breach is one finding."""
    table = """
        | row     | P20 | P21 | P22 |
        | M_END P | 10  | 100 | 100 |
        | K_GLAD P | 50 | 101 | 50  |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))
    told = validated.findings.set_index("rule_id")

    assert told.loc["USE-3", "expected"] == "≤ 20"
    assert told.loc["USE-5", "expected"] == "≤ 100"
    assert told.loc["USE-5", "severity"] == "info"


def test_forms_that_were_not_sent_break_no_rule(campaign: Campaign) -> None:
    """A rule over two forms waits until both are there; then cells of the other form carry its sheet."""
    rules = [r for r in campaign.rules.values() if r.rule_id == "B05-R08"]
    (owed,) = (f for f in owed_forms(campaign, "QH303") if f.form_id == "B05")
    b05 = _filled(campaign, "QH303", owed, {("B05_020", "H", "Y2013"): 3.0})
    alone = checked(campaign, drawn(campaign, "QH303", {"B05": b05}))
    both = checked(campaign, drawn(campaign, "QH303", {"B05": b05}, rest="0"))

    assert rules
    assert not found(alone, "B05-R08")
    assert [(rule, form) for rule, form, _ in found(both, "B05-R08")] == [("B05-R08", "B05")]
    assert "B01!" in messages(both, "B05-R08")[0]


Change = dict[tuple[str, str, str], float]


@pytest.mark.parametrize("rule_id", list(BUILT_IN.rules))
def test_every_rule_of_the_campaign_is_found_when_it_is_broken(rule_id: str) -> None:
    """Figures of one unit, all zero but for those that break the rule: its breach is among the findings."""
    rule = BUILT_IN.rules[rule_id]
    unit_id, level, period_id, change = _breaking(BUILT_IN, rule)
    tables = {
        form.form_id: _filled(BUILT_IN, unit_id, form, change)
        for form in owed_forms(BUILT_IN, unit_id)
        if form.form_id in {BUILT_IN.indicators[i].form_id for i in rule.expression.indicator_ids}
    }
    validated = checked(BUILT_IN, drawn(BUILT_IN, unit_id, tables), lang="vi")
    mine = validated.findings[validated.findings["rule_id"] == rule_id]
    here = mine[(mine["level"] == level) & (mine["period_id"] == period_id)]

    assert len(here) == 1
    assert here["severity"].item() == rule.severity
    assert here["form_id"].item() in {rule.form_id, BUILT_IN.indicators[rule.expression.anchor].form_id}
    assert here["cell"].item()
    assert here["seen"].item()


def _breaking(campaign: Campaign, rule: Rule) -> tuple[str, str, str, Change]:
    """A unit, a level, a period and a few figures that make the rule false: one indicator at 7, or two."""
    names = rule.expression.indicator_ids
    periods = campaign.forms[rule.form_id].period_ids
    tries = [*(((name, 7.0),) for name in names), *(((a, 7.0), (b, 5.0)) for a in names for b in names)]
    for unit_id in campaign.units:
        rows = {(r.indicator_id, r.level) for f in owed_forms(campaign, unit_id) for r in f.rows}
        for level in campaign.levels:
            if not rule.allows_level(level) or not any((name, level) in rows for name in names):
                continue
            for p, period_id in enumerate(periods):
                for figures in tries if rule.periods.allows(period_id, periods) else ():
                    for q in {p, max(p - 1, 0)}:
                        change = {(n, level, periods[q]): value for n, value in figures}
                        if _is_false(campaign, rule.expression, rows, (level, p), change):
                            return unit_id, level, period_id, change
    raise AssertionError(f"no figures break {rule.rule_id}")


def _is_false(
    campaign: Campaign,
    expression: Expression,
    rows: set[tuple[str, str]],
    at: tuple[str, int],
    change: Change,
) -> bool:
    level, p = at
    periods = campaign.forms[campaign.indicators[expression.anchor].form_id].period_ids

    def lookup(indicator_id: str) -> Figures:
        asked = (indicator_id, level) in rows
        exists = [asked and campaign.exists_in(indicator_id, period) for period in periods]
        values = [change.get((indicator_id, level, period), 0.0) for period in periods]
        states = [KNOWN if there else NOT_APPLICABLE for there in exists]
        return Figures(np.array([values]), np.array([states], dtype=np.int8))

    if any((n, lv) not in rows or not campaign.exists_in(n, q) for n, lv, q in change):
        return False
    if any(ref.reach is Reach.PREV for ref in expression.refs) and p == 0:
        return False
    return bool(evaluate(expression, lookup)[0, p] == FALSE)


def _filled(campaign: Campaign, unit_id: str, form: OwedForm, change: Change) -> str:
    """A form with 0 everywhere but in the changed cells; totals typed too."""
    lines = [f"| row | {' | '.join(form.period_ids)} |"]
    for row in form.rows:
        if campaign.indicators[row.indicator_id].is_computed:
            continue
        cells = [
            f"{change.get((row.indicator_id, row.level, p), 0):g}"
            if campaign.exists_in(row.indicator_id, p)
            else campaign.settings.symbols["M"]
            for p in form.period_ids
        ]
        lines.append(f"| {row.indicator_id} {row.level} | {' | '.join(cells)} |")
    return "\n".join(lines)
