"""Figures that were really published go through the job: what closes raises nothing, what does not is found.

They are put into single cells of blank templates; no unit of the campaign ever reported them so.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.filling import entry_cells
from tests.stories import Outputs, Stories

PETITIONS = {
    "B11C_010": 0,
    "B11C_020": 2121,
    "B11C_040": 1406,
    "B11C_045": 715,
    "B11C_050": 1406,
    "B11C_051": 174,
    "B11C_052": 107,
    "B11C_053": 1125,
    "B11C_060": 612,
    "B11C_061": 77,
    "B11C_062": 36,
    "B11C_063": 499,
    "B11C_070": 794,
    "B11C_071": 97,
    "B11C_072": 71,
    "B11C_073": 626,
}
"""Hai Phong, 2024: received, eligible by type, in competence by type, and not in competence."""

Values = Mapping[tuple[str, str, str], Any]
"""By indicator, level, period: what is typed."""


@pytest.fixture(scope="module")
def outputs(stories: Stories) -> Outputs:
    inputs = stories.folder / "published"
    inputs.mkdir()
    write(stories, "TTTP", inputs, inspectorate())
    front = {("B07_011", "T", "Y2019"): 87} | rest_of_supervisions("T")
    write(stories, "DD_MTTQ", inputs, front)
    district = {("B07_011", "H", "Y2019"): 324, ("B07_011", "X", "Y2019"): 2466}
    write(stories, "QH304", inputs, district | rest_of_supervisions("H") | rest_of_supervisions("X"))
    return stories.run("published-out", inputs)


def inspectorate() -> Values:
    petitions = {(name, "T", "Y2022"): value for name, value in PETITIONS.items()}
    cases = {
        ("B11B_030", "T", "Y2021"): 370,
        ("B11B_031", "T", "Y2021"): 289,
        ("B11B_032", "T", "Y2021"): 80,
    }
    days = {
        ("B11B_050", "H", "Y2022"): 381,
        ("B11B_051", "H", "Y2022"): 960,
        ("B11B_052", "H", "Y2022"): 38,
        ("B11B_050", "X", "Y2022"): 10,
        ("B11B_051", "X", "Y2022"): 10,
    }
    return {**petitions, **cases, **days}


def rest_of_supervisions(level: str) -> Values:
    return {(f"B07_01{n}", level, "Y2019"): 0 for n in range(2, 7)}


def test_published_petitions_that_close_raise_nothing(outputs: Outputs) -> None:
    """2,121 received; 1,406 eligible = 174 + 107 + 1,125 = 612 + 794: no error, no refusal, no question."""
    found = [
        f
        for f in outputs.rows("findings")
        if f["indicator_id"].startswith("B11C") and f["period_id"] == "Y2022" and f["severity"] != "info"
        if f["rule_id"] != "CELL-MISSING"
    ]

    assert found == []


def test_published_petitions_are_the_city_figure(outputs: Outputs) -> None:
    """What the authority reports is the total, for its own form and for the one that others fill in."""
    totals = values(outputs)

    for name, value in PETITIONS.items():
        assert totals[name, "T", "Y2022"] == value
        assert totals[name.replace("B11C", "B8C"), "ALL", "Y2022"] == value
    assert totals["B11C_030", "T", "Y2022"] == 2121


def test_a_published_total_that_differs_from_its_parts_is_found(outputs: Outputs) -> None:
    """370 cases are not 289 + 80; the finding stands at the total and shows both sides."""
    (found,) = [f for f in outputs.rows("findings") if f["severity"] == "error"]

    assert found["rule_id"] == "B11-R06"
    assert (found["indicator_id"], found["level"], found["period_id"]) == ("B11B_030", "T", "Y2021")
    assert (found["seen"], found["expected"]) == ("370", "369")
    assert all(number in found["message"] for number in ("370", "289", "80"))


def test_a_published_ratio_is_recomputed_and_never_averaged(outputs: Outputs) -> None:
    """38 % over 381 of 960 days is 39.6875 %; with 10 of 10 it is 391 of 970, not the mean of both."""
    totals = values(outputs)
    typed = [f for f in outputs.rows("findings") if f["rule_id"] == "RATIO-TYPED"]

    assert totals["B11B_052", "H", "Y2022"] == Decimal("39.6875")
    assert totals["B11B_052", "X", "Y2022"] == 100
    assert totals["B11B_052", "ALL", "Y2022"] == Decimal("40.309278")
    assert [(f["unit_id"], f["indicator_id"], f["level"], f["seen"]) for f in typed] == [
        ("TTTP", "B11B_052", "H", "38")
    ]


def test_published_levels_add_up(outputs: Outputs) -> None:
    """2,877 supervisions are 87 of the province, 324 of districts and 2,466 of communes."""
    totals = values(outputs)
    levels = {level: totals["B07_010", level, "Y2019"] for level in ("T", "H", "X", "ALL")}

    assert levels == {"T": 87, "H": 324, "X": 2466, "ALL": 2877}


def values(outputs: Outputs) -> dict[tuple[str, str, str], Decimal | None]:
    return {
        (r["indicator_id"], r["level"], r["period_id"]): Decimal(r["obs_value"]) if r["obs_value"] else None
        for r in outputs.rows("totals")
    }


def write(stories: Stories, unit: str, folder: Path, typed: Values) -> None:
    """A template of a unit with a few cells typed over, whatever stood there."""
    book = openpyxl.load_workbook(stories.ask("blank") / f"{unit}.xlsx")
    left = dict(typed)
    for name in stories.lists.forms:
        if name in book.sheetnames:
            for indicator, level, period, cell in entry_cells(book[name], stories.lists):
                if (indicator, level, period) in left:
                    cell.value = left.pop((indicator, level, period))

    assert left == {}
    book.save(folder / f"{unit}.xlsx")
