"""A sheet on which several forms stand one below the other, taken apart into one table for each."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from pipeline.catalogue import Campaign
from pipeline.intake.rows import Keys
from pipeline.intake.values import Grid


def tables_of(grid: Grid, campaign: Campaign, keys: Keys) -> list[Grid]:
    """The sheet itself, or its parts where the keys of several forms stand apart from each other.

    A part ends with the last row of its form; what follows is the head of the next. Where the keys of two
    forms are mixed, the sheet is not taken apart: then the rows of the smaller form are told as strays.
    """
    indicators = campaign.indicators
    forms = [(row, indicators[key.partition("|")[0]].form_id) for row, key in sorted(keys.rows.items())]
    runs = [(form_id, [row for row, _ in rows]) for form_id, rows in groupby(forms, key=lambda one: one[1])]
    if len(runs) < 2 or len({form_id for form_id, _ in runs}) < len(runs):
        return [grid]
    tables, top = [], grid.facts.top
    for number, (_, rows) in enumerate(runs, start=1):
        bottom = rows[-1] if number < len(runs) else grid.facts.bottom
        tables.append(replace(grid, facts=replace(grid.facts, top=top, bottom=bottom)))
        top = bottom + 1
    return tables
