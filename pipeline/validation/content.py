"""Content checks: every rule of the campaign over every unit, level and period at once.

The rules are evaluated on whole tables; their tri-state results stand in one column of a frame, and one
pandera check over it finds every breach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from pipeline.catalogue import Campaign
from pipeline.frames import NOT_ASKED
from pipeline.model import Severity
from pipeline.rules.check import FALSE, NOT_EVALUATED, Results, evaluate
from pipeline.rules.language import Rule
from pipeline.validation.breaches import Breach, Evaluated
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.grid import Grid


def check_content(campaign: Campaign, tables: Mapping[str, Table], findings: Findings) -> None:
    """Evaluate every rule, add a finding for every breach, and mark what an open error touches."""
    for period_ids in dict.fromkeys(form.period_ids for form in campaign.forms.values()):
        forms = {name: t for name, t in tables.items() if t.period_ids == period_ids}
        rules = [rule for rule in campaign.rules.values() if rule.form_id in forms]
        if rules:
            _check_series(Grid(campaign, tables, period_ids, _pairs(forms)), rules, findings)


def _pairs(tables: Mapping[str, Table]) -> tuple[tuple[str, str], ...]:
    """The (unit, level) pairs that have a row in any of the tables and whose unit returned something."""
    pairs: dict[tuple[str, str], None] = {}
    for table in tables.values():
        levels = [key.partition("|")[2] for key in table.keys]
        asked = (
            (table.status[:, :, 0] != NOT_ASKED) if table.keys else np.zeros((len(table.unit_ids), 0), bool)
        )
        known: dict[bytes, tuple[str, ...]] = {}  # most units owe the same rows as many others
        for u, unit_id in enumerate(table.unit_ids):
            if table.chosen[u] is not None:
                rows = asked[u].tobytes()
                if rows not in known:
                    known[rows] = tuple(dict.fromkeys(levels[k] for k in np.flatnonzero(asked[u]).tolist()))
                pairs.update(dict.fromkeys((unit_id, level) for level in known[rows]))
    return tuple(pairs)


def _check_series(grid: Grid, rules: Sequence[Rule], findings: Findings) -> None:
    if not grid.pairs:
        return
    results = np.stack([_results(rule, grid) for rule in rules])
    places = np.unravel_index(_breaches(pd.DataFrame({"result": results.ravel()}, copy=False)), results.shape)
    found = zip(*(axis.tolist() for axis in places), strict=True)
    for number, broken in groupby(found, key=lambda place: place[0]):
        _tell(rules[number], grid, [(pair, period) for _, pair, period in broken], findings)


def _tell(rule: Rule, grid: Grid, places: Sequence[tuple[int, int]], findings: Findings) -> None:
    """Add a finding for every pair and period in which a rule is broken."""
    evaluated = Evaluated(rule, grid, list(dict.fromkeys(pair for pair, _ in places)))
    for pair, period in places:
        breach = Breach(rule, grid, evaluated, pair, period)
        breach.tell(findings)
        if rule.severity == Severity.ERROR:
            breach.mark(findings)


def _results(rule: Rule, grid: Grid) -> Results:
    results = evaluate(rule.expression, grid.figures)
    levels = grid.allowed(rule)
    periods = np.array([rule.periods.allows(p, grid.period_ids) for p in grid.period_ids])
    allowed = levels[:, None] & periods[None, :]
    return np.where(allowed, results, np.int8(NOT_EVALUATED)).astype(np.int8)


RESULTS = pa.DataFrameSchema(
    {"result": pa.Column("int8", pa.Check.ne(FALSE, error="a rule is broken"))}, strict=True
)
"""One row per rule, unit, level and period, in this order; a result is true, false or not evaluated."""


def _breaches(results: pd.DataFrame) -> npt.NDArray[np.intp]:
    """The rows whose result is false."""
    try:
        RESULTS.validate(results, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as errors:
        found = errors.failure_cases
        if found["index"].isna().any():
            raise
        return np.sort(found["index"].to_numpy(dtype=np.intp))
    return np.array([], dtype=np.intp)
