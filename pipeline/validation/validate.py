"""The order of the checks: which file counts, what its cells say, structure, content, plausibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.catalogue import Campaign, in_language
from pipeline.frames import Cube
from pipeline.model import SourceFile, Submission, WaiverList
from pipeline.validation.cells import lay_cells
from pipeline.validation.content import check_content
from pipeline.validation.cubes import empty_tables
from pipeline.validation.findings import Findings, findings_frame
from pipeline.validation.forms import form_status
from pipeline.validation.partial import check_partial
from pipeline.validation.plausibility import check_plausibility
from pipeline.validation.selection import select
from pipeline.validation.states import settle_states
from pipeline.validation.structure import check_structure


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """What the returns say once checked: one cube per form, every finding, what became of forms and files."""

    cubes: Mapping[str, Cube]
    findings: pd.DataFrame
    form_status: pd.DataFrame
    sources: tuple[SourceFile, ...]


def validate(
    campaign: Campaign, submissions: Sequence[Submission], lang: str, waivers: WaiverList | None = None
) -> Validated:
    """Check all submissions together. Never raises for what is in them: wrong figures are findings."""
    campaign = in_language(campaign, lang)
    findings = Findings(campaign, lang)
    selection = select(campaign, submissions, findings)
    tables = empty_tables(campaign, selection.chosen)
    for table in tables.values():
        lay_cells(campaign, table, findings)
    check_structure(campaign, tables, findings)
    check_content(campaign, tables, findings)
    check_plausibility(campaign, tables, findings)
    check_partial(campaign, tables, findings)
    settle_states(selection, submissions, waivers or WaiverList(), tables, findings)
    cubes = {form_id: table.cube() for form_id, table in tables.items()}
    status = form_status(campaign, cubes, findings.found, selection.refused)
    return Validated(cubes, findings_frame(campaign, findings.found), status, selection.sources)
