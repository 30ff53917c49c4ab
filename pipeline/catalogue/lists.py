"""Lines of the campaign's CSV files -> the types of the vocabulary, one small function a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.catalogue.campaign import ChartPlan, Headline, Magnitude, Parts
from pipeline.catalogue.tables import Row
from pipeline.errors import RuleRefused
from pipeline.model import (
    Assignment,
    Form,
    Indicator,
    Kind,
    Level,
    Measure,
    ObsStatus,
    Period,
    ReportingUnit,
    Subordinate,
    TimeAggregation,
    UnitAggregation,
    UnitKind,
    Window,
)
from pipeline.rules.language import Expression, Link, Op, PeriodLimit, Rule, Side
from pipeline.rules.parse import parse_periods, parse_rule, parse_sum

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "levels.csv": ("level_id", "name", "name_en", "is_authority"),
    "unit_kinds.csv": ("kind", "name", "name_en", "heading", "signature"),
    "units.csv": ("unit_id", "name", "kind", "official_code", "without_levels"),
    "subordinates.csv": (
        *("unit_id", "name", "kind", "reports_to", "levels", "official_code"),
        *("former_name", "valid_to", "successor"),
    ),
    "periods.csv": ("period_id", "series", "label", "first_month", "last_month", "months", "windows"),
    "windows.csv": ("window_id", "label", "label_en"),
    "measures.csv": ("unit_measure", "name_en", "decimals", "number_format", "spellings"),
    "forms.csv": ("form_id", "number", "outline_section", "title", "title_en", "periods"),
    "indicators.csv": (
        *("indicator_id", "form_id", "order", "depth", "name", "unit_measure", "kind"),
        *("time_aggregation", "unit_aggregation", "authority_unit", "authority_indicator", "filled_by"),
        *("reference_only", "levels", "since", "numerator", "denominator"),
        *("opening", "inflow", "outflow", "note"),
    ),
    "assignments.csv": ("form_id", "unit_kind", "levels"),
    "rules.csv": ("rule_id", "form_id", "severity", "expression", "periods", "levels"),
    "signs.csv": ("text", "status"),
    "headlines.csv": ("group", "indicator_id", "label", "label_en"),
    "charts.csv": ("title", "title_en", "indicators"),
    "magnitudes.csv": ("indicator_id", "level", "typical", "share_of"),
}
"""The columns of each file. A file with other columns is refused."""

CATALOGUE_FILES = (
    *("levels.csv", "units.csv", "periods.csv", "measures.csv"),
    *("forms.csv", "indicators.csv", "assignments.csv", "rules.csv"),
)
"""The files that decide which cells a template has and what is checked in them."""


def level(row: Row) -> Level:
    """One line of ``levels.csv``."""
    return Level(row.text("level_id"), row.text("name"), row.text("name_en"), row.yes("is_authority"))


def unit_kind(row: Row) -> UnitKind:
    """One line of ``unit_kinds.csv``."""
    return UnitKind(*(row.text(c) for c in COLUMNS["unit_kinds.csv"]))


def unit(row: Row) -> ReportingUnit:
    """One line of ``units.csv``."""
    code = row.text("official_code", required=False)
    return ReportingUnit(
        row.text("unit_id"), row.text("name"), row.text("kind"), code, row.words("without_levels")
    )


def subordinate(row: Row) -> Subordinate:
    """One line of ``subordinates.csv``."""
    unit_id, name, kind, reports_to = (row.text(c) for c in COLUMNS["subordinates.csv"][:4])
    if not row.words("levels"):
        row.refuse("levels", "must not be empty")
    code, former, successor = (
        row.text(c, required=False) for c in ("official_code", "former_name", "successor")
    )
    until = _month(row, "valid_to") if row.text("valid_to", required=False) else ""
    if successor and not until:
        row.refuse("successor", "only a unit that was dissolved has one; valid_to says when")
    return Subordinate(unit_id, name, kind, reports_to, row.words("levels"), code, former, until, successor)


def period(row: Row) -> Period:
    """One line of ``periods.csv``; its months must be as many as from the first to the last."""
    first, last = (_month(row, column) for column in ("first_month", "last_month"))
    months = row.read("months", int, 0)
    span = _months(last) - _months(first) + 1
    if months and months != span:
        row.refuse("months", f"{first} to {last} is {span} months, not {months}")
    if not months and first != last:
        row.refuse("months", "0 months marks a snapshot date, whose first and last month are one")
    return Period(row.text("period_id"), row.text("label"), first, last, months, row.words("windows"))


def window(row: Row) -> Window:
    """One line of ``windows.csv``, still without its periods."""
    return Window(row.text("window_id"), row.text("label"), row.text("label_en"), ())


def measure(row: Row) -> Measure:
    """One line of ``measures.csv``."""
    spellings = row.words("spellings", "|")
    decimals = row.read("decimals", _decimals, 0)
    return Measure(
        row.text("unit_measure"), row.text("name_en"), decimals, row.text("number_format"), spellings
    )


def form(row: Row, series: Mapping[str, tuple[str, ...]]) -> Form:
    """One line of ``forms.csv``; ``series`` are the periods by the name of their series."""
    period_ids = series.get(row.among("periods", dict(series)), ())
    form_id, number, section, title, title_en = (row.text(c) for c in COLUMNS["forms.csv"][:-1])
    return Form(form_id, number, section, title, title_en, period_ids)


def indicator(row: Row) -> Indicator:
    """One line of ``indicators.csv``, its ids not yet checked against the other files."""
    authority = [row.text(c, required=False) for c in ("authority_unit", "authority_indicator")]
    expressions = [row.text(c, required=False) for c in COLUMNS["indicators.csv"][-6:-1]]
    return Indicator(
        indicator_id=row.text("indicator_id"),
        form_id=row.text("form_id"),
        order=row.read("order", _natural, 0),
        depth=row.read("depth", _natural, 0),
        name=row.text("name"),
        unit_measure=row.text("unit_measure"),
        kind=row.read("kind", Kind, Kind.FLOW),
        time_aggregation=row.read("time_aggregation", TimeAggregation, TimeAggregation.SUM),
        unit_aggregation=row.read("unit_aggregation", UnitAggregation, UnitAggregation.SUM),
        authority_unit=authority[0],
        authority_indicator=authority[1],
        filled_by=row.words("filled_by"),
        reference_only=row.yes("reference_only"),
        levels=row.words("levels"),
        since=row.read("since", _year, None),
        numerator=expressions[0],
        denominator=expressions[1],
        opening=expressions[2],
        inflow=expressions[3],
        outflow=expressions[4],
        note=row.text("note", required=False),
    )


def parts(row: Row, indicator: Indicator) -> Parts:
    """The parsed expressions of an indicator; one that is not understood is refused at its character."""
    read = {name: _sum(row, name, getattr(indicator, name)) for name in COLUMNS["indicators.csv"][-6:-1]}
    return replace(Parts(), **read)


def assignment(row: Row) -> Assignment:
    """One line of ``assignments.csv``."""
    return Assignment(row.text("form_id"), row.text("unit_kind"), row.words("levels"))


def rule(row: Row) -> Rule:
    """One line of ``rules.csv``; an expression that is not understood is refused at its character."""
    nothing = Side(())
    try:
        expression = parse_rule(row.text("expression"))
    except RuleRefused as error:
        row.refuse(f"expression, character {error.position}", error.message)
        expression = Expression((Link(nothing, Op.EQ, nothing),))
    try:
        limit = parse_periods(row.text("periods", required=False))
    except RuleRefused as error:
        row.refuse("periods", error.message)
        limit = PeriodLimit()
    rule_id, form_id, severity, text = (row.text(c) for c in COLUMNS["rules.csv"][:4])
    return Rule(rule_id, form_id, severity, text, expression, limit, row.words("levels"))


def sign(row: Row) -> ObsStatus:
    """One line of ``signs.csv``: the state that the sign stands for."""
    status = row.read("status", ObsStatus, ObsStatus.UNKNOWN)
    if status not in (ObsStatus.ZERO, ObsStatus.NOT_APPLICABLE, ObsStatus.UNKNOWN):
        row.refuse("status", "a sign says zero (Z), not applicable (M) or unknown (U)")
    return status


def headline(row: Row) -> Headline:
    """One line of ``headlines.csv``."""
    return Headline(*(row.text(c) for c in COLUMNS["headlines.csv"]))


def chart(row: Row) -> ChartPlan:
    """One line of ``charts.csv``."""
    return ChartPlan(row.text("title"), row.text("title_en"), row.words("indicators"))


def magnitude(row: Row) -> Magnitude:
    """One line of ``magnitudes.csv``."""
    typical = row.read("typical", _size, 0.0)
    return Magnitude(
        row.text("indicator_id"), row.text("level"), typical, row.text("share_of", required=False)
    )


def _sum(row: Row, column: str, text: str) -> Side | None:
    if not text:
        return None
    try:
        return parse_sum(text)
    except RuleRefused as error:
        row.refuse(f"{column}, character {error.position}", error.message)
        return None


def _natural(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


def _decimals(text: str) -> int:
    """At most four: a rule compares to six, and must not be misled by its own factors."""
    value = _natural(text)
    if value > 4:
        raise ValueError(text)
    return value


def _size(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError(text)
    return value


def _year(text: str) -> int | None:
    return _natural(text) if text else None


def _month(row: Row, column: str) -> str:
    def checked(text: str) -> str:
        year, month = text.split("-")
        if not (len(year) == 4 and 1 <= int(month) <= 12 and len(month) == 2):
            raise ValueError(text)
        return text

    return row.read(column, checked, "2000-01")


def _months(month: str) -> int:
    year, number = month.split("-")
    return 12 * int(year) + int(number)
