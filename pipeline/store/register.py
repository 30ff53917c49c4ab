"""The register of what came in: when each file was first seen, and every decision about it since.

A file that is only ever added to, beside the runs and not part of any: the same inputs add nothing, so it
says when things happened without making a run depend on the clock.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from pipeline.errors import OutputRefused
from pipeline.model import FileStatus, SourceFile

REGISTER: Final = "so-dang-ky.csv"
"""The name of the register, in the folder of outputs."""

COLUMNS: Final = ("date", "file", "sha256", "unit_id", "submission_number", "decision", "run_id")
"""One row per decision about a file, in the order of time; UTF-8 with BOM, so that Excel opens it."""

_DECIDED: Final = frozenset(str(status) for status in FileStatus if status is not FileStatus.PASSED_OVER)
_QUOTED: Final = re.compile(r"'*[=+@\t\r-]")
"""What begins like a formula, or with quotes before such a text: it is written with one more quote."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One decision. ``day`` is the day of the run that first came to it."""

    day: date
    file: str
    sha256: str
    unit_id: str
    submission_number: int | None
    decision: FileStatus
    run_id: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of one file (of one content under one name): its first row and its last."""

    first: Registered
    last: Registered


@dataclass(frozen=True, slots=True)
class Register:
    """The register as it stands. ``damaged`` is the id of words that say why it cannot be read."""

    path: Path
    content: bytes = b""
    rows: tuple[Registered, ...] = ()
    damaged: str = ""
    known: dict[tuple[str, str], Known] = field(default_factory=dict)

    def of(self, source: SourceFile) -> Known | None:
        """What the register says of a file of the inputs."""
        return self.known.get((sound(source.file), source.sha256))

    @property
    def aside(self) -> Path:
        """Where a damaged register goes: the first name beside it that is free."""
        names = (self.path.with_name(f"{self.path.stem}.hong-{n}.csv") for n in range(1, 10_000))
        return next(name for name in names if not name.exists())


def read_register(outputs: Path) -> Register:
    """Read the register; empty where there is none yet. Raises OutputRefused where it cannot be opened."""
    path = outputs / REGISTER
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Register(path)
    except OSError as error:
        raise OutputRefused(path, error.strerror or str(error)) from error
    try:
        rows = tuple(_rows(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return Register(path, content, damaged="register.not_text")
    except (ValueError, csv.Error):
        return Register(path, content, damaged="register.not_rows")
    known: dict[tuple[str, str], Known] = {}
    for row in rows:
        name = (row.file, row.sha256)
        known[name] = Known(known[name].first if name in known else row, row)
    return Register(path, content, rows, known=known)


def added(register: Register, sources: Sequence[SourceFile], run_id: str, today: date) -> bytes:
    """The register's content with what is new in ``sources``; unchanged, to the byte, where nothing is."""
    fresh = []
    for source in sorted(sources, key=lambda s: (s.file, s.sha256)):
        if source.status is FileStatus.PASSED_OVER:
            continue
        known = register.of(source)
        before = known and (known.last.unit_id, known.last.submission_number, known.last.decision)
        now = (sound(source.unit_id), source.submission_number, source.status)
        if now != before:
            fresh.append(Registered(today, sound(source.file), source.sha256, *now, run_id))
    old = b"" if register.damaged else register.content
    if not fresh:
        return old
    return (old or _lines([COLUMNS]).encode("utf-8-sig")) + _lines(map(_texts, fresh)).encode()


def _rows(text: str) -> Iterator[Registered]:
    """Raises ValueError for anything that we have not written so: a row is whole, or nothing is believed."""
    if text and not text.endswith("\r\n"):
        raise ValueError
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True)) if text else [list(COLUMNS)]
    if tuple(lines[0]) != COLUMNS:
        raise ValueError
    for day, file, sha256, unit_id, number, decision, run_id in lines[1:]:
        if decision not in _DECIDED or not re.fullmatch(r"[0-9a-f]{64}|", sha256) or not file:
            raise ValueError
        yield Registered(
            date.fromisoformat(day),
            _unquoted(file),
            sha256,
            _unquoted(unit_id),
            int(number) if number else None,
            FileStatus(decision),
            run_id,
        )


def sound(text: str) -> str:
    """The text as a file can hold it: names of files may hold what is no character."""
    return text.encode("utf-8", "replace").decode()


def _texts(row: Registered) -> tuple[str, ...]:
    number = "" if row.submission_number is None else str(row.submission_number)
    texts = (row.day.isoformat(), _quoted(row.file), row.sha256, _quoted(row.unit_id))
    return (*texts, number, str(row.decision), row.run_id)


def _quoted(text: str) -> str:
    return f"'{text}" if _QUOTED.match(text) else text


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" and _QUOTED.match(text) else text


def _lines(rows: Iterable[Sequence[str]]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\r\n").writerows(rows)
    return target.getvalue()
