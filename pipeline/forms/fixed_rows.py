"""What stands in the rows of a form whoever fills it in: shared by all units that owe the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.book import Formula, Scalar
from pipeline.forms.formulas import over_periods, parts_formula, ratio_formula, sides
from pipeline.forms.layout import FIRST_PERIOD, Plan, numbering
from pipeline.forms.places import KEPT, Places
from pipeline.model import FormRow, Indicator
from pipeline.rules.language import Side

FORMS_KEPT: Final = 16 * KEPT
"""So many forms are kept in mind."""

_OVERLAYS: Final = {
    (False, False): "+form.row.only",
    (False, True): "+form.row.first",
    (True, True): "+form.row.next",
    (True, False): "+form.row.last",
}
_FURTHER: Final = ("+form.row.next", "+form.row.last")
"""Styles laid over a row, by whether its indicator has a row before and after it; the further levels."""


class Addend(NamedTuple):
    """A cell that a side of a ratio adds, times ``factor``: its form and row, its place among the periods."""

    factor: float
    form_id: str
    key: str
    place: int


class Derived(NamedTuple):
    """A figure that is a formula unless it was typed: its place among the periods, and the formula.

    It is the sum of the parts in these rows, or the quotient of two sides.
    """

    place: int
    text: str
    part_keys: tuple[str, ...] = ()
    above: tuple[Addend, ...] = ()
    below: tuple[Addend, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FixedRow:
    """One row as it stands in a blank template, from the column of the key to that of the live check.

    ``places`` are the row key and period id of each period's cell, ``asked`` those periods (counted from 0)
    in which a figure can stand. ``total`` is the formula over the periods, "" where there is none.
    """

    row: FormRow
    key: str
    indicator: Indicator
    at: int
    values: tuple[Scalar | Formula, ...]
    styles: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    asked: tuple[int, ...]
    derived: tuple[Derived, ...]
    total: str

    @property
    def asks_all(self) -> bool:
        """Whether a figure can stand in every period."""
        return len(self.asked) == len(self.places)


class FigurePlaces(NamedTuple):
    """Row key and period id of every figure of a form, row by row, ``width`` of them in each of the rows.

    ``plain`` are the rows that hold no formula before their total.
    """

    keys: tuple[str, ...]
    width: int
    cells: tuple[tuple[str, str], ...]
    plain: tuple[str, ...]


@lru_cache(maxsize=FORMS_KEPT)
def fixed_rows(places: Places, form_id: str) -> Mapping[str, FixedRow]:
    """The rows of one form by their keys, in order."""
    return {fixed.key: fixed for fixed in _fixed_rows(places, places.plans[form_id])}


@lru_cache(maxsize=FORMS_KEPT)
def figure_places(places: Places, form_id: str) -> FigurePlaces:
    """The figures of one form."""
    rows = fixed_rows(places, form_id)
    cells = tuple(place for fixed in rows.values() for place in fixed.places)
    width = len(places.plans[form_id].owed.period_ids)
    plain = tuple(key for key, fixed in rows.items() if not fixed.derived)
    return FigurePlaces(tuple(rows), width, cells, plain)


def _fixed_rows(places: Places, plan: Plan) -> Iterator[FixedRow]:
    rows = plan.owed.rows
    numbers = numbering(places.campaign, rows)
    names = ["", *(row.indicator_id for row in rows), ""]
    for before, row, after in zip(names, rows, names[2:], strict=False):
        over = _OVERLAYS[row.indicator_id == before, row.indicator_id == after]
        yield _fixed_row(places, plan, row, numbers[row.indicator_id], over)


def _fixed_row(places: Places, plan: Plan, row: FormRow, number: str, over: str) -> FixedRow:
    indicator = places.campaign.indicators[row.indicator_id]
    measure = places.campaign.measures[indicator.unit_measure]
    quiet = over + ("+form.row.quiet" if over in _FURTHER else "")
    look = f"{over}@{measure.number_format}"
    derived = {one.place: one for one in _derived(places, plan, row)}
    total = over_periods(places, row)
    figures = list(_figures(places, plan, row, derived))
    return FixedRow(
        row=row,
        key=row.key,
        indicator=indicator,
        at=plan.row_of[row.key],
        values=(
            *(row.key, number, indicator.name, measure.unit_measure, places.level_name(row.level)),
            *(value for value, _ in figures),
            *(None if total is None else Formula(total, ""), "", ""),
        ),
        styles=(
            *("form.key", f"form.number{quiet}", f"form.name.{min(indicator.depth, 2)}{quiet}"),
            *(f"form.measure{quiet}", f"form.level{over}"),
            *(f"{style}{look}" for _, style in figures),
            *(f"form.total{look}", f"form.remark{over}", f"form.check{over}"),
        ),
        places=tuple((row.key, period_id) for period_id in plan.owed.period_ids),
        asked=tuple(plan.column_of[period_id] - FIRST_PERIOD for period_id in _periods(places, row)),
        derived=tuple(derived.values()),
        total=total or "",
    )


def _periods(places: Places, row: FormRow) -> tuple[str, ...]:
    return places.periods_of(row.indicator_id, row.level)


def _derived(places: Places, plan: Plan, row: FormRow) -> Iterator[Derived]:
    is_computed = places.campaign.indicators[row.indicator_id].is_computed
    for period_id in _periods(places, row):
        index = plan.column_of[period_id] - FIRST_PERIOD
        parts = () if is_computed else places.parts_in(row, period_id)
        if is_computed:
            above, below = (tuple(_addends(places, row, side, period_id)) for side in sides(places, row))
            yield Derived(index, ratio_formula(places, row, period_id), (), above, below)
        elif parts:
            keys = tuple(FormRow(part, row.level).key for part in parts)
            yield Derived(index, parts_formula(places, row, parts, period_id), keys)


def _addends(places: Places, row: FormRow, side: Side, period_id: str) -> Iterator[Addend]:
    for term in side.terms:
        name = term.ref.indicator_id
        if places.stands(name, row.level, period_id):
            form_id = places.campaign.indicators[name].form_id
            place = places.plans[form_id].column_of[period_id] - FIRST_PERIOD
            yield Addend(term.factor, form_id, FormRow(name, row.level).key, place)


def _figures(
    places: Places, plan: Plan, row: FormRow, derived: Mapping[int, Derived]
) -> Iterator[tuple[Scalar | Formula, str]]:
    """What stands at first in each period, and in which style."""
    is_computed = places.campaign.indicators[row.indicator_id].is_computed
    for index, period_id in enumerate(plan.owed.period_ids):
        if not places.stands(row.indicator_id, row.level, period_id):
            yield places.campaign.settings.symbols["M"], "form.na"
        elif index in derived:
            yield Formula(derived[index].text, ""), "form.ratio" if is_computed else "form.sum"
        else:
            yield None, "form.entry"
