"""Text of a rule -> tree. The grammar is Python's own; the walk allows only what the language has."""

from __future__ import annotations

import ast

from pipeline.errors import RuleRefused
from pipeline.rules.language import Expression, Link, Op, PeriodLimit, Reach, Ref, Side, Term

_OPS: dict[type[ast.cmpop], Op] = {ast.Eq: Op.EQ, ast.LtE: Op.LE, ast.GtE: Op.GE}
_FUNCTIONS = {"prev": Reach.PREV, "cum": Reach.CUM}
_PERIOD_WORDS = ("not", "only", "since", "until")


def parse_rule(text: str) -> Expression:
    """Read a chain of comparisons. Raises RuleRefused with the position of the first mistake."""
    node = _tree(text)
    if not isinstance(node, ast.Compare):
        raise _refuse(node, "a rule compares two sides with ==, <= or >=")
    sides = [_side(part) for part in (node.left, *node.comparators)]
    if not any(side.terms for side in sides):
        raise _refuse(node, "a rule names at least one indicator")
    links = tuple(
        Link(left, _op(op, node), right) for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
    )
    return Expression(links)


def parse_sum(text: str) -> Side:
    """Read a sum of indicators, as in a ratio's numerator. Raises RuleRefused."""
    return _side(_tree(text))


def parse_periods(text: str) -> PeriodLimit:
    """Read ``not:Y2021`` and the like; empty means every period. Raises RuleRefused."""
    if not text.strip():
        return PeriodLimit()
    word, colon, period_id = text.strip().partition(":")
    if not colon or word not in _PERIOD_WORDS:
        raise RuleRefused(f"periods are limited by one of {', '.join(_PERIOD_WORDS)}, as in not:Y2021", 1)
    return PeriodLimit(word, period_id.strip())


def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise RuleRefused(f"not understood: {error.msg}", error.offset or 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise RuleRefused("not understood: too long, or with a character that cannot be read", 1) from None


def _refuse(node: ast.AST, message: str) -> RuleRefused:
    return RuleRefused(message, getattr(node, "col_offset", 0) + 1)


def _op(op: ast.cmpop, node: ast.AST) -> Op:
    if type(op) not in _OPS:
        raise _refuse(node, "only ==, <= and >= compare")
    return _OPS[type(op)]


def _side(node: ast.expr) -> Side:
    terms: list[Term] = []
    constant = _collect(node, 1.0, terms)
    return Side(tuple(terms), constant)


def _collect(node: ast.expr, factor: float, terms: list[Term]) -> float:
    """Add ``factor`` times the node to ``terms``; return its constant part."""
    number = _number(node)
    if number is not None:
        return factor * number
    if isinstance(node, ast.BinOp):
        return _collect_operation(node, factor, terms)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _collect(node.operand, -factor, terms)
    terms.append(Term(factor, _ref(node), node.col_offset + 1))
    return 0.0


def _collect_operation(node: ast.BinOp, factor: float, terms: list[Term]) -> float:
    if isinstance(node.op, ast.Add | ast.Sub):
        sign = 1.0 if isinstance(node.op, ast.Add) else -1.0
        return _collect(node.left, factor, terms) + _collect(node.right, sign * factor, terms)
    if isinstance(node.op, ast.Mult):
        for constant, other in ((node.left, node.right), (node.right, node.left)):
            number = _number(constant)
            if number is not None:
                return _collect(other, factor * number, terms)
        raise _refuse(node, "one side of * must be a number")
    raise _refuse(node, "only +, - and * with a number are known")


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    return None


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
