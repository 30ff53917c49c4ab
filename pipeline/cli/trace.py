"""The verb ``trace``: where a city figure comes from, down to the cell that it was typed into.

It reads the returns afresh: what is on the disk is what must be defended. It says so where the summary
in the outputs was made from other files.
"""

from __future__ import annotations

import filecmp
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import run
from pipeline.catalogue import Campaign, in_language, load_campaign
from pipeline.catalogue.makeup import Way
from pipeline.cli import screen
from pipeline.cli.ending import Ending, Status
from pipeline.errors import WrongUse

if TYPE_CHECKING:
    from pipeline.cli.options import Common
    from pipeline.frames import Results
    from pipeline.tracing import Figure, Query, UnitFigure
    from pipeline.tracing.units import Told

Asked = tuple[str, str, str, tuple[str, ...]]
"""Indicator, level, period and units, as typed."""


def trace_verb(common: Common, asked: Asked, end: Ending) -> None:
    """Open up one city figure. Raises WrongUse for what is not there, with what comes near."""
    from pipeline.tracing import trace

    read_by = load_campaign(common.campaign)
    campaign = in_language(read_by, common.lang)
    words = campaign.words[common.lang]
    query = _resolved(campaign, asked, words)
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        options = run.Options(common.inputs, common.outputs, common.campaign, common.lang, common.workers)
        results = run.examine(read_by, options, progress)
    figure = trace(campaign, results, query.row, query.column)
    end.status = Status.DONE if figure.agrees else Status.FAULT
    if common.json:
        screen.say_json({**_content(figure, query), "run_id": results.run_id, "exit_status": int(end.status)})
    else:
        _say(_Teller(campaign, common.lang, query), figure)
        _say_run(common, results, words)


def _resolved(campaign: Campaign, asked: Asked, words: Mapping[str, str]) -> Query:
    from pipeline.tracing import Unknown, resolve

    try:
        return resolve(campaign, *asked)
    except Unknown as unknown:
        names = " / ".join(unknown.close)
        hint = words["cli.hint"].format(name=names) if names else ""
        raise WrongUse(f"cli.trace.unknown.{unknown.part}", given=unknown.given, hint=hint) from None


class _Teller:
    """The words for one figure."""

    def __init__(self, campaign: Campaign, lang: str, query: Query) -> None:
        self.campaign = campaign
        self.query = query
        self.words: Mapping[str, str] = campaign.words[lang]

    def word(self, name: str) -> str:
        """A text of the verb."""
        return self.words[f"cli.trace.{name}"]

    def text(self, name: str, gaps: Mapping[str, object]) -> str:
        """A text of the verb with its gaps filled."""
        return self.word(name).format(**gaps)

    def level(self, level: str) -> str:
        """A level by its id and its name."""
        known = self.campaign.levels.get(level)
        return f"{level} - {known.name if known else self.words['summary.all_levels']}"

    def time(self, column: str) -> str:
        """A period or window by its id and its label."""
        window = self.campaign.windows.get(column)
        if window is not None:
            return f"{column} - {window.label}"
        return f"{column} - {self.campaign.periods[column].label}"

    def headers(self, *names: str) -> list[str]:
        """The names of a table's columns."""
        return [self.word(f"column.{name}") for name in names]


def _say(tell: _Teller, figure: Figure) -> None:
    from pipeline.tracing import unit_figures

    campaign, row = tell.campaign, figure.row
    indicator = campaign.indicators[row.indicator_id]
    gaps = {"indicator": row.indicator_id, "name": indicator.name, "measure": indicator.unit_measure}
    screen.say(tell.text("title", gaps))
    place = {"level": tell.level(row.level), "period": tell.time(figure.column)}
    screen.say(tell.text("place", {"form": indicator.form_id, **place}))
    counts = {"value": number(figure.value), "counted": figure.counted, "expected": figure.expected}
    screen.say(tell.text("no_value" if math.isnan(figure.value) else "value", counts))
    if figure.is_provisional:
        screen.say(tell.word("provisional"))
    screen.say("")
    screen.say(f"{tell.word('steps')}:")
    screen.say_table(tell.headers("part", "row", "period", "value", "coverage", "way"), _steps(tell, figure))
    shown = unit_figures(figure, tell.query.unit_ids)
    screen.say("")
    screen.say(f"{tell.word('lines')}:")
    _say_units(tell, shown)
    if tell.query.unit_ids:
        screen.say(tell.text("shown", {"units": ", ".join(tell.query.unit_ids)}))
    if figure.way is not Way.NOTHING:
        screen.say(
            tell.text("agrees" if figure.agrees else "differs", {"value": number(figure.again) or "-"})
        )


def _say_units(tell: _Teller, shown: Sequence[UnitFigure]) -> None:
    """One row a figure, then what was found about them, by the number in the last column."""
    several = len({(one.key, one.period_id) for one in shown}) > 1
    told = dict.fromkeys(finding for one in shown for finding in one.findings)
    numbers = {finding: f"({place})" for place, finding in enumerate(told, 1)}
    where = ("row", "period") if several else ()
    names = ("unit", *where, "read", "status", "typed", "file", "sheet", "cell", "findings")
    rows = []
    for one in shown:
        marks = " ".join(dict.fromkeys(numbers[finding] for finding in one.findings))
        rows.append([*_line(tell, one, several), marks])
    screen.say_table(tell.headers(*names), rows)
    for finding, mark in numbers.items():
        screen.say(f"{mark} {_finding(tell, finding)}")


def _steps(tell: _Teller, figure: Figure, part: str = "whole", depth: int = 0) -> list[list[str]]:
    """One row a figure, every step indented under what it is a part of."""
    rows = [
        [
            "  " * depth + tell.word(f"part.{part}"),
            *(figure.row.key, figure.column, number(figure.value) or "-"),
            *(f"{figure.counted}/{figure.expected}", tell.word(f"way.{figure.way}")),
        ]
    ]
    for index, group in enumerate(figure.groups):
        for one in group:
            rows += _steps(tell, one, _part(figure.way, index), depth + 1)
    return rows


def _part(way: Way, index: int) -> str:
    if way is Way.RATIO:
        return ("over", "under")[index]
    if way is Way.BALANCE:
        return "move" if index else "start"
    return "copy" if way is Way.COPY else "term"


def _line(tell: _Teller, one: UnitFigure, several: bool) -> list[str]:
    typed = tell.text("formula", {"typed": one.typed}) if one.is_formula else one.typed
    return [
        f"{one.unit_id} {tell.campaign.units[one.unit_id].name}",
        *((one.key, one.period_id) if several else ()),
        *(number(one.value) or "-", tell.word(f"status.{one.status}")),
        *(typed, one.file or tell.word("unread"), one.sheet, one.cell),
    ]


def _finding(tell: _Teller, told: Told) -> str:
    gaps = {
        "rule": told.rule_id,
        "severity": tell.words[f"cli.severity.{told.severity}"],
        "state": tell.words[f"summary.finding.{told.state}"],
        "message": " ".join(told.message.split()),
        "reply": " ".join(told.reply.split()),
    }
    return tell.text("reply" if gaps["reply"] else "finding", gaps)


def _dicts(one: UnitFigure) -> list[dict[str, str]]:
    names = ("rule_id", "severity", "state", "message", "reply", "file", "finding_id")
    return [{name: getattr(told, name) for name in names} for told in one.findings]


def _say_run(common: Common, results: Results, words: Mapping[str, str]) -> None:
    gaps = {"inputs": common.inputs, "outputs": common.outputs, "run": results.run_id}
    screen.tell(words["cli.trace.run"].format(**gaps))
    if not is_published(common.outputs, results.run_id):
        screen.tell(words["cli.trace.stale"].format(**gaps))


def is_published(outputs: Path, run_id: str) -> bool:
    """Whether the summary in the outputs is that of the run; also where there is no summary to mistake."""
    summary = outputs / "tong-hop.xlsx"
    made = outputs / "runs" / run_id / summary.name
    try:
        return not summary.exists() or filecmp.cmp(summary, made, shallow=False)
    except OSError:
        return False


def number(value: float) -> str:
    """A figure in full, without separators; empty where there is none."""
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else f"{value:.6f}".rstrip("0")


def _plain(value: float) -> float | int | None:
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value


def _content(figure: Figure, query: Query) -> dict[str, Any]:
    """The figure as JSON; every figure that it is made of stands in ``steps``, every cell in ``units``."""
    from pipeline.tracing import unit_figures

    return {
        **_one(figure),
        "added_again": _plain(figure.again),
        "agrees": figure.agrees,
        "steps": _parts(figure),
        "units": [
            {
                **{name: getattr(one, name) for name in ("unit_id", "key", "period_id")},
                "value": _plain(one.value),
                **{name: getattr(one, name) for name in ("status", "counts", "has_error")},
                **{name: getattr(one, name) for name in ("file", "sheet", "cell", "typed", "is_formula")},
                "findings": _dicts(one),
            }
            for one in unit_figures(figure, query.unit_ids)
        ],
    }


def _one(figure: Figure) -> dict[str, Any]:
    return {
        **{"indicator_id": figure.row.indicator_id, "level": figure.row.level, "period_id": figure.column},
        **{"obs_value": _plain(figure.value), "units_counted": figure.counted},
        **{"units_expected": figure.expected, "is_provisional": figure.is_provisional, "way": figure.way},
    }


def _parts(figure: Figure) -> list[dict[str, Any]]:
    return [
        {"part": _part(figure.way, index), **_one(one), "steps": _parts(one)}
        for index, group in enumerate(figure.groups)
        for one in group
    ]
