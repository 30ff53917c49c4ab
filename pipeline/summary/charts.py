"""The charts of the overview: over the cells of its tables, two side by side, notes below each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.book import Area, Box, Cell, Chart, Series
from pipeline.catalogue.campaign import ChartPlan, Headline
from pipeline.model import ALL_LEVELS, FormRow
from pipeline.summary.brief import Brief, main_window
from pipeline.summary.grid import Table

ROWS: Final = 22
"""Rows that a chart stands over; a row for its note and an empty one follow."""
ROW_PIXELS: Final = 20
STEP: Final = ROWS + 2

_ACROSS: Final = 2
_GAP: Final = 18
_HEADROOM: Final = 1.2
_STEPS: Final = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10, 12)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where the headline figures stand: their table, the row of labels, what each column of figures is."""

    sheet: str
    table: Table
    labels: int
    leading: int
    columns: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Width:
    """The pixels of each column of a sheet, of which ``first`` to ``last`` are filled with drawings."""

    pixels: Sequence[int]
    first: int
    last: int

    @property
    def whole(self) -> int:
        """All of it."""
        return sum(self.pixels[self.first : self.last + 1])

    def place(self, right: int) -> tuple[int, int]:
        """The column in which a distance from the left edge falls, and how far into it."""
        for col in range(self.first, self.last + 1):
            if right < self.pixels[col]:
                return col, right
            right -= self.pixels[col]
        return self.last, 0

    def nearest(self, col: int, right: int) -> int:
        """The column whose left edge is nearest to a place."""
        return col + 1 if right * 2 > self.pixels[col] and col < self.last else col


def width_of(table: Table, first: int) -> Width:
    """The room from a column to the last one of a table."""
    return Width([int(spec.width * 7 + 5) for spec in table.columns], first, table.last_col)


def headline_charts(brief: Brief, source: Source, top: int) -> tuple[list[Chart], list[Cell], int]:
    """The campaign's charts below row ``top``, a note for each, and the first row that is free again.

    A figure without a single number is not drawn, nor a chart without a figure.
    """
    plans = [(plan, lines) for plan in brief.campaign.charts if (lines := _drawn(brief, plan, source))]
    room = width_of(source.table, 1)
    size = (room.whole - _GAP * (_ACROSS - 1)) // _ACROSS
    charts, notes = [], []
    for index, (plan, lines) in enumerate(plans):
        row, (col, right) = top + index // _ACROSS * STEP, room.place(index % _ACROSS * (size + _GAP))
        box = Box(row, col, right, 2, size, ROWS * ROW_PIXELS - 4)
        charts.append(_chart(brief, (plan, index + 1), [_series(brief, line, source) for line in lines], box))
        notes.append(Cell(row + ROWS, room.nearest(col, right), _note(brief, plan, lines), "summary_note"))
    return charts, notes, top + -(-len(plans) // _ACROSS) * STEP


def undrawn(brief: Brief, source: Source) -> list[str]:
    """The titles of the campaign's charts of which no figure has a single number."""
    return [
        brief.twin(plan.title, plan.title_en)
        for plan in brief.campaign.charts
        if not _drawn(brief, plan, source)
    ]


def _drawn(brief: Brief, plan: ChartPlan, source: Source) -> list[Headline]:
    """The headlines of a chart that have at least one number."""
    known = {line.indicator_id: line for line in brief.campaign.headlines}
    lines = [known[name] for name in plan.indicator_ids if name in known]
    return [line for line in lines if any(value is not None for value in _shown(brief, line, source))]


def _periods(brief: Brief, line: Headline) -> tuple[str, ...]:
    form_id = brief.campaign.indicators[line.indicator_id].form_id
    return brief.campaign.forms[form_id].period_ids


def _span(brief: Brief, line: Headline, source: Source) -> range:
    """The columns of figures from the first to the last period of an indicator."""
    places = [source.columns.index(period) for period in _periods(brief, line)]
    return range(min(places), max(places) + 1)


def _shown(brief: Brief, line: Headline, source: Source) -> list[float | None]:
    key = FormRow(line.indicator_id, ALL_LEVELS).key
    values = [brief.city_value(key, source.columns[i]) for i in _span(brief, line, source)]
    return [value if value == value else None for value in values]


def _series(brief: Brief, line: Headline, source: Source) -> Series:
    row = source.table.top + 1 + brief.campaign.headlines.index(line)
    span = _span(brief, line, source)
    first, last = source.leading + span[0], source.leading + span[-1]
    key = FormRow(line.indicator_id, ALL_LEVELS).key
    shown = _shown(brief, line, source)
    signs = {
        i: brief.symbol("O" if brief.city_cell(key, source.columns[span[i]]) else "M")
        for i, value in enumerate(shown)
        if value is None
    }
    return Series(
        name=Area(source.sheet, row, source.leading - 2, row, source.leading - 2),
        labels=Area(source.sheet, source.labels, first, source.labels, last),
        values=Area(source.sheet, row, first, row, last),
        shown=tuple(shown),
        partial=tuple(i for i, col in enumerate(span) if source.columns[col] in part_periods(brief, line)),
        signs=tuple(signs.items()),
    )


def part_periods(brief: Brief, line: Headline) -> set[str]:
    """The periods of an indicator that are shorter than its longest ones."""
    periods = [brief.campaign.periods[name] for name in _periods(brief, line)]
    longest = max(period.months for period in periods)
    return {period.period_id for period in periods if 0 < period.months < longest}


def _chart(brief: Brief, plan: tuple[ChartPlan, int], series: list[Series], box: Box) -> Chart:
    drawn, number = plan
    indicator = brief.campaign.indicators[drawn.indicator_ids[0]]
    measure = brief.measure_name(indicator)
    title = brief.word("charts.title", number=number, title=brief.twin(drawn.title, drawn.title_en))
    return Chart(
        title=title,
        description=brief.word(
            "charts.means",
            title=title,
            measure=measure,
            rows=", ".join(str(s.values.first_row + 1) for s in series),
        ),
        series=tuple(series),
        place=box,
        of_labels=brief.word("charts.times_part" if any(s.partial for s in series) else "charts.times"),
        of_values=measure,
        number_format=brief.campaign.measures[indicator.unit_measure].number_format,
        end=_end(series) if len(series) > 1 else 0.0,
        legend=len(drawn.indicator_ids) > 1,
    )


def _end(series: Sequence[Series]) -> float:
    """A round number so far above the greatest figure that a figure standing upright has room."""
    greatest = max((value for one in series for value in one.shown if value is not None), default=0.0)
    if greatest <= 0:
        return 0.0
    size = 10.0 ** math.floor(math.log10(greatest))
    return next(step * size for step in _STEPS if step * size >= greatest * _HEADROOM)


def _note(brief: Brief, plan: ChartPlan, drawn: Sequence[Headline]) -> str:
    """How many units the figures of a chart rest on, which have no number yet, and which are provisional."""
    lines = [line for line in brief.campaign.headlines if line.indicator_id in plan.indicator_ids]
    text = brief.word("charts.note", coverage="; ".join(_coverage(brief, line) for line in drawn))
    silent = [_coverage(brief, line) for line in lines if line not in drawn]
    if silent:
        text += " " + brief.word("charts.silent", coverage="; ".join(silent))
    marked = {
        brief.time_name(period): None
        for line in drawn
        for period in _periods(brief, line)
        if brief.city_look(FormRow(line.indicator_id, ALL_LEVELS).key, period) == "_open"
    }
    if marked:
        text += " " + brief.word("charts.open", sign=brief.symbol("provisional"), times=", ".join(marked))
    return text


def _coverage(brief: Brief, line: Headline) -> str:
    main = main_window(brief.campaign, brief.campaign.indicators[line.indicator_id].form_id)
    key = FormRow(line.indicator_id, ALL_LEVELS).key
    said = brief.city_coverage(key, main.window_id) if main else ""
    return brief.word("charts.rests", label=brief.twin(line.label, line.label_en), coverage=said)
