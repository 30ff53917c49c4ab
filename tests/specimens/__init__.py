"""Invented returns as LibreOffice and Gnumeric save them, so that not only our own writer is tested.

``python -m tests.specimens`` makes them again; it needs LibreOffice and Gnumeric (``ssconvert``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pipeline.book import Formula
from pipeline.catalogue import Campaign
from tests.sheets import Sheets, drawn_return

HERE = Path(__file__).parent
KINDS = ("xls", "ods", "xlsx")
PROGRAMS = {"libreoffice": "", "gnumeric": "-gnumeric"}
"""The programs that saved the specimens, and what their names add."""
UNIT = "ISLE"
VALUES: dict[tuple[str, str], Any] = {
    ("V_ALL|P", "P21"): 1234,
    ("V_ALL|P", "P22"): 12.5,
    ("V_ALL|P", "P20"): Formula("=1200+34", 1234),
    ("V_DAY|P", "P21"): "khoảng 1.200",
    ("V_DAY|P", "P22"): date(2023, 11, 10),
    ("V_EVE|P", "P20"): Formula("=1/0", "#DIV/0!"),
    ("V_EVE|P", "P21"): -3,
    ("V_EVE|P", "P22"): True,
    ("L_IN|P", "P20"): "hơn 300",
}


def specimen(kind: str, program: str = "libreoffice") -> bytes:
    """The bytes of a specimen."""
    return (HERE / f"{UNIT.lower()}{PROGRAMS[program]}.{kind}").read_bytes()


def drawn_specimen(campaign: Campaign) -> Sheets:
    """What all specimens hold: numbers, texts, a date, a formula, and one that cannot be calculated."""
    return drawn_return(campaign, UNIT, VALUES)
