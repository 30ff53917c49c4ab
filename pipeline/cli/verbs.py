"""The verbs that read returns or write workbooks: call the story, then say what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import run
from pipeline.catalogue import Campaign, load_campaign, seen_from
from pipeline.cli import screen, tally
from pipeline.cli.ending import Ending, Status
from pipeline.cli.status import tell_set_aside
from pipeline.errors import WrongUse
from pipeline.model import FileStatus, FormStatus, Severity

if TYPE_CHECKING:
    from pipeline.cli.options import Common
    from pipeline.frames import Results


def aggregate_verb(common: Common, min_coverage: float, end: Ending) -> None:
    """The main job: say where the summary is, the reporting rate, and what needs attention."""
    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        report = run.aggregate(replace(options_of(common), campaign=campaign), progress)
    if report.set_aside is not None:
        tell_set_aside(report.set_aside, common.outputs, words)
    for unit_id, reason in report.lost_copies.items():
        screen.tell(words["cli.report.lost_copy"].format(unit=unit_id, reason=reason))
    counted, owed = run.reporting_rate(report.results)
    end.status = status_of(report.results)
    if 100.0 * counted < min_coverage * owed:
        end.status = Status.LOW_COVERAGE
    if common.json:
        screen.say_json(
            {"summary": str(report.summary), **content(report.results), "exit_status": int(end.status)}
        )
        return
    say_outcome(campaign, report.summary, report.results, words)
    if end.status is Status.LOW_COVERAGE:
        gaps = {"percent": _percent(counted, owed), "least": f"{min_coverage:g}"}
        screen.tell(words["cli.report.low_coverage"].format(**gaps))


def say_outcome(campaign: Campaign, summary: Path, results: Results, words: Mapping[str, str]) -> None:
    """Where the summary is, who has sent, and what needs attention."""
    screen.say(words["cli.report.summary"].format(file=summary))
    say_rate(campaign, results, words)
    _say_counts(results, words)
    _say_attention(results, words)


def templates_verb(
    common: Common, who: tuple[tuple[str, ...], tuple[str, ...]], out: Path, end: Ending
) -> None:
    """Make blank templates, of all units or of those named; ``who``: units, and units whose subordinates."""
    from pipeline.cli.rollup import meant

    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    groups = meant(campaign, *who, words)
    made: list[Path] = []
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        for seen, unit_ids in groups:
            made += run.write_templates(seen, unit_ids, out, (common.lang, progress))
    end.status = Status.DONE
    if common.json:
        screen.say_json({"templates": [str(path) for path in made]})
    else:
        screen.say(words["cli.report.templates"].format(count=len(made), folder=out))


def check_verb(common: Common, files: tuple[Path, ...], end: Ending) -> None:
    """Check single files and list every finding in them."""
    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        submissions = run.read_files(common.campaign, files)
        results = run.conclude(campaign, submissions, [], (common.lang, progress))
    end.status = status_of(results)
    if common.json:
        screen.say_json({**content(results), "exit_status": int(end.status)})
        return
    headers = [words[f"cli.column.{name}"] for name in ("file", "severity", "place", "message")]
    rows = [
        [d["file"], words[f"cli.severity.{d['severity']}"], f"{d['sheet']} {d['cell']}".strip(), d["message"]]
        for d in results.findings.to_dict(orient="records")
    ]
    if rows:
        screen.say_table(headers, rows)
    else:
        screen.say(words["cli.report.nothing"])


def demo_verb(
    common: Common, folder: Path, how: tuple[int, int | None, float], under: str, end: Ending
) -> None:
    """Invent returns into an empty folder, of the units or of those that report to the unit ``under``."""
    from pipeline.cli.rollup import owner_of

    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    if under:
        campaign = seen_from(owner_of(campaign, under, words), (under,))
    if folder.is_dir() and any(folder.iterdir()) and not _only_ours(folder):
        raise WrongUse("cli.not_empty", folder=str(folder))
    seed, units, share = how
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        made, mistakes = run.write_demo(
            campaign, folder, (seed, units or len(campaign.units), share), (common.lang, progress)
        )
    end.status = Status.DONE
    if common.json:
        screen.say_json({"returns": [str(path) for path in made], "mistakes": str(mistakes)})
    else:
        screen.say(words["cli.report.demo"].format(count=len(made), folder=folder, file=mistakes))


def options_of(common: Common) -> run.Options:
    """What the story is asked for."""
    places = (common.inputs, common.outputs, common.campaign)
    found = run.Options(*places, common.lang, common.workers, common.compare, scheduler=common.scheduler)
    found = replace(found, has_detail=not common.no_detail, has_returns=not common.no_returns)
    return replace(found, is_cached=not common.no_cache)


def _only_ours(folder: Path) -> bool:
    return all(path.name.lower() == "readme.md" for path in folder.iterdir())


def status_of(results: Results) -> Status:
    """The exit status that the results call for."""
    counts = run.counts_by_severity(results)
    refused = counts[Severity.REJECT_FILE] or counts[Severity.REJECT_CELL]
    refused = refused or any(source.status is FileStatus.REJECTED for source in results.sources)
    return Status.REFUSED if refused else Status.DONE


def content(results: Results) -> dict[str, Any]:
    """The results for other programs."""
    counted, owed = run.reporting_rate(results)
    return {
        "run_id": results.run_id,
        "forms_counted": counted,
        "forms_owed": owed,
        "file_counts": tally.file_counts(results),
        "cell_counts": tally.cell_counts(results),
        "findings": {str(severity): count for severity, count in run.counts_by_severity(results).items()},
        "files": [
            {"file": s.file, "unit_id": s.unit_id, "status": str(s.status), "why": s.why}
            for s in results.sources
        ],
        "details": results.findings.to_dict(orient="records"),
    }


def say_rate(campaign: Campaign, results: Results, words: Mapping[str, str]) -> None:
    """The reporting rate, and who has sent nothing."""
    counted, owed = run.reporting_rate(results)
    sent = set(results.form_status.loc[results.form_status["status"] != FormStatus.NOT_SENT, "unit_id"])
    gaps = {
        "counted": counted,
        "owed": owed,
        "percent": _percent(counted, owed),
        "units": len(campaign.units),
    }
    screen.say(words["cli.report.rate"].format(**gaps, sent=len(sent)))
    silent = [unit_id for unit_id in campaign.units if unit_id not in sent]
    if silent:
        screen.say(words["cli.report.not_sent"].format(units=", ".join(silent)))


def _say_counts(results: Results, words: Mapping[str, str]) -> None:
    headers = [words[f"cli.column.{name}"] for name in ("status", "files")]
    screen.say_table(headers, tally.file_rows(results, words))
    screen.say(words["cli.report.cells"].format(**tally.cell_counts(results)))


def _say_attention(results: Results, words: Mapping[str, str]) -> None:
    counts = {s: n for s, n in run.counts_by_severity(results).items() if n and s is not Severity.INFO}
    if not counts:
        screen.say(words["cli.report.nothing"])
    else:
        told = "; ".join(f"{count} {words[f'cli.severity.{severity}']}" for severity, count in counts.items())
        screen.say(f"{words['cli.report.attention']}: {told}.")
        screen.say(words["cli.report.see"].format(sheet=words["summary.sheet.findings.name"]))
    for source in results.sources:
        if source.status is FileStatus.REJECTED:
            screen.tell(words["cli.report.rejected_file"].format(file=source.file, why=source.why))
        elif source.status is FileStatus.PASSED_OVER:
            screen.tell(words["cli.report.passed_over"].format(file=source.file, why=source.why))


def _percent(part: int, whole: int) -> str:
    return f"{100.0 * part / whole:.1f}" if whole else "0"
