"""What someone asks for, in whatever spelling -> the row and the column of one city figure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import CityRow, city_rows
from pipeline.model import ALL_LEVELS

_BARRED_D = "\u0111"
"""The one letter of Vietnamese whose mark is no sign of its own."""

_CLOSE = 60.0
"""Likeness in per cent below which a name is no hint."""


@dataclass(frozen=True, slots=True)
class Query:
    """One city figure (its row, and a period or window), and the units to be shown; none means all."""

    row: CityRow
    column: str
    unit_ids: tuple[str, ...] = ()


class Unknown(Exception):
    """Something asked for is not there. ``part`` is indicator, level, period or unit; ``close`` come near."""

    def __init__(self, part: str, given: str, close: tuple[str, ...]) -> None:
        super().__init__(f"{part} {given}")
        self.part = part
        self.given = given
        self.close = close


def resolve(
    campaign: Campaign, indicator: str, level: str = "", period: str = "", unit_ids: tuple[str, ...] = ()
) -> Query:
    """The figure that is meant. An indicator may be given with its level, as a row key is written.

    Without a level the total over the levels, or the only level there is; without a period the main window.
    Periods go by id or label. Raises Unknown.
    """
    name, _, in_key = indicator.partition("|")
    names = {i.indicator_id: i.name for i in campaign.indicators.values()}
    indicator_id = _found("indicator", name, names)
    form_id = campaign.indicators[indicator_id].form_id
    rows = {row.level: row for row in city_rows(campaign)[form_id] if row.indicator_id == indicator_id}
    wanted = level or in_key or (ALL_LEVELS if ALL_LEVELS in rows else next(iter(rows)))
    row = rows[_found("level", wanted, {name: _level(campaign, name) for name in rows})]
    columns = _columns(campaign, form_id)
    column = _found("period", period, columns) if period else _main(campaign, columns)
    units = {unit.unit_id: unit.name for unit in campaign.units.values()}
    return Query(row, column, tuple(_found("unit", given, units) for given in unit_ids))


def _columns(campaign: Campaign, form_id: str) -> dict[str, str]:
    periods = {name: campaign.periods[name].label for name in campaign.forms[form_id].period_ids}
    return periods | {window.window_id: window.label for window in campaign.windows_of(form_id)}


def _main(campaign: Campaign, columns: Mapping[str, str]) -> str:
    main = campaign.settings.main_window
    return main if main in columns else list(columns)[-1]


def _level(campaign: Campaign, level: str) -> str:
    return campaign.levels[level].name if level in campaign.levels else level


def _found(part: str, given: str, known: Mapping[str, str]) -> str:
    """The id that is meant: by id or by name, whatever the case. Raises Unknown with those that come near."""
    asked = given.strip().casefold()
    for name, label in known.items():
        if asked in (name.casefold(), label.casefold()):
            return name
    choices = {name: f"{name} {label}" for name, label in known.items()}
    by_id = process.extract(given, list(known), processor=utils.default_process, limit=2, score_cutoff=_CLOSE)
    by_name = process.extract(
        given,
        choices,
        scorer=fuzz.token_set_ratio,
        processor=_plain,
        limit=2,
        score_cutoff=_CLOSE,
    )
    close = [name for name, _, _ in by_id] + [name for _, _, name in by_name]
    raise Unknown(part, given, tuple(dict.fromkeys(close)))


def _plain(text: str) -> str:
    """Small letters without marks: people type names without them."""
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c)).replace(_BARRED_D, "d")
