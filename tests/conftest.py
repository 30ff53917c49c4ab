"""What every test may ask for: the campaign that comes with the program, and a tiny other one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign, load_campaign
from pipeline.catalogue.load import BUILT_IN

TINY = Path(__file__).parent / "campaigns" / "tiny"
_SHARED = ("words", "theme", "messages.vi.toml", "messages.en.toml", "signs.csv")


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The campaign that comes with the program."""
    return load_campaign()


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Campaign:
    """A small invented campaign that shares no id, level, period or unit with the one that comes along."""
    return load_campaign(tiny_folder)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny campaign, complete with the words and looks that every campaign starts from."""
    folder = tmp_path_factory.mktemp("campaigns") / "tiny"
    shutil.copytree(TINY, folder)
    for name in _SHARED:
        copy = shutil.copytree if (BUILT_IN / name).is_dir() else shutil.copyfile
        copy(BUILT_IN / name, folder / name)
    return folder
