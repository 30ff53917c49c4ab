"""Which program reads: a digest of everything that decides what is read from a file."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

ROOMS: Final = ("address.py", "catalogue", "errors.py", "intake", "model", "reading", "rules")
"""The parts of the program that a reading process loads, and how its results are kept."""

LIBRARIES: Final = ("pebble", "pyarrow", "python-calamine", "pyxlsb", "rapidfuzz", "xlrd")
"""The libraries that a reading process loads, or that results are kept with."""

PROGRAM: Final = Path(__file__).parent.parent
"""The package as a folder."""


def program_digest() -> str:
    """SHA-256 over the files of ROOMS, the versions of LIBRARIES, and Python's; "" where there are no files.

    A program that was changed by one letter is another one, whatever its version says. Not remembered: the
    program may be changed under a running watch.
    """
    digest = hashlib.sha256(sys.version.encode())
    seen = False
    for name, content in _parts():
        seen = True
        digest.update(f"{name}:{len(content)}\n".encode())
        digest.update(content)
    for library in LIBRARIES:
        digest.update(f"{library} {_version(library)}\n".encode())
    return digest.hexdigest() if seen else ""


def _parts() -> Iterator[tuple[str, bytes]]:
    for room in ROOMS:
        place = PROGRAM / room
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in files:
            if path.is_file() and path.suffix != ".pyc":
                yield path.relative_to(PROGRAM).as_posix(), path.read_bytes()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
