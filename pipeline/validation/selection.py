"""Which file counts for which form: one submission per unit and form, decided form by form.

Identical files count once. Of different ones the higher submission number wins. Equal numbers with
different figures: neither counts until staff decide. A form left empty in one file does not replace
the same form filled in another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.catalogue.names import twins_of
from pipeline.catalogue.obligations import owed_forms
from pipeline.model import OwedForm, Severity, SheetCells, SourceFile, Submission
from pipeline.validation.entries import entries, is_blank
from pipeline.validation.findings import Findings, Place
from pipeline.validation.repeats import Repeats
from pipeline.validation.sources import source_files
from pipeline.validation.strays import tell_strays

_NAMES: Final = ("name", "period", "other", "meta_name", "visible_name")
"""Gaps that reading fills with names in the campaign's own language."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sheet that counts for a unit's form."""

    submission: Submission
    sheet: SheetCells


@dataclass(frozen=True, slots=True)
class Selection:
    """The outcome: what counts, what was refused as undecidable, and one row per file seen."""

    chosen: dict[tuple[str, str], Chosen]
    refused: set[tuple[str, str]]
    sources: tuple[SourceFile, ...]


def select(campaign: Campaign, submissions: Sequence[Submission], findings: Findings) -> Selection:
    """Decide, and say why. The order of ``submissions`` does not matter."""
    ordered = sorted(submissions, key=lambda s: s.file)
    originals = _first_of_each_content(ordered)
    refused_files = {s.file for s in ordered if _tell_problems(campaign, s, findings)}
    chosen: dict[tuple[str, str], Chosen] = {}
    refused: set[tuple[str, str]] = set()
    repeats = Repeats()
    sent: dict[str, list[Submission]] = {}
    for s in ordered:
        if originals[s.sha256] == s.file and s.file not in refused_files:
            sent.setdefault(s.unit_id, []).append(s)
    for unit_id in campaign.units:
        mine = sent.get(unit_id, [])
        for owed in owed_forms(campaign, unit_id):
            _decide(owed, mine, (chosen, refused), repeats, findings)
        _tell_not_owed(campaign, unit_id, mine, findings)
        _tell_blank(campaign, mine, findings)
    repeats.tell(findings)
    counting = {offer.submission.file for offer in chosen.values()}
    return Selection(chosen, refused, source_files(ordered, originals, refused_files, counting, findings))


def _first_of_each_content(ordered: Sequence[Submission]) -> dict[str, str]:
    first: dict[str, str] = {}
    for submission in ordered:
        first.setdefault(submission.sha256, submission.file)
    return first


def _tell_problems(campaign: Campaign, submission: Submission, findings: Findings) -> bool:
    """Add the problems of reading; return whether one of them refuses the whole file."""
    refused = False
    for problem in submission.problems:
        place = Place(submission.unit_id, submission.file, problem.form_id, problem.sheet, problem.cell)
        twins = twins_of(campaign)
        gaps = {
            name: twins.get(str(value), str(value)) if name in _NAMES else str(value)
            for name, value in problem.values.items()
            if name not in ("seen", "expected")
        }
        gaps.setdefault("form", problem.form_id)
        seen, expected = (str(problem.values.get(name, "")) for name in ("seen", "expected"))
        reason = gaps.get("reason", "")
        gaps["reason"] = campaign.words[findings.lang].get(reason, reason).format_map(defaultdict(str, gaps))
        findings.add(problem.rule_id, place, seen, expected, **gaps)
        refused |= campaign.messages["vi"][problem.rule_id].severity is Severity.REJECT_FILE
    tell_strays(submission, findings)
    return refused


def _decide(
    owed: OwedForm,
    mine: Sequence[Submission],
    outcome: tuple[dict[tuple[str, str], Chosen], set[tuple[str, str]]],
    repeats: Repeats,
    findings: Findings,
) -> None:
    campaign, (chosen, refused) = findings.campaign, outcome
    key = (owed.unit_id, owed.form_id)
    offered = [Chosen(s, sheet) for s in mine for sheet in s.sheets if sheet.form_id == owed.form_id]
    filled = [offer for offer in offered if not is_blank(campaign, offer.sheet)]
    if not filled:
        _tell_nothing(owed, mine, offered, findings)
        return
    highest = max(offer.submission.submission_number for offer in filled)
    best = [offer for offer in filled if offer.submission.submission_number == highest]
    said = [entries(campaign, offer.sheet) for offer in best] if len(best) > 1 else []
    if any(other != said[0] for other in said[1:]):
        refused.add(key)
        _tell_undecided(owed.form_id, best, repeats, findings)
    else:
        chosen[key] = best[0]
        _tell_identical(owed.form_id, best, repeats)
    for offer in filled:
        if offer.submission.submission_number < highest:
            _tell_superseded(best[0], offer, repeats, findings)


def _tell_nothing(
    owed: OwedForm, mine: Sequence[Submission], offered: Sequence[Chosen], findings: Findings
) -> None:
    for offer in offered[:1]:
        place = Place(owed.unit_id, offer.submission.file, owed.form_id, offer.sheet.sheet)
        findings.add("FORM-EMPTY", place, form=owed.form_id)
    told = {p.form_id for s in mine for p in s.problems if p.form_id}
    if mine and not offered and owed.form_id not in told:
        findings.add("SHEET-MISSING", Place(owed.unit_id, mine[-1].file, owed.form_id), form=owed.form_id)


def _tell_undecided(form_id: str, best: Sequence[Chosen], repeats: Repeats, findings: Findings) -> None:
    for offer in best:
        others = ", ".join(o.submission.file for o in best if o is not offer)
        place = Place(offer.submission.unit_id, offer.submission.file, form_id, offer.sheet.sheet)
        number = str(offer.submission.submission_number)
        repeats.note("FILE-UNDECIDED", place, {"others": others, "number": number})
    for other in best[1:]:
        _tell_differences(best[0], other, findings)


def _tell_identical(form_id: str, best: Sequence[Chosen], repeats: Repeats) -> None:
    for offer in best[1:]:
        place = Place(offer.submission.unit_id, offer.submission.file, form_id, offer.sheet.sheet)
        repeats.note("FORM-IDENTICAL", place, {"other": best[0].submission.file})


def _tell_superseded(winner: Chosen, loser: Chosen, repeats: Repeats, findings: Findings) -> None:
    form_id = winner.sheet.form_id
    place = Place(loser.submission.unit_id, loser.submission.file, form_id, loser.sheet.sheet)
    number = str(winner.submission.submission_number)
    repeats.note("FILE-SUPERSEDED", place, {"other": winner.submission.file, "number": number})
    _tell_differences(loser, winner, findings)


def _tell_differences(before: Chosen, after: Chosen, findings: Findings) -> None:
    """One finding for every cell that differs, placed in the later (or other) file."""
    old, new = entries(findings.campaign, before.sheet), entries(findings.campaign, after.sheet)
    for key, period_id in sorted(old.keys() | new.keys()):
        was, now = old.get((key, period_id)), new.get((key, period_id))
        if was == now:
            continue
        indicator_id, _, level = key.partition("|")
        sheet = after.sheet
        cell = a1(
            sheet.row_numbers[sheet.row_keys.index(key)] if key in sheet.row_keys else 0,
            sheet.column_numbers[sheet.period_ids.index(period_id)] if period_id in sheet.period_ids else 0,
        )
        place = Place(
            after.submission.unit_id, after.submission.file, sheet.form_id, sheet.sheet, cell,
            indicator_id, level, period_id,
        )  # fmt: skip
        findings.add("FILE-DIFFERS", place, findings.shown(now), before=findings.shown(was))


def _tell_not_owed(campaign: Campaign, unit_id: str, mine: Sequence[Submission], findings: Findings) -> None:
    owed = {form.form_id for form in owed_forms(campaign, unit_id)}
    for submission in mine:
        for sheet in submission.sheets:
            if sheet.form_id not in owed and not is_blank(campaign, sheet):
                place = Place(unit_id, submission.file, sheet.form_id, sheet.sheet)
                findings.add("SHEET-NOT-OWED", place, form=sheet.form_id)


def _tell_blank(campaign: Campaign, mine: Sequence[Submission], findings: Findings) -> None:
    """A file that was sent as it was received: it says nothing, whatever other files of the unit say."""
    for submission in mine:
        if submission.sheets and all(is_blank(campaign, sheet) for sheet in submission.sheets):
            findings.add("FILE-BLANK", Place(submission.unit_id, submission.file))
