"""What an earlier run gave back to a unit, to be given back again where nothing has changed for the unit.

The manifest of a run says from what each unit's files were made (a key), and the hash of every file. A file
that is not as it was written is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_ENDINGS: Final = (".txt", ".xlsx")


@dataclass(frozen=True, slots=True)
class EarlierCopies:
    """The files that a run gave back: their folder, the key by unit, the SHA-256 by name of the file."""

    folder: Path = Path()
    keys: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)


def earlier_copies(run_folder: Path, name: str) -> EarlierCopies:
    """What lies in the folder ``name`` of a run; nothing where its manifest is not there or not sound."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
        outputs = manifest["outputs"].items()
        hashes = {path.rpartition("/")[2]: told for path, told in outputs if path.startswith(f"{name}/")}
        return EarlierCopies(run_folder / name, dict(manifest["copies"]), hashes)
    return EarlierCopies()


def given_before(earlier: EarlierCopies, unit_id: str, key: str) -> Mapping[str, bytes]:
    """The content of a unit's files by name; empty unless they were made from the same and are as made."""
    if not key or earlier.keys.get(unit_id) != key:
        return {}
    names = [f"{unit_id}{ending}" for ending in _ENDINGS if f"{unit_id}{ending}" in earlier.hashes]
    with suppress(OSError):
        found = {name: (earlier.folder / name).read_bytes() for name in names}
        if all(hashlib.sha256(found[name]).hexdigest() == earlier.hashes[name] for name in names):
            return found
    return {}
