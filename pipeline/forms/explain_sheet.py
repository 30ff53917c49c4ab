"""The sheet on which a unit explains figures, and the hidden sheet that says which template this is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.book import Cell, Column, Line, Print, Sheet
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk
from pipeline.forms.lines import height
from pipeline.model import ExplainLine

META: Final = "_meta"
"""The name of the hidden sheet; keys in column A, values in column B, all text."""

FIRST_LINE: Final = 5
"""The row of the first line, counting from 0."""

_TITLE, _NOTE, _HEADER, _MACHINE = range(1, 5)
_LINES: Final = 40
_FURTHER: Final = 15


class _Part(NamedTuple):
    """One column: its word, its machine id, its width."""

    name: str
    machine_id: str
    width: float


_BLANK: Final = (
    _Part("line", "LINE", 6.0),
    _Part("form", "FORM", 9.0),
    _Part("indicator", "KEY", 20.0),
    _Part("level", "LEVEL", 12.0),
    _Part("period", "PERIOD", 12.0),
    _Part("explanation", "EXPLANATION", 84.0),
    _Part("explained_by", "BY", 24.0),
)
_RETURNED: Final = (
    _Part("line", "LINE", 5.0),
    _Part("form", "FORM", 6.5),
    _Part("indicator", "KEY", 13.0),
    _Part("level", "LEVEL", 11.0),
    _Part("period", "PERIOD", 11.0),
    _Part("seen", "SEEN", 50.0),
    _Part("explanation", "EXPLANATION", 52.0),
    _Part("explained_by", "BY", 18.0),
    _Part("finding", "FINDING", 15.0),
)
"""A return copy also says what was seen, and which finding a line answers; technical ids stand last."""

_LOOKS: Final = {"SEEN": "form.explain.seen", "FINDING": "form.explain.id"}
_ANSWERS: Final = ("EXPLANATION", "BY")


def explain_sheet(desk: Desk) -> Sheet:
    """The sheet ``Giải trình``: one line per explanation; in a return copy ours come first."""
    parts = _RETURNED if desk.markup is not None else _BLANK
    lines = desk.markup.lines if desk.markup is not None else ()
    widths = {column: part.width for column, part in enumerate(parts)}
    block = Block(0, len(parts) - 1, widths)
    note = desk.word("explain.note_returned" if lines else "explain.note")
    return Sheet(
        name=desk.word("sheet.explain"),
        cells=list(_lines(desk, parts, lines)),
        merges=[
            *frame.banner(desk, block),
            frame.line(_TITLE, block, desk.word("explain.title", unit=desk.unit.name).upper(), "form.title"),
            frame.line(_NOTE, block, note, "form.check.note"),
        ],
        columns=[Column(column, column, width) for column, width in widths.items()],
        row_heights=_heights(desk, parts, lines, frame.fitted(note, block, 11)),
        freeze=(FIRST_LINE, 0),
        print=Print(
            repeat_rows=(_HEADER, _MACHINE),
            footer_left=f"{desk.word('sheet.explain')} - {desk.unit.name}",
        ),
        protected=True,
        tab="$tab.explain",
    )


def meta_sheet(desk: Desk) -> Sheet:
    """The hidden sheet ``_meta``."""
    campaign = desk.campaign
    entries = {
        "campaign": campaign.campaign_id,
        "template_version": campaign.settings.template_version,
        "unit_id": desk.unit.unit_id,
        "catalogue_hash": campaign.catalogue_hash,
    }
    cells = [
        Cell(row, column, text, "plain")
        for row, pair in enumerate(entries.items())
        for column, text in enumerate(pair)
    ]
    return Sheet(name=META, cells=cells, columns=[Column(0, 1, 40.0)], protected=True, hidden=True)


def _count(lines: Sequence[ExplainLine]) -> int:
    return max(_LINES, len(lines) + _FURTHER)


def _heights(
    desk: Desk, parts: Sequence[_Part], lines: Sequence[ExplainLine], note: float
) -> dict[int, float]:
    heights = {0: 20.0 if desk.banner else 4.0, _TITLE: 26.0, _HEADER: 31.0, _MACHINE: 9.0, _NOTE: note}
    heights.update({FIRST_LINE + index: 32.0 for index in range(_count(lines))})
    for index, line in enumerate(lines):
        texts = _texts(line)
        needed = (height(texts.get(part.machine_id, ""), part.width, 10.5) for part in parts)
        heights[FIRST_LINE + index] = max(32.0, *needed)
    return heights


def _lines(desk: Desk, parts: Sequence[_Part], lines: Sequence[ExplainLine]) -> Iterator[Line]:
    titles = [desk.word(f"explain.{part.name}") for part in parts]
    yield Line(_HEADER, 0, titles, ["form.header"] * len(parts))
    yield Line(_MACHINE, 0, [part.machine_id for part in parts], ["form.machine"] * len(parts))
    for index in range(_count(lines)):
        line = lines[index] if index < len(lines) else None
        texts = _texts(line) if line is not None else {}
        values = [texts.get(part.machine_id) or None for part in parts[1:]]
        looks = [_look(line, part) for part in parts[1:]]
        yield Line(FIRST_LINE + index, 0, [str(index + 1), *values], ["form.number", *looks])


def _look(line: ExplainLine | None, part: _Part) -> str:
    """What a line of ours says is fixed; the unit's own lines are the unit's to change."""
    if part.machine_id in _LOOKS:
        return _LOOKS[part.machine_id]
    is_fixed = line is not None and line.finding_id and part.machine_id not in _ANSWERS
    return "form.explain.given" if is_fixed else "form.explain.entry"


def _texts(line: ExplainLine) -> Mapping[str, str]:
    return {
        "FORM": line.form_id,
        "KEY": line.row,
        "LEVEL": line.level,
        "PERIOD": line.period,
        "SEEN": line.seen,
        "EXPLANATION": line.text,
        "BY": line.by,
        "FINDING": line.finding_id,
    }
