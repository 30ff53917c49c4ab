"""Everything in a campaign against everything else. Each check adds what it finds; none stops."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable, Mapping

from pipeline.catalogue.campaign import Campaign, Parts
from pipeline.catalogue.obligations import owed_forms, parts_of
from pipeline.catalogue.tables import Problems, Row, line_of, near_miss
from pipeline.catalogue.verify_codes import verify_codes
from pipeline.catalogue.verify_magnitudes import verify_magnitudes
from pipeline.model import ALL_LEVELS, Indicator, Kind, Severity, TimeAggregation, UnitAggregation
from pipeline.rules.language import Reach, Rule, Side

Rows = Mapping[str, Mapping[str, Row]]

_TIME_OF_KIND = {
    Kind.FLOW: {TimeAggregation.SUM},
    Kind.STOCK: {TimeAggregation.LAST, TimeAggregation.FIRST, TimeAggregation.BALANCE},
    Kind.RATIO: {TimeAggregation.RATIO, TimeAggregation.NONE},
}

_BEHIND_OBLIGATIONS = (
    *("levels.csv", "units.csv", "unit_kinds.csv", "periods.csv"),
    *("forms.csv", "indicators.csv", "assignments.csv"),
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,24}")
_IDS = {
    "levels.csv": "level_id",
    "units.csv": "unit_id",
    "periods.csv": "period_id",
    "windows.csv": "window_id",
    "forms.csv": "form_id",
    "indicators.csv": "indicator_id",
}
"""Ids that stand in row keys, file names and sheet names."""


def verify(campaign: Campaign, rows: Rows, problems: Problems) -> None:
    """Check a campaign of whose lists no line was lost.

    A line that did not fit on its own is left alone: its values here are only stand-ins.
    """
    misfits = {(problem.file, problem.line) for problem in problems.found}
    others = Problems()
    _verify_lists(campaign, _reporting_to(others, rows), others)
    problems.found.extend(p for p in others.found if (p.file, p.line) not in misfits)
    if not {problem.file for problem in problems.found}.intersection(_BEHIND_OBLIGATIONS):
        _verify_obligations(campaign, rows)


def _reporting_to(problems: Problems, rows: Rows) -> Rows:
    return {
        file: {name: Row(row.file, row.line, row.fields, problems) for name, row in found.items()}
        for file, found in rows.items()
    }


def _verify_lists(campaign: Campaign, rows: Rows, problems: Problems) -> None:
    _verify_ids(rows)
    _verify_units(campaign, rows)
    verify_codes(campaign, rows)
    _verify_time(campaign, rows)
    _verify_assignments(campaign, rows)
    for indicator in campaign.indicators.values():
        _verify_indicator(campaign, indicator, rows["indicators.csv"][indicator.indicator_id])
    _verify_order(campaign, rows["indicators.csv"])
    for rule in campaign.rules.values():
        _verify_rule(campaign, rule, rows["rules.csv"][rule.rule_id])
    _verify_presentation(campaign, rows)
    verify_magnitudes(campaign, rows)
    _verify_settings(campaign, problems)


def _known(row: Row, column: str, values: Iterable[str], known: Collection[str]) -> None:
    for value in values:
        if value and value not in known:
            row.refuse(column, f'"{value}" is not known{near_miss(value, list(known))}')


def _verify_ids(rows: Rows) -> None:
    for file, column in _IDS.items():
        seen: dict[str, str] = {}
        for name, row in rows[file].items():
            if not _ID.fullmatch(name):
                row.refuse(column, "at most 24 ASCII letters, digits, - and _")
            if seen.setdefault(name.casefold(), name) != name:
                row.refuse(column, f'differs from "{seen[name.casefold()]}" in capitals only')


def _verify_units(campaign: Campaign, rows: Rows) -> None:
    kinds = {
        campaign.units[s.reports_to].kind
        for s in campaign.subordinates.values()
        if s.reports_to in campaign.units
    }
    superiors = {s.reports_to for s in campaign.subordinates.values()}
    for unit in campaign.units.values():
        row = rows["units.csv"][unit.unit_id]
        _known(row, "kind", [unit.kind], campaign.unit_kinds)
        _known(row, "without_levels", unit.without_levels, campaign.levels)
        if unit.kind in kinds and unit.unit_id not in superiors and not unit.without_levels:
            row.refuse("without_levels", "nobody reports to it in subordinates.csv, but it has every level")
    for kind in campaign.unit_kinds.values():
        _known(rows["unit_kinds.csv"][kind.kind], "heading", [kind.heading], campaign.settings.headings)


def _verify_time(campaign: Campaign, rows: Rows) -> None:
    for period in campaign.periods.values():
        _known(rows["periods.csv"][period.period_id], "windows", period.windows, campaign.windows)
    for window in campaign.windows.values():
        row = rows["windows.csv"][window.window_id]
        if not window.period_ids:
            row.refuse("window_id", "no period of periods.csv belongs to it")
        if window.window_id in campaign.periods:
            row.refuse("window_id", "is also the id of a period")
    for form in campaign.forms.values():
        months = [campaign.periods[p].first_month for p in form.period_ids]
        if months != sorted(months):
            rows["forms.csv"][form.form_id].refuse("periods", "its periods do not stand in the order of time")
    if ALL_LEVELS in campaign.levels:
        rows["levels.csv"][ALL_LEVELS].refuse("level_id", "is kept for the total over the levels")


def _verify_assignments(campaign: Campaign, rows: Rows) -> None:
    seen: set[tuple[str, str]] = set()
    for index, assignment in enumerate(campaign.assignments):
        row = rows["assignments.csv"][str(index)]
        _known(row, "form_id", [assignment.form_id], campaign.forms)
        _known(row, "unit_kind", [assignment.unit_kind], campaign.unit_kinds)
        _known(row, "levels", assignment.levels, campaign.levels)
        if not assignment.levels:
            row.refuse("levels", "must not be empty")
        if (assignment.form_id, assignment.unit_kind) in seen:
            row.refuse("unit_kind", "this form is already assigned to this kind of unit")
        seen.add((assignment.form_id, assignment.unit_kind))


def _verify_indicator(campaign: Campaign, indicator: Indicator, row: Row) -> None:
    _known(row, "form_id", [indicator.form_id], campaign.forms)
    _known(row, "unit_measure", [indicator.unit_measure], campaign.measures)
    _known(row, "levels", indicator.levels, campaign.levels)
    _known(row, "filled_by", indicator.filled_by, {*campaign.units, *campaign.unit_kinds})
    if not indicator.indicator_id.isidentifier() or keyword.iskeyword(indicator.indicator_id):
        row.refuse("indicator_id", "a rule could not name it: letters, digits and _ only, a letter first")
    if indicator.time_aggregation not in _TIME_OF_KIND[indicator.kind]:
        row.refuse("time_aggregation", f"{indicator.time_aggregation} does not go with {indicator.kind}")
    periods = campaign.forms[indicator.form_id].period_ids if indicator.form_id in campaign.forms else ()
    if periods and not any(campaign.exists_in(indicator.indicator_id, period) for period in periods):
        row.refuse("since", "is later than every period of its form")
    _verify_authority(campaign, indicator, row)
    _verify_parts(campaign, indicator, row)


def _verify_authority(campaign: Campaign, indicator: Indicator, row: Row) -> None:
    _known(row, "authority_unit", [indicator.authority_unit], campaign.units)
    _known(row, "authority_indicator", [indicator.authority_indicator], campaign.indicators)
    by_authority = indicator.unit_aggregation is UnitAggregation.AUTHORITY
    if by_authority != bool(indicator.authority_unit):
        row.refuse("authority_unit", "stands exactly where unit_aggregation is authority")
    other = campaign.indicators.get(indicator.authority_indicator)
    if other is not None and (other.unit_measure, other.time_aggregation) != (
        indicator.unit_measure,
        indicator.time_aggregation,
    ):
        row.refuse("authority_indicator", "is measured or aggregated otherwise")


def _verify_parts(campaign: Campaign, indicator: Indicator, row: Row) -> None:
    parts = campaign.parts[indicator.indicator_id]
    for column in Parts.__dataclass_fields__:
        side: Side | None = getattr(parts, column)
        if side is not None:
            _known(row, column, (ref.indicator_id for ref in side.refs), campaign.indicators)
            if not side.is_plain_sum or not side.terms:
                row.refuse(column, "must be a sum of indicators")
    others = (campaign.indicators.get(name) for name in parts_of(campaign, indicator))
    if any(other is not None and other.is_computed for other in others):
        row.refuse("numerator", "a part of a ratio must be entered, not computed")
    _verify_which_parts(indicator, parts, row)


def _verify_which_parts(indicator: Indicator, parts: Parts, row: Row) -> None:
    if (parts.numerator is None) != (parts.denominator is None):
        row.refuse("denominator", "a ratio has a numerator and a denominator, or neither")
    if indicator.is_computed and indicator.kind is not Kind.RATIO:
        row.refuse("kind", "what has a numerator is a ratio")
    if indicator.time_aggregation is TimeAggregation.RATIO and not indicator.is_computed:
        row.refuse("numerator", "a ratio that is recomputed needs a numerator and a denominator")
    if not indicator.is_computed and not indicator.levels:
        row.refuse("levels", "must not be empty for what is entered")
    has_flow = (parts.opening is not None and parts.inflow is not None) != (parts.outflow is not None)
    if (indicator.time_aggregation is TimeAggregation.BALANCE) != has_flow:
        row.refuse("opening", "a balance, and only it, has opening and inflow, or else outflow")


def _verify_order(campaign: Campaign, rows: Mapping[str, Row]) -> None:
    for form_id in campaign.forms:
        indicators = campaign.indicators_of(form_id)
        for position, indicator in enumerate(indicators, start=1):
            if indicator.order != position:
                rows[indicator.indicator_id].refuse(
                    "order", f"is row {position} of {form_id}, not {indicator.order}"
                )
            before = indicators[position - 2].depth if position > 1 else -1
            if indicator.depth > before + 1:
                rows[indicator.indicator_id].refuse("depth", "is more than one step below the row before")


def _verify_rule(campaign: Campaign, rule: Rule, row: Row) -> None:
    _known(row, "form_id", [rule.form_id], campaign.forms)
    _known(row, "levels", rule.levels, campaign.levels)
    if rule.severity not in (Severity.ERROR, Severity.EXPLAIN, Severity.INFO):
        row.refuse("severity", "a rule is an error, explain or info")
    _verify_names(campaign, rule, row)
    named = [campaign.indicators[i] for i in rule.expression.indicator_ids if i in campaign.indicators]
    for indicator in named:
        if indicator.is_computed:
            row.refuse("expression", f"{indicator.indicator_id} is computed; name its parts")
    columns = {campaign.forms[i.form_id].period_ids for i in named if i.form_id in campaign.forms}
    if len(columns) > 1:
        row.refuse("expression", "its indicators stand in forms with different periods")
    if named and rule.form_id not in {i.form_id for i in named}:
        row.refuse("form_id", "no indicator of the expression belongs to it")
    if rule.form_id in campaign.forms:
        _known(row, "periods", [rule.periods.period_id], campaign.forms[rule.form_id].period_ids)
    _verify_reach(campaign, rule, row)


def _verify_names(campaign: Campaign, rule: Rule, row: Row) -> None:
    for link in rule.expression.links:
        for term in (*link.left.terms, *link.right.terms):
            if term.ref.indicator_id not in campaign.indicators:
                hint = near_miss(term.ref.indicator_id, list(campaign.indicators))
                row.refuse(
                    f"expression, character {term.position}", f'"{term.ref.indicator_id}" is not known{hint}'
                )


def _verify_reach(campaign: Campaign, rule: Rule, row: Row) -> None:
    for ref in rule.expression.refs:
        indicator = campaign.indicators.get(ref.indicator_id)
        if ref.reach is Reach.CUM and indicator is not None and indicator.kind is not Kind.FLOW:
            row.refuse("expression", f"cum({ref.indicator_id}) would add a {indicator.kind} over the periods")


def _verify_presentation(campaign: Campaign, rows: Rows) -> None:
    for index, headline in enumerate(campaign.headlines):
        row = rows["headlines.csv"][str(index)]
        _known(row, "indicator_id", [headline.indicator_id], campaign.indicators)
    headlines = {line.indicator_id: campaign.indicators.get(line.indicator_id) for line in campaign.headlines}
    for index, plan in enumerate(campaign.charts):
        row = rows["charts.csv"][str(index)]
        _known(row, "indicators", plan.indicator_ids, headlines)
        drawn = [headlines.get(name) for name in plan.indicator_ids]
        if len({indicator.unit_measure for indicator in drawn if indicator}) > 1:
            row.refuse("indicators", "must share one unit of measure")


def _verify_settings(campaign: Campaign, problems: Problems) -> None:
    settings, path = campaign.settings, campaign.folder / "campaign.toml"
    if settings.main_window not in campaign.windows:
        name = "main_window"
        problems.add(path.name, line_of(path, name), name, "is not a window of windows.csv")
    if settings.template_version not in settings.accepted_template_versions:
        name = "accepted_template_versions"
        problems.add(path.name, line_of(path, name), name, "must hold the current template_version")


def _verify_obligations(campaign: Campaign, rows: Rows) -> None:
    asked: set[str] = set()
    for unit_id in campaign.units:
        owed = owed_forms(campaign, unit_id)
        if not owed:
            rows["units.csv"][unit_id].refuse("kind", "owes no form")
        asked |= {row.indicator_id for form in owed for row in form.rows}
    for indicator in campaign.indicators.values():
        row = rows["indicators.csv"][indicator.indicator_id]
        if indicator.indicator_id not in asked:
            row.refuse("levels", "no unit is asked for it at any level")
