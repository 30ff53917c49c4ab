"""City figures of the tiny campaign, worked out by hand. All figures are invented.

NORTH and SOUTH have a main building (P) and reading rooms (D), ISLE a main building only; DESK keeps the
accounts (F_PAID, for the whole county at level W) and the register of letters (H_IN, which is L_IN).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from pipeline.aggregation import Aggregated, aggregate
from pipeline.catalogue import Campaign
from pipeline.frames import TOTAL_COLUMNS
from pipeline.model import Submission, UnitAggregation
from tests.returns import checked, drawn

NORTH = {
    "USE": """
        | row      | P20 | P21 | P22 |
        | V_ALL P  | =   | =   | =   |
        | V_DAY P  | 10  | 20  | 30  |
        | V_EVE P  | 1   | 2   | 3   |
        | V_ALL D  | =   | =   | =   |
        | V_DAY D  | 100 | 100 | 150 |
        | V_APP P  | x   | x   | 4   |
        | V_APP D  | x   | x   | 5   |
        | V_TOUR P | 7   | 7   | 8   |
        | M_END P  | 40  | 50  | 60  |
        | M_NEW P  | 10  | 20  | 30  |
        | K_GLAD P | 90  | 91  | 92  |
    """,
    "MAIL": """
        | row      | P20 | P21 | P22 |
        | L_OPEN P | 5   | 6   | 7   |
        | L_IN P   | 10  | 20  | 30  |
        | L_ALL P  | =   | =   | =   |
        | L_DONE P | 9   | 19  | 29  |
        | L_LEFT P | 6   | 7   | 8   |
        | L_CASE P | 15  | 26  | 37  |
        | F_PAID P | 1.5 | 2.5 | 3   |
    """,
    "SHELF": """
        | row     | E20 | E22 |
        | S_ALL P | =   | =   |
        | S_OLD P | 500 | 600 |
        | S_KID P | 50  | 70  |
    """,
}
SOUTH = {
    "USE": """
        | row      | P20 | P21 | P22 |
        | V_DAY P  | 4   |     | 6   |
        | V_ALL P  | =   | =   | =   |
        | V_EVE P  | 0   | 1   | 1   |
        | M_END P  | 10  | 20  |     |
        | M_NEW P  | 5   | 5   | 40  |
        | K_GLAD P | 50  | 51  | 52  |
    """,
    "MAIL": """
        | row      | P20 | P21 | P22 |
        | L_OPEN P | 2   | 0   | 0   |
        | L_IN P   | 3   | 4   | 5   |
        | L_ALL P  | =   | =   | =   |
        | L_DONE P | 5   | 4   | 5   |
        | L_CASE P | 5   | 4   | 5   |
        | F_PAID P | 0.5 | 0   | "-" |
    """,
}
DESK = {
    "MAIL": """
        | row      | P20 | P21 | P22 |
        | F_PAID W | 4   | 5   | 10  |
    """,
    "POST": """
        | row    | P20 | P21 | P22 |
        | H_IN P | 14  | 25  | 40  |
        | H_IN D | 1   | 2   | 3   |
    """,
}


@pytest.fixture(scope="module")
def sent(tiny: Campaign) -> tuple[Submission, ...]:
    """Three returns; the fourth unit, ISLE, is silent."""
    tables = {"NORTH": NORTH, "SOUTH": SOUTH, "DESK": DESK}
    return tuple(drawn(tiny, unit_id, mine, rest="0") for unit_id, mine in tables.items())


@pytest.fixture(scope="module")
def made(tiny: Campaign, sent: tuple[Submission, ...]) -> Aggregated:
    """What the three returns add up to."""
    return aggregate(tiny, checked(tiny, *sent).cubes)


def _line(made: Aggregated, row: str, column: str) -> tuple[float, int, int, bool]:
    indicator_id, level = row.split()
    totals = made.totals
    mine = totals[
        (totals["indicator_id"] == indicator_id)
        & (totals["level"] == level)
        & (totals["period_id"] == column)
    ]
    _, _, _, value, counted, expected, provisional = next(mine.itertuples(index=False, name=None))
    return value, counted, expected, provisional


def _value(made: Aggregated, row: str, column: str) -> float:
    return _line(made, row, column)[0]


def _coverage(made: Aggregated, row: str, column: str) -> str:
    _, counted, expected, _ = _line(made, row, column)
    return f"{counted}/{expected}"


FIGURES = [
    # row, column, figure, on how many units of how many it rests
    ("V_DAY P", "P20", 14, "2/3"),  # 10 + 4; ISLE is silent
    ("V_DAY P", "P21", 20, "1/3"),  # SOUTH left it empty: 20 alone, never 20 + 0 of two
    ("V_DAY P", "P22", 36, "2/3"),
    ("V_DAY P", "WHOLE", 70, "1/3"),  # 14 + 20 + 36; SOUTH's window is incomplete
    ("V_DAY P", "LATE", 56, "1/3"),
    ("V_DAY D", "P20", 100, "2/2"),  # SOUTH's 0 counts; ISLE has no reading rooms
    ("V_DAY D", "WHOLE", 350, "2/2"),
    ("V_DAY ALL", "P20", 114, "2/3"),
    ("V_DAY ALL", "WHOLE", 420, "1/3"),
    ("V_EVE P", "P20", 1, "2/3"),
    ("V_EVE ALL", "WHOLE", 8, "2/3"),  # 6 + 2, at the one level that it has
    ("V_ALL P", "P20", 15, "2/3"),  # 11 + 4, derived
    ("V_ALL P", "P21", 22, "1/3"),  # SOUTH's total is missing with its part
    ("V_APP P", "P20", math.nan, "0/0"),  # before its first year nobody is asked
    ("V_APP P", "P22", 4, "2/3"),
    ("V_APP P", "WHOLE", 4, "2/3"),
    ("V_APP ALL", "LATE", 9, "2/3"),
    ("V_TOUR P", "P20", math.nan, "0/0"),  # for reference, never added
    ("V_TOUR ALL", "WHOLE", math.nan, "0/0"),
    ("M_END P", "P20", 50, "2/3"),
    ("M_END P", "WHOLE", 60, "1/3"),  # the last period: 60, SOUTH left it empty
    ("M_NEW P", "WHOLE", 110, "2/3"),  # 60 + 50
    ("M_RATE P", "P20", 30, "2/3"),  # 15 of 50, not the mean of 25 and 50
    ("M_RATE P", "P22", 100 * 70 / 60, "1/3"),
    ("M_RATE P", "WHOLE", 100 * 110 / 60, "1/3"),  # all who joined, of those at the end
    ("M_RATE ALL", "P21", 100 * 25 / 70, "2/3"),
    ("K_GLAD P", "P20", math.nan, "0/0"),  # three units asked: no figure of the county
    ("L_OPEN P", "P21", 6, "2/3"),
    ("L_OPEN P", "WHOLE", 7, "2/3"),  # the first period: 5 + 2
    ("L_OPEN P", "LATE", 6, "2/3"),
    ("L_LEFT P", "WHOLE", 8, "2/3"),  # the last period: 8 + 0
    ("L_CASE P", "P21", 30, "2/3"),
    ("L_CASE P", "WHOLE", 92, "2/3"),  # 37 + 5 in the last period; 9 + 6 + 19 + 7 and 5 + 4 left before it
    ("L_CASE P", "LATE", 72, "2/3"),  # 42, and 19 + 7 and 4 before it
    ("L_CASE ALL", "WHOLE", 92, "2/3"),
    ("H_IN P", "WHOLE", 79, "1/1"),
    ("L_IN P", "P20", 14, "1/1"),  # the register's figure, not 10 + 3
    ("L_IN P", "WHOLE", 79, "1/1"),
    ("L_IN ALL", "P22", 43, "1/1"),
    ("F_PAID P", "P20", 2, "2/3"),
    ("F_PAID W", "P20", 4, "1/1"),
    ("F_PAID ALL", "P20", 4, "1/1"),  # what the desk keeps; the branches' 2 stand beside it
    ("F_PAID ALL", "WHOLE", 19, "1/1"),
    ("S_ALL P", "E22", 670, "2/3"),
    ("S_ALL ALL", "LASTDAY", 670, "2/3"),
]


@pytest.mark.parametrize(("row", "column", "figure", "coverage"), FIGURES)
def test_every_figure_is_what_a_clerk_would_add_up(
    row: str, column: str, figure: float, coverage: str, made: Aggregated
) -> None:
    """The figure, and n of N: n counts stated zeros and no empty cells, N comes from what is owed."""
    assert _value(made, row, column) == pytest.approx(figure, nan_ok=True)
    assert _coverage(made, row, column) == coverage


def test_a_balance_with_what_came_in_counts_carried_over_items_once(
    tiny: Campaign, sent: tuple[Submission, ...]
) -> None:
    """First opening plus all received: (5 + 60) + (2 + 12), and not 15 + 26 + 37 and so on."""
    plain = {"unit_aggregation": UnitAggregation.SUM, "authority_unit": "", "authority_indicator": ""}
    own = replace(tiny.indicators["L_IN"], **plain)
    campaign = replace(tiny, indicators={**tiny.indicators, "L_IN": own})
    made = aggregate(campaign, checked(campaign, *sent).cubes)

    assert _line(made, "L_ALL P", "P20") == (20, 2, 3, False)
    assert _line(made, "L_ALL P", "WHOLE")[:3] == (79, 2, 3)
    assert _line(made, "L_ALL P", "LATE")[:3] == (65, 2, 3)
    assert _line(made, "L_ALL ALL", "WHOLE")[:3] == (79, 2, 3)


def test_what_is_not_added_has_a_figure_where_one_unit_alone_is_asked(
    tiny: Campaign, sent: tuple[Submission, ...]
) -> None:
    """Then the figure is simply that unit's."""
    one = replace(tiny.indicators["K_GLAD"], filled_by=("NORTH",))
    campaign = replace(tiny, indicators={**tiny.indicators, "K_GLAD": one})
    made = aggregate(campaign, checked(campaign, *sent).cubes)

    assert _line(made, "K_GLAD P", "P21") == (91, 1, 1, False)
    assert math.isnan(_value(made, "K_GLAD P", "WHOLE"))


def test_a_figure_that_nobody_reported_is_missing(tiny: Campaign) -> None:
    """No report is not a report of none, in any period, window or level."""
    made = aggregate(tiny, checked(tiny).cubes)
    expected = made.totals["units_expected"]

    assert made.totals["obs_value"].isna().all()
    assert (made.totals["units_counted"] == 0).all()
    assert expected.max() == 4
    assert made.unit_totals["obs_value"].isna().all()
    assert made.reconciliation[["authority_value", "reported_value"]].isna().all(axis=None)
    assert made.reconciliation[["difference", "percent"]].isna().all(axis=None)


def test_a_reported_zero_is_a_figure(tiny: Campaign) -> None:
    """0 of three units that say so is 0 by 3 of 3; a ratio to nothing is no figure."""
    units = ("NORTH", "SOUTH", "ISLE")
    made = aggregate(tiny, checked(tiny, *(drawn(tiny, unit, rest="0") for unit in units)).cubes)

    assert _line(made, "V_DAY P", "WHOLE") == (0, 3, 3, False)
    assert math.isnan(_value(made, "M_RATE P", "P20"))
    assert _coverage(made, "M_RATE P", "P20") == "3/3"


def test_the_units_counted_never_exceed_those_expected(made: Aggregated) -> None:
    """And a figure that rests on every unit is complete."""
    totals = made.totals

    assert list(totals.columns) == list(TOTAL_COLUMNS)
    assert (totals["units_counted"] <= totals["units_expected"]).all()
    assert not totals.duplicated(["indicator_id", "level", "period_id"]).any()


def test_a_rejected_cell_costs_one_of_n(tiny: Campaign, sent: tuple[Submission, ...]) -> None:
    """n-1 of N, and nothing in the place of what was rejected; N stays what it was."""
    use = NORTH["USE"].replace("| V_APP P  | x ", "| V_APP P  | 3 ")
    north = {**NORTH, "USE": use.replace("| V_DAY P  | 10 ", "| V_DAY P  | a few ")}
    made = aggregate(tiny, checked(tiny, drawn(tiny, "NORTH", north, rest="0"), *sent[1:]).cubes)

    assert _line(made, "V_DAY P", "P20") == (4, 1, 3, False)
    assert _line(made, "V_ALL P", "P20")[:3] == (4, 1, 3)
    assert _coverage(made, "V_APP P", "P20") == "0/0"


def test_an_open_error_makes_every_figure_provisional_that_rests_on_it(
    tiny: Campaign, sent: tuple[Submission, ...]
) -> None:
    """The period, its windows, the total over the levels, the ratio's cousin not; other periods not."""
    north = {**NORTH, "SHELF": NORTH["SHELF"].replace("| S_ALL P | =   | =   |", "| S_ALL P | 550 | 671 |")}
    made = aggregate(tiny, checked(tiny, drawn(tiny, "NORTH", north, rest="0"), *sent[1:]).cubes)
    marked = made.totals[made.totals["is_provisional"]]
    rows = [f"S_{part} {level}" for part in ("ALL", "OLD", "KID") for level in ("P", "ALL")]

    assert [f"{i} {lv}" for i, lv in marked[["indicator_id", "level"]].drop_duplicates().values] == rows
    assert set(marked["period_id"]) == {"E22", "LASTDAY"}
    assert _value(made, "S_ALL P", "E22") == 671


def test_a_window_is_provisional_where_any_of_its_periods_is(
    tiny: Campaign, sent: tuple[Submission, ...]
) -> None:
    """An error in 2020 touches the whole, not the late years; the last period's stock not at all."""
    north = {**NORTH, "USE": NORTH["USE"].replace("| V_ALL P  | =   |", "| V_ALL P  | 12  |")}
    made = aggregate(tiny, checked(tiny, drawn(tiny, "NORTH", north, rest="0"), *sent[1:]).cubes)
    flags = {c: _line(made, "V_DAY P", c)[3] for c in ("P20", "P21", "P22", "WHOLE", "LATE")}

    assert flags == {"P20": True, "P21": False, "P22": False, "WHOLE": True, "LATE": False}


def test_the_authority_stands_beside_what_others_report(made: Aggregated) -> None:
    """Their difference, and what it is of the authority's own figure."""
    rows = {
        (r["indicator_id"], r["level"], r["period_id"]): r for r in made.reconciliation.to_dict("records")
    }

    def told(*key: str) -> list[object]:
        names = (
            "authority_value",
            "reported_value",
            "difference",
            "percent",
            "units_counted",
            "units_expected",
        )
        return [rows[key][name] for name in names]  # type: ignore[index]

    assert told("L_IN", "P", "P20") == [14, 13, 1, pytest.approx(100 / 14), 2, 3]
    assert told("L_IN", "P", "WHOLE") == [79, 72, 7, pytest.approx(700 / 79), 2, 3]
    assert told("L_IN", "ALL", "P22") == [43, 35, 8, pytest.approx(800 / 43), 2, 3]
    assert told("F_PAID", "ALL", "P20") == [4, 2, 2, 50, 2, 3]
    assert told("F_PAID", "ALL", "WHOLE") == [19, 7.5, 11.5, pytest.approx(1150 / 19), 2, 3]
    assert rows["L_IN", "P", "P20"]["authority_unit"] == "DESK"
    assert rows["L_IN", "P", "P20"]["authority_key"] == "H_IN|P"
    assert rows["F_PAID", "ALL", "P20"]["authority_key"] == "F_PAID|ALL"
    assert ("F_PAID", "P", "P20") not in rows


def test_a_difference_needs_both_sides(tiny: Campaign, sent: tuple[Submission, ...]) -> None:
    """A silent authority is no difference of 100 per cent; a figure of nothing has no per cent."""
    silent = aggregate(tiny, checked(tiny, *sent[:2]).cubes).reconciliation
    zero = drawn(tiny, "DESK", rest="0")
    nothing = aggregate(tiny, checked(tiny, *sent[:2], zero).cubes).reconciliation

    assert silent[["authority_value", "difference", "percent"]].isna().all(axis=None)
    assert silent["reported_value"].notna().all()
    assert nothing["difference"].notna().all()
    assert nothing["percent"].isna().all()


UNITS = [
    # unit, row, window, figure, cells counted of cells expected
    ("NORTH", "V_DAY P", "WHOLE", 60, "3/3"),
    ("NORTH", "V_DAY ALL", "WHOLE", 410, "6/6"),
    ("SOUTH", "V_DAY P", "WHOLE", 10, "2/3"),
    ("SOUTH", "V_DAY P", "LATE", 6, "1/2"),
    ("ISLE", "V_DAY P", "WHOLE", math.nan, "0/3"),
    ("NORTH", "V_APP P", "WHOLE", 4, "1/1"),
    ("NORTH", "M_END P", "WHOLE", 60, "3/3"),
    ("SOUTH", "M_END P", "WHOLE", math.nan, "2/3"),
    ("NORTH", "M_RATE P", "WHOLE", 100, "6/6"),
    ("NORTH", "K_GLAD P", "WHOLE", math.nan, "3/3"),
    ("NORTH", "L_ALL P", "WHOLE", 65, "3/3"),
    ("NORTH", "L_ALL P", "LATE", 56, "2/2"),
    ("NORTH", "L_CASE P", "WHOLE", 78, "3/3"),
    ("NORTH", "L_IN P", "WHOLE", 60, "3/3"),
    ("DESK", "H_IN ALL", "WHOLE", 85, "6/6"),
    ("DESK", "F_PAID W", "WHOLE", 19, "3/3"),
    ("NORTH", "S_ALL P", "LASTDAY", 670, "2/2"),
]


@pytest.mark.parametrize(("unit_id", "row", "window", "figure", "cells"), UNITS)
def test_each_units_figures_over_a_window(
    unit_id: str, row: str, window: str, figure: float, cells: str, made: Aggregated
) -> None:
    """A unit's own figures, over its own levels, with how many of its cells they rest on."""
    frame = made.unit_totals.set_index(["unit_id", "indicator_id", "level", "period_id"])
    one = frame.loc[(unit_id, *row.split(), window)]

    assert one["obs_value"] == pytest.approx(figure, nan_ok=True)
    assert f"{one['cells_counted']}/{one['cells_expected']}" == cells


def test_a_unit_has_no_line_for_what_it_is_not_asked(made: Aggregated) -> None:
    """Nor for what is only shown, and the authority's whole is never added to a unit's own levels."""
    keys = set(made.unit_totals[["unit_id", "indicator_id", "level"]].itertuples(index=False, name=None))

    assert ("ISLE", "V_DAY", "D") not in keys
    assert ("DESK", "V_DAY", "P") not in keys
    assert ("NORTH", "V_TOUR", "P") not in keys
    assert ("DESK", "F_PAID", "W") in keys
    assert ("DESK", "F_PAID", "ALL") not in keys


def test_the_city_tables_and_the_long_frame_say_the_same(tiny: Campaign, made: Aggregated) -> None:
    """Two views of one thing: periods first, then the windows of the form."""
    use = made.city["USE"]
    long = made.totals[made.totals["indicator_id"].isin([row.indicator_id for row in use.rows])]

    assert use.columns == ("P20", "P21", "P22", "WHOLE", "LATE")
    assert made.city["SHELF"].columns == ("E20", "E22", "LASTDAY")
    assert np.array_equal(use.values.ravel(), long["obs_value"].to_numpy(), equal_nan=True)
    assert np.array_equal(use.counted.ravel(), long["units_counted"].to_numpy())
