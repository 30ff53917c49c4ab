"""What may be typed into a form sheet, and what lights up in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.book import Entry, Highlight
from pipeline.forms.desk import Desk
from pipeline.forms.fixed_rows import FORMS_KEPT, fixed_rows
from pipeline.forms.layout import FIRST_PERIOD, Plan, address
from pipeline.forms.places import Places


@lru_cache(maxsize=FORMS_KEPT)
def entries(places: Places, form_id: str) -> tuple[Entry, ...]:
    """Numbers of at least nothing in every entry cell; whole ones unless the measure has decimals."""
    last_column = places.plans[form_id].total_column - 1
    title = places.words["forms.refusal.title"].format()
    found = []
    for first, last, column, is_decimal in _runs(places, form_id):
        refusal = places.words[f"forms.refusal.{'decimal' if is_decimal else 'whole'}"].format()
        found.append(Entry(first, column, last, last_column, is_decimal, title, refusal))
    return tuple(found)


def highlights(desk: Desk, plan: Plan) -> list[Highlight]:
    """Text and negative numbers in figures, fractions where whole numbers belong; a breach in the check."""
    found = []
    symbol = desk.campaign.settings.symbols["M"]
    for first, column, last, right_most, is_decimal in _watched(desk, plan):
        cell = address(first, column)
        fraction = "" if is_decimal else f",{cell}<>INT({cell})"
        formula = f'=IF(ISNUMBER({cell}),OR({cell}<0{fraction}),AND(LEN({cell})>0,{cell}<>"{symbol}"))'
        found.append(Highlight(first, column, last, right_most, formula, "form.suspect"))
    check, right = address(plan.first_row, plan.check_column), desk.campaign.settings.symbols["right"]
    place = (plan.first_row, plan.check_column, plan.last_row, plan.check_column)
    found.append(Highlight(*place, f'=AND(LEN({check})>0,{check}<>"{right}")', "form.wrong"))
    return found


def _watched(desk: Desk, plan: Plan) -> Iterator[tuple[int, int, int, int, bool]]:
    """``(first row, first column, last row, last column, is_decimal)`` of what lights up.

    Marked cells of a return copy do not: their marks would be hidden under it.
    """
    marked = _marked(desk, plan)
    last_column = plan.total_column - 1
    for first, last, column, is_decimal in _runs(desk.places, plan.owed.form_id):
        begin = first
        for row in sorted(row for row in marked if first <= row <= last):
            if begin < row:
                yield begin, column, row - 1, last_column, is_decimal
            for left, right in pairwise([column - 1, *sorted(marked[row]), last_column + 1]):
                if right - left > 1:
                    yield row, left + 1, row, right - 1, is_decimal
            begin = row + 1
        if begin <= last:
            yield begin, column, last, last_column, is_decimal


def _marked(desk: Desk, plan: Plan) -> dict[int, list[int]]:
    """By row the columns of the marked cells in which a figure can stand."""
    found: dict[int, list[int]] = {}
    for key, period_id in desk.markup.cells if desk.markup is not None else ():
        indicator_id = key.partition("|")[0]
        if key in plan.row_of and desk.places.stands(indicator_id, key.partition("|")[2], period_id):
            found.setdefault(plan.row_of[key], []).append(plan.column_of[period_id])
    return found


@lru_cache(maxsize=FORMS_KEPT)
def _runs(places: Places, form_id: str) -> tuple[tuple[int, int, int, bool], ...]:
    """Rows that belong together: ``(first row, last row, first column, is_decimal)``, ratios left out.

    Rows belong together when they follow each other, begin in the same period and allow the same numbers.
    """
    runs: list[tuple[int, int, int, bool]] = []
    for fixed in fixed_rows(places, form_id).values():
        if fixed.indicator.is_computed or not fixed.asked:
            continue
        column = FIRST_PERIOD + fixed.asked[0]
        is_decimal = places.campaign.measures[fixed.indicator.unit_measure].decimals > 0
        first = fixed.at
        if runs and runs[-1][1:] == (fixed.at - 1, column, is_decimal):
            first = runs.pop()[0]
        runs.append((first, fixed.at, column, is_decimal))
    return tuple(runs)
