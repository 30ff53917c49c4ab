"""Invented results for the tests of the summary workbook: random cubes, totalled by the real aggregation."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.aggregation import aggregate
from pipeline.catalogue import Campaign
from pipeline.catalogue.city import asked_units
from pipeline.frames import CODE, FINDING_COLUMNS, FORM_STATUS_COLUMNS, NOT_ASKED, Cube, Results
from pipeline.model import FileStatus, FormRow, FormStatus, ObsStatus, Severity, SourceFile
from pipeline.summary import build_summary
from pipeline.workbook import write_book

HOSTILE = ("=1+1", "http://example.invalid/x", "+cmd|'/c calc'!A0", "@SUM(A1)", "-1+2")
"""What a unit could write to make a formula or a link of it."""


def written_summary(campaign: Campaign, results: Results, lang: str, folder: Path) -> Path:
    """The summary of some results as a file."""
    path = folder / f"summary-{campaign.campaign_id}-{lang}.xlsx"
    write_book(build_summary(campaign, results, lang), campaign.theme, path)
    return path


@cache
def made_up_results(campaign: Campaign, seed: int = 1) -> Results:
    """Results over the whole catalogue with every state of a cell, two silent units and one refused file."""
    rng = np.random.default_rng(seed)
    cubes = {form_id: _cube(campaign, form_id, rng) for form_id in campaign.forms}
    found = aggregate(campaign, cubes)
    return Results(
        run_id="0123456789ab",
        cubes=cubes,
        city=found.city,
        findings=_findings(campaign),
        totals=found.totals,
        reconciliation=found.reconciliation,
        unit_totals=found.unit_totals,
        form_status=_form_status(campaign, cubes),
        sources=_sources(campaign),
        is_official=False,
    )


def silent_units(campaign: Campaign) -> set[str]:
    """The units that have sent nothing: the third, and among many also one near the end."""
    units = list(campaign.units)
    return {units[2], units[-5]} if len(units) > 10 else {units[2]}


def _cube(campaign: Campaign, form_id: str, rng: np.random.Generator) -> Cube:
    asked = asked_units(campaign)
    keys = tuple(
        key
        for i in campaign.indicators_of(form_id)
        for level in campaign.levels
        if (key := FormRow(i.indicator_id, level).key) in asked and not i.is_computed
    )
    units = tuple(u for u in campaign.units if any(u in asked[key] for key in keys))
    periods = campaign.forms[form_id].period_ids
    status = _states(campaign, (units, keys, periods), rng)
    values = rng.integers(0, 900, size=status.shape).astype(float)
    for k, key in enumerate(keys):
        measure = campaign.measures[campaign.indicators[key.partition("|")[0]].unit_measure]
        if measure.decimals:
            values[:, k] = np.round(rng.random((len(units), len(periods))) * 99, measure.decimals)
    values[status == CODE[ObsStatus.ZERO]] = 0
    counts = (status == CODE[ObsStatus.NORMAL]) | (status == CODE[ObsStatus.ZERO])
    values[~counts] = np.nan
    sent = [u not in silent_units(campaign) for u in units]
    return Cube(
        form_id=form_id,
        unit_ids=units,
        keys=keys,
        period_ids=periods,
        values=values,
        status=status,
        has_error=(rng.random(status.shape) < (0.002 if len(units) > 10 else 0.05)) & counts,
        files=tuple(f"{unit}.xlsx" if there else "" for unit, there in zip(units, sent, strict=True)),
        sheets=tuple(form_id if there else "" for there in sent),
        row_numbers=np.tile(np.arange(12, 12 + len(keys), dtype=np.int32), (len(units), 1)),
        column_numbers=np.tile(np.arange(6, 6 + len(periods), dtype=np.int32), (len(units), 1)),
    )


Axes = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Units, row keys and periods of a cube."""


def _states(campaign: Campaign, axes: Axes, rng: np.random.Generator) -> np.ndarray:
    """Random states; what cannot exist, what a silent unit leaves out and what nobody asks are told apart."""
    units, keys, periods = axes
    asked = asked_units(campaign)
    chances = {"NORMAL": 0.86, "ZERO": 0.04, "MISSING": 0.05, "UNKNOWN": 0.03, "REJECTED": 0.02}
    codes = np.array([CODE[ObsStatus[name]] for name in chances])
    status = rng.choice(codes, size=tuple(map(len, axes)), p=list(chances.values())).astype(np.int8)
    status[[u in silent_units(campaign) for u in units]] = CODE[ObsStatus.MISSING]
    for k, key in enumerate(keys):
        late = [not campaign.exists_in(key.partition("|")[0], period) for period in periods]
        status[:, k, late] = CODE[ObsStatus.NOT_APPLICABLE]
        status[[unit_id not in asked[key] for unit_id in units], k] = NOT_ASKED
    return status


def _form_status(campaign: Campaign, cubes: dict[str, Cube]) -> pd.DataFrame:
    rows = []
    for form_id, cube in cubes.items():
        for u, unit_id in enumerate(cube.unit_ids):
            if unit_id in silent_units(campaign):
                status = FormStatus.NOT_SENT
            elif (u + len(rows)) % 11 == 0:
                status = FormStatus.REJECTED
            else:
                status = FormStatus.WITH_ERRORS if cube.has_error[u].any() else FormStatus.ACCEPTED
            counted, expected = int(cube.counts[u].sum()), int(cube.expected[u].sum())
            rows.append((unit_id, form_id, status.value, cube.files[u], expected, counted, 0, 0, 0, 0))
    return pd.DataFrame(rows, columns=list(FORM_STATUS_COLUMNS))


def _findings(campaign: Campaign) -> pd.DataFrame:
    """Each severity at several units; the texts are what a hostile unit would write."""
    rows = []
    for u, unit_id in enumerate(campaign.units):
        for s, severity in enumerate(Severity):
            text = HOSTILE[(u + s) % len(HOSTILE)]
            form_id = next(iter(campaign.forms))
            indicator = campaign.indicators_of(form_id)[u % 20]
            period_id = campaign.forms[form_id].period_ids[0]
            message = f"Ô F{13 + u} ghi «{text}», không phải là số. Ghi lại bằng số, ví dụ 1234."
            rows.append(
                (
                    *(
                        "CELL-TEXT",
                        severity.value,
                        unit_id,
                        f"{unit_id}.xlsx",
                        form_id,
                        form_id,
                        f"F{13 + u}",
                    ),
                    *(indicator.indicator_id, indicator.levels[0], period_id, text, "", message, "open"),
                    *("", f"CELL-TEXT/{unit_id}/{severity.value}"),
                )
            )
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def _sources(campaign: Campaign) -> tuple[SourceFile, ...]:
    template = SourceFile("", "", "0" * 64, 81234, 1, "1", FileStatus.ACCEPTED, "")
    sent = [u for u in campaign.units if u not in silent_units(campaign)]
    files = [replace(template, file=f"{unit_id}.xlsx", unit_id=unit_id) for unit_id in sent]
    hostile = [
        replace(
            template, file=name, status=FileStatus.REJECTED, submission_number=None, why="Không đọc được."
        )
        for name in HOSTILE
    ]
    passed = replace(template, file="~$x.xlsx", status=FileStatus.PASSED_OVER, sha256="", why="Tệp khóa.")
    return (*files, *hostile, passed)
