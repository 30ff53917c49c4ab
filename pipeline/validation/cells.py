"""Cells as typed -> numbers, signs and findings, laid into the table of their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """Where the rows and columns of a sheet lie in its table: sheet places and table places, in step.

    ``here`` and ``there`` are the cells that both have, counted through the sheet and through the table of
    one unit; ``exists`` says which of them can exist, ``absent`` where in the sheet the others are.
    ``others`` are rows of the sheet that the unit is not asked for, ``missing`` keys that the sheet lacks.
    """

    rows: Places
    keys: Places
    columns: Places
    periods: Places
    here: Places
    there: Places
    exists: Flags
    absent: tuple[int, ...]
    others: tuple[int, ...]
    missing: tuple[int, ...]
    key_of: Mapping[int, int]
    period_of: Mapping[int, int]


def lay_cells(campaign: Campaign, table: Table, findings: Findings) -> None:
    """Fill ``table`` with everything its chosen sheets hold, except that no number is judged yet."""
    totals = np.zeros(table.derived.shape[:2], dtype=bool)
    for units, total, _ in table.parts:
        totals[units, total] = True
    alike: dict[tuple[tuple[str, ...], tuple[str, ...], bytes], _Laid] = {}
    for u, chosen in enumerate(table.chosen):
        if chosen is not None:
            sheet, asked = chosen.sheet, table.status[u, :, 0] != NOT_ASKED
            look = (sheet.row_keys, sheet.period_ids, asked.tobytes())
            laid = alike[look] = alike.get(look) or _places(table, sheet, asked)
            _lay_places(campaign, table, u, (chosen, laid), findings)
            typed = _lay_numbers(table, u, sheet, laid, totals[u])
            _lay_texts(campaign, table, u, (chosen, laid, typed), findings)


def _places(table: Table, sheet: SheetCells, asked: Flags) -> _Laid:
    """The same for all sheets with the same rows and columns of units that are asked for the same rows."""
    place = {key: k for k, key in enumerate(table.keys) if asked[k]}
    period_place = {period_id: p for p, period_id in enumerate(table.period_ids)}
    key_of = {i: place[key] for i, key in enumerate(sheet.row_keys) if key in place}
    period_of = {
        j: period_place[period_id]
        for j, period_id in enumerate(sheet.period_ids)
        if period_id in period_place
    }
    rows, keys, columns, periods = (
        np.array(list(places), dtype=np.int64)
        for places in (key_of, key_of.values(), period_of, period_of.values())
    )
    here = (rows[:, None] * len(sheet.period_ids) + columns).ravel()
    exists = table.exists[np.ix_(keys, periods)].ravel()
    return _Laid(
        *(rows, keys, columns, periods),
        here=here,
        there=(keys[:, None] * len(table.period_ids) + periods).ravel(),
        exists=exists,
        absent=tuple(here[~exists].tolist()),
        others=tuple(i for i in range(len(sheet.row_keys)) if i not in key_of),
        missing=tuple(sorted(set(place.values()).difference(key_of.values()))),
        key_of=key_of,
        period_of=period_of,
    )


def _lay_places(
    campaign: Campaign, table: Table, u: int, read: tuple[Chosen, _Laid], findings: Findings
) -> None:
    chosen, laid = read
    _tell_other_rows(table, u, laid.others, findings)
    table.row_numbers[u, laid.keys] = np.array(chosen.sheet.row_numbers, dtype=np.int64)[laid.rows]
    table.column_numbers[u, laid.periods] = np.array(chosen.sheet.column_numbers, dtype=np.int64)[
        laid.columns
    ]
    _tell_missing_rows(campaign, table, u, laid.missing, findings)


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


def _tell_missing_rows(
    campaign: Campaign, table: Table, u: int, missing: Sequence[int], findings: Findings
) -> None:
    told = {
        problem.values.get("key", "")
        for chosen in (table.chosen[u],)
        if chosen
        for problem in chosen.submission.problems
    }
    for k in missing:
        key = table.keys[k]
        if key not in told:
            place = place_of(table, u, k)
            name = campaign.indicators[place.indicator_id].name
            findings.add("ROW-MISSING", place, key=key, name=name)


def _lay_numbers(table: Table, u: int, sheet: SheetCells, laid: _Laid, totals: Flags) -> set[int]:
    """Returns where formulas stand in the sheet that are read for what they say, as texts are."""
    grid = np.frombuffer(sheet.numbers, dtype=np.float64)
    formulas = np.zeros(len(grid), dtype=bool)
    formulas[list(sheet.formulas)] = True
    ours = formulas.copy()
    ours[[*sheet.merged, *sheet.arithmetic]] = False  # a sum that someone typed is no formula of ours
    is_total = np.repeat(totals[laid.keys], len(laid.periods))
    derived = ours.take(laid.here) & is_total & laid.exists
    shown = grid.take(laid.here)
    table.derived[u].put(laid.there, derived)
    table.shown[u].put(laid.there, shown)
    table.values[u].put(laid.there, np.where(derived, np.nan, shown))
    still = table.derived[u].take(laid.there)
    return set(laid.here[formulas.take(laid.here) & ~still].tolist())


def _marks(campaign: Campaign, chosen: Chosen, laid: _Laid, typed: set[int]) -> set[int]:
    """Where the sign of what cannot exist stands as the template put it there: it says nothing."""
    texts, sign = chosen.sheet.texts, campaign.settings.symbols["M"]
    marks = {position for position in laid.absent if texts.get(position) == sign}
    return marks.difference(typed, chosen.sheet.merged)


def _lay_texts(
    campaign: Campaign, table: Table, u: int, read: tuple[Chosen, _Laid, set[int]], findings: Findings
) -> None:
    chosen, laid, typed = read
    sheet = chosen.sheet
    width = len(sheet.period_ids)
    areas: set[str] = set()
    for position in sorted({*sheet.texts, *typed, *sheet.merged, *sheet.percents} - _marks(campaign, *read)):
        k, p = laid.key_of.get(position // width), laid.period_of.get(position % width)
        if k is None or p is None or table.derived[u, k, p]:
            continue
        Reading(campaign, table, (u, k, p), findings).read(sheet, position, areas)
