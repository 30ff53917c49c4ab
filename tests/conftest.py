"""What every test may ask for: the campaign that comes with the program, and a tiny other one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign, load_campaign
from tests.material import made_tiny
from tests.stories import Stories


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
    return made_tiny(tmp_path_factory.mktemp("campaigns") / "tiny")


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stories]:
    """What came of whole runs of the real command; each is told once."""
    found = Stories(tmp_path_factory.mktemp("stories"))
    yield found
    found.pool.shutdown(cancel_futures=True)
