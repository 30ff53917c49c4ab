"""Some files, read by a process of a cluster: in processes of their own there, too.

The reading of a batch is a program of its own, because the processes of a cluster may not start others
themselves. ``python -m pipeline.reading.batch FOLDER`` reads what ``read_batch`` has laid into the folder.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import program
from pipeline.catalogue import Source
from pipeline.intake import Found, read_many
from pipeline.intake.many import MOST_SECONDS
from pipeline.model import Submission

OTHER: Final = b"other program"
"""The answer of a process that has another program than the one that asks."""

_TO_START: Final = 120.0


@dataclass(frozen=True, slots=True)
class Kit:
    """What is needed to read files elsewhere: which program asks, and the campaign's folder, packed."""

    program: str
    campaign: bytes
    under: tuple[tuple[str, ...], ...]


def kit_of(source: Source) -> Kit:
    """The kit for a campaign."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for path in sorted(source.folder.rglob("*")):
            if path.suffix in (".csv", ".toml"):
                package.write(path, path.relative_to(source.folder).as_posix())
    return Kit(program.program_digest(), packed.getvalue(), source.under)


def read_batch(kit: Kit, files: Sequence[tuple[str, bytes]], within: str | None = None) -> bytes:
    """The submissions of files given by name and content, pickled. Raises OSError or SubprocessError.

    ``within`` is the folder for what is needed only meanwhile.
    """
    if program.program_digest() != kit.program:
        return OTHER
    with tempfile.TemporaryDirectory(dir=within, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with zipfile.ZipFile(io.BytesIO(kit.campaign)) as package:
            package.extractall(folder / "campaign")
        for number, (_, content) in enumerate(files):
            (folder / str(number)).write_bytes(content)
        order = {"files": [file for file, _ in files], "under": kit.under}
        (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
        call = [sys.executable, "-P", "-m", "pipeline.reading.batch", name]
        longest = _TO_START + 2 * MOST_SECONDS * len(files)
        subprocess.run(call, check=True, timeout=longest, env=_surroundings(), capture_output=True)
        return (folder / "read").read_bytes()


def _surroundings() -> dict[str, str]:
    """With these a new process runs this very program, whatever lies in the folder that it is started in."""
    known = [str(program.PROGRAM.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, known))}


def _read(folder: Path) -> None:
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    found = [Found(file, folder / str(number)) for number, file in enumerate(order["files"])]
    source = Source(folder / "campaign", tuple(tuple(unit_ids) for unit_ids in order["under"]))
    read: list[Submission] = list(read_many(found, source, 1))
    (folder / "read").write_bytes(pickle.dumps(read))


if __name__ == "__main__":
    _read(Path(sys.argv[1]))
