"""What stands on the screen: results on standard output, progress and messages on standard error."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pipeline.run import Progress


def prepare() -> None:
    """Make both streams speak Vietnamese whatever the console's code page; never fail on a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def say(text: str) -> None:
    """A line of the result."""
    print(text)


def tell(text: str) -> None:
    """A message, beside the result."""
    print(text, file=sys.stderr)


def say_json(content: Mapping[str, Any]) -> None:
    """The whole result as one JSON object."""
    print(json.dumps(content, ensure_ascii=False, indent=1))


def say_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table, ruled on a terminal, tab-separated when piped."""
    if not sys.stdout.isatty():
        for row in (headers, *rows):
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headers)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


@contextlib.contextmanager
def progress_bar(words: Mapping[str, Any], *, quiet: bool) -> Iterator[Progress]:
    """Yield what the story tells its progress to: a bar on a terminal, nothing elsewhere or when quiet."""
    if quiet or not _is_terminal(sys.stderr):
        yield lambda stage, done, count: None  # noqa: ARG005
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1)

        def advance(stage: str, done: int, count: int) -> None:
            bar.update(task, description=words.get(stage, stage), completed=done, total=count)

        yield advance


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False
