"""A zip package every part of which is as it was saved, and within bounds far above any return."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final

from pipeline.intake.content import ZIP_FAULTS, Unreadable

MOST_UNPACKED: Final = 256 * 2**20
MOST_OF_A_PART: Final = 96 * 2**20
"""Bytes. A sheet whose million rows are all formatted, and empty, has some 60 MiB."""

MOST_PARTS: Final = 5000
MOST_RATIO: Final = 300
BOMB_FROM: Final = 16 * 2**20
"""What unpacks to more than this and to more than 300 times its size was made to harm; sheets reach 40."""

MOST_KEPT: Final = 16 * 2**20
"""What unpacks to no more than this is unpacked once and kept; a return has less than one MiB."""


class Package:
    """The parts of a package by name; names do not depend on upper and lower case."""

    def __init__(self, content: bytes) -> None:
        """Check everything that can be checked without knowing what the parts mean. Raises Unreadable."""
        self._kept: dict[str, bytes] = {}
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            self._check(len(content))
        except ZIP_FAULTS as error:
            raise Unreadable("damaged", detail=str(error)) from None
        self._names = {name.lower(): name for name in self._zip.namelist()}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._names

    def read(self, part: str, most: int = MOST_OF_A_PART) -> bytes:
        """The content of a part. Raises Unreadable where there is none, or it is larger than ``most``."""
        name = self._names.get(part.lower())
        if name is None:
            raise Unreadable("damaged", detail=part[:100])
        if self._zip.getinfo(name).file_size > most:
            raise Unreadable("too_large")
        if name in self._kept:
            return self._kept[name]
        try:
            return self._zip.read(name)
        except ZIP_FAULTS as error:
            raise Unreadable("damaged", detail=f"{part}: {error}") from None

    def _check(self, packed: int) -> None:
        parts = self._zip.infolist()
        names = [part.filename.lower() for part in parts]
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("password")
        unpacked = sum(part.file_size for part in parts)
        is_bomb = unpacked > BOMB_FROM and unpacked > MOST_RATIO * packed
        if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or is_bomb:
            raise Unreadable("too_large")
        if len(set(names)) != len(names):
            raise Unreadable("damaged", detail="two parts of one name")
        wrong = self._unpacked(parts) if unpacked <= MOST_KEPT else self._zip.testzip()
        if wrong is not None:
            raise Unreadable("checksum", detail=wrong[:100])

    def _unpacked(self, parts: list[zipfile.ZipInfo]) -> str | None:
        """Unpack every part, and keep it; the name of the first that is not as it was saved."""
        for part in parts:
            try:
                self._kept[part.filename] = self._zip.read(part)
            except zipfile.BadZipFile:
                return part.filename
        return None
