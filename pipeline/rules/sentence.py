"""Tree -> a sentence that staff read. The words come from the campaign; this only joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.rules.language import Expression, Op, Reach, Side, Term

NameOf = Callable[[str], str]

_WORD_OF_OP = {Op.EQ: "rule.equals", Op.LE: "rule.at_most", Op.GE: "rule.at_least"}
_WORD_OF_REACH = {Reach.NOW: "rule.now", Reach.PREV: "rule.previous", Reach.CUM: "rule.cumulated"}


def sentence(expression: Expression, name_of: NameOf, words: Mapping[str, str]) -> str:
    """What must be true, as one sentence: names of indicators joined by the campaign's words."""
    text = side_text(expression.links[0].left, name_of, words)
    for link in expression.links:
        text += f" {words[_WORD_OF_OP[link.op]]} {side_text(link.right, name_of, words)}"
    return text + "."


def side_text(side: Side, name_of: NameOf, words: Mapping[str, str]) -> str:
    """One side of a rule in words, such as ``[B01_011] trực tiếp + [B01_012] trực tuyến``."""
    text = "".join(_term(term, name_of, words, is_first=i == 0) for i, term in enumerate(side.terms))
    if not side.terms:
        return _number(side.constant, words)
    return f"{text} + {_number(side.constant, words)}" if side.constant else text


def _term(term: Term, name_of: NameOf, words: Mapping[str, str], *, is_first: bool) -> str:
    name = words[_WORD_OF_REACH[term.ref.reach]].format(name=name_of(term.ref.indicator_id))
    factor = abs(term.factor)
    product = name if factor == 1 else words["rule.times"].format(factor=_number(factor, words), name=name)
    sign = "-" if term.factor < 0 else "" if is_first else "+"
    return product if not sign else f"{sign} {product}" if is_first else f" {sign} {product}"


def _number(value: float, words: Mapping[str, str]) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}".replace(".", words["rule.decimal_point"])
