"""The verb that makes a unit's return from those of its subordinates; and who is meant by a unit's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import rollup, run
from pipeline.catalogue import Campaign, Source, campaign_of, load_campaign, seen_from, subordinates_of
from pipeline.catalogue.tables import nearest
from pipeline.cli import screen, verbs
from pipeline.cli.ending import Ending
from pipeline.errors import WrongUse
from pipeline.model import Answers

if TYPE_CHECKING:
    from pipeline.cli.options import Common


def rollup_verb(common: Common, unit_id: str, own: Path | None, end: Ending) -> None:
    """Do the main job on what the subordinates of a unit sent, and write the unit's own return beside it.

    Without a unit: the main job over the subordinates of all units at once, and no return.
    """
    whole = load_campaign(common.campaign)
    words = whole.words[common.lang]
    owner = owner_of(whole, unit_id, words) if unit_id else whole
    under = (unit_id,) if unit_id else tuple(u for u in whole.units if subordinates_of(whole, u))
    source = Source(common.campaign, (*owner.under, under))
    campaign = load_campaign(source)
    options = replace(verbs.options_of(common), campaign=campaign)
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        before = _entered(owner, unit_id, own, (common.lang, progress)) if own and unit_id else None
        report = run.aggregate(options, progress)
    end.status = verbs.status_of(report.results)
    told: dict[str, object] = {"summary": str(report.summary)}
    if unit_id:
        rolled = rollup.roll_up(owner, unit_id, report.results, common.lang, before)
        target = common.outputs / f"{unit_id}.xlsx"
        rollup.write_return(owner, unit_id, rolled, (report.results, common.lang), target)
        told["return"] = str(target)
        told["cells"] = {"full": rolled.full, "partial": rolled.partial, "empty": rolled.empty}
    if common.json:
        screen.say_json({**told, **verbs.content(report.results), "exit_status": int(end.status)})
        return
    if unit_id:
        name = owner.units[unit_id].name
        screen.say(words["cli.report.rollup"].format(unit=name, file=target))
        gaps = {"full": rolled.full, "partial": rolled.partial, "empty": rolled.empty}
        screen.say(words["cli.report.rollup_cells"].format(**gaps))
    verbs.say_outcome(campaign, report.summary, report.results, words)


def owner_of(campaign: Campaign, unit_id: str, words: Mapping[str, str]) -> Campaign:
    """The campaign in which a unit reports. Raises WrongUse for a unit that nobody knows."""
    try:
        return campaign_of(campaign, unit_id)
    except KeyError:
        below = [s.unit_id for s in campaign.subordinates.values() if not s.is_dissolved]
        close = nearest(unit_id, [*campaign.units, *below])
        hint = words["cli.hint"].format(name=close) if close else ""
        raise WrongUse("cli.no_unit", unit=unit_id, hint=hint) from None


def meant(
    campaign: Campaign, unit_ids: Sequence[str], under: Sequence[str], words: Mapping[str, str]
) -> list[tuple[Campaign, tuple[str, ...]]]:
    """Units by the campaign in which they report: those named, and all that report to one of ``under``.

    Where nothing is named, the units of the campaign itself.
    """
    groups: dict[tuple[tuple[str, ...], ...], tuple[Campaign, dict[str, None]]] = {}
    for unit_id in unit_ids or (() if under else campaign.units):
        seen = owner_of(campaign, unit_id, words)
        groups.setdefault(seen.under, (seen, {}))[1][unit_id] = None
    for unit_id in under:
        seen = seen_from(owner_of(campaign, unit_id, words), (unit_id,))
        groups.setdefault(seen.under, (seen, {}))[1].update(dict.fromkeys(seen.units))
    return [(seen, tuple(ids)) for seen, ids in groups.values()]


def _entered(owner: Campaign, unit_id: str, file: Path, told: tuple[str, run.Progress]) -> Answers:
    """What the unit has entered before in its own return."""
    submissions = run.read_files(owner.source, [file])
    if submissions[0].unit_id != unit_id:
        raise WrongUse("cli.not_own", file=str(file), unit=unit_id)
    return rollup.entered_before(owner, unit_id, run.conclude(owner, submissions, [], told), told[0])
