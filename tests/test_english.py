"""``--lang en`` gives everything in English: no word of another language is left in what staff read."""

from __future__ import annotations

import csv
import io
import re
import shutil
import unicodedata
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign, in_language, load_campaign
from pipeline.catalogue.load import BUILT_IN
from pipeline.catalogue.names import missing_names
from pipeline.catalogue.wording import rule_sentence
from pipeline.demo import invent
from pipeline.document import build_document
from pipeline.errors import CampaignRefused
from pipeline.forms import build_template
from pipeline.intake import Found, read_submission
from pipeline.model import Submission
from pipeline.run import conclude
from pipeline.validation import validate
from pipeline.workbook import write_book
from tests.summary_results import made_up_results, written_summary

FILE = "names.en.csv"
PLACES = ("Hải Phòng",)
"""Proper names that stand outside the names of units."""
FROM_ELSEWHERE = ("xl/theme/", "word/theme/")
"""Parts that the libraries write and nobody reads."""


def is_vietnamese(word: str) -> bool:
    """Whether a word has a Latin letter beyond ASCII."""
    return any(not c.isascii() and c.isalpha() and "LATIN" in unicodedata.name(c, "") for c in word)


def lines() -> list[dict[str, str]]:
    """The file of English names, read without the program."""
    with (BUILT_IN / FILE).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def proper_names() -> set[str]:
    """The words that keep their letters in English: those of places."""
    texts = [line["name"] for line in lines() if line["list"] in ("units", "subordinates")]
    words = {word for text in (*texts, *PLACES) for word in re.findall(r"\w+", text) if is_vietnamese(word)}
    return words | {word.upper() for word in words}


def signs() -> set[str]:
    """What staff may type in a cell, and what the guide therefore shows as typed."""
    with (BUILT_IN / "signs.csv").open(encoding="utf-8-sig", newline="") as file:
        return {line["text"] for line in csv.DictReader(file)}


def texts_of(package: Path | io.BytesIO) -> Iterator[str]:
    """Every text and every attribute of every part of an office file."""
    with zipfile.ZipFile(package) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels", ".vml")) and not name.startswith(FROM_ELSEWHERE):
                for element in ElementTree.fromstring(parts.read(name)).iter():
                    yield from (element.text or "", *element.attrib.values())


def left_over(package: Path | io.BytesIO) -> set[str]:
    """The texts with a word that is neither English nor a proper name nor a sign in quotation marks."""
    allowed, quoted = proper_names(), re.compile("|".join(f"«{re.escape(sign)}»" for sign in signs()))
    return {
        text
        for text in texts_of(package)
        if any(is_vietnamese(w) and w not in allowed for w in re.findall(r"\w+", quoted.sub("", text)))
    }


def from_a_unit(campaign: Campaign) -> set[str]:
    """What the made-up results say that units wrote; their findings are in no language of the program."""
    results = made_up_results(campaign)
    told = {str(text) for name in ("message", "seen", "reply") for text in results.findings[name]}
    return told | {source.why for source in results.sources}


@pytest.fixture(scope="module")
def summary(campaign, tmp_path_factory) -> Path:
    """The summary of made-up results in English."""
    return written_summary(campaign, made_up_results(campaign), "en", tmp_path_factory.mktemp("english"))


def test_the_summary_holds_no_word_that_is_not_english(campaign, summary):
    """Sheet names, headers, indicators, units, notes, charts, comments, document properties: all of it."""
    assert left_over(summary) - from_a_unit(campaign) == set()


def test_the_summary_has_english_sheets(summary):
    """The names of the eight kinds of sheets, and no abbreviation of a Vietnamese word."""
    with zipfile.ZipFile(summary) as parts:
        names = re.findall(r'<sheet name="([^"]+)"', parts.read("xl/workbook.xml").decode())

    assert names[:3] == ["Read first", "Overview", "Coverage"]
    assert {"By unit", "Reconciliation", "To correct", "Sources", "Notes", "Detail B01"} <= set(names)


def test_the_appendix_holds_no_word_that_is_not_english(campaign):
    """The Word document, its styles and its properties too."""
    document = build_document(campaign, made_up_results(campaign), "en")

    assert left_over(io.BytesIO(document)) == set()


@pytest.mark.parametrize("unit_id", ["QH304", "TTTP"])
def test_a_template_holds_no_word_that_is_not_english(campaign, tmp_path, unit_id):
    """Guide, forms, live checks, explanations, refusal texts of cells."""
    write_book(build_template(campaign, unit_id, lang="en"), campaign.theme, tmp_path / "t.xlsx")

    assert left_over(tmp_path / "t.xlsx") == set()


def test_what_a_rule_says_is_english(campaign):
    """The sentence of every rule: in messages, on the sheet of checks, on the terminal."""
    allowed = proper_names()
    said = {rule.rule_id: rule_sentence(campaign, rule, "en") for rule in campaign.rules.values()}

    assert len(said) > 200
    wrong = {w for text in said.values() for w in re.findall(r"\w+", text) if is_vietnamese(w)} - allowed
    assert wrong == set()


def filled_in_english(campaign: Campaign, unit_id: str, folder: Path) -> Submission:
    """An invented return in an English template, read as any return is."""
    (invented,) = invent(campaign, 7, (unit_id,), 0.0)
    path = folder / f"{unit_id}.xlsx"
    write_book(build_template(campaign, unit_id, invented.answers, "en"), campaign.theme, path)
    return read_submission(Found(path.name, path), campaign)


def test_a_return_in_an_english_template_is_read_like_any_other(campaign, tmp_path):
    """Keys and ids are the same in every language: nothing is refused, nothing asked."""
    submission = filled_in_english(campaign, "SNV", tmp_path)
    found = validate(campaign, [submission], "en").findings
    mine = found[(found["unit_id"] == "SNV") & (found["severity"] != "info")]

    assert submission.problems == ()
    assert submission.sheets
    assert mine[["rule_id", "message"]].to_numpy().tolist() == []


def test_the_language_of_a_run_changes_no_figure(campaign, tmp_path):
    """The same return gives the same totals in both languages."""
    submission = filled_in_english(campaign, "SNV", tmp_path)
    both = [conclude(campaign, [submission], [], (lang, lambda *_: None)).totals for lang in ("vi", "en")]

    assert both[0].equals(both[1])


def test_a_campaign_in_its_own_language_is_itself(campaign):
    """There and back again is the same object; its lists keep their ids and order."""
    english = in_language(campaign, "en")

    assert in_language(campaign, "vi") is campaign
    assert in_language(english, "vi") is campaign
    assert in_language(english, "en") is english
    assert list(english.indicators) == list(campaign.indicators)


def test_without_a_file_of_names_the_own_names_stand_in(tiny):
    """The tiny campaign has none, and works in English."""
    english = in_language(tiny, "en")

    assert not (tiny.folder / FILE).exists()
    assert [i.name for i in english.indicators.values()] == [i.name for i in tiny.indicators.values()]


def test_our_own_campaign_lacks_no_english_name(campaign):
    """Nothing that staff read falls back to Vietnamese."""
    assert missing_names(campaign, "en") == []


def test_for_a_missing_name_the_own_name_stands_in(tmp_path):
    """Whoever adds a unit or an indicator is not stopped by a language that nobody asks for."""
    folder = shutil.copytree(BUILT_IN, tmp_path / "shorter")
    text = (folder / FILE).read_text(encoding="utf-8")
    line = "units,SNV,Department of Home Affairs\n"
    assert text.count(line) == 1
    (folder / FILE).write_text(text.replace(line, ""), encoding="utf-8")
    campaign = load_campaign(folder)

    assert missing_names(campaign, "en") == [("units", "SNV")]
    assert in_language(campaign, "en").units["SNV"].name == campaign.units["SNV"].name


@pytest.mark.parametrize(
    ("old", "new", "column", "told"),
    [
        ("units,SNV,", "units,SNVV,", "id", "did you mean SNV"),
        ("units,SNV,", "unit,SNV,", "list", "did you mean units"),
        ("units,SNV,Department of Home Affairs", "units,SNV,", "name", "must not be empty"),
        ("units,SNV,", "units,TTTP,", "id", "already stands in line"),
    ],
)
def test_a_wrong_name_is_refused_where_it_stands(tmp_path, old, new, column, told):
    """A name for what no list has would never be read."""
    folder = shutil.copytree(BUILT_IN, tmp_path / "broken")
    text = (folder / FILE).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / FILE).write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(CampaignRefused) as refused:
        load_campaign(folder)

    found = [p for p in refused.value.problems if p.file == FILE]
    assert any(p.column == column and told in p.message for p in found), found
