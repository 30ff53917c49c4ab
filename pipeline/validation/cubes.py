"""Sheets -> dense tables: every cell of every chosen sheet at its unit, row key and period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import asked_units
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.frames import CODE, NOT_ASKED, Codes, Cube, Flags, Floats, Numbers
from pipeline.model import FormRow, ObsStatus, OwedForm
from pipeline.validation.selection import Chosen


@dataclass(slots=True, eq=False)
class Table:
    """One form while it is being read. Axes: units, keys, periods; everything is filled in place.

    ``values`` are the numbers found, ``status`` what is known of each cell so far. ``derived`` marks totals
    whose formula still stands: they are computed from their parts. ``shown`` is the plain number, or the
    formula's saved result, that each cell itself shows (NaN for a text, whatever it says).
    ``parts`` lists, for the units of one and the same set of rows, (units, total, parts) by place.
    ``unit_place`` and ``key_place`` say where in the axes a unit and a key lie.
    """

    form_id: str
    unit_ids: tuple[str, ...]
    keys: tuple[str, ...]
    period_ids: tuple[str, ...]
    values: Floats
    status: Codes
    exists: Flags
    derived: Flags
    shown: Floats
    has_error: Flags
    is_count: Flags
    chosen: list[Chosen | None]
    row_numbers: Numbers
    column_numbers: Numbers
    parts: list[tuple[list[int], int, list[int]]]
    unit_place: dict[str, int] = field(init=False)
    key_place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.unit_place = {unit_id: u for u, unit_id in enumerate(self.unit_ids)}
        self.key_place = {key: k for k, key in enumerate(self.keys)}

    @property
    def expected(self) -> Flags:
        """Cells that are asked and can exist."""
        flags: Flags = (self.status != NOT_ASKED) & self.exists[None, :, :]
        return flags

    def cube(self) -> Cube:
        """The finished table, as the stages after this one know it."""
        files = tuple(c.submission.file if c else "" for c in self.chosen)
        sheets = tuple(c.sheet.sheet if c else "" for c in self.chosen)
        counts = (self.status == CODE[ObsStatus.NORMAL]) | (self.status == CODE[ObsStatus.ZERO])
        return Cube(
            self.form_id,
            self.unit_ids,
            self.keys,
            self.period_ids,
            np.where(counts, self.values, np.nan),
            self.status,
            self.has_error,
            files,
            sheets,
            self.row_numbers,
            self.column_numbers,
        )


def empty_tables(campaign: Campaign, chosen: Mapping[tuple[str, str], Chosen]) -> dict[str, Table]:
    """For every form a table in which everything that is asked is missing."""
    owed = {unit_id: owed_forms(campaign, unit_id) for unit_id in campaign.units}
    asked = asked_units(campaign)
    tables = {}
    for form_id in campaign.forms:
        mine = {u: form for u, forms in owed.items() for form in forms if form.form_id == form_id}
        keys = tuple(
            key
            for indicator in campaign.indicators_of(form_id)
            if not indicator.is_computed
            for level in campaign.levels
            if (key := FormRow(indicator.indicator_id, level).key) in asked
        )
        tables[form_id] = _empty(campaign, form_id, mine, keys, chosen)
    return tables


def _empty(
    campaign: Campaign,
    form_id: str,
    owed: Mapping[str, OwedForm],
    keys: tuple[str, ...],
    chosen: Mapping[tuple[str, str], Chosen],
) -> Table:
    periods = campaign.forms[form_id].period_ids
    shape = (len(owed), len(keys), len(periods))
    named = [campaign.indicators[key.partition("|")[0]] for key in keys]
    flags = [[campaign.exists_in(i.indicator_id, p) for p in periods] for i in named]
    exists = np.array(flags, dtype=bool).reshape(shape[1:])
    return Table(
        form_id=form_id,
        unit_ids=tuple(owed),
        keys=keys,
        period_ids=periods,
        values=np.full(shape, np.nan),
        status=_unreported(owed, keys, exists),
        exists=exists,
        derived=np.zeros(shape, dtype=bool),
        shown=np.full(shape, np.nan),
        has_error=np.zeros(shape, dtype=bool),
        is_count=np.array([campaign.measures[i.unit_measure].decimals == 0 for i in named], dtype=bool),
        chosen=[chosen.get((unit_id, form_id)) for unit_id in owed],
        row_numbers=np.zeros(shape[:2], dtype=np.int32),
        column_numbers=np.zeros((shape[0], shape[2]), dtype=np.int32),
        parts=_totals(campaign, owed, {key: k for k, key in enumerate(keys)}),
    )


def _unreported(owed: Mapping[str, OwedForm], keys: tuple[str, ...], exists: Flags) -> Codes:
    """Everything that is asked is missing, or not applicable where it cannot exist."""
    place = {key: k for k, key in enumerate(keys)}
    status = np.full((len(owed), *exists.shape), NOT_ASKED, dtype=np.int8)
    nothing = np.where(exists, CODE[ObsStatus.MISSING], CODE[ObsStatus.NOT_APPLICABLE])
    for form_rows, units in _alike(owed).items():
        rows = [place[row.key] for row in form_rows if row.key in place]
        status[np.ix_(units, rows)] = nothing[rows, :]
    return status


def _alike(owed: Mapping[str, OwedForm]) -> dict[tuple[FormRow, ...], list[int]]:
    """The places of the units that owe the same rows, by these rows."""
    alike: dict[tuple[FormRow, ...], list[int]] = {}
    known: dict[int, list[int]] = {}  # most units share one and the same tuple, which costs to compare
    for u, form in enumerate(owed.values()):
        units = known.get(id(form.rows))
        if units is None:
            units = known[id(form.rows)] = alike.setdefault(form.rows, [])
        units.append(u)
    return alike


def _totals(
    campaign: Campaign, owed: Mapping[str, OwedForm], place: Mapping[str, int]
) -> list[tuple[list[int], int, list[int]]]:
    """(units, total, parts) for every total, those that are parts of others first."""
    found = []
    for rows, units in _alike(owed).items():
        mine = {}
        for row in rows:
            parts = total_parts(campaign, row, rows)
            if parts:
                mine[place[row.key]] = [place[FormRow(part, row.level).key] for part in parts]
        found += [(units, total, mine[total]) for total in _parts_first(mine)]
    return found


def _parts_first(parts: Mapping[int, list[int]]) -> list[int]:
    ordered: dict[int, None] = {}
    begun: set[int] = set()

    def visit(total: int) -> None:
        if total in parts and total not in begun:
            begun.add(total)
            for part in parts[total]:
                visit(part)
            ordered[total] = None

    for total in parts:
        visit(total)
    return list(ordered)
