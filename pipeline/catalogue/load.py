"""Folder of a campaign -> Campaign, or every contradiction in it at once."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pipeline.catalogue import lists, names, settings, verify
from pipeline.catalogue.below import seen_from
from pipeline.catalogue.campaign import Campaign, Magnitude, Parts, Source
from pipeline.catalogue.tables import Problems, Row, keyed, read_table
from pipeline.catalogue.verify_below import verify_below
from pipeline.errors import CampaignRefused
from pipeline.model import Indicator, Window

Value = TypeVar("Value")

BUILT_IN = Path(__file__).parent.parent / "campaigns" / "nq25_2023"
"""The campaign that is used unless another folder is given."""


@dataclass(slots=True)
class Reader:
    """Reads the lists of one folder and remembers the line of every id, for later complaints."""

    folder: Path
    problems: Problems = field(default_factory=Problems)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)

    def table(self, file: str, key: str, make: Callable[[Row], Value]) -> dict[str, Value]:
        """The values of a keyed list, in the order of the file."""
        found = keyed(self._read(file), key, make)
        self.rows[file] = {name: row for name, (row, _) in found.items()}
        return {name: value for name, (_, value) in found.items()}

    def lines(self, file: str, make: Callable[[Row], Value]) -> tuple[Value, ...]:
        """The values of a list without a key."""
        rows = list(self._read(file))
        self.rows[file] = {str(index): row for index, row in enumerate(rows)}
        return tuple(make(row) for row in rows)

    def _read(self, file: str) -> Iterator[Row]:
        return read_table(self.folder / file, lists.COLUMNS[file], self.problems)


def load_campaign(source: Path | Source = BUILT_IN) -> Campaign:
    """Load and check a campaign, and see it as the source says.

    Raises CampaignRefused with all contradictions, each with its file, line and column.
    """
    folder, under = (source.folder, source.under) if isinstance(source, Source) else (source, ())
    campaign = _load(folder)
    for unit_ids in under:
        campaign = seen_from(campaign, unit_ids)
    return campaign


def _load(folder: Path) -> Campaign:
    reader = Reader(folder)
    campaign = _read_campaign(reader)
    if reader.problems.is_readable:
        verify.verify(campaign, reader.rows, reader.problems)
        names.verify_names(campaign, reader.problems)
        verify_below(campaign, reader.rows, reader.problems)
    if reader.problems.found:
        raise CampaignRefused(folder, tuple(sorted(set(reader.problems.found))))
    return campaign


def _read_campaign(reader: Reader) -> Campaign:
    periods = reader.table("periods.csv", "period_id", lists.period)
    series = _series(reader)
    indicators = reader.table("indicators.csv", "indicator_id", lists.indicator)
    return Campaign(
        folder=reader.folder,
        sha256=folder_hash(reader.folder),
        catalogue_hash=_hash(reader.folder / name for name in lists.CATALOGUE_FILES),
        settings=settings.read_settings(reader.folder, reader.problems),
        levels=reader.table("levels.csv", "level_id", lists.level),
        unit_kinds=reader.table("unit_kinds.csv", "kind", lists.unit_kind),
        units=reader.table("units.csv", "unit_id", lists.unit),
        subordinates=reader.table("subordinates.csv", "unit_id", lists.subordinate),
        periods=periods,
        windows=_windows(reader, {p.period_id: p.windows for p in periods.values()}),
        measures=reader.table("measures.csv", "unit_measure", lists.measure),
        forms=reader.table("forms.csv", "form_id", lambda row: lists.form(row, series)),
        indicators=indicators,
        parts=_parts(reader, indicators),
        assignments=reader.lines("assignments.csv", lists.assignment),
        rules=reader.table("rules.csv", "rule_id", lists.rule),
        signs=reader.table("signs.csv", "text", lists.sign),
        headlines=reader.lines("headlines.csv", lists.headline),
        charts=reader.lines("charts.csv", lists.chart),
        magnitudes=_magnitudes(reader),
        words=settings.read_words(reader.folder, reader.problems),
        messages=settings.read_messages(reader.folder, reader.problems),
        theme=settings.read_theme(reader.folder, reader.problems),
        names=names.read_names(reader.folder, reader.problems),
    )


def _parts(reader: Reader, indicators: Mapping[str, Indicator]) -> dict[str, Parts]:
    """The parsed expressions of each indicator."""
    rows = reader.rows["indicators.csv"]
    return {name: lists.parts(rows[name], value) for name, value in indicators.items()}


def _series(reader: Reader) -> dict[str, tuple[str, ...]]:
    """The periods by the name of the series that they belong to; a form has one series as its columns."""
    series: dict[str, tuple[str, ...]] = {}
    for period_id, row in reader.rows["periods.csv"].items():
        name = row.text("series")
        series[name] = (*series.get(name, ()), period_id)
    return series


def _windows(reader: Reader, windows_of: Mapping[str, tuple[str, ...]]) -> dict[str, Window]:
    read = reader.table("windows.csv", "window_id", lists.window)
    return {
        name: replace(window, period_ids=tuple(p for p, names in windows_of.items() if name in names))
        for name, window in read.items()
    }


def _magnitudes(reader: Reader) -> dict[tuple[str, str], Magnitude]:
    found: dict[tuple[str, str], Magnitude] = {}
    for index, read in enumerate(reader.lines("magnitudes.csv", lists.magnitude)):
        key = (read.indicator_id, read.level)
        if key in found:
            reader.rows["magnitudes.csv"][str(index)].refuse("indicator_id", "already stands with this level")
        reader.rows["magnitudes.csv"]["|".join(key)] = reader.rows["magnitudes.csv"][str(index)]
        found.setdefault(key, read)
    return found


def folder_hash(folder: Path) -> str:
    """SHA-256 over all files of a campaign, by name, however a Windows editor may have saved them."""
    files = (path for path in folder.rglob("*") if path.suffix in (".csv", ".toml"))
    return _hash(sorted(files, key=lambda path: path.relative_to(folder).as_posix()))


def _hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        content = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
        digest.update(f"{path.name}:{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
