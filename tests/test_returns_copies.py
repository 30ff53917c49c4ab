"""What stands in a return copy and in its message, unit by unit. All data is invented."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline import copying, run
from pipeline.book import Link
from pipeline.catalogue import Campaign
from pipeline.forms import addresses, build_template
from pipeline.frames import Results
from pipeline.model import ReadProblem, Severity, SheetCells, Submission
from pipeline.returns import ReturnCopy, return_copies
from pipeline.workbook.write import book_bytes
from tests.return_copies import silent
from tests.returns import drawn
from tests.workbooks import cells_of

UNIT = "QH303"
THREE = ("QH303", "QH304", "QH305")
HOSTILE = '=HYPERLINK("http://x.example","bấm")'


def concluded(campaign: Campaign, *submissions: Submission, lang: str = "vi") -> Results:
    """What the program finds in these files."""
    return run.conclude(campaign, submissions, [], (lang, silent))


def copies(campaign: Campaign, *submissions: Submission, lang: str = "vi") -> dict[str, ReturnCopy]:
    """What goes back, by unit."""
    results = concluded(campaign, *submissions, lang=lang)
    return {one.unit_id: one for one in return_copies(campaign, results, lang, partial(addresses, campaign))}


def test_nothing_goes_back_to_who_has_sent_nothing(campaign: Campaign) -> None:
    """Only a unit that sent something gets an answer."""
    assert set(copies(campaign, drawn(campaign, UNIT, rest="5"))) == {UNIT}


def test_a_file_that_was_refused_gets_its_reason_and_the_blank_form(campaign: Campaign) -> None:
    """The unit is told why, and which file to fill in; there is no copy to correct."""
    old = ReadProblem("FILE-VERSION", values={"version": "0", "accepted": "1"})
    broken = ReadProblem("FILE-UNREADABLE", values={"reason": "x"})
    bad = Submission("QH304.xlsx", "1" * 64, 10, "QH304", problems=(old,))
    nameless = Submission("QH305.xlsx", "2" * 64, 10, problems=(broken,))
    found = copies(campaign, bad, nameless)

    assert set(found) == {"QH304", "QH305"}
    assert all(one.front is None for one in found.values())
    assert "phiên bản 0" in found["QH304"].message
    assert "templates_xlsx" in found["QH305"].message


def test_a_message_is_polite_and_says_what_when_and_where(campaign: Campaign) -> None:
    """Name, file, count, what to do, due date; lines end as Windows wants them, and leave no gap open."""
    one = drawn(campaign, UNIT, {"B01": "| row | Y2015 |\n| B01_011 H | |"}, rest="5")
    message = copies(campaign, one)[UNIT].message
    due = campaign.settings.texts["due"]

    for part in ("Kính gửi", campaign.units[UNIT].name, "QH303.xlsx", "B01, ô", due):
        assert part in message
    assert message.count("\n") == message.count("\r\n")
    assert "{" not in message


def test_texts_of_a_unit_are_texts_in_its_copy(campaign: Campaign) -> None:
    """A formula or a link that someone typed as text stays a text in every sheet of the copy."""
    table = f'| row | Y2015 | Y2016 |\n| B01_011 H | "{HOSTILE}" | "\'+1" |'
    one = replace(drawn(campaign, UNIT, {"B01": table}, rest="5"), entered={"filled_by": HOSTILE})
    copy = copies(campaign, one)[UNIT]
    assert copy.answers is not None
    assert copy.front is not None
    book = build_template(campaign, UNIT, copy.answers, "vi", copy.markup)
    cells = [cell for sheet in (copy.front, *book.sheets) for cell in cells_of(sheet)]
    held = [cell.value for cell in cells if isinstance(cell.value, str) and "HYPERLINK" in cell.value]

    assert HOSTILE in held
    assert copy.answers.filled_by == HOSTILE
    assert {link.sheet for link in _links(copy)} <= {sheet.name for sheet in book.sheets}
    whole = replace(book, sheets=(copy.front, *book.sheets))
    assert b"x.example" not in _relations(book_bytes(whole, campaign.theme))


def test_addresses_are_those_of_the_copy_wherever_the_unit_had_its_rows(campaign: Campaign) -> None:
    """The unit had inserted rows: links, comments and the cells that a rule names all follow."""
    table = "| row | Y2015 |\n| B01_010 H | 99 |"
    one = drawn(campaign, UNIT, {"B01": table}, rest="5")
    moved = replace(one, sheets=tuple(_shifted(sheet) for sheet in one.sheets))
    here, there = (copies(campaign, sent)[UNIT] for sent in (one, moved))

    assert here.markup == there.markup
    assert _links(here) == _links(there)
    assert here.message == there.message


def test_a_whole_row_is_marked_throughout_and_said_once(campaign: Campaign) -> None:
    """Eleven comments that say the same would be noise."""
    periods = campaign.forms["B01"].period_ids
    empty = "| row | " + " | ".join(periods) + " |\n| B01_011 H | " + " | ".join("" for _ in periods) + " |"
    markup = copies(campaign, drawn(campaign, UNIT, {"B01": empty}, rest="5"))[UNIT].markup
    assert markup is not None
    marks = {period: mark for (key, period), mark in markup.cells.items() if key == "B01_011|H"}

    assert set(marks) == set(periods)
    assert sum("trống" in mark.note for mark in marks.values()) == 1


def test_an_explanation_given_before_is_carried_over(campaign: Campaign) -> None:
    """The next file replaces this one, and must not lose what was explained."""
    from pipeline.model import Explanation

    empty = "| row | Y2015 | Y2016 |\n| B01_011 H | | |"
    place = f"CELL-MISSING/{UNIT}/B01_011|H/Y2015"
    said = Explanation("Giải trình", "F6", place, "", "", "", "", "Mất hồ sơ", "An")
    free = Explanation("Giải trình", "F9", "", "", "Ghi chú riêng", "", "", "Xem công văn 12", "An")
    one = replace(drawn(campaign, UNIT, {"B01": empty}, rest="5"), explanations=(said, free))
    markup = copies(campaign, one)[UNIT].markup
    assert markup is not None
    texts = {line.finding_id: line.text for line in markup.lines}

    assert texts[said.finding_id] == "Mất hồ sơ (An)"
    assert texts[""] == "Xem công văn 12"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_copies_are_made_in_both_languages(campaign: Campaign, lang: str) -> None:
    """The English twin of every word is there."""
    one = drawn(campaign, UNIT, {"B01": "| row | Y2015 |\n| B01_010 H | 99 |"}, rest="5")

    assert copies(campaign, one, lang=lang)[UNIT].front is not None


def _shifted(sheet: SheetCells) -> SheetCells:
    return replace(
        sheet,
        row_numbers=tuple(number + 7 for number in sheet.row_numbers),
        column_numbers=tuple(number + 2 for number in sheet.column_numbers),
    )


def _links(copy: ReturnCopy) -> list[Link]:
    assert copy.front is not None
    return [cell.value for cell in cells_of(copy.front) if isinstance(cell.value, Link)]


def _relations(content: bytes) -> bytes:
    import zipfile
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(content)) as package:
        return b"".join(package.read(name) for name in package.namelist() if name.endswith(".rels"))


def test_the_copy_of_an_invented_return_says_so_everywhere(campaign: Campaign) -> None:
    """On every visible sheet and in the message; no other text that stood there is repeated."""
    banner = campaign.words["vi"]["demo.banner"]
    bad = drawn(campaign, UNIT, {"B01": "| row | Y2015 |\n| B01_010 H | 99 |"}, rest="5")
    invented = copies(campaign, replace(bad, entered={"banner": banner}))[UNIT]
    other = copies(campaign, replace(bad, entered={"banner": HOSTILE}))[UNIT]
    assert invented.answers is not None
    assert invented.front is not None
    book = build_template(campaign, UNIT, invented.answers, "vi", invented.markup)
    sheets = [sheet for sheet in (invented.front, *book.sheets) if not sheet.hidden]

    assert all(any(merge.value == banner for merge in sheet.merges) for sheet in sheets)
    assert invented.message.startswith(banner)
    assert other.answers is not None
    assert other.answers.banner == ""
    assert HOSTILE not in other.message


def test_every_cell_of_a_broken_rule_is_marked_and_says_where_it_is_told(campaign: Campaign) -> None:
    """The total stands out; its parts are marked more lightly, and name the cell of the total."""
    one = drawn(campaign, UNIT, {"B01": "| row | Y2015 |\n| B01_010 H | 99 |"}, rest="5")
    copy = copies(campaign, one)[UNIT]
    assert copy.markup is not None
    cells = copy.markup.cells
    cell = addresses(campaign, UNIT)("B01", "B01_010|H", "Y2015")
    parts = [cells[f"B01_01{n}|H", "Y2015"] for n in (1, 2, 3)]

    assert not cells["B01_010|H", "Y2015"].is_part
    assert all(part.is_part and f"ô {cell}" in part.note for part in parts)


def test_a_cell_with_a_finding_of_its_own_shows_that(campaign: Campaign) -> None:
    """A refused part of a merged area, or of another rule, keeps its own colour and symbol."""
    table = '| row | Y2015 |\n| B01_010 H | 99 |\n| B01_011 H | "abc" |'
    markup = copies(campaign, drawn(campaign, UNIT, {"B01": table}, rest="5"))[UNIT].markup
    assert markup is not None
    mark = markup.cells["B01_011|H", "Y2015"]

    assert (mark.severity, mark.is_part) == (Severity.REJECT_CELL, False)


def test_nothing_lights_up_over_a_mark(campaign: Campaign) -> None:
    """The warning colour of the template covers every figure's cell but those that are marked."""
    empty = '| row | Y2015 | Y2017 |\n| B01_011 H | "abc" | |\n| B01_010 H | 99 | 99 |'
    one = drawn(campaign, UNIT, {"B01": empty}, rest="5")
    copy = copies(campaign, one)[UNIT]
    assert copy.answers is not None
    blank = build_template(campaign, UNIT)
    book = build_template(campaign, UNIT, copy.answers, "vi", copy.markup)
    before, after = (
        {
            (row, column)
            for light in next(sheet for sheet in made.sheets if sheet.name == "B01").highlights
            if light.style == "form.suspect"
            for row in range(light.first_row, light.last_row + 1)
            for column in range(light.first_col, light.last_col + 1)
        }
        for made in (blank, book)
    )
    plain = next(sheet for sheet in book.sheets if sheet.name == "B01")
    cells = list(cells_of(plain))
    marked = {(c.row, c.col) for c in cells if "form.mark." in c.style and ".mark.row" not in c.style}
    marked -= {(c.row, c.col) for c in cells if c.style.startswith("form.mark.")}

    assert marked & before
    assert after == before - marked


def test_a_copy_that_cannot_be_made_harms_no_other(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in one unit's message, in another's workbook: the third gets both, and it is told."""
    import pipeline.forms
    import pipeline.returns.copies as making

    sent = [drawn(campaign, u, {"B01": "| row | Y2015 |\n| B01_010 H | 99 |"}, rest="5") for u in THREE]
    results = concluded(campaign, *sent)
    message_of, build = making.message_of, pipeline.forms.build_template

    def broken_message(unit: Any) -> str:
        if unit.unit.unit_id == THREE[0]:
            raise ValueError("broken")
        return message_of(unit)

    def broken_build(campaign: Campaign, unit_id: str, *rest: Any) -> Any:
        if unit_id == THREE[1]:
            raise KeyError("style")
        return build(campaign, unit_id, *rest)

    monkeypatch.setattr(making, "message_of", broken_message)
    monkeypatch.setattr(pipeline.forms, "build_template", broken_build)
    lost = copying.write_returns(campaign, results, copying.Copies(tmp_path), ("vi", silent), 1).lost

    assert lost.keys() == set(THREE[:2])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["QH304.txt", "QH305.txt", "QH305.xlsx"]
