"""Results -> what goes back to each unit that has sent something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pipeline.book import Sheet
from pipeline.catalogue import Campaign, in_language
from pipeline.frames import Results
from pipeline.model import Answers, FileStatus, Markup, Severity, SourceFile
from pipeline.returns.figures import answers_of
from pipeline.returns.first_sheet import first_sheet
from pipeline.returns.marks import markup_of
from pipeline.returns.message import message_of, refusal_of
from pipeline.returns.unit import CellOf, Unit


@dataclass(frozen=True, slots=True)
class ReturnCopy:
    """What one unit gets back: a message, and where something is to be done the copy to correct.

    ``failure``: why it could not be made, which is a fault of the program and harms no other unit.
    ``answers``, ``markup`` and ``front`` (the first sheet) are None where the message says everything.
    """

    unit_id: str
    message: str = ""
    answers: Answers | None = None
    markup: Markup | None = None
    front: Sheet | None = None
    failure: str = ""


def return_copies(
    campaign: Campaign, results: Results, lang: str, cells_of: Callable[[str], CellOf]
) -> Iterator[ReturnCopy]:
    """One per unit that has sent something, in the order of the campaign.

    ``cells_of`` tells for a unit where its template has each cell.
    """
    campaign = in_language(campaign, lang)
    findings = _by_unit(results)
    for unit_id, reporting in campaign.units.items():
        submissions = [s for s in results.submissions if s.unit_id == unit_id]
        refused = _refused(results, unit_id)
        if refused or any(s.sheets for s in submissions):
            mine = findings.get(unit_id, [])
            unit = Unit(campaign, results, lang, reporting, submissions, mine, cells_of(unit_id))
            try:
                yield _copy_of(unit, refused)
            except Exception as error:
                yield ReturnCopy(unit_id, failure=f"{type(error).__name__}: {error}")


def _copy_of(unit: Unit, refused: Sequence[SourceFile]) -> ReturnCopy:
    unit_id = unit.unit.unit_id
    if not unit.readable:
        return ReturnCopy(unit_id, refusal_of(unit, refused))
    if not unit.to_do:
        return ReturnCopy(unit_id, message_of(unit))
    markup = markup_of(unit)
    return ReturnCopy(unit_id, message_of(unit), answers_of(unit), markup, first_sheet(unit, markup))


def _by_unit(results: Results) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for finding in results.findings.to_dict("records"):
        found.setdefault(str(finding["unit_id"]), []).append({str(k): value for k, value in finding.items()})
    weight = {str(severity): place for place, severity in enumerate(Severity)}
    return {unit_id: sorted(rows, key=lambda f: weight[f["severity"]]) for unit_id, rows in found.items()}


def _refused(results: Results, unit_id: str) -> list[SourceFile]:
    """The refused files of a unit; a file that says nothing of itself may still be named after the unit."""
    return [
        source
        for source in results.sources
        if source.status is FileStatus.REJECTED
        and unit_id in (source.unit_id, source.unit_id or PurePosixPath(source.file).stem)
    ]
