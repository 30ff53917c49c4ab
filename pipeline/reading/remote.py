"""Files at an address -> a folder of this machine, under the same names; loaded only for an address."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pipeline.errors import WrongUse
from pipeline.intake import Found
from pipeline.intake.content import MOST_BYTES
from pipeline.uri import Remote

_AT_ONCE: Final = 16
_LETTERS: Final = " !#$&'()+,-.;=@[]^_`{}~"
"""Signs that stay as they are in a name; others, which some system takes for something else, become codes."""


@contextlib.contextmanager
def fetched(place: Remote) -> Iterator[tuple[Path, tuple[Found, ...]]]:
    """A temporary folder with the files at the address, and those that did not arrive. Raises WrongUse."""
    listed = listing(place)
    with tempfile.TemporaryDirectory(prefix="inputs-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        system, _ = _opened(place)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            jobs = [pool.submit(_fetch, system, told, folder / file) for file, told in listed.items()]
            is_here = [job.result() for job in jobs]
        lost = [Found(file, folder / file) for file, here in zip(listed, is_here, strict=True) if not here]
        yield folder, tuple(lost)


def listing(place: Remote) -> Mapping[str, Mapping[str, Any]]:
    """What is told of each file at the address, by its name below it. Never from memory. Raises WrongUse."""
    system, root = _opened(place)
    try:
        system.invalidate_cache()
        listed: dict[str, dict[str, Any]] = system.find(root, detail=True)
    except Exception as error:  # each kind of storage has its own, and none of them is a fault of ours
        reason = f"{type(error).__name__}: {error}"
        raise WrongUse("cli.cannot_list", inputs=str(place), reason=reason) from error
    files = {name: told for name, told in listed.items() if told.get("type") == "file"}
    named = {_relative(root, name): told for name, told in files.items()}
    return {file: named[file] for file in sorted(named) if file}


def stamp(told: Mapping[str, Any]) -> tuple[int, int]:
    """Size and last change of a file, as far as its storage tells them."""
    changed = [str(told.get(name)) for name in ("ETag", "etag", "mtime", "LastModified", "created", "md5")]
    return int(told.get("size") or 0), int(hashlib.sha256("\n".join(changed).encode()).hexdigest()[:15], 16)


def _opened(place: Remote) -> tuple[Any, str]:
    """The storage, and the folder in it. Raises WrongUse where no library for it is installed."""
    try:
        import fsspec

        system, root = fsspec.core.url_to_fs(place.address)
    except (ImportError, ValueError) as error:
        raise WrongUse("cli.no_library", address=str(place), reason=str(error)) from error
    return system, str(root).rstrip("/")


def _relative(root: str, name: str) -> str:
    """The name below the root as a relative path that is one on every system, and leads out of nothing."""
    below = name.removeprefix(root).removeprefix("/")
    return "/".join(_part(part) for part in below.split("/")) if below else ""


def _part(part: str) -> str:
    if part.strip(". ") == "":
        return "".join(f"%{ord(letter):02X}" for letter in part) or "%"
    return "".join(c if c.isalnum() or c in _LETTERS else quote(c, safe="", errors="replace") for c in part)


def _fetch(system: Any, told: Mapping[str, Any], target: Path) -> bool:
    """Bring one file; what is larger than any return only in its size. False where it cannot be brought."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            if int(told.get("size") or 0) > MOST_BYTES:
                file.truncate(MOST_BYTES + 1)
                return True
            with system.open(told["name"], "rb") as stream:
                file.write(stream.read(MOST_BYTES + 1))
    except Exception:  # as above; a file that is half here is none
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        return False
    return True
