"""Values spelled out, for comparison to the last bit."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def spelled(value: Any) -> Any:
    """A value with its types, so that 1, 1.0 and True differ, and NaN is NaN."""
    if is_dataclass(value):
        inner = {one.name: spelled(getattr(value, one.name)) for one in fields(value)}
        return type(value).__name__, inner
    if isinstance(value, Mapping):
        return [(spelled(key), spelled(one)) for key, one in value.items()]
    if isinstance(value, array):
        return value.typecode, value.tobytes()
    if isinstance(value, frozenset):
        return "frozenset", sorted(value)
    if isinstance(value, tuple):
        return [spelled(one) for one in value]
    return type(value).__name__, repr(value)
