"""The options that verbs share: how each is given, and what they mean together."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.words import LANGUAGES, asked_language, words_of
from pipeline.uri import Place, place_of

HELP = {
    name.removeprefix("cli.help."): text
    for name, text in words_of(asked_language()).items()
    if "help" in name
}
"""What ``--help`` says of each verb and option."""

_BUILT_IN = Path(__file__).parent.parent / "campaigns" / "nq25_2023"

Inputs = Annotated[str | None, typer.Option("--inputs", help=HELP["inputs"], metavar="<path>")]
Outputs = Annotated[Path | None, typer.Option("--outputs", help=HELP["outputs"])]
CampaignFolder = Annotated[Path | None, typer.Option("--campaign", help=HELP["campaign"])]
Lang = Annotated[str | None, typer.Option("--lang", help=HELP["lang"], metavar="vi|en")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help=HELP["workers"])]
Quiet = Annotated[bool, typer.Option("--quiet", help=HELP["quiet"])]
Json = Annotated[bool, typer.Option("--json", help=HELP["json"])]
NoDetail = Annotated[bool, typer.Option("--no-detail", help=HELP["no_detail"])]
NoReturns = Annotated[bool, typer.Option("--no-returns", help=HELP["no_returns"])]
NoCache = Annotated[bool, typer.Option("--no-cache", help=HELP["no_cache"])]
Scheduler = Annotated[
    str, typer.Option("--scheduler", help=HELP["scheduler"], metavar="tcp://HOST:PORT", show_default=False)
]


@dataclass(frozen=True, slots=True)
class Common:
    """The options that every verb understands, with their defaults."""

    inputs: Place
    outputs: Path
    campaign: Path
    lang: str
    workers: int
    quiet: bool
    json: bool
    compare: str = ""
    no_detail: bool = False
    no_returns: bool = False
    no_cache: bool = False
    scheduler: str = ""


def common_of(
    inputs: str | None,
    outputs: Path | None,
    campaign: Path | None,
    lang: str | None,
    workers: int | None,
    quiet: bool,
    json: bool,
) -> Common:
    """The options as given before a verb, and the defaults of all others."""
    if lang is not None and lang not in LANGUAGES:
        raise typer.BadParameter(" | ".join(LANGUAGES), param_hint="--lang")
    return Common(
        place_of(inputs or "inputs"),
        outputs or Path("outputs"),
        campaign or _BUILT_IN,
        lang or LANGUAGES[0],
        workers or os.cpu_count() or 1,
        quiet,
        json,
    )


def with_given(common: Common, **given: Path | str | int | None) -> Common:
    """The options of a verb; those left out stay as they stood before the verb."""
    if given.get("lang") not in (None, *LANGUAGES):
        raise typer.BadParameter(" | ".join(LANGUAGES), param_hint="--lang")
    values: dict[str, Any] = {name: value for name, value in given.items() if value}
    if "inputs" in values:
        values["inputs"] = place_of(values["inputs"])
    return replace(common, **values)
