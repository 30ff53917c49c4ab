"""Many files in several processes, in the order given. A process that dies costs only the file it was at."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from pipeline.catalogue import Campaign, load_campaign
from pipeline.intake.content import Unreadable
from pipeline.intake.submission import read_submission, unreadable
from pipeline.intake.survey import Found
from pipeline.model import Submission

_AHEAD = 4
"""Files in hand per process: enough to keep it busy, few enough to read again after a death."""


def read_many(found: Sequence[Found], campaign_folder: Path, workers: int) -> Iterator[Submission]:
    """Read the files in order, in this process if ``workers`` is 1. The campaign must be a sound one.

    The processes are started afresh, not copied from this one, on every system alike.
    """
    if workers <= 1:
        campaign = load_campaign(campaign_folder)
        yield from (read_submission(one, campaign) for one in found)
        return
    done = 0
    while done < len(found):
        for submission in _read_until_death(found[done:], campaign_folder, workers):
            done += 1
            yield submission
        suspects = found[done : done + workers * _AHEAD]
        for submission in _read_singly(suspects, campaign_folder):
            done += 1
            yield submission


def _read_until_death(found: Sequence[Found], folder: Path, workers: int) -> Iterator[Submission]:
    """The submissions in order, until all are read or a process has died."""
    waiting: deque[Future[Submission]] = deque()
    with _pool(folder, workers) as pool:
        try:
            for one in found:
                if len(waiting) == workers * _AHEAD:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(_read_here, one))
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            return
        finally:
            for future in waiting:
                future.cancel()


def _read_singly(found: Sequence[Found], folder: Path) -> Iterator[Submission]:
    """Read one file at a time, so that a death tells whose it is; then with a new process."""
    left = deque(found)
    while left:
        with _pool(folder, 1) as pool:
            try:
                while left:
                    yield pool.submit(_read_here, left[0]).result()
                    left.popleft()
            except BrokenProcessPool:
                one = left.popleft()
                yield unreadable(Submission(one.file, sha256="", size=0), Unreadable("reader_died"))


def _pool(folder: Path, workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_load, initargs=(folder,))


_loaded: dict[str, Campaign] = {}
"""In a reading process: the campaign, loaded once when the process starts."""


def _load(folder: Path) -> None:
    _loaded["campaign"] = load_campaign(folder)


def _read_here(found: Found) -> Submission:
    return read_submission(found, _loaded["campaign"])
