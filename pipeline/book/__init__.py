"""A workbook as plain data: what stands where and in which style. Knows no library and no theme.

The author of a sheet says *what* a cell is (its style name); the theme says how that looks; the writer
turns both into a file. Rows and columns count from 0 here, as in the writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.book.cells import Cell, Formula, Line, Link, Scalar, Stencil, Table

__all__ = [
    "MOST_JUMPS",
    "Area",
    "Book",
    "Box",
    "Cell",
    "Chart",
    "Column",
    "Entry",
    "Formula",
    "Highlight",
    "Jump",
    "Line",
    "Link",
    "Merge",
    "Name",
    "Note",
    "Print",
    "Scalar",
    "Series",
    "Sheet",
    "Sparkline",
    "Stencil",
    "Table",
]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range outside any table, holding one text."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int
    value: str | Formula
    style: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be typed into a range: a number of at least ``least``, whole unless ``is_decimal``."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int
    is_decimal: bool
    title: str
    refusal: str
    least: int = 0


@dataclass(frozen=True, slots=True)
class Highlight:
    """A style that a range takes while a formula (relative to its first cell) is true."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int
    formula: str
    style: str


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that opens beside a cell; ``width`` and ``height`` of its box in pixels."""

    row: int
    col: int
    text: str
    width: int = 260
    height: int = 90


class Jump(NamedTuple):
    """Where a cell leads when it is clicked, whatever stands in it: a range (``F12:F40``) of a sheet.

    The sheet is of this workbook, or of the workbook ``file``, a URI reference as seen from this one's
    folder; without a sheet the file is opened where it was closed. ``tip`` is what opens beside the pointer.
    """

    row: int
    col: int
    sheet: str
    cell: str
    file: str = ""
    tip: str = ""


MOST_JUMPS: Final = 65_530
"""So many cells of a sheet can lead somewhere; Excel takes no more."""


class Name(NamedTuple):
    """A name that formulas and the name box know a range by. Ranges are fixed: ``$A$7:$A$40``."""

    name: str
    sheet: str
    range: str


class Area(NamedTuple):
    """A rectangle of cells of a sheet: what a chart draws."""

    sheet: str
    first_row: int
    first_col: int
    last_row: int
    last_col: int


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: the cell with its name, the cells of its labels and of its values.

    ``shown`` are the values (None where there is no number, where ``signs`` says what stands instead);
    ``partial`` are the points that are hatched, because they are less than the whole that the others are.
    """

    name: Area
    labels: Area
    values: Area
    shown: tuple[float | None, ...]
    partial: tuple[int, ...] = ()
    signs: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """Where a drawing stands, in pixels of the sheet: from a cell's corner on, so wide and so high."""

    row: int
    col: int
    right: int
    down: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns side by side, or bars one below the other, over cells of the workbook.

    ``of_labels`` and ``of_values`` name the axes; ``description`` says in words what the chart shows;
    ``end`` is where the axis of values ends (0: chosen by whoever draws); ``tick_format`` the format of the
    values beside it, where it is not that of the figures.
    """

    title: str
    description: str
    series: tuple[Series, ...]
    place: Box
    of_labels: str
    of_values: str
    number_format: str
    lying: bool = False
    end: float = 0.0
    tick_format: str = ""
    legend: bool = False


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small column chart inside a cell, over neighbouring cells of its row.

    ``pale_first`` and ``pale_last``: the first and last period are shorter than the others.
    """

    row: int
    col: int
    first_col: int
    last_col: int
    pale_first: bool = False
    pale_last: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Width in characters of a run of columns; ``outline`` > 0 groups it, ``hidden`` folds it away.

    ``unfolds``: the sign that opens the hidden group after it stands over this column.
    """

    first: int
    last: int
    width: float
    outline: int = 0
    hidden: bool = False
    style: str = ""
    unfolds: bool = False


@dataclass(frozen=True, slots=True)
class Print:
    """How the sheet prints. ``repeat_rows`` is the header (first, last); ``area`` a cell rectangle.

    ``scale`` is in per cent, 0 for none. Office programs heed ``page_breaks`` only where the page is scaled
    so, not where it is fitted to the paper's width.
    """

    landscape: bool = True
    repeat_rows: tuple[int, int] | None = None
    repeat_cols: tuple[int, int] | None = None
    area: tuple[int, int, int, int] | None = None
    fit_width: bool = True
    footer_left: str = ""
    page_breaks: tuple[int, ...] = ()
    scale: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``cells`` and ``jumps`` may be any iterable, and are read once.

    ``row_levels`` groups rows under the last row before them that has a lower level (0 where none is named).
    """

    name: str
    cells: Iterable[Cell | Line | Table]
    merges: Sequence[Merge] = ()
    columns: Sequence[Column] = ()
    row_heights: dict[int, float] = field(default_factory=dict)
    entries: Sequence[Entry] = ()
    highlights: Sequence[Highlight] = ()
    notes: Sequence[Note] = ()
    charts: Sequence[Chart] = ()
    sparklines: Sequence[Sparkline] = ()
    jumps: Iterable[Jump] = ()
    row_levels: Mapping[int, int] = field(default_factory=dict)
    freeze: tuple[int, int] | None = None
    filter: tuple[int, int, int, int] | None = None
    print: Print = Print()
    protected: bool = False
    hidden: bool = False
    tab: str = ""
    zoom: int = 100


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its sheets in order, and the document's own title, subject and language."""

    title: str
    subject: str
    sheets: Sequence[Sheet]
    language: str = "vi"
    names: Sequence[Name] = ()
