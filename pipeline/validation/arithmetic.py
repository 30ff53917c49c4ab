"""Sums that people type into a cell, such as ``12+5+7``: worked out exactly, and nothing but these."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

_LONGEST: Final = 255
_SIGNS: Final = re.compile(r"[\d.+\-*/()\s]+", re.ASCII)
_NOUGHTS: Final = re.compile(r"(?<![\d.])0+(?=\d)")
_BETWEEN: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LARGEST: Final = Fraction(10**18)


def worked_out(formula: str) -> float | None:
    """The value of a formula of numbers, ``+ - * /`` and brackets; None for any other, and for nonsense."""
    text = _NOUGHTS.sub("", " ".join(formula.split()))
    if len(text) > _LONGEST or not _SIGNS.fullmatch(text):
        return None
    try:
        value = _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return None
    return float(value) if abs(value) <= _LARGEST else None


def _value(node: ast.expr) -> Fraction:
    """Raises ValueError for anything that is not arithmetic of numbers."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(str(number))
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BETWEEN:
            return _BETWEEN[type(sign)](_value(left), _value(right))
    raise ValueError(type(node).__name__)
