"""Invented figures are believable and obey every rule. What is invented here is no unit's real figure."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign, load_campaign
from pipeline.demo import Invented, invent
from pipeline.demo.solve import Bounds, Clash, nearest
from pipeline.errors import CampaignRefused, StopRun
from pipeline.rules.parse import parse_rule
from tests.invented import Cell, breaches, number_read, read_return


@pytest.fixture(scope="module")
def all_units(campaign: Campaign) -> dict[str, Invented]:
    return {one.unit_id: one for one in invent(campaign, 1, tuple(campaign.units), 0.0)}


@pytest.fixture(scope="module")
def figures(campaign: Campaign, all_units: dict[str, Invented]) -> dict[str, dict[Cell, float | None]]:
    return {unit_id: read_return(campaign, one) for unit_id, one in all_units.items()}


def test_without_mistakes_every_rule_holds_for_every_unit(
    campaign: Campaign, all_units: dict[str, Invented], figures: dict[str, dict[Cell, float | None]]
) -> None:
    """Errors and questions alike: returns without mistakes leave no rule to correct or explain."""
    broken = {
        unit_id: found
        for unit_id, of_unit in figures.items()
        if (found := breaches(campaign, unit_id, of_unit))
    }

    assert broken == {}
    assert all(one.mistakes == () for one in all_units.values())


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_every_rule_holds_under_other_seeds(campaign: Campaign, seed: int) -> None:
    """The rules do not hold by luck of one seed."""
    for one in invent(campaign, seed, ("QH318", "QH311", "DU_CA", "BD_TC", "TTTP", "SNV"), 0.0):
        assert breaches(campaign, one.unit_id, read_return(campaign, one)) == set()


def test_every_rule_of_another_campaign_holds(tiny: Campaign) -> None:
    """Figures are invented from a campaign's data, whatever the campaign."""
    for seed in range(20):
        for one in invent(tiny, seed, tuple(tiny.units), 0.0):
            assert breaches(tiny, one.unit_id, read_return(tiny, one)) == set()


def test_every_cell_that_can_hold_a_figure_has_one(figures: dict[str, dict[Cell, float | None]]) -> None:
    """Blank is never an accident: what is not filled is a total, computed, or cannot exist."""
    for of_unit in figures.values():
        missing = {cell for cell, figure in of_unit.items() if figure is None}

        assert missing == set()


def test_what_cannot_exist_and_what_is_computed_is_never_filled(
    campaign: Campaign, all_units: dict[str, Invented]
) -> None:
    """Locked cells of a template stay as they are."""
    filled = {(key.split("|")[0], p) for one in all_units.values() for key, p in one.answers.values}

    assert not [i for i, _ in filled if campaign.indicators[i].is_computed]
    assert not [(i, p) for i, p in filled if not campaign.exists_in(i, p)]


def test_a_return_depends_only_on_its_seed_and_unit(
    campaign: Campaign, all_units: dict[str, Invented]
) -> None:
    """The same seed gives the same return, alone or among others; another seed another one."""
    alone = invent(campaign, 1, ("QH304",), 0.0)[0]
    other = invent(campaign, 2, ("QH304",), 0.0)[0]

    assert alone == all_units["QH304"]
    assert other.answers.values != alone.answers.values


def test_no_two_units_report_the_same(campaign: Campaign, all_units: dict[str, Invented]) -> None:
    """Twins would have to be explained."""
    values = [tuple(one.answers.values.items()) for one in all_units.values()]

    assert len(set(values)) == len(campaign.units)


def test_figures_are_of_the_size_that_is_known(
    campaign: Campaign, figures: dict[str, dict[Cell, float | None]]
) -> None:
    """City totals of ten years lie where published figures of comparable cities put them."""
    totals: dict[str, float] = {}
    for of_unit in figures.values():
        for (indicator_id, level, _), figure in of_unit.items():
            if not campaign.levels[level].is_authority:
                totals[indicator_id] = totals.get(indicator_id, 0.0) + (figure or 0.0)

    assert 5_000 <= totals["B01_010"] <= 15_000
    assert 500_000 <= totals["B01_020"] <= 1_500_000
    assert 8_000 <= totals["B02_000"] <= 25_000
    assert 1_500 <= totals["B03_010"] <= 6_000
    assert 5_000 <= totals["B07_010"] <= 8_000
    assert 200 <= totals["B07_030"] <= 1_500
    assert 3_000 <= totals["B09_010"] <= 50_000
    assert 1_000 <= totals["B09_020"] <= 4_000
    assert 30_000 <= totals["B8B_010"] <= 90_000
    assert 25_000 <= totals["B11C_020"] <= 45_000


def test_an_authority_keeps_about_what_the_others_report(
    figures: dict[str, dict[Cell, float | None]],
) -> None:
    """Reconciliation shows a difference, but a believable one."""
    totals = {"B8C_020": 0.0, "B11C_020": 0.0}
    for of_unit in figures.values():
        for (indicator_id, _, _), figure in of_unit.items():
            if indicator_id in totals:
                totals[indicator_id] += figure or 0.0
    reported, kept = totals.values()

    assert reported != kept
    assert abs(reported - kept) <= 0.1 * reported


def test_nothing_jumps_threefold_from_one_period_to_the_next(
    campaign: Campaign, figures: dict[str, dict[Cell, float | None]]
) -> None:
    """Per month, so that part years do not hide or feign a jump."""
    jumps = [
        (unit_id, cell, ratio)
        for unit_id, of_unit in figures.items()
        for cell, ratio in _steps(campaign, of_unit)
        if not 1 / 3 <= ratio <= 3
    ]

    assert jumps == []


def _steps(campaign: Campaign, figures: dict[Cell, float | None]) -> Iterator[tuple[Cell, float]]:
    for (indicator_id, level, period_id), figure in figures.items():
        indicator = campaign.indicators[indicator_id]
        periods = campaign.forms[indicator.form_id].period_ids
        here = periods.index(period_id)
        before = figures.get((indicator_id, level, periods[here - 1])) or 0.0
        if not here or min(before, figure or 0.0) <= 20:
            continue
        months = [campaign.periods[p].months for p in periods[here - 1 : here + 1]]
        even = months[1] / months[0] if indicator.kind == "flow" else 1.0
        yield (indicator_id, level, period_id), (figure or 0.0) / (before * even)


def test_a_few_right_figures_are_written_as_staff_write_them(
    campaign: Campaign, all_units: dict[str, Invented]
) -> None:
    """Signs for zero and numbers as text occur, and every one of them can be read."""
    texts = [v for one in all_units.values() for v in one.answers.values.values() if isinstance(v, str)]
    signs = [text for text in texts if text in campaign.signs]
    written = [text for text in texts if text not in campaign.signs]
    filled = sum(len(one.answers.values) for one in all_units.values())

    assert signs
    assert written
    assert all(number_read(text) is not None for text in written)
    assert len(texts) < 0.02 * filled


def test_returns_say_that_they_are_invented(campaign: Campaign, all_units: dict[str, Invented]) -> None:
    """Nobody may take an invented workbook for a real one."""
    banners = {one.answers.banner for one in all_units.values()}

    assert banners == {campaign.words["vi"]["demo.banner"]}
    assert all(one.answers.filled_by for one in all_units.values())


def test_rules_that_contradict_each_other_are_named(tiny: Campaign) -> None:
    """Without figures that obey the rules there is no demo; the message says which indicators clash."""
    rule = tiny.rules["USE-1"]
    impossible = replace(rule, rule_id="USE-9", expression=parse_rule("V_APP >= V_ALL + 1"))
    broken = replace(tiny, rules={**tiny.rules, "USE-9": impossible})

    with pytest.raises(StopRun, match="V_ALL"):
        invent(broken, 1, ("NORTH",), 0.0)


def test_bounds_follow_from_the_limits() -> None:
    """x + y == 10 and x <= 3: once y is known, x is."""
    equal = ((0, 1.0), (1, 1.0))
    bounds = Bounds(
        [100, 100], [(equal, -10.0), (tuple((n, -f) for n, f in equal), 10.0), (((0, 1.0),), -3.0)]
    )

    assert (bounds.low, bounds.high) == ([0, 7], [3, 10])
    assert nearest(bounds, 1, 99) == 10
    assert bounds.high[0] == 0


def test_a_value_that_the_limits_forbid_changes_nothing() -> None:
    """x + y == 10: 11 cannot be fixed, and the bounds stay."""
    equal = ((0, 1.0), (1, 1.0))
    bounds = Bounds([100, 100], [(equal, -10.0), (tuple((n, -f) for n, f in equal), 10.0)])

    with pytest.raises(Clash):
        bounds.fix(0, 11)

    assert (bounds.low, bounds.high) == ([0, 0], [10, 10])


def test_what_was_fixed_can_be_forgotten() -> None:
    """Another order is tried from where the first one began."""
    bounds = Bounds([5], [])
    bounds.fix(0, 4)
    bounds.forget()

    assert (bounds.low, bounds.high) == ([0], [5])


def test_a_figure_that_would_be_a_share_of_itself_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    """A circle in the sizes is a contradiction of the campaign, named by file and column."""
    folder = tmp_path / "tiny"
    shutil.copytree(tiny_folder, folder)
    sizes = "indicator_id,level,typical,share_of\nV_ALL,*,2,V_DAY\nV_DAY,*,0.7,V_ALL\n"
    (folder / "magnitudes.csv").write_text(sizes, encoding="utf-8")

    with pytest.raises(CampaignRefused, match=r"(?s)magnitudes\.csv:2.*share of itself.*magnitudes\.csv:3"):
        load_campaign(folder)
