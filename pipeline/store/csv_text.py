"""A table as CSV that Excel opens, worked out by whole columns: thousands of units make millions of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_FORMULA: Final = re.compile(r"[=+@\t\r]|-(?![\d., ]*$)")
"""What Excel would take for a formula; a negative number and a lone dash it does not."""

_APART: Final = re.compile(r'[,"\r\n]')
"""What may stand in a field only where quotation marks stand around it."""

_ROWS: Final = 50_000
"""So many rows are made ready as texts at once."""

_END: Final = "\r\n"


def csv_text(frame: pd.DataFrame) -> Iterator[str]:
    """The whole table in parts: a line of names, and a line for every row."""
    yield ",".join(map(_field, frame.columns)) + _END
    for first in range(0, len(frame), _ROWS):
        part = frame.iloc[first : first + _ROWS]
        columns = [_texts(part[name]) for name in part.columns]
        lines = pc.binary_join_element_wise(*columns, ",")
        yield _END.join([*lines.to_pylist(), ""])


def _texts(column: pd.Series[Any]) -> pa.Array:
    """A field for every value; each different value is looked at once."""
    values = pa.chunked_array([pa.array(column, from_pandas=True)]).combine_chunks()
    is_encoded = isinstance(values, pa.DictionaryArray) and not values.null_count
    found = values if is_encoded else pc.dictionary_encode(_plain(values), null_encoding="encode")
    return pa.array([_field(value) for value in found.dictionary.to_pylist()], pa.string()).take(
        found.indices
    )


def _plain(values: pa.Array) -> pa.Array:
    return values.dictionary_decode() if isinstance(values, pa.DictionaryArray) else values


def _field(value: object) -> str:
    """Whole numbers without a trailing ``.0``, nothing for no number, texts so that they stay texts."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value) if value.is_integer() else value)
    if not isinstance(value, str):
        return str(value)
    text = f"'{value}" if _FORMULA.match(value) else value
    return '"{}"'.format(text.replace('"', '""')) if _APART.search(text) else text
