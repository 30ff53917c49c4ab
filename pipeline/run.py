"""The story: what is in the inputs, what it says, what it adds up to, and the workbook that shows it."""

from __future__ import annotations

import csv
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline import __version__
from pipeline.catalogue import Campaign, Source, load_campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.copying import Copies, Given, returns_beside
from pipeline.copying import Progress as Progress
from pipeline.errors import WrongUse
from pipeline.intake import Found, read_many, read_waivers, survey
from pipeline.memory import given_back
from pipeline.model import (
    FileStatus,
    FindingState,
    FormRow,
    FormStatus,
    Severity,
    SourceFile,
    Submission,
    WaiverList,
)
from pipeline.publishing import RETURNS, SUMMARY, SetAside, publish_run
from pipeline.reading import CACHE, CacheUse, Way, brought, import_ahead, read_all
from pipeline.store.atomic import check_writable, replacing
from pipeline.store.copies import EarlierCopies, earlier_copies
from pipeline.store.history import RUNS, kept_runs, remember
from pipeline.store.manifest import run_id_of
from pipeline.store.session import whole_folder, writing
from pipeline.uri import Place, folder_uri

if TYPE_CHECKING:
    from pipeline.demo import Mistake
    from pipeline.frames import Results

MISTAKES = "loi-co-y.csv"
"""The list of the mistakes that were put into invented returns; the survey passes over it."""

APPENDIX = "phu-luc.docx"
"""The appendix tables of the report, for Word."""

_MANY_OBJECTS: Final = 50_000
"""After so many new objects a run looks for those that only hold each other: most of them stay to its end."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for. ``campaign``: loaded, or where it lies. ``workers``: processes to use.

    ``compare`` is the run to compare with, "" for the one before. ``is_cached``: what was read before is
    not read again. Without ``has_detail`` the summary has no sheets with a row or column for every unit,
    without ``has_returns`` nothing is made for the units. ``scheduler`` is the address of a cluster that
    reads the files, "" for none.
    """

    inputs: Place
    outputs: Path
    campaign: Path | Source | Campaign
    lang: str
    workers: int
    compare: str = ""
    is_cached: bool = True
    has_detail: bool = True
    has_returns: bool = True
    scheduler: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What a run ends with: where the summary is, its results, and a register that could not be read."""

    summary: Path
    results: Results
    set_aside: SetAside | None = None
    lost_copies: Mapping[str, str] = field(default_factory=dict)


def aggregate(options: Options, progress: Progress) -> Report:
    """Do the main job. Raises StopRun only where nothing can be done or written."""
    gc.set_threshold(_MANY_OBJECTS)
    given = options.campaign
    campaign = given if isinstance(given, Campaign) else load_campaign(given)
    summary = options.outputs / SUMMARY
    check_writable(summary)
    with writing(options.outputs):
        results = examine(campaign, options, progress, CacheUse.KEEP)
        results = _less(results, options)
        from pipeline.comparing import with_changes  # while files are read, this is imported ahead
        from pipeline.repeating import is_made, made_from, sign

        results, entry = with_changes(campaign, results, options.outputs, options.compare)
        run_folder = options.outputs / RUNS / results.run_id
        key = made_from(campaign, results, options.lang)
        lost: Mapping[str, str] = {}
        if not (options.is_cached and is_made(run_folder, key)):
            with whole_folder(run_folder) as folder:
                copies = Copies(folder / RETURNS, _earlier(options), options.has_returns)
                made = write_outputs(campaign, results, copies, (options.lang, progress), options.workers)
                lost = made.lost
                sign(folder, campaign, results, (options.lang, "" if lost else key), made.keys)
        remember(options.outputs, entry)
        set_aside = publish_run(campaign, results, options.outputs, run_folder)
    return Report(summary, results, set_aside, lost)


def examine(
    campaign: Campaign, options: Options, progress: Progress, use: CacheUse = CacheUse.LOOK
) -> Results:
    """Read, check and total everything below the inputs folder; write nothing, unless into the cache."""
    use = use if options.is_cached else CacheUse.NONE
    way = Way(options.workers, options.outputs / CACHE, use, options.scheduler)
    with brought(options.inputs) as (folder, lost):
        found = (*survey(folder), *lost)
        wanted = [one for one in found if not one.passed_over]
        if not wanted:
            raise WrongUse("cli.empty_inputs", inputs=str(options.inputs))
        import_ahead(way.begun, writes=use is CacheUse.KEEP)
        submissions = read_all(wanted, campaign, way, partial(progress, "cli.stage.read"))
        passed = [one for one in found if one.passed_over]
        waivers = read_waivers(folder, campaign)
    results = conclude(campaign, submissions, passed, (options.lang, progress), waivers)
    at = folder_uri(options.inputs, options.outputs) if isinstance(options.inputs, Path) else None
    return replace(results, inputs_at=at)


def _earlier(options: Options) -> EarlierCopies:
    """What the last run that had any gave back; nothing where everything is to be made anew."""
    runs = kept_runs(options.outputs) if options.is_cached else []
    folders = [options.outputs / RUNS / run for run in reversed(runs)]
    last = next((folder for folder in folders if (folder / RETURNS).is_dir()), None)
    return earlier_copies(last, RETURNS) if last else EarlierCopies()


def _less(results: Results, options: Options) -> Results:
    """The same results for outputs from which something is left out: a run of its own, with its own id."""
    for name, is_wanted in (("detail", options.has_detail), ("returns", options.has_returns)):
        if not is_wanted:
            results = replace(results, run_id=run_id_of([(name, results.run_id)], "", __version__, ""))
    return replace(results, has_detail=options.has_detail)


def conclude(
    campaign: Campaign,
    submissions: Sequence[Submission],
    passed: Sequence[Found],
    told: tuple[str, Progress],
    waivers: WaiverList | None = None,
) -> Results:
    """From what was read to what it adds up to. ``told``: the language, and who hears of progress."""
    from pipeline.aggregation import aggregate as total
    from pipeline.frames import Results
    from pipeline.validation import validate

    lang, progress = told
    progress("cli.stage.check", 0, 1)
    validated = given_back(validate(campaign, submissions, lang, waivers))
    progress("cli.stage.total", 0, 1)
    aggregated = given_back(total(campaign, validated.cubes))
    given = [(s.file, s.sha256) for s in submissions] + ([(waivers.file, waivers.sha256)] if waivers else [])
    return Results(
        run_id=run_id_of([one for one in given if one[0]], campaign.sha256, __version__, lang),
        cubes=validated.cubes,
        city=aggregated.city,
        findings=validated.findings,
        totals=aggregated.totals,
        reconciliation=aggregated.reconciliation,
        unit_totals=aggregated.unit_totals,
        form_status=validated.form_status,
        sources=validated.sources + tuple(_passed_over(campaign, one, lang) for one in passed),
        is_official=bool((validated.form_status["status"] == FormStatus.ACCEPTED).all()),
        submissions=tuple(submissions),
    )


def write_outputs(
    campaign: Campaign, results: Results, copies: Copies, told: tuple[str, Progress], workers: int = 1
) -> Given:
    """Write everything that one run makes into its own folder, in which that of the copies lies.

    Returns what came of the copies.
    """
    from pipeline.document import build_document
    from pipeline.store.tables import write_tables
    from pipeline.summary import build_summary
    from pipeline.workbook import QUICK, write_book

    folder, (lang, progress) = copies.folder.parent, told
    progress("cli.stage.write", 0, 1)
    with returns_beside(campaign, results, copies, told, workers) as finish:
        given_back(write_tables(folder / "du-lieu", results))
        with replacing(folder / SUMMARY) as path:
            write_book(build_summary(campaign, results, lang), campaign.theme, path, QUICK)
        given_back(path)
        with replacing(folder / APPENDIX) as path:
            path.write_bytes(given_back(build_document(campaign, results, lang)))
        return finish()


def write_templates(
    campaign: Campaign, unit_ids: Sequence[str], folder: Path, told: tuple[str, Progress]
) -> list[Path]:
    """Write the blank workbook of each unit into ``folder``; the same bytes every time."""
    from pipeline.forms import build_template
    from pipeline.workbook import write_book

    lang, progress = told
    paths = []
    for done, unit_id in enumerate(unit_ids):
        progress("cli.stage.templates", done, len(unit_ids))
        paths.append(folder / f"{unit_id}.xlsx")
        with replacing(paths[-1]) as path:
            write_book(build_template(campaign, unit_id, lang=lang), campaign.theme, path)
    return paths


def write_demo(
    campaign: Campaign, folder: Path, how: tuple[int, int, float], told: tuple[str, Progress]
) -> tuple[list[Path], Path]:
    """Write invented returns and a list of their mistakes. ``how``: seed, units, share of mistakes."""
    from pipeline.demo import invent
    from pipeline.forms import build_template
    from pipeline.workbook import write_book

    seed, count, share = how
    lang, progress = told
    unit_ids = tuple(campaign.units)[:count]
    paths: list[Path] = []
    mistakes: list[Mistake] = []
    for done, unit_id in enumerate(unit_ids):
        progress("cli.stage.demo", done, len(unit_ids))
        (invented,) = invent(campaign, seed, (unit_id,), share)
        paths.append(folder / f"{unit_id}.xlsx")
        mistakes += invented.mistakes
        with replacing(paths[-1]) as path:
            write_book(build_template(campaign, unit_id, invented.answers), campaign.theme, path)
    return paths, write_mistakes(campaign, mistakes, folder / MISTAKES, lang)


def write_mistakes(campaign: Campaign, mistakes: Sequence[Mistake], target: Path, lang: str) -> Path:
    """List the deliberate mistakes as CSV that Excel opens; one row a mistake, and what must be found."""
    from pipeline.forms import cell_address

    rows = []
    for m in mistakes:
        (owed,) = (form for form in owed_forms(campaign, m.unit_id) if form.form_id == m.form_id)
        cell = cell_address(campaign, owed, FormRow(m.indicator_id, m.level).key, m.period_id)
        written = "" if m.written is None else m.written
        breaks = " ".join("|".join(consequence) for consequence in m.consequences)
        rows.append(
            [
                *(m.unit_id, f"{m.unit_id}.xlsx", m.form_id, m.form_id, cell, m.indicator_id, m.level),
                *(m.period_id, m.kind, written, m.right, " ".join(m.rule_ids), breaks),
            ]
        )
    with replacing(target) as path, path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(campaign.words[lang]["demo.columns"].split("|"))
        writer.writerows(rows)
    return target


def counts_by_severity(results: Results) -> dict[Severity, int]:
    """How many open findings there are of each severity."""
    is_open = results.findings["state"] == FindingState.OPEN
    found = results.findings.loc[is_open, "severity"].value_counts()
    return {severity: int(found.get(str(severity), 0)) for severity in Severity}


def reporting_rate(results: Results) -> tuple[int, int]:
    """Forms that count, and forms that are owed."""
    counted = results.form_status["status"].isin([FormStatus.ACCEPTED, FormStatus.WITH_ERRORS])
    return int(counted.sum()), len(counted)


def read_files(campaign_folder: Path | Source, paths: Sequence[Path]) -> list[Submission]:
    """Read single files, wherever they lie. Raises WrongUse for one that is not there."""
    for path in paths:
        if not path.is_file():
            raise WrongUse("cli.no_file", file=str(path))
    return list(read_many([Found(path.name, path) for path in paths], campaign_folder, workers=1))


def _passed_over(campaign: Campaign, one: Found, lang: str) -> SourceFile:
    why = campaign.words[lang].get(one.passed_over, one.passed_over)
    return SourceFile(one.file, "", "", 0, None, "", FileStatus.PASSED_OVER, why)
