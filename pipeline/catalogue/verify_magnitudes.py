"""The believable sizes of invented figures: of what is known, and none a share of itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.tables import Row, near_miss

Shares = Mapping[str, Collection[str]]
"""By indicator, what it is a share of, at whatever level."""


def verify_magnitudes(campaign: Campaign, rows: Mapping[str, Mapping[str, Row]]) -> None:
    """Check every line of ``magnitudes.csv``."""
    shares = _shares(campaign)
    for (indicator_id, level), magnitude in campaign.magnitudes.items():
        row = rows["magnitudes.csv"][f"{indicator_id}|{level}"]
        _known(row, "indicator_id", indicator_id, campaign.indicators)
        _known(row, "level", level, {*campaign.levels, "*"})
        _known(row, "share_of", magnitude.share_of, campaign.indicators)
        if indicator_id in _wholes_of(shares, magnitude.share_of):
            row.refuse("share_of", f"{indicator_id} would be a share of itself")


def _known(row: Row, column: str, value: str, known: Collection[str]) -> None:
    if value and value not in known:
        row.refuse(column, f'"{value}" is not known{near_miss(value, list(known))}')


def _shares(campaign: Campaign) -> Shares:
    """What each indicator is a share of."""
    shares: dict[str, set[str]] = {}
    for magnitude in campaign.magnitudes.values():
        shares.setdefault(magnitude.indicator_id, set()).add(magnitude.share_of)
    return shares


def _wholes_of(shares: Shares, indicator_id: str) -> set[str]:
    """The indicator, everything that it is a share of, and so on."""
    found, waiting = set[str](), {indicator_id}
    while waiting:
        found |= waiting
        waiting = set[str]().union(*(shares.get(name, ()) for name in waiting)) - found
    return found
