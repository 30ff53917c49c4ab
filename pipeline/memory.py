"""Memory that is free again goes back to the system, so that a long run does not hold what it once needed."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import TypeVar

Made = TypeVar("Made")


def given_back(made: Made) -> Made:
    """What a stage has made, after all that it needed meanwhile has gone back to the system.

    The libraries that keep freed memory are asked for it; nothing happens where there is no such call.
    """
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
    return made
