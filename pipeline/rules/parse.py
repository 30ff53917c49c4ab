"""Text of a rule -> tree. The grammar is Python's own; the walk allows only what the language has."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import RuleRefused
from pipeline.rules.language import Expression, Link, Op, PeriodLimit, Reach, Ref, Side, Term

_OPS: dict[type[ast.cmpop], Op] = {ast.Eq: Op.EQ, ast.LtE: Op.LE, ast.GtE: Op.GE}
_FUNCTIONS = {"prev": Reach.PREV, "cum": Reach.CUM}
_PERIOD_WORDS = ("not", "only", "since", "until")
_TOO_LONG = "not understood: too long, or with a character that cannot be read"

Tree = TypeVar("Tree")


def parse_rule(text: str) -> Expression:
    """Read a chain of comparisons. Raises RuleRefused with the position of the first mistake."""
    return _read(text, _expression)


def parse_sum(text: str) -> Side:
    """Read a sum of indicators, as in a ratio's numerator. Raises RuleRefused."""
    return _read(text, _side)


def parse_periods(text: str) -> PeriodLimit:
    """Read ``not:Y2021`` and the like; empty means every period. Raises RuleRefused."""
    if not text.strip():
        return PeriodLimit()
    word, colon, period_id = text.strip().partition(":")
    if not colon or word not in _PERIOD_WORDS or not period_id.strip():
        words = ", ".join(_PERIOD_WORDS)
        raise RuleRefused(f"periods are limited by one of {words}, a colon and a period", 1)
    return PeriodLimit(word, period_id.strip())


def _read(text: str, walk: Callable[[ast.expr], Tree]) -> Tree:
    line = " ".join(text.strip().splitlines())
    for position, letter in enumerate(line, start=1):
        if not letter.isascii():
            raise RuleRefused(f'"{letter}" is no letter of the rule language', position)
    try:
        return walk(ast.parse(line, mode="eval").body)
    except SyntaxError as error:
        raise RuleRefused(f"not understood: {error.msg}", error.offset or len(line) + 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise RuleRefused(_TOO_LONG, 1) from None


def _refuse(node: ast.expr, message: str) -> RuleRefused:
    return RuleRefused(message, node.col_offset + 1)


def _expression(node: ast.expr) -> Expression:
    if not isinstance(node, ast.Compare):
        raise _refuse(node, "a rule compares two sides with ==, <= or >=")
    sides = [_side(part) for part in (node.left, *node.comparators)]
    pairs = zip(sides, node.ops, sides[1:], strict=False)
    links = tuple(Link(left, _op(op, node), right) for left, op, right in pairs)
    for link, right in zip(links, node.comparators, strict=True):
        if not link.refs:
            raise _refuse(right, "a comparison names at least one indicator")
    return Expression(links)


def _op(op: ast.cmpop, node: ast.expr) -> Op:
    if type(op) not in _OPS:
        raise _refuse(node, "only ==, <= and >= compare")
    return _OPS[type(op)]


def _side(node: ast.expr) -> Side:
    if isinstance(node, ast.Constant):
        return Side((), _number(node))
    if isinstance(node, ast.BinOp):
        return _operation(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _scaled(_side(node.operand), -1.0)
    return Side((Term(1.0, _ref(node), node.col_offset + 1),))


def _operation(node: ast.BinOp) -> Side:
    if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        raise _refuse(node, "only +, - and * with a number are known")
    left, right = _side(node.left), _side(node.right)
    if isinstance(node.op, ast.Mult):
        if left.terms and right.terms:
            raise _refuse(node, "one side of * must be a number")
        return _scaled(left, right.constant) if left.terms else _scaled(right, left.constant)
    right = right if isinstance(node.op, ast.Add) else _scaled(right, -1.0)
    return Side(left.terms + right.terms, left.constant + right.constant)


def _scaled(side: Side, factor: float) -> Side:
    terms = tuple(Term(factor * term.factor, term.ref, term.position) for term in side.terms)
    return Side(terms, factor * side.constant)


def _number(node: ast.Constant) -> float:
    if type(node.value) not in (int, float):
        raise _refuse(node, "expected an indicator, a number, prev(...) or cum(...)")
    try:
        number = float(node.value)  # type: ignore[arg-type]  # narrowed by the line above
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _refuse(node, "this number is too large")
    return number


def _ref(node: ast.expr) -> Ref:
    if isinstance(node, ast.Name):
        return Ref(node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node, node.func.id)
    raise _refuse(node, "expected an indicator, a number, prev(...) or cum(...)")


def _called(node: ast.Call, name: str) -> Ref:
    if name not in _FUNCTIONS:
        raise _refuse(node, f"unknown function {name}; there are prev(...) and cum(...)")
    if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Name):
        raise _refuse(node, f"{name}(...) takes one indicator")
    return Ref(node.args[0].id, _FUNCTIONS[name])
