"""Importing what is needed later while other processes read: the slowest part of a start waits for nobody."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Sequence
from typing import Final

_CHECKING: Final = ("pyarrow", "pipeline.validation", "pipeline.aggregation")
_WRITING: Final = ("pipeline.comparing", "pipeline.summary", "pipeline.workbook", "pipeline.returns")
"""What is needed once all files are read, and what after that, in the order of need."""


def import_ahead(*, writes: bool) -> threading.Thread:
    """Begin to import the stages in a thread; whoever needs one before it is there waits for it as ever."""
    modules = (*_CHECKING, *_WRITING) if writes else _CHECKING
    thread = threading.Thread(target=_import, args=(modules,), name="import ahead")
    thread.start()
    return thread


def _import(modules: Sequence[str]) -> None:
    """What cannot be imported is told where it is needed, not here."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
