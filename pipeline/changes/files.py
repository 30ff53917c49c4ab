"""Which files came, went, or are judged otherwise than before."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.comparison import FILE_CHANGE_COLUMNS, FileChange, RunData
from pipeline.model import SourceFile

Pair = tuple[SourceFile | None, SourceFile | None]


def changed_files(old: RunData, new: RunData, cells: pd.DataFrame) -> pd.DataFrame:
    """One row per file that changed, in the order of names; see FILE_CHANGE_COLUMNS."""
    old_count, new_count = (cells[name].value_counts() for name in ("old_file", "new_file"))
    rows = []
    for before, after in sorted(_pairs(old.sources, new.sources), key=_name):
        change = _change(before, after)
        if change is None:
            continue
        source = after or before
        if source is None:
            raise AssertionError("a pair has at least one file")
        named = (
            int(old_count.get(before.file, 0)) if before else 0,
            int(new_count.get(after.file, 0)) if after else 0,
        )
        rows.append(
            (
                *(source.unit_id, str(change), before.file if before else "", after.file if after else ""),
                *(_number(before), _number(after)),
                *(str(before.status) if before else "", str(after.status) if after else ""),
                *(source.why, max(named)),
            )
        )
    return pd.DataFrame(rows, columns=list(FILE_CHANGE_COLUMNS))


def _pairs(old: tuple[SourceFile, ...], new: tuple[SourceFile, ...]) -> Iterator[Pair]:
    """Files of the same name; else of the same content, each taken once; else alone."""
    before = {source.file: source for source in old}
    after = {source.file: source for source in new}
    for name in before.keys() & after.keys():
        yield before.pop(name), after.pop(name)
    for source in sorted(after.values(), key=lambda one: one.file):
        same = [one for one in before.values() if one.sha256 and one.sha256 == source.sha256]
        yield (before.pop(same[0].file) if same else None), source
    for source in before.values():
        yield source, None


def _change(before: SourceFile | None, after: SourceFile | None) -> FileChange | None:
    if before is None:
        return FileChange.ADDED
    if after is None:
        return FileChange.REMOVED
    if before.sha256 != after.sha256:
        return FileChange.REPLACED
    if before.file != after.file:
        return FileChange.RENAMED
    return FileChange.JUDGED if before.status != after.status else None


def _name(pair: Pair) -> str:
    before, after = pair
    return after.file if after else before.file if before else ""


def _number(source: SourceFile | None) -> str:
    return "" if source is None or source.submission_number is None else str(source.submission_number)
