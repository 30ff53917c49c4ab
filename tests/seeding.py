"""Puts defects at seeded places of sound filled returns with openpyxl, and knows what must be found for each.

No code of the program: cells are found by the keys in the workbook, rules are judged by the second opinion.
Two defects of one return never share a row, nor a rule that reads both; so each can be told by itself.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from tests.filling import entry_cells, named_cells
from tests.independent import Lists
from tests.second_rules import Figures, Instance, Key, SecondRules, questions

Told = tuple[str, str, str, str]
"""A finding as it must be listed: rule, file, sheet, cell."""

MOST_IMPLIED = 4


@dataclass(frozen=True)
class Defect:
    """One defect: what is written where, what a reader gets from it, and what it must be called.

    ``cell`` is where it must be found. ``rule_id`` is empty where a broken rule or a question of
    plausibility is the finding; ``wanted`` then says which. ``beside`` are findings that the same cell
    implies by itself (a text that is read as a number is always said to have been read).
    """

    kind: str
    key: Key
    rule_id: str
    writes: Mapping[Key, Any]
    reads: Mapping[Key, Decimal | None]
    cell: str = ""
    wanted: str = ""
    beside: tuple[str, ...] = ()
    merge: str = ""


@dataclass
class Return:
    """One sound return, open in openpyxl. ``figures``: what each owed cell says."""

    file: str
    lists: Lists
    rules: SecondRules
    book: openpyxl.Workbook
    cells: dict[Key, Cell] = field(default_factory=dict)
    figures: dict[Key, Decimal | None] = field(default_factory=dict)
    parts: dict[Key, list[Key]] = field(default_factory=dict)
    rows_used: set[tuple[str, str]] = field(default_factory=set)
    rules_used: set[Instance] = field(default_factory=set)

    def row(self, key: Key) -> list[Key]:
        """The owed cells of the row of a cell, in time."""
        periods = self.lists.columns(self.form(key))
        return [(*key[:2], p) for p in periods if (*key[:2], p) in self.figures]

    def form(self, key: Key) -> str:
        """The form of a cell, and so its sheet."""
        return self.lists.indicators[key[0]]["form_id"]

    def decimals(self, key: Key) -> int:
        """How many decimals a figure may have."""
        return int(self.lists.measures[self.lists.indicators[key[0]]["unit_measure"]]["decimals"])

    def months(self, key: Key) -> list[int]:
        """By which the figures of a row are compared; 1 where they are stocks."""
        is_flow = self.lists.indicators[key[0]]["kind"] == "flow"
        return [int(self.lists.periods[k[2]]["months"]) or 1 if is_flow else 1 for k in self.row(key)]

    def after(self, reads: Figures) -> dict[Key, Decimal | None]:
        """The figures with some read otherwise; totals whose formula stands follow."""
        figures = {**self.figures, **reads}
        for _ in range(4):
            for total, parts in self.parts.items():
                if total not in reads:
                    values = [figures[part] for part in parts]
                    known = [value for value in values if value is not None]
                    figures[total] = sum(known, Decimal(0)) if len(known) == len(values) else None
        return figures


def open_return(path: Path, lists: Lists) -> Return:
    """Open a sound return and read what its cells say."""
    book = openpyxl.load_workbook(path)
    made = Return(path.name, lists, SecondRules(lists), book)
    for form_id in (name for name in book.sheetnames if name in lists.forms):
        by_cell: dict[str, Key] = {}
        for indicator, level, period, cell in entry_cells(book[form_id], lists):
            key = (indicator, level, period)
            if lists.is_asked(path.stem, indicator, level):
                made.cells[key] = cell
                by_cell[cell.coordinate] = key
                if lists.exists(indicator, period):
                    made.figures[key] = _said(cell.value)
        for key in by_cell.values():
            written = made.cells[key].value
            if isinstance(written, str) and written.startswith("="):
                named = [by_cell[name] for name in named_cells(written)]
                made.parts[key] = [part for part in named if part in made.figures]
    made.figures = made.after({})
    return made


def _said(value: Any) -> Decimal | None:
    if isinstance(value, (int, float)):
        return Decimal(repr(value))
    digits = re.match(r"[\d.]+", str(value or "").strip())
    if digits:
        return Decimal(digits[0].replace(".", ""))
    return Decimal(0) if value and not str(value).startswith("=") else None


def seed_defects(
    returns: list[Return], count: int, chance: random.Random
) -> tuple[list[tuple[Told, str]], list[Told]]:
    """Put ``count`` defects into the returns, kind by kind, file by file.

    Returns what each must be found as (with the name of its kind), and what they imply: broken rules and
    questions of plausibility that read a changed figure, and what a cell says of itself.
    """
    own: list[tuple[Told, str]] = []
    implied: list[Told] = []
    turns = [(list(KINDS)[i % len(KINDS)], returns[i % len(returns):] + returns[: i % len(returns)])
             for i in range(count)]  # fmt: skip
    for kind, order in turns:
        mine, others = next(filter(None, (_put_one(kind, one, chance) for one in order)))
        own.append((mine, kind))
        implied += others
    return own, implied


def _put_one(kind: str, one: Return, chance: random.Random) -> tuple[Told, list[Told]] | None:
    for _ in range(12):
        defect = KINDS[kind](one, chance)
        found = _judged(one, defect) if defect is not None else None
        if defect is not None and found is not None:
            _write(one, defect)
            return found
    return None


def _judged(one: Return, defect: Defect) -> tuple[Told, list[Told]] | None:
    """How the defect must be found, and what it implies; None where it must not be made."""
    figures = one.after(defect.reads)
    changed = {key for key in figures if figures[key] != one.figures[key]} | defect.reads.keys()
    rows = {key[:2] for key in changed} | {defect.key[:2]}
    reading = {instance for key in changed for instance in one.rules.reading(key)}
    if rows & one.rows_used or reading & one.rules_used:
        return None
    broken = {i: one.rules.anchor(i, figures) for i in reading if one.rules.is_false(i, figures)}
    asked = {
        (rule_id, key)
        for row in rows
        for rule_id, key in _asked(one, (*row, ""), figures)
    }  # fmt: skip
    others = [(instance[0], key) for instance, key in broken.items()] + sorted(asked)
    mine = (defect.rule_id or defect.wanted, defect.key)
    if not defect.rule_id:
        if mine not in others:
            return None
        others.remove(mine)
    if len(others) > MOST_IMPLIED:
        return None
    one.rows_used |= rows
    one.rules_used |= reading
    at = defect.cell or one.cells[defect.key].coordinate
    told = [_told(one, rule_id, key) for rule_id, key in others]
    beside = [(rule_id, one.file, one.form(defect.key), at) for rule_id in defect.beside]
    return (mine[0], one.file, one.form(defect.key), at), told + beside


def _asked(one: Return, key: Key, figures: Figures) -> Iterator[tuple[str, Key]]:
    cells = one.row(key)
    for cell, rule_id in zip(cells, questions([figures[c] for c in cells], one.months(key)), strict=True):
        if rule_id:
            yield rule_id, cell


def _told(one: Return, rule_id: str, key: Key) -> Told:
    return rule_id, one.file, one.form(key), one.cells[key].coordinate


def _write(one: Return, defect: Defect) -> None:
    for key, value in defect.writes.items():
        one.cells[key].value = value
        one.parts.pop(key, None)
    if defect.merge:
        one.book[one.form(defect.key)].merge_cells(defect.merge)
    one.figures = one.after(defect.reads)


def _pick(one: Return, chance: random.Random, least: int = 1, *, entry: bool = True) -> Key | None:
    """A cell that holds a plain number of at least so much."""
    found = [
        key
        for key, figure in one.figures.items()
        if isinstance(one.cells[key].value, (int, float)) == entry
        and figure is not None
        and figure >= least
        and key[:2] not in one.rows_used
    ]
    return chance.choice(found) if found else None


def _refused(kind: str, rule_id: str, write: Callable[[Return, Key, random.Random], Any]) -> Any:
    """A kind that writes something unusable into one cell."""

    def make(one: Return, chance: random.Random) -> Defect | None:
        key = _pick(one, chance)
        if key is None or one.decimals(key):
            return None
        return Defect(kind, key, rule_id, {key: write(one, key, chance)}, {key: None})

    return make


def _same_figure(kind: str, rule_id: str, write: Callable[[int], str]) -> Any:
    """A kind that keeps the figure and says it otherwise."""

    def make(one: Return, chance: random.Random) -> Defect | None:
        key = _pick(one, chance, 2)
        if key is None or one.decimals(key):
            return None
        return Defect(kind, key, rule_id, {key: write(int(one.figures[key] or 0))}, {})

    return make


def _comma_thousands(one: Return, chance: random.Random) -> Defect | None:
    """``1,234`` in a count: a fraction by the custom of the country, and said to be read as one."""
    key = _pick(one, chance, 1001)
    if key is None or one.decimals(key) or int(one.figures[key] or 0) % 1000 == 0:
        return None
    text = f"{int(one.figures[key] or 0):,}"
    if text.count(",") != 1:
        return None
    return Defect("comma", key, "CELL-FRACTION", {key: text}, {key: None}, beside=("CELL-READ",))


def _too_early(one: Return, chance: random.Random) -> Defect | None:
    """A figure in a year in which the thing did not exist."""
    keys = [k for k in one.cells if k not in one.figures and k[:2] not in one.rows_used and one.row(k)]
    if not keys:
        return None
    key = chance.choice(keys)
    return Defect("too_early", key, "CELL-NOT-APPLICABLE", {key: chance.randint(1, 40)}, {})


def _merged(one: Return, chance: random.Random) -> Defect | None:
    """Two years in one cell."""
    key = _pick(one, chance)
    row = one.row(key) if key else []
    here = row.index(key) if key else 0
    pair = row[here : here + 2]
    if key is None or len(pair) < 2 or key in one.parts or pair[1] in one.parts:
        return None
    cells = [one.cells[k].coordinate for k in pair]
    return Defect(
        "merged", key, "CELL-MERGED", {}, dict.fromkeys(pair), merge=f"{cells[0]}:{cells[1]}"
    )  # fmt: skip


def _blank_row(one: Return, chance: random.Random) -> Defect | None:
    """A row that nobody filled; said once, from its first column to its last."""
    key = _pick(one, chance)
    row = one.row(key) if key else []
    kept = all(isinstance(one.cells[k].value, (int, float)) for k in row)
    if key is None or len(row) < 3 or not kept:
        return None
    return Defect("blank_row", row[0], "ROW-BLANK", dict.fromkeys(row), dict.fromkeys(row), _span(one, key))


def _stray(one: Return, chance: random.Random) -> Defect | None:
    """A sum jotted down below the table."""
    key = _pick(one, chance)
    if key is None:
        return None
    sheet = one.book[one.form(key)]
    cell = f"{get_column_letter(chance.randint(8, 14))}{sheet.max_row + chance.randint(3, 9)}"
    sheet[cell] = chance.randint(100, 999)
    return Defect("stray", key, "STRAY-CELL", {}, {}, cell)


def _wrong_total(one: Return, chance: random.Random) -> Defect | None:
    """A total that its formula would give, typed over by another figure."""
    keys = [k for k in one.parts if one.figures[k] and k[:2] not in one.rows_used]
    key = chance.choice(keys) if keys else None
    return _moved(one, "overwritten_total", key, 1, chance)


def _typed_total(one: Return, chance: random.Random) -> Defect | None:
    """A figure that takes part in an identity, a little off."""
    return _moved(one, "identity", _pick(one, chance, 5), chance.choice((-1, 1)), chance)


def _moved(one: Return, kind: str, key: Key | None, by: int, chance: random.Random) -> Defect | None:
    value = (one.figures[key] or Decimal(0)) + by if key else None
    if key is None or value is None:
        return None
    figures = one.after({key: value})
    broken = sorted(
        i[0]
        for i in one.rules.reading(key)
        if one.rules.is_false(i, figures)
        and one.rules.anchor(i, figures) == key
        and "==" in one.lists.rules[i[0]]["expression"]
    )
    if not broken:
        return None
    return Defect(kind, key, "", {key: _plain(value)}, {key: value}, wanted=broken[0])


def _part_above_whole(one: Return, chance: random.Random) -> Defect | None:
    """A figure over or under what another allows it."""
    key = _pick(one, chance, 2)
    if key is None:
        return None
    for factor in ("0.5", "0.8", "0.9", "1.1", "1.3", "1.7", "2.2"):
        value = Decimal(int((one.figures[key] or Decimal(0)) * Decimal(factor)))
        figures = one.after({key: value})
        broken = sorted(
            i[0]
            for i in one.rules.reading(key)
            if one.rules.is_false(i, figures)
            and one.rules.anchor(i, figures) == key
            and "==" not in one.lists.rules[i[0]]["expression"]
        )
        if broken:
            return Defect("part_above_whole", key, "", {key: _plain(value)}, {key: value}, wanted=broken[0])
    return None


def _jump(one: Return, chance: random.Random) -> Defect | None:
    """One period more than three times the one before."""
    key = _pick(one, chance, JUMP_LEAST)
    row = one.row(key) if key else []
    here = row.index(key) if key else 0
    if key is None or not here or key in one.parts or (one.figures[row[here - 1]] or 0) <= JUMP_LEAST:
        return None
    months = one.months(key)
    rate = (one.figures[row[here - 1]] or Decimal(0)) / months[here - 1]
    value = Decimal(int(rate * months[here] * Decimal("3.6")))
    return Defect("jump", key, "", {key: _plain(value)}, {key: value}, wanted="PL-JUMP")


def _power(one: Return, chance: random.Random) -> Defect | None:
    """Ten times what is usual in the row."""
    key = _pick(one, chance, 15)
    row = one.row(key) if key else []
    if key is None or len(row) < 5 or key in one.parts:
        return None
    months = one.months(key)
    known = [(one.figures[k], m) for k, m in zip(row, months, strict=True) if k != key]
    usual = median(float(figure) / m for figure, m in known if figure is not None)
    value = Decimal(int(10 * usual * months[row.index(key)]))
    return Defect("power", key, "", {key: _plain(value)}, {key: value}, wanted="PL-POWER10")


def _copied(one: Return, chance: random.Random) -> Defect | None:
    """One year's figure in every column."""
    key = _pick(one, chance, 10)
    row = one.row(key) if key else []
    kept = all(isinstance(one.cells[k].value, (int, float)) for k in row)
    is_flow = key is not None and one.lists.indicators[key[0]]["kind"] == "flow"
    if key is None or len(row) < 6 or not kept or not is_flow:
        return None
    same = dict.fromkeys(row, one.figures[key])
    writes = dict.fromkeys(row, one.cells[key].value)
    return Defect("copied", row[0], "PL-COPIED", writes, same, _span(one, key))


def _span(one: Return, key: Key) -> str:
    """All periods of a row, locked ones too."""
    cells = [one.cells[k].coordinate for k in one.cells if k[:2] == key[:2]]
    return f"{cells[0]}:{cells[-1]}"


def _plain(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


JUMP_LEAST = 25
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#N/A")

KINDS: Mapping[str, Callable[[Return, random.Random], Defect | None]] = {
    "text": _refused("text", "CELL-TEXT", lambda _o, _k, c: c.choice(("đang rà soát", "3 hoặc 4", "abc"))),
    "negative": _refused("negative", "CELL-NEGATIVE", lambda o, k, _c: -int(o.figures[k] or 0)),
    "fraction": _refused("fraction", "CELL-FRACTION", lambda _o, _k, c: c.randint(1, 90) + 0.5),
    "separator": _refused("separator", "CELL-FRACTION", lambda _o, _k, c: c.randint(1001, 9999) / 1000),
    "comma": _comma_thousands,
    "date": _refused("date", "CELL-DATE", lambda _o, _k, c: date(2023, c.randint(1, 12), c.randint(1, 28))),
    "logical": _refused("logical", "CELL-LOGICAL", lambda _o, _k, c: c.choice((True, False))),
    "error": _refused("error", "CELL-ERROR", lambda _o, _k, c: c.choice(ERRORS)),
    "too_large": _refused("too_large", "CELL-LARGE", lambda _o, _k, c: c.randint(10**12, 10**14)),
    "sign_x": _refused("sign_x", "CELL-SIGN-X", lambda _o, _k, _c: "x"),
    "unsaved": _refused("unsaved", "CELL-UNCALCULATED", lambda _o, _k, c: f"=$B$1+{c.randint(1, 9)}"),
    "too_early": _too_early,
    "merged": _merged,
    "blank": _refused("blank", "CELL-MISSING", lambda _o, _k, _c: None),
    "blank_row": _blank_row,
    "unknown": _refused("unknown", "CELL-UNKNOWN", lambda _o, _k, c: c.choice(("…", "không rõ", "?"))),
    "approximate": _same_figure("approximate", "CELL-APPROXIMATE", lambda n: f"hơn {n}"),
    "as_text": _same_figure("as_text", "CELL-READ", lambda n: f"{n:,}".replace(",", " ") + " "),
    "stray": _stray,
    "overwritten_total": _wrong_total,
    "identity": _typed_total,
    "part_above_whole": _part_above_whole,
    "jump": _jump,
    "power": _power,
    "copied": _copied,
}  # fmt: skip
"""Every kind of defect by its name."""


def read_told(path: Path) -> list[Told]:
    """The findings of a run, as told."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(f["rule_id"], f["file"], f["sheet"], f["cell"]) for f in csv.DictReader(file)]
