"""One form as a sheet: heading, table, signatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.book import Cell, Column, Formula, Merge, Print, Sheet
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk
from pipeline.forms.formulas import over_periods, parts_formula, ratio_formula
from pipeline.forms.layout import (
    BANNER,
    CHECK_ID,
    FIRST_HEADING,
    FIRST_PERIOD,
    KEY,
    LEVEL,
    MACHINE_IDS,
    MEASURE,
    NAME,
    NUMBER,
    REMARK_ID,
    TOTAL_ID,
    Plan,
    form_sheet_name,
    heading_lines,
    numbering,
)
from pipeline.forms.limits import entries, highlights
from pipeline.forms.lines import height, width_of
from pipeline.forms.live_checks import LiveChecks
from pipeline.forms.marks import MARK_WIDTH, mark_cells, mark_column, mark_height, marked, notes
from pipeline.forms.places import Fixed, Places
from pipeline.model import FormRow

_SIZE = 11.0
_FRAME_WIDTH = 168.0
_LEFT_WIDTHS = {KEY: 15.0, NUMBER: 4.6, MEASURE: 9.2, LEVEL: 9.4}
_REMARK_WIDTH, _CHECK_WIDTH = 12.0, 12.0
_REMARK_SIZE = 9.0

_OVERLAYS = {
    (False, False): "+form.row.only",
    (False, True): "+form.row.first",
    (True, True): "+form.row.next",
    (True, False): "+form.row.last",
}
_FURTHER = ("+form.row.next", "+form.row.last")
"""Styles laid over a row, by whether its indicator has a row before and after it; the further levels."""


def form_sheet(desk: Desk, plan: Plan, checks: LiveChecks) -> Sheet:
    """The sheet of one form, filled with the unit's answers if there are any."""
    widths = column_widths(desk, plan)
    table = FormTable(desk, plan, checks, numbering(desk.campaign, plan.owed.rows))
    merges = [*_top(desk, plan, widths), *_signatures(desk, plan, widths)]
    last = mark_column(plan) if desk.markup is not None else plan.check_column
    return Sheet(
        name=form_sheet_name(plan.owed.form_id),
        cells=[*table.cells(), *mark_cells(desk, plan)],
        merges=merges,
        columns=[Column(column, column, width) for column, width in widths.items()],
        row_heights=_row_heights(desk, plan, widths),
        entries=entries(desk, plan),
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


def column_widths(desk: Desk, plan: Plan) -> dict[int, float]:
    """Wide enough for seven digits in every period; the names take what is left of the page."""
    has_decimals = any(
        desk.campaign.measures[desk.campaign.indicators[row.indicator_id].unit_measure].decimals
        and not desk.campaign.indicators[row.indicator_id].is_computed
        for row in plan.owed.rows
    )
    labels = (desk.campaign.periods[period].label for period in plan.owed.period_ids)
    widest = max(width_of(label, _SIZE, is_bold=True) for label in labels)
    period = max(11.0 if has_decimals else 8.8, widest)
    widths = {**_LEFT_WIDTHS, **dict.fromkeys(plan.column_of.values(), period)}
    widths[plan.total_column] = period + 1.8
    widths[plan.remark_column], widths[plan.check_column] = _REMARK_WIDTH, _CHECK_WIDTH
    if desk.markup is not None:
        widths[mark_column(plan)] = MARK_WIDTH
    rest = _FRAME_WIDTH - sum(width for column, width in widths.items() if column != KEY)
    widths[NAME] = min(max(rest, 34.0), 62.0)
    return dict(sorted(widths.items()))


@dataclass(frozen=True, slots=True)
class FormTable:
    """The cells of the table of one form; ``numbers`` are the running numbers of the indicators."""

    desk: Desk
    plan: Plan
    checks: LiveChecks
    numbers: Mapping[str, str]

    def cells(self) -> Iterator[Cell]:
        """Header, machine ids, then one row of cells per row of the form."""
        yield from self._header()
        names = ["", *(row.indicator_id for row in self.plan.owed.rows), ""]
        for before, row, after in zip(names, self.plan.owed.rows, names[2:], strict=False):
            group = (row.indicator_id == before, row.indicator_id == after)
            yield from self._row(row, _OVERLAYS[group])

    def _header(self) -> Iterator[Cell]:
        plan, desk = self.plan, self.desk
        names = ("key", "number", "name", "measure", "level")
        titles = {column: desk.word(f"column.{name}") for column, name in enumerate(names)}
        ids = dict(enumerate(MACHINE_IDS))
        for period, column in plan.column_of.items():
            titles[column], ids[column] = desk.campaign.periods[period].label, period
        for name, column, machine_id in (
            ("total", plan.total_column, TOTAL_ID),
            ("remark", plan.remark_column, REMARK_ID),
            ("check", plan.check_column, CHECK_ID),
        ):
            titles[column], ids[column] = desk.word(f"column.{name}"), machine_id
        yield from frame.texts(plan.header_row, titles, "form.header")
        yield from frame.texts(plan.header_row + 1, ids, "form.machine")

    def _row(self, row: FormRow, over: str) -> Iterator[Cell]:
        at = self.plan.row_of[row.key]
        indicator = self.desk.campaign.indicators[row.indicator_id]
        depth = min(indicator.depth, 2)
        quiet = over + ("+form.row.quiet" if over in _FURTHER else "")
        yield Cell(at, KEY, row.key, "form.key")
        yield Cell(at, NUMBER, self.numbers[row.indicator_id], f"form.number{quiet}")
        yield Cell(at, NAME, indicator.name, f"form.name.{depth}{quiet}")
        measure = self.desk.campaign.measures[indicator.unit_measure]
        yield Cell(at, MEASURE, measure.unit_measure, f"form.measure{quiet}")
        yield Cell(at, LEVEL, self.desk.level_name(row.level), f"form.level{over}")
        look = f"{over}@{measure.number_format}"
        for fixed in self._fixed(row, look):
            yield self._figure(row, at, fixed)
        yield self._total(row, look)
        answers = self.desk.answers
        remark = answers.remarks.get(row.key, "") if answers is not None else ""
        yield Cell(at, self.plan.remark_column, remark, f"form.remark{over}")
        yield Cell(at, self.plan.check_column, self.checks.of_row(row), f"form.check{over}")

    def _figure(self, row: FormRow, at: int, fixed: Fixed) -> Cell:
        typed = self.desk.figures.typed(row, fixed.period_id)
        value: str | float | Formula | None = typed
        if typed is None and not fixed.is_possible:
            value = self.desk.campaign.settings.symbols["M"]
        elif typed is None and fixed.formula:
            value = _formula(fixed.formula, self.desk.figures.number(row, fixed.period_id))
        return marked(self.desk, (row.key, fixed.period_id), Cell(at, fixed.column, value, fixed.style))

    def _fixed(self, row: FormRow, look: str) -> tuple[Fixed, ...]:
        known = self.desk.places.figures
        if row.key not in known:
            cells = self.plan.column_of.items()
            known[row.key] = tuple(_fixed(self.desk.places, row, place, look) for place in cells)
        return known[row.key]

    def _total(self, row: FormRow, look: str) -> Cell:
        known = self.desk.places.totals
        if row.key not in known:
            known[row.key] = over_periods(self.desk.places, row)
        text, at = known[row.key], self.plan.row_of[row.key]
        value = None if text is None else _formula(text, self.desk.figures.over_periods(row))
        return Cell(at, self.plan.total_column, value, f"form.total{look}")


def _fixed(places: Places, row: FormRow, place: tuple[str, int], look: str) -> Fixed:
    period_id, column = place
    is_computed = places.campaign.indicators[row.indicator_id].is_computed
    stands = places.stands(row.indicator_id, row.level, period_id)
    parts = places.parts_in(row, period_id) if stands and not is_computed else ()
    style = "na" if not stands else "ratio" if is_computed else "sum" if parts else "entry"
    text = ""
    if stands and (parts or is_computed):
        text = (
            parts_formula(places, row, parts, period_id) if parts else ratio_formula(places, row, period_id)
        )
    return Fixed(column, period_id, f"form.{style}{look}", text, stands)


def _formula(text: str, number: float | int | None) -> Formula:
    return Formula(text, "" if number is None else number)


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
    remarks = desk.answers.remarks if desk.answers is not None else {}
    for row in plan.owed.rows:
        indicator = desk.campaign.indicators[row.indicator_id]
        room = widths[NAME] - 1.6 * min(indicator.depth, 2)
        is_bold = indicator.depth == 0
        heights[plan.row_of[row.key]] = max(
            height(indicator.name, room, _SIZE, is_bold=is_bold),
            height(desk.campaign.measures[indicator.unit_measure].unit_measure, widths[MEASURE], _SIZE - 1),
            height(desk.level_name(row.level), widths[LEVEL], _SIZE - 1),
            17.5,
            height(remarks.get(row.key, ""), _REMARK_WIDTH, _REMARK_SIZE),
            mark_height(desk, row.key),
        )
    return heights
