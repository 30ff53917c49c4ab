"""The values of a sheet as typed, by row and column from 1, wherever its first filled cell stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from io import BytesIO

from python_calamine import CalamineWorkbook

from pipeline.intake.package import Package
from pipeline.intake.scan import SheetFacts
from pipeline.model import CellValue, ErrorCell

Raw = str | float | int | bool | date | time | timedelta


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: what is shown in it, and what the strict pass found beside it.

    ``rows`` begin at row ``top`` and column ``left`` of the sheet; an empty cell is an empty text.
    """

    name: str
    top: int
    left: int
    rows: Sequence[Sequence[Raw]]
    facts: SheetFacts

    @property
    def row_numbers(self) -> range:
        """The rows from the first to the last filled one; an error cell fills, though nothing is shown."""
        return range(self.facts.top, self.facts.bottom + 1) if self.facts.bottom else range(0)

    def value(self, row: int, column: int) -> CellValue:
        """What stands in a cell; None where it is empty, or a formula that was never calculated."""
        cells = self.shown(row)
        value = cells[column - self.left] if 0 <= column - self.left < len(cells) else ""
        if type(value) is float:
            return value
        place = (row, column)
        if place in self.facts.errors:
            return ErrorCell(self.facts.errors[place])
        return None if value == "" or place in self.facts.uncached else value

    def text(self, row: int, column: int) -> str:
        """What stands in a cell as a text for comparison."""
        return as_text(self.value(row, column))

    def filled(self, row: int) -> Iterator[int]:
        """The columns of one row in which something stands."""
        for column, value in enumerate(self.shown(row), start=self.left):
            if value != "":
                yield column
        yield from self.facts.error_columns.get(row, ())

    def shown(self, row: int) -> Sequence[Raw]:
        """What one row shows from the column ``left`` on; it may show less than the strict pass found."""
        return self.rows[row - self.top] if 0 <= row - self.top < len(self.rows) else ()


def read_grids(content: bytes, package: Package, skipped: frozenset[str]) -> Iterator[Grid]:
    """Every worksheet in order, except those whose names are ``skipped``. Raises what the reader raises."""
    wanted = [part for part in package.sheets if part.name not in skipped]
    facts = {part.name: package.facts(part) for part in wanted}
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    for name, found in facts.items():
        sheet = workbook.get_sheet_by_name(name)
        top, left = sheet.start or (0, 0)
        yield Grid(name, top + 1, left + 1, sheet.to_python(), found)


def as_text(value: CellValue) -> str:
    """A value as text: one spelling of each letter, no space around, no ``.0`` after a whole number."""
    if value is None:
        return ""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    return str(value)
