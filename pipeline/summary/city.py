"""The sheet of one form: city figures as live formulas, period by period and window by window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.book import Cell, Column, Formula, Line, Print, Sheet
from pipeline.catalogue.city import Basis, CityRow
from pipeline.frames import CityTable
from pipeline.model import ALL_LEVELS, Indicator
from pipeline.summary.brief import Brief, absent_in, coverage_of, look_of, main_window
from pipeline.summary.formulas import city_formula
from pipeline.summary.grid import (
    LETTERS,
    Block,
    ColumnSpec,
    Styled,
    Table,
    Value,
    cached,
    plain_number,
    shown_length,
)
from pipeline.summary.heads import LABEL_HEIGHT, footer, heading, label_width, time_labels
from pipeline.summary.navigation import followed
from pipeline.summary.official import appendix_remark, official
from pipeline.summary.trends import sparklines

LEADING: Final = 5
"""Columns before the figures: key, number, indicator, measure, level."""
LABELS: Final = 5
HEADER: Final = 6
FIRST: Final = 7
"""Rows (from 0) of the labels, of the header and of the first figures; the title block stands above."""

BESIDE: Final = 2
"""Columns beside the printed page that are not folded away: trend and state.

Never an empty cell beside those folded away: some programs let their texts run into it."""

_DEEPEST: Final = 2
_NARROWEST: Final = 8.0


def city_sheet(brief: Brief, form_id: str) -> Sheet:
    """The city figures of one form, headed as an official appendix."""
    table = _table(brief, form_id)
    city = brief.results.city[form_id]
    printed = LEADING + len(city.columns)
    block = _title_block(brief, form_id, printed, table.columns)
    sheet = Sheet(
        name=brief.city[form_id].sheet,
        cells=_cells(brief, form_id, table),
        merges=block.merges,
        columns=_widths(table.columns, printed + BESIDE),
        row_heights={**block.heights, **table.heights(), LABELS: LABEL_HEIGHT},
        freeze=(FIRST, LEADING),
        filter=table.filter,
        sparklines=sparklines(brief, form_id, printed + 1),
        print=Print(
            repeat_rows=(LABELS, HEADER),
            area=(0, 1, max(table.last_row, HEADER), printed),
            footer_left=footer(brief),
        ),
    )
    return official(brief, followed(brief, sheet, city), city)


def _cells(brief: Brief, form_id: str, table: Table) -> Iterator[Cell | Line]:
    yield from _label_row(brief, form_id)
    yield from table.lines()


def _label_row(brief: Brief, form_id: str) -> Iterator[Cell]:
    """What the ids of the header mean; periods that are not whole years are marked."""
    yield from time_labels(brief, brief.results.city[form_id].columns, LABELS, LEADING)
    last = LEADING + len(brief.results.city[form_id].columns)
    main = main_window(brief.campaign, form_id)
    yield Cell(
        LABELS, last, brief.word("coverage_label", window=main.window_id if main else ""), "summary_label"
    )


def _table(brief: Brief, form_id: str) -> Table:
    city = brief.results.city[form_id]
    return Table(HEADER, _columns(brief, form_id), list(_rows(brief, city)), len(city.rows))


def _columns(brief: Brief, form_id: str) -> list[ColumnSpec]:
    city = brief.results.city[form_id]
    names = [brief.word(f"column.{name}") for name in ("key", "number", "indicator", "measure", "level")]
    widths = (13.5, 5.5, 49, 11, 25)
    wraps = (0.0, 0.0, LETTERS * 0.965, LETTERS * 1.15, LETTERS * 1.2)
    styles = ("summary_key", "summary_centre", "summary_name", "summary_centre", "summary_level")
    leading = [ColumnSpec(*parts) for parts in zip(names, widths, styles, wraps, strict=True)]
    figures = [
        ColumnSpec(name, _width(brief, city, i), "summary_figure") for i, name in enumerate(city.columns)
    ]
    coverage = brief.word("column.coverage")
    closing = [
        ColumnSpec(coverage, 8.5, "summary_coverage"),
        ColumnSpec(brief.word("column.trend"), 14, "summary_trend"),
        ColumnSpec(brief.word("column.state"), 12),
    ]
    main = main_window(brief.campaign, form_id)
    others = [name for name in city.columns if main is None or name != main.window_id]
    beside = [ColumnSpec(f"{coverage} {name}", 9, "summary_coverage") for name in others]
    return [*leading, *figures, *closing, *beside]


def _width(brief: Brief, city: CityTable, col: int) -> float:
    """Wide enough for the longest figure, its thousands separators and a mark, and for the label above."""
    column = city.columns[col]
    longest = 0
    for row, value in zip(city.rows, city.values[:, col].tolist(), strict=True):
        if value == value:
            indicator = brief.campaign.indicators[row.indicator_id]
            layout = brief.campaign.measures[indicator.unit_measure].number_format
            longest = max(longest, shown_length(value, layout))
    return max(label_width(brief, column, _NARROWEST), longest * 1.02 + 2.5)


def _widths(columns: Sequence[ColumnSpec], printed: int) -> list[Column]:
    """The coverage of every single figure stands folded away beside what is shown."""
    return [
        Column(i, i, c.width, outline=int(i > printed), hidden=i > printed) for i, c in enumerate(columns)
    ]


def _rows(brief: Brief, city: CityTable) -> Iterator[list[Value | Styled]]:
    numbers = numbering(brief, city.form_id)
    before = ""
    for index, row in enumerate(city.rows):
        indicator = brief.campaign.indicators[row.indicator_id]
        again = "_again" if row.indicator_id == before else ""
        before = row.indicator_id
        depth = min(indicator.depth, _DEEPEST)
        total = "_all" if row.level == ALL_LEVELS else ""
        yield [
            row.key,
            numbers[row.indicator_id],
            Styled(indicator.name, f"summary_name_{depth}{again}"),
            brief.measure_name(indicator),
            Styled(brief.level_name(row.level), f"summary_level{total}"),
            *_figures(brief, city, index),
            *_closing(brief, city, index),
        ]


def numbering(brief: Brief, form_id: str) -> dict[str, str]:
    """The number of each indicator as the form prints it: 1, 1.1, 1.2, 2 …"""
    counters: list[int] = []
    numbers = {}
    for indicator in brief.campaign.indicators_of(form_id):
        depth = min(indicator.depth, len(counters))
        counters = counters[: depth + 1] if depth < len(counters) else [*counters, 0]
        counters[depth] += 1
        numbers[indicator.indicator_id] = ".".join(map(str, counters))
    return numbers


def _figures(brief: Brief, city: CityTable, index: int) -> list[Styled]:
    row = city.rows[index]
    indicator = brief.campaign.indicators[row.indicator_id]
    layout = brief.campaign.measures[indicator.unit_measure].number_format
    base = "summary_figure_all" if row.level == ALL_LEVELS else "summary_figure"
    empty_in = _empty_symbols(brief, row, indicator, city.columns)
    found = []
    for col, (column, value) in enumerate(zip(city.columns, city.values[index].tolist(), strict=True)):
        empty = empty_in.get(column, "")
        formula = "" if empty else city_formula(brief, row, column)
        is_plain = not empty and brief.is_plain(row, column)
        if not formula and not is_plain:
            found.append(Styled(empty or brief.word("sign.not_totalled"), "summary_sign"))
            continue
        look = look_of(city, index, col)
        style = f"{base}{look}@{brief.marked(layout) if look == '_open' else layout}"
        number = plain_number(value) if is_plain else Formula(formula, cached(value))
        found.append(Styled(number, style))
    return found


def _empty_symbols(
    brief: Brief, row: CityRow, indicator: Indicator, columns: Sequence[str]
) -> dict[str, str]:
    """What stands where no figure can be: the form's sign, or that the row is not totalled."""
    if row.basis is Basis.NOTHING:
        return dict.fromkeys(columns, brief.word("sign.not_totalled"))
    return dict.fromkeys(absent_in(brief.campaign, indicator, columns), brief.symbol("M"))


def _closing(brief: Brief, city: CityTable, index: int) -> list[Value | Styled]:
    """Coverage of the main window, room for the trend, the state, then the coverage of every other figure."""
    main = main_window(brief.campaign, city.form_id)
    coverage = {name: _coverage(brief, city, index, col) for col, name in enumerate(city.columns)}
    first = coverage.pop(main.window_id) if main else Styled("", "summary_coverage")
    return [first, None, _state(brief, city, index), *coverage.values()]


def _coverage(brief: Brief, city: CityTable, index: int, col: int) -> Styled:
    text = coverage_of(city, index, col)
    if not text:
        return Styled(brief.word("sign.nowhere"), "summary_sign")
    short = city.counted[index, col] < city.expected[index, col]
    return Styled(text, "summary_coverage_short" if short else "summary_coverage")


def _state(brief: Brief, city: CityTable, index: int) -> Styled:
    if city.rows[index].basis is Basis.NOTHING:
        return Styled(brief.word("state.not_totalled"), "summary_state")
    if city.provisional[index].any():
        return Styled(
            f"{brief.symbol('provisional')} {brief.word('state.provisional')}", "summary_state_open"
        )
    if (city.counted[index] < city.expected[index]).any():
        return Styled(brief.word("state.short"), "summary_state_short")
    return Styled(brief.word("state.complete"), "summary_state")


def _title_block(brief: Brief, form_id: str, last: int, columns: Sequence[ColumnSpec]) -> Block:
    """Heading of the issuer as on a Party document, number and title of the form, scope and remarks."""
    block = Block()
    heading(brief, block, 1, last)
    room = sum(column.width for column in columns[1 : last + 1]) * 0.8
    form = brief.campaign.forms[form_id]
    across = (1, last, room)
    block.line(2, across, brief.word("form_number", number=form.number), "summary_title")
    block.line(3, across, brief.form_title(form_id), "summary_title")
    block.line(4, across, appendix_remark(brief, form_id), "summary_remark")
    return block
