"""Every file that was seen, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from pipeline.book import MOST_JUMPS, Jump, Sheet
from pipeline.model import FileStatus, SourceFile
from pipeline.summary.brief import Brief
from pipeline.summary.grid import Styled, Table, Value
from pipeline.summary.heads import TOP, column_specs, working_sheet
from pipeline.summary.links import file_jump

_COLUMNS: Final = (
    ("file", 44, "summary_wrap"),
    ("unit", 34, "summary_wrap"),
    ("file_status", 18, "summary_wrap"),
    ("why", 60, "summary_wrap"),
    ("submission_number", 9, "summary_centre"),
    ("template_version", 9, "summary_centre"),
    ("size", 13, "summary_number"),
    ("sha256", 58, "summary_key"),
)
_STYLES: Final = {
    FileStatus.ACCEPTED: "summary_status_accepted",
    FileStatus.REJECTED: "summary_status_rejected",
}


def sources_sheet(brief: Brief) -> Sheet:
    """One row per file of the inputs, in the order in which they were found. The hash is not printed."""
    columns = column_specs(brief, _COLUMNS)
    sources = brief.results.sources
    table = Table(TOP, columns, [list(_row(brief, source)) for source in sources], len(sources))
    sheet = working_sheet(brief, "sources", table, freeze_cols=1)
    page = replace(sheet.print, area=(0, 0, table.last_row, len(_COLUMNS) - 2))
    return replace(sheet, print=page, jumps=islice(_jumps(brief), MOST_JUMPS - 1))


def _jumps(brief: Brief) -> Iterator[Jump]:
    """From the name of each file that was read to the file."""
    for row, source in enumerate(brief.results.sources, TOP + 1):
        if source.status is not FileStatus.PASSED_OVER:
            yield from file_jump(brief, (row, 0), source.file, ("", ""))


def _row(brief: Brief, source: SourceFile) -> Iterator[Value | Styled]:
    nowhere = brief.word("sign.nowhere")
    yield source.file if source.status is FileStatus.PASSED_OVER else Styled(source.file, "summary_link")
    yield brief.unit_name(source.unit_id) or nowhere
    yield Styled(brief.word(f"file.{source.status.value}"), _STYLES.get(source.status, "summary_wrap"))
    yield source.why or nowhere
    yield nowhere if source.submission_number is None else source.submission_number
    yield source.template_version or nowhere
    yield source.size
    yield source.sha256 or nowhere
