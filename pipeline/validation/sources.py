"""What became of each file, and why: the list of sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.model import FileStatus, Finding, Severity, SourceFile, Submission
from pipeline.validation.findings import Findings, Place

_TELLING = {
    FileStatus.ACCEPTED: ("FILE-SUPERSEDED", "FILE-UNDECIDED"),
    FileStatus.DUPLICATE: ("FILE-IDENTICAL", "FORM-IDENTICAL"),
    FileStatus.SUPERSEDED: ("FILE-SUPERSEDED",),
    FileStatus.REJECTED: ("FILE-BLANK", "SHEET-NOT-OWED", "SHEET-NO-KEYS", "SHEET-TWICE", "SHEET-MISSING"),
}


def source_files(
    ordered: Sequence[Submission],
    originals: Mapping[str, str],
    refused: set[str],
    counting: set[str],
    findings: Findings,
) -> tuple[SourceFile, ...]:
    """One row per file, in the order given.

    ``originals``: by content, the file that stands for all with this content. ``refused``: files that a
    problem of reading refuses. ``counting``: files of which at least one form counts. Adds a finding for
    every file that only repeats another.
    """
    for submission in ordered:
        other = originals[submission.sha256]
        if other != submission.file and submission.file not in refused:
            findings.add("FILE-IDENTICAL", Place(submission.unit_id, submission.file), other=other)
    about: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings.found:
        about[finding.file].append(finding)
    rows = []
    for submission in ordered:
        told = about[submission.file]
        if submission.file in refused:
            status = FileStatus.REJECTED
        elif originals[submission.sha256] != submission.file:
            status = FileStatus.DUPLICATE
        elif submission.file in counting:
            status = FileStatus.ACCEPTED
        else:
            status = _uncounted(told)
        rows.append(_row(submission, status, told))
    return tuple(rows)


def _uncounted(told: Sequence[Finding]) -> FileStatus:
    """Why no form of a file counts that could be read."""
    rules = {finding.rule_id for finding in told}
    if "FILE-UNDECIDED" in rules:
        return FileStatus.REJECTED
    if "FILE-SUPERSEDED" in rules:
        return FileStatus.SUPERSEDED
    return FileStatus.DUPLICATE if "FORM-IDENTICAL" in rules else FileStatus.REJECTED


def _row(submission: Submission, status: FileStatus, told: Sequence[Finding]) -> SourceFile:
    refusals = [f.message for f in told if f.severity is Severity.REJECT_FILE]
    others = [f.message for f in told if f.rule_id in _TELLING[status]]
    reasons = refusals if status is FileStatus.REJECTED and refusals else others
    return SourceFile(
        submission.file,
        submission.unit_id,
        submission.sha256,
        submission.size,
        submission.submission_number if submission.unit_id else None,
        submission.template_version,
        status,
        " ".join(dict.fromkeys(reasons)),
    )
