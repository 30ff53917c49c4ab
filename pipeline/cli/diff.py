"""The verb ``diff``: what changed between two runs, from the files to every city figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.catalogue import Campaign, load_campaign
from pipeline.catalogue.tables import nearest
from pipeline.cli import screen
from pipeline.cli.options import Common
from pipeline.comparing import differences
from pipeline.comparison import Changes
from pipeline.comparison.telling import Telling
from pipeline.errors import WrongUse
from pipeline.model import FormRow

_TWO = 2


def diff_verb(common: Common, runs: tuple[str, ...], indicators: tuple[str, ...], *, cells: bool) -> None:
    """Say what changed from the first run to the second. Raises WrongUse for a run that is not there.

    ``indicators`` limits figures and cells to these; ``cells`` lists every changed cell, too.
    """
    campaign = load_campaign(common.campaign)
    if len(runs) > _TWO:
        raise WrongUse("cli.too_many_runs")
    _must_know(campaign, indicators, campaign.words[common.lang])
    changes = differences(campaign, common.outputs, runs)
    telling = Telling(campaign, common.lang, changes)
    figures, changed = (_of(frame, indicators) for frame in (changes.figures, changes.cells))
    if common.json:
        screen.say_json(_content(telling, changes, figures, changed))
        return
    screen.say(telling.summary())
    words = campaign.words[common.lang]
    if len(changes.files):
        screen.say_table(*_files(telling, changes, words))
    if len(figures):
        screen.say_table(*_figures(campaign, telling, figures, words))
    elif len(changes.files) or len(changes.cells):
        screen.say(telling.word("none"))
    if cells and len(changed):
        screen.say_table(*_cells(telling, changed, words))


def _must_know(campaign: Campaign, indicators: tuple[str, ...], words: Mapping[str, str]) -> None:
    for name in indicators:
        if name not in campaign.indicators:
            close = nearest(name.upper(), campaign.indicators)
            raise WrongUse(
                "cli.unknown_indicator",
                given=name,
                hint=words["cli.hint"].format(name=close) if close else "",
            )


def _of(frame: pd.DataFrame, indicators: tuple[str, ...]) -> pd.DataFrame:
    return frame[frame["indicator_id"].isin(indicators)] if indicators else frame


def _files(telling: Telling, changes: Changes, words: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    names = (
        "file_change",
        "unit_id",
        "last_file",
        "last_number",
        "this_file",
        "this_number",
        "changed_cells",
    )
    keys = ("unit_id", "old_file", "old_number", "new_file", "new_number", "cells")
    rows = [
        [telling.word(f"file.{line['change']}"), *(str(line[key]) for key in keys)]
        for line in changes.files.to_dict("records")
    ]
    return _headers(names, words), rows


def _figures(
    campaign: Campaign, telling: Telling, figures: pd.DataFrame, words: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    names = ("key", "time", "last_total", "this_total", "change", "last_coverage", "this_coverage", "because")
    rows = [
        [
            FormRow(line["indicator_id"], line["level"]).key,
            line["period_id"],
            *(_shown(campaign, telling, line[name]) for name in ("old_value", "new_value")),
            telling.signed(line["difference"]) if line["difference"] else "0",
            *(f"{line[f'{side}_counted']}/{line[f'{side}_expected']}" for side in ("old", "new")),
            telling.because(line),
        ]
        for line in figures.to_dict("records")
    ]
    return _headers(names, words), rows


def _cells(
    telling: Telling, cells: pd.DataFrame, words: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    names = ("unit_id", "key", "time", "last_value", "this_value", "cause", "last_file", "last_cell")
    rows = [
        [
            *(line["unit_id"], FormRow(line["indicator_id"], line["level"]).key, line["period_id"]),
            *(_shown(telling.campaign, telling, line[name]) for name in ("old_value", "new_value")),
            " ".join(filter(None, (telling.cause(line["cause"]), telling.findings(line["findings"])))),
            *(text for side in ("old", "new") for text in (line[f"{side}_file"], _place(line, side))),
        ]
        for line in cells.to_dict("records")
    ]
    return _headers((*names, "this_file", "this_cell"), words), rows


def _headers(names: tuple[str, ...], words: Mapping[str, str]) -> list[str]:
    return [words[f"summary.column.{name}"] for name in names]


def _shown(campaign: Campaign, telling: Telling, value: float) -> str:
    return campaign.settings.symbols["O"] if value != value else telling.number(value)


def _place(line: Mapping[Any, Any], side: str) -> str:
    cell = line[f"{side}_cell"]
    return f"{line[f'{side}_sheet']}!{cell}" if cell else ""


def _content(
    telling: Telling, changes: Changes, figures: pd.DataFrame, cells: pd.DataFrame
) -> dict[str, Any]:
    """Everything, whole: no list is shortened, and a value that is missing is null."""
    told = []
    for line in figures.to_dict("records"):
        parts = [
            {"unit_id": p.unit_id, "cause": p.cause, "share": _null(p.share), "cells": p.cells}
            for p in telling.parts(line)
        ]
        told.append({**{str(k): _null(v) for k, v in line.items()}, "parts": parts})
    return {
        "old_run": changes.old_id,
        "new_run": changes.new_id,
        "comparable": str(changes.comparable),
        "same_inputs": changes.same_inputs,
        "same_campaign": changes.same_campaign,
        "same_program": changes.same_program,
        "told": telling.summary(),
        "files": changes.files.to_dict("records"),
        "figures": told,
        "cells": [{str(k): _null(v) for k, v in line.items()} for line in cells.to_dict("records")],
    }


def _null(value: Any) -> Any:
    return None if value != value else value
