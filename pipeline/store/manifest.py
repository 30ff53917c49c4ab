"""Which run this is, and what it made from what. Derived from the inputs, never from the clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pipeline.model import SourceFile
from pipeline.store.atomic import replacing

MANIFEST: Final = "manifest.json"
"""The name of the file."""


def run_id_of(files: Iterable[tuple[str, str]], campaign_sha256: str, version: str, lang: str) -> str:
    """The id of a run: 12 hexadecimal digits from the inputs' names and hashes, campaign and program."""
    digest = hashlib.sha256(f"{campaign_sha256}\n{version}\n{lang}\n".encode())
    for name, sha256 in sorted(files):
        digest.update(f"{sha256} {name}\n".encode())
    return digest.hexdigest()[:12]


def hashes_below(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a run, by its path in the folder of the run; the manifest left out."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def write_manifest(folder: Path, run: Mapping[str, object], sources: Sequence[SourceFile]) -> Path:
    """Write ``manifest.json``: the run, every source, and the hash of every file beside it."""
    outputs = hashes_below(folder)
    content = {**run, "sources": [asdict(source) for source in sources], "outputs": outputs}
    target = folder / MANIFEST
    with replacing(target) as path:
        path.write_text(
            json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    return target
