"""Content checks: every rule of the campaign over every unit, level and period at once.

The rules are evaluated on whole tables; their tri-state results stand in a frame with one column per rule,
and one pandera call over that frame finds every breach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from pipeline.catalogue import Campaign
from pipeline.frames import NOT_ASKED
from pipeline.model import Severity
from pipeline.rules.check import FALSE, NOT_EVALUATED, Results, evaluate
from pipeline.rules.language import Rule
from pipeline.validation.breaches import Breach
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.grid import Grid


def check_content(campaign: Campaign, tables: Mapping[str, Table], findings: Findings) -> None:
    """Evaluate every rule, add a finding for every breach, and mark what an open error touches."""
    for period_ids in dict.fromkeys(form.period_ids for form in campaign.forms.values()):
        forms = {name: t for name, t in tables.items() if t.period_ids == period_ids}
        rules = [rule for rule in campaign.rules.values() if rule.form_id in forms]
        if rules:
            _check_series(campaign, Grid(campaign, tables, period_ids, _pairs(forms)), rules, findings)


def _pairs(tables: Mapping[str, Table]) -> tuple[tuple[str, str], ...]:
    """The (unit, level) pairs that have a row in any of the tables and whose unit returned something."""
    pairs: dict[tuple[str, str], None] = {}
    for table in tables.values():
        levels = [key.partition("|")[2] for key in table.keys]
        asked = (
            (table.status[:, :, 0] != NOT_ASKED) if table.keys else np.zeros((len(table.unit_ids), 0), bool)
        )
        for u, unit_id in enumerate(table.unit_ids):
            if table.chosen[u] is not None:
                pairs.update(dict.fromkeys((unit_id, levels[k]) for k in np.nonzero(asked[u])[0]))
    return tuple(pairs)


def _check_series(campaign: Campaign, grid: Grid, rules: Sequence[Rule], findings: Findings) -> None:
    if not grid.pairs:
        return
    results = pd.DataFrame({rule.rule_id: _results(rule, grid).ravel() for rule in rules})
    width = len(grid.period_ids)
    for rule_id, index in _breaches(results):
        rule = campaign.rules[rule_id]
        breach = Breach(rule, grid, index // width, index % width)
        breach.tell(findings)
        if rule.severity == Severity.ERROR:
            breach.mark(findings)


def _results(rule: Rule, grid: Grid) -> Results:
    results = evaluate(rule.expression, grid.figures)
    levels = np.array([rule.allows_level(level) for _, level in grid.pairs])
    periods = np.array([rule.periods.allows(p, grid.period_ids) for p in grid.period_ids])
    allowed = levels[:, None] & periods[None, :]
    return np.where(allowed, results, np.int8(NOT_EVALUATED)).astype(np.int8)


def _breaches(results: pd.DataFrame) -> list[tuple[str, int]]:
    """(rule, row) of every result that is false, by rule and row."""
    schema = pa.DataFrameSchema(
        {name: pa.Column("int8", pa.Check.ne(FALSE, error=name)) for name in results.columns}, strict=True
    )
    try:
        schema.validate(results, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        found = errors.failure_cases
        if found["index"].isna().any():
            raise
        return [(str(c), int(i)) for c, i in zip(found["column"], found["index"], strict=True)]
    return []
