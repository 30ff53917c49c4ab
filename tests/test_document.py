"""The appendix in Word holds the same figures as the machine-readable totals, and reads like a document."""

from __future__ import annotations

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.table import Table

from pipeline.catalogue.load import BUILT_IN
from pipeline.document import build_document
from pipeline.document.figures import NumberStyle
from tests.stories import Outputs, Stories
from tests.summary_results import made_up_results

Key = tuple[str, str, str]
LEADING = 4
"""Columns of a table before its figures."""


def lines_of(name: str) -> list[dict[str, str]]:
    """A list of the campaign, read without the program."""
    with (BUILT_IN / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def words_of(room: str, lang: str = "vi") -> dict[str, dict[str, str]]:
    """The words of one room, read without the program."""
    return tomllib.loads((BUILT_IN / "words" / f"{room}.{lang}.toml").read_text(encoding="utf-8"))[room]


def texts_of(table: Table) -> Iterator[list[str]]:
    """The rows of a table as texts; python-docx's own cells would take minutes."""
    for row in table._tbl.iter(qn("w:tr")):
        cells = row.iter(qn("w:tc"))
        yield ["".join(node.text or "" for node in cell.iter(qn("w:t"))) for cell in cells]


def columns_of(form: dict[str, str]) -> list[str]:
    """The periods of a form, then the windows over them."""
    periods = [line for line in lines_of("periods.csv") if line["series"] == form["periods"]]
    used = {window for line in periods for window in line["windows"].split()}
    windows = [line["window_id"] for line in lines_of("windows.csv") if line["window_id"] in used]
    return [*(line["period_id"] for line in periods), *windows]


def shown_in(path: Path) -> dict[Key, str]:
    """Every cell of figures in the document, told by the place where it stands."""
    levels = {name: level for level, name in words_of("forms")["level"].items()}
    levels[words_of("document")["all_levels"]] = "ALL"
    found: dict[Key, str] = {}
    tables = docx.Document(str(path)).tables
    for form, table in zip(lines_of("forms.csv"), tables, strict=True):
        indicators = iter([i for i in lines_of("indicators.csv") if i["form_id"] == form["form_id"]])
        before, indicator = "", {"indicator_id": "", "name": ""}
        for number, name, _, level, *figures, _ in list(texts_of(table))[1:]:
            indicator = next(indicators) if number != before else indicator
            before = number
            assert name == indicator["name"]
            for column, text in zip(columns_of(form), figures, strict=True):
                found[indicator["indicator_id"], levels[level], column] = text
        assert next(indicators, None) is None
    return found


def as_written(value: str, decimals: int) -> str:
    """A number as the office writes it: 1.234,5."""
    exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:,f}".translate({ord(","): ".", ord("."): ","})


@pytest.fixture(scope="module")
def mistaken(stories: Stories) -> Outputs:
    """What a whole run over invented returns with mistakes left behind."""
    return stories.ask("mistaken")


@pytest.fixture(scope="module")
def appendix(mistaken: Outputs) -> Path:
    """The document of that run."""
    return mistaken.folder / "phu-luc.docx"


def test_every_city_figure_of_the_document_is_the_total_and_none_is_missing(mistaken, appendix):
    """People paste these tables into the report: a figure in them is that of totals.csv, mark and all."""
    measures = {line["unit_measure"]: line["number_format"] for line in lines_of("measures.csv")}
    formats = {line["indicator_id"]: measures[line["unit_measure"]] for line in lines_of("indicators.csv")}
    expected = {}
    for total in mistaken.rows("totals"):
        if total["obs_value"]:
            key = (total["indicator_id"], total["level"], total["period_id"])
            text = as_written(total["obs_value"], len(formats[key[0]].partition(".")[2]))
            expected[key] = ("◊" if total["is_provisional"] == "True" else "") + text
    shown = {key: text for key, text in shown_in(appendix).items() if re.search(r"\d", text)}

    assert len(expected) > 10_000
    assert any(text.startswith("◊") for text in expected.values())
    assert shown == expected


def test_a_cell_without_a_figure_says_why(appendix):
    """No cell of figures is empty: each shows a sign that the notes below its table explain."""
    signs = {text for text in shown_in(appendix).values() if not re.search(r"\d", text)}

    assert signs <= {"x", "…", words_of("document")["not_totalled"]}
    assert "x" in signs


def test_each_table_repeats_its_header_and_breaks_no_row(appendix):
    """Whoever reads page 40 sees which year a column is."""
    for table in docx.Document(str(appendix)).tables:
        first, *rest = table._tbl.findall(qn("w:tr"))

        assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in (first, *rest))
        assert len(set(next(texts_of(table)))) == len(next(texts_of(table)))


def test_each_table_fits_between_the_margins(appendix):
    """Nothing is cut at the edge of the paper: A4 across, and the columns add up to no more than its room."""
    document = docx.Document(str(appendix))
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= room + 12_700 * len(table.columns)


def test_the_document_says_its_language_title_and_headings(appendix):
    """Screen readers, spelling and the navigation pane work without a hand."""
    document = docx.Document(str(appendix))
    lang = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    titles = [p.text for p in document.paragraphs if p.style.name == "Title"]

    assert lang.get(qn("w:val")) == "vi-VN"
    assert document.core_properties.language == "vi-VN"
    assert document.core_properties.title
    assert titles == [words_of("document")["title"]]
    assert [text.partition("\n")[2] for text in headings] == [f["title"] for f in lines_of("forms.csv")]
    assert all(
        t._tbl.tblPr.find(qn("w:tblCaption")) is not None
        and t._tbl.tblPr.find(qn("w:tblDescription")) is not None
        for t in document.tables
    )


def test_the_footer_counts_the_pages_by_fields(appendix):
    """Page x of y stays right when the tables are pasted elsewhere or the text grows."""
    footer = docx.Document(str(appendix)).sections[0].footer._element

    fields = [field.get(qn("w:instr")).strip() for field in footer.iter(qn("w:fldSimple"))]

    assert fields == ["PAGE", "NUMPAGES"]


def test_every_appendix_ends_with_its_source_and_room_to_sign(appendix):
    """As many signature blocks as tables, each after notes that name the run."""
    words = words_of("document")
    texts = [p.text for p in docx.Document(str(appendix)).paragraphs]
    forms = len(lines_of("forms.csv"))

    assert sum(text.startswith(words["note"]["source_title"]) for text in texts) == forms
    assert sum(words["signature"]["right"] in text for text in texts) == forms


def test_the_same_inputs_give_the_same_document(stories, appendix):
    """Byte for byte, from another folder and with one worker; no part of the package carries a clock time."""
    again = stories.ask("again").folder / "phu-luc.docx"

    assert again.read_bytes() == appendix.read_bytes()
    with zipfile.ZipFile(appendix) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_campaign_has_its_document_too(tiny):
    """Nothing in it rests on this campaign: its own forms, levels and windows stand in the tables."""
    made = docx.Document(io.BytesIO(build_document(tiny, made_up_results(tiny), "en")))

    assert len(made.tables) == len(tiny.forms)
    assert all(len(list(texts_of(table))) > 1 for table in made.tables)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.0, 0, "0"),
        (1234.0, 0, "1.234"),
        (1234567.5, 2, "1.234.567,50"),
        (0.125, 2, "0,13"),
        (2.675, 2, "2,68"),
    ],
)
def test_numbers_are_written_as_the_office_writes_them(value, decimals, expected):
    """A point between thousands, a comma before decimals; halves go up, as in the workbook."""
    assert NumberStyle(".", ",").written(value, decimals) == expected


def test_english_numbers_are_written_the_english_way():
    """1,234.50 in the English document."""
    assert NumberStyle(",", ".").written(1234.5, 2) == "1,234.50"
