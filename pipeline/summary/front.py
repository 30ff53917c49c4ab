"""The first page: what this is, how complete it is, what needs attention, and what is where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipeline.book import Cell, Column, Jump, Print, Sheet
from pipeline.model import FileStatus, FindingState, FormStatus, Severity
from pipeline.summary.brief import Brief
from pipeline.summary.coverage import COUNTED, States, form_states
from pipeline.summary.grid import LETTERS, LINE_HEIGHT, Block, ColumnSpec, Styled, Table, Value, at
from pipeline.summary.heads import footer, heading

WIDTHS: Final = (40.0, 16.0, 92.0)
FIRST: Final = 7
"""The row (from 0) of the first section; the title block stands above."""

_AROUND: Final = 3
"""Rows of a section besides its lines: title, header, and an empty one after it."""

Line = Sequence[Value | Styled]


def front_sheet(brief: Brief, contents: Sequence[tuple[str, str]]) -> Sheet:
    """``contents`` are the sheets of the workbook in order, each with what it holds."""
    parts: list[Cell] = []
    heights: dict[int, float] = {}
    top = FIRST
    listed: Sequence[Line] = [
        (Styled(name, "summary_link"), i, holds) for i, (name, holds) in enumerate(contents, 1)
    ]
    for number, (section, lines) in enumerate([*_sections(brief), ("contents", listed)], 1):
        title = brief.word(f"front.{section}.title", number=number)
        parts.append(Cell(top, 0, title, "summary_section"))
        table = _section(brief, section, top + 1, lines)
        parts.extend(table.cells())
        heights.update(table.heights())
        top = table.last_row + 2
    block = _title_block(brief)
    return Sheet(
        name=brief.word("sheet.front.name"),
        cells=iter(parts),
        merges=block.merges,
        jumps=[
            Jump(table.top + i, 0, name, "A1", tip=brief.word("jump.sheet"))
            for i, (name, _) in enumerate(contents, 1)
        ],
        columns=[Column(i, i, width) for i, width in enumerate(WIDTHS)],
        row_heights={**block.heights, **heights},
        print=Print(footer_left=footer(brief), area=(0, 0, top - 2, len(WIDTHS) - 1)),
    )


def contents_at(brief: Brief) -> str:
    """The cell at which the list of sheets begins."""
    return at(FIRST + sum(len(lines) + _AROUND for _, lines in _sections(brief)), 0)


def _sections(brief: Brief) -> list[tuple[str, list[Line]]]:
    """What stands before the contents; a section without lines is left out."""
    states = form_states(brief)
    found = [
        ("result", _result(brief, states)),
        ("attention", _attention(brief)),
        ("absent", _absent(brief, states)),
        ("refused", _refused(brief)),
    ]
    return [(section, lines) for section, lines in found if lines]


def _title_block(brief: Brief) -> Block:
    block = Block()
    heading(brief, block, 0, len(WIDTHS) - 1)
    across = (0, len(WIDTHS) - 1, sum(WIDTHS) * 0.7)
    block.line(2, across, brief.word("front.title"), "summary_main_title")
    block.heights[2] = 2 * LINE_HEIGHT
    block.line(3, across, brief.campaign.text("title", brief.lang), "summary_title")
    block.line(4, across, brief.campaign.text("scope", brief.lang), "summary_remark")
    official = "official" if brief.results.is_official else "draft"
    block.line(5, across, brief.word(f"front.{official}"), f"summary_{official}")
    return block


def _section(brief: Brief, section: str, top: int, lines: Sequence[Line]) -> Table:
    styles = ("summary_wrap", "summary_result", "summary_wrap")
    names = [brief.word(f"front.{section}.{name}") for name in ("first", "second", "third")]
    columns = [ColumnSpec(*parts, LETTERS) for parts in zip(names, WIDTHS, styles, strict=True)]
    return Table(top, columns, lines, len(lines))


def _result(brief: Brief, states: States) -> list[Line]:
    units = {unit_id for unit_id, _ in states}
    sent = {unit_id for (unit_id, _), status in states.items() if status in COUNTED}
    owed, received = len(states), sum(status in COUNTED for status in states.values())
    figures = sum(int(table.provisional.sum()) for table in brief.results.city.values())
    shown: list[tuple[str, Value | Styled]] = [
        ("units", f"{len(sent)}/{len(units)}"),
        ("forms", f"{received}/{owed}"),
        ("rate", Styled(received / owed if owed else None, "summary_result_rate")),
        *((status.value, sum(s is status for s in states.values())) for status in FormStatus),
        ("provisional", figures),
        ("run", brief.results.run_id),
    ]
    return [
        (brief.word(f"front.result.{name}"), value, brief.word(f"front.result.{name}_means"))
        for name, value in shown
    ]


def _attention(brief: Brief) -> list[Line]:
    """Open findings by severity, then those that an answer or a later file has closed."""
    findings = brief.results.findings
    counts = Counter(zip(findings["state"], findings["severity"], strict=True))
    lines: list[Line] = [
        (
            Styled(brief.word(f"severity.{severity.value}"), f"summary_severity_{severity.value}"),
            counts[FindingState.OPEN, severity.value],
            brief.word(f"severity_means.{severity.value}"),
        )
        for severity in Severity
    ]
    for state in FindingState:
        closed = sum(count for (of_state, _), count in counts.items() if of_state == state)
        if state is not FindingState.OPEN and closed:
            lines.append(
                (brief.word(f"front.closed.{state}"), closed, brief.word(f"front.closed.{state}_means"))
            )
    return lines


def _absent(brief: Brief, states: States) -> list[Line]:
    """Units with forms that have not come, with the names of the forms."""
    found: list[Line] = []
    for unit_id, unit in brief.campaign.units.items():
        owed = [form for form in brief.campaign.forms if (unit_id, form) in states]
        missing = [form for form in owed if states[unit_id, form] is FormStatus.NOT_SENT]
        if missing:
            word = "all_forms" if missing == owed else "some_forms"
            found.append(
                (unit.name, f"{len(missing)}/{len(owed)}", brief.word(word, forms=", ".join(missing)))
            )
    return found


def _refused(brief: Brief) -> list[Line]:
    return [
        (source.file, brief.word(f"file.{source.status.value}"), source.why)
        for source in brief.results.sources
        if source.status is FileStatus.REJECTED
    ]
