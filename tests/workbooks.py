"""One written workbook of every kind, for those who check files from outside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline import run
from pipeline.book import Cell, Sheet, Table
from pipeline.catalogue import Campaign
from pipeline.forms import build_template
from pipeline.workbook import write_book
from tests.summary_results import made_up_results, written_summary

KINDS = ("summary", "summary in English", "summary with changes", "template", "return copy")


def written(kind: str, campaign: Campaign, tiny: Campaign, folder: Path) -> Path:
    """A workbook of a kind. The template is of the campaign that comes along, all else of the tiny one."""
    made: dict[str, Callable[[], Path]] = {
        "summary": lambda: written_summary(tiny, made_up_results(tiny, 3), "vi", folder),
        "summary in English": lambda: written_summary(tiny, made_up_results(tiny, 4), "en", folder),
        "summary with changes": lambda: _run_twice(tiny, folder) / "tong-hop.xlsx",
        "template": lambda: _template(campaign, folder),
        "return copy": lambda: next(iter(sorted((_run_twice(tiny, folder) / run.RETURNS).glob("*.xlsx")))),
    }
    return made[kind]()


def cells_of(sheet: Sheet) -> Iterator[Cell]:
    """The cells of a sheet one by one, those that are given as lines or tables, too."""
    for given in sheet.cells:
        if isinstance(given, Cell):
            yield given
            continue
        for line in given.lines() if isinstance(given, Table) else (given,):
            look = zip(line.values, line.styles, strict=True)
            yield from (Cell(line.row, at, *cell) for at, cell in enumerate(look, start=line.col))


def _template(campaign: Campaign, folder: Path) -> Path:
    path = folder / "template.xlsx"
    write_book(build_template(campaign, next(iter(campaign.units))), campaign.theme, path)
    return path


def _run_twice(tiny: Campaign, folder: Path) -> Path:
    """A run of invented returns with mistakes, one of them missing, and one of all."""
    inputs, away = folder / "inputs", folder / "away.xlsx"
    run.write_demo(tiny, inputs, (3, 4, 0.9), ("vi", lambda *_: None))
    first = next(iter(sorted(inputs.glob("*.xlsx"))))
    options = run.Options(inputs, folder / "outputs", tiny.folder, "vi", workers=1)
    shutil.move(first, away)
    run.aggregate(options, lambda *_: None)
    shutil.move(away, first)
    run.aggregate(options, lambda *_: None)
    return options.outputs
