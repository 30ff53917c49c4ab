"""Every figure against a second opinion: all templates filled at random, every total recomputed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.filling import Observed
from tests.independent import ALL, COUNTING, Figure, Lists, Place, SecondOpinion
from tests.office import needs_office
from tests.stories import SAVED_BY_OFFICE, Filled, Outputs, Stories, saved_by_office, sheet_rows

CLOSE = Decimal("0.000001")
"""Figures keep six decimals."""


@pytest.fixture(scope="module")
def lists(stories: Stories) -> Lists:
    return stories.lists


@pytest.fixture(scope="module")
def filled(stories: Stories) -> Filled:
    found: Filled = stories.ask("filled")
    return found


@pytest.fixture(scope="module")
def opinion(filled: Filled, lists: Lists) -> SecondOpinion:
    return opinion_on(filled.told, lists)


def opinion_on(told: dict[Place, Observed], lists: Lists) -> SecondOpinion:
    counting = {place: one.value for place, one in told.items() if one.status in COUNTING}
    return SecondOpinion(lists, {place: value for place, value in counting.items() if value is not None})


def test_templates_ask_for_exactly_the_cells_that_the_lists_say(filled: Filled, lists: Lists) -> None:
    """Every cell that a unit owes can be filled in, and no other."""
    assert set(filled.told) == lists.owed


def test_every_cell_is_observed_as_it_was_filled(filled: Filled, lists: Lists) -> None:
    """Each filled cell is counted or its state told, with its file, sheet and address; none is lost."""
    wrong, seen = observations_that_differ(filled.outputs, filled.told)

    assert wrong == []
    assert lists.owed <= seen


def test_every_total_equals_the_second_opinion(filled: Filled, opinion: SecondOpinion) -> None:
    """Each indicator, level, period and window: the value, and how many units it rests on."""
    wrong, rows = totals_that_differ(filled.outputs, opinion)

    assert wrong == []
    assert rows == opinion.city_keys()


def test_every_figure_of_the_city_sheets_equals_the_second_opinion(
    filled: Filled, opinion: SecondOpinion
) -> None:
    """What stands in the workbook, saved beside its formula, is the same figure with the same coverage."""
    wrong, rows = city_cells_that_differ(filled.outputs, opinion)

    assert wrong == []
    assert rows == opinion.city_keys()


def test_the_reconciliation_equals_the_second_opinion(filled: Filled, opinion: SecondOpinion) -> None:
    """The authority's figure, the sum that the others report, and the difference."""
    wrong = []
    for row in filled.outputs.rows("reconciliation"):
        kept = opinion.city(*row["authority_key"].split("|"), row["period_id"])
        told = opinion.reported(row["indicator_id"], row["level"], row["period_id"])
        difference = None if None in (kept.value, told.value) else kept.value - told.value  # type: ignore[operator]
        percent = 100 * difference / kept.value if difference is not None and kept.value else None
        expected = {
            "authority_value": kept.value,
            "reported_value": told.value,
            "difference": difference,
            "percent": percent,
        }
        same = all(is_same(row[name], value) for name, value in expected.items())
        if not same or read_coverage(row) != opinion.counted(told):
            wrong.append((row, expected, opinion.counted(told)))

    assert wrong == []


def test_every_authority_is_reconciled(filled: Filled, lists: Lists) -> None:
    """What one office keeps and others report as well stands in the reconciliation, at each level."""
    expected = set()
    for indicator, row in lists.indicators.items():
        others = {
            lv
            for lv in lists.levels
            if not lists.is_authority(lv)
            and set(lists.asked.get((indicator, lv), [])) - {row["authority_unit"]}
        }
        if row["unit_aggregation"] == "authority" and not row["numerator"] and others:
            kept = {lv for lv in others if (row["authority_indicator"], lv) in lists.asked}
            expected |= {(indicator, level) for level in (*kept, ALL)}

    found = {(row["indicator_id"], row["level"]) for row in filled.outputs.rows("reconciliation")}

    assert found == expected


def test_every_unit_total_equals_the_second_opinion(
    filled: Filled, opinion: SecondOpinion, lists: Lists
) -> None:
    """Each unit's own figure over each window, at each level and over its levels."""
    wrong = []
    for row in filled.outputs.rows("unit_totals"):
        key = (row["unit_id"], row["indicator_id"], row["level"], row["period_id"])
        if not is_same(row["obs_value"], opinion.of_unit(*key).value):
            wrong.append((row, opinion.of_unit(*key).value))

    assert wrong == []


def test_the_sheet_by_unit_shows_the_unit_totals(filled: Filled, lists: Lists) -> None:
    """Nothing changes between the table for machines and the sheet for people."""
    expected = {
        (f"{row['indicator_id']}|{row['level']}", row["period_id"], lists.units[row["unit_id"]]["name"]): row
        for row in filled.outputs.rows("unit_totals")
    }
    ((_, rows),) = sheet_rows(filled.outputs.summary, ["Theo đơn vị"])
    names = {unit["name"] for unit in lists.units.values()}
    header = next(row for row in rows if names <= set(row))
    shown = {
        (row[0], row[1], name): row[header.index(name)]
        for row in rows
        if "|" in str(row[0])
        for name in names
    }
    wrong = [
        (key, value, expected.get(key))
        for key, value in shown.items()
        if (key in expected and expected[key]["obs_value"] != "") != is_number(value)
        or (is_number(value) and not is_same(str(value), Decimal(expected[key]["obs_value"])))
    ]

    assert wrong == []
    assert expected.keys() <= shown.keys()


@needs_office
def test_totals_are_the_same_after_an_office_program_saved_the_returns(
    filled: Filled, stories: Stories, lists: Lists
) -> None:
    """Whoever saved a return, the figures are the same to the last digit. All other units are missing."""
    outputs = saved_by_office(stories)
    told = {
        place: one if place[0] in SAVED_BY_OFFICE else Observed(None, "O", "", "")
        for place, one in filled.told.items()
    }

    assert observations_that_differ(outputs, told)[0] == []
    assert totals_that_differ(outputs, opinion_on(told, lists))[0] == []
    assert city_cells_that_differ(outputs, opinion_on(told, lists))[0] == []


def observations_that_differ(outputs: Outputs, told: dict[Place, Observed]) -> tuple[list[Any], set[Place]]:
    """Observations that are not what was filled in, and the places of all of them."""
    wrong, seen = [], set()
    for row in outputs.observations():
        place = (row["unit_id"], row["indicator_id"], row["level"], row["period_id"])
        seen.add(place)
        one = told.get(place)
        found = (row["obs_status"], row["sheet"], row["cell"], row["file"])
        file = f"{row['unit_id']}.xlsx" if one and one.sheet else ""
        expected = (one.status, one.sheet, one.cell, file) if one else ("M", *found[1:])
        value = "" if row["obs_value"] is None else repr(row["obs_value"])
        if found != expected or not is_same(value, one.value if one else None):
            wrong.append((row, one))
    return wrong, seen


def totals_that_differ(outputs: Outputs, opinion: SecondOpinion) -> tuple[list[Any], set[tuple[str, str]]]:
    """Rows of the totals that the second opinion does not share, and the rows that there are."""
    wrong, seen = [], set()
    for row in outputs.rows("totals"):
        figure = opinion.city(row["indicator_id"], row["level"], row["period_id"])
        seen.add((row["indicator_id"], row["level"]))
        if not is_same(row["obs_value"], figure.value) or read_coverage(row) != opinion.counted(figure):
            wrong.append((row, figure.value, opinion.counted(figure)))
    return wrong, seen


def city_cells_that_differ(
    outputs: Outputs, opinion: SecondOpinion
) -> tuple[list[Any], set[tuple[str, str]]]:
    """Cells of the city sheets that the second opinion does not share, and the rows that there are."""
    wrong, seen = [], set()
    lists = opinion.lists
    for form_id, rows in sheet_rows(outputs.summary, list(lists.forms)):
        header = next(row for row in rows if any(name in lists.periods for name in row))
        columns = [name for name in header if name in lists.periods or name in lists.windows]
        for row in (row for row in rows if "|" in str(row[0])):
            seen.add(tuple(row[0].split("|")))
            cells = dict(zip(header, row, strict=True))
            for column in columns:
                figure = opinion.city(*row[0].split("|"), column)
                coverage = cells.get(f"n/N {column}", cells["n/N"])
                if not is_shown(cells[column], coverage, figure, opinion):
                    wrong.append((form_id, row[0], column, cells[column], coverage, figure.value))
    return wrong, seen


def is_shown(value: Any, coverage: Any, figure: Figure, opinion: SecondOpinion) -> bool:
    """Whether a cell shows the figure (nothing and a sign are alike here) and its coverage."""
    counted, expected = opinion.counted(figure)
    if expected and coverage != f"{counted}/{expected}":
        return False
    if not expected and "/" in str(coverage):
        return False
    return is_same(str(value) if is_number(value) else "", figure.value)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def is_same(text: str, value: Decimal | None) -> bool:
    """Whether a text holds the value; no text, no value."""
    if value is None or text == "":
        return value is None and text == ""
    return abs(Decimal(text) - value) <= CLOSE


def read_coverage(row: dict[str, str]) -> tuple[int, int]:
    return int(row["units_counted"]), int(row["units_expected"])
