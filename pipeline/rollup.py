"""The return of a unit, from what those who report to it returned: a roll-up is a return like any other.

A figure is added over whoever counts. Where that is not everybody, or an error below is still open, the
remark of its row says so, period by period, in a form that the next level reads again
(``validation.partial``): what rests on a part is never taken for a whole on its way up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.book import Cell, Column, Merge, Print, Sheet
from pipeline.catalogue import Campaign, subordinates_of
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.frames import CityTable, Results
from pipeline.model import Answers, FormRow, OwedForm, SourceFile
from pipeline.store.atomic import replacing


@dataclass(frozen=True, slots=True)
class RolledUp:
    """The figures of one unit that come from below, and how many of its cells rest on what.

    ``full``: on every subordinate; ``partial``: on some; ``empty``: on none, so that the cell stays empty.
    """

    answers: Answers
    full: int
    partial: int
    empty: int


@dataclass(frozen=True, slots=True)
class _Below:
    """Whose return is made, and what came from below. ``owner`` is the campaign in which the unit reports."""

    owner: Campaign
    unit_id: str
    results: Results
    lang: str

    def word(self, name: str, **gaps: object) -> str:
        """One text of this room, its gaps filled."""
        return self.owner.words[self.lang][f"rollup.{name}"].format(**gaps)


def roll_up(
    owner: Campaign, unit_id: str, results: Results, lang: str, own: Answers | None = None
) -> RolledUp:
    """Add up. ``own`` is what the unit has entered before: kept in the rows that nobody below reports."""
    below = _Below(owner, unit_id, results, lang)
    values: dict[tuple[str, str], float | str] = {}
    remarks: dict[str, str] = {}
    tally = np.zeros(3, dtype=int)
    never: dict[str, str] = {}
    for owed in owed_forms(owner, unit_id):
        table = results.city.get(owed.form_id)
        if table is None:
            continue
        place = {row.key: r for r, row in enumerate(table.rows)}
        mine = {row: place[row.key] for row in owed.rows if row.key in place}
        entered = {row: r for row, r in mine.items() if not owner.indicators[row.indicator_id].is_computed}
        for row, r in entered.items():
            if not table.expected[r].any():
                never[row.key] = below.word("remark.never")
            else:
                values.update(_row_values(below, owed, table, row, place))
                remarks[row.key] = _remark(below, owed, table, r)
                tally += _tally(owed, table, r)
    started = own or Answers({})
    kept = {at: value for at, value in started.values.items() if at[0] not in remarks}
    noted = {key: text for key, text in started.remarks.items() if key not in remarks}
    answers = replace(started, values={**kept, **values}, remarks={**never, **noted, **remarks})
    return RolledUp(answers, *(int(count) for count in tally))


def entered_before(owner: Campaign, unit_id: str, results: Results, lang: str) -> Answers:
    """What a unit's own earlier return says, ready to be sent again with the next number."""
    from pipeline.returns.figures import answers_of
    from pipeline.returns.sent import counted
    from pipeline.returns.unit import Unit

    unit = owner.units[unit_id]
    mine = counted(results)(unit_id)
    return answers_of(Unit(owner, mine, lang, unit, results.submissions, (), lambda *_: ""))


def write_return(
    owner: Campaign, unit_id: str, rolled: RolledUp, told: tuple[Results, str], target: Path
) -> None:
    """Write the unit's own return; a last sheet says from whom and which files the figures came."""
    from pipeline.forms import build_template
    from pipeline.workbook import write_book

    results, lang = told
    book = build_template(owner, unit_id, rolled.answers, lang)
    origin = _origin_sheet(_Below(owner, unit_id, results, lang))
    with replacing(target) as path:
        write_book(replace(book, sheets=(*book.sheets, origin)), owner.theme, path)


def _row_values(
    below: _Below, owed: OwedForm, table: CityTable, row: FormRow, place: Mapping[str, int]
) -> Iterator[tuple[tuple[str, str], float]]:
    """The figures of one row. A total stays a formula where its parts say the same, so that it stays live."""
    parts = total_parts(below.owner, row, owed.rows)
    for period_id in owed.period_ids:
        p = table.columns.index(period_id)
        value = float(table.values[place[row.key], p])
        if np.isnan(value):
            continue
        there = [part for part in parts if below.owner.exists_in(part, period_id)]
        keys = [FormRow(part, row.level).key for part in there]
        if keys and all(key in place for key in keys):
            lines = [place[row.key], *(place[key] for key in keys)]
            alike = len({int(table.counted[line, p]) for line in lines}) == 1
            if alike and round(float(table.values[lines[1:], p].sum()), 6) == value:
                continue
        yield (row.key, period_id), value


def _remark(below: _Below, owed: OwedForm, table: CityTable, r: int) -> str:
    periods = below.owner.periods
    columns = {p: table.columns.index(p) for p in owed.period_ids}
    asked = {p: c for p, c in columns.items() if table.expected[r, c]}
    mark = below.owner.settings.symbols["provisional"]
    rests: dict[str, str] = {}
    for p, c in asked.items():
        counted, expected, doubted = table.counted[r, c], table.expected[r, c], table.provisional[r, c]
        unsure = counted < expected or doubted
        rests[p] = f"({counted}/{expected}{f' {mark}' if doubted else ''})" if unsure else ""
    parts = []
    for rest, alike in groupby(rests, key=lambda p: rests[p]):
        labels = [periods[p].label for p in alike]
        if rest:
            parts.append(f"{'…'.join(dict.fromkeys((labels[0], labels[-1])))} {rest}")
    told = [", ".join(parts)] if parts else []
    if "" in rests.values():
        everybody = max(int(table.expected[r, c]) for c in asked.values())
        told.append(below.word("remark.rest" if parts else "remark.all", count=everybody))
    return f"{below.word('remark.lead')}: {'; '.join(told)}."


def _tally(owed: OwedForm, table: CityTable, r: int) -> np.ndarray[tuple[int], np.dtype[np.int_]]:
    columns = [table.columns.index(p) for p in owed.period_ids]
    counted, expected = table.counted[r, columns], table.expected[r, columns]
    is_asked = expected > 0
    full, empty = is_asked & (counted == expected), is_asked & (counted == 0)
    return np.array([full.sum(), (is_asked & ~full & ~empty).sum(), empty.sum()], dtype=int)


_WIDTHS: Final = (14.0, 44.0, 34.0, 10.0, 60.0, 84.0)
_SIZE: Final = 12.0
_COLUMNS: Final = ("unit", "name", "file", "number", "status", "hash")
_TITLE, _NOTE, _HEADER = range(3)


def _origin_sheet(below: _Below) -> Sheet:
    """Who was asked, what came of it, and from which file: all of it text, so that nothing is a figure."""
    rows = [*_reporting(below), *_dissolved(below)]
    last = len(_COLUMNS) - 1
    texts = [tuple(below.word(f"column.{name}") for name in _COLUMNS), *rows]
    unit = below.owner.units[below.unit_id].name
    note = below.word("sheet.note", run=below.results.run_id)
    return Sheet(
        name=below.word("sheet.name"),
        cells=[
            Cell(_HEADER + i, column, text, "form.guide.cell" if i else "form.header")
            for i, line in enumerate(texts)
            for column, text in enumerate(line)
        ],
        merges=[
            Merge(_TITLE, 0, _TITLE, last, below.word("sheet.title", unit=unit).upper(), "form.title"),
            Merge(_NOTE, 0, _NOTE, last, note, "form.check.note"),
        ],
        columns=[Column(column, column, width) for column, width in enumerate(_WIDTHS)],
        row_heights={_TITLE: 26.0, _NOTE: 34.0, **dict(enumerate(map(_height, texts), _HEADER))},
        freeze=(_HEADER + 1, 0),
        print=Print(repeat_rows=(_HEADER, _HEADER), footer_left=unit),
        protected=True,
    )


def _height(line: Sequence[str]) -> float:
    from pipeline.forms.lines import height

    return max(height(text, width - 2, _SIZE) for text, width in zip(line, _WIDTHS, strict=True))


def _reporting(below: _Below) -> Iterator[tuple[str, ...]]:
    """One line for every file, by unit; one for every unit of which none came."""
    by_unit: dict[str, list[SourceFile]] = {}
    for source in below.results.sources:
        by_unit.setdefault(source.unit_id, []).append(source)
    for subordinate in subordinates_of(below.owner, below.unit_id):
        files = by_unit.pop(subordinate.unit_id, [])
        yield from (_file(below, subordinate.unit_id, subordinate.name, source) for source in files)
        if not files:
            yield (subordinate.unit_id, subordinate.name, "", "", below.word("status.nothing"), "")
    for unit_id, files in by_unit.items():
        yield from (_file(below, unit_id, "", source) for source in files)


def _file(below: _Below, unit_id: str, name: str, source: SourceFile) -> tuple[str, ...]:
    number = str(source.submission_number or "")
    return (unit_id, name, source.file, number, below.word(f"status.{source.status}"), source.sha256)


def _dissolved(below: _Below) -> Iterator[tuple[str, ...]]:
    known = below.owner.subordinates
    for subordinate in known.values():
        if subordinate.reports_to == below.unit_id and subordinate.is_dissolved:
            successor = known.get(subordinate.successor)
            name = successor.name if successor is not None else below.word("status.nobody")
            told = below.word("status.dissolved", until=subordinate.valid_to, successor=name)
            yield (subordinate.unit_id, subordinate.name, "", "", told, "")
