"""Invented returns of all units: every listed mistake is found where it is, and nothing else is an error."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from decimal import Decimal

import pytest

from tests.independent import Lists, Place, SecondOpinion
from tests.stories import CAMPAIGN, Outputs, Stories, read_csv

GRAVE = ("reject_file", "reject_cell", "error")
Told = tuple[str, str, str, str, str]
"""Unit, rule, indicator, level, period."""


@pytest.fixture(scope="module")
def lists(stories: Stories) -> Lists:
    return stories.lists


@pytest.fixture(scope="module")
def mistaken(stories: Stories) -> Outputs:
    found: Outputs = stories.ask("mistaken")
    return found


@pytest.fixture(scope="module")
def listed(mistaken: Outputs) -> list[dict[str, str]]:
    (path,) = mistaken.inputs.glob("*.csv")
    return read_csv(path)


def test_every_listed_mistake_is_found_at_its_cell(mistaken: Outputs, listed: list[dict[str, str]]) -> None:
    """The finding that the list promises stands at the unit, sheet and cell that it names."""
    found = {(f["rule_id"], f["unit_id"], f["sheet"], f["cell"]) for f in mistaken.rows("findings")}
    rows = {(rule, unit, sheet, row_of(cell)) for rule, unit, sheet, cell in found if ":" in cell}
    missed = [
        (rule_id, mistake)
        for mistake in listed
        for rule_id in mistake["phat_hien"].split()
        if (rule_id, mistake["don_vi"], mistake["trang"], mistake["o"]) not in found
        and (rule_id, mistake["don_vi"], mistake["trang"], row_of(mistake["o"])) not in rows
    ]

    assert len(listed) > 50
    assert missed == []


def test_nothing_else_is_flagged_as_an_error(
    mistaken: Outputs, listed: list[dict[str, str]], lists: Lists
) -> None:
    """Errors and refused cells are exactly the listed mistakes and the rules that these must break."""
    severity = severities(lists)
    expected: set[Told] = set()
    for row in listed:
        unit = row["don_vi"]
        own = {(unit, rule, row["chi_tieu"], row["cap"], row["ky"]) for rule in row["phat_hien"].split()}
        others = [consequence.split("|") for consequence in row["he_qua"].split()]
        expected |= own | {(unit, rule, indicator, lv, period) for rule, indicator, lv, period in others}
    found = {
        (f["unit_id"], f["rule_id"], f["indicator_id"], f["level"], f["period_id"])
        for f in mistaken.rows("findings")
        if f["severity"] in GRAVE
    }

    assert found == {told for told in expected if severity[told[1]] in GRAVE}


def test_every_finding_says_in_words_what_was_seen_and_where(mistaken: Outputs) -> None:
    """No gap of a message stays unfilled, no finding is without words, a file or a severity."""
    for finding in mistaken.rows("findings"):
        assert finding["message"]
        assert "{" not in finding["message"]
        assert finding["file"] == f"{finding['unit_id']}.xlsx"
        assert finding["sheet"] in finding["form_id"]


def test_a_run_with_refused_cells_says_so(mistaken: Outputs) -> None:
    """Exit status 3 tells a script that somebody has to look."""
    assert mistaken.ended.status == 3
    assert str(mistaken.summary) in mistaken.ended.out


def test_totals_that_rest_on_an_error_are_provisional_and_no_others(mistaken: Outputs, lists: Lists) -> None:
    """Every figure that takes part in a broken rule taints each total that it goes into, and only these."""
    figures = counting(mistaken)
    opinion = SecondOpinion(lists, figures)
    doubted = {place for f in mistaken.rows("findings") for place in places_of(f, lists)} & figures.keys()
    wrong = []
    for row in mistaken.rows("totals"):
        figure = opinion.city(row["indicator_id"], row["level"], row["period_id"])
        if (row["is_provisional"] == "True") != bool(figure.places & doubted):
            wrong.append(row)

    assert doubted
    assert wrong == []


def test_sound_returns_raise_no_error_and_no_question(stories: Stories) -> None:
    """A return that follows the rules is not sent back, and is not asked to explain itself."""
    sound: Outputs = stories.ask("sound")
    found = [f for f in sound.rows("findings") if f["severity"] != "info"]

    assert found == []
    assert sound.ended.status == 0
    assert "327/327" in sound.ended.out


def test_every_total_of_sound_returns_is_complete(stories: Stories) -> None:
    """Where everybody sent everything, every figure rests on all of its units and none is provisional."""
    sound: Outputs = stories.ask("sound")
    short = [r for r in sound.rows("totals") if r["units_counted"] != r["units_expected"]]
    doubted = [r for r in sound.rows("totals") if r["is_provisional"] == "True"]

    assert (short, doubted) == ([], [])


def row_of(cell: str) -> str:
    """The row number of a cell, or of the first cell of a range."""
    return re.sub(r"\D", "", cell.partition(":")[0])


def severities(lists: Lists) -> dict[str, str]:
    """The severity of every kind of finding, rules included."""
    messages = tomllib.loads((CAMPAIGN / "messages.vi.toml").read_text(encoding="utf-8"))
    kinds = {name: message["severity"] for name, message in messages.items() if "severity" in message}
    return kinds | {name: rule["severity"] for name, rule in lists.rules.items()}


def counting(outputs: Outputs) -> dict[Place, Decimal]:
    """The figures that count, as observed."""
    return {
        (row["unit_id"], row["indicator_id"], row["level"], row["period_id"]): Decimal(repr(row["obs_value"]))
        for row in outputs.observations()
        if row["obs_value"] is not None
    }


def places_of(finding: dict[str, str], lists: Lists) -> set[Place]:
    """The places that take part in a broken rule; none for any other finding."""
    rule = lists.rules.get(finding["rule_id"])
    if rule is None or finding["severity"] != "error":
        return set()
    periods = lists.columns(rule["form_id"])
    here = periods.index(finding["period_id"])
    found = set()
    for reach, indicator in re.findall(r"(?:(prev|cum)\()?([A-Z][A-Z0-9_]+)", rule["expression"]):
        seen = {"prev": periods[max(here - 1, 0) : here], "cum": periods[: here + 1]}
        for period in seen.get(reach, [finding["period_id"]]):
            found.add((finding["unit_id"], indicator, finding["level"], period))
    return found


@pytest.mark.parametrize("story", ["mistaken", "sound", "without"])
def test_every_cell_that_was_read_is_accounted_for(story: str, stories: Stories) -> None:
    """Per file and over all: counted, zero, unknown, not applicable, missing and refused add up."""
    outputs: Outputs = stories.ask(story)
    names = {"A": "counted", "Z": "stated_zero", "U": "unknown", "M": "not_applicable"}
    names |= {"O": "missing", "E": "rejected"}
    seen = Counter(
        (o["file"], names[o["obs_status"]]) for o in outputs.observations() if o["file"] and o["cell"]
    )
    rows = outputs.rows("cells")

    assert len(rows) == len(list(outputs.inputs.glob("*.xlsx")))
    for row in rows:
        parts = {name: int(count) for name, count in row.items() if name not in ("file", "unit_id")}
        assert parts.pop("cells_read") == sum(parts.values()) > 0
        assert {name: parts[name] for name in names.values()} == {
            name: seen[row["file"], name] for name in names.values()
        }
