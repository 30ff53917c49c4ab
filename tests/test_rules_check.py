"""The three results of a check, drawn as tables: true (✓), false (✗), not evaluated (.)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.check import (
    FALSE,
    KNOWN,
    MISSING,
    NOT_APPLICABLE,
    NOT_EVALUATED,
    TRUE,
    Figures,
    evaluate,
    evaluate_side,
)
from pipeline.rules.parse import parse_rule, parse_sum

SIGN = {TRUE: "✓", FALSE: "✗", NOT_EVALUATED: "."}
STATE = {"": MISSING, "?": MISSING, "x": NOT_APPLICABLE}


def drawn(table: str) -> dict[str, Figures]:
    """A table of one row per indicator: its id, then a cell per period (x not applicable, ? missing)."""
    found = {}
    for line in table.strip().splitlines():
        name, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        states = [STATE.get(cell, KNOWN) for cell in cells]
        values = [0.0 if cell in STATE else float(cell) for cell in cells]
        found[name] = Figures(np.array([values]), np.array([states], dtype=np.int8))
    return found


def shown(rule: str, figures: Mapping[str, Figures]) -> str:
    """The results of the first row, a sign per period."""
    (row,) = evaluate(parse_rule(rule), figures.__getitem__)
    return "".join(SIGN[int(result)] for result in row)


def test_a_comparison_is_true_false_or_not_evaluated():
    """Missing is never 0: where a part is missing nothing is said."""
    figures = drawn("""
        | A | 3 | 3 | 3 | ? | 0 |
        | B | 1 | 1 | ? | 1 | 0 |
        | C | 2 | 1 | 2 | 2 | 0 |
    """)

    assert shown("A == B + C", figures) == "✓✗..✓"
    assert shown("A <= B + C", figures) == "✓✗..✓"
    assert shown("A >= B + C", figures) == "✓✓..✓"


def test_a_part_that_cannot_exist_adds_nothing():
    """Before its first year a part is not missing, it is not there."""
    figures = drawn("""
        | A | 3 | 3 | 3 |
        | B | 3 | 2 | 2 |
        | C | x | x | 1 |
    """)

    assert shown("A == B + C", figures) == "✓✗✓"


def test_a_side_that_cannot_exist_is_not_compared():
    """Nothing can be said of a document before it was issued, not even that it is at most the total."""
    figures = drawn("""
        | A | 3 | 3 |
        | B | x | 4 |
        | C | x | x |
    """)

    assert shown("B <= A", figures) == ".✗"
    assert shown("A >= B", figures) == ".✗"
    assert shown("B + C <= A", figures) == ".✗"
    assert shown("C == C", figures) == ".."
    assert shown("5 >= C", figures) == ".."


def test_a_missing_part_outweighs_one_that_cannot_exist():
    """x + ? is not known."""
    figures = drawn("""
        | A | 3 | 3 |
        | B | x | ? |
        | C | ? | x |
    """)

    assert shown("A >= B + C", figures) == ".."


def test_before_the_first_period_nothing_is_known():
    """A rule that looks back says nothing of the first column."""
    figures = drawn("""
        | OPEN | 9 | 5 | 6 | 7 |
        | LEFT | 5 | 6 | ? | 8 |
    """)

    assert shown("OPEN == prev(LEFT)", figures) == ".✓✓."
    assert shown("OPEN >= prev(LEFT) + OPEN", figures) == ".✗✗."


def test_looking_back_to_where_nothing_could_exist_is_not_evaluated():
    """The first year of an indicator has no year before it."""
    figures = drawn("""
        | A | x | 2 | 3 |
        | B | 1 | 1 | 1 |
    """)

    assert shown("A <= prev(A) + B", figures) == "..✓"
    assert shown("A <= prev(A)", figures) == "..✗"


def test_a_cumulated_sum_has_a_gap_from_its_first_missing_part_on():
    """A sum over years of which one is missing is not known, however many follow."""
    figures = drawn("""
        | DONE | 1 | 1 | ? | 1 |
        | IN   | 1 | 0 | 9 | 9 |
    """)

    assert shown("cum(DONE) <= cum(IN)", figures) == "✓✗.."
    assert shown("cum(IN) <= 10", figures) == "✓✓✓✗"


def test_a_cumulated_sum_begins_where_the_indicator_does():
    """Years before the first are left out, and the sum stays not applicable until then."""
    figures = drawn("""
        | A | x | 2 | 3 |
        | B | 1 | 1 | 3 |
    """)

    assert shown("cum(A) == cum(B)", figures) == ".✓✓"
    assert shown("cum(A) + B <= 5", figures) == "✓✓✗"


def test_a_chain_is_false_where_any_link_is():
    """A link that is not evaluated cannot save one that is broken, nor make a chain true."""
    figures = drawn("""
        | A | 1 | 5 | 1 | 5 | ? |
        | B | 2 | 2 | 2 | 2 | ? |
        | C | 3 | 3 | ? | ? | 3 |
    """)

    assert shown("A <= B <= C", figures) == "✓✗.✗."


def test_decimals_are_compared_as_people_do():
    """0.1 + 0.2 is 0.3, and 1.1 times 1000 is 1100; a millionth is a difference."""
    figures = drawn("""
        | A | 0.3 | 1100 | 1.000001 | 1.0000001 |
        | B | 0.1 | 1000 | 1        | 1         |
        | C | 0.2 | 0    | 0        | 0         |
    """)

    assert shown("A == B + C", figures) == "✓✗✗✓"
    assert shown("A == 1.1 * B", figures) == "✗✓✗✗"


@pytest.mark.parametrize("large", [10**9, 10**12, 10**14])
def test_large_counts_differ_by_one(large):
    """A money figure of the whole country is still compared to the last unit."""
    figures = drawn(f"| A | {large} | {large} |\n| B | {large} | {large - 1} |")

    assert shown("A == B", figures) == "✓✗"
    assert shown("A <= B", figures) == "✓✗"


def test_factors_and_constants():
    """A constant may stand on either side, also beside indicators."""
    figures = drawn("| A | 50 | 49 | 101 | ? |\n| B | 5 | 5 | 5 | 5 |")

    assert shown("50 <= A <= 100", figures) == "✓✗✗."
    assert shown("A == 10 * B", figures) == "✓✗✗."
    assert shown("A - 45 == B", figures) == "✓✗✗."
    assert shown("-A <= -2 * B - 39", figures) == "✓✓✓."


def test_each_unit_and_level_is_checked_on_its_own():
    """One call serves all rows; what one unit lacks does not touch another."""
    a = Figures(np.array([[1.0], [2.0], [0.0]]), np.array([[KNOWN], [KNOWN], [MISSING]], dtype=np.int8))
    b = Figures(np.array([[1.0], [1.0], [1.0]]), np.array([[KNOWN], [KNOWN], [KNOWN]], dtype=np.int8))
    results = evaluate(parse_rule("A == B"), {"A": a, "B": b}.__getitem__)

    assert results.tolist() == [[TRUE], [FALSE], [NOT_EVALUATED]]


def test_the_sum_of_a_side_is_what_the_finding_shows():
    """With its state, so that "expected" is not shown where it is not known."""
    figures = drawn("| A | 1 | x | ? |\n| B | 2 | x | 2 |")
    total = evaluate_side(parse_sum("A + 3 * B"), figures.__getitem__)

    assert total.values[0, 0] == 7
    assert total.states.tolist() == [[KNOWN, NOT_APPLICABLE, MISSING]]


cells = st.sampled_from(["?", "x", "0", "1", "2", "3"])


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
def test_a_broken_rule_is_never_mended_by_a_cell_less(periods):
    """Taking a figure away may silence a check, and never turns ✗ into ✓."""
    table = "\n".join(f"| {n} | {' | '.join(p[i] for p in periods)} |" for i, n in enumerate("ABC"))
    gone = table.replace("| 2 ", "| ? ")
    for rule in ("A == B + C", "A <= B <= C", "A <= B + 2"):
        before, after = shown(rule, drawn(table)), shown(rule, drawn(gone))
        assert all(new in {old, "."} for old, new in zip(before, after, strict=True))
