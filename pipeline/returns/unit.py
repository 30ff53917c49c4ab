"""Everything about one unit that its return copy is made from, and the words to say it in."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.catalogue import Campaign
from pipeline.model import FindingState, ReportingUnit, Severity, SheetCells, SourceFile, Submission

CellOf = Callable[[str, str, str], str]
"""Where the template has a cell: form id, row key and period id -> its address; "" where it has none."""


Row = tuple[Any, ...]
"""One row of the frame of findings."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """One form that a unit owes: the file that counts ("" where none does), its values by key and period.

    ``is_number``: what stands in the cell was read as a number.
    """

    file: str
    keys: tuple[str, ...]
    period_ids: tuple[str, ...]
    values: npt.NDArray[np.float64]
    is_number: npt.NDArray[np.bool_]

    def number(self, key: str, period_id: str) -> float | None:
        """The number that a cell was read as; None where it is none."""
        place = (self.keys.index(key), self.period_ids.index(period_id))
        value = float(self.values[place])
        return value if self.is_number[place] and not np.isnan(value) else None


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """What one unit has sent and what came of it; ``refused`` are files that could not be read.

    ``finding_rows`` are packed, because so many of them wait together. ``has_copy``: something is to be done.
    """

    unit_id: str
    submissions: tuple[Submission, ...]
    refused: tuple[SourceFile, ...]
    counted: Mapping[str, Counted]
    finding_names: tuple[str, ...]
    finding_rows: bytes
    has_copy: bool

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """The findings by the names of their columns, what weighs most first."""
        weight = {str(severity): place for place, severity in enumerate(Severity)}
        rows = json.loads(zlib.decompress(self.finding_rows))
        found: list[Mapping[str, Any]] = [dict(zip(self.finding_names, row, strict=True)) for row in rows]
        return sorted(found, key=lambda finding: weight[finding["severity"]])


def packed(rows: Sequence[Row]) -> bytes:
    """Rows of texts as ``Sent`` holds them."""
    return zlib.compress(json.dumps(rows).encode(), 1)


Moves = tuple[Mapping[int, int], Mapping[int, int]]
"""By row and by column of a sheet that a unit sent, where they stand in its copy."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit, what it sent, and every finding about it (as rows of the frame of findings).

    ``moves`` keeps by form what was worked out before, ``said`` by form what a message says in the copy.
    """

    campaign: Campaign
    counted: Mapping[str, Counted]
    lang: str
    unit: ReportingUnit
    submissions: Sequence[Submission]
    findings: Sequence[Mapping[str, Any]]
    cell_of: CellOf
    moves: dict[str, Moves] = field(default_factory=dict)
    said: dict[tuple[str, str], str] = field(default_factory=dict)

    def word(self, name: str, **gaps: object) -> str:
        """One text of this room, its gaps filled."""
        return self.campaign.words[self.lang][f"returns.{name}"].format(**gaps)

    def symbol(self, severity: str) -> str:
        """The symbol that stands at marked cells."""
        return self.campaign.words[self.lang][f"forms.mark.symbol.{severity}"]

    def level_name(self, level: str) -> str:
        """A level in words."""
        known = self.campaign.levels.get(level)
        short = self.campaign.words[self.lang].get(f"forms.level.{level}")
        return short or (known.name if known is not None else level)

    def period_label(self, period_id: str) -> str:
        """A period as it stands over its column."""
        period = self.campaign.periods.get(period_id)
        return period.label if period is not None else period_id

    @property
    def to_do(self) -> list[Mapping[str, Any]]:
        """The open findings that ask the unit for something."""
        return [f for f in self.findings if is_open(f) and f["severity"] != Severity.INFO]

    @property
    def readable(self) -> list[Submission]:
        """Its files of which at least one form was read."""
        return [s for s in self.submissions if s.sheets]

    @property
    def latest(self) -> Submission:
        """The file with the highest submission number; of several the first."""
        return max(self.readable, key=lambda s: s.submission_number)

    @property
    def banner(self) -> str:
        """What says on invented returns that they are; empty on a real one."""
        known = {words.get("demo.banner", "") for words in self.campaign.words.values()}
        return next((s.entered["banner"] for s in self.readable if s.entered.get("banner") in known), "")

    @property
    def next_number(self) -> int:
        """The submission number of what it sends next."""
        return max(s.submission_number for s in self.submissions) + 1

    def sheet_of(self, form_id: str) -> tuple[Submission, SheetCells] | None:
        """The file and sheet that count for a form; None where none does."""
        counted = self.counted.get(form_id)
        for submission in self.submissions:
            for sheet in submission.sheets:
                if counted is not None and submission.file == counted.file and sheet.form_id == form_id:
                    return submission, sheet
        return None


def is_open(finding: Mapping[str, Any]) -> bool:
    """Whether nothing has closed a finding yet."""
    return bool(finding["state"] == FindingState.OPEN)


def row_key(finding: Mapping[str, Any]) -> str:
    """The row that a finding stands in; empty where it is about more than one row."""
    return f"{finding['indicator_id']}|{finding['level']}" if finding["level"] else ""
