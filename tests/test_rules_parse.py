"""The rule language: what may be said, what it means, and where a mistake is pointed at."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RuleRefused
from pipeline.rules.language import Expression, Op, PeriodLimit, Reach, Ref, Side
from pipeline.rules.parse import parse_periods, parse_rule, parse_sum


def said(side: Side) -> tuple[list[tuple[float, str, str]], float]:
    """A side as plain data: factor, indicator and reach of each term, and the constant."""
    return [(t.factor, t.ref.indicator_id, t.ref.reach.value) for t in side.terms], side.constant


def test_a_total_of_parts():
    """The commonest rule: one comparison, terms in the order of the text."""
    (link,) = parse_rule("A == B + C - D").links

    assert link.op is Op.EQ
    assert said(link.left) == ([(1.0, "A", "now")], 0.0)
    assert said(link.right) == ([(1.0, "B", "now"), (1.0, "C", "now"), (-1.0, "D", "now")], 0.0)


def test_a_chain_is_every_comparison_of_its_neighbours():
    """``a <= b <= c`` says two things of b."""
    expression = parse_rule("0.9 * prev(A) <= A <= 1.1 * prev(A)")

    assert [link.op for link in expression.links] == [Op.LE, Op.LE]
    assert said(expression.links[0].left) == ([(0.9, "A", "prev")], 0.0)
    assert said(expression.links[1].right) == ([(1.1, "A", "prev")], 0.0)
    assert expression.links[0].right == expression.links[1].left


@pytest.mark.parametrize(
    ("text", "terms", "constant"),
    [
        ("A + 2 * B", [(1, "A"), (2, "B")], 0),
        ("2 * (A + B) - (C - 5)", [(2, "A"), (2, "B"), (-1, "C")], 5),
        ("A * 3", [(3, "A")], 0),
        ("-A", [(-1, "A")], 0),
        ("-(A - B)", [(-1, "A"), (1, "B")], 0),
        ("-3 * A", [(-3, "A")], 0),
        ("A * -3", [(-3, "A")], 0),
        ("2 * 3 * A", [(6, "A")], 0),
        ("(1 + 2) * A", [(3, "A")], 0),
        ("2 * (A + 1) * 3", [(6, "A")], 6),
        ("--A", [(1, "A")], 0),
        ("A - A", [(1, "A"), (-1, "A")], 0),
        ("0 * A", [(0, "A")], 0),
        ("A +\n B", [(1, "A"), (1, "B")], 0),
        ("1e3 * A", [(1000, "A")], 0),
    ],
)
def test_precedence_brackets_and_signs_are_those_of_arithmetic(text, terms, constant):
    """Products bind before sums, a minus before a bracket turns every sign in it."""
    side = parse_sum(text)

    assert [(t.factor, t.ref.indicator_id) for t in side.terms] == terms
    assert side.constant == constant


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 1, "not understood"),
        ("A ==", 5, "not understood"),
        ("A == B +", 9, "not understood"),
        ("A B", 3, "not understood"),
        ("A = B", 3, "not understood"),
        ("(A == B", 1, "not understood"),
        ("A == B; C", 7, "not understood"),
        ("A + B", 1, "compares two sides"),
        ("A == B and C == D", 1, "compares two sides"),
        ("not A == B", 1, "compares two sides"),
        ("A < B", 1, "only ==, <= and >="),
        ("A != B", 1, "only ==, <= and >="),
        ("A in B", 1, "only ==, <= and >="),
        ("A == B / 2", 6, "only +, - and *"),
        ("A == B ** 2", 6, "only +, - and *"),
        ("A == B % 2", 6, "only +, - and *"),
        ("A == B * C", 6, "one side of *"),
        ("A == 2 * (B * C)", 11, "one side of *"),
        ("A == sum(B)", 6, "unknown function sum"),
        ("A == prev(B, C)", 6, "takes one indicator"),
        ("A == prev()", 6, "takes one indicator"),
        ("A == prev(x=B)", 6, "takes one indicator"),
        ("A == prev(prev(B))", 6, "takes one indicator"),
        ("A == prev(2)", 6, "takes one indicator"),
        ("A == B.C", 6, "expected an indicator"),
        ("A == B[1]", 6, "expected an indicator"),
        ("A == B.prev(C)", 6, "expected an indicator"),
        ("A == 'B'", 6, "expected an indicator"),
        ("A == True", 6, "expected an indicator"),
        ("A == None", 6, "expected an indicator"),
        ("A == 1j", 6, "expected an indicator"),
        ("A == ~B", 6, "expected an indicator"),
        ("A == (B == C)", 7, "expected an indicator"),
        ("A == [B]", 6, "expected an indicator"),
        ("A == (lambda: B)", 7, "expected an indicator"),
        ("A == 1e999", 6, "too large"),
        ("A == 1" + 400 * "0", 6, "too large"),
        ("1 == 2", 6, "names at least one indicator"),
        ("1 <= 2 <= A", 6, "names at least one indicator"),
        ("A <= 2 <= 3", 11, "names at least one indicator"),
        ("A ≤ B", 3, '"≤" is no letter'),
        ("A == B – C", 8, '"–" is no letter'),
        ("A ==\xa0B", 5, "is no letter"),
        ("Ａ == B", 1, '"Ａ" is no letter'),
        ("A == " + "-" * 5000 + "B", 1, "too long"),
        ("A == B" + " + B" * 5000, 1, "too long"),
        ("A == \0", 1, "not understood"),
    ],
)
def test_a_mistake_is_pointed_at(text, position, message):
    """The position counts characters from 1, so that an editor can jump there."""
    with pytest.raises(RuleRefused) as refused:
        parse_rule(text)

    assert message in refused.value.message
    if message != "not understood" or "\0" not in text:
        assert refused.value.position == position


def test_every_name_remembers_where_it_stands():
    """A name that is not known is pointed at later, when all names are."""
    (link,) = parse_rule("AB <= 2 * CD + prev(EF)").links

    assert [t.position for t in link.left.terms + link.right.terms] == [1, 11, 16]


def test_the_references_of_a_rule_stand_in_order_and_once():
    """prev(A) and A are two references of one indicator."""
    expression = parse_rule("B <= prev(A) + A + B <= cum(C)")

    assert expression.refs == (Ref("B"), Ref("A", Reach.PREV), Ref("A"), Ref("C", Reach.CUM))
    assert expression.indicator_ids == ("B", "A", "C")


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("A == B + C", "A"),
        ("A + B == C", "C"),
        ("A + B <= C + D", "A"),
        ("A <= B", "A"),
        ("prev(A) <= B", "B"),
        ("prev(A) <= B + C", "A"),
        ("5 <= A <= 10", "A"),
        ("0.9 * prev(A) <= A <= 1.1 * prev(A)", "A"),
    ],
)
def test_a_breach_is_reported_where_a_figure_stands_alone(text, anchor):
    """Where a total disagrees with its parts, the total is the place."""
    assert parse_rule(text).anchor == anchor


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("A == B + C", ("A", ("B", "C"))),
        ("A == B", None),
        ("A + B == C", None),
        ("A == B - C", None),
        ("A == B + 2 * C", None),
        ("A == B + C + 1", None),
        ("A == B + prev(C)", None),
        ("A >= B + C", None),
        ("A == B + C == D", None),
    ],
)
def test_only_a_plain_sum_makes_a_total(text, total):
    """Only such a row may start as a formula in the template."""
    assert parse_rule(text).total == total


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", "abc"),
        ("not:b", "ac"),
        ("only:b", "b"),
        ("since:b", "bc"),
        ("until:b", "ab"),
        (" since : b ", None),
        ("not:elsewhere", "abc"),
    ],
)
def test_a_rule_may_be_limited_to_periods(text, allowed):
    """By one word and one period; a period of other forms limits nothing here."""
    if allowed is None:
        with pytest.raises(RuleRefused):
            parse_periods(text)
        return
    limit = parse_periods(text)

    assert "".join(p for p in "abc" if limit.allows(p, ("a", "b", "c"))) == allowed


@pytest.mark.parametrize("text", ["b", "after:b", "not:", "not", ":b", "not b"])
def test_any_other_limit_is_refused(text):
    """A limit that is misread would switch a rule off in silence."""
    with pytest.raises(RuleRefused, match="limited by one of"):
        parse_periods(text)


def test_no_limit_means_every_period():
    """The empty field is the common case."""
    assert parse_periods("  ") == PeriodLimit()


# A generated text comes with what it must mean: factors by reference, and a constant.
Meaning = tuple[dict[Ref, float], float]
numbers = st.integers(0, 50) | st.sampled_from([0.5, 0.25, 1.5])


def merged(*meanings: Meaning) -> Meaning:
    """The sum of meanings."""
    total: dict[Ref, float] = defaultdict(float)
    for factors, _ in meanings:
        for ref, factor in factors.items():
            total[ref] += factor
    return dict(total), sum(constant for _, constant in meanings)


def times(meaning: Meaning, factor: float) -> Meaning:
    """A meaning multiplied."""
    return {ref: factor * f for ref, f in meaning[0].items()}, factor * meaning[1]


def leaf(draw: st.DrawFn) -> tuple[str, Meaning]:
    if draw(st.integers(0, 4)) == 0:
        number = draw(numbers)
        return str(number), ({}, number)
    name, reach = draw(st.sampled_from("ABCD")), draw(st.sampled_from(Reach))
    text = name if reach is Reach.NOW else f"{reach.value}({name})"
    return text, ({Ref(name, reach): 1.0}, 0.0)


@st.composite
def sums(draw: st.DrawFn, depth: int = 3) -> tuple[str, Meaning]:
    """A random sum as text, and what it means by the rules of arithmetic."""
    shape = draw(st.sampled_from(["leaf", "+", "-", "*", "*'", "neg"])) if depth else "leaf"
    if shape == "leaf":
        return leaf(draw)
    text, meaning = draw(sums(depth - 1))
    if shape == "neg":
        return f"-({text})", times(meaning, -1)
    if shape.startswith("*"):
        number = draw(numbers)
        return (f"{number} * ({text})" if shape == "*" else f"({text}) * {number}"), times(meaning, number)
    other, more = draw(sums(depth - 1))
    sign = 1 if shape == "+" else -1
    return f"{text} {shape} ({other})", merged(meaning, times(more, sign))


@given(sums())
def test_any_sum_means_what_arithmetic_says(generated):
    """However it is bracketed, a side is the same linear sum."""
    text, (factors, constant) = generated
    side = parse_sum(text)
    found, parsed_constant = merged(*(({t.ref: t.factor}, 0.0) for t in side.terms)), side.constant

    assert found[0] == pytest.approx(factors)
    assert parsed_constant == pytest.approx(constant)


@given(st.lists(sums(2), min_size=2, max_size=4), st.data())
def test_any_chain_is_read_link_by_link(generated, data):
    """Each neighbour pair is one comparison, with the operator between them."""
    ops = [data.draw(st.sampled_from(Op)) for _ in generated[1:]]
    text = generated[0][0] + "".join(
        f" {op.value} {side[0]}" for op, side in zip(ops, generated[1:], strict=True)
    )
    has_names = all(a[1][0] or b[1][0] for a, b in pairwise(generated))
    if not has_names:
        with pytest.raises(RuleRefused, match="at least one indicator"):
            parse_rule(text)
        return
    expression = parse_rule(text)

    assert [link.op for link in expression.links] == ops
    assert same_but_for_places(expression, [side[0] for side in generated])


def same_but_for_places(expression: Expression, texts: list[str]) -> bool:
    """Whether the sides are those of the texts; only the positions differ."""
    sides = [expression.links[0].left, *(link.right for link in expression.links)]
    return [said(side) for side in sides] == [said(parse_sum(text)) for text in texts]


@given(st.text(alphabet="AB prevcum()=<>+-*/.0123456789,'\"[]{}:\\\n#~!@", max_size=40))
def test_no_text_does_more_than_be_refused(text):
    """Whatever stands in the file, the loader gets a tree or a sentence with a position in the text."""
    position = 1
    try:
        parse_rule(text)
    except RuleRefused as refused:
        position = refused.position

    assert 1 <= position <= len(text) + 1
