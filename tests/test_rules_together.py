"""Rules that are checked together come to what each of them comes to alone."""

from __future__ import annotations

import random

import numpy as np

from pipeline.rules import check
from pipeline.rules.language import Expression, Link, Op, Reach, Ref, Side, Term
from pipeline.rules.together import together

N_ROWS, N_PERIODS = 12, 5
NUMBERS = (0.0, 0.1, 1.0, 2.5, 7.0, 1e9, 0.0000004)


def drawn_side(dice: random.Random, *, is_constant: bool) -> Side:
    if is_constant:
        return Side((), dice.choice((0.0, 3.0, 100.0)))
    terms = (
        Term(
            dice.choice((1.0, -1.0, 0.9, 2000.0)),
            Ref(f"{dice.randrange(N_ROWS)}", dice.choice(list(Reach))),
            0,
        )
        for _ in range(dice.choice((1, 1, 2, 3, 7)))
    )
    return Side(tuple(terms), dice.choice((0.0, 0.0, 5.0)))


def drawn_rule(dice: random.Random) -> Expression:
    links = []
    for _ in range(dice.choice((1, 1, 2, 3))):
        first = drawn_side(dice, is_constant=False)
        second = drawn_side(dice, is_constant=dice.random() < 0.2)
        left, right = dice.sample((first, second), 2)
        links.append(Link(left, dice.choice(list(Op)), right))
    return Expression(tuple(links))


def drawn_figures(dice: random.Random) -> check.Figures:
    states = np.array(dice.choices((0, 0, 0, 1, 2), k=N_ROWS * N_PERIODS), dtype=np.int8)
    values = np.array(dice.choices(NUMBERS, k=N_ROWS * N_PERIODS))
    states, values = states.reshape(N_ROWS, N_PERIODS), values.reshape(N_ROWS, N_PERIODS)
    return check.Figures(np.where(states == check.KNOWN, values, 0.0), states)


def test_rules_together_say_what_each_says_alone() -> None:
    """Whatever the sums, operators, chains, reaches and gaps: the same results, in all three kinds."""
    seen: set[int] = set()
    for seed in range(60):
        dice = random.Random(seed)
        rules = [drawn_rule(dice) for _ in range(dice.choice((1, 5, 40)))]
        now = drawn_figures(dice)

        def alone(name: str, now: check.Figures = now) -> check.Figures:
            return check.Figures(now.values[[int(name)]], now.states[[int(name)]])

        expected = [check.evaluate(rule, alone)[0].tolist() for rule in rules]
        assert together([(rule, int) for rule in rules], N_ROWS).evaluate(now).tolist() == expected, seed
        seen.update(result for row in expected for result in row)

    assert seen == {check.TRUE, check.FALSE, check.NOT_EVALUATED}


def test_no_rule_says_nothing() -> None:
    """A unit of whose rules none can be told has no results, and that is no fault."""
    assert together([], N_ROWS).evaluate(drawn_figures(random.Random(1))).shape == (0, N_PERIODS)
