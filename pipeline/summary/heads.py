"""What stands above a table: the heading of a Party document, or title and remark of a working sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from pipeline.book import Cell, Merge, Print, Sheet
from pipeline.summary.brief import Brief, room_below
from pipeline.summary.grid import LETTERS, LINE_HEIGHT, Block, ColumnSpec, Table, widest

Line = TypeVar("Line")

TOP: Final = 3
"""The header row (from 0) of the table on a working sheet, below the way back, title and remark."""

LABEL_HEIGHT: Final = 3 * LINE_HEIGHT + 2
"""Points that the row of labels above the ids of periods takes."""


def heading(brief: Brief, block: Block, first: int, last: int) -> None:
    """The first two rows of an official sheet: issuer on the left, the document's heading on the right."""
    campaign = brief.campaign
    head = next(iter(campaign.settings.headings.values()), {"left": (), "right": ()})
    place = campaign.text("place", brief.lang)
    left = [line for line in head["left"] if "{unit}" not in line] or [campaign.text("issuer", brief.lang)]
    right = [line.replace("{place}", place) for line in head["right"]]
    middle = (first + last) // 2
    sides = ((first, middle, left, "issuer"), (middle + 1, last, right, "party"))
    for row, style in enumerate(("summary_heading_{}", "summary_heading_{}_small")):
        for start, end, lines, side in sides:
            if row < len(lines) and start <= end:
                block.merges.append(Merge(row, start, row, end, lines[row], style.format(side)))
        block.heights[row] = LINE_HEIGHT + 6


def time_labels(brief: Brief, columns: Sequence[str], row: int, left: int) -> Iterator[Cell]:
    """What the ids of periods and windows mean, above them; periods shorter than the longest are marked."""
    periods = brief.campaign.periods
    longest = max((periods[name].months for name in columns if name in periods), default=0)
    for col, name in enumerate(columns, left):
        period = periods.get(name)
        if period is not None and 0 < period.months < longest:
            text = brief.word("part_label", label=period.label, months=period.months)
            yield Cell(row, col, text, "summary_label_part")
        else:
            yield Cell(row, col, brief.time_name(name), "summary_label")


def label_width(brief: Brief, column: str, narrowest: float) -> float:
    """The width that a period needs for its label on one line, a window for its label on three."""
    if column in brief.campaign.periods:
        return max(narrowest, len(brief.time_name(column)) + 1.0)
    return max(narrowest + 5.0, len(brief.time_name(column)) / 3 + 2.5)


def footer(brief: Brief) -> str:
    """What every printed page says at its foot: which run it is from, and whether it is a draft."""
    return brief.word("footer", run=brief.results.run_id, state=brief.state_word)


def column_specs(brief: Brief, columns: Iterable[tuple[str, float, str]]) -> list[ColumnSpec]:
    """Columns by the name of their word, width and style; those of a style that wraps make rows higher."""
    return [
        ColumnSpec(brief.word(f"column.{name}"), width, style, LETTERS if "wrap" in style else 0.0)
        for name, width, style in columns
    ]


def working_sheet(
    brief: Brief, page: str, table: Table, freeze_cols: int = 0, gaps: Mapping[str, str] | None = None
) -> Sheet:
    """A sheet that is one filtered table under a title and a remark; ``gaps`` fill its texts."""
    gaps = gaps or {}
    block = Block()
    across = _seen(table.columns)
    block.line(1, across, brief.word(f"sheet.{page}.title", **gaps), "summary_page_title")
    block.line(2, across, brief.word(f"sheet.{page}.remark", **gaps), "summary_page_remark")
    return Sheet(
        name=brief.word(f"sheet.{page}.name", **gaps),
        cells=table.lines(),
        merges=block.merges,
        columns=table.widths(),
        row_heights={**block.heights, **table.heights()},
        freeze=(table.top + 1, freeze_cols),
        filter=table.filter,
        print=Print(repeat_rows=(table.top, table.top), footer_left=footer(brief)),
    )


def what_fits(
    brief: Brief, lines: Sequence[Line], weight: Callable[[Line], float], place: str
) -> tuple[Sequence[Line], str]:
    """The lines that a working sheet has room for, in their order, and what to say if these are not all.

    Those of the least ``weight`` come first where something has to stay out; ``place`` is where all are.
    """
    room = room_below(TOP)
    if len(lines) <= room:
        return lines, ""
    first = sorted(range(len(lines)), key=lambda number: weight(lines[number]))[:room]
    told = brief.word("sheet_full", shown=brief.counted(room), count=brief.counted(len(lines)), place=place)
    return [lines[number] for number in sorted(first)], told


def _seen(columns: Sequence[ColumnSpec], limit: float = 150) -> tuple[int, int, float]:
    """The leading columns that a screen shows: a text merged over more would run out of sight."""
    width, last = 0.0, 0
    for col, column in enumerate(columns):
        if width + column.width > limit and col:
            break
        width, last = width + column.width, col
    return (0, max(last, 1), widest(columns[: last + 1])[2])
