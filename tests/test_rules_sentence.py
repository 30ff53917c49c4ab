"""Rules as sentences, with the words of the campaign."""

from __future__ import annotations

import pytest

from pipeline.rules.parse import parse_rule, parse_sum
from pipeline.rules.sentence import sentence, side_text

WORDS = {
    "rule.equals": "equals",
    "rule.at_most": "at most",
    "rule.at_least": "at least",
    "rule.between": "{middle} between {low} and {high}",
    "rule.and": ", and ",
    "rule.plus": "+",
    "rule.minus": "−",
    "rule.now": "{name}",
    "rule.previous": "last {name}",
    "rule.cumulated": "all {name}",
    "rule.times": "{factor}×{name}",
    "rule.decimal_point": ",",
    "rule.thousands": ".",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A == B + C", "[A] equals [B] + [C]."),
        ("A >= B - C", "[A] at least [B] − [C]."),
        ("A <= prev(B) + cum(C)", "[A] at most last [B] + all [C]."),
        ("cum(A) <= B", "All [A] at most [B]."),
        ("A <= 2000 * B", "[A] at most 2.000×[B]."),
        ("A <= 1.05 * B + 12345.678", "[A] at most 1,05×[B] + 12.345,678."),
        ("-A <= B - 3", "− [A] at most [B] − 3."),
        ("A >= -3", "[A] at least − 3."),
        ("A >= 0", "[A] at least 0."),
        ("50 <= A <= 100", "[A] between 50 and 100."),
        ("100 >= A >= 50", "[A] between 50 and 100."),
        ("0.9 * prev(A) <= A <= 1.1 * prev(A)", "[A] between 0,9×last [A] and 1,1×last [A]."),
        ("A == B == C", "[A] equals [B], and [B] equals [C]."),
        ("A == B <= C", "[A] equals [B], and [B] at most [C]."),
        ("A <= B <= C <= D", "[A] at most [B], and [B] at most [C], and [C] at most [D]."),
    ],
)
def test_a_rule_reads_as_a_sentence(text, said):
    """Numbers are written as the language writes them, and a chain of bounds as a range."""
    assert sentence(parse_rule(text), "[{}]".format, WORDS) == said


@pytest.mark.parametrize(("text", "said"), [("7", "7"), ("A", "[A]"), ("2 * A - 1e-3", "2×[A] − 0,001")])
def test_one_side_alone_can_be_said(text, said):
    """A finding shows what was expected."""
    assert side_text(parse_sum(text), "[{}]".format, WORDS) == said
