"""The bytes of a file, read once, and what kind of file they are, whatever its name says."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

from pipeline.model import ReadProblem, Submission

MOST_BYTES: Final = 64 * 2**20
"""A return is well below one MiB; what is larger than this is not read."""

ZIP_FAULTS: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(ValueError, RuntimeError, NotImplementedError, KeyError),
)
"""What the standard library raises on a damaged zip file."""

_HEAD: Final = 4096

_BY_MAGIC: Final = (
    (rb"%PDF", "pdf"),
    (rb"\{\\rtf", "word"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\x00{4}|II\*\x00|MM\x00\*|RIFF.{4}WEBP|.{4}ftyphei", "image"),
    (rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ", "archive"),
    (rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body|table|meta|style)\b", "html"),
    (rb"(?s)(\xef\xbb\xbf)?\s*<\?xml.{0,1000}schemas-microsoft-com:office:spreadsheet", "xml"),
    (rb"(\xef\xbb\xbf)?\s*<\?xml", "not_a_workbook"),
)
"""How other kinds of file begin, and the reason to name for each."""

_BY_PART: Final = (
    (r"xl/workbook\.xml", "xlsx"),
    (r"xl/workbook\.bin", "xlsb"),
    (r"word/.*", "word"),
    (r"ppt/.*", "not_a_workbook"),
    (r".*\.(xlsx|xlsm|xls|ods|xlsb)", "archive"),
)
"""What a part of a zip file says about it, the first that any part fits."""

_BY_STREAM: Final = (
    ("EncryptedPackage", "password"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "word"),
)
"""What a stream of an old Office file says about it."""

WORKBOOKS: Final = {
    "xlsx": (".xlsx", ".xlsm", ".xltx", ".xltm"),
    "xls": (".xls", ".xlt"),
    "xlsb": (".xlsb",),
    "ods": (".ods", ".ots"),
}
"""The kinds that are read, and the extensions that their files have by right."""


class Unreadable(Exception):
    """A file of which nothing can be read. ``reason`` is the last part of the id of the words that tell."""

    def __init__(self, reason: str, **values: str) -> None:
        self.reason = reason
        self.values = values
        super().__init__(reason)


def unreadable(submission: Submission, refusal: Unreadable) -> Submission:
    """The submission with nothing but the reason why nothing of it could be read.

    ``reason`` among the values of the problem is the id of the words; the other values fill their gaps.
    """
    values = {"reason": f"intake.unreadable.{refusal.reason}", **refusal.values}
    return replace(submission, problems=(ReadProblem("FILE-UNREADABLE", values=values),))


def read_bytes(path: Path) -> bytes:
    """The content of a regular file. Raises Unreadable; never waits for a pipe or a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise Unreadable("gone") from None
    except PermissionError:
        raise Unreadable("no_permission") from None
    except OSError as error:
        raise Unreadable("medium", detail=error.strerror or "") from None
    with os.fdopen(descriptor, "rb") as stream:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable("not_a_file")
        if before.st_size > MOST_BYTES:
            raise Unreadable("too_large")
        try:
            content = stream.read(MOST_BYTES + 1)
        except OSError as error:
            raise Unreadable("medium", detail=error.strerror or "") from None
        after = os.fstat(descriptor)
    if (len(content), before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Unreadable("changing")
    return content


def kind_of(content: bytes) -> str:
    """Which kind of workbook the bytes are. Raises Unreadable, with the reason, if they are none."""
    kind = _kind(content)
    if kind not in WORKBOOKS:
        raise Unreadable(kind)
    return kind


def _kind(content: bytes) -> str:
    """A kind of workbook, or the reason why it is none."""
    if not content.strip(b"\x00"):
        return "empty"
    if content.startswith(b"PK"):
        return _kind_of_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _kind_of_ole(content)
    for pattern, reason in _BY_MAGIC:
        if re.match(pattern, content[:_HEAD], re.DOTALL):
            return reason
    return "text" if _is_text(content[:_HEAD]) else "not_a_workbook"


def _kind_of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = package.namelist()
            mime = package.open("mimetype").read(80) if "mimetype" in names else b""
    except ZIP_FAULTS:
        return "damaged"
    if b"opendocument" in mime:
        return "ods" if b"spreadsheet" in mime else "word"
    for pattern, kind in _BY_PART:
        if any(re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL) for name in names):
            return kind
    return "not_a_workbook"


def _kind_of_ole(content: bytes) -> str:
    for name, kind in _BY_STREAM:
        if (name + "\0").encode("utf-16-le") in content:
            return kind
    return "not_a_workbook"


def _is_text(head: bytes) -> bool:
    """Whether the bytes look like a text file, such as a table separated by commas."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    control = sum(byte < 32 and byte not in b"\t\r\n\f" for byte in head)
    return control == 0
