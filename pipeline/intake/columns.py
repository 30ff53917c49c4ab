"""In which columns the periods stand: by their machine ids, and by the column titles where ids are gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.intake.labels import plain_label
from pipeline.intake.values import Grid
from pipeline.intake.wording import FormWords
from pipeline.model import CellValue

NAMED_IDS: Final = ("TONG", "NOTE", "CHECK", "KEY", "STT", "NAME", "MEASURE", "LEVEL")
"""The machine ids of the columns before and after the periods."""

_MOST_ROWS: Final = 500
"""Titles stand above the table; nobody looks for them further down."""

Titles = Mapping[int, str]
"""By column, the period that its title names."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows and columns count from 1.

    ``heading`` is the row of the period ids, 0 where there is none; ``title_rows`` those of the titles.
    ``by_title``: columns that only their title told. ``contradicting``: columns whose title names another
    period than their id, or no period but the totals or remarks, with id and title; they are not in
    ``places``. ``named``: columns of totals and the like.
    """

    heading: int
    title_rows: tuple[int, ...]
    places: Mapping[str, Sequence[int]]
    by_title: Mapping[int, str]
    contradicting: Mapping[int, tuple[str, str]]
    named: frozenset[int]

    @property
    def head(self) -> frozenset[int]:
        """The rows that are no rows of figures."""
        return frozenset({self.heading, *self.title_rows} - {0})


def find_columns(grid: Grid, words: FormWords, wanted: Sequence[str], body: Collection[int]) -> Columns:
    """Find the columns of the ``wanted`` periods. ``body`` are the rows that hold figures of the form."""
    ids = _ids(grid, frozenset(wanted))
    heading = max(ids, key=lambda row: (len(set(ids[row].values())), row), default=0)
    told = _told(ids, heading)
    rows, titles = _titles(grid, words, body, {heading})
    titled = _titled(grid, words, rows)
    contradicting = _contradicting(grid, told, titles, (rows, titled))
    places = {
        period_id: kept
        for period_id, columns in told.items()
        if (kept := tuple(column for column in columns if column not in contradicting))
    }
    taken = {column for columns in told.values() for column in columns}
    lost = [period_id for period_id in wanted if period_id not in told]
    by_title = _by_title(grid, words, (rows, titles), lost, taken)
    if not _in_order({**{p: c[0] for p, c in places.items() if len(c) == 1}, **by_title}, wanted):
        by_title = {}
    places |= {period_id: (column,) for period_id, column in by_title.items()}
    return Columns(
        heading,
        rows,
        places,
        {column: period_id for period_id, column in by_title.items()},
        contradicting,
        frozenset(titled) - taken | _named(grid, heading),
    )


def _contradicting(
    grid: Grid,
    told: Mapping[str, Sequence[int]],
    titles: Titles,
    others: tuple[Sequence[int], Mapping[int, str]],
) -> dict[int, tuple[str, str]]:
    """The columns whose title is another period's, or that of no period, with their id and title."""
    rows, titled = others
    return {
        column: (period_id, titled.get(column) or " ".join(_shown(grid.value(row, column)) for row in rows))
        for period_id, columns in told.items()
        for column in columns
        if column in titled or titles.get(column, period_id) != period_id
    }


def _ids(grid: Grid, wanted: frozenset[str]) -> dict[int, dict[int, str]]:
    """By row and column the machine ids; rows that hold several, if any row does."""
    found: dict[int, dict[int, str]] = {}
    for row in grid.row_numbers:
        texts = grid.texts.get(row, ())
        held = {column: name for column, value in texts if (name := value.strip()) in wanted}
        if held:
            found[row] = held
    several = {row: held for row, held in found.items() if len(set(held.values())) > 1}
    return several or found


def _told(ids: Mapping[int, Mapping[int, str]], heading: int) -> dict[str, tuple[int, ...]]:
    """By period the columns that any row of ids names for it: two such rows must agree."""
    told: dict[str, set[int]] = {}
    rows = ids.values() if heading and len(set(ids[heading].values())) > 1 else [ids.get(heading, {})]
    for held in rows:
        for column, name in held.items():
            told.setdefault(name, set()).add(column)
    return {name: tuple(sorted(columns)) for name, columns in told.items()}


def _titles(
    grid: Grid, words: FormWords, body: Collection[int], others: Collection[int]
) -> tuple[tuple[int, ...], Titles]:
    """The row, or two rows one below the other, whose cells name most of the periods, and what they name."""
    best: tuple[tuple[int, ...], Titles] = ((), {})
    most = 1
    last = max(body, default=grid.facts.bottom)
    free = [
        row for row in grid.row_numbers[:_MOST_ROWS] if row < last and row not in body and row not in others
    ]
    held = {row: grid.held(row) for row in free}
    for rows in (*((row,) for row in free), *pairwise(free)):
        if sum(len(held[row]) for row in rows) <= most:  # too few to name more periods
            continue
        named = _named_periods([held[row] for row in rows], words.period_of)
        if len(set(named.values())) > most:
            best, most = (tuple(rows), named), len(set(named.values()))
    return best


def _named_periods(
    rows: Sequence[Mapping[int, CellValue]], period_of: Callable[[CellValue], str]
) -> dict[int, str]:
    """By column the period that is named by what these rows hold in it, one below the other."""
    found = {}
    for column in set[int]().union(*rows):
        values = [row[column] for row in rows if column in row]
        title = values[0] if len(values) == 1 else " ".join(map(_shown, values))
        name = period_of(title)
        if name:
            found[column] = name
    return found


def _shown(value: CellValue) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _by_title(
    grid: Grid,
    words: FormWords,
    titled: tuple[tuple[int, ...], Titles],
    lost: Collection[str],
    taken: Collection[int],
) -> dict[str, int]:
    """The lost periods that exactly one column without an id is titled with."""
    rows, titles = titled
    if not lost:
        return {}
    years = {
        column: name
        for column, name in _named_periods([grid.held(row) for row in rows], words.year_of).items()
        if name not in titles.values()
    }
    columns: dict[str, list[int]] = {}
    for column, name in {**years, **titles}.items():
        if name in lost and column not in taken:
            columns.setdefault(name, []).append(column)
    return {name: found[0] for name, found in columns.items() if len(found) == 1}


def _in_order(places: Mapping[str, int], wanted: Sequence[str]) -> bool:
    columns = [places[period_id] for period_id in wanted if period_id in places]
    return columns == sorted(columns)


def _titled(grid: Grid, words: FormWords, rows: Iterable[int]) -> dict[int, str]:
    """The columns whose titles are those of totals, remarks or checks, with their titles."""
    return {
        column: text
        for row in rows
        for column in grid.filled(row)
        if plain_label(text := grid.text(row, column)) in words.titles
    }


def _named(grid: Grid, heading: int) -> frozenset[int]:
    """The columns whose machine id says that they hold something else than a period."""
    return frozenset(column for column in grid.filled(heading) if grid.text(heading, column) in NAMED_IDS)
