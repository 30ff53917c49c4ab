"""What became of the files and of their cells, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.model import FileStatus, FindingState, Severity

if TYPE_CHECKING:
    from pipeline.frames import Results

WITH_FINDINGS = "with_findings"
"""The group of files that count and hold something that the unit has to settle."""


def file_counts(results: Results) -> dict[str, int]:
    """How many files came to which end, by FileStatus; accepted ones with open findings by themselves."""
    findings = results.findings
    is_asking = (findings["state"] == FindingState.OPEN) & (findings["severity"] != Severity.INFO)
    asking = set(findings.loc[is_asking, "file"])
    groups = Counter(
        WITH_FINDINGS
        if source.status is FileStatus.ACCEPTED and source.file in asking
        else str(source.status)
        for source in results.sources
    )
    return {name: groups[name] for name in (str(FileStatus.ACCEPTED), WITH_FINDINGS, *list(FileStatus)[1:])}


def cell_counts(results: Results) -> dict[str, int]:
    """How many cells of form sheets were read, and what became of them; the others add up to the first."""
    from pipeline.store.counts import OUTCOMES, count_cells

    counted = count_cells(results)
    return {name: int(counted[name].sum()) for name in ("cells_read", *OUTCOMES)}


def file_rows(results: Results, words: Mapping[str, str]) -> list[list[str]]:
    """The table of files: an outcome and its number, in the reader's words."""
    named = {**{str(s): f"summary.file.{s}" for s in FileStatus}, WITH_FINDINGS: "cli.report.with_findings"}
    return [[words[named[name]], str(count)] for name, count in file_counts(results).items()]
