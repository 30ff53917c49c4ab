"""The sheet of live checks: every rule in words, and how it stands in each period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from pipeline.book import Column, Highlight, Line, Merge, Print, Scalar, Sheet, Stencil, Table
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk
from pipeline.forms.fixed_checks import FIRST_PERIOD, FIRST_ROW, Check, FixedChecks
from pipeline.forms.layout import address
from pipeline.forms.lines import height, width_of
from pipeline.forms.live_checks import LiveChecks
from pipeline.forms.places import KEPT, Places
from pipeline.rules.language import Rule
from pipeline.rules.sentence import sentence

_TITLE, _NOTE, _COUNTED, _MACHINE, _HEADER = range(1, 6)
_MACHINE_IDS = ("RULE", "FORM", "LEVEL", "SEVERITY", "SENTENCE")
_WIDTHS = (9.5, 5.8, 10.5, 10.5)
_FRAME_WIDTH = 205.0
_LEAST_SENTENCE = 78.0
_SIZE = 11.0


def check_sheet(desk: Desk, checks: LiveChecks) -> Sheet:
    """The sheet ``Kiểm tra``: a row per rule and level, a column per period, the result last."""
    widths = _column_widths(desk.places, checks.fixed)
    last = checks.fixed.result_column
    block = Block(0, last, widths)
    rows = FIRST_ROW + len(checks.marks) - 1
    return Sheet(
        name=checks.fixed.sheet,
        cells=list(_lines(desk, checks)),
        merges=list(_top(desk, checks, block)),
        columns=[Column(column, column, width) for column, width in widths.items()],
        row_heights=_row_heights(desk, checks, block),
        highlights=_highlights(checks, rows) if checks.marks else [],
        freeze=(FIRST_ROW, FIRST_PERIOD),
        filter=(_HEADER, 0, max(rows, _HEADER + 1), last),
        print=Print(repeat_rows=(_MACHINE, _HEADER), footer_left=f"{checks.fixed.sheet} - {desk.unit.name}"),
        protected=True,
        tab="$tab.check",
    )


class _FixedLine(NamedTuple):
    """What stands before the periods of one check row, styles and formulas of the whole row, its height."""

    values: tuple[str, ...]
    styles: tuple[str, ...]
    formulas: tuple[str, ...]
    height: float


def _lines(desk: Desk, checks: LiveChecks) -> Iterator[Line | Table]:
    ids = (*_MACHINE_IDS, *checks.fixed.period_ids, "RESULT")
    names = ("rule", "form", "level", "severity", "sentence")
    labels = [desk.campaign.periods[period].label for period in checks.fixed.period_ids]
    titles = [*(desk.word(f"check.{name}") for name in names), *labels, desk.word("check.result")]
    yield Line(_MACHINE, 0, ids, ["form.machine"] * len(ids))
    yield Line(_HEADER, 0, titles, ["form.check.header"] * len(titles))
    if checks.marks:
        pairs = zip(checks.told, checks.marks, strict=True)
        results = [mark for told, over_all in pairs for mark in (*told, over_all)]
        yield Table(*_fixed_table(desk.places, checks.fixed), results)


@lru_cache(maxsize=KEPT)
def _fixed_table(places: Places, checks: FixedChecks) -> tuple[Stencil, tuple[Scalar, ...]]:
    """What always stands in the rows of the checks; in every period of a rule's form, at most a formula."""
    lines = _fixed_lines(places, checks)
    open_cells = [None] * (len(checks.period_ids) + 1)
    stencil = Stencil(
        rows=tuple(range(FIRST_ROW, FIRST_ROW + len(lines))),
        col=0,
        width=len(lines[0].styles),
        styles=tuple(style for line in lines for style in line.styles),
        formulas=tuple(text for line in lines for text in line.formulas),
    )
    return stencil, tuple(value for line in lines for value in (*line.values, *open_cells))


@lru_cache(maxsize=KEPT)
def _fixed_lines(places: Places, checks: FixedChecks) -> tuple[_FixedLine, ...]:
    return tuple(_fixed_line(places, checks, one) for one in checks.checks)


def _fixed_line(places: Places, checks: FixedChecks, one: Check) -> _FixedLine:
    rule, severity = one.rule, str(one.rule.severity)
    said = _sentence(places, rule)
    told = ("form.check.mark" if period in one.texts else "form.check.none" for period in checks.period_ids)
    texts = (places.level_name(one.level), places.words[f"forms.severity.{severity}"], said)
    looks = ("form.check.id", "form.check.id", "form.check.text", f"form.check.{severity}", "form.check.text")
    room = _column_widths(places, checks)[FIRST_PERIOD - 1]
    return _FixedLine(
        (rule.rule_id, rule.form_id, *texts),
        (*looks, *told, "form.check.result"),
        (*[""] * FIRST_PERIOD, *(one.texts.get(period, "") for period in checks.period_ids), one.result),
        max(height(said, room, _SIZE), 16.0),
    )


def _sentence(places: Places, rule: Rule) -> str:
    """A rule as a sentence in the language of the template, with the names and ids of its indicators."""

    def name_of(indicator_id: str) -> str:
        indicator = places.campaign.indicators[indicator_id]
        return places.words["rule.name"].format(name=indicator.name, indicator_id=indicator_id)

    return sentence(rule.expression, name_of, places.words)


def _top(desk: Desk, checks: LiveChecks, block: Block) -> Iterator[Merge]:
    yield from frame.banner(desk, block)
    yield frame.line(_TITLE, block, desk.word("check.title", unit=desk.unit.name).upper(), "form.title")
    yield frame.line(_NOTE, block, _note(desk, checks), "form.check.note")
    yield Merge(_COUNTED, 0, _COUNTED, block.last, checks.counted(desk.words), "form.check.counted")


def _note(desk: Desk, checks: LiveChecks) -> str:
    return desk.word("check.note", right=checks.fixed.marks.right, wrong=checks.fixed.marks.wrong)


@lru_cache(maxsize=KEPT)
def _column_widths(places: Places, checks: FixedChecks) -> Mapping[int, float]:
    widths = dict(enumerate(_WIDTHS))
    for column, period in enumerate(checks.period_ids, start=FIRST_PERIOD):
        widths[column] = max(width_of(places.campaign.periods[period].label, 8.5, is_bold=True), 6.4)
    widths[checks.result_column] = 8.6
    widths[FIRST_PERIOD - 1] = max(_FRAME_WIDTH - sum(widths.values()), _LEAST_SENTENCE)
    return dict(sorted(widths.items()))


def _row_heights(desk: Desk, checks: LiveChecks, block: Block) -> dict[int, float]:
    heights = {0: 20.0 if desk.banner else 4.0, _TITLE: 26.0, _COUNTED: 18.0, _MACHINE: 9.0, _HEADER: 31.0}
    heights[_NOTE] = frame.fitted(_note(desk, checks), block, _SIZE)
    lines = _fixed_lines(desk.places, checks.fixed)
    heights.update({FIRST_ROW + index: line.height for index, line in enumerate(lines)})
    return heights


def _highlights(checks: LiveChecks, last: int) -> list[Highlight]:
    cell = address(FIRST_ROW, FIRST_PERIOD)
    place = (FIRST_ROW, FIRST_PERIOD, last, checks.fixed.result_column)
    return [
        Highlight(*place, f'={cell}="{checks.fixed.marks.wrong}"', "form.wrong"),
        Highlight(*place, f'={cell}="{checks.fixed.marks.right}"', "form.right"),
    ]
