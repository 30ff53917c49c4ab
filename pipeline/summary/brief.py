"""What every sheet is written from: the campaign, the results, the language, and where figures stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.city import Basis, CityRow
from pipeline.catalogue.settings import LANGUAGES
from pipeline.frames import NOT_ASKED, CityTable, Results
from pipeline.model import ALL_LEVELS, Indicator, Period, Window
from pipeline.summary.grid import at, on_sheet, part_of_column

MOST_UNITS: Final = 1_000
"""So many units, each a column, can still be looked at; a sheet has room for 16 times as many."""


@dataclass(frozen=True, slots=True, eq=False)
class CityPlace:
    """Where the figures of one form's city sheet stand. ``columns`` are periods and windows."""

    sheet: str
    rows: Mapping[str, int]
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class DetailPlace:
    """Where the figures of one form's detail sheet stand, and which (key index, unit index) each row is."""

    sheet: str
    first_row: int
    last_row: int
    columns: Mapping[str, int]
    rows: tuple[tuple[int, int], ...]
    units_of: Mapping[str, tuple[str, ...]]

    def column(self, col: int) -> str:
        """All rows of a column, as a fixed reference from another sheet."""
        return on_sheet(self.sheet, part_of_column(col, self.first_row, self.last_row))


@dataclass(frozen=True, slots=True, eq=False)
class Brief:
    """What every sheet is written from. ``contents_at``: the cell of the first sheet where contents begin."""

    campaign: Campaign
    results: Results
    lang: str
    city: Mapping[str, CityPlace]
    detail: Mapping[str, DetailPlace]
    contents_at: str = "A1"

    def is_plain(self, row: CityRow, column: str) -> bool:
        """Whether a city figure stands as a number of its own: no detail sheet has what it is made of."""
        form_id = self.campaign.indicators[row.indicator_id].form_id
        in_period = column in self.campaign.periods
        return row.basis is Basis.UNITS and in_period and form_id not in self.detail

    @property
    def shows_units(self) -> bool:
        """Whether sheets may have a column for every unit: not where no detail is wanted or fits."""
        return self.results.has_detail and len(self.campaign.units) <= MOST_UNITS

    def word(self, name: str, **gaps: object) -> str:
        """A text of the summary with its gaps filled."""
        return self.campaign.words[self.lang][f"summary.{name}"].format(**gaps)

    def counted(self, number: int) -> str:
        """A count as the reader writes it."""
        text = f"{number:,}"
        return text if self.campaign.words[self.lang]["rule.decimal_point"] == "." else text.replace(",", ".")

    def marked(self, number_format: str) -> str:
        """The number format of a provisional figure: the mark stands first, lest it be read as a digit."""
        mark = self.symbol("provisional").replace('"', "")
        return f'"{mark} "{number_format}'

    def symbol(self, name: str) -> str:
        """What stands in a cell that holds no number."""
        return self.campaign.settings.symbols[name]

    def twin(self, own: str, english: str) -> str:
        """The name in the language of the reader, where the campaign gives it."""
        return own if self.lang == LANGUAGES[0] or not english else english

    def level_name(self, level: str) -> str:
        """A level in words; also the total over the levels. Empty for none."""
        if level == ALL_LEVELS:
            return self.word("all_levels")
        known = self.campaign.levels.get(level)
        return self.twin(known.name, known.name_en) if known else level

    def measure_name(self, indicator: Indicator) -> str:
        """What an indicator is counted in."""
        measure = self.campaign.measures[indicator.unit_measure]
        return self.twin(measure.unit_measure, measure.name_en)

    def form_title(self, form_id: str) -> str:
        """The title of a form."""
        form = self.campaign.forms[form_id]
        return self.twin(form.title, form.title_en)

    def unit_name(self, unit_id: str) -> str:
        """The name of a unit; what is not a unit stays as it is."""
        unit = self.campaign.units.get(unit_id)
        return unit.name if unit else unit_id

    def kind_name(self, kind: str) -> str:
        """The name of a kind of units."""
        known = self.campaign.unit_kinds[kind]
        return self.twin(known.name, known.name_en)

    def time_name(self, column: str) -> str:
        """The label of a period or a window; what is neither stays as it is."""
        period = self.campaign.periods.get(column)
        if period is not None:
            return period.label
        window = self.campaign.windows.get(column)
        return self.twin(window.label, window.label_en) if window else column

    def short_time(self, column: str) -> str:
        """A period by its label, a window by its id, which is shorter and what people filter by."""
        return column if column in self.campaign.windows else self.time_name(column)

    def city_cell(self, key: str, column: str, from_form: str = "") -> str:
        """The address of a city figure, with its sheet unless it stands on that of ``from_form``.

        Empty where the city sheet has no such row or column.
        """
        indicator = self.campaign.indicators.get(key.rpartition("|")[0])
        place = self.city.get(indicator.form_id) if indicator else None
        if indicator is None or place is None or key not in place.rows or column not in place.columns:
            return ""
        address = at(place.rows[key], place.columns[column])
        return address if indicator.form_id == from_form else on_sheet(place.sheet, address)

    def city_value(self, key: str, column: str) -> float:
        """A city figure; NaN where there is none."""
        table, row, col = self._city_at(key, column)
        return float(table.values[row, col]) if table is not None else float("nan")

    def city_coverage(self, key: str, column: str) -> str:
        """How many units a city figure rests on, as ``n/N``."""
        table, row, col = self._city_at(key, column)
        return coverage_of(table, row, col) if table is not None else ""

    def city_look(self, key: str, column: str) -> str:
        """How a city figure looks; see ``look_of``."""
        table, row, col = self._city_at(key, column)
        return "" if table is None else look_of(table, row, col)

    def _city_at(self, key: str, column: str) -> tuple[CityTable | None, int, int]:
        form_id = self.campaign.indicators[key.rpartition("|")[0]].form_id
        place, table = self.city[form_id], self.results.city[form_id]
        if key not in place.rows or column not in place.columns:
            return None, 0, 0
        return table, place.rows[key] - min(place.rows.values()), table.columns.index(column)

    @property
    def state_word(self) -> str:
        """Draft or official."""
        return self.word("official" if self.results.is_official else "draft")


def coverage_of(table: CityTable, row: int, col: int) -> str:
    """How many units a city figure rests on, as ``n/N``; empty where nobody is asked."""
    counted, expected = int(table.counted[row, col]), int(table.expected[row, col])
    return f"{counted}/{expected}" if expected else ""


def look_of(table: CityTable, row: int, col: int) -> str:
    """The ending of a figure's style: rests on an open error, on too few units, or on all there is to ask."""
    if table.provisional[row, col]:
        return "_open"
    return "_short" if table.counted[row, col] < table.expected[row, col] else ""


def periods_of(campaign: Campaign, form_id: str) -> tuple[Period, ...]:
    """The periods of a form, in order."""
    return tuple(campaign.periods[name] for name in campaign.forms[form_id].period_ids)


def main_window(campaign: Campaign, form_id: str) -> Window | None:
    """The campaign's main window, or else the form's first one."""
    windows = {window.window_id: window for window in campaign.windows_of(form_id)}
    first = next(iter(windows.values()), None)
    return windows.get(campaign.settings.main_window, first)


def window_periods(campaign: Campaign, form_id: str, window_id: str) -> tuple[str, ...]:
    """The periods of a form that a window totals, in the order of the form."""
    inside = set(campaign.windows[window_id].period_ids)
    return tuple(name for name in campaign.forms[form_id].period_ids if name in inside)


def absent_in(campaign: Campaign, indicator: Indicator, columns: Iterable[str]) -> list[str]:
    """The periods in which an indicator, or anything that it is computed from, cannot exist yet."""
    parts = campaign.parts[indicator.indicator_id]
    names = {ref.indicator_id for side in (parts.numerator, parts.denominator) if side for ref in side.refs}
    late = [name for name in {indicator.indicator_id, *names} if campaign.indicators[name].since is not None]
    periods = [column for column in columns if late and column in campaign.periods]
    return [period for period in periods if not all(campaign.exists_in(name, period) for name in late)]


def key_order(campaign: Campaign) -> dict[str, int]:
    """The place of every possible row key: by indicator, then by level."""
    keys = (f"{indicator}|{level}" for indicator in campaign.indicators for level in campaign.levels)
    return {key: place for place, key in enumerate(keys)}


def place_city(campaign: Campaign, results: Results, first_row: int, left: int) -> dict[str, CityPlace]:
    """Where every city figure will stand: rows from ``first_row``, figures from column ``left``."""
    return {
        form_id: CityPlace(
            sheet=form_id,
            rows={row.key: first_row + i for i, row in enumerate(table.rows)},
            columns={name: left + i for i, name in enumerate(table.columns)},
        )
        for form_id, table in results.city.items()
        if form_id in campaign.forms
    }


LAST_ROW: Final = 2**20
"""So many rows a sheet has."""


def room_below(header: int) -> int:
    """How many lines a sheet has room for below a header row (from 0)."""
    return LAST_ROW - header - 1


def place_detail(
    campaign: Campaign, results: Results, name: str, at_row: tuple[int, int]
) -> dict[str, DetailPlace]:
    """Where every detail row will stand. ``at_row`` is the first row and the first column of figures.

    A form whose rows no sheet can hold is left out, as all are where no detail is wanted: its figures are in
    the machine-readable files, and nothing is ever cut off at the last row of a sheet.
    """
    first_row, left = at_row
    place_of = key_order(campaign)
    found = {}
    for form_id, cube in results.cubes.items():
        asked = (cube.status != NOT_ASKED).any(axis=2)
        if not results.has_detail or first_row + int(asked.sum()) > LAST_ROW:
            continue
        order = sorted(range(len(cube.keys)), key=[place_of[key] for key in cube.keys].__getitem__)
        rows = tuple((k, int(u)) for k in order for u in np.flatnonzero(asked[:, k]))
        units_of = {
            key: tuple(cube.unit_ids[u] for u in np.flatnonzero(asked[:, k]))
            for k, key in enumerate(cube.keys)
        }
        columns = {period_id: left + i for i, period_id in enumerate(cube.period_ids)}
        last = first_row + max(len(rows), 1) - 1
        found[form_id] = DetailPlace(name.format(form=form_id), first_row, last, columns, rows, units_of)
    return found
