"""What closes a finding: a later file, the unit's explanation, or the office's waiver. And its id.

Runs when everything is found. An error that is waived no longer makes the figures that it touches
provisional; a figure that another open error touches stays so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.model import FileStatus, Finding, FindingState, FormRow, Severity, Submission, WaiverList
from pipeline.validation.cubes import Table
from pipeline.validation.explanations import Explanations
from pipeline.validation.findings import Findings, Place, in_order
from pipeline.validation.selection import Selection

_ASKING = (Severity.REJECT_FILE, Severity.REJECT_CELL, Severity.ERROR, Severity.EXPLAIN)


def settle_states(
    selection: Selection,
    submissions: Sequence[Submission],
    waivers: WaiverList,
    tables: Mapping[str, Table],
    findings: Findings,
) -> None:
    """Give every finding its id and its state, in place; add findings about replies that answer nothing."""
    _name(findings)
    _close_replaced(selection, submissions, findings)
    explanations = Explanations(findings.campaign, submissions)
    for index, finding in enumerate(findings.found):
        if finding.severity is Severity.EXPLAIN and finding.state is FindingState.OPEN:
            reply = explanations.answer_to(finding)
            if reply:
                findings.found[index] = replace(finding, state=FindingState.EXPLAINED, reply=reply)
    named = len(findings.found)
    explanations.tell_unused(findings)
    _waive(waivers, findings)
    if len(findings.found) > named:
        _name(findings)
    _mark_open(tables, findings)


def finding_id(finding: Finding) -> str:
    """A readable id: rule, whose, and where. The same place in another run has the same id.

    Where the unit is not known its file stands instead; where no row is meant, the form or the cell.
    """
    row = FormRow(finding.indicator_id, finding.level).key if finding.level else finding.indicator_id
    where = row or (f"{finding.sheet}!{finding.cell}" if finding.cell else finding.form_id or finding.sheet)
    parts = (finding.rule_id, finding.unit_id or finding.file, where, finding.period_id)
    return "/".join(part for part in parts if part)


def _name(findings: Findings) -> None:
    """Of several findings with one id, the second and further ones get a number, in the order of the list."""
    places = {id(finding): index for index, finding in enumerate(findings.found)}
    seen: Counter[str] = Counter()
    for finding in in_order(findings.campaign, findings.found):
        name = finding_id(finding)
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name}#{seen[name]}"
        findings.found[places[id(finding)]] = replace(finding, finding_id=unique)


def _close_replaced(selection: Selection, submissions: Sequence[Submission], findings: Findings) -> None:
    """What is wrong in a file is corrected once a later submission counts in its place."""
    replaced = {s.file for s in selection.sources if s.status is FileStatus.SUPERSEDED}
    numbers = {s.file: s.submission_number for s in submissions}
    for index, finding in enumerate(findings.found):
        chosen = selection.chosen.get((finding.unit_id, finding.form_id))
        later = chosen is not None and chosen.submission.submission_number > numbers.get(finding.file, 0) > 0
        if finding.severity in _ASKING and (finding.file in replaced or later):
            findings.found[index] = replace(finding, state=FindingState.CORRECTED)


def _waive(waivers: WaiverList, findings: Findings) -> None:
    place = Place(file=waivers.file)
    if waivers.problem:
        words = findings.campaign.words[findings.lang]
        findings.add("WAIVER-UNREADABLE", place, reason=words.get(waivers.problem, waivers.problem))
    known = {finding.finding_id: index for index, finding in enumerate(findings.found)}
    for waiver in waivers.waivers:
        here = Place(file=waivers.file, cell=f"A{waiver.line}")
        index = known.get(waiver.finding_id)
        gaps = {"line": str(waiver.line), "finding": waiver.finding_id}
        if index is None:
            findings.add("WAIVER-UNKNOWN", here, waiver.finding_id, **gaps)
        elif not waiver.finding_id or not waiver.reason or not waiver.who:
            findings.add("WAIVER-INCOMPLETE", here, waiver.finding_id, **gaps)
        elif findings.found[index].severity is not Severity.ERROR:
            findings.add("WAIVER-REFUSED", here, waiver.finding_id, **gaps)
        elif findings.found[index].state is FindingState.OPEN:
            signed = ", ".join(part for part in (waiver.who, waiver.date) if part)
            reply = f"{waiver.reason} ({signed})"
            findings.found[index] = replace(findings.found[index], state=FindingState.WAIVED, reply=reply)


def _mark_open(tables: Mapping[str, Table], findings: Findings) -> None:
    """Only what an open error touches is in doubt."""
    for table in tables.values():
        table.has_error[:] = False
    for index, flags, at in findings.touched:
        if findings.found[index].state is FindingState.OPEN:
            flags[at] = True
