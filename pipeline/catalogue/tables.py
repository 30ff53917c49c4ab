"""CSV and TOML files -> rows that remember where they stand. Problems are collected, not raised."""

from __future__ import annotations

import csv
import difflib
import io
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import CampaignProblem

Value = TypeVar("Value")


@dataclass(slots=True)
class Problems:
    """Every contradiction found so far, in all files."""

    found: list[CampaignProblem] = field(default_factory=list)
    is_readable: bool = True
    """False once lines were lost, so that nothing can be held against what is left."""

    def add(self, file: str, line: int, column: str, message: str) -> None:
        """Remember one contradiction."""
        self.found.append(CampaignProblem(file, line, column, message))

    def lose(self, file: str, line: int, column: str, message: str) -> None:
        """Remember a contradiction for which a line or a whole file cannot be read."""
        self.add(file, line, column, message)
        self.is_readable = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a CSV file. Reading a column that does not fit is remembered as a problem."""

    file: str
    line: int
    fields: dict[str, str]
    problems: Problems

    def refuse(self, column: str, message: str) -> None:
        """Remember a contradiction in this line."""
        self.problems.add(self.file, self.line, column, message)

    def text(self, column: str, *, required: bool = True) -> str:
        """The cell's text without outer spaces."""
        value = self.fields.get(column, "").strip()
        if required and not value:
            self.refuse(column, "must not be empty")
        return value

    def words(self, column: str, separator: str | None = None) -> tuple[str, ...]:
        """The cell's words, split at white space or at ``separator``."""
        return tuple(word.strip() for word in self.fields.get(column, "").split(separator) if word.strip())

    def yes(self, column: str) -> bool:
        """Whether the cell says yes; anything but ``yes`` or nothing is refused."""
        value = self.fields.get(column, "").strip()
        if value not in ("", "yes"):
            self.refuse(column, f'must be "yes" or empty, not "{value}"')
        return value == "yes"

    def read(self, column: str, convert: Callable[[str], Value], default: Value) -> Value:
        """The cell converted; a value that does not fit is refused and replaced by ``default``."""
        try:
            return convert(self.fields.get(column, "").strip())
        except ValueError:
            self.refuse(column, f'"{self.fields.get(column, "")}" does not fit here')
            return default

    def among(self, column: str, known: Sequence[str] | set[str] | dict[str, Any]) -> str:
        """The cell's id, which must be one of ``known``."""
        value = self.text(column)
        if value and value not in known:
            self.refuse(column, f'"{value}" is not known{near_miss(value, known)}')
        return value


def near_miss(value: str, known: Sequence[str] | set[str] | dict[str, Any]) -> str:
    """A hint such as ``; did you mean B01_010?``, or nothing."""
    close = nearest(value, known)
    return f"; did you mean {close}?" if close else ""


def nearest(value: str, known: Iterable[str]) -> str:
    """The known id that looks most like ``value``; empty where none does."""
    return next(iter(difflib.get_close_matches(value, list(known), n=1)), "")


def read_table(path: Path, columns: Sequence[str], problems: Problems) -> Iterator[Row]:
    """The rows of a CSV file with exactly ``columns``; a file that cannot be read is one problem."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.lose(path.name, 1, "", f"cannot be read: {error}")
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if _wrong_header(path.name, header, columns, problems):
            return
        for values in reader:
            if not any(values):
                continue
            if len(values) != len(header):
                wrong = f"{len(values)} fields, the header has {len(header)}"
                problems.lose(path.name, reader.line_num, "", wrong)
                continue
            yield Row(path.name, reader.line_num, dict(zip(header, values, strict=True)), problems)
    except csv.Error as error:
        problems.lose(path.name, reader.line_num, "", f"not a CSV file: {error}")


def _wrong_header(file: str, header: list[str], columns: Sequence[str], problems: Problems) -> bool:
    for name in columns:
        if name not in header:
            problems.lose(file, 1, name, "this column is missing")
    for name in header:
        if name not in columns:
            problems.lose(file, 1, name, f"this column is not known{near_miss(name, columns)}")
    for name in sorted({name for name in header if header.count(name) > 1}):
        problems.lose(file, 1, name, "this column stands twice")
    return set(header) != set(columns) or len(header) != len(columns)


def keyed(rows: Iterator[Row], key: str, make: Callable[[Row], Value]) -> dict[str, tuple[Row, Value]]:
    """The rows by their key; a key that stands twice is refused."""
    found: dict[str, tuple[Row, Value]] = {}
    for row in rows:
        name = row.text(key)
        if name in found:
            row.refuse(key, f'"{name}" already stands in line {found[name][0].line}')
            continue
        found[name] = (row, make(row))
    return found


def read_toml(path: Path, problems: Problems) -> dict[str, Any]:
    """The content of a TOML file; empty, with a problem, where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        problems.add(path.name, 1, "", f"cannot be read: {error}")
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        problems.add(path.name, int(line[1]) if line else 1, "", f"not a TOML file: {error}")
    return {}


def line_of(path: Path, name: str) -> int:
    """The line at which a dotted name is set in a TOML file, else that of its table, else 1."""
    *tables, last = name.split(".")
    best, here = 1, ""
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            here = header[1].strip().replace('"', "")
            if here in (name, ".".join(tables)):
                best = number
        elif here == ".".join(tables) and re.match(rf'\s*"?{re.escape(last)}"?\s*=', line):
            return number
    return best


def flatten(nested: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"a": {"b": 1}}`` -> ``{"a.b": 1}``."""
    flat: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = value
    return flat
