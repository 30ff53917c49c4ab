"""What goes back to the units, and what comes back when they do as it asks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from pipeline.catalogue import Campaign, load_campaign
from pipeline.frames import Results
from pipeline.intake import Found, read_submission
from tests.office import needs_office, recalculated_many
from tests.return_copies import EXPLAIN, GUIDE, TO_DO, Office, correct, explain_all, put_right, to_do

UNITS = 3


@dataclass
class Story:
    """Returns with mistakes, what the first run said, and what the second said of the corrected copies."""

    office: Office
    mistakes: list[dict[str, str]]
    before: Results
    copies: dict[str, bytes]
    messages: dict[str, str]
    after: Results

    @cached_property
    def books(self) -> dict[str, openpyxl.Workbook]:
        """The copies as openpyxl reads them."""
        return {unit_id: openpyxl.load_workbook(BytesIO(content)) for unit_id, content in self.copies.items()}


@pytest.fixture(scope="module")
def story(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Story:
    office = Office(campaign, tmp_path_factory.mktemp("office"))
    mistakes = office.invent(11, UNITS, 0.9)
    before = office.run()
    copies = {path.stem: path.read_bytes() for path in office.returns.glob("*.xlsx")}
    messages = {path.stem: path.read_bytes().decode("utf-8-sig") for path in office.returns.glob("*.txt")}
    for path in sorted(office.returns.glob("*.xlsx")):

        def as_asked(book: openpyxl.Workbook, unit_id: str = path.stem) -> None:
            put_right(book, [m for m in mistakes if m["unit"] == unit_id])
            explain_all(book)

        correct(path, office.inputs / f"{path.stem} - sửa lại.xlsx", as_asked)
    return Story(office, mistakes, before, copies, messages, office.run(whole=True))


def test_the_story_has_mistakes_of_every_severity(story: Story) -> None:
    """Otherwise the tests below would promise little."""
    severities = set(to_do(story.before)["severity"])

    assert severities == {"reject_cell", "error", "explain"}


def test_a_copy_that_was_corrected_as_it_asks_closes_every_finding(story: Story) -> None:
    """The corrected copy lies beside the old file, and nothing is left to do."""
    assert to_do(story.after)[["rule_id", "cell", "message"]].to_numpy().tolist() == []


def test_what_counts_afterwards_is_the_corrected_figures(story: Story, tmp_path: Path) -> None:
    """Every cell of every form, to the last digit, as if there had never been a mistake."""
    sound = Office(story.office.campaign, tmp_path)
    sound.invent(11, UNITS, 0.0)
    expected = sound.run()

    for form_id, cube in expected.cubes.items():
        np.testing.assert_array_equal(story.after.cubes[form_id].values, cube.values)


def test_no_copy_is_left_for_a_unit_that_has_nothing_to_do(story: Story) -> None:
    """An old copy would ask for what is done; a message of thanks takes its place."""
    left = sorted(path.name for path in story.office.returns.iterdir())

    assert story.copies
    assert left == sorted(f"{unit}.txt" for unit in list(story.office.campaign.units)[:UNITS])
    assert "không có gì phải sửa" in (story.office.returns / left[0]).read_text(encoding="utf-8-sig")


def test_a_copy_is_a_valid_return_of_the_same_figures(story: Story, tmp_path: Path) -> None:
    """Read as it is, it has no problem of reading, the next number, and every typed cell as before."""
    for unit_id, content in story.copies.items():
        path = tmp_path / f"{unit_id}.xlsx"
        path.write_bytes(content)
        copy = read_submission(Found(path.name, path), story.office.campaign)
        sent = next(s for s in story.before.submissions if s.unit_id == unit_id)

        assert (copy.problems, copy.strays) == ((), ())
        assert copy.submission_number == sent.submission_number + 1
        assert (copy.entered, [s.remarks for s in copy.sheets]) == (
            sent.entered,
            [s.remarks for s in sent.sheets],
        )
        for before, after in zip(sent.sheets, copy.sheets, strict=True):
            assert (after.row_keys, after.formulas) == (before.row_keys, before.formulas)


def test_every_finding_is_a_link_to_its_cell_and_marked_there(story: Story) -> None:
    """First sheet: one line per finding; the cell has a comment, a colour and a symbol."""
    for unit_id, book in story.books.items():
        asked = to_do(story.before, unit_id)
        links = [c.hyperlink.location for row in book[TO_DO].iter_rows() for c in row if c.hyperlink]
        for finding in asked[asked["period_id"] != ""].to_dict("records"):
            place = f"'{finding['form_id']}'!{finding['cell']}"
            cell = book[finding["form_id"]][finding["cell"]]

            assert place in links
            assert finding["message"] in cell.comment.text
            assert cell.number_format.startswith(('"✗ "', '"! "', '"? "'))
            assert cell.fill.fgColor.rgb != "FFFFFCEB"


def test_at_most_five_things_come_first_and_then_all(story: Story) -> None:
    """Message and sheet name no more than five things; the sheet then lists each finding by its id."""
    for unit_id, book in story.books.items():
        sheet = book[TO_DO]
        ids = [cell.value for cell in sheet["F"] if cell.value and "/" in str(cell.value)]
        asked = to_do(story.before, unit_id)["finding_id"].tolist()
        numbered = [line for line in story.messages[unit_id].splitlines() if line[:2] in ("1.", "5.", "6.")]

        assert set(ids) == set(asked)
        assert 0 <= len(ids) - len(asked) <= 5
        assert not any(line.startswith("6.") for line in numbered)


def test_numbers_stay_numbers_and_no_text_becomes_a_formula(story: Story) -> None:
    """What the unit typed as a number is one in its copy; a refused text is the same text."""
    for mistake in story.mistakes:
        value = story.books[mistake["unit"]][mistake["form"]][mistake["cell"]].value
        if mistake["written"]:
            try:
                expected: object = float(mistake["written"])
            except ValueError:
                expected = mistake["written"]

            assert value == expected or isinstance(value, (int, float)), (mistake, value)


def test_the_copies_are_the_same_bytes_every_time(story: Story, tmp_path: Path) -> None:
    """Same inputs, same bytes: comments and links bring in no clock and no chance."""
    again = Office(load_campaign(), tmp_path)
    again.invent(11, UNITS, 0.9)
    again.run()

    for unit_id, content in story.copies.items():
        other = (again.returns / f"{unit_id}.xlsx").read_bytes()
        assert hashlib.sha256(other).digest() == hashlib.sha256(content).digest()


@needs_office
def test_recalculating_a_copy_changes_nothing(story: Story, tmp_path: Path) -> None:
    """Every value in LibreOffice's own copy is the one that was written, and the comments are there."""
    unit_id, content = next(iter(story.copies.items()))
    path = tmp_path / f"{unit_id}.xlsx"
    path.write_bytes(content)
    (saved,) = recalculated_many([path], tmp_path / "recalculated")
    ours, theirs = (openpyxl.load_workbook(one, data_only=True) for one in (path, saved))

    for sheet in ours:
        for row in sheet.iter_rows():
            for cell in row:
                other = theirs[sheet.title][cell.coordinate]
                assert _same(cell.value, other.value), (sheet.title, cell.coordinate, cell.value, other.value)
                assert (cell.comment is None) == (other.comment is None)


def test_the_guide_says_that_the_number_is_already_raised(story: Story) -> None:
    """The unit need not think of it."""
    book = next(iter(story.books.values()))
    row = next(row for row in book[GUIDE].iter_rows() if row[0].value == "submission_number")

    assert row[2].value == 2
    assert "ghi sẵn" in str(row[3].value)
    assert book.sheetnames[0] == TO_DO
    assert EXPLAIN in book.sheetnames


def _same(one: object, other: object) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) < 1e-9 * max(1.0, abs(one))
    return (one or None) == (other or None)
