"""Cells of a form that were merged with others: one figure for several rows or periods."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from pipeline.address import a1
from pipeline.intake.facts import Area, Place
from pipeline.intake.values import Grid


def merged_cells(grid: Grid, rows: Iterable[int], columns: Iterable[int]) -> Mapping[Place, str]:
    """The cells in these rows and columns that share a merged area which holds something, with its name.

    An area in which only one of these cells lies leaves no doubt whose figure it is.
    """
    wanted_rows, wanted_columns = sorted(set(rows)), sorted(set(columns))
    shared: dict[tuple[tuple[int, ...], tuple[int, ...]], Area] = {}
    for area in sorted(set(grid.facts.merges)):
        (top, left), (bottom, right) = area
        within = _within(wanted_rows, top, bottom), _within(wanted_columns, left, right)
        shared.setdefault(within, area)  # a damaged file may have thousands of areas over the same cells
    found: dict[Place, str] = {}
    for within, area in shared.items():
        inside = list(product(*within))
        if len(inside) > 1 and any(grid.value(*place) is not None for place in inside):
            found |= {(row, column): _name(area) for row, column in inside}
    return found


def _within(numbers: Sequence[int], first: int, last: int) -> tuple[int, ...]:
    return tuple(numbers[bisect_left(numbers, first) : bisect_right(numbers, last)])


def _name(area: Area) -> str:
    return f"{a1(*area[0])}:{a1(*area[1])}"
