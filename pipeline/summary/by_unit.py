"""Every indicator by unit over each window: who stands where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from pipeline.book import Print, Sheet
from pipeline.frames import Flags, Floats
from pipeline.model import ALL_LEVELS, FormRow
from pipeline.summary.brief import Brief
from pipeline.summary.grid import LETTERS, ColumnSpec, Dressed, Table, shown_length, unique_names
from pipeline.summary.heads import TOP, footer, working_sheet

LEADING: Final = 6
"""Columns before the units: key, window, form, indicator, level, measure."""
_REPEATED: Final = 3
"""The first of the columns that every page repeats; on paper the ids before it would leave no room."""

_SCALE: Final = 50
"""Per cent in print: a dozen units side by side, still legible; in full size two would fit."""


class Figures(NamedTuple):
    """What units report over windows, in the order of the sheet. Axes: ``rows``, then the campaign's units.

    A row is indicator, window and level. ``asked`` is where the unit owes the figure, ``values`` is NaN where
    it did not give it.
    """

    rows: list[tuple[str, str, str]]
    values: Floats
    asked: Flags
    provisional: Flags


def by_unit_sheet(brief: Brief) -> Sheet:
    """One row per row key and window, one column per unit; empty where the unit is not asked."""
    found = _figures(brief)
    table = Table(TOP, _columns(brief, found), list(_rows(brief, found)), len(found.rows))
    sheet = working_sheet(brief, "by_unit", table, freeze_cols=LEADING)
    wide = Print(
        repeat_rows=(TOP, TOP),
        repeat_cols=(_REPEATED, LEADING - 1),
        fit_width=False,
        scale=_SCALE,
        footer_left=footer(brief),
    )
    return replace(sheet, print=wide)


def _figures(brief: Brief) -> Figures:
    frame = brief.results.unit_totals
    campaign = brief.campaign
    axes = (
        ("indicator_id", tuple(campaign.indicators)),
        ("period_id", tuple(campaign.windows)),
        ("level", (*campaign.levels, ALL_LEVELS)),
    )
    places = [pd.Index(names).get_indexer(pd.Index(frame[column])) for column, names in axes]
    shape = tuple(len(names) for _, names in axes)
    numbers, row_of = np.unique(np.ravel_multi_index(tuple(places), shape), return_inverse=True)
    where = (row_of, pd.Index(tuple(campaign.units)).get_indexer(pd.Index(frame["unit_id"])))
    size = (len(numbers), len(campaign.units))
    values, asked, provisional = np.full(size, np.nan), np.zeros(size, bool), np.zeros(size, bool)
    values[where] = frame["obs_value"].to_numpy(float)
    asked[where] = True
    provisional[where] = frame["is_provisional"].to_numpy(bool)
    (_, indicators), (_, windows), (_, levels) = axes
    rows = [
        (indicators[i], windows[w], levels[lv])
        for i, w, lv in zip(*np.unravel_index(numbers, shape), strict=True)
    ]
    return Figures(rows, values, asked, provisional)


def _columns(brief: Brief, found: Figures) -> list[ColumnSpec]:
    widest = _widest(found.values, [_layout(brief, row[0]) for row in found.rows])
    names = unique_names(brief.unit_name(unit_id) for unit_id in brief.campaign.units)
    return [
        ColumnSpec(brief.word("column.key"), 13.5, "summary_key"),
        ColumnSpec(brief.word("column.window"), 10, "summary_centre"),
        ColumnSpec(brief.word("column.form"), 6.5, "summary_centre"),
        ColumnSpec(brief.word("column.indicator"), 46, "summary_wrap", LETTERS),
        ColumnSpec(brief.word("column.level"), 7, "summary_centre"),
        ColumnSpec(brief.word("column.measure"), 11, "summary_centre"),
        *(ColumnSpec(name, max(11.0, width * 1.02 + 2.5)) for name, width in zip(names, widest, strict=True)),
    ]


def _widest(values: Floats, layouts: Sequence[str]) -> list[int]:
    """By column, how many characters the longest number takes, each row in its own number format."""
    found = [0] * values.shape[1]
    formats = np.array(layouts)
    for layout in dict.fromkeys(layouts):
        largest = np.fmax.reduce(np.abs(values[formats == layout]), axis=0).tolist()
        lengths = (shown_length(number, layout) if number == number else 0 for number in largest)
        found = list(map(max, found, lengths))
    return found


def _rows(brief: Brief, found: Figures) -> Iterator[Dressed]:
    missing = brief.symbol("O")
    for number, (indicator_id, window, level) in enumerate(found.rows):
        indicator = brief.campaign.indicators[indicator_id]
        total = "_all" if level == ALL_LEVELS else ""
        layout = _layout(brief, indicator_id)
        looks = (
            "summary_not_asked",
            "summary_sign_missing",
            f"summary_figure{total}@{layout}",
            f"summary_figure{total}_open@{brief.marked(layout)}",
        )
        kinds = _kinds(found, number)
        values = found.values[number].tolist()
        measure = brief.measure_name(indicator)
        yield Dressed(
            [
                *(
                    FormRow(indicator_id, level).key,
                    window,
                    indicator.form_id,
                    indicator.name,
                    level,
                    measure,
                ),
                *((None, missing, value, value)[kind] for kind, value in zip(kinds, values, strict=True)),
            ],
            [*_STYLES[:4], f"summary_level_id{total}", _STYLES[5], *(looks[kind] for kind in kinds)],
        )


_STYLES: Final = (*("summary_key", "summary_centre", "summary_centre", "summary_wrap", "", "summary_centre"),)


def _kinds(found: Figures, row: int) -> list[int]:
    """For each unit: 0 not asked, 1 missing, 2 a figure, 3 a provisional one."""
    asked = found.asked[row].astype(int)
    there = asked * ~np.isnan(found.values[row])
    kinds: list[int] = (asked + there + there * found.provisional[row]).tolist()
    return kinds


def _layout(brief: Brief, indicator_id: str) -> str:
    return brief.campaign.measures[brief.campaign.indicators[indicator_id].unit_measure].number_format
