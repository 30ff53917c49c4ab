"""Return copies -> files, in several processes: each copy is a whole workbook, and none needs another."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pipeline.book import Sheet
from pipeline.catalogue import Campaign, load_campaign
from pipeline.model import Answers, Markup
from pipeline.store.atomic import replacing

_FEW: Final = 6
"""So many copies are written sooner than a second process has started."""


@dataclass(frozen=True, slots=True)
class CopyJob:
    """One copy to write; ``front`` is its first sheet."""

    target: Path
    unit_id: str
    lang: str
    answers: Answers | None
    markup: Markup | None
    front: Sheet


def write_copies(campaign: Campaign, jobs: Sequence[CopyJob], workers: int) -> Iterator[Path]:
    """Write the copies, each whole or not at all; the same bytes whatever the number of ``workers``."""
    if workers <= 1 or len(jobs) < _FEW:
        yield from (_write(campaign, job) for job in jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_load, initargs=(campaign.folder,)
    ) as pool:
        yield from pool.map(_write_here, jobs)


def _write(campaign: Campaign, job: CopyJob) -> Path:
    from pipeline.forms import build_template
    from pipeline.workbook import write_book

    book = build_template(campaign, job.unit_id, job.answers, job.lang, job.markup)
    with replacing(job.target) as path:
        write_book(replace(book, sheets=(job.front, *book.sheets)), campaign.theme, path)
    return job.target


_loaded: dict[str, Campaign] = {}
"""In a writing process: the campaign, loaded once when the process starts."""


def _load(folder: Path) -> None:
    _loaded["campaign"] = load_campaign(folder)


def _write_here(job: CopyJob) -> Path:
    return _write(_loaded["campaign"], job)
