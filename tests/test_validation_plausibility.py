"""Figures that are hard to believe: just inside each bound nothing, just outside one question.

The tiny campaign's bounds: jumps of 3 times, both figures above 20; 10 times the median of at least 3 peers,
which is at least 20; copied from 3 periods and 10; twins from 20 figures. Powers of ten need more periods
than it has, so they are asked of the campaign that comes along. All figures are invented.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.catalogue import Campaign
from pipeline.validation import Validated
from tests.returns import cell_of, checked, drawn, found, messages

JUMP = "PL-JUMP"
ROW = "B01_400 H"
YEARS = [f"Y{year}" for year in range(2013, 2024)]


def _row(campaign: Campaign, row: str, cells: list[object]) -> Validated:
    form_id = campaign.indicators[row.split()[0]].form_id
    table = f"| row | {' | '.join(campaign.forms[form_id].period_ids)} |\n"
    table += f"| {row} | {' | '.join(map(str, cells))} |"
    unit_id = "NORTH" if "NORTH" in campaign.units else "QH303"
    return checked(campaign, drawn(campaign, unit_id, {form_id: table}, rest="0"))


def _questions(validated: Validated) -> list[tuple[str, str, str]]:
    return [one for one in found(validated) if one[0].startswith("PL-")]


@pytest.mark.parametrize(
    "cells",
    [
        [50, 300, 300],  # half a year, then exactly three times as much per month
        [150, 100, 100],  # and back
        [20, 400, 400],  # a figure at the floor is too small to tell
        [300, 20, 20],
        [50, 100, 120],  # a part year is no jump
        [0, 500, 500],  # from nothing is no factor
        ["", 500, 500],
    ],
)
def test_a_change_within_the_bound_is_believed(cells: list[object], tiny: Campaign) -> None:
    """Flows are compared per month; three times is still believed."""
    assert [q for q in _questions(_row(tiny, "M_NEW P", cells)) if q[0] == JUMP] == []


@pytest.mark.parametrize(
    ("cells", "period_id", "told"),
    [
        ([50, 301, 301], "P21", "301 here, 50 in P20"),
        ([151, 100, 101], "P21", "100 here, 151 in P20"),
        ([21, 130, 131], "P21", "130 here, 21 in P20"),
        ([50, 100, 301], "P22", "301 here, 100 in P21"),
        ([50, "", 301], "P22", "301 here, 50 in P20"),
        ([50, "…", 301], "P22", "301 here, 50 in P20"),
    ],
)
def test_a_jump_is_asked_about_once(cells: list[object], period_id: str, told: str, tiny: Campaign) -> None:
    """At the later of the two figures, which may lie several periods apart."""
    validated = _row(tiny, "M_NEW P", cells)

    assert _questions(validated) == [(JUMP, "USE", cell_of(tiny, "NORTH", "M_NEW P", period_id))]
    assert told in messages(validated, JUMP)[0]
    assert "more than 3 times" in messages(validated, JUMP)[0]


def test_a_stock_is_compared_as_it_stands(tiny: Campaign) -> None:
    """What stands at a moment does not depend on how long the period was."""
    assert _questions(_row(tiny, "L_LEFT P", [100, 300, 100])) == []
    assert _questions(_row(tiny, "L_LEFT P", [100, 301, 301])) == [
        (JUMP, "MAIL", cell_of(tiny, "NORTH", "L_LEFT P", "P21"))
    ]


def _peers(campaign: Campaign, *cells: object) -> Validated:
    sent = [
        drawn(campaign, unit, {"SHELF": f"| row | E20 | E22 |\n| S_KID P | {cell} | 0 |"}, rest="0")
        for unit, cell in zip(("NORTH", "SOUTH", "ISLE"), cells, strict=True)
    ]
    return checked(campaign, *sent)


@pytest.mark.parametrize("cells", [(20, 20, 200), (19, 19, 1000), ("", 20, 201), ("…", 20, 201), (0, 0, 999)])
def test_a_figure_like_that_of_its_peers_is_believed(cells: tuple[object, ...], tiny: Campaign) -> None:
    """Ten times the median is the bound; a small median or too few peers tell nothing."""
    assert _questions(_peers(tiny, *cells)) == []


def test_a_figure_far_above_its_peers_is_asked_about(tiny: Campaign) -> None:
    """One question, to the one unit."""
    validated = _peers(tiny, 20, 20, 201)

    assert _questions(validated) == [("PL-PEERS", "SHELF", cell_of(tiny, "ISLE", "S_KID P", "E20"))]
    assert "201 is more than 10 times the median (20)" in messages(validated, "PL-PEERS")[0]


@pytest.mark.parametrize(
    ("cells", "is_copied"),
    [
        ([10, 10, 10], True),
        ([9, 9, 9], False),
        ([10, 10, 11], False),
        ([10, 10, ""], False),
        ([10, 10, "…"], False),
        (["=10", '"10"', 10], True),
    ],
)
def test_one_figure_in_every_period_is_asked_about_once(
    cells: list[object], is_copied: bool, tiny: Campaign
) -> None:
    """Half a year does not hold exactly as much as a whole one, three times over."""
    validated = _row(tiny, "M_NEW P", cells)
    row = int(cell_of(tiny, "NORTH", "M_NEW P", "P20")[1:])

    assert _questions(validated) == ([("PL-COPIED", "USE", f"F{row}:H{row}")] if is_copied else [])


def test_a_stock_may_stay_the_same(tiny: Campaign) -> None:
    """As many members as before is nothing to ask about; nor is a row of two periods."""
    assert _questions(_row(tiny, "M_END P", [50, 50, 50])) == []
    assert _questions(_row(tiny, "V_APP P", ["x", "x", 50])) == []


def _twins(campaign: Campaign, filled: int, other: str) -> Validated:
    cells = [str(100 + i) for i in range(filled)] + ["0"] * (27 - filled)
    rows = ("L_OPEN", "L_IN", "L_ALL", "L_DONE", "L_LEFT", "L_CASE", "F_PAID", "L_OPEN", "L_IN")
    levels = "P" * 7 + "DD"
    tables = []
    for last in (cells[-1], other):
        mine = [*cells[:-1], last]
        lines = ["| row | P20 | P21 | P22 |"]
        for i, (name, level) in enumerate(zip(rows, levels, strict=True)):
            lines.append(f"| {name} {level} | {' | '.join(mine[3 * i : 3 * i + 3])} |")
        tables.append("\n".join(lines))
    sent = [
        drawn(campaign, unit, {"MAIL": table}, rest="0")
        for unit, table in zip(("NORTH", "SOUTH"), tables, strict=True)
    ]
    return checked(campaign, *sent)


def test_two_units_with_the_same_figures_are_both_asked(tiny: Campaign) -> None:
    """One of them was copied; which, we cannot know."""
    validated = _twins(tiny, 20, "0")
    told = validated.findings[validated.findings["rule_id"] == "PL-TWINS"]

    assert told["unit_id"].tolist() == ["NORTH", "SOUTH"]
    assert "All 20 figures of form MAIL are those of SOUTH" in told["message"].iloc[0]


def test_units_that_differ_in_one_figure_or_say_little_are_no_twins(tiny: Campaign) -> None:
    """One other figure, or fewer than 20 above zero, may be chance."""
    assert not found(_twins(tiny, 20, "1"), "PL-TWINS")
    assert not found(_twins(tiny, 19, "0"), "PL-TWINS")


@pytest.mark.parametrize(
    ("odd", "power"),
    [(1000, 10), (1150, 10), (870, 10), (10_000, 100), (100_000, 1000), (110_000_000, 1_000_000)],
)
def test_a_power_of_ten_beside_the_other_periods_is_asked_about_once(
    odd: int, power: int, campaign: Campaign
) -> None:
    """Ten, a hundred, a thousand or a million times, give or take 15 per cent; and no jump beside it."""
    cells = [58, *[100 + i // 8 for i in range(9)], 50]
    cells[4] = odd
    validated = _row(campaign, ROW, cells)

    assert _questions(validated) == [("PL-POWER10", "B01", cell_of(campaign, "QH303", ROW, "Y2017"))]
    assert f"factor of about {power} " in messages(validated, "PL-POWER10")[0]


@pytest.mark.parametrize("odd", [1151, 869, 2000, 500])
def test_what_is_no_power_of_ten_is_at_most_a_jump(odd: int, campaign: Campaign) -> None:
    """More than 15 per cent beside a power of ten; the way up and the way down are asked about."""
    cells = [58, *[100 + i // 8 for i in range(9)], 50]
    cells[4] = odd
    validated = _row(campaign, ROW, cells)

    assert _questions(validated) == [
        (JUMP, "B01", cell_of(campaign, "QH303", ROW, period)) for period in ("Y2017", "Y2018")
    ]


def test_small_figures_and_short_rows_have_no_powers(campaign: Campaign) -> None:
    """10 beside 1 is nothing; nor is anything beside two other periods."""
    assert not found(_row(campaign, ROW, [5, *[10] * 9, 100]), "PL-POWER10")
    assert not found(_row(campaign, ROW, [100, 1000, 100, *[""] * 8]), "PL-POWER10")


def test_a_figure_that_is_too_small_by_a_power_of_ten_is_asked_about_too(campaign: Campaign) -> None:
    """Thousands written where units are asked for."""
    validated = _row(campaign, ROW, [583, *[1000] * 4, 1, *[1001] * 4, 500])

    assert _questions(validated) == [("PL-POWER10", "B01", cell_of(campaign, "QH303", ROW, "Y2018"))]


def test_the_bounds_are_the_campaigns(tiny: Campaign) -> None:
    """What is believable is declared, not programmed."""
    wide = {**tiny.settings.plausibility, "jump_factor": 1000.0, "copied_floor": 1000.0}
    patient = replace(tiny, settings=replace(tiny.settings, plausibility=wide))

    assert _questions(_row(patient, "M_NEW P", [50, 5000, 50])) == []
    assert _questions(_row(patient, "M_NEW P", [50, 50, 50])) == []
