"""The first sheet of a return copy: what to do first, then everything, each a link to its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

from pipeline.book import Cell, Column, Link, Merge, Print, Sheet
from pipeline.model import Markup, Severity
from pipeline.returns.first_things import first_things, place_name, what
from pipeline.returns.places import Places, form_start
from pipeline.returns.unit import Unit

FIRST_EXPLAIN_ROW: Final = 6
"""The row of the first line of the explanation sheet, counting from 1."""

_COLUMNS: Final = (
    ("line", 5.5),
    ("place", 15.0),
    ("figure", 38.0),
    ("message", 74.0),
    ("severity", 18.0),
    ("finding", 19.0),
)
_WIDTH: Final = sum(width for _, width in _COLUMNS)
_LAST: Final = len(_COLUMNS) - 1
_LINE: Final = 15.0
_LETTERS: Final = 1.18
"""Letters of a text that fit in a unit of width."""


def first_sheet(unit: Unit, markup: Markup) -> Sheet:
    """The sheet ``Cần sửa`` of one unit."""
    page = _Page(unit, Places(unit), _explain_lines(markup))
    page.write()
    return Sheet(
        name=unit.word("sheet.name"),
        cells=page.cells,
        merges=page.merges,
        columns=[Column(i, i, width) for i, (_, width) in enumerate(_COLUMNS)],
        row_heights=page.heights,
        print=Print(footer_left=unit.word("sheet.footer", unit=unit.unit.name)),
        protected=True,
        tab="$tab.return",
    )


def _explain_lines(markup: Markup) -> dict[str, int]:
    return {line.finding_id: i for i, line in enumerate(markup.lines, start=1) if line.finding_id}


@dataclass(slots=True)
class _Page:
    """The sheet in the making; ``row`` is the next free one. Numbers stand as text: none is a figure."""

    unit: Unit
    places: Places
    explain_lines: Mapping[str, int]
    row: int = 0
    cells: list[Cell] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)

    def write(self) -> None:
        unit, to_do = self.unit, self.unit.to_do
        if unit.banner:
            self._line(unit.banner, "form.banner", 20.0)
        self._line(unit.word("sheet.title").upper(), "return.title", 28.0)
        self._line(unit.unit.name, "return.unit", 20.0)
        latest = unit.latest
        self._text("received", file=latest.file, number=latest.submission_number, count=len(to_do))
        self._text("how", number=unit.next_number, due=unit.campaign.settings.texts["due"])
        self._legend()
        self._section(
            unit.word("sheet.first"), [(t.finding, t.said) for t in first_things(unit, self.places)]
        )
        self.row += 1
        self._line(unit.word("sheet.all", count=len(to_do)), "return.section", 24.0)
        self._header()
        for form_id, findings in self._by_form(to_do).items():
            self._line(self._form_title(form_id, len(findings)), "return.group", 20.0)
            self._table([(f, self.places.message(f)) for f in findings])

    def _by_form(self, findings: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
        forms = ["", *self.unit.campaign.forms]
        found: dict[str, list[Mapping[str, Any]]] = {form_id: [] for form_id in forms}
        for finding in findings:
            found[finding["form_id"] if finding["form_id"] in found else ""].append(finding)
        return {form_id: rows for form_id, rows in found.items() if rows}

    def _form_title(self, form_id: str, count: int) -> str:
        form = self.unit.campaign.forms.get(form_id)
        if form is None:
            return self.unit.word("sheet.whole_file", count=count)
        return self.unit.word("sheet.form", number=form.number, title=form.title, count=count)

    def _section(self, title: str, rows: Sequence[tuple[Mapping[str, Any], str]]) -> None:
        self._line(title, "return.section", 24.0)
        self._header()
        self._table(rows)

    def _header(self) -> None:
        for column, (name, _) in enumerate(_COLUMNS):
            self.cells.append(Cell(self.row, column, self.unit.word(f"column.{name}"), "return.header"))
        self.heights[self.row] = 22.0
        self.row += 1

    def _table(self, rows: Sequence[tuple[Mapping[str, Any], str]]) -> None:
        for number, (finding, said) in enumerate(rows, start=1):
            values = list(self._values(number, finding, said))
            for column, (value, style) in enumerate(values):
                self.cells.append(Cell(self.row, column, value, style))
            self.heights[self.row] = max(_height(value, i) for i, (value, _) in enumerate(values))
            self.row += 1

    def _values(self, number: int, finding: Mapping[str, Any], said: str) -> Iterator[tuple[str | Link, str]]:
        unit, severity = self.unit, finding["severity"]
        sheet, cell = form_start(unit, finding["form_id"]), self.places.cell(finding)
        yield str(number), "return.number"
        yield Link(sheet, cell, place_name(unit, self.places, finding)), "return.link"
        yield what(unit, finding), "return.text"
        yield said, "return.message"
        label = f"{unit.symbol(severity)} {unit.word(f'severity.{severity}')}"
        line = self.explain_lines.get(finding["finding_id"])
        if severity == Severity.EXPLAIN and line is not None:
            target = unit.campaign.words[unit.lang]["forms.sheet.explain"]
            label = unit.word("sheet.explain_line", label=label, line=line)
            yield Link(target, f"A{FIRST_EXPLAIN_ROW + line - 1}", label), f"return.severity.{severity}"
        else:
            yield label, f"return.severity.{severity}"
        yield finding["finding_id"], "return.id"

    def _legend(self) -> None:
        for s in (Severity.REJECT_CELL, Severity.ERROR, Severity.EXPLAIN):
            text = f"{self.unit.symbol(s)}  {self.unit.word(f'severity.{s}')}: {self.unit.word(f'means.{s}')}"
            self._line(text, f"return.legend.{s}", 17.0)
        text = (
            f"{self.unit.symbol('part')}  {self.unit.word('severity.part')}: {self.unit.word('means.part')}"
        )
        self._line(text, "return.legend.part", 17.0)

    def _text(self, name: str, **gaps: object) -> None:
        text = self.unit.word(f"sheet.{name}", **gaps)
        self._line(text, "return.lead", _LINE * ceil(len(text) / (_WIDTH * _LETTERS)) + 5)

    def _line(self, text: str, style: str, height: float) -> None:
        self.merges.append(Merge(self.row, 0, self.row, _LAST, text, style))
        self.heights[self.row] = height
        self.row += 1


def _height(value: str | Link, column: int) -> float:
    text = value.text if isinstance(value, Link) else value
    room = (_COLUMNS[column][1] - 1.5) * (_LETTERS if column < _LAST else 1.35)
    lines = sum(max(1, ceil(len(part) / room)) for part in text.split("\n"))
    return max(lines * (_LINE if column < _LAST else 10.0) + 4, 20.0)
