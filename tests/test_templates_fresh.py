"""The blank workbooks in the repository are those that the campaign makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import Campaign
from pipeline.forms import build_template
from pipeline.workbook import write_book

COMMITTED = Path(__file__).parent.parent / "templates_xlsx"


def test_every_unit_has_its_template_and_nobody_else_has(campaign: Campaign):
    """Whoever sends out the folder sends one workbook to each unit, and none too many."""
    assert {path.stem for path in COMMITTED.glob("*.xlsx")} == set(campaign.units)


@pytest.mark.parametrize("unit_id", [path.stem for path in sorted(COMMITTED.glob("*.xlsx"))])
def test_a_committed_template_is_what_the_campaign_makes(campaign: Campaign, unit_id: str, tmp_path: Path):
    """A change of a form, a rule or a word reaches the templates: same campaign, same bytes."""
    write_book(build_template(campaign, unit_id), campaign.theme, tmp_path / "made.xlsx")

    made = (tmp_path / "made.xlsx").read_bytes()

    assert made == (COMMITTED / f"{unit_id}.xlsx").read_bytes()
