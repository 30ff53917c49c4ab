"""What stands in the cells of a sheet: single cells, lines of them, and tables that books have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

Scalar = str | float | int | None


class Formula(NamedTuple):
    """A formula (with its leading ``=``) and the value that a recalculation would give."""

    text: str
    value: str | float | int


class Link(NamedTuple):
    """A text that leads to a cell (such as ``F12``) of a sheet of the same workbook."""

    sheet: str
    cell: str
    text: str


class Cell(NamedTuple):
    """One cell. A ``str`` value is always text, never a formula or a link."""

    row: int
    col: int
    value: Scalar | Formula | Link
    style: str


class Line(NamedTuple):
    """A whole row of neighbouring cells from column ``col`` on: their values, and the style of each.

    What stands in a large table comes in lines, which costs far less than cell by cell. A row that is given
    as a line has no other cells, and no links; more lines may follow to the right.
    """

    row: int
    col: int
    values: Sequence[Scalar | Formula]
    styles: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Stencil:
    """What a table has in common with those of many other books: to be shared, not made again for each.

    Its ``rows`` follow each other down the sheet in any distance, all of them ``width`` cells from column
    ``col`` on. ``styles`` and ``formulas`` go through the cells row by row; "" is no formula.
    """

    rows: tuple[int, ...]
    col: int
    width: int
    styles: tuple[str, ...]
    formulas: tuple[str, ...]


class Table(NamedTuple):
    """A stencil filled in: the same as a line per row, for a fraction of what lines cost.

    ``values`` go through all cells row by row; one that is not None stands instead of a formula. ``results``
    are the values of all formulas of the stencil in their order. ``styles`` are by place those of cells that
    look otherwise than in the stencil.
    """

    stencil: Stencil
    values: Sequence[Scalar]
    results: Sequence[Scalar]
    styles: Mapping[int, str] = MappingProxyType({})

    def lines(self) -> Iterator[Line]:
        """What the table means, line by line."""
        stencil, results = self.stencil, iter(self.results)
        cells: list[Scalar | Formula] = []
        for value, formula in zip(self.values, stencil.formulas, strict=True):
            shown = next(results) if formula else None
            is_formula = formula and value is None
            cells.append(Formula(formula, "" if shown is None else shown) if is_formula else value)
        styles = [self.styles.get(place, style) for place, style in enumerate(stencil.styles)]
        for at, row in enumerate(stencil.rows):
            here = slice(at * stencil.width, (at + 1) * stencil.width)
            yield Line(row, stencil.col, cells[here], styles[here])
