"""The reporting rate by form on the overview: a table, and a chart of it beside."""

from __future__ import annotations

from pipeline.book import Area, Box, Chart, Formula, Series
from pipeline.summary.brief import Brief
from pipeline.summary.charts import ROW_PIXELS, Width
from pipeline.summary.coverage import COUNTED, States, form_rate_cell, form_states, shaded
from pipeline.summary.grid import LETTERS, LINE_HEIGHT, ColumnSpec, Styled, Table, Value

_NAME, _RATE = 1, 4
"""The columns of the sheet that hold a form's id and its rate."""
_FORMAT = "0.0%"
_TICKS = '[>1]"";0%'
"""Beside the axis, which goes on beyond the whole to leave room for the figures."""
_PIXELS_PER_POINT = 4 / 3
_GAP = 24
_LEAST = 260
"""Pixels that the chart is high at least, however few forms there are."""


def rate_table(brief: Brief, top: int, widths: tuple[float, ...]) -> Table:
    """One row per form. The rates are those of the sheet of coverage, by formula."""
    states = form_states(brief)
    names = ("form", "title", "received", "rate")
    styles = ("summary_centre", "summary_wrap", "summary_centre", "summary_rate")
    columns = [
        ColumnSpec(brief.word(f"column.{name}"), width, style, LETTERS if "wrap" in style else 0.0)
        for name, width, style in zip(names, widths, styles, strict=True)
    ]
    forms = list(brief.campaign.forms)
    return Table(top, columns, [_row(brief, form_id, states) for form_id in forms], len(forms), _NAME)


def _row(brief: Brief, form_id: str, states: States) -> list[Value | Styled]:
    received, owed = _counts(form_id, states)
    short = received < owed
    rate = Formula(f"={form_rate_cell(brief, form_id)}", received / owed if owed else "")
    return [
        form_id,
        brief.form_title(form_id),
        Styled(f"{received}/{owed}", "summary_coverage_short" if short else "summary_coverage"),
        shaded(rate),
    ]


def _counts(form_id: str, states: States) -> tuple[int, int]:
    found = [status for (_, form), status in states.items() if form == form_id]
    return sum(status in COUNTED for status in found), len(found)


def last_row(table: Table) -> int:
    """The last row that the table or the chart beside it takes."""
    return table.last_row + max(-(-(_LEAST - _pixels(table)) // ROW_PIXELS), 0)


def _pixels(table: Table) -> int:
    """The height of the table."""
    heights = table.heights()
    points = sum(heights.get(row, LINE_HEIGHT) for row in range(table.top, table.last_row + 1))
    return int(points * _PIXELS_PER_POINT)


def rate_chart(brief: Brief, table: Table, place: tuple[str, Width, int]) -> list[Chart]:
    """The rates as bars, those below the whole hatched. ``place``: sheet, room beside the table, its number.

    Nothing where nobody owes anything.
    """
    sheet, room, number = place
    states = form_states(brief)
    counts = [_counts(form_id, states) for form_id in brief.campaign.forms]
    if not any(owed for _, owed in counts):
        return []
    first, last = table.top + 1, table.last_row
    title = brief.word("charts.title", number=number, title=brief.word("charts.rates"))
    series = Series(
        name=Area(sheet, table.top, _RATE, table.top, _RATE),
        labels=Area(sheet, first, _NAME, last, _NAME),
        values=Area(sheet, first, _RATE, last, _RATE),
        shown=tuple(received / owed if owed else None for received, owed in counts),
        partial=tuple(i for i, (received, owed) in enumerate(counts) if received < owed),
        signs=tuple((i, brief.word("sign.nowhere")) for i, (_, owed) in enumerate(counts) if not owed),
    )
    return [
        Chart(
            title=title,
            description=brief.word("charts.rates_mean", title=title, first=first + 1, last=last + 1),
            series=(series,),
            place=Box(table.top, *room.place(_GAP), 0, room.whole - _GAP, max(_pixels(table), _LEAST)),
            of_labels=brief.word("column.form"),
            of_values=brief.word("charts.rates_axis"),
            number_format=_FORMAT,
            lying=True,
            end=1.1,
            tick_format=_TICKS,
        )
    ]
