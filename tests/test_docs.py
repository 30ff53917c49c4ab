"""The documents tell the truth about the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_picture_of_the_architecture_names_exactly_the_layers_that_are_enforced():
    """Whoever trusts the picture is not misled: its rooms are those of the import contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    enforced = {name.strip().removeprefix("pipeline.") for layer in layers for name in layer.split("|")}
    picture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("```")[1]

    shown = {room for room in enforced if re.search(rf"\b{room}\b", picture)}
    rooms = (p for p in (ROOT / "pipeline").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file())
    folders = {path.stem for path in rooms}

    assert shown == enforced
    assert folders - {"__init__", "__main__", "campaigns", "__pycache__"} == enforced


def test_every_file_that_a_document_names_is_there():
    """A path in backquotes that begins in this project leads somewhere."""
    missing = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        named = re.findall(r"`((?:pipeline|docs|tests|benchmarks)/[\w./-]+)`", text)
        missing += [(page.name, name) for name in named if not (ROOT / name).exists()]

    assert missing == []
