"""A form's table with everything that stands in it whoever fills it in, as one piece to be filled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.book import Formula, Scalar, Stencil
from pipeline.forms.fixed_checks import FixedChecks
from pipeline.forms.fixed_rows import FORMS_KEPT, FixedRow, fixed_rows
from pipeline.forms.layout import FIRST_PERIOD, KEY
from pipeline.forms.places import Places

_CHECK: Final = -1
"""Where the live check stands in a row."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedTable:
    """The rows of a form. ``values`` go through all cells row by row: None where a figure or formula is.

    ``filled`` are the rows (by number) in which something else than figures stands in some period,
    ``checks`` by row what is checked beside it, ``at`` by row key the number of the row.
    """

    rows: tuple[FixedRow, ...]
    stencil: Stencil
    values: tuple[Scalar, ...]
    filled: frozenset[int]
    checks: tuple[tuple[int, ...], ...]
    at: dict[str, int]


@lru_cache(maxsize=FORMS_KEPT)
def fixed_table(places: Places, checks: FixedChecks, form_id: str) -> FixedTable:
    """The table of one form, with the live checks beside its rows."""
    rows = tuple(fixed_rows(places, form_id).values())
    cells = [_cells(fixed, checks) for fixed in rows]
    stencil = Stencil(
        rows=tuple(fixed.at for fixed in rows),
        col=KEY,
        width=len(cells[0]),
        styles=tuple(style for fixed in rows for style in fixed.styles),
        formulas=tuple(value.text if isinstance(value, Formula) else "" for row in cells for value in row),
    )
    return FixedTable(
        rows=rows,
        stencil=stencil,
        values=tuple(None if isinstance(value, Formula) else value for row in cells for value in row),
        filled=frozenset(at for at, row in enumerate(cells) if _is_filled(row, len(rows[at].places))),
        checks=tuple(tuple(checks.beside.get(fixed.key, ())) for fixed in rows),
        at={fixed.key: at for at, fixed in enumerate(rows)},
    )


def _cells(fixed: FixedRow, checks: FixedChecks) -> list[Scalar | Formula]:
    text = checks.texts.get(fixed.key)
    cells = list(fixed.values)
    cells[_CHECK] = "" if text is None else Formula(text, "")
    return cells


def _is_filled(row: list[Scalar | Formula], n_periods: int) -> bool:
    figures = row[FIRST_PERIOD : FIRST_PERIOD + n_periods]
    return any(value is not None and not isinstance(value, Formula) for value in figures)
