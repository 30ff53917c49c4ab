"""Make the specimens again with LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.catalogue import load_campaign
from pipeline.catalogue.load import BUILT_IN
from tests.conftest import SHARED, TINY
from tests.sheets import saved
from tests.specimens import HERE, KINDS, UNIT, drawn_specimen

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    campaign_folder = shutil.copytree(TINY, folder / "tiny")
    for part in SHARED:
        copy = shutil.copytree if (BUILT_IN / part).is_dir() else shutil.copyfile
        copy(BUILT_IN / part, campaign_folder / part)
    made = saved(drawn_specimen(load_campaign(campaign_folder)), folder / f"{UNIT.lower()}.xlsx")
    for kind in KINDS:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        call = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(HERE), str(made.path)]
        subprocess.run(call, check=True, capture_output=True)
