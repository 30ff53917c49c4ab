"""What a unit writes beside its figures: explanations, remarks, and who filled the return in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.intake.identity import is_guide
from pipeline.intake.values import Grid
from pipeline.model import Explanation, SheetCells

REMARK_ID: Final = "NOTE"
_TEXT_ID, _KEY_ID = "EXPLANATION", "KEY"
_IDS: Final = ("FINDING", "FORM", _KEY_ID, "LEVEL", "PERIOD", _TEXT_ID, "BY")
_AS_TYPED: Final = (_TEXT_ID, "BY")
_HEAD_ROWS: Final = 40
_MOST_LINES: Final = 5_000
_ENTERED: Final = ("filled_by", "phone", "date_filled", "data_period")
_KEY_COLUMN, _BANNER_COLUMN, _VALUE_COLUMN = 1, 2, 3


def is_explanations(grid: Grid) -> bool:
    """Whether the sheet is the one for explanations, whatever it is called: it has a row of their ids."""
    return bool(_id_columns(grid)[0])


def read_explanations(grids: Sequence[Grid]) -> Iterator[Explanation]:
    """Every line on which an explanation is written, on whichever sheets have lines for them."""
    for grid in grids:
        heading, columns = _id_columns(grid)
        for row in grid.row_numbers[:_MOST_LINES] if heading else ():
            told = {name: grid.text(row, column) for name, column in columns.items()}
            if row > heading and told[_TEXT_ID]:
                told |= {name: grid.typed(row, columns[name]) for name in _AS_TYPED if name in columns}
                parts = (told.get(name, "") for name in _IDS)
                yield Explanation(grid.name, a1(row, columns[_TEXT_ID]), *parts)


def remarks_of(sheet: SheetCells, grids: Sequence[Grid], campaign: Campaign) -> Mapping[str, str]:
    """By row key, what stands in the column of remarks: under its machine id, else under its title."""
    grid = next(grid for grid in grids if grid.name == sheet.sheet)
    titles = {words["forms.column.remark"] for words in campaign.words.values()}
    column = _remark_column(grid, min(sheet.row_numbers, default=0), titles)
    if not column:
        return {}
    texts = grid.typed_column(sheet.row_numbers, column)
    return {key: text for key, text in zip(sheet.row_keys, texts, strict=True) if text}


def read_entered(grids: Sequence[Grid]) -> Mapping[str, str]:
    """What stands on the guide sheet about who filled the return in and when, by machine key.

    ``banner`` is what stands above everything, as on returns whose figures are invented.
    """
    for grid in grids:
        if is_guide(grid):
            rows = {grid.text(row, _KEY_COLUMN): row for row in reversed(grid.row_numbers[:_MOST_LINES])}
            texts: dict[str, str] = {name: _entered(grid, rows[name]) for name in _ENTERED if name in rows}
            texts["banner"] = grid.text(1, _BANNER_COLUMN)
            return {name: text for name, text in texts.items() if text}
    return {}


def _entered(grid: Grid, row: int) -> str:
    value = grid.value(row, _VALUE_COLUMN)
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else grid.typed(row, _VALUE_COLUMN)


def _id_columns(grid: Grid) -> tuple[int, dict[str, int]]:
    """The row of the machine ids (0 where there is none) and the column of each."""
    for row in grid.row_numbers[:_HEAD_ROWS]:
        if not [value for _, value in grid.texts.get(row, ()) if _TEXT_ID in value]:
            continue
        found = {grid.text(row, column): column for column in grid.filled(row)}
        if _TEXT_ID in found and _KEY_ID in found:
            return row, {name: found[name] for name in _IDS if name in found}
    return 0, {}


def _remark_column(grid: Grid, first: int, titles: Collection[str]) -> int:
    above = [row for row in grid.row_numbers[: first + _HEAD_ROWS] if row < first]
    for names in ({REMARK_ID}, set(titles)):
        for row in reversed(above):
            for column in grid.filled(row):
                if grid.text(row, column) in names:
                    return column
    return 0
