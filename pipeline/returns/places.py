"""Where a finding stands in the return copy, whatever place it had in the file that the unit sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase, digits
from typing import Any

from pipeline.address import column_letters, column_number
from pipeline.returns.unit import Moves, Unit, row_key

_CELL = re.compile(r"(?:([^\s,!]+)!)?\b([A-Z]{1,3})([1-9]\d*)\b")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one unit's findings in its return copy."""

    unit: Unit

    def cell(self, finding: Mapping[str, Any]) -> str:
        """The address on the form's sheet; the first cell of a row where the row is meant, else ``A1``."""
        key, form_id = row_key(finding), finding["form_id"]
        if not key or form_id not in self.unit.campaign.forms:
            return "A1"
        period_ids = self.unit.campaign.forms[form_id].period_ids
        return self.unit.cell_of(form_id, key, finding["period_id"] or period_ids[0]) or "A1"

    def message(self, finding: Mapping[str, Any]) -> str:
        """What is said, with the addresses of a rule's cells as they are in the return copy."""
        text, form_id = str(finding["message"]), finding["form_id"]
        if finding["rule_id"] not in self.unit.campaign.rules:
            return text
        known = self.unit.said
        if (form_id, text) not in known:
            known[form_id, text] = self._moved_text(form_id, text)
        return known[form_id, text]

    def _moved_text(self, home: str, text: str) -> str:
        sheets = {self._sheet(form_id): form_id for form_id in self.unit.campaign.forms}

        def moved(match: re.Match[str]) -> str:
            form_id = sheets.get(match[1], "") if match[1] else home
            rows, columns = self._moves(form_id)
            row, column = int(match[3]), column_number(match[2])
            if row not in rows or column not in columns:
                return match[0]
            before = f"{form_id}!" if match[1] else ""
            return f"{before}{column_letters(columns[column])}{rows[row]}"

        return _CELL.sub(moved, text)

    def _sheet(self, form_id: str) -> str:
        found = self.unit.sheet_of(form_id)
        return found[1].sheet if found is not None else form_id

    def _moves(self, form_id: str) -> Moves:
        known = self.unit.moves
        if form_id not in known:
            known[form_id] = self._compare(form_id)
        return known[form_id]

    def _compare(self, form_id: str) -> Moves:
        found = self.unit.sheet_of(form_id) if form_id else None
        if found is None:
            return {}, {}
        sheet, cell_of = found[1], self.unit.cell_of
        cells = {key: cell_of(form_id, key, sheet.period_ids[0]) for key in sheet.row_keys}
        first = next((key for key in sheet.row_keys if cells[key]), "")
        numbered = zip(sheet.row_keys, sheet.row_numbers, strict=True)
        rows = {number: int(cells[key].lstrip(ascii_uppercase)) for key, number in numbered if cells[key]}
        columns = {
            number: column_number(cell_of(form_id, first, period_id).rstrip(digits))
            for period_id, number in zip(sheet.period_ids, sheet.column_numbers, strict=True)
            if first
        }
        return rows, columns


def form_start(unit: Unit, form_id: str) -> str:
    """The sheet on which a form stands, or the guide where no form is meant."""
    return form_id if form_id in unit.campaign.forms else unit.campaign.words[unit.lang]["forms.sheet.guide"]
