"""Importing what is needed later while other processes read: the slowest part of a start waits for nobody."""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Sequence
from typing import Final

_CHECKING: Final = ("pyarrow", "pipeline.validation", "pipeline.aggregation")
_WRITING: Final = ("pipeline.comparing", "pipeline.summary", "pipeline.workbook", "pipeline.returns")
"""What is needed once all files are read, and what after that, in the order of need."""

_TO_START: Final = 0.5
"""Seconds for the processes that read to be started; what is imported meanwhile would hold them up."""

_TURN: Final = 0.0005
"""Seconds after which a thread gives way: no process that has read a file waits long to be heard."""


def import_ahead(begun: threading.Event, *, writes: bool) -> threading.Thread:
    """Begin to import the stages in a thread; whoever needs one before it is there waits for it as ever.

    ``begun``: the processes that read are started.
    """
    modules = (*_CHECKING, *_WRITING) if writes else _CHECKING
    thread = threading.Thread(target=_import, args=(modules, begun), name="import ahead")
    thread.start()
    return thread


def _import(modules: Sequence[str], begun: threading.Event) -> None:
    """What cannot be imported is told where it is needed, not here."""
    begun.wait(_TO_START)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    sys.setswitchinterval(usual)
