"""Tree -> a sentence that staff read. The words come from the campaign; this only joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.rules.language import Expression, Link, Op, Reach, Side, Term

NameOf = Callable[[str], str]

_WORD_OF_OP = {Op.EQ: "rule.equals", Op.LE: "rule.at_most", Op.GE: "rule.at_least"}
_WORD_OF_REACH = {Reach.NOW: "rule.now", Reach.PREV: "rule.previous", Reach.CUM: "rule.cumulated"}


def sentence(expression: Expression, name_of: NameOf, words: Mapping[str, str]) -> str:
    """What must be true, as one sentence: names of indicators joined by the campaign's words."""
    bounds = _bounds(expression)
    if bounds is not None:
        low, middle, high = (side_text(side, name_of, words) for side in bounds)
        text = words["rule.between"].format(low=low, middle=middle, high=high)
    else:
        text = words["rule.and"].join(_comparison(link, name_of, words) for link in expression.links)
    return f"{text[0].upper()}{text[1:]}."


def side_text(side: Side, name_of: NameOf, words: Mapping[str, str]) -> str:
    """One side of a rule in words, such as ``[B01_011] trực tiếp + [B01_012] trực tuyến``."""
    parts = [(term.factor < 0, _product(term, name_of, words)) for term in side.terms]
    if side.constant or not parts:
        parts.append((side.constant < 0, _number(abs(side.constant), words)))
    (is_negative, text), *rest = parts
    text = f"{words['rule.minus']} {text}" if is_negative else text
    for is_negative, part in rest:
        text += f" {words['rule.minus' if is_negative else 'rule.plus']} {part}"
    return text


def _bounds(expression: Expression) -> tuple[Side, Side, Side] | None:
    """``(low, middle, high)`` of a chain that keeps one side between two others."""
    if len(expression.links) != 2:
        return None
    first, second = expression.links
    if first.op is Op.EQ or first.op is not second.op:
        return None
    sides = first.left, first.right, second.right
    return sides if first.op is Op.LE else (sides[2], sides[1], sides[0])


def _comparison(link: Link, name_of: NameOf, words: Mapping[str, str]) -> str:
    left, right = (side_text(side, name_of, words) for side in (link.left, link.right))
    return f"{left} {words[_WORD_OF_OP[link.op]]} {right}"


def _product(term: Term, name_of: NameOf, words: Mapping[str, str]) -> str:
    name = words[_WORD_OF_REACH[term.ref.reach]].format(name=name_of(term.ref.indicator_id))
    factor = abs(term.factor)
    return name if factor == 1 else words["rule.times"].format(factor=_number(factor, words), name=name)


def _number(value: float, words: Mapping[str, str]) -> str:
    whole, _, decimals = f"{value:,.10f}".rstrip("0").partition(".")
    whole = whole.replace(",", words["rule.thousands"])
    return f"{whole}{words['rule.decimal_point']}{decimals}" if decimals else whole
