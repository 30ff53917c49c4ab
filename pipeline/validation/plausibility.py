"""Figures that may be right but are hard to believe. Each counts; the unit is asked to explain it.

Bounds stand in the campaign (``[plausibility]``). Flows are compared per month: a part year is no jump.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.frames import CODE, Flags, Floats
from pipeline.model import Kind, ObsStatus
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings, Place
from pipeline.validation.places import place_of

_POWERS: Final = (10, 100, 1000, 1_000_000)


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """One form's figures that count (NaN elsewhere), and the same per month where they are flows."""

    campaign: Campaign
    table: Table
    counted: Floats
    per_month: Floats
    is_flow: Flags
    bounds: Mapping[str, float]


def check_plausibility(campaign: Campaign, tables: Mapping[str, Table], findings: Findings) -> None:
    """Add an ``explain`` finding for every figure beyond the campaign's bounds of what is believable."""
    for table in tables.values():
        if not table.keys or not any(table.chosen):
            continue
        form = _form(campaign, table)
        powers = _check_powers(form, findings)
        _check_jumps(form, powers, findings)
        _check_peers(form, powers, findings)
        _check_copied(form, findings)
        _check_twins(form, findings)


def _form(campaign: Campaign, table: Table) -> _Form:
    counts = (table.status == CODE[ObsStatus.NORMAL]) | (table.status == CODE[ObsStatus.ZERO])
    counted = np.where(counts, table.values, np.nan)
    kinds = [campaign.indicators[key.partition("|")[0]].kind for key in table.keys]
    is_flow = np.array([kind is Kind.FLOW for kind in kinds], dtype=bool)
    months = np.array([campaign.periods[p].months or 1 for p in table.period_ids], dtype=float)
    per_month = np.where(is_flow[None, :, None], counted / months, counted)
    return _Form(campaign, table, counted, per_month, is_flow, campaign.settings.plausibility)


def _cells(flags: Flags) -> Iterator[tuple[int, int, int]]:
    for u, k, p in zip(*np.nonzero(flags), strict=True):
        yield int(u), int(k), int(p)


def _check_powers(form: _Form, findings: Findings) -> Flags:
    """Off by a power of ten from the median of the unit's other periods. Returns the cells told."""
    told = np.zeros(form.counted.shape, dtype=bool)
    floor = form.bounds["power_floor"]
    rows = np.nonzero((np.nan_to_num(form.counted) > floor).any(axis=2))
    counted, this = form.counted[rows], form.per_month[rows]
    others = (~np.isnan(this)).sum(axis=1, keepdims=True) - ~np.isnan(this)
    usual = _median_of_others(counted)
    power = _power(this, _median_of_others(this), form.bounds["power_tolerance"])
    for i, p in np.argwhere((power != 0) & (others >= 3) & (np.fmax(counted, usual) > floor)).tolist():
        u, k = int(rows[0][i]), int(rows[1][i])
        told[u, k, p] = True
        seen, median = findings.number(float(counted[i, p])), findings.number(float(usual[i, p]))
        place = place_of(form.table, u, k, p)
        findings.add("PL-POWER10", place, seen, power=f"{int(power[i, p])}", median=median)
    return told


def _median_of_others(values: Floats) -> Floats:
    """For each cell of a row the median of the row's other known figures, NaN where there is none."""
    order = np.argsort(values, axis=1)  # what is not known comes last
    ordered = np.take_along_axis(values, order, 1)
    rank = np.argsort(order, axis=1)
    others = (~np.isnan(values)).sum(axis=1, keepdims=True) - ~np.isnan(values)
    last = np.maximum(others - 1, 0)
    lower, upper = (
        np.take_along_axis(ordered, np.minimum(at + (at >= rank), values.shape[1] - 1), 1)
        for at in (last // 2, np.minimum(others // 2, last))
    )
    median: Floats = np.where(others > 0, (lower + upper) / 2, np.nan)
    return median


def _power(this: Floats, usual: Floats, tolerance: float) -> Floats:
    """The power of ten between two figures, 0 where they are not a power of ten apart."""
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(np.log10(this / usual))
        found = np.zeros(this.shape)
        for power in _POWERS:
            near = np.abs(distance - np.log10(power)) <= np.log10(1 + tolerance)
            found = np.where(near, power, found)
    return found


def _check_jumps(form: _Form, told: Flags, findings: Findings) -> None:
    """More than so many times the last believable period before, per month, both above the floor."""
    by_period = np.moveaxis(form.counted, 2, 0).copy()  # whole periods side by side are gone through fast
    usual = np.moveaxis(np.where(told, np.nan, form.per_month), 2, 0).copy()
    before = np.full(form.counted.shape[:2], np.nan)
    held = np.full(form.counted.shape[:2], np.nan)
    when = np.full(form.counted.shape[:2], -1)
    for p in range(form.counted.shape[2]):
        this, counted = usual[p], by_period[p]
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.maximum(this / before, before / this)
        large = (counted > form.bounds["jump_floor"]) & (held > form.bounds["jump_floor"])
        for u, k in zip(*np.nonzero((factor > form.bounds["jump_factor"]) & large), strict=True):
            findings.add(
                "PL-JUMP",
                place_of(form.table, int(u), int(k), p),
                findings.number(float(counted[u, k])),
                other=findings.number(float(held[u, k])),
                other_period=form.table.period_ids[int(when[u, k])],
                factor=findings.number(form.bounds["jump_factor"]),
            )
        known = ~np.isnan(this)
        before = np.where(known, this, before)
        held = np.where(known, counted, held)
        when = np.where(known, p, when)


def _check_peers(form: _Form, told: Flags, findings: Findings) -> None:
    """More than so many times the median of the units of the same kind, for the same row and period."""
    kinds = [form.campaign.units[unit_id].kind for unit_id in form.table.unit_ids]
    for kind in dict.fromkeys(kinds):
        units = np.array([u for u, other in enumerate(kinds) if other == kind])
        figures = form.counted[units]
        known = (~np.isnan(figures)).sum(axis=0)
        median = _median(figures, axis=0)
        far = (figures > form.bounds["peers_factor"] * median) & (median >= form.bounds["peers_floor"])
        for i, k, p in _cells(far & (known >= form.bounds["peers_least"])):
            u = int(units[i])
            if not told[u, k, p]:
                place = place_of(form.table, u, k, p)
                gaps = {
                    "median": findings.number(float(median[k, p])),
                    "factor": findings.number(form.bounds["peers_factor"]),
                }
                findings.add("PL-PEERS", place, findings.number(float(figures[i, k, p])), **gaps)


def _check_copied(form: _Form, findings: Findings) -> None:
    """A flow with one and the same figure in every period, though the periods are not equally long."""
    known = ~np.isnan(form.counted)
    expected = form.table.expected
    same = np.nanmin(np.where(known, form.counted, np.inf), axis=2) == np.nanmax(
        np.where(known, form.counted, -np.inf), axis=2
    )
    enough = (known.sum(axis=2) >= form.bounds["copied_least"]) & (known == expected).all(axis=2)
    large = np.where(known, form.counted, 0).max(axis=2) >= form.bounds["copied_floor"]
    for u, k in zip(*np.nonzero(same & enough & large & form.is_flow[None, :]), strict=True):
        value = float(np.nanmax(form.counted[u, k]))
        place = place_of(form.table, int(u), int(k))
        findings.add("PL-COPIED", place, findings.number(value), count=str(int(known[u, k].sum())))


def _check_twins(form: _Form, findings: Findings) -> None:
    """Two units that return the same figures throughout a form."""
    alike: dict[bytes, list[int]] = {}
    figures = (form.counted > 0).sum(axis=(1, 2)).tolist()
    for u in range(len(form.table.unit_ids)):
        if figures[u] >= form.bounds["twins_least"]:
            alike.setdefault(np.ascontiguousarray(form.counted[u]).tobytes(), []).append(u)
    for units in alike.values():
        for u in units if len(units) > 1 else ():
            chosen = form.table.chosen[u]
            if chosen is None:
                continue
            others = ", ".join(form.table.unit_ids[v] for v in units if v != u)
            unit_id, form_id = form.table.unit_ids[u], form.table.form_id
            place = Place(unit_id, chosen.submission.file, form_id, chosen.sheet.sheet)
            count = str(figures[u])
            findings.add("PL-TWINS", place, form=form_id, other=others, count=count)


def _median(values: Floats, axis: int) -> Floats:
    """The median of the known figures, NaN where there is none."""
    ordered = np.sort(values, axis=axis)  # what is not known comes last
    known = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    last = np.maximum(known - 1, 0)
    lower = np.take_along_axis(ordered, last // 2, axis)
    upper = np.take_along_axis(ordered, np.minimum(known // 2, last), axis)
    median: Floats = ((lower + upper) / 2).squeeze(axis)
    return median
