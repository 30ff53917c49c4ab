"""How large a figure should be, before any rule is looked at.

A figure has a size of its own, or is a multiple of another one (``magnitudes.csv``). Units differ by the
number of those who report to them and by chance, rows by chance; figures move slowly from period to period,
and a part year has its part of what is counted. What an authority keeps is near the sum of what the others
report.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from statistics import fmean
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import asked_units
from pipeline.model import FormRow, Indicator, Kind
from pipeline.rules.language import Op, Rule

Row = tuple[str, str]
"""``(indicator_id, level)``."""

_DEFAULT: Final = {Kind.FLOW: 12.0, Kind.STOCK: 40.0, Kind.RATIO: 85.0}
"""The size of a figure about which the campaign says nothing."""

_PART_OF_WHOLE: Final = 0.6
"""The share of a figure that a rule bounds by another, where the campaign says nothing."""


@dataclass(frozen=True, slots=True)
class Size:
    """``amount`` a year (a stock: at a date), or that many times the figure of ``share_of``."""

    amount: float
    share_of: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """The sizes of a campaign's figures under one seed; what was once asked is remembered."""

    campaign: Campaign
    seed: int
    asked: Mapping[str, tuple[str, ...]]
    shares: dict[str, Size]
    mirrors: dict[str, str]
    below: dict[str, int]
    remembered: dict[tuple[str, str, str, str], float] = field(default_factory=dict)

    def size(self, unit_id: str, row: Row) -> Size:
        """What the campaign says about a row, or else what its rules suggest."""
        indicator_id, level = row
        exact = self.campaign.magnitudes.get(row)
        if exact is not None:
            return Size(exact.typical, exact.share_of)
        shown = self._shown(indicator_id, level)
        is_share = shown.share_of and self._is_asked(unit_id, shown.share_of, level)
        return Size(0.0) if self._reported(unit_id, row) and not is_share else shown

    def expected(self, unit_id: str, row: Row, period_id: str) -> float:
        """The figure that may be expected of a unit, without noise."""
        key = (unit_id, *row, period_id)
        if key not in self.remembered:
            self.remembered[key] = self._expected(unit_id, row, period_id)
        return self.remembered[key]

    def from_base(self, unit_id: str, row: Row, period_id: str, base: float) -> float:
        """The figure that goes with the figure of what it is a share of."""
        size = self.size(unit_id, row)
        kinds = [self.campaign.indicators[i].kind for i in (size.share_of, row[0])]
        whole, part = (self.part_of_year(kind, period_id) for kind in kinds)
        return base * self.share(unit_id, row) * part / whole

    def share(self, unit_id: str, row: Row) -> float:
        """A row's share, moved by chance for each unit, but never across 1."""
        share = self.size(unit_id, row).amount
        moved = math.exp(0.12 * chances(f"{self.seed} {unit_id} {row[0]} {row[1]}")[0])
        return float(share**moved) if 0 < share < 1 else 1 + (share - 1) * moved

    def part_of_year(self, kind: Kind, period_id: str) -> float:
        """What part of a year's count a period has; a stock and a snapshot are whole."""
        months = self.campaign.periods[period_id].months
        return months / 12 if kind is Kind.FLOW and months else 1.0

    def _expected(self, unit_id: str, row: Row, period_id: str) -> float:
        size = self.size(unit_id, row)
        if size.share_of:
            base = self.expected(unit_id, (size.share_of, row[1]), period_id)
            return self.from_base(unit_id, row, period_id, base)
        indicator = self.campaign.indicators[row[0]]
        if row not in self.campaign.magnitudes:
            others = self._reported(unit_id, row)
            if others:
                return sum(self.expected(*other, period_id) for other in others)
        if indicator.kind is Kind.RATIO:
            return size.amount
        size_chance, slope_chance = chances(f"{self.seed} {unit_id} {row[0]} {row[1]}")
        grown = math.exp(0.18 * size_chance + 0.012 * slope_chance * self._years(period_id))
        return size.amount * self._unit_factor(unit_id) * grown * self.part_of_year(indicator.kind, period_id)

    def _unit_factor(self, unit_id: str) -> float:
        """How large a unit is beside others of its kind: by who reports to it, if anybody, and by chance."""
        chance = chances(f"{self.seed} {unit_id}")[0]
        counts = self.below
        code = self.campaign.units[unit_id].official_code
        if not code or not counts:
            return math.exp(0.25 * chance)
        size = counts.get(unit_id, min(counts.values()) / 4) / fmean(counts.values())
        return math.exp(0.12 * chance) * float(size**0.6)

    def _years(self, period_id: str) -> float:
        first = min(period.first_month for period in self.campaign.periods.values())
        here = self.campaign.periods[period_id].first_month
        return (int(here[:4]) - int(first[:4])) + (int(here[5:]) - int(first[5:])) / 12

    def _shown(self, indicator_id: str, level: str) -> Size:
        """The size by the campaign's lines for any level, by the mirrored indicator, or by the rules."""
        lines = self.campaign.magnitudes
        line = lines.get((indicator_id, "*")) or next(
            (m for m in lines.values() if m.indicator_id == indicator_id), None
        )
        if line is not None:
            return Size(line.typical, line.share_of)
        mirror = self.campaign.indicators.get(self.mirrors.get(indicator_id, ""))
        if mirror is not None:
            return self._mirrored(mirror, level)
        return self.shares.get(indicator_id) or Size(_DEFAULT[self.campaign.indicators[indicator_id].kind])

    def _mirrored(self, mirror: Indicator, level: str) -> Size:
        exact = self.campaign.magnitudes.get((mirror.indicator_id, level))
        size = Size(exact.typical, exact.share_of) if exact else self._shown(mirror.indicator_id, level)
        if not size.share_of:
            return size
        return Size(size.amount, self.campaign.indicators[size.share_of].authority_indicator)

    def _is_asked(self, unit_id: str, indicator_id: str, level: str) -> bool:
        return unit_id in self.asked.get(FormRow(indicator_id, level).key, ())

    def _reported(self, unit_id: str, row: Row) -> tuple[tuple[str, Row], ...]:
        """The rows of other units that add up to what this unit keeps as an authority."""
        indicator_id, level = row
        mirror = self.campaign.indicators.get(self.mirrors.get(indicator_id, ""))
        if mirror is not None and mirror.authority_unit == unit_id:
            rows = [(mirror.indicator_id, level)]
        elif self.campaign.levels[level].is_authority:
            rows = [(indicator_id, other) for other in self.campaign.levels if other != level]
        else:
            return ()
        asked = ((u, r) for r in rows for u in self.asked.get(FormRow(*r).key, ()))
        return tuple((u, r) for u, r in asked if u != unit_id)


def read_sizes(campaign: Campaign, seed: int) -> Sizes:
    """The sizes of a campaign under one seed."""
    mirrors = {
        i.authority_indicator: i.indicator_id
        for i in campaign.indicators.values()
        if i.authority_indicator and not i.is_computed
    }
    below = Counter(
        s.reports_to
        for s in campaign.subordinates.values()
        if s.reports_to in campaign.units and not s.is_dissolved
    )
    return Sizes(campaign, seed, asked_units(campaign), _shares(campaign), mirrors, below)


@lru_cache(maxsize=65536)
def chances(key: str) -> tuple[float, float]:
    """Two numbers of a normal distribution, always the same for one key."""
    source = Random(key)
    return source.gauss(0, 1), source.gauss(0, 1)


def _shares(campaign: Campaign) -> dict[str, Size]:
    """Shares for indicators without a line of their own: equal parts of a total, or part of what bounds them.

    An indicator only ever shares in one that comes before it in the campaign, so that no circle can arise.
    """
    place = {indicator_id: index for index, indicator_id in enumerate(campaign.indicators)}
    found: dict[str, Size] = {}
    for rule in campaign.rules.values():
        for part, size in _suggested(rule):
            if place[size.share_of] < place[part] and rule.severity == "error":
                found.setdefault(part, size)
    return found


def _suggested(rule: Rule) -> list[tuple[str, Size]]:
    total = rule.expression.total
    if total is not None:
        return [(part, Size(1 / len(total[1]), total[0])) for part in total[1]]
    link = rule.expression.links[0]
    sides = (link.left, link.right)
    if link.op is not Op.LE or any(len(side.terms) != 1 or not side.is_plain_sum for side in sides):
        return []
    part, whole = (side.refs[0].indicator_id for side in sides)
    return [(part, Size(_PART_OF_WHOLE, whole))] if part != whole else []
