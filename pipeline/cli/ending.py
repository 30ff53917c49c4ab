"""How the program ends: every exception becomes a sentence and an exit status, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import typer

from pipeline.cli import screen
from pipeline.cli.words import words_of
from pipeline.errors import CampaignRefused, OutputBusy, OutputRefused, StopRun, WrongUse


class Status(IntEnum):
    """The exit statuses."""

    DONE = 0
    """Everything was done."""
    FAULT = 1
    """A fault in the program."""
    WRONG_USE = 2
    """Wrong use, or a campaign that contradicts itself."""
    REFUSED = 3
    """Done, but some file or cell was refused."""
    LOW_COVERAGE = 4
    """Done, but the reporting rate is below what was asked for."""
    NOT_WRITTEN = 5
    """An output could not be written."""


@dataclass(slots=True)
class Ending:
    """What the program will end with."""

    status: Status = Status.DONE


@contextlib.contextmanager
def ending(lang: str, outputs: Path) -> Iterator[Ending]:
    """Run a verb and leave the program with its status; say in words what stopped it."""
    end = Ending()
    try:
        yield end
    except BrokenPipeError:
        _stop_talking()
    except KeyboardInterrupt:
        screen.tell(words_of(lang)["cli.interrupted"])
        end.status = Status.FAULT
    except Exception as error:
        end.status = tell_failure(error, lang, outputs)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _stop_talking()
    raise typer.Exit(int(end.status))


def tell_failure(error: Exception, lang: str, outputs: Path) -> Status:
    """Say in words what stopped a verb; call it where the exception is caught."""
    if isinstance(error, StopRun):
        return _tell_stop(error, lang)
    log = _write_log(outputs)
    reason = f"{type(error).__name__}: {error}"
    screen.tell(words_of(lang)["cli.fault"].format(reason=reason, log=log))
    return Status.FAULT


def _stop_talking() -> None:
    """Whoever read the output has seen enough, as ``head`` does: no fault, and no complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell_stop(error: StopRun, lang: str) -> Status:
    words = words_of(lang)
    if isinstance(error, CampaignRefused):
        count, folder = str(len(error.problems)), error.folder
        screen.tell(words["cli.bad_campaign"].format(count=count, folder=folder))
        for problem in error.problems:
            screen.tell(f"  {problem}")
        return Status.WRONG_USE
    if isinstance(error, OutputRefused):
        screen.tell(words["cli.cannot_write"].format(file=error.path, reason=_reason(error.reason, words)))
        return Status.NOT_WRITTEN
    if isinstance(error, OutputBusy):
        screen.tell(words["cli.busy"].format(folder=error.folder))
        return Status.NOT_WRITTEN
    if isinstance(error, WrongUse):
        screen.tell(words[error.message_id].format(**error.values))
        return Status.WRONG_USE
    screen.tell(str(error))
    return Status.WRONG_USE


def _reason(told: str, words: Mapping[str, str]) -> str:
    """Why the system refused, in the reader's words where it is one of the common reasons."""
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EACCES", "EPERM", "EROFS", "EISDIR"):
        if os.strerror(getattr(errno, name, 0)) in told:
            return words[f"cli.reason.{name}"]
    return told


def _write_log(outputs: Path) -> str:
    """Keep the details of a fault for whoever mends it; staff never see them."""
    details = traceback.format_exc()
    log = outputs / "loi-chuong-trinh.log"
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        log.write_text(details, encoding="utf-8")
    except OSError:
        return details
    return str(log)
