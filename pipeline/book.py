"""A workbook as plain data: what stands where and in which style. Knows no library and no theme.

The author of a sheet says *what* a cell is (its style name); the theme says how that looks; the writer
turns both into a file. Rows and columns count from 0 here, as in the writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Column:
    """Width in characters of a run of columns; ``outline`` > 0 groups it, ``hidden`` folds it away."""

    first: int
    last: int
    width: float
    outline: int = 0
    hidden: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Print:
    """How the sheet prints. ``repeat_rows`` is the header (first, last); ``area`` a cell rectangle."""

    landscape: bool = True
    repeat_rows: tuple[int, int] | None = None
    repeat_cols: tuple[int, int] | None = None
    area: tuple[int, int, int, int] | None = None
    fit_width: bool = True
    footer_left: str = ""
    page_breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``cells`` may be any iterable, and is read once, in row order."""

    name: str
    cells: Iterable[Cell]
    merges: Sequence[Merge] = ()
    columns: Sequence[Column] = ()
    row_heights: dict[int, float] = field(default_factory=dict)
    entries: Sequence[Entry] = ()
    highlights: Sequence[Highlight] = ()
    notes: Sequence[Note] = ()
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
