"""What two runs are compared by, and what came of it: filled by ``changes``, shown by summary and screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import pandas as pd

from pipeline.model import SourceFile


class Cause(StrEnum):
    """Why a cell, and with it a city figure, is another one than before."""

    NEW_FILE = "new_file"
    """The form came with a file that was not there before; there had been none that counted."""
    RESUBMITTED = "resubmitted"
    """A file with another submission number counts in place of the one before."""
    REPLACED = "replaced"
    """The file has the same name and number, and another content."""
    OTHER_FILE = "other_file"
    """A file of another name counts in place of the one before, with the same number."""
    TAKEN = "taken"
    """The file was there before, but did not count."""
    NOT_TAKEN = "not_taken"
    """The file is still there, but does not count any more."""
    WITHDRAWN = "withdrawn"
    """The file is no longer there, and none stands in its place."""
    FINDING = "finding"
    """The same figure; an error in which it takes part was found, mended or accepted."""
    CAMPAIGN = "campaign"
    """The same file; the lists or rules of the campaign were changed."""
    PROGRAM = "program"
    """The same file and campaign; another version of the program."""
    READING = "reading"
    """The same file, campaign and program; what else came in decides otherwise about this cell."""
    INCOMPLETE = "incomplete"
    """A balance exists only where all its parts do: one of them came or went."""


class FileChange(StrEnum):
    """What became of a file between two runs."""

    ADDED = "added"
    """It was not there before."""
    REMOVED = "removed"
    """It is not there any more."""
    REPLACED = "replaced"
    """Same name, other content."""
    RENAMED = "renamed"
    """Same content, other name."""
    JUDGED = "judged"
    """Same name and content; another decision about it."""


class Comparable(StrEnum):
    """Whether there was anything to compare with."""

    YES = "yes"
    """Two runs were compared."""
    FIRST = "first"
    """There is no earlier run."""
    LOST = "lost"
    """The earlier run's folder is gone or damaged."""


Observations = Callable[[], Iterator[pd.DataFrame]]
"""Gives the observations in parts, in their order, as often as it is asked: all at once may be too many."""


@dataclass(frozen=True, slots=True, eq=False)
class RunData:
    """One run as it is compared. All have the columns of ``frames``; values missing are NaN or NA.

    ``content_id`` is the same for runs of the same inputs, campaign and program, whatever the language.
    """

    run_id: str
    content_id: str
    version: str
    campaign_sha256: str
    sources: tuple[SourceFile, ...]
    observations: Observations
    totals: pd.DataFrame
    findings: pd.DataFrame


CELL_CHANGE_COLUMNS: Final = (
    *("unit_id", "form_id", "indicator_id", "level", "period_id"),
    *("old_value", "new_value", "difference", "old_status", "new_status", "cause"),
    *("old_file", "old_sheet", "old_cell", "old_number"),
    *("new_file", "new_sheet", "new_cell", "new_number", "findings"),
)
"""One row per observation whose value, status or doubt changed; key: the first five without ``form_id``.

``difference`` counts a missing value as nothing, as the totals do. ``*_number`` is the submission number
("" where there is none); ``findings`` names the errors that were found or closed, with their new state."""

FIGURE_CHANGE_COLUMNS: Final = (
    *("form_id", "indicator_id", "level", "period_id"),
    *("old_value", "new_value", "difference", "old_counted", "old_expected", "new_counted", "new_expected"),
    *("old_provisional", "new_provisional", "is_sum", "rest", "rest_cause"),
)
"""One row per city figure that changed in value, n, N or the provisional mark; key: columns 2 to 4.

``difference`` counts no figure as nothing. Where the figure ``is_sum`` of cells, it is the sum of its shares
plus ``rest``, which is 0 unless the way of adding changed (``rest_cause``)."""

SHARE_COLUMNS: Final = ("indicator_id", "level", "period_id", "unit_id", "cause", "share", "cells")
"""What one unit's cells of one cause add to the difference of a city figure (NaN where it is no sum), and
how many changed cells these are."""

FILE_CHANGE_COLUMNS: Final = (
    *("unit_id", "change", "old_file", "new_file", "old_number", "new_number"),
    *("old_status", "new_status", "why", "cells"),
)
"""One row per file that came, went, or is judged otherwise; ``cells`` are the changed cells that name it."""


def _nothing(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What changed from the run ``old_id`` to the run ``new_id``; frames as described by their columns."""

    comparable: Comparable
    old_id: str
    new_id: str
    same_inputs: bool = False
    same_campaign: bool = True
    same_program: bool = True
    files: pd.DataFrame = field(default_factory=lambda: _nothing(FILE_CHANGE_COLUMNS))
    cells: pd.DataFrame = field(default_factory=lambda: _nothing(CELL_CHANGE_COLUMNS))
    figures: pd.DataFrame = field(default_factory=lambda: _nothing(FIGURE_CHANGE_COLUMNS))
    shares: pd.DataFrame = field(default_factory=lambda: _nothing(SHARE_COLUMNS))

    @property
    def is_empty(self) -> bool:
        """Whether no file, no cell and no city figure differs."""
        return not (len(self.files) or len(self.cells) or len(self.figures))
