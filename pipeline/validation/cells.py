"""Cells as typed -> numbers, signs and findings, laid into the table of their form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.frames import NOT_ASKED, Flags
from pipeline.model import SheetCells
from pipeline.validation.cubes import Table
from pipeline.validation.entries import entries
from pipeline.validation.findings import Findings, Place
from pipeline.validation.places import place_of
from pipeline.validation.reading import Reading
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
    totals = np.zeros(table.derived.shape[:2], dtype=bool)
    for units, total, _ in table.parts:
        totals[units, total] = True
    for u, chosen in enumerate(table.chosen):
        if chosen is not None:
            laid = _lay_places(campaign, table, u, chosen, findings)
            _lay_numbers(table, u, chosen.sheet, laid, totals[u])
            _lay_texts(campaign, table, u, (chosen, laid), findings)


def _lay_places(campaign: Campaign, table: Table, u: int, chosen: Chosen, findings: Findings) -> _Laid:
    sheet = chosen.sheet
    key_place = table.key_place
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
    entered = entries(campaign, sheet, rows)
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
            findings.add(rule_id, place, "; ".join(held), label=key, count=str(len(held)))


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


def _lay_numbers(table: Table, u: int, sheet: SheetCells, laid: _Laid, totals: Flags) -> None:
    shape = (len(sheet.row_keys), len(sheet.period_ids))
    grid = np.frombuffer(sheet.numbers, dtype=np.float64).reshape(shape)
    formulas = np.zeros(shape, dtype=bool)
    formulas.ravel()[list(sheet.formulas)] = True
    here = np.ix_(laid.rows, laid.columns)
    there = np.ix_(laid.keys, laid.periods)
    shared = np.zeros(shape, dtype=bool)
    shared.ravel()[list(sheet.merged)] = True
    formulas.ravel()[list(sheet.arithmetic)] = False  # a sum that someone typed is no formula of ours
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
    for position in sorted({*sheet.texts, *sheet.formulas, *sheet.merged, *sheet.percents}):
        k, p = key_of.get(position // width), period_of.get(position % width)
        if k is None or p is None or table.derived[u, k, p]:
            continue
        Reading(campaign, table, (u, k, p), findings).read(sheet, position, areas)
