"""The sheet on which a unit explains figures, and the hidden sheet that says which template this is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.book import Cell, Column, Print, Sheet
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk

META: Final = "_meta"
"""The name of the hidden sheet; keys in column A, values in column B, all text."""

_TITLE, _NOTE, _HEADER, _MACHINE, _FIRST = range(1, 6)
_COLUMNS: Final = ("line", "form", "indicator", "level", "period", "explanation", "explained_by")
_MACHINE_IDS: Final = ("LINE", "FORM", "KEY", "LEVEL", "PERIOD", "EXPLANATION", "BY")
_WIDTHS: Final = dict(enumerate((6.0, 9.0, 20.0, 12.0, 12.0, 84.0, 24.0)))
_LINES: Final = 40


def explain_sheet(desk: Desk) -> Sheet:
    """The sheet ``Giải trình``: an empty table, one line per explanation."""
    block = Block(0, len(_COLUMNS) - 1, _WIDTHS)
    note = desk.word("explain.note")
    heights = {0: 20.0 if desk.banner else 4.0, _TITLE: 26.0, _HEADER: 31.0, _MACHINE: 9.0}
    heights[_NOTE] = frame.fitted(note, block, 11)
    heights.update({_FIRST + index: 32.0 for index in range(_LINES)})
    return Sheet(
        name=desk.word("sheet.explain"),
        cells=list(_cells(desk)),
        merges=[
            *frame.banner(desk, block),
            frame.line(_TITLE, block, desk.word("explain.title", unit=desk.unit.name).upper(), "form.title"),
            frame.line(_NOTE, block, note, "form.check.note"),
        ],
        columns=[Column(column, column, width) for column, width in _WIDTHS.items()],
        row_heights=heights,
        freeze=(_FIRST, 0),
        print=Print(
            repeat_rows=(_HEADER, _MACHINE),
            footer_left=f"{desk.word('sheet.explain')} - {desk.unit.name}",
        ),
        protected=True,
        tab="$tab.explain",
    )


def meta_sheet(desk: Desk) -> Sheet:
    """The hidden sheet ``_meta``."""
    campaign = desk.campaign
    entries = {
        "campaign": campaign.campaign_id,
        "template_version": campaign.settings.template_version,
        "unit_id": desk.unit.unit_id,
        "catalogue_hash": campaign.catalogue_hash,
    }
    cells = [
        Cell(row, column, text, "plain")
        for row, pair in enumerate(entries.items())
        for column, text in enumerate(pair)
    ]
    return Sheet(name=META, cells=cells, columns=[Column(0, 1, 40.0)], protected=True, hidden=True)


def _cells(desk: Desk) -> Iterator[Cell]:
    titles = {column: desk.word(f"explain.{name}") for column, name in enumerate(_COLUMNS)}
    yield from frame.texts(_HEADER, titles, "form.header")
    yield from frame.texts(_MACHINE, dict(enumerate(_MACHINE_IDS)), "form.machine")
    for index in range(_LINES):
        yield Cell(_FIRST + index, 0, str(index + 1), "form.number")
        for column in range(1, len(_COLUMNS)):
            yield Cell(_FIRST + index, column, None, "form.explain.entry")
