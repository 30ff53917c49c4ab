"""Files read by the processes of a Dask cluster; loaded only where a scheduler is named.

The files' contents travel with the task, so the cluster needs no folder in common with this machine. What the
cluster does not bring back, for whatever reason, is read here: it costs time and nothing else.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from pipeline.catalogue import Campaign
from pipeline.errors import WrongUse
from pipeline.intake import Found
from pipeline.intake.content import Unreadable, read_bytes, unreadable
from pipeline.intake.many import MOST_SECONDS
from pipeline.model import Submission
from pipeline.reading.batch import OTHER, Kit, kit_of, read_batch

_LARGEST_BATCH: Final = 16
_BATCH_BYTES: Final = 2**24
_AHEAD: Final = 2
"""Batches in hand per process of the cluster."""
_TO_ANSWER: Final = 15.0
"""Seconds for a scheduler to answer, and for a cluster without any process to get one."""
_LOOK: Final = 2.0
_PATIENCE: Final = 60.0 + 2 * MOST_SECONDS * _LARGEST_BATCH
"""Seconds without any answer after which a cluster that seems to be there is given up."""

Batch = list[tuple[Found, bytes]]


def read_on_cluster(
    found: Sequence[Found], campaign: Campaign, address: str
) -> Iterator[tuple[Found, Submission]]:
    """Each file with what was read from it, as they come, but for files that the cluster does not answer for.

    Raises WrongUse where there is no scheduler at the address, or the cluster has another program.
    """
    try:
        import distributed
    except ImportError as error:
        raise WrongUse("cli.no_library", address=address, reason=str(error)) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it loses is read here, and no news
    try:
        make: Any = distributed.Client
        client = make(address, timeout=_TO_ANSWER)
    except (OSError, ValueError, TimeoutError) as error:
        raise WrongUse("cli.no_scheduler", address=address, reason=str(error)) from error
    with client:
        yield from _asked(client, found, kit_of(campaign.source))


@dataclass(slots=True)
class _Asked:
    """A cluster that is being asked: the batches in hand by their futures."""

    client: Any
    kit: Kit
    hand: dict[Any, Batch] = field(default_factory=dict)

    def ask(self, batch: Batch) -> None:
        files = [(one.file, content) for one, content in batch]
        future = self.client.submit(here, self.kit, files, pure=False)
        self.hand[future] = batch

    def answered(self) -> Sequence[Any]:
        """At least one future that is done. Raises TimeoutError where nobody is there, or nobody answers."""
        import distributed

        wait: Any = distributed.wait
        silent = 0.0
        while True:
            try:
                return list(wait(list(self.hand), timeout=_LOOK, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                silent += _LOOK
                is_there = self.client.status == "running" and _processes(self.client) > 0
                if silent >= (_PATIENCE if is_there else _TO_ANSWER):
                    raise


def here(kit: Kit, files: Sequence[tuple[str, bytes]]) -> bytes:
    """Read a batch in a process of the cluster, in that process's own folder."""
    from distributed import get_worker

    return read_batch(kit, files, get_worker().local_directory)


def _asked(client: Any, found: Sequence[Found], kit: Kit) -> Iterator[tuple[Found, Submission]]:
    processes = max(1, _processes(client))
    unread: list[tuple[Found, Submission]] = []
    batches = _batches(found, unread, 1 + len(found) // (processes * _AHEAD))
    asked = _Asked(client, kit)
    try:
        while True:
            for batch in islice(batches, max(0, processes * _AHEAD - len(asked.hand))):
                asked.ask(batch)
            if not asked.hand:
                break
            for future in asked.answered():
                yield from _answer(future, asked.hand.pop(future))
    except (TimeoutError, CancelledError):
        return  # the cluster says nothing, or has lost its scheduler
    yield from unread


def _processes(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])


def _answer(future: Any, batch: Batch) -> Iterator[tuple[Found, Submission]]:
    """What came of a batch; nothing where its processes died or went."""
    if future.status != "finished":
        if isinstance(future.exception(timeout=_TO_ANSWER), ImportError):
            raise WrongUse("cli.other_program")
        return
    answer = future.result()
    if answer == OTHER:
        raise WrongUse("cli.other_program")
    read: list[Submission] = pickle.loads(answer)
    for (one, _), submission in zip(batch, read, strict=True):
        yield one, submission


def _batches(found: Sequence[Found], unread: list[tuple[Found, Submission]], most: int) -> Iterator[Batch]:
    """The files with their contents, few at a time; those that have none go to ``unread`` with the reason."""
    batch: Batch = []
    size = 0
    for one in found:
        try:
            content = read_bytes(one.path)
        except Unreadable as refusal:
            unread.append((one, unreadable(Submission(one.file, "", 0), refusal)))
            continue
        if batch and (len(batch) == min(most, _LARGEST_BATCH) or size + len(content) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((one, content))
        size += len(content)
    if batch:
        yield batch
