"""The headline figures on one page, linked to the city sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from pipeline.book import Cell, Formula, Jump, Print, Sheet
from pipeline.catalogue.campaign import Headline
from pipeline.model import ALL_LEVELS, FormRow
from pipeline.summary.brief import Brief, main_window
from pipeline.summary.charts import STEP, Source, headline_charts, undrawn, width_of
from pipeline.summary.grid import (
    LETTERS,
    LINE_HEIGHT,
    Block,
    ColumnSpec,
    Styled,
    Table,
    Value,
    cached,
    shown_length,
)
from pipeline.summary.heads import LABEL_HEIGHT, footer, heading, label_width, time_labels
from pipeline.summary.links import city_goal, jump_to
from pipeline.summary.official import paged
from pipeline.summary.rates import last_row, rate_chart, rate_table

LEADING: Final = 4
"""Columns before the figures: key, group, indicator, measure."""
LABELS: Final = 6
HEADER: Final = 7


def overview_sheet(brief: Brief) -> Sheet:
    """One row per headline figure, by period and window; charts of them; the reporting rate by form."""
    columns = _times(brief)
    specs = _columns(brief, columns)
    lines = brief.campaign.headlines
    table = Table(HEADER, specs, [list(_row(brief, line, columns)) for line in lines], len(lines))
    name = brief.word("sheet.overview.name")
    block = _title_block(brief, specs)
    labels = chain(
        time_labels(brief, columns, LABELS, LEADING),
        (Cell(LABELS, table.last_col, brief.word("coverage_all_label"), "summary_label"),),
    )
    section = table.last_row + 2
    source = Source(name, table, LABELS, LEADING, columns)
    charts, notes, free = headline_charts(brief, source, section + 2)
    rates = rate_table(brief, free + 2, tuple(spec.width for spec in specs[1 : LEADING + 1]))
    beside = width_of(table, LEADING + 1)
    charts += rate_chart(brief, rates, (name, beside, len(charts) + 1))
    titles = _sections(brief, section if notes else None, free, undrawn(brief, source))
    heights = {**block.heights, **table.heights(), **rates.heights(), LABELS: LABEL_HEIGHT}
    sheet = Sheet(
        name=name,
        cells=chain(labels, table.cells(), titles, notes, rates.cells()),
        merges=block.merges,
        columns=table.widths(),
        row_heights={row: heights.get(row, LINE_HEIGHT) for row in range(last_row(rates) + 1)},
        charts=charts,
        jumps=_jumps(brief, columns),
        print=Print(area=(0, 1, last_row(rates), table.last_col), footer_left=footer(brief)),
    )
    return paged(brief, sheet, [0, section, *range(section + 2 + STEP, free, STEP), free])


def _jumps(brief: Brief, columns: list[str]) -> Iterator[Jump]:
    """From each headline figure to the same figure on the sheet of its form."""
    for row, line in enumerate(brief.campaign.headlines, HEADER + 1):
        for col, column in enumerate(columns, LEADING):
            value = brief.city_value(_key(line), column)
            goal = city_goal(brief, _key(line), column) if value == value else None
            if goal is not None:
                yield jump_to(brief, (row, col), goal)


def _sections(brief: Brief, charts: int | None, rates: int, undrawn: Sequence[str]) -> Iterator[Cell]:
    """Titles of what stands below the table, and how to read it."""
    if charts is not None:
        yield Cell(charts, 1, brief.word("charts.section"), "summary_section")
        text = brief.word("charts.remark")
        if undrawn:
            text += " " + brief.word("charts.undrawn", titles="; ".join(undrawn))
        yield Cell(charts + 1, 1, text, "summary_note")
    yield Cell(rates, 1, brief.word("charts.rates_section"), "summary_section")
    yield Cell(rates + 1, 1, brief.word("charts.rates_remark"), "summary_note")


def _title_block(brief: Brief, specs: list[ColumnSpec]) -> Block:
    block = Block()
    last = len(specs) - 1
    heading(brief, block, 1, last)
    across = (1, last, sum(spec.width for spec in specs[1:]) * 0.8)
    block.line(2, across, brief.word("sheet.overview.title"), "summary_title")
    block.line(3, across, brief.campaign.text("title", brief.lang), "summary_title")
    scope = brief.word("form_remark", scope=brief.campaign.text("scope", brief.lang), state=brief.state_word)
    block.line(4, across, scope, "summary_remark")
    block.line(5, across, brief.word("sheet.overview.remark"), "summary_remark")
    return block


def _times(brief: Brief) -> list[str]:
    """The periods and windows of the forms that the headline figures come from."""
    campaign = brief.campaign
    form_ids = {campaign.indicators[line.indicator_id].form_id for line in campaign.headlines}
    periods = {name for form_id in form_ids for name in campaign.forms[form_id].period_ids}
    windows = {window.window_id for form_id in form_ids for window in campaign.windows_of(form_id)}
    return [name for name in campaign.periods if name in periods] + [
        name for name in campaign.windows if name in windows
    ]


def _columns(brief: Brief, columns: list[str]) -> list[ColumnSpec]:
    return [
        ColumnSpec(brief.word("column.key"), 13.5, "summary_key"),
        ColumnSpec(brief.word("column.group"), 22, "summary_wrap", LETTERS),
        ColumnSpec(brief.word("column.indicator"), 36, "summary_headline", LETTERS),
        ColumnSpec(brief.word("column.measure"), 11, "summary_centre"),
        *(ColumnSpec(name, _width(brief, name), "summary_figure") for name in columns),
        ColumnSpec(brief.word("column.coverage"), 9, "summary_coverage"),
    ]


def _width(brief: Brief, column: str) -> float:
    keys = [_key(line) for line in brief.campaign.headlines]
    values = [brief.city_value(key, column) for key in keys]
    longest = max((shown_length(value, "0") for value in values if value == value), default=0)
    return max(label_width(brief, column, 9.5), longest * 1.02 + 2.5)


def _key(line: Headline) -> str:
    return FormRow(line.indicator_id, ALL_LEVELS).key


def _row(brief: Brief, line: Headline, columns: list[str]) -> Iterator[Value | Styled]:
    indicator = brief.campaign.indicators[line.indicator_id]
    layout = brief.campaign.measures[indicator.unit_measure].number_format
    yield _key(line)
    yield line.group
    yield brief.twin(line.label, line.label_en)
    yield brief.measure_name(indicator)
    for column in columns:
        yield _figure(brief, _key(line), column, layout)
    main = main_window(brief.campaign, indicator.form_id)
    coverage = brief.city_coverage(_key(line), main.window_id) if main else ""
    counted, _, expected = coverage.partition("/")
    yield Styled(coverage, "summary_coverage" if counted == expected else "summary_coverage_short")


def _figure(brief: Brief, key: str, column: str, layout: str) -> Styled:
    cell = brief.city_cell(key, column)
    if not cell:
        return Styled(brief.symbol("M"), "summary_sign")
    look = brief.city_look(key, column)
    style = f"summary_figure{'_all' if column in brief.campaign.windows else ''}{look}"
    fmt = brief.marked(layout) if look == "_open" else layout
    value = cached(brief.city_value(key, column))
    return Styled(Formula(f'=IF(ISNUMBER({cell}),{cell},"")', value), f"{style}@{fmt}")
