"""What a reference of a rule, a ratio or a balance reads in the workbook of one unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.catalogue.campaign import Words
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.forms.layout import Plan, address, form_sheet_name, plan_form, quoted
from pipeline.model import FormRow, OwedForm
from pipeline.rules.excel import CellOf, Marks, check_formula
from pipeline.rules.language import Reach, Ref, Rule, Side

KEPT: Final = 16
"""So many kinds of templates are kept in mind; for each, all that follows from its places alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The form sheets of one unit and where everything on them stands, forms in their order.

    ``parts`` says by row key which indicators add up to a row; ``told`` keeps what was worked out before.
    Units that owe the same rows share one and the same places.
    """

    campaign: Campaign
    plans: Mapping[str, Plan]
    parts: Mapping[str, tuple[str, ...]]
    told: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The campaign's words in the language of the templates."""
        return self.campaign.words[self.campaign.lang]

    def level_name(self, level: str) -> str:
        """The short name of a level, and its full name where the words have no short one."""
        own = self.campaign.levels[level]
        full = own.name if self.campaign.lang == "vi" else own.name_en
        return self.words.get(f"forms.level.{level}", full)

    def is_asked(self, indicator_id: str, level: str) -> bool:
        """Whether the unit has a row for the indicator at the level."""
        plan = self.plans.get(self.campaign.indicators[indicator_id].form_id)
        return plan is not None and FormRow(indicator_id, level).key in plan.row_of

    def stands(self, indicator_id: str, level: str, period_id: str) -> bool:
        """Whether there is a cell in which a figure can stand: asked for, and possible in the period."""
        place = (indicator_id, level, period_id)
        known = self.told.get(place)
        if known is None:
            plan = self.plans.get(self.campaign.indicators[indicator_id].form_id)
            known = self.told[place] = (
                plan is not None
                and period_id in plan.column_of
                and FormRow(indicator_id, level).key in plan.row_of
                and is_possible(self.campaign, indicator_id, period_id)
            )
        return known

    def parts_in(self, row: FormRow, period_id: str) -> tuple[str, ...]:
        """The indicators that add up to a row in one period; empty where the cell is an ordinary entry."""
        parts = self.parts[row.key]
        return tuple(part for part in parts if self.stands(part, row.level, period_id))

    def periods_of(self, indicator_id: str, level: str) -> tuple[str, ...]:
        """The periods in which the indicator's row has figures, in order."""
        plan = self.plans.get(self.campaign.indicators[indicator_id].form_id)
        columns = plan.owed.period_ids if plan is not None else ()
        return tuple(period for period in columns if self.stands(indicator_id, level, period))

    def cell(self, indicator_id: str, level: str, period_id: str, home: str) -> str:
        """The cell as written in a formula on the sheet of the form ``home`` ("" for any other sheet)."""
        plan = self.plans[self.campaign.indicators[indicator_id].form_id]
        row = plan.row_of[FormRow(indicator_id, level).key]
        return _on_sheet(plan, address(row, plan.column_of[period_id]), home)

    def total_cell(self, indicator_id: str, level: str, home: str) -> str:
        """The cell of the row's total over the periods."""
        plan = self.plans[self.campaign.indicators[indicator_id].form_id]
        row = plan.row_of[FormRow(indicator_id, level).key]
        return _on_sheet(plan, address(row, plan.total_column), home)

    def reader(self, level: str, period_id: str, home: str = "") -> CellOf:
        """What each reference of an expression reads at a level in a period."""

        def cell_of(ref: Ref) -> tuple[str, ...] | None:
            read = self.periods_read(ref, level, period_id)
            return read and tuple(self.cell(ref.indicator_id, level, period, home) for period in read)

        return cell_of

    def check_text(self, rule: Rule, level: str, period_id: str, marks: Marks) -> str | None:
        """The live check of a rule at a level in a period; None where it can never be told."""
        return check_formula(rule.expression, self.reader(level, period_id), marks)

    def periods_read(self, ref: Ref, level: str, period_id: str) -> tuple[str, ...] | None:
        """The periods whose cells a reference reads; none where it cannot exist, None where it is unknown."""
        name = ref.indicator_id
        if ref.reach is Reach.NOW:
            return (period_id,) if self.stands(name, level, period_id) else ()
        order = self.campaign.forms[self.campaign.indicators[name].form_id].period_ids
        here = order.index(period_id) if period_id in order else 0
        if ref.reach is Reach.CUM:
            return tuple(p for p in order[: here + 1] if self.stands(name, level, p))
        known = here > 0 and self.stands(name, level, order[here - 1])
        return (order[here - 1],) if known else None


def places_of(campaign: Campaign, unit_id: str) -> Places:
    """The sheets of one unit."""
    return _places(campaign, tuple(replace(owed, unit_id="") for owed in owed_forms(campaign, unit_id)))


@lru_cache(maxsize=KEPT)
def _places(campaign: Campaign, owed: tuple[OwedForm, ...]) -> Places:
    """The sheets of all units that owe these rows."""
    plans = {form.form_id: plan_form(campaign, form) for form in owed}
    parts = {row.key: total_parts(campaign, row, form.rows) for form in owed for row in form.rows}
    return Places(campaign, plans, parts)


def is_possible(campaign: Campaign, indicator_id: str, period_id: str) -> bool:
    """Whether the indicator can exist in the period; a computed one where both its sides can."""
    if not campaign.exists_in(indicator_id, period_id):
        return False
    parts = campaign.parts[indicator_id]
    sides = (parts.numerator, parts.denominator)
    return all(
        any(is_possible(campaign, ref.indicator_id, period_id) for ref in side.refs)
        for side in sides
        if side is not None
    )


def linear(side: Side, cells_of: Callable[[Ref], tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """The cells of a sum, and the sum as a formula; a part without cells is left out."""
    cells: list[str] = []
    text = ""
    for term in side.terms:
        read = cells_of(term.ref)
        cells.extend(read)
        for cell in read:
            value = f"SUM({cell})" if ":" in cell else cell
            text += "-" if term.factor < 0 else "+" if text else ""
            text += value if abs(term.factor) == 1 else f"{abs(term.factor):g}*{value}"
    return tuple(cells), text


def _on_sheet(plan: Plan, cell: str, home: str) -> str:
    if plan.owed.form_id == home:
        return cell
    return f"{quoted(form_sheet_name(plan.owed.form_id))}!{cell}"
