"""Which program this is: a digest of everything that decides what it reads, and what it writes."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

ROOMS: Final = ("address.py", "catalogue", "errors.py", "intake", "model", "program.py", "reading", "rules")
"""The parts of the program that a reading process loads, and how its results are kept."""

LIBRARIES: Final = ("pebble", "pyarrow", "python-calamine", "pyxlsb", "rapidfuzz", "xlrd")
"""The libraries that a reading process loads, or that results are kept with."""

EVERYTHING: Final = (".",)
"""All parts of the program."""

WRITERS: Final = (*LIBRARIES, "numpy", "pandas", "XlsxWriter")
"""The libraries by which what goes back to a unit comes about."""

PROGRAM: Final = Path(__file__).parent
"""The package as a folder."""


def program_digest(rooms: Sequence[str] = ROOMS, libraries: Sequence[str] = LIBRARIES) -> str:
    """SHA-256 over the files of the rooms, the versions of the libraries, and Python's; "" without files.

    A program that was changed by one letter is another one, whatever its version says. Not remembered: the
    program may be changed under a running watch.
    """
    digest = hashlib.sha256(sys.version.encode())
    seen = False
    for name, content in _parts(rooms):
        seen = True
        digest.update(f"{name}:{len(content)}\n".encode())
        digest.update(content)
    for library in libraries:
        digest.update(f"{library} {_version(library)}\n".encode())
    return digest.hexdigest() if seen else ""


def _parts(rooms: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for room in rooms:
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
