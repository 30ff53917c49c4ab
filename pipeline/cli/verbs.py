"""The verbs that read returns or write workbooks: call the story, then say what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import run
from pipeline.catalogue import Campaign, load_campaign
from pipeline.catalogue.tables import nearest
from pipeline.cli import screen, tally
from pipeline.cli.ending import Ending, Status
from pipeline.errors import WrongUse
from pipeline.model import FileStatus, FormStatus, Severity

if TYPE_CHECKING:
    from pipeline.cli.app import Common
    from pipeline.frames import Results


_HASH_SHOWN = 12
"""So many digits of a file's hash tell it apart on the screen; the summary has all of them."""


def aggregate_verb(common: Common, min_coverage: float, end: Ending) -> None:
    """The main job: say where the summary is, the reporting rate, and what needs attention."""
    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        report = run.aggregate(_options(common), progress)
    counted, owed = run.reporting_rate(report.results)
    end.status = _status(report.results)
    if 100.0 * counted < min_coverage * owed:
        end.status = Status.LOW_COVERAGE
    if common.json:
        screen.say_json(
            {"summary": str(report.summary), **_content(report.results), "exit_status": int(end.status)}
        )
        return
    screen.say(words["cli.report.summary"].format(file=report.summary))
    _say_rate(campaign, report.results, words)
    _say_counts(report.results, words)
    _say_attention(report.results, words)
    if end.status is Status.LOW_COVERAGE:
        gaps = {"percent": _percent(counted, owed), "least": f"{min_coverage:g}"}
        screen.tell(words["cli.report.low_coverage"].format(**gaps))


def templates_verb(common: Common, unit_ids: tuple[str, ...], out: Path, end: Ending) -> None:
    """Make blank templates, of all units or of those named."""
    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    for unit_id in unit_ids:
        if unit_id not in campaign.units:
            hint = _hint(unit_id, campaign.units, words)
            raise WrongUse("cli.no_unit", unit=unit_id, hint=hint)
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        made = run.write_templates(campaign, unit_ids or tuple(campaign.units), out, (common.lang, progress))
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
    end.status = _status(results)
    if common.json:
        screen.say_json({**_content(results), "exit_status": int(end.status)})
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


def status_verb(common: Common, end: Ending) -> None:
    """Say what each unit has sent, and what became of every file."""
    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        results = run.examine(campaign, _options(common), progress)
    end.status = Status.DONE
    if common.json:
        screen.say_json(_content(results))
        return
    screen.say_table(*_units_table(campaign, results, words))
    screen.say("")
    headers = [
        words[f"cli.column.{name}"] for name in ("file", "unit", "number", "status", "message", "hash")
    ]
    rows = [
        [
            *(s.file, s.unit_id, str(s.submission_number or ""), words[f"summary.file.{s.status}"], s.why),
            s.sha256[:_HASH_SHOWN],
        ]
        for s in results.sources
    ]
    screen.say_table(headers, rows)
    _say_rate(campaign, results, words)


def demo_verb(common: Common, folder: Path, how: tuple[int, int | None, float], end: Ending) -> None:
    """Invent returns into an empty folder."""
    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
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


def _options(common: Common) -> run.Options:
    return run.Options(common.inputs, common.outputs, common.campaign, common.lang, common.workers)


def _only_ours(folder: Path) -> bool:
    return all(path.name.lower() == "readme.md" for path in folder.iterdir())


def _status(results: Results) -> Status:
    counts = run.counts_by_severity(results)
    refused = counts[Severity.REJECT_FILE] or counts[Severity.REJECT_CELL]
    refused = refused or any(source.status is FileStatus.REJECTED for source in results.sources)
    return Status.REFUSED if refused else Status.DONE


def _content(results: Results) -> dict[str, Any]:
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


def _say_rate(campaign: Campaign, results: Results, words: Mapping[str, str]) -> None:
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


def _units_table(
    campaign: Campaign, results: Results, words: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    headers = [words[f"cli.column.{name}"] for name in ("unit", "name", "forms", "file")]
    rows = []
    for unit_id, unit in campaign.units.items():
        mine = results.form_status[results.form_status["unit_id"] == unit_id]
        counted = mine["status"].isin([FormStatus.ACCEPTED, FormStatus.WITH_ERRORS]).sum()
        files = ", ".join(sorted({file for file in mine["file"] if file}))
        rows.append([unit_id, unit.name, f"{counted}/{len(mine)}", files])
    return headers, rows


def _hint(name: str, known: Mapping[str, object], words: Mapping[str, str]) -> str:
    close = nearest(name, known)
    return words["cli.hint"].format(name=close) if close else ""


def _percent(part: int, whole: int) -> str:
    return f"{100.0 * part / whole:.1f}" if whole else "0"
