"""The verbs and their options. Each verb calls the story and says what came of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli import screen
from pipeline.cli.ending import ending
from pipeline.cli.words import LANGUAGES, asked_language, words_of

_HELP = {
    name.removeprefix("cli.help."): text
    for name, text in words_of(asked_language()).items()
    if "help" in name
}
_BUILT_IN = Path(__file__).parent.parent / "campaigns" / "nq25_2023"

app = typer.Typer(
    help=_HELP["app"], add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False
)

Inputs = Annotated[Path | None, typer.Option("--inputs", help=_HELP["inputs"])]
Outputs = Annotated[Path | None, typer.Option("--outputs", help=_HELP["outputs"])]
CampaignFolder = Annotated[Path | None, typer.Option("--campaign", help=_HELP["campaign"])]
Lang = Annotated[str | None, typer.Option("--lang", help=_HELP["lang"], metavar="vi|en")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help=_HELP["workers"])]
Quiet = Annotated[bool, typer.Option("--quiet", help=_HELP["quiet"])]
Json = Annotated[bool, typer.Option("--json", help=_HELP["json"])]


@dataclass(frozen=True, slots=True)
class Common:
    """The options that every verb understands, with their defaults."""

    inputs: Path
    outputs: Path
    campaign: Path
    lang: str
    workers: int
    quiet: bool
    json: bool


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
        float, typer.Option("--min-coverage", min=0, max=100, help=_HELP["min_coverage"])
    ] = 0.0,
    version: Annotated[bool, typer.Option("--version", help=_HELP["version"])] = False,
) -> None:
    """Do the main job, unless a verb follows."""
    if version:
        screen.say(__version__)
        raise typer.Exit
    context.obj = _common(inputs, outputs, campaign, lang, workers, quiet, json)
    if context.invoked_subcommand is None:
        with ending(context.obj.lang, context.obj.outputs) as end:
            from pipeline.cli.verbs import aggregate_verb

            aggregate_verb(context.obj, min_coverage, end)


@app.command(help=_HELP["templates"])
def templates(
    context: typer.Context,
    unit: Annotated[list[str] | None, typer.Option("--unit", help=_HELP["unit"])] = None,
    out: Annotated[Path, typer.Option("--out", help=_HELP["out"])] = Path("templates_xlsx"),
    campaign: CampaignFolder = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write blank workbooks."""
    common = _with(context.obj, campaign=campaign, lang=lang, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.verbs import templates_verb

        templates_verb(common, tuple(unit or ()), out, end)


@app.command(help=_HELP["check"])
def check(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help=_HELP["files"])],
    campaign: CampaignFolder = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Check single returns."""
    common = _with(context.obj, campaign=campaign, lang=lang, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.verbs import check_verb

        check_verb(common, tuple(files), end)


@app.command(help=_HELP["status"])
def status(
    context: typer.Context,
    inputs: Inputs = None,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say which unit has sent what."""
    common = _with(
        context.obj, inputs=inputs, campaign=campaign, lang=lang, workers=workers, quiet=quiet, json=json
    )
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.verbs import status_verb

        status_verb(common, end)


@app.command(help=_HELP["explain"])
def explain(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help=_HELP["rule"])],
    campaign: CampaignFolder = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Explain a rule or a kind of finding."""
    common = _with(context.obj, campaign=campaign, lang=lang, json=json)
    with ending(common.lang, common.outputs):
        from pipeline.cli.explain import explain_verb

        explain_verb(common, rule)


@app.command(help=_HELP["demo"])
def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help=_HELP["folder"])],
    seed: Annotated[int, typer.Option("--seed", help=_HELP["seed"])] = 2023,
    units: Annotated[int | None, typer.Option("--units", min=1, help=_HELP["units"])] = None,
    mistakes: Annotated[float, typer.Option("--mistakes", min=0, max=1, help=_HELP["mistakes"])] = 0.1,
    campaign: CampaignFolder = None,
    lang: Lang = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Invent returns."""
    common = _with(context.obj, campaign=campaign, lang=lang, quiet=quiet, json=json)
    with ending(common.lang, common.outputs) as end:
        from pipeline.cli.verbs import demo_verb

        demo_verb(common, folder, (seed, units, mistakes), end)


def _common(
    inputs: Path | None,
    outputs: Path | None,
    campaign: Path | None,
    lang: str | None,
    workers: int | None,
    quiet: bool,
    json: bool,
) -> Common:
    if lang is not None and lang not in LANGUAGES:
        raise typer.BadParameter(" | ".join(LANGUAGES), param_hint="--lang")
    return Common(
        inputs or Path("inputs"),
        outputs or Path("outputs"),
        campaign or _BUILT_IN,
        lang or LANGUAGES[0],
        workers or os.cpu_count() or 1,
        quiet,
        json,
    )


def _with(common: Common, **given: Path | str | int | None) -> Common:
    """The options of a verb; those left out stay as they stood before the verb."""
    if given.get("lang") not in (None, *LANGUAGES):
        raise typer.BadParameter(" | ".join(LANGUAGES), param_hint="--lang")
    return replace(common, **{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
