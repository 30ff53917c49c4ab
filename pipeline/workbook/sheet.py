"""A worksheet whose rows are given as XML. All else of it (columns, comments, page) is the library's work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import StringIO
from typing import Any, Final, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.address import column_letters
from pipeline.book import Column, Highlight
from pipeline.workbook.ready import condition, widths

LETTERS: Final = tuple(column_letters(number) for number in range(1, 16_385))
"""The letters of each column, counting from 0."""

_USUAL_PIXELS: Final = 20
"""The height of a row to which nobody gave one."""


class Part(StringIO):
    """A part of a file in the making: texts, and among them at most one piece that is encoded already.

    The rows of a sheet are nearly all of it: made as bytes they cost a quarter of what they cost as texts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before = b""
        self._piece = b""

    def put_in(self, piece: bytes) -> None:
        """Put a piece after all that was written so far."""
        self._before, self._piece = self.getvalue().encode(), piece
        self.seek(0)
        self.truncate()

    def given_away(self) -> tuple[bytes, ...]:
        """The whole part in pieces, as it stands in the file; it is empty afterwards."""
        pieces = (self._before, self._piece, self.getvalue().encode())
        self._before = self._piece = b""
        self.seek(0)
        self.truncate()
        return pieces


class _Size(NamedTuple):
    """The height of a row: what the library asks for to place comments and charts, and as attributes."""

    pixels: tuple[int, bool]
    attributes: str


class PlainSheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows are given as XML; a row is either a whole line or single cells by column.

    ``sizes`` are the heights and levels of rows, as attributes in XML.
    ``links`` are by row and column: the file that is led to ("" for this one), and the attributes in XML.
    ``limits`` say in XML what may be typed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int, bytes] = {}
        self.cells: dict[int, dict[int, bytes]] = {}
        self.sizes: dict[int, str] = {}
        self.links: dict[tuple[int, int], tuple[str, str]] = {}
        self.limits: list[str] = []
        self._conditions: dict[str, list[str]] = {}
        self._widths = ""

    def set_widths(self, columns: Sequence[Column], formats: Mapping[str, Format]) -> None:
        """Give columns their widths, and those that have one their style."""
        if any(column.style or column.hidden for column in columns):
            for column in columns:
                look = formats[column.style] if column.style else None
                options = {"level": column.outline, "hidden": column.hidden, "collapsed": column.unfolds}
                self.set_column(column.first, column.last, column.width, look, options)
            return
        self._widths, known, self.outline_col_level = widths(tuple(columns))
        self.col_info, self.col_size_changed = dict(known), bool(known)

    def highlight(self, mark: Highlight, look: Format) -> None:
        """Let cells take a style while a formula is true; of several that apply, the first weighs most."""
        cells, before, after = condition(mark)
        rule = f'{before} dxfId="{look._get_dxf_index()}" priority="{self.dxf_priority}"{after}'
        self._conditions.setdefault(cells, []).append(rule)
        self.dxf_priority += 1

    def size_rows(self, heights: Mapping[int, float], levels: Mapping[int, int]) -> None:
        """Give rows their heights in points, and their levels; one of no height at all is hidden."""
        rows = {*heights, *levels}
        for row in (min(rows), max(rows)) if rows else ():
            self._check_dimensions(row, self.dim_colmin or 0)
        for row in rows:
            self.row_sizes[row], self.sizes[row] = _size(heights.get(row), levels.get(row, 0))
        self.outline_row_level = max(levels.values(), default=0)

    def row_xml(self, row: int) -> bytes:
        """The cells of a row, from left to right."""
        if row in self.lines:
            return self.lines[row]
        cells = self.cells.get(row, {})
        return b"".join([cells[col] for col in sorted(cells)])

    def _write_rows(self) -> None:
        if self.row_info or any(self.table.values()):
            raise AssertionError("a cell or a row was written past the rows")
        rows = sorted({*self.lines, *self.cells, *self.sizes, *self.comments})
        self.fh.put_in(b"".join([piece for row in rows for piece in self._whole_row(row)]))
        self.lines, self.cells = {}, {}  # what is written is not kept twice

    def _whole_row(self, row: int) -> tuple[bytes, ...]:
        xml, size = self.row_xml(row), self.sizes.get(row, "")
        if xml:
            return f'<row r="{row + 1}"{size}>'.encode(), xml, b"</row>"
        return (f'<row r="{row + 1}"{size}/>'.encode(),)

    def _write_cols(self) -> None:
        if self._widths:
            self.fh.write(self._widths)
        else:
            super()._write_cols()

    def _write_conditional_formats(self) -> None:
        for cells, rules in self._conditions.items():
            xml = f'<conditionalFormatting sqref="{cells}">{"".join(rules)}</conditionalFormatting>'
            self.fh.write(xml)

    def _write_data_validations(self) -> None:
        if self.limits:
            count = len(self.limits)
            self.fh.write(f'<dataValidations count="{count}">{"".join(self.limits)}</dataValidations>')

    def _write_hyperlinks(self) -> None:
        """Each link to a file has a relationship of its own, numbered in the order of the cells."""
        found = []
        for (row, col), (file, attributes) in sorted(self.links.items()):
            relation = ""
            if file:
                self.rel_count += 1
                relation = f' r:id="rId{self.rel_count}"'
                self.external_hyper_links.append(["/hyperlink", file, "External"])
            found.append(f'<hyperlink ref="{LETTERS[col]}{row + 1}"{relation}{attributes}/>')
        if found:
            self.fh.write(f"<hyperlinks>{''.join(found)}</hyperlinks>")

    def _get_range_data(self, row_start: int, col_start: int, row_end: int, col_end: int) -> list[Any]:
        """What stands in a range, for the values that a chart carries with it."""
        places = (
            (row, col) for row in range(row_start, row_end + 1) for col in range(col_start, col_end + 1)
        )
        return [self._shown(row, col) for row, col in places]

    def _shown(self, row: int, col: int) -> str | None:
        place = rf'<c r="{LETTERS[col]}{row + 1}"([^>]*?)(?:/>|>(?:<f>.*?</f>)?<v>(.*?)</v></c>)'
        found = re.search(place, self.row_xml(row).decode())
        if found is None:
            return None
        text = found[2] or ""
        if 't="s"' in found[1]:
            return str(self.str_table._get_shared_string(int(text)))
        return text


@lru_cache(maxsize=1024)
def _size(height: float | None, level: int) -> _Size:
    pixels = _USUAL_PIXELS if height is None else int(height * 4 / 3 + 0.5)
    is_hidden = not pixels
    pixels = pixels or _USUAL_PIXELS
    is_own = pixels != _USUAL_PIXELS
    attributes = (
        f' ht="{pixels * 0.75:.16g}"' if is_own else "",
        ' hidden="1"' if is_hidden else "",
        ' customHeight="1"' if is_own else "",
        f' outlineLevel="{level}"' if level else "",
    )
    return _Size((pixels, is_hidden), "".join(attributes))
