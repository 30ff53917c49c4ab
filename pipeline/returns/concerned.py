"""The further cells that a finding takes in, beside the one at which it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.model import FormRow
from pipeline.returns.unit import Unit, row_key
from pipeline.rules.language import Reach, Ref

Cell = tuple[str, str]
"""Row key, period id."""


def parts_of_finding(unit: Unit, finding: Mapping[str, Any]) -> Iterator[Cell]:
    """The other cells of a rule, each once, or of a merged area.

    Of a sum since the beginning only the last period: the whole is too long to mark.
    """
    here = (row_key(finding), finding["period_id"])
    seen = {here}
    for cell in (*_of_rule(unit, finding), *_of_merged_area(unit, finding)):
        if cell not in seen:
            seen.add(cell)
            yield cell


def _of_rule(unit: Unit, finding: Mapping[str, Any]) -> Iterator[Cell]:
    rule = unit.campaign.rules.get(finding["rule_id"])
    if rule is None or not finding["level"]:
        return
    for ref in rule.expression.refs:
        form = unit.campaign.forms[unit.campaign.indicators[ref.indicator_id].form_id]
        period_id = _period(ref, form.period_ids, finding["period_id"])
        if period_id and unit.campaign.exists_in(ref.indicator_id, period_id):
            yield FormRow(ref.indicator_id, finding["level"]).key, period_id


def _period(ref: Ref, order: tuple[str, ...], period_id: str) -> str:
    if period_id not in order or ref.reach is not Reach.PREV:
        return period_id if period_id in order else ""
    here = order.index(period_id)
    return order[here - 1] if here else ""


def _of_merged_area(unit: Unit, finding: Mapping[str, Any]) -> Iterator[Cell]:
    found = unit.sheet_of(finding["form_id"]) if finding["form_id"] in unit.campaign.forms else None
    key, period_id = row_key(finding), finding["period_id"]
    if found is None or not found[1].merged or not period_id:
        return
    sheet = found[1]
    cells = [(row, period) for row in sheet.row_keys for period in sheet.period_ids]
    area = {cells[position]: name for position, name in sheet.merged.items()}
    yield from (cell for cell, name in area.items() if name == area.get((key, period_id)))
