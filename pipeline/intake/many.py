"""Many files in processes of their own, in the order given. What a file does to its process costs it alone.

This process never looks into a file: whatever stands in one can only kill or delay a reading process, which
has a limit of memory and of time.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipeline.catalogue import Campaign, Source, load_campaign
from pipeline.intake.content import Unreadable, unreadable
from pipeline.intake.survey import Found
from pipeline.model import Submission

MOST_MEMORY: Final = 2**30
"""Bytes a reading process may ask for in all. The largest return needs a tenth of it."""

MOST_SECONDS: Final = 6.0
"""For one file. The largest return needs a fiftieth; a process that does not heed gets 3 seconds to end."""

_MANY_OBJECTS: Final = 200_000
_PATIENCE: Final = 60.0
"""Seconds after which a pool that does not answer at all is given up."""

_AHEAD: Final = 4
"""Files in hand per process: enough to keep it busy, few enough to read again if the pool breaks."""

Waiting = deque[tuple[Found, ProcessFuture[Submission]]]


def _nothing() -> None:
    """What nobody waits for."""


def read_many(
    found: Sequence[Found], source: Path | Source, workers: int, begun: Callable[[], object] = _nothing
) -> Iterator[Submission]:
    """Read the files in order, in as many processes. The campaign must be a sound one.

    The processes are started afresh, not copied from this one, on every system alike. ``begun`` is called
    once they are started.
    """
    done = 0
    while done < len(found):
        for submission in _read_until_broken(found[done:], source, max(workers, 1), begun):
            done += 1
            yield submission
        if done < len(found):  # the pool broke, at this file or another in hand: this one goes alone
            yield _read_alone(found[done], source)
            done += 1


def _read_until_broken(
    found: Sequence[Found], source: Path | Source, workers: int, begun: Callable[[], object] = _nothing
) -> Iterator[Submission]:
    """The submissions in order, until all are read or the pool itself is broken."""
    waiting: Waiting = deque()
    if not found:
        return
    pool = _pool(source, min(workers, len(found)))
    try:
        for one in found:
            if len(waiting) == workers * _AHEAD:
                yield _result(*waiting.popleft())
            waiting.append((one, pool.schedule(_read_here, args=(one,), timeout=MOST_SECONDS)))
            begun()
        while waiting:
            yield _result(*waiting.popleft())
    except (BrokenProcessPool, _Silent):
        return
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()  # waited for here: a process that is just starting must find what it shares with us


def _read_alone(one: Found, source: Path | Source) -> Submission:
    for submission in _read_until_broken([one], source, 1):
        return submission
    return unreadable(_empty(one), Unreadable("reader_died"))


class _Silent(Exception):
    """The pool gave no answer, not even that a process has died."""


def _result(one: Found, future: ProcessFuture[Submission]) -> Submission:
    """What became of one file. Raises BrokenProcessPool or _Silent where it is the pool that failed."""
    try:
        return future.result(timeout=_PATIENCE)
    except TookTooLong:
        if not future.done():
            raise _Silent from None
        return unreadable(_empty(one), Unreadable("too_slow"))
    except ProcessExpired:
        return unreadable(_empty(one), Unreadable("reader_died"))


def _empty(one: Found) -> Submission:
    return Submission(one.file, sha256="", size=0)


def _pool(source: Path | Source, workers: int) -> ProcessPool:
    context = multiprocessing.get_context("spawn")
    return ProcessPool(workers, initializer=_prepare, initargs=(source,), context=context)


_loaded: dict[str, Campaign] = {}
"""In a reading process: the campaign, loaded once when the process starts."""


def _prepare(source: Path | Source) -> None:
    """Make a process ready: the campaign, the limit of memory, and silence.

    The reader of values prints its panics, which are told as problems; staff shall not see them twice.
    """
    importlib.import_module("pipeline.intake.submission")  # before the time for the first file begins
    _loaded["campaign"] = load_campaign(source)
    gc.freeze()
    gc.set_threshold(_MANY_OBJECTS)  # a file is many small objects and no cycles: to look for them is waste
    _limit_memory()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)


def _limit_memory() -> None:
    """Where the system has such limits; Windows has none, there the bounds of the second look must do."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_here(found: Found) -> Submission:
    from pipeline.intake.submission import read_submission

    return read_submission(found, _loaded["campaign"])
