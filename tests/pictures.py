"""Draws a workbook as text, so that a change of a template can be read in a diff."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

GOLDEN = Path(__file__).parent / "golden"
REDRAW = "REDRAW_GOLDEN"
"""Set this variable of the environment to draw the pictures anew, then read the diff."""


def picture(path: Path) -> str:
    """Every sheet: its cells row by row (``=formula -> value``, ``*`` unlocked), then its limits, marks."""
    formulas = openpyxl.load_workbook(path)
    values = openpyxl.load_workbook(path, data_only=True)
    return "\n".join(_sheet(sheet, values[sheet.title]) for sheet in formulas) + "\n"


def expect_golden(path: Path, name: str) -> None:
    """Compare a workbook with the picture kept under ``name``."""
    drawn, kept = re.sub(r"\b[0-9a-f]{64}\b", "(hash)", picture(path)), GOLDEN / f"{name}.txt"
    if os.environ.get(REDRAW):
        kept.write_text(drawn, encoding="utf-8")
    assert drawn == kept.read_text(encoding="utf-8"), (
        f"if this is meant: {REDRAW}=1 pytest, then read the diff"
    )


def _sheet(sheet: Worksheet, values: Worksheet) -> str:
    state = "" if sheet.sheet_state == "visible" else f" ({sheet.sheet_state})"
    lines = [f"## {sheet.title}{state}", f"frozen {sheet.freeze_panes}, repeated {sheet.print_title_rows}"]
    for row in sheet.iter_rows():
        shown = [_cell(cell, values[cell.coordinate].value) for cell in row]
        if len(set(shown[1:])) == 1 and len(shown) > 2 and lines[-1].endswith(" | ".join(shown[1:])):
            continue
        if any(shown):
            lines.append(f"{row[0].row:>3} | " + " | ".join(shown).rstrip(" |"))
    limits = sheet.data_validations.dataValidation if sheet.data_validations else ()
    lines += [f"entry {limit.sqref}: {limit.type} >= {limit.formula1}: {limit.error}" for limit in limits]
    for marks in sheet.conditional_formatting:
        lines += [f"mark {marks.sqref}: {rule.formula[0]}" for rule in marks.rules]
    return "\n".join(lines) + "\n"


def _cell(cell: Any, value: Any) -> str:
    star = "" if cell.protection.locked else "*"
    if cell.data_type == "f":
        return f"{star}{cell.value} -> {value if value is not None else ''}"
    return f"{star}{'' if cell.value is None else cell.value}"
