"""The detail of one form: what each unit reported for each row, and where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

import numpy as np

from pipeline.book import Sheet
from pipeline.frames import CODE, NOT_ASKED, STATUSES, Cube, Flags
from pipeline.model import ObsStatus
from pipeline.summary.brief import Brief
from pipeline.summary.grid import ColumnSpec, Dressed, Table, Value, fitting, shown_length
from pipeline.summary.heads import TOP, working_sheet
from pipeline.summary.links import source_jumps

LEADING: Final = 6
"""Columns before the figures: key, unit id, unit, indicator, level, measure."""
FIRST: Final = TOP + 1
"""The row (from 0) of the first figures."""

FIGURE: Final = "summary_figure"

_NARROWEST: Final = 8.0
_LEADING_STYLES: Final = (*(("summary_key",) * 2), *(("summary_text",) * 3), "summary_centre")
_CLOSING_STYLES: Final = ("summary_text", "summary_centre", "summary_centre")
_READ_STYLES: Final = ("summary_link", *_CLOSING_STYLES[1:])
_NUMBERS: Final = frozenset((int(CODE[ObsStatus.NORMAL]), int(CODE[ObsStatus.ZERO])))


def detail_sheet(brief: Brief, form_id: str) -> Sheet:
    """One row per unit and row key of the form; city figures are formulas over these rows."""
    cube = brief.results.cubes[form_id]
    table = Table(TOP, _columns(brief, cube), _rows(brief, cube), len(brief.detail[form_id].rows))
    gaps = {"form": form_id, "title": brief.form_title(form_id)}
    sheet = working_sheet(brief, "detail", table, freeze_cols=LEADING - 2, gaps=gaps)
    sources = source_jumps(brief, cube, LEADING + len(cube.period_ids))
    return replace(sheet, jumps=chain(sheet.jumps, sources))


def _columns(brief: Brief, cube: Cube) -> list[ColumnSpec]:
    def named(name: str, width: float) -> ColumnSpec:
        return ColumnSpec(brief.word(f"column.{name}"), width)

    indicators = [brief.campaign.indicators[key.rpartition("|")[0]] for key in cube.keys]
    levels = {key.rpartition("|")[2] for key in cube.keys}
    return [
        named("key", 13.5),
        named("unit_id", 10),
        named("unit", fitting(map(brief.unit_name, cube.unit_ids))),
        named("indicator", fitting(i.name for i in indicators)),
        named("level", fitting(map(brief.level_name, levels))),
        named("measure", 11),
        *(ColumnSpec(name, _width(cube, i)) for i, name in enumerate(cube.period_ids)),
        named("file", min(max(20.0, fitting(cube.files)), 48.0)),
        named("sheet", 10),
        named("row", 7),
    ]


def _width(cube: Cube, col: int) -> float:
    values = cube.values[:, :, col]
    known = values[values == values]
    longest = shown_length(float(known.max()), "0.00") if known.size else 0
    return max(_NARROWEST, longest * 1.02 + 2)


def _rows(brief: Brief, cube: Cube) -> Iterator[Dressed]:
    nowhere = brief.word("sign.nowhere")
    names = [brief.unit_name(unit_id) for unit_id in cube.unit_ids]
    places = [
        (file or nowhere, sheet or nowhere) for file, sheet in zip(cube.files, cube.sheets, strict=True)
    ]
    heads = [_head(brief, key) for key in cube.keys]
    figures = _Figures(brief, cube)
    for k, u in brief.detail[cube.form_id].rows:
        key, indicator, level, measure = heads[k]
        values, styles = figures.of(u, k)
        yield Dressed(
            [
                *(key, cube.unit_ids[u], names[u], indicator, level, measure),
                *values,
                *places[u],
                int(cube.row_numbers[u, k]) or nowhere,
            ],
            [*_LEADING_STYLES, *styles, *(_READ_STYLES if cube.files[u] else _CLOSING_STYLES)],
        )


def _head(brief: Brief, key: str) -> tuple[str, str, str, str]:
    """What all rows of a row key begin with: key, indicator, level and measure."""
    indicator_id, _, level = key.rpartition("|")
    indicator = brief.campaign.indicators[indicator_id]
    return key, indicator.name, brief.level_name(level), brief.measure_name(indicator)


class _Figures:
    """The figures of a form's detail rows as they are shown; most rows are plain numbers and come cheap."""

    def __init__(self, brief: Brief, cube: Cube) -> None:
        self._cube = cube
        self._signs = [_sign(brief, status) for status in STATUSES]
        layouts = [
            brief.campaign.measures[
                brief.campaign.indicators[key.rpartition("|")[0]].unit_measure
            ].number_format
            for key in cube.keys
        ]
        self._usual = [f"{FIGURE}@{layout}" for layout in layouts]
        self._marked = [f"{FIGURE}_open@{brief.marked(layout)}" for layout in layouts]
        self._plain: Flags = np.logical_and.reduce(cube.counts & ~cube.has_error, axis=2)
        self._width = len(cube.period_ids)

    def of(self, u: int, k: int) -> tuple[list[Value], list[str]]:
        """Values and styles of one row, period by period."""
        cube = self._cube
        values = cube.values[u, k].tolist()
        if self._plain[u, k]:
            return values, [self._usual[k]] * self._width
        styles = []
        marks = zip(cube.status[u, k].tolist(), cube.has_error[u, k].tolist(), strict=True)
        for place, (status, has_error) in enumerate(marks):
            if status in _NUMBERS:
                styles.append(self._marked[k] if has_error else self._usual[k])
                continue
            values[place] = self._signs[_NOT_APPLICABLE if status == NOT_ASKED else status]
            styles.append(_SIGN_STYLES.get(status, "summary_sign"))
        return values, styles


_NOT_APPLICABLE: Final = int(CODE[ObsStatus.NOT_APPLICABLE])
_SIGN_STYLES: Final = {
    int(CODE[ObsStatus.REJECTED]): "summary_sign_wrong",
    int(CODE[ObsStatus.MISSING]): "summary_sign_missing",
}


def _sign(brief: Brief, status: ObsStatus) -> str:
    return brief.campaign.settings.symbols.get(status.value, "")
