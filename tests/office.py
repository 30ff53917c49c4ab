"""A real office program as a second opinion on our workbooks: LibreOffice, without a window.

LibreOffice trusts the cached values of a workbook that it did not save itself. Its profile here is told to
recalculate every formula of every workbook that it opens, so that a wrong cached value cannot survive.
"""

from __future__ import annotations

import atexit
import functools
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

SECONDS = 600

Test = TypeVar("Test", bound=Callable[..., object])

_NEVER, _ALWAYS = "1", "0"
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>{mode}</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse">
<value>{mode}</value></prop></item>
</oor:items>
"""


def needs_office(test: Test) -> Test:
    """Mark a test that needs LibreOffice: skipped, with the reason, where it is not installed."""
    absent = pytest.mark.skipif(
        shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed"
    )
    return pytest.mark.office(absent(test))


def recalculated(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it after recalculating every formula, in a new subfolder."""
    return recalculated_many([path], folder / "recalculated")[0]


def recalculated_many(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Many workbooks in one go, in ``folder`` under their own names (which must differ)."""
    return _converted(paths, folder, "xlsx:Calc MS Excel 2007 XML", _ALWAYS)


def saved_by_office(path: Path, folder: Path) -> Path:
    """The workbook opened and saved again, as a user of LibreOffice would, in a new subfolder."""
    return saved_by_office_many([path], folder / "saved")[0]


def saved_by_office_many(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Many workbooks opened and saved again in one go."""
    return _converted(paths, folder, "xlsx:Calc MS Excel 2007 XML", _NEVER)


def printed(path: Path, sheets: Sequence[str], folder: Path) -> Path:
    """The chosen sheets of a workbook as LibreOffice prints them: a PDF in a new subfolder.

    It prints every sheet that is seen or has a print area; so the others are hidden and lose theirs.
    """
    folder = folder / "printed"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/workbook.xml":
                content = _only(content.decode(), sheets).encode()
            new.writestr(part, content)
    return _converted([copy], folder, "pdf", _NEVER)[0]


def _only(book: str, sheets: Sequence[str]) -> str:
    """The list of a workbook's sheets with all others hidden and without their print areas."""
    names = re.findall(r'<sheet name="([^"]+)"', book)
    for index, name in enumerate(names):
        if name not in sheets:
            area = rf'<definedName name="_xlnm.Print_Area" localSheetId="{index}"[^>]*>[^<]*</definedName>'
            book = re.sub(area, "", book)
            book = re.sub(rf'(<sheet name="{re.escape(name)}" sheetId="\d+")', r'\1 state="hidden"', book)
    return book.replace("<workbookView", f'<workbookView activeTab="{names.index(sheets[0])}"', 1)


def _converted(paths: Sequence[Path], folder: Path, target: str, mode: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [folder / f"{path.stem}.{target.partition(':')[0]}" for path in paths]
    if len(set(wanted)) != len(wanted):
        raise ValueError("two workbooks of the same name would overwrite each other")
    call = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={_profile(mode).as_uri()}"]
    call += ["--convert-to", target, "--outdir", str(folder), *map(str, paths)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=SECONDS, check=False)
    lost = [path.name for path in wanted if not path.is_file()]
    if lost:
        raise RuntimeError(f"LibreOffice made no {', '.join(lost)}: {done.stdout}{done.stderr}")
    return wanted


@functools.cache
def _profile(mode: str) -> Path:
    """A private profile for this test run, so that runs do not meet; removed when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="office-profile-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(_SETTINGS.format(mode=mode), encoding="utf-8")
    return folder
