"""The figures of one unit: near the sizes that are believable, within all the campaign's rules."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from pipeline.catalogue.obligations import owed_forms
from pipeline.demo import solve
from pipeline.demo.limits import Cell, Limit, Linear, entry_cells
from pipeline.demo.sizes import Row, Sizes
from pipeline.errors import StopRun
from pipeline.model import Kind

_HIGHEST: Final = 10**9
_ATTEMPTS: Final = 30

Rank = tuple[int, int, float, int]


def believable_figures(sizes: Sizes, unit_id: str, limits: Iterable[Limit]) -> dict[Cell, float]:
    """A figure for every cell that can hold one; every rule that can be evaluated is true.

    Raises StopRun where the rules leave no figures at all.
    """
    linears = [linear for limit in limits for linear in limit.linears]
    draft = _Draft(sizes, unit_id, {})
    draft.rank(entry_cells(sizes.campaign, owed_forms(sizes.campaign, unit_id)))
    groups = _groups(draft.ranks, linears)
    for cells, bound in sorted(groups, key=lambda group: min(draft.ranks[cell] for cell in group[0])):
        _settle(draft, cells, bound)
    return {cell: draft.values[cell] for cell in draft.ranks}


@dataclass(slots=True)
class _Draft:
    """What is settled so far, and what would be believable next."""

    sizes: Sizes
    unit_id: str
    values: dict[Cell, float]
    ranks: dict[Cell, Rank] = field(default_factory=dict)
    wholes: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = field(default_factory=dict)
    beside: dict[Cell, tuple[Cell, ...]] = field(default_factory=dict)
    seen: defaultdict[Row, Counter[float]] = field(default_factory=lambda: defaultdict(Counter))

    def rank(self, cells: Sequence[Cell]) -> None:
        """In which order the cells are settled: by period, wholes before their shares, small shares first."""
        campaign = self.sizes.campaign
        depths: dict[Row, tuple[int, float]] = {}
        for place, (indicator_id, level, period_id) in enumerate(cells):
            row = (indicator_id, level)
            if row not in depths:
                depths[row] = self._depth(row)
            periods = campaign.forms[campaign.indicators[indicator_id].form_id].period_ids
            index = periods.index(period_id)
            self.ranks[indicator_id, level, period_id] = (index, *depths[row], place)
            self.beside[indicator_id, level, period_id] = tuple(
                (*row, periods[i]) for i in (index - 1, index + 1) if 0 <= i < len(periods)
            )
        for rule in campaign.rules.values():
            if rule.expression.total is not None:
                for part in rule.expression.total[1]:
                    self.wholes[part] = (*self.wholes.get(part, ()), rule.expression.total)

    def step(self, indicator_id: str) -> float:
        """The smallest difference of two figures: 1 for a count."""
        campaign = self.sizes.campaign
        return float(10.0 ** -campaign.measures[campaign.indicators[indicator_id].unit_measure].decimals)

    def wish(self, cell: Cell) -> float:
        """The figure that would be believable, with its noise, but before the rules."""
        plain = self._plain_wish(cell)
        kind = self.sizes.campaign.indicators[cell[0]].kind
        chance = Random(f"{self.sizes.seed} {self.unit_id} {cell}")
        noise = 0.04 + 0.25 / math.sqrt(1 + plain) if kind is Kind.FLOW else 0.008
        row_chance = Random(f"{self.sizes.seed} {self.unit_id} {cell[:2]}").random()
        rounding = chance.random() if kind is Kind.FLOW else row_chance
        step = self.step(cell[0])
        wished = math.floor(plain * math.exp(noise * chance.gauss(0, 1)) / step + rounding) * step
        return self._calmed(cell, wished)

    def _depth(self, row: Row) -> tuple[int, float]:
        size = self.sizes.size(self.unit_id, row)
        if not size.share_of:
            return 0, 0.0
        return 1 + self._depth((size.share_of, row[1]))[0], self.sizes.share(self.unit_id, row)

    def _plain_wish(self, cell: Cell) -> float:
        indicator_id, level, period_id = cell
        row = (indicator_id, level)
        whole = self.sizes.size(self.unit_id, row).share_of
        base = self.values.get((whole, level, period_id))
        if base is None:
            return self.sizes.expected(self.unit_id, row, period_id)
        for total, parts in self.wholes.get(indicator_id, ()):
            if total == whole:
                return self._part(cell, base, parts)
        return self.sizes.from_base(self.unit_id, row, period_id, base)

    def _part(self, cell: Cell, total: float, parts: tuple[str, ...]) -> float:
        """A part's share of what the parts that are settled leave of the total."""
        cells = [(part, *cell[1:]) for part in parts]
        rest = total - sum(self.values.get(other, 0.0) for other in cells)
        open_rows = [other[:2] for other in cells if other in self.ranks and other not in self.values]
        shares = {row: self.sizes.share(self.unit_id, row) for row in open_rows}
        return max(rest, 0.0) * shares[cell[:2]] / sum(shares.values())

    def _calmed(self, cell: Cell, wished: float) -> float:
        """The wish, without a jump, a power of ten or one more repetition that would have to be explained."""
        bounds = self.sizes.campaign.settings.plausibility
        kind = self.sizes.campaign.indicators[cell[0]].kind
        for other in self.beside.get(cell, ()):
            there = self.values.get(other, 0.0)
            if min(there, wished) > bounds["jump_floor"]:
                years = [self.sizes.part_of_year(kind, c[2]) for c in (other, cell)]
                even = there * years[1] / years[0]
                most = 1 + 0.6 * (bounds["jump_factor"] - 1)
                wished = min(max(wished, even / most), even * most)
            elif there and max(there, wished) > bounds["power_floor"]:
                wished = min(wished, 6 * there)
        often = self.seen[cell[:2]][wished] + 2 >= bounds["copied_least"]
        if kind is Kind.FLOW and wished >= bounds["copied_floor"] and often:
            wished += 1
        return wished


def _settle(draft: _Draft, cells: list[Cell], linears: list[Linear]) -> None:
    """Fix all figures of one group of cells that hang together; the order changes from try to try."""
    numbers = {cell: number for number, cell in enumerate(cells)}
    bounds = _bounds(draft, numbers, linears)
    chance = Random(f"{draft.sizes.seed} {draft.unit_id} {cells[0]}")
    for attempt in range(_ATTEMPTS):
        order = {cell: (r[0], r[1], r[2] + attempt * chance.random()) for cell, r in _ranked(draft, cells)}
        if bounds is not None and _fixed(draft, bounds, numbers, sorted(cells, key=order.__getitem__)):
            return
    rules_of = ", ".join(sorted({cell[0] for cell in cells}))
    raise StopRun(
        f"no figures can be invented for {draft.unit_id}: the rules contradict each other on {rules_of}"
    )


def _ranked(draft: _Draft, cells: list[Cell]) -> list[tuple[Cell, Rank]]:
    return [(cell, draft.ranks[cell]) for cell in cells]


def _bounds(draft: _Draft, numbers: Mapping[Cell, int], linears: list[Linear]) -> solve.Bounds | None:
    limits: list[solve.Limit] = []
    for linear in linears:
        terms = tuple((numbers[cell], factor * draft.step(cell[0])) for cell, factor in linear.terms)
        limits.append((terms, linear.constant))
        if linear.is_equal:
            limits.append((tuple((n, -factor) for n, factor in terms), -linear.constant))
    try:
        return solve.Bounds([_HIGHEST] * len(numbers), limits)
    except solve.Clash:
        return None


def _fixed(draft: _Draft, bounds: solve.Bounds, numbers: Mapping[Cell, int], order: list[Cell]) -> bool:
    """Whether every cell got its figure; if not, all is as before."""
    done: list[Cell] = []
    for cell in order:
        step = draft.step(cell[0])
        try:
            found = solve.nearest(bounds, numbers[cell], round(draft.wish(cell) / step))
        except solve.Clash:
            bounds.forget()
            for other in done:
                draft.seen[other[:2]][draft.values.pop(other)] -= 1
            return False
        draft.values[cell] = found if step == 1 else round(found * step, 6)
        draft.seen[cell[:2]][draft.values[cell]] += 1
        done.append(cell)
    return True


def _groups(cells: Iterable[Cell], linears: list[Linear]) -> list[tuple[list[Cell], list[Linear]]]:
    """The cells that hang together by limits, each group with its limits."""
    leader = {cell: cell for cell in cells}

    def find(cell: Cell) -> Cell:
        while leader[cell] != cell:
            leader[cell] = leader[leader[cell]]
            cell = leader[cell]
        return cell

    for linear in linears:
        first = find(linear.terms[0][0])
        for cell, _ in linear.terms[1:]:
            leader[find(cell)] = first
    groups: dict[Cell, tuple[list[Cell], list[Linear]]] = {}
    for cell in leader:
        groups.setdefault(find(cell), ([], []))[0].append(cell)
    for linear in linears:
        groups[find(linear.terms[0][0])][1].append(linear)
    return list(groups.values())
