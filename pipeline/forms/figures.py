"""The values that a recalculation of one unit's workbook would give, from what the unit wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import fsum

from pipeline.forms.fixed_checks import FixedChecks
from pipeline.forms.fixed_rows import Addend, Derived, FixedRow, figure_places, fixed_rows
from pipeline.forms.layout import FIRST_PERIOD
from pipeline.forms.places import Places
from pipeline.forms.verdicts import judged
from pipeline.model import Answers, FormRow, TimeAggregation
from pipeline.rules import check
from pipeline.rules.language import Ref, Side

Number = float | int | None
Row = list[float | str | None]
NumbersOf = Callable[[Ref], list[Number]]


class UnitFigures:
    """Figures of one unit by row and period; None where the cell shows no number.

    A text is no number, whatever it says. Without answers every cell shows nothing.
    """

    def __init__(self, places: Places, answers: Answers | None) -> None:
        self._places = places
        self._typed = answers.values if answers is not None else {}
        self._written: dict[str, dict[str, Row]] = {}
        self._shown: dict[str, Sequence[Number]] = {}

    def written(self, form_id: str) -> Mapping[str, Row]:
        """By row key what the unit wrote into a form, period by period; None where it wrote nothing."""
        found = self._written.get(form_id)
        if found is None:
            places = figure_places(self._places, form_id)
            cells = list(map(self._typed.get, places.cells))
            starts = range(0, len(cells), places.width)
            rows = [cells[start : start + places.width] for start in starts]
            found = self._written[form_id] = dict(zip(places.keys, rows, strict=True))
            if str not in set(map(type, cells)):
                self._shown.update({key: found[key] for key in places.plain})  # type: ignore[misc]
        return found

    def of_form(self, form_id: str) -> list[Sequence[Number]]:
        """The numbers that the rows of a form show, row by row and period by period."""
        self.written(form_id)
        shown = self._shown
        return [
            shown[key] if key in shown else self.numbers(fixed)
            for key, fixed in fixed_rows(self._places, form_id).items()
        ]

    def numbers(self, fixed: FixedRow) -> Sequence[Number]:
        """The numbers that a row shows, period by period: typed, or by the cell's formula."""
        found = self._shown.get(fixed.key)
        if found is None:
            found = self._shown[fixed.key] = self._numbers(fixed)
        return found

    def over_periods(self, fixed: FixedRow) -> Number:
        """The number in the column of the total over the periods."""
        if not self._typed:
            return None
        numbers = self.numbers(fixed)
        asked = numbers if fixed.asks_all else [numbers[index] for index in fixed.asked]
        match fixed.indicator.time_aggregation:
            case TimeAggregation.SUM:
                return _sum(asked)
            case TimeAggregation.LAST:
                return asked[-1] if asked else None
            case TimeAggregation.FIRST:
                return asked[0] if asked else None
            case TimeAggregation.BALANCE:
                return self._balance(fixed.row)
            case TimeAggregation.RATIO:
                return self._ratio_of_totals(fixed.row)
            case TimeAggregation.NONE:
                return None

    def results(self, checks: FixedChecks) -> Sequence[Sequence[int]]:
        """By check what it says of each period of its rule's form: TRUE, FALSE or NOT_EVALUATED."""
        if not self._typed:
            periods = (self._places.campaign.forms[one.rule.form_id].period_ids for one in checks.checks)
            return [[check.NOT_EVALUATED] * len(order) for order in periods]
        return judged(self._places, checks, self.of_form)

    def _numbers(self, fixed: FixedRow) -> Sequence[Number]:
        written = self.written(fixed.indicator.form_id)[fixed.key]
        shown = [None if isinstance(value, str) else value for value in written]
        for one in fixed.derived if self._typed else ():
            if written[one.place] is None:
                shown[one.place] = self._derived(fixed, one)
        return shown

    def _derived(self, fixed: FixedRow, one: Derived) -> Number:
        if fixed.indicator.is_computed:
            return _quotient(*(self._added(side) for side in (one.above, one.below)))
        form_id = fixed.indicator.form_id
        return _sum([self._number(form_id, key, one.place) for key in one.part_keys])

    def _added(self, side: Iterable[Addend]) -> Number:
        return _all([(one.factor, self._number(one.form_id, one.key, one.place)) for one in side])

    def _number(self, form_id: str, key: str, place: int) -> Number:
        found = self._shown.get(key) or self.numbers(fixed_rows(self._places, form_id)[key])
        return found[place]

    def _ratio_of_totals(self, row: FormRow) -> Number:
        def of(ref: Ref) -> list[Number]:
            if not self._places.is_asked(ref.indicator_id, row.level):
                return []
            return [self.over_periods(self._fixed(ref.indicator_id, row.level))]

        return self._ratio(row, of)

    def _ratio(self, row: FormRow, numbers_of: NumbersOf) -> Number:
        parts = self._places.campaign.parts[row.indicator_id]
        if parts.numerator is None or parts.denominator is None:
            return None
        return _quotient(_linear(parts.numerator, numbers_of), _linear(parts.denominator, numbers_of))

    def _balance(self, row: FormRow) -> Number:
        parts = self._places.campaign.parts[row.indicator_id]
        periods = self._places.periods_of(row.indicator_id, row.level)
        if not periods:
            return None
        if parts.outflow is not None:
            (stands,) = self._in_period(Ref(row.indicator_id), row.level, periods[-1])
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
        fixed = self._fixed(ref.indicator_id, level)
        plan = self._places.plans[fixed.indicator.form_id]
        return [self.numbers(fixed)[plan.column_of[period_id] - FIRST_PERIOD]]

    def _fixed(self, indicator_id: str, level: str) -> FixedRow:
        form_id = self._places.campaign.indicators[indicator_id].form_id
        return fixed_rows(self._places, form_id)[FormRow(indicator_id, level).key]


def _sum(numbers: Iterable[Number]) -> Number:
    known = [number for number in numbers if number is not None]
    return fsum(known) if known else None


def _linear(side: Side, numbers_of: NumbersOf) -> Number:
    """The sum of a side; None where a part of it shows no number, or where it has no part."""
    return _all([(term.factor, number) for term in side.terms for number in numbers_of(term.ref)])


def _all(pairs: Sequence[tuple[float, Number]]) -> Number:
    """The sum of numbers times their factors; None where one of them is none, or where there is no number."""
    known = [factor * number for factor, number in pairs if number is not None]
    return fsum(known) if known and len(known) == len(pairs) else None


def _quotient(above: Number, below: Number) -> Number:
    """In per cent; None where a side is unknown or nothing can be divided by it."""
    return 100 * above / below if above is not None and below is not None and below > 0 else None
