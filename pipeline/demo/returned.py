"""One unit's invented return: what is right, what is written, and what a reader will make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.demo.limits import Cell, Limit
from pipeline.model import OwedForm
from pipeline.rules.check import DECIMALS

Reading = Mapping[Cell, float | None]
"""What a reader gets from changed cells; None where nothing that counts."""


@dataclass(slots=True)
class Returned:
    """A return in the making. ``figures`` are right; ``written`` is what stands in the cells that are filled.

    ``formulas`` are the totals that nobody typed over, with their parts: a reader derives them. ``taken`` are
    the cells that a mistake depends on already, ``used`` the numbers of the limits that see one.
    """

    campaign: Campaign
    unit_id: str
    figures: Mapping[Cell, float]
    limits: tuple[Limit, ...]
    forms: tuple[OwedForm, ...]
    totals: Mapping[Cell, tuple[Cell, ...]]
    formulas: dict[Cell, tuple[Cell, ...]]
    written: dict[Cell, float | str] = field(default_factory=dict)
    taken: set[Cell] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    limits_of: dict[Cell, list[int]] = field(default_factory=dict)
    totals_of: dict[Cell, list[Cell]] = field(default_factory=dict)

    def row(self, cell: Cell) -> tuple[Cell, ...]:
        """The cells of the same row, in the order of time."""
        form = self.campaign.forms[self.campaign.indicators[cell[0]].form_id]
        cells = ((cell[0], cell[1], period_id) for period_id in form.period_ids)
        return tuple(other for other in cells if other in self.figures)

    def decimals(self, cell: Cell) -> int:
        """How many decimals a figure of the row may have."""
        return self.campaign.measures[self.campaign.indicators[cell[0]].unit_measure].decimals

    def reach(self, cells: Iterable[Cell]) -> set[Cell]:
        """The cells, and the totals that a reader derives from them."""
        reached = set(cells)
        waiting = list(reached)
        while waiting:
            for total in self.totals_of.get(waiting.pop(), ()):
                if total in self.formulas and total not in reached:
                    reached.add(total)
                    waiting.append(total)
        return reached

    def seen_by(self, cells: Iterable[Cell]) -> set[int]:
        """The numbers of the limits that look at any of the cells."""
        return {number for cell in cells for number in self.limits_of.get(cell, ())}

    def broken(self, reading: Reading) -> list[Limit]:
        """The limits that are false once a reader gets ``reading`` and, for the rest, what is right."""
        read = dict(reading)
        numbers = sorted(self.seen_by(self.reach(reading)))
        return [self.limits[number] for number in numbers if self._is_false(self.limits[number], read)]

    def _is_false(self, limit: Limit, read: dict[Cell, float | None]) -> bool:
        for linear in limit.linears:
            value = linear.constant
            for cell, factor in linear.terms:
                figure = self._read(cell, read)
                if figure is None:
                    break
                value += factor * figure
            else:
                value = round(value, DECIMALS)
                if value > 0 or (linear.is_equal and value != 0):
                    return True
        return False

    def _read(self, cell: Cell, read: dict[Cell, float | None]) -> float | None:
        if cell not in read:
            parts = self.formulas.get(cell)
            if parts is None:
                return self.figures[cell]
            figures = [self._read(part, read) for part in parts]
            missing = any(figure is None for figure in figures)
            read[cell] = None if missing else sum(figure for figure in figures if figure is not None)
        return read[cell]


def begin_return(
    campaign: Campaign, unit_id: str, figures: Mapping[Cell, float], limits: tuple[Limit, ...]
) -> Returned:
    """A return in which nothing is written yet and every total is a formula."""
    forms = owed_forms(campaign, unit_id)
    totals = _totals(campaign, forms, figures)
    returned = Returned(campaign, unit_id, figures, limits, forms, totals, dict(totals))
    for number, limit in enumerate(limits):
        for cell in limit.cells:
            returned.limits_of.setdefault(cell, []).append(number)
    for total, parts in totals.items():
        for part in parts:
            returned.totals_of.setdefault(part, []).append(total)
    return returned


def _totals(
    campaign: Campaign, forms: tuple[OwedForm, ...], figures: Mapping[Cell, float]
) -> dict[Cell, tuple[Cell, ...]]:
    """The cells that are totals of other cells by the form's own identity, with the parts that exist."""
    sums = {rule.expression.total[0] for rule in campaign.rules.values() if rule.expression.total}
    found: dict[Cell, tuple[Cell, ...]] = {}
    for form in forms:
        for row in form.rows:
            parts = total_parts(campaign, row, form.rows) if row.indicator_id in sums else ()
            for period_id in form.period_ids if parts else ():
                cell = (row.indicator_id, row.level, period_id)
                named = tuple((part, row.level, period_id) for part in parts)
                there = tuple(part for part in named if part in figures)
                if cell in figures and there:
                    found[cell] = there
    return found
