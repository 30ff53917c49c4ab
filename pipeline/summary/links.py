"""Where a figure leads: to the detail rows that it adds, or to the city figures that it is made from.

A link can name one range only. So a figure leads to detail rows where what it adds is exactly one rectangle
of them, whatever steps lie between (levels, periods of a window, the authority whose figure it copies); else
one step down, to the city figures of its formula, or the first of them where they do not stand together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.book import MOST_JUMPS, Jump
from pipeline.catalogue.city import CityRow
from pipeline.catalogue.makeup import Place, Way, makeup
from pipeline.frames import Cube
from pipeline.model import Indicator, TimeAggregation
from pipeline.summary.brief import Brief, window_periods
from pipeline.summary.grid import at
from pipeline.uri import file_uri

_ADDRESS: Final = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?")


class Goal(NamedTuple):
    """A rectangle of a sheet, and the word that says what is there."""

    sheet: str
    first_row: int
    first_col: int
    last_row: int
    last_col: int
    word: str = ""

    @property
    def cell(self) -> str:
        """The range, as a link names it."""
        first, last = at(self.first_row, self.first_col), at(self.last_row, self.last_col)
        return first if first == last else f"{first}:{last}"

    @property
    def size(self) -> int:
        """How many cells it has."""
        return (self.last_row - self.first_row + 1) * (self.last_col - self.first_col + 1)


def goal_of(brief: Brief, row: CityRow, column: str) -> Goal | None:
    """Where a city figure leads; None where there is no figure."""
    detail = _detail(brief, row.key, column) if brief.detail else None
    if detail is not None:
        return detail
    made = makeup(brief.campaign, row, column)
    if made.way is Way.NOTHING:
        return None
    first = made.groups[0] if made.groups else ()
    places = made.parts if made.way is Way.SUM else first
    goals = [goal for place in places if (goal := _city(brief, place))]
    if not goals:
        return None
    return (_joined(goals) or goals[0])._replace(word=str(made.way))


def jump_to(brief: Brief, at_cell: tuple[int, int], goal: Goal) -> Jump:
    """A link of a cell of a city or a working sheet."""
    row, col = at_cell
    return Jump(row, col, goal.sheet, goal.cell, "", _tip(brief, goal.word))


@lru_cache(maxsize=64)
def _tip(brief: Brief, word: str) -> str:
    return brief.word(f"jump.{word}") if word else ""


def city_goal(brief: Brief, key: str, column: str) -> Goal | None:
    """The city figure itself, as where another sheet leads to."""
    goal = _city(brief, (key, column))
    return goal._replace(word="city") if goal else None


def detail_goal(brief: Brief, key: str, unit_ids: Iterable[str], columns: Iterable[str]) -> Goal | None:
    """The detail rows of some units for a row key, from the first column to the last.

    None where there are none, or others stand between them.
    """
    place = brief.detail.get(brief.campaign.indicators[key.rpartition("|")[0]].form_id)
    rows = _span(brief, key, tuple(unit_ids))
    cols = sorted(place.columns[name] for name in columns if name in place.columns) if place else []
    if place is None or rows is None or not cols:
        return None
    return Goal(place.sheet, rows[0], cols[0], rows[1], cols[-1], "units" if rows[1] > rows[0] else "unit")


def leading(brief: Brief, key: str, column: str) -> Goal | None:
    """Where the city figure of a row key leads, for other sheets that show it."""
    row = _city_rows(brief).get(key)
    return goal_of(brief, row, column) if row is not None else None


def detail_range(brief: Brief, keys: Iterable[str], without: str, column: str) -> Goal | None:
    """The detail rows of neighbouring row keys for all units but one, in the periods that a column totals.

    None where other rows stand between them.
    """
    goals = []
    for key in keys:
        indicator = brief.campaign.indicators[key.rpartition("|")[0]]
        place = brief.detail.get(indicator.form_id)
        units = [u for u in (place.units_of.get(key, ()) if place else ()) if u != without]
        if units:
            columns = _periods(brief, indicator, column)
            goals.append(detail_goal(brief, key, units, columns))
    known = [goal for goal in goals if goal is not None]
    joined = _joined(known) if known and len(known) == len(goals) else None
    return joined._replace(word="units") if joined else None


def _periods(brief: Brief, indicator: Indicator, column: str) -> tuple[str, ...]:
    """The periods that are read for a column: all of a window where they are added, else one."""
    if column not in brief.campaign.windows:
        return (column,)
    periods = window_periods(brief.campaign, indicator.form_id, column)
    if indicator.time_aggregation is TimeAggregation.FIRST:
        return periods[:1]
    return periods if indicator.time_aggregation is TimeAggregation.SUM else periods[-1:]


def source_jumps(brief: Brief, cube: Cube, col: int) -> Iterator[Jump]:
    """From each detail row to the cells of the return that it was read from, as many as a sheet can have."""
    place = brief.detail[cube.form_id]
    widths = [[int(n) for n in numbers if n] for numbers in cube.column_numbers.tolist()]
    tip = brief.word("jump.file")
    left = MOST_JUMPS - 1
    for row, (k, u) in enumerate(place.rows, place.first_row):
        number, columns = int(cube.row_numbers[u, k]), widths[u]
        uri = source_uri(brief, cube.files[u])
        if uri and number and columns and left:
            goal = Goal(cube.sheets[u], number - 1, min(columns) - 1, number - 1, max(columns) - 1)
            yield Jump(row, col, goal.sheet, goal.cell, uri, tip)
            left -= 1


@lru_cache(maxsize=16_384)
def source_uri(brief: Brief, file: str) -> str:
    """A file of the inputs as seen from the summary; empty where it cannot be told."""
    folder = brief.results.inputs_at
    return file_uri(folder, file) if file and folder is not None else ""


def file_jump(brief: Brief, at_cell: tuple[int, int], file: str, place: tuple[str, str]) -> Iterator[Jump]:
    """From a cell to a return, at a sheet and address where both are known; or nothing."""
    uri = source_uri(brief, file)
    sheet, cell = place if all(place) and _ADDRESS.fullmatch(place[1]) else ("", "")
    if uri:
        yield Jump(*at_cell, sheet, cell, uri, brief.word("jump.cell" if cell else "jump.open"))


@lru_cache(maxsize=100_000)
def _city(brief: Brief, place: Place) -> Goal | None:
    key, column = place
    indicator = brief.campaign.indicators.get(key.rpartition("|")[0])
    city = brief.city.get(indicator.form_id) if indicator else None
    if city is None or key not in city.rows or column not in city.columns:
        return None
    row, col = city.rows[key], city.columns[column]
    return Goal(city.sheet, row, col, row, col)


@lru_cache(maxsize=100_000)
def _detail(brief: Brief, key: str, column: str) -> Goal | None:
    """The rectangle of detail figures whose plain sum the figure is; None where it is not one rectangle."""
    row = _city_rows(brief)[key]
    made = makeup(brief.campaign, row, column)
    if made.way is Way.UNITS:
        return detail_goal(brief, row.key, row.unit_ids, [column])
    if made.way not in (Way.SUM, Way.COPY):
        return None
    goals = [_detail(brief, part, name) for part, name in made.parts if _city(brief, (part, name))]
    known = [goal for goal in goals if goal is not None]
    return _joined(known) if known and len(known) == len(goals) else None


def _joined(goals: list[Goal]) -> Goal | None:
    """The rectangle that the others fill without a gap; None where there is none."""
    if len(goals) == 1:
        return goals[0]
    sheets, tops, lefts, bottoms, rights, _ = zip(*goals, strict=True)
    around = Goal(sheets[0], min(tops), min(lefts), max(bottoms), max(rights), "units")
    same = sheets.count(around.sheet) == len(sheets)
    return around if same and around.size == sum([goal.size for goal in goals]) else None


@lru_cache(maxsize=8192)
def _span(brief: Brief, key: str, unit_ids: tuple[str, ...]) -> tuple[int, int] | None:
    """The first and the last detail row of some units; None where there are none, or others between them."""
    form_id = brief.campaign.indicators[key.rpartition("|")[0]].form_id
    rows = _rows_of(brief, form_id).get(key, {})
    wanted = sorted(rows[unit_id] for unit_id in unit_ids if unit_id in rows)
    if not wanted or wanted[-1] - wanted[0] != len(wanted) - 1:
        return None
    return wanted[0], wanted[-1]


@lru_cache(maxsize=4)
def _city_rows(brief: Brief) -> dict[str, CityRow]:
    return {row.key: row for table in brief.results.city.values() for row in table.rows}


@lru_cache(maxsize=64)
def _rows_of(brief: Brief, form_id: str) -> dict[str, dict[str, int]]:
    """By row key and unit, the row of the detail sheet."""
    place, cube = brief.detail.get(form_id), brief.results.cubes.get(form_id)
    found: dict[str, dict[str, int]] = {}
    if place is not None and cube is not None:
        for row, (k, u) in enumerate(place.rows, place.first_row):
            found.setdefault(cube.keys[k], {})[cube.unit_ids[u]] = row
    return found
