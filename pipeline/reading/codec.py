"""A submission as bytes, and back: every field of it, exactly, or not at all. Nothing in the bytes can run.

How a field travels follows from its declared type, so a field that is added to the vocabulary is carried,
too; a type that nobody has thought of is refused. The figures are one Arrow buffer of doubles, the rest is
JSON.
"""

from __future__ import annotations

import functools
import json
import types
import typing
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from pipeline.model import CellValue, ErrorCell, Submission


@dataclass(slots=True)
class Numbers:
    """The figures of all sheets one after the other, and how many of them have been taken out again."""

    values: array[float]
    taken: int = 0


class NotCarried(Exception):
    """A value that is not of its declared type, or a type that cannot be carried."""


_FAULTS: Final = (ValueError, TypeError, LookupError, StopIteration, OSError, NotCarried)
"""What other bytes than those of a submission may raise, besides what Arrow has of its own."""


class Damaged(Exception):
    """Bytes that are not those of a submission."""


def to_bytes(submission: Submission) -> bytes:
    """The submission as an Arrow stream of one row. Raises NotCarried."""
    import pyarrow as pa

    numbers = Numbers(array("d"))
    header = json.dumps(_way(Submission).there(submission, numbers), separators=(",", ":"))
    count = len(numbers.values)
    flat = pa.Array.from_buffers(pa.float64(), count, [None, pa.py_buffer(numbers.values)])
    row = pa.record_batch(
        {
            "header": pa.array([header.encode("ascii")], pa.large_binary()),
            "numbers": pa.LargeListArray.from_arrays(pa.array([0, count], pa.int64()), flat),
        }
    )
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
    with pa.ipc.new_stream(sink, row.schema, options=options) as writer:
        writer.write_batch(row)
    return bytes(sink.getvalue())


def from_bytes(content: bytes) -> Submission:
    """The submission that ``to_bytes`` was given. Raises Damaged, and nothing else."""
    import pyarrow as pa

    try:
        alone = pa.ipc.IpcReadOptions(use_threads=False)  # to wait for a thread takes longer than the work
        with pa.ipc.open_stream(content, options=alone) as reader:
            row = reader.read_next_batch()
        row.validate(full=True)
        (header,), (lot,) = row.column("header"), row.column("numbers")
        numbers = _doubles(lot.values)
        submission = _way(Submission).back(json.loads(header.as_py()), numbers)
    except (*_FAULTS, pa.ArrowException) as error:
        raise Damaged(str(error)) from None
    if numbers.taken != len(numbers.values) or not isinstance(submission, Submission):
        raise Damaged("too much")
    return submission


def _doubles(values: Any) -> Numbers:
    """The doubles of an Arrow array, bit by bit."""
    found = array("d")
    if len(values):
        data = memoryview(values.buffers()[1])
        found.frombytes(data[8 * values.offset : 8 * (values.offset + len(values))])
    return Numbers(found)


@dataclass(frozen=True, slots=True)
class _Way:
    """How values of one type are put into JSON and come back; numbers go beside, into a common array."""

    there: Callable[[Any, Numbers], Any]
    back: Callable[[Any, Numbers], Any]


@functools.cache
def _way(kind: Any) -> _Way:
    """The way of a declared type. Raises NotCarried for a type that none of them is for."""
    if kind in _PLAIN:
        return _exactly(kind)
    if kind == CellValue:
        return _Way(_cell_there, _cell_back)
    if is_dataclass(kind):
        return _of_fields(kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple and inner[1:] == (...,):
        return _plainly_listed(tuple, inner[0]) if inner[0] in _PLAIN else _listed(_way(inner[0]))
    if origin is frozenset and inner == (int,):
        return _plainly_listed(frozenset, int)
    if origin is Mapping and inner[0] in (str, int):
        return _keyed(_way(inner[0]), _way(inner[1]))
    if (origin, inner) == (list, (float,)):
        return _Way(_array_there, _array_back)
    raise NotCarried(f"no way for {kind}")


_PLAIN: Final = (str, int, float, bool)

_DIFFERENT: Final = 4096
"""So many different lists of keys are remembered."""


def _exactly(kind: type) -> _Way:
    def checked(value: Any, _: Numbers) -> Any:
        if type(value) is not kind:
            raise NotCarried(f"{type(value)} where {kind} is declared")
        return value

    return _Way(checked, checked)


def _of_fields(kind: Any) -> _Way:
    hints = typing.get_type_hints(kind, localns={"array": list})  # array itself takes no argument in 3.11
    ways = [(one.name, _way(hints[one.name])) for one in fields(kind)]

    def there(value: Any, numbers: Numbers) -> Any:
        if type(value) is not kind:
            raise NotCarried(f"{type(value)} where {kind} is declared")
        return [way.there(getattr(value, name), numbers) for name, way in ways]

    def back(told: Any, numbers: Numbers) -> Any:
        return kind(*(way.back(one, numbers) for (_, way), one in zip(ways, told, strict=True)))

    return _Way(there, back)


def _plainly_listed(kind: Any, inner: Any) -> _Way:
    """Many values of one plain type, in order; those of a set in the order of their sizes.

    The same keys and row numbers stand in nearly every return: they are held once for all.
    """
    once = functools.lru_cache(_DIFFERENT)(kind)

    def there(value: Any, _: Numbers) -> Any:
        if type(value) is not kind or not set(map(type, value)) <= {inner}:
            raise NotCarried(f"{kind} of {inner} is declared")
        return sorted(value) if kind is frozenset else list(value)

    def back(told: Any, _: Numbers) -> Any:
        if type(told) is not list or not set(map(type, told)) <= {inner}:
            raise NotCarried(f"{kind} of {inner} is declared")
        return once(tuple(told))

    return _Way(there, back)


def _listed(inner: _Way) -> _Way:
    def there(value: Any, numbers: Numbers) -> Any:
        if type(value) is not tuple:
            raise NotCarried(f"{type(value)} where a tuple is declared")
        return [inner.there(one, numbers) for one in value]

    def back(told: Any, numbers: Numbers) -> Any:
        return tuple([inner.back(one, numbers) for one in told])

    return _Way(there, back)


def _keyed(keys: _Way, values: _Way) -> _Way:
    """A mapping as its keys and its values, in order; a key of JSON could only be a text."""

    def there(value: Any, numbers: Numbers) -> Any:
        if not isinstance(value, dict | types.MappingProxyType):
            raise NotCarried(f"{type(value)} where a mapping is declared")
        names = [keys.there(one, numbers) for one in value]
        return [names, [values.there(one, numbers) for one in value.values()]]

    def back(told: Any, numbers: Numbers) -> Any:
        names, inner = told
        pairs = zip(names, inner, strict=True)
        return {keys.back(name, numbers): values.back(one, numbers) for name, one in pairs}

    return _Way(there, back)


def _array_there(value: Any, numbers: Numbers) -> int:
    if type(value) is not array or value.typecode != "d":
        raise NotCarried(f"{type(value)} where an array of doubles is declared")
    numbers.values.extend(value)
    return len(value)


def _array_back(count: Any, numbers: Numbers) -> array[float]:
    first, numbers.taken = numbers.taken, numbers.taken + count
    if type(count) is not int or not first <= numbers.taken <= len(numbers.values):
        raise NotCarried(f"{count} numbers")
    return numbers.values[first : numbers.taken]


def _cell_there(value: Any, _: Numbers) -> Any:
    """What a cell holds: JSON tells text, whole number, number, yes and no apart; the rest is named."""
    if value is None or type(value) in _PLAIN:
        return value
    for name, (kind, there, _back) in _TAGGED.items():
        if type(value) is kind and getattr(value, "tzinfo", None) is None and not getattr(value, "fold", 0):
            return [name, *there(value)]
    raise NotCarried(f"{type(value)} in a cell")


def _cell_back(told: Any, _: Numbers) -> Any:
    if not isinstance(told, list):
        return told
    name, *parts = told
    return _TAGGED[name][2](*parts)


_TAGGED: Final[Mapping[str, tuple[type, Callable[[Any], Any], Callable[..., Any]]]] = {
    "error": (ErrorCell, lambda v: (v.text,), ErrorCell),
    "date": (date, lambda v: (v.isoformat(),), date.fromisoformat),
    "datetime": (datetime, lambda v: (v.isoformat(),), datetime.fromisoformat),
    "time": (time, lambda v: (v.isoformat(),), time.fromisoformat),
    "timedelta": (timedelta, lambda v: (v.days, v.seconds, v.microseconds), timedelta),
}
