"""The office's list of errors that it accepts: a CSV file in the inputs folder, as Excel writes it."""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.intake.content import Unreadable, read_bytes
from pipeline.model import Waiver, WaiverList

WAIVERS: Final = "chap-nhan.csv"
_COLUMNS: Final = ("finding", "reason", "who", "date")
_BETWEEN: Final = (",", ";", "\t")
_MARKED: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"))
_OLD: Final = "cp1258"
"""How a Vietnamese Windows writes what it does not write as UTF-8."""


def read_waivers(folder: Path, campaign: Campaign) -> WaiverList:
    """Read ``chap-nhan.csv``, if there is one. Never raises: ``problem`` says why nothing could be read."""
    path = folder / WAIVERS
    if not path.exists() and not path.is_symlink():
        return WaiverList()
    try:
        content = read_bytes(path)
    except Unreadable as refusal:
        return WaiverList(WAIVERS, problem=f"intake.unreadable.{refusal.reason}")
    digest = hashlib.sha256(content).hexdigest()
    lines = list(_lines(_decoded(content)))
    names = _names(campaign)
    for place, (_, cells) in enumerate(lines):
        columns = {names[_plain(cell)]: i for i, cell in enumerate(cells) if _plain(cell) in names}
        if _COLUMNS[0] in columns and len(columns) > 1:
            waivers = (_waiver(line, cells, columns) for line, cells in lines[place + 1 :])
            return WaiverList(WAIVERS, digest, tuple(waiver for waiver in waivers if _says_something(waiver)))
    problem = "returns.waivers.no_header" if lines else ""
    return WaiverList(WAIVERS, digest, problem=problem)


def _decoded(content: bytes) -> str:
    encoding = next(name for mark, name in _MARKED if content.startswith(mark))
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return unicodedata.normalize("NFC", content.decode(_OLD, "replace"))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, each with its number from 1 in the file."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    between = max(_BETWEEN, key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=between)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [" ".join(cell.split()) for cell in cells]
    except csv.Error:
        return


def _names(campaign: Campaign) -> Mapping[str, str]:
    """What the columns may be called: their ids, or the campaign's words for them in any language."""
    told = {name: name for name in _COLUMNS}
    for words in campaign.words.values():
        for name in _COLUMNS:
            told.update({_plain(word): name for word in words[f"returns.waivers.{name}"].split("|")})
    return told


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _waiver(line: int, cells: list[str], columns: Mapping[str, int]) -> Waiver:
    told = {name: cells[i] for name, i in columns.items() if i < len(cells)}
    return Waiver(line, *(told.get(name, "") for name in _COLUMNS))


def _says_something(waiver: Waiver) -> bool:
    return bool(waiver.finding_id or waiver.reason or waiver.who)
