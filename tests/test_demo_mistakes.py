"""Every mistake in an invented return is listed, with all that it breaks. All returns here are invented."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.catalogue import Campaign
from pipeline.demo import Invented, Mistake, invent
from pipeline.demo.kinds import KINDS
from tests.invented import breaches, read_return

UNITS = ("QH303", "QH318", "DU_CA", "BCS_UBND", "BD_TC", "TTTP")


@pytest.fixture(scope="module")
def returns(campaign: Campaign) -> tuple[Invented, ...]:
    return tuple(one for seed in range(5) for one in invent(campaign, seed, UNITS, 1.0))


@pytest.fixture(scope="module")
def mistakes(returns: tuple[Invented, ...]) -> list[Mistake]:
    return [mistake for one in returns for mistake in one.mistakes]


def test_every_kind_of_mistake_occurs(mistakes: list[Mistake]) -> None:
    """A demo shows all that the program can find."""
    assert {mistake.kind for mistake in mistakes} == set(KINDS)


def test_the_listed_mistakes_break_exactly_the_listed_rules(
    campaign: Campaign, returns: tuple[Invented, ...]
) -> None:
    """An independent evaluation finds every listed breach, and no other."""
    for one in returns:
        listed = {
            (rule_id, m.indicator_id, m.level, m.period_id)
            for m in one.mistakes
            for rule_id in m.rule_ids
            if rule_id in campaign.rules
        }
        listed |= {consequence for m in one.mistakes for consequence in m.consequences}

        assert breaches(campaign, one.unit_id, read_return(campaign, one)) == listed


def test_the_list_says_what_stands_in_the_cell(campaign: Campaign, returns: tuple[Invented, ...]) -> None:
    """What is written is in the answers, and differs from what is right."""
    for one in returns:
        for mistake in one.mistakes:
            key = (f"{mistake.indicator_id}|{mistake.level}", mistake.period_id)

            assert one.answers.values.get(key) == mistake.written
            assert mistake.written != mistake.right
            assert mistake.rule_ids
            assert mistake.form_id == campaign.indicators[mistake.indicator_id].form_id


def test_only_listed_cells_differ_from_the_right_return(campaign: Campaign) -> None:
    """Except where one figure was copied over a whole row, one mistake is one cell."""
    right = invent(campaign, 7, ("QH311",), 0.0)[0]
    wrong = invent(campaign, 7, ("QH311",), 1.0)[0]
    rows = {f"{m.indicator_id}|{m.level}" for m in wrong.mistakes if m.kind == "copied"}
    cells = {(f"{m.indicator_id}|{m.level}", m.period_id) for m in wrong.mistakes}
    keys = right.answers.values.keys() | wrong.answers.values.keys()
    changed = {k for k in keys if right.answers.values.get(k) != wrong.answers.values.get(k)}

    assert {key for key in changed if key[0] not in rows} == {key for key in cells if key[0] not in rows}


def test_no_form_gets_two_mistakes(returns: tuple[Invented, ...]) -> None:
    """Mistakes that touch would hide each other."""
    for one in returns:
        forms = Counter(mistake.form_id for mistake in one.mistakes)

        assert all(count == 1 for count in forms.values())


def test_the_share_of_mistakes_is_chosen(campaign: Campaign) -> None:
    """None at 0, one in each form at 1 wherever one is possible, and some units without any in between."""
    none, some, full = (invent(campaign, 11, UNITS[1:], share) for share in (0.0, 0.4, 1.0))
    count = [sum(len(one.mistakes) for one in returns) for returns in (none, some, full)]

    assert count[0] == 0
    assert 0 < count[1] < count[2]
    assert any(not one.mistakes for one in some)
    assert all(one.mistakes for one in full)


def test_mistakes_are_the_same_every_time(campaign: Campaign) -> None:
    """A seed is enough to make a demo again."""
    first, second = (invent(campaign, 5, ("QH303", "TTTP"), 0.5) for _ in range(2))

    assert first == second
    assert invent(campaign, 5, ("TTTP",), 0.5) == first[1:]


def test_mistakes_in_another_campaign_break_exactly_the_listed_rules(tiny: Campaign) -> None:
    """Mistakes are made from a campaign's own rules and signs."""
    kinds = set()
    for seed in range(40):
        for one in invent(tiny, seed, tuple(tiny.units), 1.0):
            listed = {
                (rule_id, m.indicator_id, m.level, m.period_id)
                for m in one.mistakes
                for rule_id in m.rule_ids
                if rule_id in tiny.rules
            } | {consequence for m in one.mistakes for consequence in m.consequences}
            kinds |= {m.kind for m in one.mistakes}

            assert breaches(tiny, one.unit_id, read_return(tiny, one)) == listed
    assert {"wrong_total", "wrong_opening", "part_above_whole"} <= kinds
