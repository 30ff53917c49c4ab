"""Results -> what each unit's return copy is made from, small enough to be sent to another process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from pipeline.catalogue import Campaign
from pipeline.frames import CODE, Cube, Results, plain_values
from pipeline.model import FileStatus, FindingState, ObsStatus, Severity, SourceFile, Submission
from pipeline.returns.unit import Counted, Row, Sent, packed

CountedOf = Callable[[str], Mapping[str, Counted]]
"""What counts of a unit, by form."""


def all_sent(campaign: Campaign, results: Results) -> Iterator[Sent]:
    """One per unit that has sent something, in the order of the campaign."""
    counted_of = counted(results)
    names = tuple(str(name) for name in results.findings.columns)
    findings = _findings(results)
    submissions: dict[str, list[Submission]] = {}
    for submission in results.submissions:
        submissions.setdefault(submission.unit_id, []).append(submission)
    refused = _refused(results)
    for unit_id in campaign.units:
        mine, rows = submissions.get(unit_id, []), findings.get(unit_id, [])
        if unit_id in refused or any(s.sheets for s in mine):
            yield Sent(
                unit_id=unit_id,
                submissions=tuple(mine),
                refused=tuple(refused.get(unit_id, ())),
                counted=counted_of(unit_id),
                finding_names=names,
                finding_rows=packed(rows),
                has_copy=any(s.sheets for s in mine)
                and any(_asks(dict(zip(names, r, strict=True))) for r in rows),
            )


def made_from(sent: Sent) -> bytes:
    """SHA-256 over everything about the unit that its files are made from.

    What stands in a file that was read follows from its own hash and from what was found in it.
    """
    files = [(one.file, one.sha256, len(one.sheets), one.problems) for one in sent.submissions]
    told = (sent.unit_id, sent.has_copy, files, sent.refused, sent.finding_names, sent.finding_rows)
    digest = hashlib.sha256(repr(told).encode("utf-8", "surrogatepass"))
    for form_id, one in sent.counted.items():
        digest.update(repr((form_id, one.file, one.values.shape)).encode("utf-8", "surrogatepass"))
        digest.update(one.values.tobytes())
        digest.update(one.is_number.tobytes())
    return digest.digest()


def counted(results: Results) -> CountedOf:
    """What counts of any unit's forms."""
    places = {
        form_id: {unit_id: place for place, unit_id in enumerate(cube.unit_ids)}
        for form_id, cube in results.cubes.items()
    }

    def of(unit_id: str) -> Mapping[str, Counted]:
        return {
            form_id: _counted(cube, places[form_id][unit_id])
            for form_id, cube in results.cubes.items()
            if unit_id in places[form_id]
        }

    return of


def _counted(cube: Cube, place: int) -> Counted:
    is_number = cube.status[place] == CODE[ObsStatus.NORMAL]
    return Counted(cube.files[place], cube.keys, cube.period_ids, cube.values[place], is_number)


def _findings(results: Results) -> dict[str, list[Row]]:
    """The rows of the frame of findings by unit: thousands of units have hundreds of thousands of them."""
    found: dict[str, list[Row]] = {}
    columns = [plain_values(results.findings[name]) for name in results.findings.columns]
    for unit_id, *row in zip(plain_values(results.findings["unit_id"]), *columns, strict=True):
        found.setdefault(str(unit_id), []).append(tuple(row))
    return found


def _asks(finding: Mapping[str, object]) -> bool:
    return finding["state"] == FindingState.OPEN and finding["severity"] != Severity.INFO


def _refused(results: Results) -> dict[str, list[SourceFile]]:
    """The refused files by unit; a file that says nothing of itself may still be named after the unit."""
    found: dict[str, list[SourceFile]] = {}
    for source in results.sources:
        if source.status is FileStatus.REJECTED:
            found.setdefault(source.unit_id or PurePosixPath(source.file).stem, []).append(source)
    return found
