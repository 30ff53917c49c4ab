"""Cubes -> every figure of the summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.aggregation.city import City
from pipeline.aggregation.reconciliation import reconciliation
from pipeline.aggregation.units import unit_totals
from pipeline.catalogue import Campaign
from pipeline.catalogue.city import city_rows
from pipeline.frames import TOTAL_COLUMNS, CityTable, Cube


@dataclass(frozen=True, slots=True, eq=False)
class Aggregated:
    """City figures by form, the same as one long frame, reconciliation, and the figures of each unit."""

    city: Mapping[str, CityTable]
    totals: pd.DataFrame
    reconciliation: pd.DataFrame
    unit_totals: pd.DataFrame


def aggregate(campaign: Campaign, cubes: Mapping[str, Cube]) -> Aggregated:
    """Total everything: periods, windows, levels, authorities, ratios, with the units each rests on."""
    rows = city_rows(campaign)
    city = City(campaign, cubes, {row.key: row for mine in rows.values() for row in mine})
    tables = {form_id: city.table(form_id, mine) for form_id, mine in rows.items()}
    return Aggregated(tables, totals_frame(tables), reconciliation(city), unit_totals(city))


def totals_frame(tables: Mapping[str, CityTable]) -> pd.DataFrame:
    """One row per city figure; see TOTAL_COLUMNS. ``obs_value`` is missing, never 0, where there is none."""
    frames = []
    for table in tables.values():
        width = len(table.columns)
        frames.append(
            pd.DataFrame(
                {
                    "indicator_id": np.repeat([row.indicator_id for row in table.rows], width),
                    "level": np.repeat([row.level for row in table.rows], width),
                    "period_id": np.tile(table.columns, len(table.rows)),
                    "obs_value": table.values.ravel(),
                    "units_counted": table.counted.ravel(),
                    "units_expected": table.expected.ravel(),
                    "is_provisional": table.provisional.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[list(TOTAL_COLUMNS)]
