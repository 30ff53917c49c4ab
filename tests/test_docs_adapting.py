"""The examples of docs/adapting.md are carried out with the very lines that stand there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pipeline.catalogue import load_campaign
from pipeline.catalogue.load import BUILT_IN
from pipeline.catalogue.obligations import owed_forms
from pipeline.catalogue.wording import rule_sentence
from pipeline.forms import build_template, cell_address
from pipeline.model import FormRow
from tests.workbooks import cells_of

ADAPTING = Path(__file__).parent.parent / "docs" / "adapting.md"


def lines(file: str) -> list[str]:
    """The lines that the document tells to write into a file."""
    page = ADAPTING.read_text(encoding="utf-8")
    blocks = re.findall(rf"```csv {re.escape(file)}\n(.*?)```", page, flags=re.S)
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the campaign, as the document begins."""
    return shutil.copytree(BUILT_IN, tmp_path / "my-campaign")


def read(path: Path) -> list[str]:
    """The lines of a list."""
    return path.read_text(encoding="utf-8-sig").splitlines()


def write(path: Path, content: list[str]) -> None:
    """Write a list back."""
    path.write_text("\n".join(content) + "\n", encoding="utf-8")


def below(path: Path, start: str, added: list[str]) -> None:
    """Add lines below the one that begins with ``start``."""
    content = read(path)
    place = next(number for number, line in enumerate(content) if line.startswith(start))
    write(path, [*content[: place + 1], *added, *content[place + 1 :]])


def test_one_indicator_and_one_rule_need_three_lines_of_data(folder):
    """The worked example: the row, its sign before 2021, its live check and its sentence are there."""
    below(folder / "indicators.csv", "B8D_021,", lines("indicators.csv"))
    below(folder / "rules.csv", "B8D-R02,", lines("rules.csv"))
    below(folder / "names.en.csv", "indicators,B8D_021,", lines("names.en.csv"))

    campaign = load_campaign(folder)
    book = build_template(campaign, "QH303")
    (owed,) = (form for form in owed_forms(campaign, "QH303") if form.form_id == "B8D")

    assert FormRow("B8D_022", "H") in owed.rows
    assert cell_address(campaign, owed, "B8D_022|H", "Y2021")
    assert "«trong đó: xử lý đúng hạn» (B8D_022) không được lớn hơn" in rule_sentence(
        campaign, campaign.rules["B8D-R03"], "vi"
    )
    assert any("B8D-R03" in str(cell.value) for sheet in book.sheets for cell in cells_of(sheet))


def test_another_city_is_a_copy_with_other_units_and_communes(folder):
    """The steps of the document give a campaign that loads, and templates for the units it names."""
    units = [line for line in read(folder / "units.csv") if not line.startswith("QH")]
    write(folder / "units.csv", [units[0], *lines("units.csv"), *units[1:]])
    (folder / "names.en.csv").unlink()
    write(folder / "subordinates.csv", [read(folder / "subordinates.csv")[0], *lines("subordinates.csv")])

    campaign = load_campaign(folder)
    levels = {
        unit_id: {row.level for form in owed_forms(campaign, unit_id) for row in form.rows}
        for unit_id in ("QH901", "QH902")
    }

    assert levels == {"QH901": {"H", "X"}, "QH902": {"H"}}
    assert build_template(campaign, "QH902").sheets


def test_the_files_that_the_document_explains_are_those_of_a_campaign():
    """No list is forgotten, none is invented."""
    page = ADAPTING.read_text(encoding="utf-8")

    assert sorted(re.findall(r"^### ([\w.]+\.csv)$", page, flags=re.M)) == sorted(
        path.name for path in BUILT_IN.glob("*.csv")
    )
