"""Which run the results are compared with, and what changed since: stores, stage and results put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.catalogue import Campaign
from pipeline.changes import compare
from pipeline.comparison import Changes, Comparable, RunData
from pipeline.errors import WrongUse
from pipeline.frames import Results
from pipeline.store.history import RUNS, Entry, entry_for, history, kept_runs, last_comparison
from pipeline.store.manifest import run_id_of
from pipeline.store.observations import observation_parts
from pipeline.store.runs import RunLost, read_run

_LISTED: Final = ", "


def with_changes(
    campaign: Campaign, results: Results, outputs: Path, asked: str = ""
) -> tuple[Results, Entry]:
    """The results with what changed since the run before (or ``asked``), and this run's line of the history.

    A run from which nothing differs is not worth comparing with: what it was compared with stands instead.
    An earlier run that is gone or damaged is said to be so. Raises WrongUse where ``asked`` is no run.
    """
    wanted = resolve(outputs, asked) if asked else ""
    entry = entry_for(outputs, results.run_id, _content_id(campaign, results), wanted)
    changes = _against(campaign, results, outputs, entry)
    if not wanted and changes.comparable is Comparable.YES and changes.is_empty:
        entry = replace(entry, compared_with=last_comparison(outputs, entry.compared_with))
        changes = _against(campaign, results, outputs, entry)
    return replace(results, changes=changes), entry


def differences(campaign: Campaign, outputs: Path, asked: Sequence[str]) -> Changes:
    """What changed between two runs; by default the last two, or the one named and the last.

    Raises WrongUse where a run is not there, cannot be told from others, or cannot be read.
    """
    order = list(reversed(kept_runs(outputs)))
    if not order:
        raise WrongUse("cli.no_runs", folder=str(outputs / RUNS))
    named = [resolve(outputs, one) for one in asked]
    others = [run_id for run_id in order if run_id not in named]
    if len(named) < 2 and len(order) < 2:
        return Changes(Comparable.FIRST, "", order[0])
    if not named:
        named = [order[1], order[0]]
    elif len(named) == 1:
        named = [named[0], order[0]] if named[0] != order[0] else [others[0], named[0]]
    with _readable(outputs):
        return compare(campaign, *(_stored(outputs, run_id) for run_id in named[:2]))


def resolve(outputs: Path, asked: str) -> str:
    """The run whose id begins so. Raises WrongUse, with the runs that there are, where that is not one."""
    runs = kept_runs(outputs)
    found = [run_id for run_id in runs if run_id.startswith(asked.strip().lower())] if asked.strip() else []
    if len(found) != 1 and asked not in found:
        told = _LISTED.join(reversed(runs)) or "-"
        name = "cli.several_runs" if found else "cli.no_run"
        raise WrongUse(name, run=asked, runs=_LISTED.join(found) if found else told)
    return asked if asked in found else found[0]


def _against(campaign: Campaign, results: Results, outputs: Path, entry: Entry) -> Changes:
    if not entry.compared_with:
        return Changes(Comparable.FIRST, "", results.run_id)
    try:
        return compare(campaign, _stored(outputs, entry.compared_with), _now(campaign, results))
    except RunLost:
        return Changes(Comparable.LOST, entry.compared_with, results.run_id)


def _stored(outputs: Path, run_id: str) -> RunData:
    contents = {entry.run_id: entry.content_id for entry in history(outputs)}
    return read_run(outputs / RUNS / run_id, contents.get(run_id, ""))


@contextmanager
def _readable(outputs: Path) -> Iterator[None]:
    """Tell a run that cannot be read as what it is for who asked for it."""
    try:
        yield
    except RunLost as error:
        folder = outputs / RUNS / error.run_id
        raise WrongUse("cli.lost_run", run=error.run_id, folder=str(folder), reason=str(error)) from error


def _content_id(campaign: Campaign, results: Results) -> str:
    """The same for runs of the same files, lists, program and waivers, whatever the language."""
    files = [(one.file, one.sha256) for one in results.submissions if one.file]
    states = zip(results.findings["finding_id"], results.findings["state"], strict=True)
    return run_id_of([*files, *states], campaign.sha256, __version__, "")


def _now(campaign: Campaign, results: Results) -> RunData:
    """The run of today, in the shape in which it will be read back."""
    return RunData(
        run_id=results.run_id,
        content_id=_content_id(campaign, results),
        version=__version__,
        campaign_sha256=campaign.sha256,
        sources=results.sources,
        observations=partial(observation_parts, results.cubes),
        totals=results.totals,
        findings=results.findings,
    )
