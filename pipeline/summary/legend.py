"""What the signs and colours of the sheet of coverage mean, each beside its meaning."""

from __future__ import annotations

from typing import Final

from pipeline.book import Cell, Merge
from pipeline.model import FormStatus
from pipeline.summary.brief import Brief

_SPAN: Final = 4
"""Columns that one sign takes: its own, and three for its meaning."""


def lines_of_legend(across: int) -> int:
    """How many rows the legend takes in so many columns."""
    return -(-(len(FormStatus) + 1) // max(across // _SPAN, 1))


def legend_of(brief: Brief, top: int, columns: tuple[int, int]) -> tuple[list[Cell], list[Merge]]:
    """Each state of a form as the table shows it, and beside it what it means. ``columns``: first, last."""
    first, last = columns
    in_line = max((last - first + 1) // _SPAN, 1)
    states = [
        *((f"form.{s.value}", f"legend.{s.value}", f"summary_status_{s.value}") for s in FormStatus),
        ("sign.not_owed", "legend.not_owed", "summary_not_owed"),
    ]
    signs = [Cell(top, 1, brief.word("legend.title"), "summary_legend_title")]
    meanings = []
    for index, (sign, meaning, style) in enumerate(states):
        row, col = top + index // in_line, first + index % in_line * _SPAN
        signs.append(Cell(row, col, brief.word(sign), style))
        meanings.append(Merge(row, col + 1, row, col + _SPAN - 1, brief.word(meaning), "summary_legend"))
    return signs, meanings
