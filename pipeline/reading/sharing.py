"""What thousands of returns have in common is held once: each came from another process with its own copy."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from pipeline.model import SheetCells, Submission

_DIFFERENT: Final = 4096
"""So many layouts are remembered; what is met less often is kept as often as it comes."""


def shared(submission: Submission) -> Submission:
    """An equal submission that holds rows, columns and places of formulas in common with others before."""
    return replace(submission, sheets=tuple(map(_sheet, submission.sheets)))


def _sheet(sheet: SheetCells) -> SheetCells:
    return replace(
        sheet,
        row_keys=_first(sheet.row_keys),
        row_numbers=_first(sheet.row_numbers),
        period_ids=_first(sheet.period_ids),
        column_numbers=_first(sheet.column_numbers),
        formulas=_first(sheet.formulas),
    )


@lru_cache(maxsize=_DIFFERENT)
def _first(layout: Any) -> Any:
    """The first of all that are equal: what is kept for a question is the answer to all like it."""
    return layout
