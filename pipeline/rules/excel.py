"""Tree -> Excel formula for the live check. Agrees with the vectorised check on every number.

Only functions that Excel, LibreOffice and WPS share are used, none that came after Excel 2007.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.rules.check import DECIMALS
from pipeline.rules.language import Expression, Link, Ref, Side

CellOf = Callable[[Ref], tuple[str, ...] | None]
"""The cells that a reference reads in the period that is checked: one, several for ``cum``, none where the
indicator cannot exist there, and None where nothing can be known (before the first period)."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the check shows for true and for false; unevaluated shows nothing."""

    right: str
    wrong: str


def check_formula(expression: Expression, cell_of: CellOf, marks: Marks) -> str | None:
    """A formula that shows whether the rule holds; None where it can never be evaluated.

    It shows nothing while any cell that it needs holds no number.
    """
    links = [_link(link, cell_of) for link in expression.links]
    told = [link for link in links if link is not None]
    if not told:
        return None
    otherwise = f'IF(AND({",".join(f"COUNT({cells})={n}" for cells, n, _ in told)}),"{marks.right}","")'
    if len(told) < len(links):
        otherwise = '""'
    for cells, count, holds in reversed(told):
        otherwise = f'IF(AND(COUNT({cells})={count},NOT({holds})),"{marks.wrong}",{otherwise})'
    return f"={otherwise}"


def sum_formula(cells: tuple[str, ...]) -> str:
    """A total of parts that stays empty until one of them holds a number."""
    listed = ",".join(cells)
    return f'=IF(COUNT({listed})=0,"",SUM({listed}))'


def _link(link: Link, cell_of: CellOf) -> tuple[str, int, str] | None:
    sides = [_side(side, cell_of) for side in (link.left, link.right)]
    if any(side is None for side in sides):
        return None
    (left_cells, left), (right_cells, right) = (side for side in sides if side is not None)
    cells = tuple(dict.fromkeys(left_cells + right_cells))
    holds = f"ROUND(({left})-({right}),{DECIMALS}){link.op.value.replace('==', '=')}0"
    return ",".join(cells), len(cells), holds


def _side(side: Side, cell_of: CellOf) -> tuple[tuple[str, ...], str] | None:
    """The cells a side needs and its sum; None where the side cannot exist or cannot be known."""
    if not side.terms:
        return (), _number(side.constant)
    cells: list[str] = []
    parts: list[str] = []
    for term in side.terms:
        read = cell_of(term.ref)
        if read is None:
            return None
        if read:
            cells.extend(read)
            parts.append(_product(term.factor, read))
    if not cells:
        return None
    if side.constant:
        parts.append(_number(side.constant))
    return tuple(cells), "+".join(parts).replace("+-", "-")


def _product(factor: float, cells: tuple[str, ...]) -> str:
    value = f"SUM({','.join(cells)})" if len(cells) > 1 else f"N({cells[0]})"
    return value if factor == 1 else f"-{value}" if factor == -1 else f"{_number(factor)}*{value}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
