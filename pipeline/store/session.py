"""One run at a time writes into a folder of outputs, and finds it free of what a killed run left."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import OutputBusy, OutputRefused
from pipeline.store.atomic import UNFINISHED

_LOCK = ".lock"


@contextlib.contextmanager
def writing(outputs: Path) -> Iterator[None]:
    """Hold the folder for one run. The system frees it when the process ends, however it ends.

    Raises OutputBusy where another run holds it, and OutputRefused where it cannot be written.
    """
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        lock = FileLock(outputs / _LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise OutputBusy(outputs) from None
    except OSError as error:
        raise OutputRefused(outputs, error.strerror or str(error)) from error
    try:
        _sweep(outputs)
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder beside ``folder`` that takes its place when the block ends well.

    Raises OutputRefused where it cannot.
    """
    beside = folder.with_name(f"{UNFINISHED}{folder.name}")
    try:
        beside.mkdir(parents=True, exist_ok=True)
        yield beside
        if folder.exists():
            shutil.rmtree(folder)
        beside.rename(folder)
    except OSError as error:
        raise OutputRefused(folder, error.strerror or str(error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _sweep(outputs: Path) -> None:
    """Remove what an earlier run, killed while it wrote, left unfinished. Finished files are not touched."""
    for left in [*outputs.glob(f"{UNFINISHED}*"), *outputs.glob(f"*/{UNFINISHED}*")]:
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                left.unlink()
