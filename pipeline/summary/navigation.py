"""Finding one's way in the workbook: back to the contents, into a figure, and by names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from pipeline.book import Cell, Jump, Merge, Name, Sheet
from pipeline.frames import CityTable
from pipeline.summary.brief import Brief
from pipeline.summary.formulas import KEY_COLUMN, UNIT_COLUMN
from pipeline.summary.grid import letters, part_of_column
from pipeline.summary.links import goal_of, jump_to

_BACK: Final = (0, 0)

_HINT: Final = (2, 4)
"""The rows beside the title block, off the printed page, that say that figures can be followed."""

_NO_LETTER: Final = re.compile(r"[^0-9A-Za-z_]")


def with_way_back(brief: Brief, sheet: Sheet) -> Sheet:
    """A sheet with the way back to the contents, in the same cell of every sheet but the first."""
    cell = Cell(*_BACK, brief.word("jump.back"), "summary_back")
    contents = Jump(
        *_BACK, brief.word("sheet.front.name"), brief.contents_at, tip=brief.word("jump.back_tip")
    )
    return replace(sheet, cells=chain((cell,), sheet.cells), jumps=chain((contents,), sheet.jumps))


def followed(brief: Brief, sheet: Sheet, city: CityTable) -> Sheet:
    """A city sheet whose figures lead to what they are made of, and whose rows fold under their totals."""
    place = brief.city[city.form_id]
    levels = {
        place.rows[row.key]: depth
        for row in city.rows
        if (depth := brief.campaign.indicators[row.indicator_id].depth)
    }
    first, last = _HINT
    hint = Merge(first, KEY_COLUMN, last, KEY_COLUMN, brief.word("jump.hint"), "summary_hint")
    unfolding = next((i for i, column in enumerate(sheet.columns) if column.outline), 0) - 1
    return replace(
        sheet,
        merges=(*sheet.merges, hint),
        jumps=_from_figures(brief, city),
        row_levels=levels,
        columns=[
            replace(column, unfolds=True) if i == unfolding else column
            for i, column in enumerate(sheet.columns)
        ],
    )


def _from_figures(brief: Brief, city: CityTable) -> Iterator[Jump]:
    """One jump a figure. A cell without one leads nowhere: some readers would take the link for its text."""
    place = brief.city[city.form_id]
    for index, row in enumerate(city.rows):
        for col, column in enumerate(city.columns):
            value = city.values[index, col]
            goal = goal_of(brief, row, column) if value == value else None
            if goal is not None:
                yield jump_to(brief, (place.rows[row.key], place.columns[column]), goal)


def names(brief: Brief) -> Iterator[Name]:
    """Names for the tables of city and detail sheets: the whole, its row keys, and each column of figures."""
    for form_id, city in brief.city.items():
        if not city.rows:
            continue
        rows = (min(city.rows.values()), max(city.rows.values()))
        word = brief.word("names.city", form=form_id)
        columns = {brief.word("names.keys"): KEY_COLUMN, **city.columns}
        yield from _names(word, city.sheet, rows, columns)
    for form_id, detail in brief.detail.items():
        word = brief.word("names.detail", form=form_id)
        columns = {brief.word("names.keys"): KEY_COLUMN, brief.word("names.units"): UNIT_COLUMN}
        yield from _names(
            word, detail.sheet, (detail.first_row, detail.last_row), {**columns, **detail.columns}
        )


def _names(word: str, sheet: str, rows: tuple[int, int], columns: dict[str, int]) -> Iterator[Name]:
    first, last = rows
    whole = f"${letters(KEY_COLUMN)}${first}:${letters(max(columns.values()))}${last + 1}"
    yield Name(_sound(word), sheet, whole)
    for name, col in columns.items():
        yield Name(_sound(f"{word}_{name}"), sheet, part_of_column(col, first, last))


def _sound(name: str) -> str:
    """A name that Excel takes: no signs but the underscore, and no resemblance to an address."""
    plain = _NO_LETTER.sub("_", name)
    return plain if "_" in plain and not plain[0].isdigit() else f"_{plain}"
