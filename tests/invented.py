"""A reader of invented returns that shares no code with the demo: its figures, and the rules they break."""

from __future__ import annotations

import re

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.demo import Invented
from pipeline.model import ObsStatus
from pipeline.rules.check import FALSE, KNOWN, MISSING, NOT_APPLICABLE, Figures, evaluate

Cell = tuple[str, str, str]
Breach = tuple[str, str, str, str]


def number_read(text: str) -> float | None:
    """``1.234``, ``05`` and ``12 hội nghị`` as numbers; None for any other text."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{3})+|\d+)(?: \D.*)?", text)
    return float(match[1].replace(".", "")) if match else None


def read_return(campaign: Campaign, one: Invented) -> dict[Cell, float | None]:
    """The figure of every cell that can hold one; None where nothing that counts is written.

    A total that is not written is the sum of those parts that exist.
    """
    figures: dict[Cell, float | None] = {}
    open_totals: dict[Cell, tuple[str, ...]] = {}
    sums = {rule.expression.total[0] for rule in campaign.rules.values() if rule.expression.total}
    for form in owed_forms(campaign, one.unit_id):
        for row in form.rows:
            if campaign.indicators[row.indicator_id].is_computed:
                continue
            parts = total_parts(campaign, row, form.rows) if row.indicator_id in sums else ()
            for period_id in form.period_ids:
                if not campaign.exists_in(row.indicator_id, period_id):
                    continue
                cell = (row.indicator_id, row.level, period_id)
                figures[cell] = _figure(campaign, cell, one.answers.values.get((row.key, period_id)))
                if parts and (row.key, period_id) not in one.answers.values:
                    open_totals[cell] = parts
    for cell in list(open_totals):
        _derive(cell, figures, open_totals)
    return figures


def breaches(campaign: Campaign, unit_id: str, figures: dict[Cell, float | None]) -> set[Breach]:
    """Every rule that is false, with the cell at which it is reported."""
    levels = tuple(campaign.levels)
    rows = {(row.indicator_id, row.level) for form in owed_forms(campaign, unit_id) for row in form.rows}

    def lookup(indicator_id: str) -> Figures:
        periods = campaign.forms[campaign.indicators[indicator_id].form_id].period_ids
        values = np.zeros((len(levels), len(periods)))
        states = np.full(values.shape, NOT_APPLICABLE, dtype=np.int8)
        for i, level in enumerate(levels):
            for j, period_id in enumerate(periods):
                if (indicator_id, level) in rows and campaign.exists_in(indicator_id, period_id):
                    figure = figures[indicator_id, level, period_id]
                    states[i, j] = MISSING if figure is None else KNOWN
                    values[i, j] = figure or 0.0
        return Figures(values, states)

    found: set[Breach] = set()
    for rule in campaign.rules.values():
        periods = campaign.forms[rule.form_id].period_ids
        for i, j in np.argwhere(evaluate(rule.expression, lookup) == FALSE):
            if rule.allows_level(levels[i]) and rule.periods.allows(periods[j], periods):
                found.add((rule.rule_id, rule.expression.anchor, levels[i], periods[j]))
    return found


def _figure(campaign: Campaign, cell: Cell, written: float | str | None) -> float | None:
    if isinstance(written, str):
        status = campaign.signs.get(written)
        return 0.0 if status is ObsStatus.ZERO else None if status else number_read(written)
    if written is None or written < 0:
        return None
    decimals = campaign.measures[campaign.indicators[cell[0]].unit_measure].decimals
    return None if decimals == 0 and written != int(written) else float(written)


def _derive(
    cell: Cell, figures: dict[Cell, float | None], totals: dict[Cell, tuple[str, ...]]
) -> float | None:
    if cell in totals:
        cells = [(part, *cell[1:]) for part in totals.pop(cell)]
        parts = [_derive(part, figures, totals) for part in cells if part in figures]
        known = [part for part in parts if part is not None]
        figures[cell] = sum(known) if len(known) == len(parts) else None
    return figures[cell]
