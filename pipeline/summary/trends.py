"""Small charts inside the cells of a city sheet: how each row went from period to period."""

from __future__ import annotations

from pipeline.book import Sparkline
from pipeline.catalogue.city import Basis
from pipeline.summary.brief import Brief, periods_of

LEAST = 3
"""So many figures make a trend; of fewer, the figures themselves say more."""


def sparklines(brief: Brief, form_id: str, col: int) -> list[Sparkline]:
    """One for each row of a form's city sheet that has figures of at least LEAST periods, in column ``col``.

    It draws the periods, never the windows. The first and the last stand out where they are part years.
    """
    table, place = brief.results.city[form_id], brief.city[form_id]
    periods = periods_of(brief.campaign, form_id)
    longest = max((period.months for period in periods), default=0)
    parts = [0 < period.months < longest for period in periods]
    columns = [place.columns[period.period_id] for period in periods]
    known = (table.values[:, : len(periods)] == table.values[:, : len(periods)]).sum(axis=1).tolist()
    return [
        Sparkline(place.rows[row.key], col, columns[0], columns[-1], parts[0], parts[-1])
        for row, count in zip(table.rows, known, strict=True)
        if count >= LEAST and row.basis is not Basis.NOTHING
    ]
