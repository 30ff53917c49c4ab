"""The values that a recalculation of one unit's workbook would give, from what the unit wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import fsum

import numpy as np

from pipeline.forms.places import Places
from pipeline.model import Answers, FormRow, TimeAggregation
from pipeline.rules import check
from pipeline.rules.language import Ref, Rule, Side

Number = float | int | None
NumbersOf = Callable[[Ref], list[Number]]


class UnitFigures:
    """Figures of one unit by (indicator, level, period); None where the cell shows no number.

    A text is no number, whatever it says. Without answers every cell shows nothing.
    """

    def __init__(self, places: Places, answers: Answers | None) -> None:
        self._places = places
        self._typed = answers.values if answers is not None else {}
        self._known: dict[tuple[str, str, str], Number] = {}
        self._judged: dict[str, list[list[int]]] = {}
        self._figures: dict[tuple[str, tuple[str, ...]], check.Figures] = {}

    def typed(self, row: FormRow, period_id: str) -> str | float | None:
        """What the unit wrote into the cell; None where it wrote nothing, "" where it emptied the cell."""
        return self._typed.get((row.key, period_id))

    def number(self, row: FormRow, period_id: str) -> Number:
        """The number that the cell shows: typed, or by the cell's formula."""
        place = (row.indicator_id, row.level, period_id)
        if place not in self._known:
            self._known[place] = self._number(row, period_id)
        return self._known[place]

    def over_periods(self, row: FormRow) -> Number:
        """The number in the column of the total over the periods."""
        if not self._typed:
            return None
        periods = self._places.periods_of(row.indicator_id, row.level)
        match self._places.campaign.indicators[row.indicator_id].time_aggregation:
            case TimeAggregation.SUM:
                return _sum(self.number(row, period) for period in periods)
            case TimeAggregation.LAST:
                return self.number(row, periods[-1]) if periods else None
            case TimeAggregation.FIRST:
                return self.number(row, periods[0]) if periods else None
            case TimeAggregation.BALANCE:
                return self._balance(row, periods)
            case TimeAggregation.RATIO:
                return self._ratio_of_totals(row)
            case TimeAggregation.NONE:
                return None

    def results(self, rule: Rule, level: str) -> Mapping[str, int]:
        """What the check says of each period of the rule's form: TRUE, FALSE or NOT_EVALUATED."""
        periods = self._places.campaign.forms[rule.form_id].period_ids
        if not self._typed:
            return dict.fromkeys(periods, check.NOT_EVALUATED)
        if rule.rule_id not in self._judged:
            found = check.evaluate(rule.expression, lambda name: self._rows(name, periods))
            self._judged[rule.rule_id] = found.tolist()
        place = list(self._places.campaign.levels).index(level)
        return dict(zip(periods, self._judged[rule.rule_id][place], strict=True))

    def _rows(self, indicator_id: str, periods: tuple[str, ...]) -> check.Figures:
        """An indicator at all levels of the campaign, one below the other."""
        if (indicator_id, periods) not in self._figures:
            rows = [
                self._row(FormRow(indicator_id, level), periods) for level in self._places.campaign.levels
            ]
            values, states = ([row[i] for row in rows] for i in (0, 1))
            found = check.Figures(np.array(values), np.array(states, dtype=np.int8))
            self._figures[indicator_id, periods] = found
        return self._figures[indicator_id, periods]

    def _row(self, row: FormRow, periods: tuple[str, ...]) -> tuple[list[float], list[int]]:
        values, states = [], []
        for period in periods:
            stands = self._places.stands(row.indicator_id, row.level, period)
            value = self.number(row, period) if stands else None
            values.append(float(value) if value is not None else 0.0)
            known = check.KNOWN if value is not None else check.MISSING
            states.append(known if stands else check.NOT_APPLICABLE)
        return values, states

    def _number(self, row: FormRow, period_id: str) -> Number:
        typed = self.typed(row, period_id)
        if typed is not None:
            return None if isinstance(typed, str) else typed
        if not self._typed or not self._places.stands(row.indicator_id, row.level, period_id):
            return None
        if self._places.campaign.indicators[row.indicator_id].is_computed:
            return self._ratio(row, lambda ref: self._in_period(ref, row.level, period_id))
        parts = self._places.parts_in(row, period_id)
        return _sum(self.number(FormRow(part, row.level), period_id) for part in parts)

    def _ratio_of_totals(self, row: FormRow) -> Number:
        def of(ref: Ref) -> list[Number]:
            if not self._places.is_asked(ref.indicator_id, row.level):
                return []
            return [self.over_periods(FormRow(ref.indicator_id, row.level))]

        return self._ratio(row, of)

    def _ratio(self, row: FormRow, numbers_of: NumbersOf) -> Number:
        parts = self._places.campaign.parts[row.indicator_id]
        if parts.numerator is None or parts.denominator is None:
            return None
        above, below = _linear(parts.numerator, numbers_of), _linear(parts.denominator, numbers_of)
        return 100 * above / below if above is not None and below is not None and below > 0 else None

    def _balance(self, row: FormRow, periods: tuple[str, ...]) -> Number:
        parts = self._places.campaign.parts[row.indicator_id]
        if not periods:
            return None
        if parts.outflow is not None:
            stands: Number = self.number(row, periods[-1])
            moved = self._moved(parts.outflow, row.level, periods[:-1])
        elif parts.opening is not None and parts.inflow is not None:
            stands = _linear(parts.opening, lambda ref: self._in_period(ref, row.level, periods[0]))
            moved = self._moved(parts.inflow, row.level, periods)
        else:
            return None
        return stands + moved if stands is not None else None

    def _moved(self, side: Side, level: str, periods: tuple[str, ...]) -> float:
        """What went in or out over some periods; a period of which nothing is known moves nothing."""
        return fsum(
            term.factor * (number or 0)
            for term in side.terms
            for period in periods
            for number in self._in_period(term.ref, level, period)
        )

    def _in_period(self, ref: Ref, level: str, period_id: str) -> list[Number]:
        if not self._places.stands(ref.indicator_id, level, period_id):
            return []
        return [self.number(FormRow(ref.indicator_id, level), period_id)]


def _sum(numbers: Iterable[Number]) -> Number:
    known = [number for number in numbers if number is not None]
    return fsum(known) if known else None


def _linear(side: Side, numbers_of: NumbersOf) -> Number:
    """The sum of a side; None where a part of it shows no number, or where it has no part."""
    pairs = [(term.factor, number) for term in side.terms for number in numbers_of(term.ref)]
    if not pairs or any(number is None for _, number in pairs):
        return None
    return fsum(factor * number for factor, number in pairs if number is not None)
