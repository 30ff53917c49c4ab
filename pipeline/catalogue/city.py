"""What each row of a city sheet is made of. Totals and the live formulas are both built from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.obligations import alike, parts_of
from pipeline.model import ALL_LEVELS, FormRow, Indicator, UnitAggregation


class Basis(StrEnum):
    """How the value of a city row in one period comes about."""

    UNITS = "units"
    """The figures of ``unit_ids`` for the row's own key are added."""
    LEVELS = "levels"
    """The city rows in ``keys`` are added."""
    COPY = "copy"
    """The city row in ``keys`` is the figure: an authority keeps it."""
    RATIO = "ratio"
    """The indicators of the numerator over those of the denominator, at the row's level."""
    NOTHING = "nothing"
    """Shown, but never added: the row has no city figure."""


@dataclass(frozen=True, slots=True)
class CityRow:
    """One row of a city sheet. ``keys`` are the city rows that it rests on, none for UNITS."""

    indicator_id: str
    level: str
    basis: Basis
    keys: tuple[str, ...] = ()
    unit_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The row key ``<indicator_id>|<level>``."""
        return f"{self.indicator_id}|{self.level}"


@lru_cache(maxsize=8)
def asked_units(campaign: Campaign) -> Mapping[str, tuple[str, ...]]:
    """For every row key the units that are asked for it, in the order of the campaign."""
    asked: dict[str, list[tuple[str, ...]]] = {}
    for owed, unit_ids in alike(campaign):
        for form in owed:
            for row in form.rows:
                asked.setdefault(row.key, []).append(unit_ids)
    place = {unit_id: at for at, unit_id in enumerate(campaign.units)}
    joined: dict[tuple[int, ...], tuple[str, ...]] = {}
    found = {}
    for key, groups in asked.items():
        same = tuple(map(id, groups))
        if same not in joined:
            joined[same] = tuple(sorted((u for group in groups for u in group), key=place.__getitem__))
        found[key] = joined[same]
    return found


def city_rows(campaign: Campaign) -> dict[str, tuple[CityRow, ...]]:
    """The rows of every form's city sheet: by indicator, then level, then the total over the levels."""
    asked = asked_units(campaign)
    rows: dict[str, dict[str, CityRow]] = {}
    entered = [i for i in campaign.indicators.values() if not i.is_computed]
    for indicator in entered:
        rows[indicator.indicator_id] = {r.level: r for r in _entered_rows(campaign, indicator, asked)}
    for indicator in campaign.indicators.values():
        if indicator.is_computed:
            rows[indicator.indicator_id] = {r.level: r for r in _ratio_rows(campaign, indicator, rows)}
    return {
        form_id: tuple(row for i in campaign.indicators_of(form_id) for row in rows[i.indicator_id].values())
        for form_id in campaign.forms
    }


def _entered_rows(
    campaign: Campaign, indicator: Indicator, asked: Mapping[str, tuple[str, ...]]
) -> list[CityRow]:
    if indicator.authority_indicator:
        return _copied_rows(campaign, indicator, asked)
    rows = []
    for level in campaign.levels:
        units = asked.get(FormRow(indicator.indicator_id, level).key, ())
        if indicator.authority_unit in units:
            units = (indicator.authority_unit,)
        if units:
            rows.append(CityRow(indicator.indicator_id, level, _basis(indicator, units), (), units))
    if rows and indicator.unit_aggregation is not UnitAggregation.NONE:
        rows.append(_over_levels(campaign, indicator, rows))
    return rows


def _basis(indicator: Indicator, units: tuple[str, ...]) -> Basis:
    """What is not aggregated has a city figure only where one unit alone is asked for it."""
    if indicator.reference_only:
        return Basis.NOTHING
    alone = indicator.unit_aggregation is not UnitAggregation.NONE or len(units) == 1
    return Basis.UNITS if alone else Basis.NOTHING


def _over_levels(campaign: Campaign, indicator: Indicator, rows: list[CityRow]) -> CityRow:
    authority = [row.key for row in rows if campaign.levels[row.level].is_authority]
    if indicator.reference_only:
        return CityRow(indicator.indicator_id, ALL_LEVELS, Basis.NOTHING)
    if authority:
        return CityRow(indicator.indicator_id, ALL_LEVELS, Basis.COPY, tuple(authority))
    return CityRow(indicator.indicator_id, ALL_LEVELS, Basis.LEVELS, tuple(row.key for row in rows))


def _copied_rows(
    campaign: Campaign, indicator: Indicator, asked: Mapping[str, tuple[str, ...]]
) -> list[CityRow]:
    """The rows of an indicator whose figures an authority reports under another indicator."""
    rows = []
    for level in campaign.levels:
        other = FormRow(indicator.authority_indicator, level).key
        if indicator.authority_unit in asked.get(other, ()):
            rows.append(CityRow(indicator.indicator_id, level, Basis.COPY, (other,)))
    keys = tuple(row.key for row in rows)
    return [*rows, CityRow(indicator.indicator_id, ALL_LEVELS, Basis.LEVELS, keys)]


def _ratio_rows(
    campaign: Campaign, indicator: Indicator, rows: dict[str, dict[str, CityRow]]
) -> list[CityRow]:
    parts = parts_of(campaign, indicator)
    levels = [level for level in (*campaign.levels, ALL_LEVELS) if all(level in rows[part] for part in parts)]
    return [
        CityRow(indicator.indicator_id, level, Basis.RATIO, tuple(FormRow(part, level).key for part in parts))
        for level in levels
    ]


def reconciled(campaign: Campaign) -> tuple[tuple[Indicator, str, str], ...]:
    """What an authority keeps and others report too: ``(indicator, level, authority's row key)``.

    The reported side is what the units other than the authority report for the indicator at the level,
    or at all levels together where the authority's figure is one for the whole area.
    """
    asked = asked_units(campaign)
    found = []
    for indicator in campaign.indicators.values():
        if indicator.unit_aggregation is not UnitAggregation.AUTHORITY or indicator.is_computed:
            continue
        keeps = indicator.authority_indicator or indicator.indicator_id
        for level in (*campaign.levels, ALL_LEVELS):
            if _is_reconciled(campaign, indicator, level, asked):
                found.append((indicator, level, FormRow(keeps, level).key))
    return tuple(found)


def _is_reconciled(
    campaign: Campaign, indicator: Indicator, level: str, asked: Mapping[str, tuple[str, ...]]
) -> bool:
    reported = [
        name
        for name in campaign.levels
        if not campaign.levels[name].is_authority
        and any(
            u != indicator.authority_unit for u in asked.get(FormRow(indicator.indicator_id, name).key, ())
        )
    ]
    if level == ALL_LEVELS:
        return bool(reported)
    kept = FormRow(indicator.authority_indicator, level).key if indicator.authority_indicator else ""
    return level in reported and indicator.authority_unit in asked.get(kept, ())
