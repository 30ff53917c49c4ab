"""The tiny campaign as a folder of its own, and one sound return of it in every kind of workbook."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.book import Formula
from pipeline.catalogue import Campaign
from pipeline.catalogue.load import BUILT_IN
from pipeline.model import ErrorCell
from tests.hostile import Material
from tests.sheets import saved
from tests.specimens import drawn_specimen, specimen
from tests.xlsb import saved_binary

TINY = Path(__file__).parent / "campaigns" / "tiny"
SHARED = ("words", "theme", "messages.vi.toml", "messages.en.toml", "signs.csv")
SERIAL = 45240.0
"""The day of the specimens, as a binary workbook without styles holds it."""


def made_tiny(folder: Path) -> Path:
    """The tiny campaign, complete with the words and looks that every campaign starts from."""
    shutil.copytree(TINY, folder)
    for name in SHARED:
        copy = shutil.copytree if (BUILT_IN / name).is_dir() else shutil.copyfile
        copy(BUILT_IN / name, folder / name)
    return folder


def made_material(tiny: Campaign, folder: Path) -> Material:
    """One sound return as xlsx, xlsb, xls and ods."""
    sheets = drawn_specimen(tiny)
    binary = {name: [[_plain(value) for value in row] for row in rows] for name, rows in sheets.items()}
    return Material(
        {
            "xlsx": saved(sheets, folder / "drawn.xlsx").path.read_bytes(),
            "xlsb": saved_binary(binary, folder / "drawn.xlsb").path.read_bytes(),
            "xls": specimen("xls"),
            "ods": specimen("ods"),
        }
    )


def _plain(value: object) -> object:
    """The value as the records of a binary workbook hold it."""
    if isinstance(value, Formula) and isinstance(value.value, str):
        return ErrorCell(value.value)
    return SERIAL if hasattr(value, "isoformat") else value
