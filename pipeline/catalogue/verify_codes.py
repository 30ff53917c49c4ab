"""Official codes: nobody shares one, for by its code a unit is told from others of its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.tables import Row
from pipeline.model import ReportingUnit, Subordinate


def verify_codes(campaign: Campaign, rows: Mapping[str, Mapping[str, Row]]) -> None:
    """Refuse a code that two reporting units, or two subordinates, have."""
    _verify(campaign.units.values(), rows["units.csv"])
    _verify(campaign.subordinates.values(), rows["subordinates.csv"])


def _verify(units: Iterable[ReportingUnit | Subordinate], rows: Mapping[str, Row]) -> None:
    first: dict[str, str] = {}
    for unit in units:
        code = unit.official_code.casefold()
        if code and first.setdefault(code, unit.unit_id) != unit.unit_id:
            rows[unit.unit_id].refuse("official_code", f'"{unit.official_code}" is the code of {first[code]}')
