"""Every indicator by unit over each window: who stands where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.book import Print, Sheet
from pipeline.model import ALL_LEVELS, FormRow
from pipeline.summary.brief import Brief
from pipeline.summary.grid import (
    LETTERS,
    ColumnSpec,
    Styled,
    Table,
    Value,
    plain_number,
    shown_length,
    unique_names,
)
from pipeline.summary.heads import TOP, footer, working_sheet

LEADING: Final = 6
"""Columns before the units: key, window, form, indicator, level, measure."""
_REPEATED: Final = 3
"""The first of the columns that every page repeats; on paper the ids before it would leave no room."""

Figures = dict[tuple[str, str, str], dict[str, tuple[float, bool]]]
"""By indicator, level and window: by unit the figure (NaN where missing) and whether it is provisional."""


def by_unit_sheet(brief: Brief) -> Sheet:
    """One row per row key and window, one column per unit; empty where the unit is not asked."""
    found = _figures(brief)
    order = _order(brief, found)
    rows = [list(_row(brief, name, found[name])) for name in order]
    table = Table(TOP, _columns(brief, found), rows, len(order))
    sheet = working_sheet(brief, "by_unit", table, freeze_cols=LEADING)
    wide = Print(
        repeat_rows=(TOP, TOP),
        repeat_cols=(_REPEATED, LEADING - 1),
        fit_width=False,
        footer_left=footer(brief),
    )
    return replace(sheet, print=wide)


def _figures(brief: Brief) -> Figures:
    found: Figures = {}
    frame = brief.results.unit_totals
    names = ("unit_id", "indicator_id", "level", "period_id", "obs_value", "is_provisional")
    for unit, indicator, level, window, value, mark in zip(*(frame[n].tolist() for n in names), strict=True):
        found.setdefault((indicator, level, window), {})[unit] = (float(value), bool(mark))
    return found


def _order(brief: Brief, found: Figures) -> list[tuple[str, str, str]]:
    indicators = {name: i for i, name in enumerate(brief.campaign.indicators)}
    levels = {name: i for i, name in enumerate((*brief.campaign.levels, ALL_LEVELS))}
    windows = {name: i for i, name in enumerate(brief.campaign.windows)}
    return sorted(found, key=lambda n: (indicators[n[0]], windows[n[2]], levels[n[1]]))


def _columns(brief: Brief, found: Figures) -> list[ColumnSpec]:
    longest = dict.fromkeys(brief.campaign.units, 0)
    for (indicator_id, _, _), by_unit in found.items():
        layout = _layout(brief, indicator_id)
        for unit_id, (value, _) in by_unit.items():
            if value == value:
                longest[unit_id] = max(longest[unit_id], shown_length(value, layout))
    widths = {unit_id: max(11.0, length * 1.02 + 2.5) for unit_id, length in longest.items()}
    names = unique_names(brief.unit_name(unit_id) for unit_id in brief.campaign.units)
    return [
        ColumnSpec(brief.word("column.key"), 13.5, "summary_key"),
        ColumnSpec(brief.word("column.window"), 10, "summary_centre"),
        ColumnSpec(brief.word("column.form"), 6.5, "summary_centre"),
        ColumnSpec(brief.word("column.indicator"), 46, "summary_wrap", LETTERS),
        ColumnSpec(brief.word("column.level"), 7, "summary_centre"),
        ColumnSpec(brief.word("column.measure"), 11, "summary_centre"),
        *(
            ColumnSpec(name, width, "summary_figure")
            for name, width in zip(names, widths.values(), strict=True)
        ),
    ]


def _row(
    brief: Brief, name: tuple[str, str, str], by_unit: dict[str, tuple[float, bool]]
) -> Iterator[Value | Styled]:
    indicator_id, level, window = name
    indicator = brief.campaign.indicators[indicator_id]
    total = "_all" if level == ALL_LEVELS else ""
    yield FormRow(indicator_id, level).key
    yield window
    yield indicator.form_id
    yield indicator.name
    yield Styled(level, f"summary_level_id{total}")
    yield brief.measure_name(indicator)
    layout = _layout(brief, indicator_id)
    usual = f"summary_figure{total}@{layout}"
    marked = f"summary_figure{total}_open@{brief.marked(layout)}"
    missing = Styled(brief.symbol("O"), "summary_sign_missing")
    for unit_id in brief.campaign.units:
        if unit_id not in by_unit:
            yield Styled(None, "summary_not_asked")
            continue
        value, mark = by_unit[unit_id]
        number = plain_number(value)
        yield missing if number is None else Styled(number, marked if mark else usual)


def _layout(brief: Brief, indicator_id: str) -> str:
    return brief.campaign.measures[brief.campaign.indicators[indicator_id].unit_measure].number_format
