"""A city sheet on paper, as the appendix of an official document: remark, pages, signatures.

Office programs heed page breaks only on a page that is scaled by hand, so the scale that fits the paper's
width is worked out here, and with it how many rows a page takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.book import Merge, Sheet
from pipeline.frames import CityTable
from pipeline.summary.brief import Brief
from pipeline.summary.grid import LINE_HEIGHT

PAPER: Final = (297.0, 210.0)
"""Width and height of A4 landscape in millimetres."""
MARGINS: Final = {"left": 20.0, "right": 15.0, "top": 18.0, "bottom": 18.0}
SPARE: Final = 0.98
"""The share of the paper that is planned for: programs and printers round widths and heights differently."""

_MM_PER_INCH: Final = 25.4
_PIXELS_PER_INCH: Final = 96
_POINTS_PER_INCH: Final = 72
_PIXELS_PER_LETTER: Final = 7.4
"""What a unit of width takes on paper: 7 pixels in one program, a little more in another."""
_SMALLEST, _LARGEST = 10, 75
"""Few columns do not make large letters: the tables of one report look alike, and take fewer pages."""
_SIGNING_HEIGHT: Final = LINE_HEIGHT + 4
_SIGNING_ROWS: Final = 4
"""Empty rows for a signature and a seal."""


class Block(NamedTuple):
    """Rows that stay on one page: the levels of an indicator, or the signatures. Heights in points.

    ``keeps_next``: the next block must not begin a page without this one.
    """

    row: int
    height: float
    keeps_next: bool


def appendix_remark(brief: Brief, form_id: str) -> str:
    """Whose appendix this is, the time that it covers, the unit of measure, and whether it is a draft."""
    names = {brief.measure_name(i) for i in brief.campaign.indicators_of(form_id)}
    measure = (
        brief.word("appendix.one_measure", measure=names.pop())
        if len(names) == 1
        else brief.word("appendix.measures")
    )
    scope = brief.campaign.text("scope", brief.lang)
    return brief.word("appendix.remark", scope=scope, measure=measure, state=brief.state_word)


def official(brief: Brief, sheet: Sheet, city: CityTable) -> Sheet:
    """The sheet with signatures below its table, scaled to the paper, and broken where it may be broken.

    The sheet has its print area from the title to the last row of the table, and its repeated header.
    """
    area, header = sheet.print.area, sheet.print.repeat_rows
    if area is None or header is None:
        return sheet
    top, left, last, right = area
    merges, end = _signatures(brief, last + 2, (left, right))
    sheet = replace(sheet, row_heights=_every_height(sheet, end))
    scale = scale_for(sheet, left, right, brief)
    room = _room(brief, scale)
    repeated = range(header[0], header[1] + 1)
    blocks = list(_blocks(brief, sheet, city, (last + 1, end)))
    rooms = (room - _height(sheet, range(top, repeated[-1] + 1)), room - _height(sheet, repeated))
    return replace(
        sheet,
        merges=[*sheet.merges, *merges],
        print=replace(
            sheet.print, area=(top, left, end, right), scale=scale, page_breaks=page_breaks(blocks, rooms)
        ),
    )


def paged(brief: Brief, sheet: Sheet, starts: Sequence[int]) -> Sheet:
    """A sheet without a repeated header, scaled to the paper; what begins at a row of ``starts`` is whole.

    Every row of its print area has its height.
    """
    if sheet.print.area is None:
        return sheet
    _, left, last, right = sheet.print.area
    scale = scale_for(sheet, left, right, brief)
    blocks = [
        Block(first, _height(sheet, range(first, after)), keeps_next=False)
        for first, after in pairwise((*starts, last + 1))
    ]
    room = _room(brief, scale)
    return replace(
        sheet, print=replace(sheet.print, scale=scale, page_breaks=page_breaks(blocks, (room, room)))
    )


def scale_for(sheet: Sheet, left: int, right: int, brief: Brief) -> int:
    """The per cent at which the columns fit the paper between its margins."""
    pixels = sum(
        column.width * _PIXELS_PER_LETTER + 5
        for column in sheet.columns
        for number in range(column.first, column.last + 1)
        if left <= number <= right
    )
    sides = _margins(brief)
    paper = (PAPER[0] - sides["left"] - sides["right"]) / _MM_PER_INCH * _PIXELS_PER_INCH
    return max(_SMALLEST, min(_LARGEST, int(100 * SPARE * paper / max(pixels, 1))))


def page_breaks(blocks: Sequence[Block], rooms: tuple[float, float]) -> tuple[int, ...]:
    """The rows that begin a page. ``rooms``: points for blocks on the first page and on those after it.

    A block is torn only where it alone is higher than a page.
    """
    found: list[int] = []
    start, used, room = 0, 0.0, rooms[0]
    for index, block in enumerate(blocks):
        if used + block.height > room and index > start:
            start = _first_of_chain(blocks, start, index)
            found.append(blocks[start].row)
            used, room = sum(b.height for b in blocks[start:index]), rooms[1]
        used += block.height
    return tuple(found)


def _first_of_chain(blocks: Sequence[Block], start: int, index: int) -> int:
    """Where to break so that no heading stays behind; before ``index`` if the headings fill the page."""
    first = index
    while first > start and blocks[first - 1].keeps_next:
        first -= 1
    return first if first > start else index


def _blocks(brief: Brief, sheet: Sheet, city: CityTable, signing: tuple[int, int]) -> Iterator[Block]:
    """The levels of each indicator together, and last the signatures, which never stand on a page alone."""
    rows = brief.city[city.form_id].rows
    groups: dict[str, list[int]] = {}
    for row in city.rows:
        groups.setdefault(row.indicator_id, []).append(rows[row.key])
    depths = [brief.campaign.indicators[name].depth for name in groups]
    heads = [after > before for before, after in pairwise(depths)] + [True]
    for places, is_head in zip(groups.values(), heads, strict=True):
        yield Block(places[0], _height(sheet, places), is_head)
    first, last = signing
    yield Block(first, _height(sheet, range(first, last + 1)), keeps_next=False)


def _signatures(brief: Brief, row: int, across: tuple[int, int]) -> tuple[list[Merge], int]:
    """Who made the table on the left, who signs on the right; the last row of the room for it."""
    left, right = across
    middle = (left + right) // 2
    place = brief.campaign.text("place", brief.lang)
    lines = (
        ("", brief.word("appendix.date", place=place), "summary_signature_date"),
        (brief.word("appendix.clerk"), brief.word("appendix.head"), "summary_signature_title"),
        (brief.word("appendix.clerk_hint"), brief.word("appendix.head_hint"), "summary_signature_hint"),
    )
    merges = []
    for at, (own, other, style) in enumerate(lines, row):
        for first, last, text in ((left, middle, own), (middle + 1, right, other)):
            if text and first <= last:
                merges.append(Merge(at, first, at, last, text, style))
    return merges, row + len(lines) - 1 + _SIGNING_ROWS


def _room(brief: Brief, scale: int) -> float:
    """The points of row height that a page takes."""
    sides = _margins(brief)
    paper = (PAPER[1] - sides["top"] - sides["bottom"]) / _MM_PER_INCH * _POINTS_PER_INCH
    return SPARE * paper * 100 / scale


def _margins(brief: Brief) -> dict[str, float]:
    return {**MARGINS, **brief.campaign.theme.get("page", {})}


def _every_height(sheet: Sheet, last: int) -> dict[int, float]:
    """The height of every row: one that is left open is chosen by each program in its own way."""
    known = dict(sheet.row_heights)
    below = sheet.print.area[2] + 1 if sheet.print.area else last + 1
    known.update(dict.fromkeys(range(below, last + 1), _SIGNING_HEIGHT))
    return {row: known.get(row, LINE_HEIGHT) for row in range(last + 1)}


def _height(sheet: Sheet, rows: Sequence[int]) -> float:
    return sum(sheet.row_heights[row] for row in rows)
