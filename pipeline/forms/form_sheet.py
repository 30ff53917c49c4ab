"""One form as a sheet: heading, table, signatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from pipeline.book import Column, Merge, Print, Sheet
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk
from pipeline.forms.fixed_rows import FORMS_KEPT, FixedRow, fixed_rows
from pipeline.forms.form_table import table_of
from pipeline.forms.layout import (
    BANNER,
    FIRST_HEADING,
    FIRST_PERIOD,
    KEY,
    LEVEL,
    MEASURE,
    NAME,
    NUMBER,
    Plan,
    form_sheet_name,
    heading_lines,
)
from pipeline.forms.limits import entries, highlights
from pipeline.forms.lines import height, width_of
from pipeline.forms.live_checks import LiveChecks
from pipeline.forms.marks import MARK_WIDTH, mark_column, mark_heights, mark_lines, notes
from pipeline.forms.places import Places

_SIZE = 11.0
_FRAME_WIDTH = 168.0
_LEFT_WIDTHS = {KEY: 15.0, NUMBER: 4.6, MEASURE: 9.2, LEVEL: 9.4}
_REMARK_WIDTH, _CHECK_WIDTH = 12.0, 12.0
_REMARK_SIZE = 9.0


def form_sheet(desk: Desk, plan: Plan, checks: LiveChecks) -> Sheet:
    """The sheet of one form, filled with the unit's answers if there are any."""
    form_id = plan.owed.form_id
    widths = _column_widths(desk.places, form_id, desk.markup is not None)
    merges = [*_top(desk, plan, widths), *_signatures(desk, plan, widths)]
    last = mark_column(plan) if desk.markup is not None else plan.check_column
    return Sheet(
        name=form_sheet_name(form_id),
        cells=[*table_of(desk, plan, checks), *mark_lines(desk, plan)],
        merges=merges,
        columns=_columns(desk.places, form_id, desk.markup is not None),
        row_heights=_row_heights(desk, plan, widths),
        entries=entries(desk.places, form_id),
        highlights=highlights(desk, plan),
        notes=notes(desk, plan),
        freeze=(plan.first_row, FIRST_PERIOD),
        print=Print(
            repeat_rows=(plan.header_row, plan.header_row + 1),
            area=(FIRST_HEADING - 1, NUMBER, plan.last_row + 7, last),
            footer_left=f"{desk.word('sheet.form', number=_number(desk, plan))} - {desk.unit.name}",
        ),
        protected=True,
        tab="$tab.form",
    )


@lru_cache(maxsize=FORMS_KEPT)
def _column_widths(places: Places, form_id: str, is_return: bool) -> Mapping[int, float]:
    """Wide enough for seven digits in every period; the names take what is left of the page."""
    campaign, plan = places.campaign, places.plans[form_id]
    has_decimals = any(
        campaign.measures[fixed.indicator.unit_measure].decimals and not fixed.indicator.is_computed
        for fixed in fixed_rows(places, form_id).values()
    )
    labels = (campaign.periods[period].label for period in plan.owed.period_ids)
    widest = max(width_of(label, _SIZE, is_bold=True) for label in labels)
    period = max(11.0 if has_decimals else 8.8, widest)
    widths = {**_LEFT_WIDTHS, **dict.fromkeys(plan.column_of.values(), period)}
    widths[plan.total_column] = period + 1.8
    widths[plan.remark_column], widths[plan.check_column] = _REMARK_WIDTH, _CHECK_WIDTH
    if is_return:
        widths[mark_column(plan)] = MARK_WIDTH
    rest = _FRAME_WIDTH - sum(width for column, width in widths.items() if column != KEY)
    widths[NAME] = min(max(rest, 34.0), 62.0)
    return dict(sorted(widths.items()))


@lru_cache(maxsize=FORMS_KEPT)
def _columns(places: Places, form_id: str, is_return: bool) -> tuple[Column, ...]:
    widths = _column_widths(places, form_id, is_return)
    return tuple(Column(column, column, width) for column, width in widths.items())


def _number(desk: Desk, plan: Plan) -> str:
    return desk.campaign.forms[plan.owed.form_id].number


def _title(desk: Desk, plan: Plan) -> str:
    form = desk.campaign.forms[plan.owed.form_id]
    title = form.title if desk.lang == "vi" else form.title_en
    return f"{desk.word('form_number', number=form.number)}. {title}".upper()


def _blocks(plan: Plan, widths: Mapping[int, float]) -> tuple[Block, Block, Block]:
    """The whole width that prints, and its left and right part."""
    half = sum(width for column, width in widths.items() if column != KEY) / 2
    used, edge = 0.0, NUMBER
    for column in range(NUMBER, plan.check_column):
        used += widths[column]
        edge = column if used <= half * 0.98 else edge
    whole = Block(NUMBER, plan.check_column, widths)
    return whole, Block(NUMBER, edge, widths), Block(edge + 1, plan.check_column, widths)


def _top(desk: Desk, plan: Plan, widths: Mapping[int, float]) -> Iterator[Merge]:
    whole, left, right = _blocks(plan, widths)
    yield from frame.banner(desk, whole)
    yield from frame.heading(desk, left, right)
    yield frame.line(plan.title_row, whole, _title(desk, plan), "form.title")
    scope = desk.word("scope_line", scope=desk.campaign.text("scope", desk.lang))
    yield frame.line(plan.title_row + 1, whole, scope, "form.scope")
    symbol = desk.campaign.settings.symbols["M"]
    yield frame.line(plan.title_row + 2, whole, desk.word("table_note", symbol=symbol), "form.note")


def _signatures(desk: Desk, plan: Plan, widths: Mapping[int, float]) -> Iterator[Merge]:
    _, left, right = _blocks(plan, widths)
    row = plan.last_row + 2
    date = desk.word("signature.date", place=desk.campaign.settings.texts["place"])
    yield frame.line(row, right, date, "form.signature.date")
    yield frame.line(row + 1, left, desk.word("signature.clerk"), "form.signature.role")
    yield frame.line(row + 1, right, desk.kind.signature, "form.signature.role")
    yield frame.line(row + 2, left, desk.word("signature.clerk_hint"), "form.signature.hint")
    yield frame.line(row + 2, right, desk.word("signature.head_hint"), "form.signature.hint")


def _row_heights(desk: Desk, plan: Plan, widths: Mapping[int, float]) -> dict[int, float]:
    whole, _, _ = _blocks(plan, widths)
    heights = {BANNER: 20.0 if desk.banner else 4.0}
    heights.update({FIRST_HEADING + index: 16.5 for index in range(heading_lines(desk.campaign))})
    heights[plan.title_row] = max(frame.fitted(_title(desk, plan), whole, 13, is_bold=True) + 5, 24.0)
    heights[plan.title_row + 1] = 16.0
    heights[plan.title_row + 2] = 14.0
    heights[plan.header_row] = 31.0
    heights[plan.header_row + 1] = 9.0
    heights.update(_fixed_heights(desk.places, plan.owed.form_id, desk.markup is not None))
    remarks = desk.answers.remarks if desk.answers is not None else {}
    for key in [key for key in remarks if key in plan.row_of]:
        row = plan.row_of[key]
        heights[row] = max(heights[row], height(remarks[key], _REMARK_WIDTH, _REMARK_SIZE))
    for key, needed in mark_heights(desk, plan):
        heights[plan.row_of[key]] = max(heights[plan.row_of[key]], needed)
    return heights


@lru_cache(maxsize=FORMS_KEPT)
def _fixed_heights(places: Places, form_id: str, is_return: bool) -> Mapping[int, float]:
    """The heights of the rows of figures while nothing is written into them."""
    widths = _column_widths(places, form_id, is_return)
    return {fixed.at: _fixed_height(places, fixed, widths) for fixed in fixed_rows(places, form_id).values()}


def _fixed_height(places: Places, fixed: FixedRow, widths: Mapping[int, float]) -> float:
    indicator = fixed.indicator
    room = widths[NAME] - 1.6 * min(indicator.depth, 2)
    measure = places.campaign.measures[indicator.unit_measure].unit_measure
    return max(
        height(indicator.name, room, _SIZE, is_bold=indicator.depth == 0),
        height(measure, widths[MEASURE], _SIZE - 1),
        height(places.level_name(fixed.row.level), widths[LEVEL], _SIZE - 1),
        17.5,
    )
