"""The verbs and their options. Each verb calls the story and says what came of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli import screen
from pipeline.cli.ending import ending
from pipeline.cli.options import (
    HELP,
    CampaignFolder,
    Inputs,
    Json,
    Lang,
    NoCache,
    NoDetail,
    NoReturns,
    Outputs,
    Quiet,
    Scheduler,
    Workers,
    common_of,
    with_given,
)

app = typer.Typer(
    help=HELP["app"],
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # frames around help cost more time than all the rest of it
)


def main() -> None:
    """Entry point of the command ``aggregate``."""
    screen.prepare()
    app()


@app.callback(invoke_without_command=True)
def aggregate(
    context: typer.Context,
    inputs: Inputs = None,
    outputs: Outputs = None,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
    min_coverage: Annotated[
        float, typer.Option("--min-coverage", min=0, max=100, help=HELP["min_coverage"])
    ] = 0.0,
    compare: Annotated[str, typer.Option("--compare", help=HELP["compare"], metavar="RUN")] = "",
    no_detail: NoDetail = False,
    no_returns: NoReturns = False,
    no_cache: NoCache = False,
    scheduler: Scheduler = "",
    version: Annotated[bool, typer.Option("--version", help=HELP["version"])] = False,
) -> None:
    """Do the main job, unless a verb follows."""
    if version:
        screen.say(__version__)
        raise typer.Exit
    common = common_of(inputs, outputs, campaign, lang, workers, quiet, json)
    common = replace(common, compare=compare, no_detail=no_detail, no_returns=no_returns)
    context.obj = replace(common, no_cache=no_cache, scheduler=scheduler)
    if context.invoked_subcommand is None:
        with ending(context.obj.lang, context.obj.outputs) as end:
            from pipeline.cli.verbs import aggregate_verb

            aggregate_verb(context.obj, min_coverage, end)


@app.command(help=HELP["templates"])
def templates(
    context: typer.Context,
    unit: Annotated[list[str] | None, typer.Option("--unit", help=HELP["unit"])] = None,
    under: Annotated[list[str] | None, typer.Option("--under", help=HELP["under"])] = None,
    out: Annotated[Path, typer.Option("--out", help=HELP["out"])] = Path("templates_xlsx"),
    campaign: CampaignFolder = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write blank workbooks."""
    common = with_given(context.obj, campaign=campaign, lang=lang, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.verbs import templates_verb

        templates_verb(common, (tuple(unit or ()), tuple(under or ())), out, end)


@app.command(help=HELP["check"])
def check(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help=HELP["files"])],
    campaign: CampaignFolder = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Check single returns."""
    common = with_given(context.obj, campaign=campaign, lang=lang, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.verbs import check_verb

        check_verb(common, tuple(files), end)


@app.command(help=HELP["status"])
def status(
    context: typer.Context,
    inputs: Inputs = None,
    outputs: Outputs = None,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say which unit has sent what."""
    common = with_given(
        context.obj,
        inputs=inputs,
        outputs=outputs,
        campaign=campaign,
        lang=lang,
        workers=workers,
        quiet=quiet,
        json=json,
    )
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.status import status_verb

        status_verb(common, end)


@app.command(help=HELP["rollup"])
def rollup(
    context: typer.Context,
    unit: Annotated[str, typer.Option("--unit", help=HELP["rollup_unit"])] = "",
    own: Annotated[Path | None, typer.Option("--own", help=HELP["own"])] = None,
    no_detail: NoDetail = False,
    no_returns: NoReturns = False,
    inputs: Inputs = None,
    outputs: Outputs = None,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Add up the returns of a unit's subordinates into the unit's own return."""
    given = {"inputs": inputs, "outputs": outputs, "campaign": campaign, "lang": lang}
    common = with_given(context.obj, **given, workers=workers, quiet=quiet, json=json)
    common = with_given(common, no_detail=no_detail, no_returns=no_returns)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.rollup import rollup_verb

        rollup_verb(common, unit, own, end)


@app.command(help=HELP["trace"])
def trace(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help=HELP["trace_indicator"])],
    level: Annotated[str, typer.Option("--level", help=HELP["trace_level"])] = "",
    period: Annotated[str, typer.Option("--period", help=HELP["trace_period"])] = "",
    unit: Annotated[list[str] | None, typer.Option("--unit", help=HELP["trace_unit"])] = None,
    inputs: Inputs = None,
    outputs: Outputs = None,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say where a city figure comes from."""
    given = {"inputs": inputs, "outputs": outputs, "campaign": campaign, "lang": lang}
    common = with_given(context.obj, **given, workers=workers, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.trace import trace_verb

        trace_verb(common, (indicator, level, period, tuple(unit or ())), end)


@app.command("watch", help=HELP["watch"])
def watch_command(
    context: typer.Context,
    interval: Annotated[float, typer.Option("--interval", min=0.1, help=HELP["interval"])] = 5.0,
    inputs: Inputs = None,
    outputs: Outputs = None,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run again whenever returns come."""
    given = {"inputs": inputs, "outputs": outputs, "campaign": campaign, "lang": lang}
    common = with_given(context.obj, **given, workers=workers, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.watch import watch_verb

        watch_verb(common, interval, end)


@app.command(help=HELP["explain"])
def explain(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help=HELP["rule"])],
    campaign: CampaignFolder = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Explain a rule or a kind of finding."""
    common = with_given(context.obj, campaign=campaign, lang=lang, json=json)
    with ending(common.lang, common.outputs):
        from pipeline.cli.explain import explain_verb

        explain_verb(common, rule)


@app.command(help=HELP["diff"])
def diff(
    context: typer.Context,
    runs: Annotated[list[str] | None, typer.Argument(help=HELP["diff_runs"], metavar="[RUN] [RUN]")] = None,
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", help=HELP["diff_indicator"], metavar="ID")
    ] = None,
    cells: Annotated[bool, typer.Option("--cells", help=HELP["diff_cells"])] = False,
    outputs: Outputs = None,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Say what changed between two runs."""
    common = with_given(context.obj, outputs=outputs, campaign=campaign, lang=lang, json=json)
    with ending(common.lang, common.outputs):
        from pipeline.cli.diff import diff_verb

        diff_verb(common, tuple(runs or ()), tuple(indicator or ()), cells=cells)


@app.command(help=HELP["demo"])
def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help=HELP["folder"])],
    seed: Annotated[int, typer.Option("--seed", help=HELP["seed"])] = 2023,
    units: Annotated[int | None, typer.Option("--units", min=1, help=HELP["units"])] = None,
    mistakes: Annotated[float, typer.Option("--mistakes", min=0, max=1, help=HELP["mistakes"])] = 0.1,
    under: Annotated[str, typer.Option("--under", help=HELP["under"])] = "",
    campaign: CampaignFolder = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Invent returns."""
    common = with_given(context.obj, campaign=campaign, lang=lang, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.verbs import demo_verb

        demo_verb(common, folder, (seed, units, mistakes), under, end)
