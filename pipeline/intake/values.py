"""The values of a sheet as typed, by row and column from 1, wherever its first filled cell stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from operator import itemgetter

from python_calamine import CalamineError, CalamineWorkbook

from pipeline.intake.audit import require_agreement
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Converted, Place, Raw, Seen, SheetFacts
from pipeline.intake.office_xml import read_office_xml
from pipeline.intake.open_document import read_open_document, without_gaps
from pipeline.intake.package import Package
from pipeline.model import CellValue, ErrorCell

_LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: what is shown in it, and what the strict pass found beside it.

    ``rows`` begin at row ``top`` and column ``left`` of the sheet; an empty cell is an empty text.
    ``converted`` are texts of older encodings, as typed; ``rows`` show them in Unicode. ``texts`` are the
    texts of each row that has any, with their columns: what tells rows and columns from others is in words.
    """

    name: str
    top: int
    left: int
    rows: Sequence[Sequence[Raw]]
    facts: SheetFacts
    converted: Mapping[Place, Converted] = field(default_factory=dict)
    texts: Mapping[int, Sequence[tuple[int, str]]] = field(init=False)

    def __post_init__(self) -> None:
        """Pick out the texts once: of all that stands on a sheet they are the smaller part."""
        found = {row: _texts(shown, self.left) for row, shown in enumerate(self.rows, self.top)}
        object.__setattr__(self, "texts", {row: texts for row, texts in found.items() if texts})

    @property
    def row_numbers(self) -> range:
        """The rows from the first to the last filled one; an error cell fills, though nothing is shown."""
        return range(self.facts.top, self.facts.bottom + 1) if self.facts.bottom else range(0)

    def value(self, row: int, column: int) -> CellValue:
        """What stands in a cell; None where it is empty, or a formula that was never calculated."""
        down, across = row - self.top, column - self.left
        cells = self.rows[down] if 0 <= down < len(self.rows) else ()
        value = cells[across] if 0 <= across < len(cells) else ""
        if type(value) is float:
            return value
        errors, uncached = self.facts.errors, self.facts.uncached
        if errors and (row, column) in errors:
            return ErrorCell(errors[row, column])
        return None if value == "" or (uncached and (row, column) in uncached) else value

    def shown_in(self, rows: Iterable[int], columns: Collection[int]) -> Iterator[Sequence[Raw]]:
        """What each of these rows shows in these columns: as ``value``, but for errors and the like."""
        across = [column - self.left for column in columns]
        is_inside = len(across) > 1 and min(across) >= 0 and max(across) < self.width
        pick = itemgetter(*across) if is_inside else None
        for row in rows:
            shown = self.shown(row)
            yield pick(shown) if pick and shown else [shown[x] if 0 <= x < len(shown) else "" for x in across]

    def column(self, rows: Sequence[int], column: int) -> list[CellValue]:
        """What stands in one column of these rows; an empty text, too, where nothing does."""
        across, down = column - self.left, range(self.top, self.top + len(self.rows))
        is_inside = rows and min(rows) in down and max(rows) in down and 0 <= across < self.width
        if self.facts.errors or self.facts.uncached or not is_inside:
            return [self.value(row, column) for row in rows]
        return [self.rows[row - self.top][across] for row in rows]

    @property
    def width(self) -> int:
        """How many columns every row shows, from the column ``left`` on."""
        return min(map(len, self.rows), default=0)

    def text(self, row: int, column: int) -> str:
        """What stands in a cell as a text for comparison."""
        return as_text(self.value(row, column))

    def typed(self, row: int, column: int) -> str:
        """What stands in a cell as a text, in the encoding in which it was typed."""
        one = self.converted.get((row, column))
        return as_text(one.typed if one else self.value(row, column))

    def typed_column(self, rows: Sequence[int], column: int) -> list[str]:
        """What ``typed`` says of one column of these rows."""
        if self.converted:
            return [self.typed(row, column) for row in rows]
        return [as_text(value) if value != "" else "" for value in self.column(rows, column)]

    def filled(self, row: int) -> list[int]:
        """The columns of one row in which something stands."""
        columns = [column for column, value in enumerate(self.shown(row), start=self.left) if value != ""]
        return columns + list(self.facts.error_columns.get(row, ()))

    def held(self, row: int) -> dict[int, CellValue]:
        """What stands in one row, by column."""
        if self.facts.errors or self.facts.uncached:
            values = ((column, self.value(row, column)) for column in self.filled(row))
            return {column: value for column, value in values if value is not None}
        return {column: value for column, value in enumerate(self.shown(row), start=self.left) if value != ""}

    def filled_among(self, row: int, columns: Iterable[int]) -> list[int]:
        """Those of the columns, and all with errors, in which something stands in one row."""
        shown, left = self.shown(row), self.left
        filled = [x for x in columns if 0 <= x - left < len(shown) and shown[x - left] != ""]
        return filled + list(self.facts.error_columns.get(row, ()))

    def shown(self, row: int) -> Sequence[Raw]:
        """What one row shows from the column ``left`` on; it may show less than the strict pass found."""
        return self.rows[row - self.top] if 0 <= row - self.top < len(self.rows) else ()


def _texts(shown: Sequence[Raw], left: int) -> list[tuple[int, str]]:
    return [(column, value) for column, value in enumerate(shown, left) if value.__class__ is str and value]


def read_grids(content: bytes, kind: str, skipped: frozenset[str]) -> list[Grid]:
    """Every worksheet in order, except those whose names are ``skipped``. Raises Unreadable.

    The second look comes first: it bounds what the reader of values, which trusts its file, will meet.
    """
    seen = second_look(content, kind, skipped)
    workbook = _opened(content, kind)
    grids = []
    for one in seen:
        sheet = workbook.get_sheet_by_name(one.name)
        top, left = sheet.start or (0, 0)
        rows = sheet.to_python()
        require_agreement(one, (top + 1, left + 1), rows)
        for row, column in one.facts.logical:
            rows[row - top - 1][column - left - 1] = bool(rows[row - top - 1][column - left - 1])
        for row, column in one.facts.uncached:  # some kinds save a nought for what was never calculated
            if 0 <= row - top - 1 < len(rows) and 0 <= column - left - 1 < len(rows[row - top - 1]):
                rows[row - top - 1][column - left - 1] = ""
        grids.append(Grid(one.name, top + 1, left + 1, rows, one.facts))
    return grids


def _opened(content: bytes, kind: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except CalamineError:
        if kind != "ods":
            raise
        return CalamineWorkbook.from_filelike(BytesIO(without_gaps(content)))


def second_look(content: bytes, kind: str, skipped: frozenset[str]) -> list[Seen]:
    """Every worksheet as another reader finds it; which one depends on the kind. Raises Unreadable."""
    if kind in ("xls", "xlsb"):
        return _binary_look(content, kind, skipped)
    return (read_open_document if kind == "ods" else read_office_xml)(Package(content), skipped)


def _binary_look(content: bytes, kind: str, skipped: frozenset[str]) -> list[Seen]:
    """The readers of binary files take much for granted: whatever breaks them is damage of the file."""
    try:
        if kind == "xls":
            from pipeline.intake.old_binary import read_old_binary

            return read_old_binary(content, skipped)
        from pipeline.intake.new_binary import read_new_binary

        return read_new_binary(Package(content), skipped)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise Unreadable("damaged", detail=f"{type(error).__name__}: {error}"[:_LONGEST_DETAIL]) from None


def as_text(value: CellValue) -> str:
    """A value as text: one spelling of each letter, no space around, no ``.0`` after a whole number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return (value if value.isascii() else unicodedata.normalize("NFC", value)).strip()
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
