"""Return copies -> files, in several processes: each copy is a whole workbook, and none needs another."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.book import Sheet
from pipeline.catalogue import Campaign, Source, load_campaign
from pipeline.errors import StopRun
from pipeline.model import Answers, Markup
from pipeline.store.atomic import replacing

if TYPE_CHECKING:
    from pipeline.frames import Results

Progress = Callable[[str, int, int], None]
"""Told the stage (a word id of the command line), how much is done, and of how much."""

_FEW: Final = 6
"""So many copies are written sooner than a second process has started."""

_MANY: Final = 24
"""So many copies are worth a process of their own beside the one that writes the summary."""


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


def write_returns(
    campaign: Campaign, results: Results, folder: Path, told: tuple[str, Progress], workers: int
) -> dict[str, str]:
    """Write what each unit gets back: a message, and a copy to correct where something is to be done.

    Returns by unit why its copy could not be made; that harms no other copy, nor does the death of a process.
    Raises OutputRefused where nothing can be written.
    """
    with returns_beside(campaign, results, folder, told, workers) as finish:
        return finish()


@contextmanager
def returns_beside(
    campaign: Campaign, results: Results, folder: Path, told: tuple[str, Progress], workers: int
) -> Iterator[Callable[[], dict[str, str]]]:
    """The same as ``write_returns``, in other processes, while the caller writes something else.

    What it gives waits for the copies, and returns what ``write_returns`` returns. Each is written whole or
    not at all; the same bytes whatever the number of ``workers``.
    """
    lang, progress = told
    jobs, lost = _messages(campaign, results, folder, lang)
    with _pool(campaign, jobs, workers) as pool:
        waiting = [_begin(pool, job) for job in jobs]

        def finish() -> dict[str, str]:
            for number, (job, future) in enumerate(zip(jobs, waiting, strict=True)):
                progress("cli.stage.returns", number, len(jobs))
                done = _ended(future) or _write(campaign, job)
                if done.failure:
                    lost[done.unit_id] = done.failure
            return lost

        yield finish


def _messages(
    campaign: Campaign, results: Results, folder: Path, lang: str
) -> tuple[list[CopyJob], dict[str, str]]:
    """Write the messages; returns the copies to write, and by unit why nothing of its own could be made."""
    from pipeline.forms import addresses
    from pipeline.returns import return_copies

    jobs: list[CopyJob] = []
    lost: dict[str, str] = {}
    for one in return_copies(campaign, results, lang, partial(addresses, campaign)):
        if one.failure:
            lost[one.unit_id] = one.failure
            continue
        with replacing(folder / f"{one.unit_id}.txt") as path:
            path.write_bytes(one.message.encode("utf-8-sig", "replace"))
        if one.front is not None:
            target = folder / f"{one.unit_id}.xlsx"
            jobs.append(CopyJob(target, one.unit_id, lang, one.answers, one.markup, one.front))
    return jobs, lost


@contextmanager
def _pool(campaign: Campaign, jobs: Sequence[CopyJob], workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Processes for the copies; none where there are too few copies or this process is to do all."""
    if workers <= 1 or len(jobs) < _FEW:
        yield None
        return
    count = min(workers, max(len(jobs) // _MANY, 1))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_load, initargs=(campaign.source,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(pool: ProcessPoolExecutor | None, job: CopyJob) -> Future[CopyDone] | None:
    with suppress(BrokenProcessPool):
        return pool.submit(_write_here, job) if pool is not None else None
    return None


def _ended(future: Future[CopyDone] | None) -> CopyDone | None:
    """What came of a copy; None where no process is left that could tell."""
    with suppress(BrokenProcessPool):
        return future.result() if future is not None else None
    return None


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
