"""Which runs there were, in order: a list that only grows, without a clock, on which no bytes may depend.

``runs/thu-tu.csv`` has one line per run that changed anything: its id, what it was a run of whatever the
language (``content_id``), and the run that its sheet of changes compares with ("" for the first one).
"""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

from pipeline.store.atomic import replacing

RUNS: Final = "runs"
_LIST: Final = "thu-tu.csv"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    run_id: str
    content_id: str = ""
    compared_with: str = ""


def history(outputs: Path) -> list[Entry]:
    """All runs whose order is known, oldest first; a damaged line is passed over.

    Runs of a folder that has no list (it is older than the list, or someone removed it) come first, by the
    time of their manifests.
    """
    listed = _listed(outputs / RUNS / _LIST)
    known = {entry.run_id for entry in listed}
    others = [path for path in (outputs / RUNS).glob("*/manifest.json") if path.parent.name not in known]
    others = [path for path in others if not path.parent.name.startswith(".")]
    others.sort(key=lambda path: (path.stat().st_mtime_ns, path.parent.name))
    return [Entry(path.parent.name) for path in others] + listed


def kept_runs(outputs: Path) -> list[str]:
    """The ids of the runs whose folders are still there, each once where it last stood, oldest first."""
    order = dict.fromkeys(entry.run_id for entry in reversed(history(outputs)))
    return [run_id for run_id in reversed(order) if (outputs / RUNS / run_id).is_dir()]


def last_comparison(outputs: Path, run_id: str) -> str:
    """The run that a run was compared with when it last stood in the list; "" for none."""
    return next((e.compared_with for e in reversed(history(outputs)) if e.run_id == run_id), "")


def entry_for(outputs: Path, run_id: str, content_id: str, asked: str = "") -> Entry:
    """The line of a run about to be written. ``asked`` is the run that somebody wants it compared with.

    A run of what the run before it was of (the same again, or in the other language) is compared with the
    same run as that one: to run twice never makes the changes of the first time disappear.
    """
    before = history(outputs)
    if asked or not before:
        return Entry(run_id, content_id, asked)
    last = before[-1]
    if last.run_id == run_id or (content_id and last.content_id == content_id):
        return Entry(run_id, content_id, last.compared_with)
    there = [run for run in kept_runs(outputs) if run != run_id]
    return Entry(run_id, content_id, there[-1] if there else "")


def remember(outputs: Path, entry: Entry) -> None:
    """Add a run at the end of the list, unless it stands there already."""
    path = outputs / RUNS / _LIST
    listed = _listed(path)
    if listed and listed[-1] == entry:
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([field.name for field in fields(Entry)])
    writer.writerows(astuple(one) for one in [*listed, entry])
    with replacing(path) as beside:
        beside.write_bytes(text.getvalue().encode("utf-8-sig"))


def _listed(path: Path) -> list[Entry]:
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return []
    width = len(fields(Entry))
    lines = list(csv.reader(text.splitlines()))[1:]
    return [Entry(*line) for line in lines if len(line) == width and line[0]]
