"""The sheet of live checks: every rule in words, and how it stands in each period."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.book import Cell, Column, Highlight, Merge, Print, Sheet
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk
from pipeline.forms.layout import address
from pipeline.forms.lines import height, width_of
from pipeline.forms.live_checks import FIRST_PERIOD, FIRST_ROW, LiveChecks
from pipeline.rules.sentence import sentence

_TITLE, _NOTE, _COUNTED, _MACHINE, _HEADER = range(1, 6)
_MACHINE_IDS = ("RULE", "FORM", "LEVEL", "SEVERITY", "SENTENCE")
_WIDTHS = (9.5, 5.8, 10.5, 10.5)
_FRAME_WIDTH = 205.0
_LEAST_SENTENCE = 78.0
_SIZE = 11.0


def check_sheet(desk: Desk, checks: LiveChecks) -> Sheet:
    """The sheet ``Kiểm tra``: a row per rule and level, a column per period, the result last."""
    widths = _column_widths(desk, checks)
    block = Block(0, checks.result_column, widths)
    rows = FIRST_ROW + len(checks.rows) - 1
    return Sheet(
        name=checks.sheet,
        cells=list(_cells(desk, checks)),
        merges=list(_top(desk, checks, block)),
        columns=[Column(column, column, width) for column, width in widths.items()],
        row_heights=_row_heights(desk, checks, block),
        highlights=_highlights(checks, rows) if checks.rows else [],
        freeze=(FIRST_ROW, FIRST_PERIOD),
        filter=(_HEADER, 0, max(rows, _HEADER + 1), checks.result_column),
        print=Print(repeat_rows=(_MACHINE, _HEADER), footer_left=f"{checks.sheet} - {desk.unit.name}"),
        protected=True,
        tab="$tab.check",
    )


def rule_sentence(desk: Desk, name: str) -> str:
    """A rule as a sentence in the language of the template, with the names and ids of its indicators."""

    def name_of(indicator_id: str) -> str:
        indicator = desk.campaign.indicators[indicator_id]
        return desk.words["rule.name"].format(name=indicator.name, indicator_id=indicator_id)

    return sentence(desk.campaign.rules[name].expression, name_of, desk.words)


def _cells(desk: Desk, checks: LiveChecks) -> Iterator[Cell]:
    ids = dict(enumerate((*_MACHINE_IDS, *checks.period_ids, "RESULT")))
    names = ("rule", "form", "level", "severity", "sentence")
    labels = [desk.campaign.periods[period].label for period in checks.period_ids]
    titles = [*(desk.word(f"check.{name}") for name in names), *labels, desk.word("check.result")]
    yield from frame.texts(_MACHINE, ids, "form.machine")
    yield from frame.texts(_HEADER, dict(enumerate(titles)), "form.check.header")
    for index, row in enumerate(checks.rows):
        at, severity = FIRST_ROW + index, row.rule.severity
        yield Cell(at, 0, row.rule.rule_id, "form.check.id")
        yield Cell(at, 1, row.rule.form_id, "form.check.id")
        yield Cell(at, 2, desk.level_name(row.level), "form.check.text")
        yield Cell(at, 3, desk.word(f"severity.{severity}"), f"form.check.{severity}")
        yield Cell(at, 4, rule_sentence(desk, row.rule.rule_id), "form.check.text")
        for column, period in enumerate(checks.period_ids, start=FIRST_PERIOD):
            formula = row.formulas.get(period)
            yield Cell(at, column, formula, "form.check.mark" if formula else "form.check.none")
        yield Cell(at, checks.result_column, checks.result_of(index), "form.check.result")


def _top(desk: Desk, checks: LiveChecks, block: Block) -> Iterator[Merge]:
    yield from frame.banner(desk, block)
    yield frame.line(_TITLE, block, desk.word("check.title", unit=desk.unit.name).upper(), "form.title")
    yield frame.line(_NOTE, block, _note(desk, checks), "form.check.note")
    yield Merge(_COUNTED, 0, _COUNTED, block.last, checks.counted(desk.words), "form.check.counted")


def _note(desk: Desk, checks: LiveChecks) -> str:
    return desk.word("check.note", right=checks.marks.right, wrong=checks.marks.wrong)


def _column_widths(desk: Desk, checks: LiveChecks) -> dict[int, float]:
    widths = dict(enumerate(_WIDTHS))
    for column, period in enumerate(checks.period_ids, start=FIRST_PERIOD):
        widths[column] = max(width_of(desk.campaign.periods[period].label, 8.5, is_bold=True), 6.4)
    widths[checks.result_column] = 8.6
    widths[FIRST_PERIOD - 1] = max(_FRAME_WIDTH - sum(widths.values()), _LEAST_SENTENCE)
    return dict(sorted(widths.items()))


def _row_heights(desk: Desk, checks: LiveChecks, block: Block) -> dict[int, float]:
    heights = {0: 20.0 if desk.banner else 4.0, _TITLE: 26.0, _COUNTED: 18.0, _MACHINE: 9.0, _HEADER: 31.0}
    heights[_NOTE] = frame.fitted(_note(desk, checks), block, _SIZE)
    for index, row in enumerate(checks.rows):
        text = rule_sentence(desk, row.rule.rule_id)
        heights[FIRST_ROW + index] = max(height(text, block.widths[FIRST_PERIOD - 1], _SIZE), 16.0)
    return heights


def _highlights(checks: LiveChecks, last: int) -> list[Highlight]:
    cell = address(FIRST_ROW, FIRST_PERIOD)
    place = (FIRST_ROW, FIRST_PERIOD, last, checks.result_column)
    return [
        Highlight(*place, f'={cell}="{checks.marks.wrong}"', "form.wrong"),
        Highlight(*place, f'={cell}="{checks.marks.right}"', "form.right"),
    ]
