"""From periods to columns: what a window's figure is made of, over any axis of units.

A figure is a value with its support: for each reporting unit whether it was asked at all, whether everything
asked of it counts, and whether any of it has an open error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.frames import Flags, Floats
from pipeline.model import Indicator, TimeAggregation
from pipeline.rules.language import Side


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """Which units a figure rests on. One entry per unit of the campaign, per column.

    ``asked``: the unit owes at least one of the cells; ``counts``: every cell that it owes counts;
    ``doubted``: one of the cells has an open error. Axes: units, columns.
    """

    asked: Flags
    counts: Flags
    doubted: Flags

    def merged(self, other: Support) -> Support:
        """The support of a figure made of two: a unit counts when all that it owes of both counts."""
        asked = self.asked | other.asked
        counts = (self.counts | ~self.asked) & (other.counts | ~other.asked) & asked
        return Support(asked, counts, self.doubted | other.doubted)

    def over(self, places: Sequence[int]) -> Support:
        """The support of one figure made of several columns."""
        asked: Flags = np.logical_or.reduce(self.asked[:, places], axis=1, keepdims=True)
        whole = (self.counts | ~self.asked)[:, places]
        counts: Flags = np.logical_and.reduce(whole, axis=1, keepdims=True) & asked
        doubted: Flags = np.logical_or.reduce(self.doubted[:, places], axis=1, keepdims=True)
        return Support(asked, counts, doubted)

    def at(self, place: int) -> Support:
        """The support of one column."""
        return self.over([place])


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Values by column (NaN where there is none), with the units they rest on.

    ``values`` may have leading axes (units, for the figures of each unit); columns are the last.
    """

    values: Floats
    support: Support


FigureOf = Callable[[str], Figure]
"""The figure, by period, of another indicator at the same level."""


def window_figure(
    campaign: Campaign, indicator: Indicator, own: Figure, figure_of: FigureOf, places: Sequence[int]
) -> Figure | None:
    """The figure of one window, a single column; None where the indicator is not aggregated over time.

    ``places`` are the window's periods among the columns of ``own``, in the order of time.
    """
    how = indicator.time_aggregation
    if how is TimeAggregation.SUM:
        return Figure(add(own.values[..., places]), own.support.over(places))
    if how in (TimeAggregation.LAST, TimeAggregation.FIRST):
        place = places[-1 if how is TimeAggregation.LAST else 0]
        return Figure(own.values[..., [place]], own.support.at(place))
    if how is TimeAggregation.BALANCE:
        return _balance(campaign, indicator, own, figure_of, places)
    return None


def side_figure(side: Side, figure_of: FigureOf) -> Figure:
    """The figure of a plain sum of indicators; NaN in a column where one of them is."""
    figures = [figure_of(ref.indicator_id) for ref in side.refs]
    values = figures[0].values
    support = figures[0].support
    for figure in figures[1:]:
        values = values + figure.values
        support = support.merged(figure.support)
    return Figure(values, support)


def ratio_figure(numerator: Figure, denominator: Figure) -> Figure:
    """Per cent of summed parts; NaN where a part is missing or the denominator is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = rounded(100.0 * numerator.values / denominator.values)
    known = np.isfinite(values) & (denominator.values > 0)
    return Figure(np.where(known, values, np.nan), numerator.support.merged(denominator.support))


def add(values: Floats) -> Floats:
    """The sum over the last axis, kept as one column; NaN, never 0, where there is no number at all."""
    known = ~np.isnan(values)
    total = rounded(np.where(known, values, 0.0).sum(axis=-1, keepdims=True))
    summed: Floats = np.where(known.any(axis=-1, keepdims=True), total, np.nan)
    return summed


def rounded(values: Floats) -> Floats:
    """Rounded to six decimals, a half away from zero, as spreadsheets do; whole numbers stay as they are."""
    nearest = np.sign(values) * np.floor(np.abs(values) * 1e6 + 0.5) / 1e6
    found: Floats = np.where(values == np.trunc(values), values, nearest)
    return found


def _balance(
    campaign: Campaign, indicator: Indicator, own: Figure, figure_of: FigureOf, places: Sequence[int]
) -> Figure:
    """Everything that was ever on the table in the window, each item once.

    With opening and inflow: the first opening plus all that came in. With an outflow only: what is on the
    table in the last period plus all that left before it, which is the same where items are carried over.
    """
    parts = campaign.parts[indicator.indicator_id]
    if parts.opening is not None and parts.inflow is not None:
        opening, inflow = (side_figure(side, figure_of) for side in (parts.opening, parts.inflow))
        values = _start_and_moves(opening.values[..., [places[0]]], inflow.values[..., places])
        return Figure(values, opening.support.at(places[0]).merged(inflow.support.over(places)))
    if parts.outflow is None:
        raise AssertionError("the loader refuses a balance without parts")
    outflow = side_figure(parts.outflow, figure_of)
    last, before = places[-1], list(places[:-1])
    values = _start_and_moves(own.values[..., [last]], outflow.values[..., before])
    support = own.support.at(last)
    return Figure(values, support.merged(outflow.support.over(before)) if before else support)


def _start_and_moves(start: Floats, moves: Floats) -> Floats:
    known = ~np.isnan(moves)
    total: Floats = rounded(start + np.where(known, moves, 0.0).sum(axis=-1, keepdims=True))
    return total
