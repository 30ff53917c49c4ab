"""Make the specimens again with LibreOffice and Gnumeric."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from pipeline.catalogue import load_campaign
from tests.material import made_tiny
from tests.sheets import saved
from tests.specimens import HERE, KINDS, PROGRAMS, UNIT, drawn_specimen

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    made = saved(drawn_specimen(load_campaign(made_tiny(folder / "tiny"))), folder / f"{UNIT.lower()}.xlsx")
    for kind in KINDS:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        call = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(HERE), str(made.path)]
        subprocess.run(call, check=True, capture_output=True)
        exporter = ["-T", "Gnumeric_Excel:excel_biff8"] if kind == "xls" else []
        target = HERE / f"{UNIT.lower()}{PROGRAMS['gnumeric']}.{kind}"
        subprocess.run(["ssconvert", *exporter, str(made.path), str(target)], check=True, capture_output=True)
