"""Observations -> totals, coverage and reconciliation, for every period, window and level."""

from pipeline.aggregation.aggregate import Aggregated, aggregate

__all__ = ["Aggregated", "aggregate"]
