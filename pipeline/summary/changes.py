"""What changed since the run before: the city figures, the cells that they rest on, the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pipeline.book import Sheet
from pipeline.comparison import Comparable
from pipeline.comparison.telling import Telling
from pipeline.model import FormRow
from pipeline.summary.brief import Brief
from pipeline.summary.grid import Styled, Table, Value, plain_number
from pipeline.summary.heads import TOP, column_specs, what_fits, working_sheet

_FIGURES: Final = (
    ("key", 13.5, "summary_key"),
    ("form", 6.5, "summary_centre"),
    ("indicator", 36, "summary_wrap"),
    ("level", 28, "summary_level"),
    ("measure", 11, "summary_centre"),
    ("time", 11, "summary_centre"),
    ("last_total", 13, "summary_figure"),
    ("this_total", 13, "summary_figure"),
    ("change", 12, "summary_figure"),
    ("last_coverage", 9, "summary_coverage"),
    ("this_coverage", 9, "summary_coverage"),
    ("doubt", 13, "summary_centre"),
    ("because", 60, "summary_wrap"),
)
_CELLS: Final = (
    ("key", 13.5, "summary_key"),
    ("unit", 30, "summary_wrap"),
    ("form", 6.5, "summary_centre"),
    ("indicator", 36, "summary_wrap"),
    ("level", 28, "summary_level"),
    ("time", 11, "summary_centre"),
    ("last_value", 12, "summary_figure"),
    ("this_value", 12, "summary_figure"),
    ("change", 12, "summary_figure"),
    ("cause", 20, "summary_wrap"),
    ("errors", 24, "summary_wrap"),
    ("last_file", 24, "summary_wrap"),
    ("last_cell", 12, "summary_centre"),
    ("last_number", 9, "summary_centre"),
    ("this_file", 24, "summary_wrap"),
    ("this_cell", 12, "summary_centre"),
    ("this_number", 9, "summary_centre"),
)
_FILES: Final = (
    ("unit", 34, "summary_wrap"),
    ("file_change", 16, "summary_wrap"),
    ("last_file", 36, "summary_wrap"),
    ("last_number", 11, "summary_centre"),
    ("last_status", 18, "summary_wrap"),
    ("this_file", 36, "summary_wrap"),
    ("this_number", 9, "summary_centre"),
    ("this_status", 18, "summary_wrap"),
    ("changed_cells", 10, "summary_number"),
    ("why", 50, "summary_wrap"),
)
_PRINTED: Final = 13
"""So many leading columns are printed; where a cell was read is for whoever works on the screen."""

_NO_DIFFERENCE: Final = 0.0

_ALL: Final = "aggregate diff --json"
"""What tells every change, however many there are."""

Row = list[Value | Styled]


def change_sheets(brief: Brief) -> Iterator[Sheet]:
    """The sheet of changed city figures, always; those of cells and files where there are any."""
    telling = telling_of(brief)
    figures = brief.results.changes.figures.to_dict("records")
    rows = [_figure(brief, telling, figure) for figure in figures]
    yield _sheet(brief, "changes", _FIGURES, rows, telling.summary())
    for page, columns, make in (("changed_cells", _CELLS, _cell), ("changed_files", _FILES, _file)):
        if page in pages(brief):
            lines = getattr(brief.results.changes, page.removeprefix("changed_")).to_dict("records")
            remark = telling.word(f"remark.{page.removeprefix('changed_')}")
            shown, full = what_fits(brief, lines, lambda _: _NO_DIFFERENCE, _ALL)
            rows = [make(brief, telling, line) for line in shown]
            yield _sheet(brief, page, columns, rows, f"{remark}{full}")


def pages(brief: Brief) -> list[str]:
    """The names of the sheets on changes that this workbook has."""
    changes = brief.results.changes
    if changes.comparable is not Comparable.YES:
        return ["changes"]
    found = [("changed_cells", changes.cells), ("changed_files", changes.files)]
    return ["changes", *(page for page, frame in found if len(frame))]


def telling_of(brief: Brief) -> Telling:
    """What speaks about the changes in the language of the workbook."""
    return Telling(brief.campaign, brief.lang, brief.results.changes)


def _sheet(
    brief: Brief, page: str, columns: Sequence[tuple[str, float, str]], rows: list[Row], told: str
) -> Sheet:
    table = Table(TOP, column_specs(brief, columns), rows, len(rows))
    sheet = working_sheet(brief, page, table, freeze_cols=1, gaps={"told": told})
    area = (0, 0, table.last_row, min(len(columns), _PRINTED) - 1)
    return replace(sheet, print=replace(sheet.print, area=area))


def _figure(brief: Brief, telling: Telling, figure: Mapping[Any, Any]) -> Row:
    layout = _layout(brief, figure["indicator_id"])
    return [
        *_what(brief, figure),
        brief.short_time(figure["period_id"]),
        _number(brief, figure["old_value"], layout),
        _number(brief, figure["new_value"], layout),
        Styled(plain_number(figure["difference"]), _changed(figure["difference"], layout)),
        f"{figure['old_counted']}/{figure['old_expected']}",
        f"{figure['new_counted']}/{figure['new_expected']}",
        _doubt(brief, bool(figure["old_provisional"]), bool(figure["new_provisional"])),
        telling.because(figure),
    ]


def _cell(brief: Brief, telling: Telling, cell: Mapping[Any, Any]) -> Row:
    layout = _layout(brief, cell["indicator_id"])
    key, form_id, name, level, _ = _what(brief, cell)
    nowhere = brief.word("sign.nowhere")
    return [
        *(key, brief.unit_name(cell["unit_id"]), form_id, name, level),
        brief.short_time(cell["period_id"]),
        _value(brief, cell["old_value"], cell["old_status"], layout),
        _value(brief, cell["new_value"], cell["new_status"], layout),
        Styled(plain_number(cell["difference"]), _changed(cell["difference"], layout)),
        telling.cause(cell["cause"]),
        telling.findings(cell["findings"]) or nowhere,
        cell["old_file"] or nowhere,
        _place(cell["old_sheet"], cell["old_cell"]) or nowhere,
        cell["old_number"] or nowhere,
        cell["new_file"] or nowhere,
        _place(cell["new_sheet"], cell["new_cell"]) or nowhere,
        cell["new_number"] or nowhere,
    ]


def _file(brief: Brief, telling: Telling, line: Mapping[Any, Any]) -> Row:
    nowhere = brief.word("sign.nowhere")
    was, now = (
        brief.word(f"file.{line[name]}") if line[name] else nowhere for name in ("old_status", "new_status")
    )
    return [
        brief.unit_name(line["unit_id"]) or nowhere,
        telling.word(f"file.{line['change']}"),
        *(line["old_file"] or nowhere, line["old_number"] or nowhere, was),
        *(line["new_file"] or nowhere, line["new_number"] or nowhere, now),
        int(line["cells"]),
        line["why"] or nowhere,
    ]


def _what(brief: Brief, line: Mapping[Any, Any]) -> tuple[str, str, str, str, str]:
    """Row key, form, name, level and measure; what the campaign no longer has keeps its id."""
    indicator = brief.campaign.indicators.get(line["indicator_id"])
    nowhere = brief.word("sign.nowhere")
    return (
        FormRow(line["indicator_id"], line["level"]).key,
        line["form_id"] or nowhere,
        indicator.name if indicator else line["indicator_id"],
        brief.level_name(line["level"]),
        brief.measure_name(indicator) if indicator else nowhere,
    )


def _layout(brief: Brief, indicator_id: str) -> str:
    indicator = brief.campaign.indicators.get(indicator_id)
    return brief.campaign.measures[indicator.unit_measure].number_format if indicator else "#,##0"


def _number(brief: Brief, value: float, layout: str) -> Styled:
    if value != value:
        return Styled(brief.symbol("O"), "summary_sign_missing")
    return Styled(plain_number(float(value)), f"summary_figure@{layout}")


def _value(brief: Brief, value: float, status: str, layout: str) -> Styled:
    if value == value:
        return _number(brief, value, layout)
    known = status in brief.campaign.settings.symbols
    return Styled(brief.symbol(status) if known else brief.word("sign.nowhere"), "summary_sign_missing")


def _changed(difference: float, layout: str) -> str:
    """A difference is written with its sign, so that it is not told by colour alone."""
    style = "summary_figure_different" if difference != _NO_DIFFERENCE else "summary_figure"
    return f"{style}@+{layout};-{layout};0"


def _doubt(brief: Brief, was: bool, now: bool) -> str:
    names = {(False, True): "came", (True, False): "went", (True, True): "stays", (False, False): "none"}
    return brief.word(f"doubt.{names[was, now]}")


def _place(sheet: str, cell: str) -> str:
    return f"{sheet}!{cell}" if sheet and cell else ""
