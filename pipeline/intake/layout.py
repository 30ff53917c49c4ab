"""Where the rows and columns of a form stand on a sheet, told by their keys and never by their position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.intake.values import Grid

KEY_COLUMN: Final = 1
NAMED_IDS: Final = ("TONG", "NOTE", "CHECK")
"""The machine ids of the columns after the periods."""

_BETWEEN: Final = "|"


@dataclass(frozen=True, slots=True)
class Layout:
    """One form on one sheet. Rows and columns count from 1; a key that stands twice has two places.

    ``heading`` is the row of the period ids, 0 where there is none. ``named`` are the columns of totals,
    remarks and checks, by their machine ids in the same row.
    """

    form_id: str
    rows: Mapping[str, Sequence[int]]
    heading: int
    columns: Mapping[str, Sequence[int]]
    named: frozenset[int]


def find_layout(grid: Grid, campaign: Campaign) -> Layout | None:
    """The form whose keys stand on the sheet; of several the one with the most rows. None without keys."""
    keys = _keys(grid, campaign)
    forms = Counter(_form_of(key, campaign) for key in keys)
    if not forms:
        return None
    form_id = forms.most_common(1)[0][0]
    own = {key: rows for key, rows in keys.items() if _form_of(key, campaign) == form_id}
    return _with_columns(grid, campaign, form_id, own)


def plain_key(text: str) -> str:
    """A text of the key column as a row key, without the spaces that someone may have typed into it."""
    return "".join(text.split())


def _keys(grid: Grid, campaign: Campaign) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in grid.row_numbers:
        key = plain_key(grid.text(row, KEY_COLUMN))
        indicator_id, between, level = key.partition(_BETWEEN)
        if between and indicator_id in campaign.indicators and level in campaign.levels:
            found.setdefault(key, []).append(row)
    return found


def _form_of(key: str, campaign: Campaign) -> str:
    return campaign.indicators[key.partition(_BETWEEN)[0]].form_id


def _with_columns(grid: Grid, campaign: Campaign, form_id: str, rows: Mapping[str, Sequence[int]]) -> Layout:
    """Find the period ids: the row above the last key that holds most of them, the lowest of equals."""
    wanted = set(campaign.forms[form_id].period_ids)
    last = max(row for places in rows.values() for row in places)
    most, heading = 1, 0
    for row in range(grid.top, last):
        held = len({value.strip() for value in grid.shown(row) if isinstance(value, str)} & wanted)
        if held >= most:
            most, heading = held, row
    ids = {column: grid.text(heading, column) for column in grid.filled(heading)}
    columns: dict[str, list[int]] = {}
    for column, name in ids.items():
        if name in wanted:
            columns.setdefault(name, []).append(column)
    named = frozenset(column for column, name in ids.items() if name in NAMED_IDS)
    return Layout(form_id, rows, heading, columns, named)
