"""Return copies -> files, in several processes: each copy is a whole workbook, and none needs another."""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.catalogue import Campaign, Source, load_campaign
from pipeline.catalogue.obligations import alike
from pipeline.errors import StopRun
from pipeline.program import EVERYTHING, WRITERS, program_digest
from pipeline.store.atomic import replacing
from pipeline.store.copies import EarlierCopies, given_before

if TYPE_CHECKING:
    from pipeline.book import Sheet
    from pipeline.frames import Results
    from pipeline.returns import ReturnCopy
    from pipeline.returns.unit import Sent

Progress = Callable[[str, int, int], None]
"""Told the stage (a word id of the command line), how much is done, and of how much."""

_FEW: Final = 6
"""So many copies are written sooner than a second process has started."""

_MANY: Final = 24
"""So many copies are worth a process of their own beside the one that writes the summary."""

_MANY_OBJECTS: Final = 100_000
"""After so many new objects a writing process looks for those that only hold each other."""


class Copies(NamedTuple):
    """Where the files for the units go, what an earlier run gave back to them, and whether any are wanted."""

    folder: Path
    earlier: EarlierCopies = EarlierCopies()
    are_wanted: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """What came of all copies: why some could not be made, and by unit from what its files were made."""

    lost: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


class CopyJob(NamedTuple):
    """What one unit gets back, to be written into a folder. Thousands of them wait: they must stay small."""

    sent: Sent
    lang: str
    folder: Path
    key: str = ""


class CopyDone(NamedTuple):
    """What came of one copy; ``failure`` is empty where it was written."""

    unit_id: str
    failure: str = ""


Waiting = tuple[CopyJob, Future[CopyDone] | None]
"""A job, and where it was given to another process what will come of it."""


def write_returns(
    campaign: Campaign, results: Results, copies: Copies, told: tuple[str, Progress], workers: int
) -> Given:
    """Write what each unit gets back: a message, and a copy to correct where something is to be done.

    A copy that could not be made harms no other, nor does the death of a process. Raises OutputRefused where
    nothing can be written.
    """
    with returns_beside(campaign, results, copies, told, workers) as finish:
        return finish()


@contextmanager
def returns_beside(
    campaign: Campaign, results: Results, copies: Copies, told: tuple[str, Progress], workers: int
) -> Iterator[Callable[[], Given]]:
    """The same as ``write_returns``, in other processes, while the caller writes something else.

    What it gives waits for the copies, and returns what ``write_returns`` returns. Each is written whole or
    not at all; the same bytes whatever the number of ``workers``, and whether an earlier run made them.
    """
    lang, progress = told
    jobs = _jobs(campaign, results, copies.folder, lang) if copies.are_wanted else []
    left = [job for job in jobs if not _again(job, copies)]
    with _pool(campaign, sum(job.sent.has_copy for job in left), workers) as pool:
        waiting = [(job, _begin(pool, job)) for job in left]

        def finish() -> Given:
            failed: dict[str, str] = {}
            for count, one in enumerate(_all_done(campaign, waiting), start=len(jobs) - len(left)):
                progress("cli.stage.returns", count, len(jobs))
                failed |= {one.unit_id: one.failure} if one.failure else {}
            keys = {job.sent.unit_id: job.key for job in jobs if job.sent.unit_id not in failed}
            return Given({u: failed[u] for u in campaign.units if u in failed}, keys)

        yield finish


def _jobs(campaign: Campaign, results: Results, folder: Path, lang: str) -> list[CopyJob]:
    """One for each unit that has sent something, with the key of all that its files are made from."""
    from pipeline.returns.sent import all_sent, made_from

    program = program_digest(EVERYTHING, WRITERS)
    start = f"{program}\n{campaign.sha256}\n{lang}\n".encode()

    def key_of(sent: Sent) -> str:
        return hashlib.sha256(start + made_from(sent)).hexdigest() if program else ""

    return [
        CopyJob(sent, lang, folder, key_of(sent))
        for sent in _by_likeness(campaign, all_sent(campaign, results))
    ]


def _again(job: CopyJob, copies: Copies) -> bool:
    """Whether a unit was given the same before, so that it is given again."""
    found = given_before(copies.earlier, job.sent.unit_id, job.key)
    for name, content in found.items():
        with replacing(job.folder / name) as path:
            path.write_bytes(content)
    return bool(found)


def _by_likeness(campaign: Campaign, sent: Iterable[Sent]) -> list[Sent]:
    """Units that owe the same rows one after the other: most of what their copies say is worked out once."""
    place = {unit_id: n for n, (_, alike_ids) in enumerate(alike(campaign)) for unit_id in alike_ids}
    return sorted(sent, key=lambda one: place[one.unit_id])


def _all_done(campaign: Campaign, waiting: Sequence[Waiting]) -> Iterator[CopyDone]:
    """What came of each copy; those that no process has begun are written here, the last ones first."""
    left = list(waiting)
    while left and (left[-1][1] is None or left[-1][1].cancel()):
        yield _write(campaign, left.pop()[0])
    for job, future in left:
        yield _ended(future) or _write(campaign, job)


@contextmanager
def _pool(campaign: Campaign, copies: int, workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Processes for so many copies; none where they are too few or this process is to do all."""
    if workers <= 1 or copies < _FEW:
        yield None
        return
    count = min(workers, max(copies // _MANY, 1))
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
    """Write what one unit gets back: the message, and a copy where something is to be done."""
    from pipeline.forms import addresses
    from pipeline.returns import return_copy

    gc.collect(0)  # the parts of the book before hold each other: they go now, not after thousands more
    one = return_copy(campaign, job.sent, job.lang, partial(addresses, campaign))
    if one.failure:
        return CopyDone(one.unit_id, one.failure)
    with replacing(job.folder / f"{one.unit_id}.txt") as path:
        path.write_bytes(one.message.encode("utf-8-sig", "replace"))
    return CopyDone(one.unit_id) if one.front is None else _write_copy(campaign, job, one, one.front)


def _write_copy(campaign: Campaign, job: CopyJob, one: ReturnCopy, front: Sheet) -> CopyDone:
    from pipeline.forms import build_template
    from pipeline.workbook import QUICK, write_book

    try:
        book = build_template(campaign, one.unit_id, one.answers, job.lang, one.markup)
        with replacing(job.folder / f"{one.unit_id}.xlsx") as path:
            write_book(replace(book, sheets=(front, *book.sheets)), campaign.theme, path, QUICK)
    except StopRun:
        raise
    except Exception as error:
        return CopyDone(one.unit_id, f"{type(error).__name__}: {error}")
    return CopyDone(one.unit_id)


_loaded: dict[str, Campaign] = {}
"""In a writing process: the campaign, loaded once when the process starts."""


def _load(source: Source) -> None:
    _loaded["campaign"] = load_campaign(source)
    gc.freeze()
    gc.set_threshold(_MANY_OBJECTS)  # a copy is many small objects, and of all the rest nothing goes


def _write_here(job: CopyJob) -> CopyDone:
    return _write(_loaded["campaign"], job)
