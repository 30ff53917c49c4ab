"""From a city figure to the cell that it was typed into: by the links of the summary, and by ``trace``."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from tests.following import Cell, Target, Workbook, file_of
from tests.independent import ALL, Lists, names
from tests.stories import Outputs, Stories, aggregate

FIGURES = 200
KEY = "Mã dòng"
FILE = "Tệp nguồn"
Place = tuple[str, Cell]


@dataclass(eq=False)
class Walk:
    """One summary, and the ways through it that were found wrong."""

    outputs: Outputs
    lists: Lists
    wrong: list[str] = field(default_factory=list)
    sources: dict[Path, Workbook] = field(default_factory=dict)
    cells_seen: set[tuple[Path, str, str]] = field(default_factory=set)
    known_columns: dict[str, dict[str, int]] = field(default_factory=dict)

    @cached_property
    def summary(self) -> Workbook:
        """The workbook as it was published."""
        return Workbook(self.outputs.summary)

    @cached_property
    def seen(self) -> dict[tuple[str, str, str], set[str]]:
        """By file, sheet and cell, what the findings say was typed there."""
        found: dict[tuple[str, str, str], set[str]] = {}
        for row in self.outputs.rows("findings"):
            found.setdefault((row["file"], row["sheet"], row["cell"]), set()).add(row["seen"])
        return found

    @cached_property
    def city_sheets(self) -> list[str]:
        """The sheets with city figures."""
        return [name for name in self.summary.sheets if name in self.lists.forms]

    def figures(self) -> list[Place]:
        """Every city figure: a number under a period or a window."""
        found = []
        for sheet in self.city_sheets:
            columns = self.columns(sheet)
            for row, values in enumerate(self.summary.values(sheet), 1):
                if values and "|" in str(values[0]):
                    cells = ((row, col) for col in columns.values())
                    found += [
                        (sheet, c) for c in cells if isinstance(self.summary.value(sheet, c), int | float)
                    ]
        return found

    def columns(self, sheet: str) -> dict[str, int]:
        """The columns of periods and windows."""
        if sheet not in self.known_columns:
            self.known_columns[sheet] = self.read_columns(sheet)
        return self.known_columns[sheet]

    def read_columns(self, sheet: str) -> dict[str, int]:
        """The same, from the sheet."""
        wanted = {*self.lists.periods, *self.lists.windows}
        return {name: col for name, col in self.summary.header(sheet, KEY).items() if name in wanted}

    def follow(self, sheet: str, cell: Cell) -> None:
        """Follow a city figure down to source cells and add up again what is there."""
        value = self.summary.value(sheet, cell)
        target = self.summary.links(sheet).get(cell)
        if target is None or target.file:
            self.wrong.append(f"{sheet} {cell}: {target}")
        elif target.sheet in self.city_sheets:
            self.step(sheet, cell, target)
        else:
            numbers = [n for row in self.rows_of(target) for n in self.detail(target, row)]
            if abs(sum(numbers) - value) > 1e-6:
                self.wrong.append(f"{sheet} {cell}: {value} is not the sum of {target}")

    def step(self, sheet: str, cell: Cell, target: Target) -> None:
        """A figure made of other city figures, which the lists name."""
        key = str(self.summary.value(sheet, (cell[0], 1)))
        column = next(name for name, col in self.columns(sheet).items() if col == cell[1])
        parts, expected = self.made_of(sheet, key, column)
        if abs(expected - self.summary.value(sheet, cell)) > 1e-6:
            self.wrong.append(f"{sheet} {cell}: {expected} by its parts {parts}")
        if not set(parts) & {(target.sheet, one) for one in target.cells}:
            self.wrong.append(f"{sheet} {cell}: leads to {target}, is made of {parts}")
        for part in parts:
            if part != (sheet, cell) and isinstance(self.summary.value(*part), int | float):
                self.follow(*part)

    def made_of(self, sheet: str, key: str, column: str) -> tuple[list[Place], float]:
        """The cells of a ratio, a balance or a sum over levels, and what they come to."""
        indicator, _, level = key.partition("|")
        row = self.lists.indicators[indicator]
        if row["numerator"]:
            over, under = (
                [self.at(sheet, name, level, column) for name in names(row[part])]
                for part in ("numerator", "denominator")
            )
            return over + under, round(100 * self.sum(over) / self.sum(under), 6)
        if column in self.lists.windows and (row["opening"] or row["outflow"]):
            return self.balance(sheet, key, column)
        levels = [name for name in self.lists.levels if f"{indicator}|{name}" in self.keys(sheet)]
        if level == ALL:
            parts = [self.at(sheet, indicator, name, column) for name in levels]
        else:
            parts = [self.at(sheet, indicator, level, period) for period in self.inside(sheet, column)]
        return parts, self.sum(parts)

    def balance(self, sheet: str, key: str, column: str) -> tuple[list[Place], float]:
        """Opening and everything that came in, or the last stand and everything that went out before."""
        indicator, _, level = key.partition("|")
        row, periods = self.lists.indicators[indicator], self.inside(sheet, column)
        if row["opening"]:
            start = [self.at(sheet, name, level, periods[0]) for name in names(row["opening"])]
            moves = [[self.at(sheet, n, level, p) for n in names(row["inflow"])] for p in periods]
        else:
            start = [self.at(sheet, indicator, level, periods[-1])]
            moves = [[self.at(sheet, n, level, p) for n in names(row["outflow"])] for p in periods[:-1]]
        whole = [g for g in moves if all(isinstance(self.summary.value(*c), int | float) for c in g)]
        return start + [c for group in moves for c in group], self.sum(start) + sum(map(self.sum, whole))

    def inside(self, sheet: str, window: str) -> list[str]:
        """The periods of a window that the sheet has."""
        return self.lists.window(sheet, window)

    def keys(self, sheet: str) -> dict[str, int]:
        """The rows of a city sheet by key."""
        return {
            str(v[0]): row for row, v in enumerate(self.summary.values(sheet), 1) if v and "|" in str(v[0])
        }

    def at(self, sheet: str, indicator: str, level: str, column: str) -> Place:
        """Where a city figure stands."""
        return sheet, (self.keys(sheet)[f"{indicator}|{level}"], self.columns(sheet)[column])

    def sum(self, places: list[Place]) -> float:
        """The sum of the numbers that there are."""
        found = (self.summary.value(*place) for place in places)
        return sum(value for value in found if isinstance(value, int | float))

    def rows_of(self, target: Target) -> Iterator[int]:
        """The rows of a range."""
        _, top, _, bottom = target.box
        yield from range(top, bottom + 1)

    def detail(self, target: Target, row: int) -> Iterator[float]:
        """The numbers of one detail row inside a range, each checked in the return that it came from."""
        header = self.summary.header(target.sheet, KEY)
        left, _, right, _ = target.box
        for period, col in header.items():
            value = self.summary.value(target.sheet, (row, col))
            if left <= col <= right and isinstance(value, int | float):
                self.check_source(target.sheet, row, (period, header[FILE]), value)
                yield value

    def check_source(self, sheet: str, row: int, where: tuple[str, int], value: float) -> None:
        """Follow a detail row into its file and find the value there, under the row's key and the period."""
        period, link_column = where
        link = self.summary.links(sheet)[row, link_column]
        path = file_of(self.outputs.summary, link)
        source = self.sources.setdefault(path, Workbook(path))
        left, top, right, _ = link.box
        cols = [c for c in source.columns_of(link.sheet, period) if left <= c <= right]
        key = self.summary.value(sheet, (row, 1))
        if not cols or source.value(link.sheet, (top, 1)) != key:
            self.wrong.append(f"{sheet} {row}: {link} has no {key} in {period}")
            return
        cell = f"{get_column_letter(cols[0])}{top}"
        self.cells_seen.add((path, link.sheet, cell))
        typed = source.value(link.sheet, (top, cols[0]))
        told = self.seen.get((path.name, link.sheet, cell), set())
        if typed != value and str(typed) not in told and not (typed in (None, "") and value == value):
            self.wrong.append(f"{path.name} {link.sheet} {cell}: {typed!r}, counted as {value}")


@pytest.fixture(scope="module")
def walk(stories: Stories) -> Walk:
    return Walk(stories.ask("mistaken"), stories.lists)


def test_the_links_of_any_city_figure_lead_to_the_cells_that_add_up_to_it(walk: Walk) -> None:
    """Random city figures of every form, followed to the returns: value, row key and period are there."""
    figures = walk.figures()
    chosen = random.Random(25).sample(figures, FIGURES)
    for sheet, cell in chosen:
        walk.follow(sheet, cell)

    assert walk.wrong == []
    assert len({sheet for sheet, _ in chosen}) == len(walk.city_sheets)
    assert len(walk.cells_seen) > FIGURES


def test_every_city_figure_leads_somewhere_and_nothing_else_of_the_tables_does(walk: Walk) -> None:
    """A blank with a link would be read as the link's text by some programs."""
    for sheet in walk.city_sheets:
        linked = {cell for cell in walk.summary.links(sheet) if cell != (1, 1)}
        figures = {cell for name, cell in walk.figures() if name == sheet}

        assert linked == figures


def test_every_sheet_leads_back_to_the_contents_which_lead_to_every_sheet(walk: Walk) -> None:
    """From any sheet to any other with two clicks."""
    first, *others = walk.summary.sheets
    backs = {walk.summary.links(sheet)[1, 1] for sheet in others}
    (back,) = backs
    contents = [target.sheet for _, target in sorted(walk.summary.links(first).items())]

    assert back.sheet == first
    assert contents == walk.summary.sheets
    assert "CÁC TRANG" in walk.summary.value(first, back.cells[0])


def test_links_survive_moving_the_folder(walk: Walk, tmp_path: Path) -> None:
    """Inputs and outputs moved together: the same links lead to the moved returns."""
    inputs, outputs = walk.outputs.inputs, walk.outputs.folder
    assert inputs.parent == outputs.parent
    shutil.copytree(inputs, tmp_path / "đã chuyển" / inputs.name)
    shutil.copytree(outputs, tmp_path / "đã chuyển" / outputs.name)
    moved = Workbook(tmp_path / "đã chuyển" / outputs.name / walk.outputs.summary.name)
    files = {
        file_of(moved.path, target).resolve()
        for sheet in moved.sheets
        for target in moved.links(sheet).values()
        if target.file
    }

    assert files == set((tmp_path / "đã chuyển" / inputs.name).glob("*.xlsx"))


def test_trace_says_the_same_as_the_summary(stories: Stories, walk: Walk) -> None:
    """A figure in doubt: its value, n/N, and the units whose values add up to it, with their cells."""
    totals = walk.outputs.rows("totals")
    total = next(
        row
        for row in totals
        if row["is_provisional"] == "True" and row["level"] == "H" and row["period_id"].startswith("Y")
    )
    told = traced(walk.outputs, total["indicator_id"], "--level", "h", "--period", total["period_id"])
    counted = [unit for unit in told["units"] if unit["counts"]]

    assert told["obs_value"] == told["added_again"] == float(total["obs_value"])
    assert sum(unit["value"] for unit in counted) == told["obs_value"]
    assert (told["units_counted"], told["units_expected"]) == (
        int(total["units_counted"]),
        int(total["units_expected"]),
    )
    assert any(unit["has_error"] and unit["findings"] for unit in counted)
    for unit in counted:
        source = Workbook(walk.outputs.inputs / unit["file"])
        row = int("".join(c for c in unit["cell"] if c.isdigit()))
        assert source.value(unit["sheet"], (row, 1)) == unit["key"]


def test_trace_of_a_window_over_all_levels_names_every_cell(walk: Walk) -> None:
    """Every cell that counts in the total of ten years stands there once, narrowed to a unit where asked."""
    told = traced(walk.outputs, "B01_010")
    one = traced(walk.outputs, "B01_010|ALL", "--period", "NQ25", "--unit", "qh304")
    places = [(unit["unit_id"], unit["key"], unit["period_id"]) for unit in told["units"]]

    assert told["level"] == ALL
    assert told["added_again"] == told["obs_value"] == one["obs_value"]
    assert sum(unit["value"] or 0 for unit in told["units"]) == told["obs_value"]
    assert len(set(places)) == len(places)
    assert {unit["unit_id"] for unit in one["units"]} == {"QH304"}
    assert one["units"] == [unit for unit in told["units"] if unit["unit_id"] == "QH304"]


def test_trace_offers_what_comes_near(walk: Walk) -> None:
    """A slip in an id, or the words of a name, lead to the indicator that is meant."""
    slip = aggregate("trace", "B01_01O", "--inputs", walk.outputs.inputs)
    named = aggregate("trace", "người dự hội nghị quán triệt", "--inputs", walk.outputs.inputs)
    period = aggregate("trace", "B01_010", "--period", "2031", "--inputs", walk.outputs.inputs)

    assert (slip.status, named.status, period.status) == (2, 2, 2)
    assert "B01_010" in slip.err
    assert "B01_" in named.err
    assert "Y20" in period.err


def traced(outputs: Outputs, *asked: str) -> dict[str, Any]:
    ended = aggregate(
        *("trace", *asked, "--inputs", outputs.inputs, "--outputs", outputs.folder, "--json", "--quiet")
    )
    assert ended.status == 0
    told: dict[str, Any] = json.loads(ended.out)
    return told
