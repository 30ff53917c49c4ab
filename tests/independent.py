"""A second opinion on every total. Shares no code with the program: it reads the campaign's lists itself,
keeps figures in plain dictionaries of exact decimals, and adds them in the most straightforward way.

A *leaf* is what one reporting unit reports for one indicator at one level. A city figure is a list of
leaves; its value in a period is their sum, and the cells it rests on are their cells in that period.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

ALL = "ALL"
COUNTING = ("A", "Z")

Leaf = tuple[str, str, str]
"""Unit, indicator, level."""
Place = tuple[str, str, str, str]
"""Unit, indicator, level, period."""
Row = Mapping[str, str]


@dataclass(frozen=True)
class Figure:
    """One value with the cells that it rests on; None where there is no value."""

    value: Decimal | None
    places: frozenset[Place] = frozenset()


NOTHING = Figure(None)


def names(text: str) -> list[str]:
    """The indicator ids of an expression, in order."""
    return re.findall(r"[A-Z][A-Z0-9_]+", text)


@dataclass(frozen=True)
class Lists:
    """The campaign's lists as they stand in its CSV files."""

    indicators: dict[str, Row]
    forms: dict[str, Row]
    units: dict[str, Row]
    levels: dict[str, Row]
    periods: dict[str, Row]
    windows: dict[str, Row]
    measures: dict[str, Row]
    assignments: list[Row]
    rules: dict[str, Row]

    def columns(self, form_id: str) -> list[str]:
        """The periods of a form."""
        return [p for p, row in self.periods.items() if row["series"] == self.forms[form_id]["periods"]]

    def window(self, form_id: str, window_id: str) -> list[str]:
        """The periods of a form that a window totals."""
        return [p for p in self.columns(form_id) if window_id in self.periods[p]["windows"].split()]

    def exists(self, indicator: str, period: str) -> bool:
        """Whether the indicator's first year is not after the period."""
        since = self.indicators[indicator]["since"]
        return not since or int(self.periods[period]["last_month"][:4]) >= int(since)

    def is_authority(self, level: str) -> bool:
        """Whether a level is the one at which an authority reports for the whole area."""
        return self.levels[level]["is_authority"] == "yes"

    def assigned(self, unit: str, form_id: str) -> set[str]:
        """The levels at which a unit owes a form."""
        row = self.units[unit]
        found = {
            level
            for line in self.assignments
            if line["form_id"] == form_id and line["unit_kind"] == row["kind"]
            for level in line["levels"].split()
        }
        return found - set(row["without_levels"].split())

    def is_asked(self, unit: str, indicator: str, level: str) -> bool:
        """Whether a unit has to enter an indicator at a level."""
        row = self.indicators[indicator]
        if row["numerator"] or level not in self.assigned(unit, row["form_id"]):
            return False
        who = row["filled_by"].split()
        if who and unit not in who and self.units[unit]["kind"] not in who:
            return False
        if self.is_authority(level):
            keeps = row["unit_aggregation"] == "authority" and not row["authority_indicator"]
            return keeps and row["authority_unit"] == unit
        return level in row["levels"].split()

    @cached_property
    def asked(self) -> dict[tuple[str, str], list[str]]:
        """By indicator and level, the units that have to enter it."""
        found: dict[tuple[str, str], list[str]] = {}
        for indicator in self.indicators:
            for level in self.levels:
                units = [u for u in self.units if self.is_asked(u, indicator, level)]
                if units:
                    found[indicator, level] = units
        return found

    @cached_property
    def owed(self) -> set[Place]:
        """Every cell that somebody has to fill; not those before an indicator's first year."""
        return {
            (unit, indicator, level, period)
            for (indicator, level), units in self.asked.items()
            for period in self.columns(self.indicators[indicator]["form_id"])
            if self.exists(indicator, period)
            for unit in units
        }


def read_lists(folder: Path) -> Lists:
    """Read the CSV files of a campaign."""

    def rows(name: str) -> list[Row]:
        with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def keyed(name: str, key: str) -> dict[str, Row]:
        return {row[key]: row for row in rows(name)}

    ordered = sorted(rows("indicators"), key=lambda row: int(row["order"]))
    return Lists(
        indicators={row["indicator_id"]: row for row in ordered},
        forms=keyed("forms", "form_id"),
        units=keyed("units", "unit_id"),
        levels=keyed("levels", "level_id"),
        periods=keyed("periods", "period_id"),
        windows=keyed("windows", "window_id"),
        measures=keyed("measures", "unit_measure"),
        assignments=rows("assignments"),
        rules=keyed("rules", "rule_id"),
    )


Bundle = Mapping[str, list[Leaf]]
"""By indicator, the leaves that its figure is the sum of."""


@dataclass
class SecondOpinion:
    """Every figure of the summary, recomputed. ``figures``: the value of each owed cell that counts."""

    lists: Lists
    figures: Mapping[Place, Decimal]
    leaves_found: dict[tuple[str, str], list[Leaf] | None] = field(default_factory=dict)

    def city_keys(self) -> set[tuple[str, str]]:
        """The rows of the city sheets: indicator and level."""
        levels = [*self.lists.levels, ALL]
        return {(i, lv) for i in self.lists.indicators for lv in levels if self.has_row(i, lv)}

    def has_row(self, indicator: str, level: str) -> bool:
        """Whether the city sheets have a row for an indicator at a level."""
        row = self.lists.indicators[indicator]
        if row["numerator"]:
            return all(self.has_row(p, level) for p in names(row["numerator"] + " " + row["denominator"]))
        return self.leaves(indicator, level) is not None

    def leaves(self, indicator: str, level: str) -> list[Leaf] | None:
        """What a city figure is the sum of; None where the city sheet has no such row."""
        key = (indicator, level)
        if key not in self.leaves_found:
            self.leaves_found[key] = self._leaves(indicator, level)
        return self.leaves_found[key]

    def _leaves(self, indicator: str, level: str) -> list[Leaf] | None:
        row, asked = self.lists.indicators[indicator], self.lists.asked
        here = [lv for lv in self.lists.levels if (indicator, lv) in asked]
        if row["authority_indicator"]:
            other, keeper = row["authority_indicator"], row["authority_unit"]
            here = [lv for lv in self.lists.levels if keeper in asked.get((other, lv), [])]
            return (
                [(keeper, other, lv) for lv in here if level in (lv, ALL)] if level in (*here, ALL) else None
            )
        if level == ALL:
            if row["unit_aggregation"] == "none":
                return None
            kept = [lv for lv in here if self.lists.is_authority(lv)]
            return [leaf for lv in kept or here for leaf in self.leaves(indicator, lv) or []]
        units = asked.get((indicator, level))
        if units is None:
            return None
        if row["authority_unit"] in units:
            units = [row["authority_unit"]]
        alone = row["unit_aggregation"] != "none" or len(units) == 1
        return [(u, indicator, level) for u in units] if alone and not row["reference_only"] else []

    def city(self, indicator: str, level: str, column: str) -> Figure:
        """A city figure in a period or a window."""
        row = self.lists.indicators[indicator]
        if row["reference_only"] or not (row["numerator"] or self.leaves(indicator, level)):
            return NOTHING
        bundle = {name: self.leaves(name, level) or [] for name in self.involved(indicator)}
        return self.figure(bundle, indicator, column)

    def involved(self, indicator: str) -> set[str]:
        """The indicator and everything that its figure is made of, parts of parts too."""
        row = self.lists.indicators[indicator]
        parts = [self.involved(name) for part in PARTS for name in names(row[part])]
        return {indicator}.union(*parts)

    def figure(self, bundle: Bundle, indicator: str, column: str) -> Figure:
        """One figure from the leaves of everything that takes part in it."""
        row = self.lists.indicators[indicator]
        if row["numerator"]:
            return self._ratio(bundle, row, column)
        if column in self.lists.periods:
            return self._sum(bundle[indicator], [column])
        periods = self.lists.window(row["form_id"], column)
        how = row["time_aggregation"]
        if how == "none":
            return NOTHING
        if how == "balance":
            return self._balance(bundle, row, periods)
        chosen = {"sum": periods, "last": periods[-1:], "first": periods[:1]}[how]
        return self._sum(bundle[indicator], chosen)

    def _sum(self, leaves: Iterable[Leaf], periods: Iterable[str]) -> Figure:
        places = {(*leaf, period) for leaf in leaves for period in periods} & self.lists.owed
        known = [self.figures[place] for place in places if place in self.figures]
        return Figure(sum(known, Decimal(0)) if known else None, frozenset(places))

    def _side(self, bundle: Bundle, text: str, column: str) -> Figure:
        """A plain sum of indicators: no value where one of them has none."""
        parts = [self.figure(bundle, name, column) for name in names(text)]
        places = frozenset().union(*(part.places for part in parts))
        values = [part.value for part in parts if part.value is not None]
        return Figure(sum(values, Decimal(0)) if len(values) == len(parts) else None, places)

    def _ratio(self, bundle: Bundle, row: Row, column: str) -> Figure:
        over, under = (self._side(bundle, row[part], column) for part in ("numerator", "denominator"))
        places = over.places | under.places
        if over.value is None or not under.value:
            return Figure(None, places)
        return Figure(100 * over.value / under.value, places)

    def _balance(self, bundle: Bundle, row: Row, periods: list[str]) -> Figure:
        if row["opening"]:
            start = self._side(bundle, row["opening"], periods[0])
            moves = [self._side(bundle, row["inflow"], period) for period in periods]
        else:
            start = self.figure(bundle, row["indicator_id"], periods[-1])
            moves = [self._side(bundle, row["outflow"], period) for period in periods[:-1]]
        places = start.places.union(*(move.places for move in moves))
        if start.value is None:
            return Figure(None, places)
        return Figure(start.value + sum(m.value for m in moves if m.value is not None), places)

    def counted(self, figure: Figure) -> tuple[int, int]:
        """n/N: units of which everything owed for the figure counts, and units that owe anything for it."""
        lacking = {place[0] for place in figure.places if place not in self.figures}
        expected = {place[0] for place in figure.places}
        return len(expected - lacking), len(expected)

    def of_unit(self, unit: str, indicator: str, level: str, window: str) -> Figure:
        """A unit's own figure over a window; ALL adds its levels, but never a whole-area figure."""
        levels = self._levels(level)
        bundle = {name: self._own([unit], name, levels) for name in self.involved(indicator)}
        return self.figure(bundle, indicator, window)

    def reported(self, indicator: str, level: str, column: str) -> Figure:
        """What all units but the authority report, for the other side of the reconciliation."""
        keeper = self.lists.indicators[indicator]["authority_unit"]
        others = [unit for unit in self.lists.units if unit != keeper]
        bundle = {name: self._own(others, name, self._levels(level)) for name in self.involved(indicator)}
        return self.figure(bundle, indicator, column)

    def _levels(self, level: str) -> list[str]:
        return (
            [lv for lv in self.lists.levels if not self.lists.is_authority(lv)] if level == ALL else [level]
        )

    def _own(self, units: Iterable[str], indicator: str, levels: Iterable[str]) -> list[Leaf]:
        asked = self.lists.asked
        return [
            (unit, indicator, lv) for lv in levels for unit in units if unit in asked.get((indicator, lv), [])
        ]


PARTS = ("numerator", "denominator", "opening", "inflow", "outflow")
