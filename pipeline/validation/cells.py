"""Cells as typed -> numbers, signs and findings, laid into the table of their form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.frames import CODE, NOT_ASKED
from pipeline.model import CellValue, Measure, ObsStatus, SheetCells
from pipeline.validation.cubes import Table
from pipeline.validation.entries import entries
from pipeline.validation.findings import Findings, Place
from pipeline.validation.numbers import normalise, read_text
from pipeline.validation.selection import Chosen

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Laid:
    """Where the rows and columns of one sheet lie in its table: sheet places and table places, in step."""

    rows: Places
    keys: Places
    columns: Places
    periods: Places


def lay_cells(campaign: Campaign, table: Table, findings: Findings) -> None:
    """Fill ``table`` with everything its chosen sheets hold, except that no number is judged yet."""
    for u, chosen in enumerate(table.chosen):
        if chosen is not None:
            laid = _lay_places(campaign, table, u, chosen, findings)
            _lay_numbers(table, u, chosen.sheet, laid)
            _lay_texts(campaign, table, u, (chosen, laid), findings)


def place_of(table: Table, u: int, k: int, p: int | None = None) -> Place:
    """The place of a cell of the table (or of a whole row) in the file that it was read from."""
    chosen = table.chosen[u]
    indicator_id, _, level = table.keys[k].partition("|")
    row, columns = int(table.row_numbers[u, k]), table.column_numbers[u]
    if p is None:
        known = [int(c) for c in columns if c]
        cell = f"{a1(row, min(known))}:{a1(row, max(known))}" if known and row else ""
    else:
        cell = a1(row, int(columns[p]))
    return Place(
        table.unit_ids[u],
        chosen.submission.file if chosen else "",
        table.form_id,
        chosen.sheet.sheet if chosen else "",
        cell,
        indicator_id,
        level,
        table.period_ids[p] if p is not None else "",
    )


def measure_of(campaign: Campaign, table: Table, k: int) -> Measure:
    """The measure of a row of the table."""
    return campaign.measures[campaign.indicators[table.keys[k].partition("|")[0]].unit_measure]


def words_in_cells(campaign: Campaign, name: str) -> frozenset[str]:
    """One list of the words that staff write into number cells, of all languages, in their normal form."""
    return _words(tuple(words[f"cells.{name}"] for words in campaign.words.values()))


@lru_cache(maxsize=8)
def _words(lists: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normalise(word) for words in lists for word in words.split("|"))


def _lay_places(campaign: Campaign, table: Table, u: int, chosen: Chosen, findings: Findings) -> _Laid:
    sheet = chosen.sheet
    key_place = {key: k for k, key in enumerate(table.keys)}
    period_place = {period_id: p for p, period_id in enumerate(table.period_ids)}
    asked = [
        i
        for i, key in enumerate(sheet.row_keys)
        if key in key_place and table.status[u, key_place[key], 0] != NOT_ASKED
    ]
    _tell_other_rows(table, u, sorted(set(range(len(sheet.row_keys))) - set(asked)), findings)
    columns = [j for j, period_id in enumerate(sheet.period_ids) if period_id in period_place]
    keys = [key_place[sheet.row_keys[i]] for i in asked]
    periods = [period_place[sheet.period_ids[j]] for j in columns]
    table.row_numbers[u, keys] = [sheet.row_numbers[i] for i in asked]
    table.column_numbers[u, periods] = [sheet.column_numbers[j] for j in columns]
    _tell_missing_rows(campaign, table, u, set(keys), findings)
    return _Laid(*(np.array(places, dtype=np.int64) for places in (asked, keys, columns, periods)))


def _tell_other_rows(table: Table, u: int, rows: Sequence[int], findings: Findings) -> None:
    """Rows that this unit is not asked for, and typed ratios: listed where anything was entered."""
    chosen = table.chosen[u]
    if chosen is None or not rows:
        return
    campaign, sheet = findings.campaign, chosen.sheet
    entered = entries(campaign, sheet)
    for i in rows:
        key = sheet.row_keys[i]
        held = [findings.shown(entered[key, p]) for p in sheet.period_ids if (key, p) in entered]
        if held:
            indicator_id, _, level = key.partition("|")
            is_ratio = indicator_id in campaign.indicators and campaign.indicators[indicator_id].is_computed
            cell = a1(sheet.row_numbers[i], min(sheet.column_numbers))
            place = Place(
                table.unit_ids[u], chosen.submission.file, table.form_id, sheet.sheet, cell,
                indicator_id, level,
            )  # fmt: skip
            rule_id = "RATIO-TYPED" if is_ratio else "ROW-UNKNOWN"
            findings.add(rule_id, place, "; ".join(held), label=key)


def _tell_missing_rows(campaign: Campaign, table: Table, u: int, seen: set[int], findings: Findings) -> None:
    told = {
        problem.values.get("key", "")
        for chosen in (table.chosen[u],)
        if chosen
        for problem in chosen.submission.problems
    }
    for k, key in enumerate(table.keys):
        if k not in seen and table.status[u, k, 0] != NOT_ASKED and key not in told:
            place = place_of(table, u, k)
            name = campaign.indicators[place.indicator_id].name
            findings.add("ROW-MISSING", place, key=key, name=name)


def _lay_numbers(table: Table, u: int, sheet: SheetCells, laid: _Laid) -> None:
    shape = (len(sheet.row_keys), len(sheet.period_ids))
    grid = np.frombuffer(sheet.numbers, dtype=np.float64).reshape(shape)
    formulas = np.zeros(shape, dtype=bool)
    formulas.ravel()[list(sheet.formulas)] = True
    here = np.ix_(laid.rows, laid.columns)
    there = np.ix_(laid.keys, laid.periods)
    totals = np.zeros(len(table.keys), dtype=bool)
    totals[[total for units, total, _ in table.parts if u in units]] = True
    shared = np.zeros(shape, dtype=bool)
    shared.ravel()[list(sheet.merged)] = True
    derived = formulas[here] & totals[laid.keys][:, None] & table.exists[there] & ~shared[here]
    table.derived[u][there] = derived
    table.shown[u][there] = grid[here]
    table.values[u][there] = np.where(derived, np.nan, grid[here])


def _lay_texts(
    campaign: Campaign, table: Table, u: int, read: tuple[Chosen, _Laid], findings: Findings
) -> None:
    chosen, laid = read
    sheet = chosen.sheet
    width = len(sheet.period_ids)
    key_of = dict(zip(laid.rows.tolist(), laid.keys.tolist(), strict=True))
    period_of = dict(zip(laid.columns.tolist(), laid.periods.tolist(), strict=True))
    areas: set[str] = set()
    for position in sorted({*sheet.texts, *sheet.formulas, *sheet.merged}):
        k, p = key_of.get(position // width), period_of.get(position % width)
        if k is None or p is None or table.derived[u, k, p]:
            continue
        cell = _Cell(campaign, table, (u, k, p), findings)
        if position in sheet.merged:
            cell.refuse_shared(sheet.merged[position], sheet.texts.get(position), areas)
        elif position in sheet.formulas:
            cell.lay_formula(sheet.texts.get(position))
        else:
            cell.lay(sheet.texts[position])


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell that holds something else than a plain number."""

    campaign: Campaign
    table: Table
    at: tuple[int, int, int]
    findings: Findings

    def lay_formula(self, text: CellValue) -> None:
        """A unit's own formula: its saved value counts, and is told; without one the cell is refused."""
        value = self.table.values[self.at]
        if not np.isnan(value):
            self._tell("CELL-FORMULA", self.findings.number(float(value)))
        elif isinstance(text, str) and not text.strip():
            return
        elif text is None:
            self._refuse("CELL-UNCALCULATED", "")
        else:
            self.lay(text)

    def refuse_shared(self, area: str, text: CellValue, told: set[str]) -> None:
        """A cell merged with others: whose figure it is nobody can tell. Told once for the merged area."""
        number = float(self.table.shown[self.at])
        self._reject()
        if area not in told:
            told.add(area)
            seen = self.findings.shown(text if np.isnan(number) else number)
            self.findings.add("CELL-MERGED", place_of(self.table, *self.at), seen, area=area)

    def lay(self, value: CellValue) -> None:
        """Anything but a plain number: read it, or refuse it."""
        if isinstance(value, bool):
            self._refuse("CELL-LOGICAL", self.findings.shown(value))
        elif isinstance(value, dt.date | dt.time | dt.timedelta):
            self._refuse("CELL-DATE", self.findings.shown(value))
        elif isinstance(value, str):
            self._lay_text(value)
        else:
            self._refuse("CELL-ERROR", self.findings.shown(value))

    def _lay_text(self, text: str) -> None:
        if not text.strip():
            return
        _, k, p = self.at
        exists = bool(self.table.exists[k, p])
        if not exists and text.strip() == self.campaign.settings.symbols["M"]:
            return
        measure = measure_of(self.campaign, self.table, k)
        words = words_in_cells(self.campaign, "approximate")
        reading = read_text(text, measure, self.campaign.signs, words)
        if reading.value is not None:
            self.table.values[self.at] = reading.value
            rule_id = "CELL-APPROXIMATE" if reading.is_approximate and exists else "CELL-READ"
            self._tell(rule_id, text, self.findings.number(reading.value))
        elif reading.status is None:
            self._refuse("CELL-TEXT", text)
        elif exists:
            self._lay_sign(text, reading.status)

    def _lay_sign(self, text: str, status: ObsStatus) -> None:
        if status is ObsStatus.NOT_APPLICABLE:
            self._refuse("CELL-SIGN-X", text)
            return
        self.table.status[self.at] = CODE[status]
        if status is ObsStatus.ZERO:
            self.table.values[self.at] = 0.0
        self._tell("CELL-ZERO" if status is ObsStatus.ZERO else "CELL-UNKNOWN", text)

    def _tell(self, rule_id: str, seen: str, read: str = "") -> None:
        self.findings.add(rule_id, place_of(self.table, *self.at), seen, read=read)

    def _reject(self) -> None:
        if self.table.exists[self.at[1:]]:
            self.table.status[self.at] = CODE[ObsStatus.REJECTED]
        self.table.values[self.at] = np.nan

    def _refuse(self, rule_id: str, seen: str) -> None:
        self._reject()
        measure = measure_of(self.campaign, self.table, self.at[1])
        self.findings.add(rule_id, place_of(self.table, *self.at), seen, measure=measure.unit_measure)
