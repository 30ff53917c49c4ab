"""One cell that holds something else than a plain number: what it says, or why it is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from pipeline.catalogue import Campaign
from pipeline.frames import CODE
from pipeline.model import CellValue, ObsStatus, SheetCells
from pipeline.validation.arithmetic import worked_out
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Findings
from pipeline.validation.numbers import read_text
from pipeline.validation.places import is_percent, measure_of, place_of, words_in_cells

_NOISE = 1e-9
"""What two programs may differ by in one and the same sum."""
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell that holds something else than a plain number."""

    campaign: Campaign
    table: Table
    at: tuple[int, int, int]
    findings: Findings

    def read(self, sheet: SheetCells, position: int, told: set[str]) -> None:
        """Read the cell at a position of its sheet. ``told`` are the merged areas that were told already."""
        text = sheet.texts.get(position)
        if position in sheet.merged:
            self._refuse_shared(sheet.merged[position], text, told)
            return
        if position in sheet.formulas:
            self._lay_formula(text, sheet.arithmetic.get(position, ""))
        elif text is not None:
            self._lay(text, sheet.unicode.get(position, ""))
        if text is None and position in sheet.percents and not np.isnan(self.table.values[self.at]):
            self._lay_percent()

    def _lay_formula(self, text: CellValue, arithmetic: str) -> None:
        """A unit's own formula: its saved value counts, and is told; without one the cell is refused.

        A sum of numbers alone is worked out, and its own value counts, whatever was saved for it.
        """
        value = float(self.table.values[self.at])
        number = self.findings.number
        result = worked_out(arithmetic) if arithmetic and not isinstance(text, str) else None
        if result is not None:
            self.table.values[self.at] = result
            if np.isnan(value):
                self._tell("CELL-COMPUTED", "", number(result), formula=arithmetic)
            elif abs(result - value) > _NOISE * max(1.0, abs(result)):
                self._tell("CELL-RECOMPUTED", number(value), number(result), formula=arithmetic)
            else:
                self._tell("CELL-FORMULA", number(result))
        elif not np.isnan(value):
            self._tell("CELL-FORMULA", number(value))
        elif isinstance(text, str) and not text.strip():
            return
        elif text is None:
            self._refuse("CELL-UNCALCULATED", "")
        else:
            self._lay(text)

    def _lay_percent(self) -> None:
        """A number that its cell shows a hundred times as large, with the sign of per cent.

        Where per cent are asked for, what is shown counts, up to a hundred. Beyond that, and in any other
        row, nobody can tell whether the number or what is shown of it is meant; nothing is nothing anyway.
        """
        value = float(self.table.values[self.at])
        number = self.findings.number
        measure = measure_of(self.campaign, self.table, self.at[1])
        if value == 0:
            return
        if is_percent(self.campaign, measure) and 0 < value <= 1:
            self.table.values[self.at] = round(100 * value, _DECIMALS)
            self._tell("CELL-PERCENT-READ", number(value), number(100 * value))
        else:
            self._refuse("CELL-PERCENT-FORMAT", number(value), percent=number(100 * value))

    def _refuse_shared(self, area: str, text: CellValue, told: set[str]) -> None:
        """A cell merged with others: whose figure it is nobody can tell. Told once for the merged area."""
        number = float(self.table.shown[self.at])
        self._reject()
        if area not in told:
            told.add(area)
            seen = self.findings.shown(text if np.isnan(number) else number)
            self.findings.add("CELL-MERGED", place_of(self.table, *self.at), seen, area=area)

    def _lay(self, value: CellValue, in_unicode: str = "") -> None:
        """Anything but a plain number: read it, or refuse it."""
        if isinstance(value, bool):
            self._refuse("CELL-LOGICAL", self.findings.shown(value))
        elif isinstance(value, dt.date | dt.time | dt.timedelta):
            self._refuse("CELL-DATE", self.findings.shown(value))
        elif isinstance(value, str):
            self._lay_text(value, in_unicode or value)
        else:
            self._refuse("CELL-ERROR", self.findings.shown(value))

    def _lay_text(self, text: str, in_unicode: str) -> None:
        if not text.strip():
            return
        _, k, p = self.at
        exists = bool(self.table.exists[k, p])
        if not exists and text.strip() == self.campaign.settings.symbols["M"]:
            return
        measure = measure_of(self.campaign, self.table, k)
        words = words_in_cells(self.campaign, "approximate")
        reading = read_text(in_unicode, measure, self.campaign.signs, words)
        if reading.value is not None:
            self.table.values[self.at] = reading.value
            rule_id = "CELL-APPROXIMATE" if reading.is_approximate and exists else "CELL-READ"
            self._tell(rule_id, text, self.findings.number(reading.value))
        elif reading.status is None:
            self._refuse("CELL-TEXT", text)
        elif exists:
            self._lay_sign(text, reading.status)

    def _lay_sign(self, text: str, status: ObsStatus) -> None:
        if status is ObsStatus.NOT_APPLICABLE:
            self._refuse("CELL-SIGN-X", text)
            return
        self.table.status[self.at] = CODE[status]
        if status is ObsStatus.ZERO:
            self.table.values[self.at] = 0.0
        self._tell("CELL-ZERO" if status is ObsStatus.ZERO else "CELL-UNKNOWN", text)

    def _tell(self, rule_id: str, seen: str, read: str = "", **gaps: str) -> None:
        self.findings.add(rule_id, place_of(self.table, *self.at), seen, read=read, **gaps)

    def _reject(self) -> None:
        if self.table.exists[self.at[1:]]:
            self.table.status[self.at] = CODE[ObsStatus.REJECTED]
        self.table.values[self.at] = np.nan

    def _refuse(self, rule_id: str, seen: str, **gaps: str) -> None:
        self._reject()
        measure = measure_of(self.campaign, self.table, self.at[1]).unit_measure
        self.findings.add(rule_id, place_of(self.table, *self.at), seen, measure=measure, **gaps)
