"""Return copies -> files, in several processes: each copy is a whole workbook, and none needs another."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.book import Sheet
from pipeline.catalogue import Campaign, Source, load_campaign
from pipeline.errors import StopRun
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


class CopyDone(NamedTuple):
    """What came of one copy; ``failure`` is empty where it was written."""

    unit_id: str
    failure: str = ""


def write_copies(campaign: Campaign, jobs: Sequence[CopyJob], workers: int) -> Iterator[CopyDone]:
    """Write the copies, each whole or not at all; the same bytes whatever the number of ``workers``.

    A copy that cannot be made harms no other, nor does the death of a process. Raises OutputRefused where
    nothing can be written.
    """
    done = 0
    if workers > 1 and len(jobs) >= _FEW:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            workers, mp_context=context, initializer=_load, initargs=(campaign.source,)
        )
        with suppress(BrokenProcessPool), pool:
            for one in pool.map(_write_here, jobs):
                done += 1
                yield one
    yield from (_write(campaign, job) for job in jobs[done:])


def _write(campaign: Campaign, job: CopyJob) -> CopyDone:
    from pipeline.forms import build_template
    from pipeline.workbook import write_book

    try:
        book = build_template(campaign, job.unit_id, job.answers, job.lang, job.markup)
        with replacing(job.target) as path:
            write_book(replace(book, sheets=(job.front, *book.sheets)), campaign.theme, path)
    except StopRun:
        raise
    except Exception as error:
        return CopyDone(job.unit_id, f"{type(error).__name__}: {error}")
    return CopyDone(job.unit_id)


_loaded: dict[str, Campaign] = {}
"""In a writing process: the campaign, loaded once when the process starts."""


def _load(source: Source) -> None:
    _loaded["campaign"] = load_campaign(source)


def _write_here(job: CopyJob) -> CopyDone:
    return _write(_loaded["campaign"], job)
