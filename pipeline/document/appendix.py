"""What stands in the appendix of one form: header, rows of texts and figures, notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import CityRow
from pipeline.document.figures import Figure, NumberStyle, figures_of, number_style
from pipeline.frames import CityTable, Results
from pipeline.model import ALL_LEVELS, FormStatus, Indicator, Period, UnitAggregation, Window

LEADING: Final = 4
"""Columns before the figures: number, indicator, measure, level."""

_DEEPEST: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table. ``is_again``: the same indicator as in the row above, at another level."""

    number: str
    name: str
    measure: str
    level: str
    figures: Sequence[Figure]
    coverage: Figure
    depth: int
    is_again: bool
    is_total: bool


@dataclass(frozen=True, slots=True)
class Appendix:
    """One form as it is printed: ``labels`` head the columns; ``notes`` (what about, text) stand below."""

    form_id: str
    number: str
    title: str
    remark: str
    labels: Sequence[str]
    lines: Sequence[Line]
    notes: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """What every appendix is made from; the campaign already speaks the reader's language."""

    campaign: Campaign
    results: Results

    def word(self, name: str, **gaps: object) -> str:
        """One text of this room, its gaps filled."""
        return self.campaign.words[self.campaign.lang][f"document.{name}"].format(**gaps)

    @property
    def state_word(self) -> str:
        """Draft or official."""
        return self.word("official" if self.results.is_official else "draft")

    def counted_and_owed(self, form_id: str = "") -> tuple[int, int]:
        """Of a form, or of all: how many are counted, and how many are owed."""
        status = self.results.form_status
        mine = status[status["form_id"] == form_id] if form_id else status
        return int(mine["status"].isin([FormStatus.ACCEPTED, FormStatus.WITH_ERRORS]).sum()), len(mine)

    def level_name(self, level: str) -> str:
        """A level by its short name; also the total over the levels."""
        if level == ALL_LEVELS:
            return self.word("all_levels")
        short = self.campaign.words[self.campaign.lang].get(f"forms.level.{level}")
        return short or self.campaign.levels[level].name


def appendix_of(desk: Desk, form_id: str) -> Appendix:
    """The appendix of one form."""
    campaign, table = desk.campaign, desk.results.city[form_id]
    form = campaign.forms[form_id]
    lines = list(_lines(desk, table))
    return Appendix(
        form_id=form_id,
        number=form.number,
        title=form.title,
        remark=_remark(desk, form_id),
        labels=_labels(desk, table),
        lines=lines,
        notes=list(_notes(desk, table, lines)),
    )


def running_numbers(indicators: Sequence[Indicator]) -> dict[str, str]:
    """The number of each indicator as its form prints it: 1, 1.1, 1.2, 2 …"""
    counters: list[int] = []
    numbers = {}
    for indicator in indicators:
        depth = min(indicator.depth, len(counters))
        counters = counters[: depth + 1] if depth < len(counters) else [*counters, 0]
        counters[depth] += 1
        numbers[indicator.indicator_id] = ".".join(map(str, counters))
    return numbers


def _remark(desk: Desk, form_id: str) -> str:
    """Scope and state, and the unit of measure where the whole form has one."""
    campaign = desk.campaign
    scope = desk.word("scope", scope=campaign.text("scope", campaign.lang), state=desk.state_word)
    measures = {campaign.measures[i.unit_measure].unit_measure for i in campaign.indicators_of(form_id)}
    one = measures.pop()
    return f"{scope} {desk.word('measure_many') if measures else desk.word('measure_one', measure=one)}."


def _labels(desk: Desk, table: CityTable) -> list[str]:
    leading = [desk.word(f"column.{name}") for name in ("number", "indicator", "measure", "level")]
    return [*leading, *(_time_label(desk, name) for name in table.columns), desk.word("column.coverage")]


def _time_label(desk: Desk, column: str) -> str:
    """A period with its months where it is not a whole one, a window with its title."""
    period = desk.campaign.periods.get(column)
    if period is None:
        return desk.campaign.windows[column].label
    is_part = 0 < period.months < _longest(desk.campaign)
    return desk.word("part", label=period.label, months=period.months) if is_part else period.label


def _longest(campaign: Campaign) -> int:
    return max(period.months for period in campaign.periods.values())


def _lines(desk: Desk, table: CityTable) -> Iterator[Line]:
    campaign, style = desk.campaign, number_style(desk.campaign)
    numbers = running_numbers(campaign.indicators_of(table.form_id))
    main = _main_column(campaign, table)
    before = ""
    for index, row in enumerate(table.rows):
        indicator = campaign.indicators[row.indicator_id]
        yield _line(desk, table, (index, main), (numbers, style), row.indicator_id == before)
        before = indicator.indicator_id


def _line(
    desk: Desk,
    table: CityTable,
    at: tuple[int, int],
    told: tuple[Mapping[str, str], NumberStyle],
    is_again: bool,
) -> Line:
    index, main = at
    numbers, style = told
    row: CityRow = table.rows[index]
    indicator = desk.campaign.indicators[row.indicator_id]
    counted, expected = int(table.counted[index, main]), int(table.expected[index, main])
    coverage = f"{counted}/{expected}" if expected else desk.word("nowhere")
    return Line(
        number=numbers[row.indicator_id],
        name=indicator.name,
        measure=desk.campaign.measures[indicator.unit_measure].unit_measure,
        level=desk.level_name(row.level),
        figures=figures_of(desk.campaign, table, index, style),
        coverage=Figure(coverage, counted < expected),
        depth=min(indicator.depth, _DEEPEST),
        is_again=is_again,
        is_total=row.level == ALL_LEVELS,
    )


def _main_column(campaign: Campaign, table: CityTable) -> int:
    """The column whose coverage is told: the campaign's main window, else the first one, else the last."""
    windows = [name for name in table.columns if name in campaign.windows]
    main = campaign.settings.main_window
    name = main if main in windows else next(iter(windows), table.columns[-1])
    return table.columns.index(name)


def _notes(desk: Desk, table: CityTable, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """How to read this table, whose figures it shows, and where they come from."""
    told = [*_coverage_notes(desk, table), *_signs(desk, lines), *_authorities(desk, table.form_id)]
    yield desk.word("note.title"), "; ".join(told) + "."
    sent, owed = desk.counted_and_owed(table.form_id)
    gaps = {"sent": sent, "owed": owed, "form": table.form_id, "run": desk.results.run_id}
    yield desk.word("note.source_title"), desk.word("note.source", **gaps)


def _signs(desk: Desk, lines: Sequence[Line]) -> Iterator[str]:
    """What the signs mean that this table shows, and no others."""
    signs = {figure.sign for line in lines for figure in line.figures}
    symbols = desk.campaign.settings.symbols
    if any(figure.is_short for line in lines for figure in line.figures):
        yield desk.word("note.short")
    named = (("provisional", symbols["provisional"]), ("missing", symbols["O"]))
    others = (("not_applicable", symbols["M"]), ("not_totalled", desk.word("not_totalled")))
    for name, symbol in (*named, *others):
        if symbol in signs:
            yield desk.word(f"note.{name}", symbol=symbol)
    if any(line.is_total for line in lines):
        yield desk.word("note.all_levels")


def _coverage_notes(desk: Desk, table: CityTable) -> Iterator[str]:
    campaign = desk.campaign
    window: Window | None = campaign.windows.get(table.columns[_main_column(campaign, table)])
    if window is not None:
        yield desk.word("note.coverage", window=window.label)
    else:
        yield desk.word("note.coverage_dates")
    for name in table.columns:
        period: Period | None = campaign.periods.get(name)
        if period is not None and 0 < period.months < _longest(campaign):
            yield desk.word("note.part", period=period.label, months=period.months)


def _authorities(desk: Desk, form_id: str) -> Iterator[str]:
    """Whose figures stand in place of the sum over the units, and for how many indicators."""
    kept: dict[str, int] = {}
    for indicator in desk.campaign.indicators_of(form_id):
        if indicator.unit_aggregation is UnitAggregation.AUTHORITY:
            kept[indicator.authority_unit] = kept.get(indicator.authority_unit, 0) + 1
    for unit_id, count in kept.items():
        yield desk.word("note.authority", count=count, unit=desk.campaign.units[unit_id].name)
