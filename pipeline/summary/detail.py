"""The detail of one form: what each unit reported for each row, and where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.book import Sheet
from pipeline.frames import CODE, NOT_ASKED, STATUSES, Cube
from pipeline.model import FormRow, ObsStatus
from pipeline.summary.brief import Brief
from pipeline.summary.grid import ColumnSpec, Styled, Table, Value, fitting, plain_number, shown_length
from pipeline.summary.heads import TOP, working_sheet

LEADING: Final = 6
"""Columns before the figures: key, unit id, unit, indicator, level, measure."""
FIRST: Final = TOP + 1
"""The row (from 0) of the first figures."""

_NARROWEST: Final = 8.0
_NUMBERS: Final = frozenset((int(CODE[ObsStatus.NORMAL]), int(CODE[ObsStatus.ZERO])))


def detail_sheet(brief: Brief, form_id: str) -> Sheet:
    """One row per unit and row key of the form; city figures are formulas over these rows."""
    cube = brief.results.cubes[form_id]
    table = Table(TOP, _columns(brief, cube), _rows(brief, cube), len(brief.detail[form_id].rows))
    gaps = {"form": form_id, "title": brief.form_title(form_id)}
    return working_sheet(brief, "detail", table, freeze_cols=LEADING - 2, gaps=gaps)


def _columns(brief: Brief, cube: Cube) -> list[ColumnSpec]:
    def named(name: str, width: float, style: str) -> ColumnSpec:
        return ColumnSpec(brief.word(f"column.{name}"), width, style)

    indicators = [brief.campaign.indicators[key.rpartition("|")[0]] for key in cube.keys]
    levels = {key.rpartition("|")[2] for key in cube.keys}
    return [
        named("key", 13.5, "summary_key"),
        named("unit_id", 10, "summary_key"),
        named("unit", fitting(map(brief.unit_name, cube.unit_ids)), "summary_text"),
        named("indicator", fitting(i.name for i in indicators), "summary_text"),
        named("level", fitting(map(brief.level_name, levels)), "summary_text"),
        named("measure", 11, "summary_centre"),
        *(ColumnSpec(name, _width(cube, i), "summary_figure") for i, name in enumerate(cube.period_ids)),
        named("file", min(max(20.0, fitting(cube.files)), 48.0), "summary_text"),
        named("sheet", 10, "summary_centre"),
        named("row", 7, "summary_centre"),
    ]


def _width(cube: Cube, col: int) -> float:
    values = cube.values[:, :, col]
    known = values[values == values]
    longest = shown_length(float(known.max()), "0.00") if known.size else 0
    return max(_NARROWEST, longest * 1.02 + 2)


def _rows(brief: Brief, cube: Cube) -> Iterator[list[Value | Styled]]:
    signs = [_sign(brief, status) for status in STATUSES]
    names = [brief.unit_name(unit_id) for unit_id in cube.unit_ids]
    for k, u in brief.detail[cube.form_id].rows:
        indicator_id, _, level = cube.keys[k].rpartition("|")
        indicator = brief.campaign.indicators[indicator_id]
        place = int(cube.row_numbers[u, k])
        yield [
            FormRow(indicator_id, level).key,
            cube.unit_ids[u],
            names[u],
            indicator.name,
            brief.level_name(level),
            brief.measure_name(indicator),
            *_figures(brief, cube, (u, k), signs),
            cube.files[u] or brief.word("sign.nowhere"),
            cube.sheets[u] or brief.word("sign.nowhere"),
            place or brief.word("sign.nowhere"),
        ]


def _figures(brief: Brief, cube: Cube, where: tuple[int, int], signs: list[str]) -> Iterator[Styled]:
    indicator = brief.campaign.indicators[cube.keys[where[1]].rpartition("|")[0]]
    layout = brief.campaign.measures[indicator.unit_measure].number_format
    usual = f"summary_figure@{layout}"
    marked = f"summary_figure_open@{brief.marked(layout)}"
    cells = zip(
        cube.values[where].tolist(), cube.status[where].tolist(), cube.has_error[where].tolist(), strict=True
    )
    for value, status, has_error in cells:
        if status in _NUMBERS:
            yield Styled(plain_number(value), marked if has_error else usual)
        elif status == NOT_ASKED:
            yield Styled(signs[CODE[ObsStatus.NOT_APPLICABLE]], "summary_sign")
        else:
            yield Styled(signs[status], _SIGN_STYLES.get(status, "summary_sign"))


_SIGN_STYLES: Final = {
    int(CODE[ObsStatus.REJECTED]): "summary_sign_wrong",
    int(CODE[ObsStatus.MISSING]): "summary_sign_missing",
}


def _sign(brief: Brief, status: ObsStatus) -> str:
    return brief.campaign.settings.symbols.get(status.value, "")
