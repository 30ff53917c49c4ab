"""Every cell that was read has one outcome, and the sums add up. All returns are invented."""

from __future__ import annotations

import pytest

from pipeline.catalogue import Campaign
from pipeline.run import conclude
from pipeline.store.counts import OUTCOMES, count_cells
from tests.returns import drawn, drawn_sheet, submitted

TABLE = """
    | row     | P20   | P21 | P22     |
    | V_ALL P | =     | =   | =       |
    | V_DAY P | 7     | -1  | a few   |
    | V_EVE P | "-"   | …   |         |
    | V_APP P | x     | x   | 2       |
    | M_RATE P | 50   | =   |         |
"""


def _counted(campaign: Campaign, *submissions: object) -> dict[str, dict[str, int]]:
    results = conclude(campaign, submissions, [], ("en", lambda *_: None))  # type: ignore[arg-type]
    rows = count_cells(results).to_dict("records")
    for row in rows:
        if sum(row[name] for name in OUTCOMES) != row["cells_read"]:
            raise ValueError(row)
    return {row["file"]: {name: row[name] for name in OUTCOMES if row[name]} for row in rows}


def test_each_cell_is_one_thing_only(tiny: Campaign) -> None:
    """A number, a stated zero, unknown, not applicable, missing, refused, or nothing that was asked for."""
    sheet = drawn_sheet(tiny, "NORTH", "USE", TABLE, rest="0")
    counted = _counted(tiny, submitted("NORTH", [sheet]))["NORTH.xlsx"]
    rest = len(sheet.numbers) - 15 - 2  # V_APP exists at another level too, with two such periods

    assert counted == {
        "counted": 1 + 1 + 1 + rest,
        "stated_zero": 1,
        "unknown": 1,
        "not_applicable": 2 + 2,
        "missing": 2 + 1,
        "rejected": 2,
        "not_asked": 3,
    }


@pytest.mark.parametrize("number", [1, 2])
def test_what_does_not_count_is_set_aside(number: int, tiny: Campaign) -> None:
    """The cells of a file that another replaces, or contradicts, are neither counted nor lost."""
    first = drawn(tiny, "NORTH", {"USE": TABLE}, file="a.xlsx")
    second = drawn(tiny, "NORTH", {"USE": TABLE.replace("7", "8")}, file="b.xlsx", number=number)
    counted = _counted(tiny, first, second)

    assert set(counted["a.xlsx"]) == {"set_aside"}
    assert ("set_aside" in counted["b.xlsx"]) == (number == 1)


def test_a_form_that_is_not_owed_and_a_form_left_empty_are_set_aside(tiny: Campaign) -> None:
    """Their cells were read all the same."""
    sheets = [drawn_sheet(tiny, "DESK", "POST", rest="1"), drawn_sheet(tiny, "NORTH", "USE")]

    assert set(_counted(tiny, submitted("NORTH", sheets))["NORTH.xlsx"]) == {"set_aside"}


def test_nothing_sent_adds_up_to_nothing(tiny: Campaign) -> None:
    """The table is there, without rows."""
    assert _counted(tiny) == {}
