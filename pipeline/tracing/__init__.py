"""A city figure -> what it is made of, down to the cell of a return that each part was typed into."""

from pipeline.tracing.query import Query, Unknown, resolve
from pipeline.tracing.trace import Figure, trace, unit_figures
from pipeline.tracing.units import UnitFigure

__all__ = ["Figure", "Query", "UnitFigure", "Unknown", "resolve", "trace", "unit_figures"]
