"""A file that appears whole or not at all: written beside its place, flushed to disk, then renamed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from pipeline.errors import OutputRefused

UNFINISHED: Final = ".tmp-"
"""How the name of everything begins that is still being written."""

_FLUSHED: Final = 8
"""So many files are flushed to the disk at once."""

_PART: Final = 2**20
"""So many bytes of two files are compared at once."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of ``path`` that takes its place when the block ends well.

    Raises OutputRefused where the folder cannot be written or the old file is held open by another
    program; the old file is then untouched, and nothing half-written is left.
    """
    with _refusing(path), _beside(path) as beside:
        yield beside
        _flush(beside)
        _open_to_others(beside)
        os.replace(beside, path)


def replace_all(made: Sequence[tuple[Path, Path | bytes]]) -> None:
    """Put finished files (or contents) in their places: ``(target, what)``, in this order.

    Everything that can want room on the disk is done before the first target is touched. Raises
    OutputRefused; where the disk is full, or a target cannot be written to, all are as they were.
    """
    with contextlib.ExitStack() as unfinished:
        ready = []
        for target, what in made:
            with _refusing(target):
                _check_held(target)
                beside = unfinished.enter_context(_beside(target))
                if isinstance(what, bytes):
                    beside.write_bytes(what)
                else:
                    shutil.copyfile(what, beside)
                _open_to_others(beside)
            ready.append((target, beside))
        _flush_all(ready)
        for target, beside in ready:
            with _refusing(target):
                os.replace(beside, target)


def holds(target: Path, made: Path) -> bool:
    """Whether a file is there already, byte for byte as it was made."""
    try:
        if target.stat().st_size != made.stat().st_size:
            return False
        with target.open("rb") as there, made.open("rb") as here:
            while part := here.read(_PART):
                if there.read(_PART) != part:
                    return False
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what the system says into OutputRefused for ``path``."""
    try:
        yield
    except OSError as error:
        raise OutputRefused(path, error.strerror or str(error)) from error


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A temporary file in the folder of ``path``; gone at the end, unless it was renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{UNFINISHED}{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise OutputRefused if ``path`` could not be replaced, before any work is done for it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_held(path)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OutputRefused(path, error.strerror or str(error)) from error


def _check_held(path: Path) -> None:
    """Raise OSError where a file is there that cannot be written to."""
    if path.exists():
        with path.open("r+b"):
            pass


def _flush_all(ready: Sequence[tuple[Path, Path]]) -> None:
    """Flush finished files for their targets: together, as the disk takes many in the time of a few.

    Returns when all of them are on the disk. Raises OutputRefused.
    """
    with ThreadPoolExecutor(_FLUSHED) as pool:
        flushed = [(target, pool.submit(_flush, beside)) for target, beside in ready]
        for target, done in flushed:
            with _refusing(target):
                done.result()


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _open_to_others(path: Path) -> None:
    """A temporary file is its owner's alone; an output is read by colleagues, as the umask allows."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
