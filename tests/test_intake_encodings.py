"""Texts typed with the fonts of the time before Unicode: what they say, and how they are recognised."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_submission
from pipeline.intake.letters import encoding_of_font, encodings
from pipeline.intake.older_texts import in_unicode
from pipeline.intake.values import read_grids
from pipeline.model import Submission
from tests.damage_values import in_tcvn3, in_vni
from tests.sheets import drawn_return, saved

LETTERS = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
"""All letters of the language beyond ASCII, small."""

STANDARD = bytes.fromhex(
    "B5B6B7B8B9A8BBBCBDBEC6A9C7C8C9CACBAECCCECFD0D1AAD2D3D4D5D6D7D8DCDDDEDFE1E2E3E4AB"
    "E5E6E7E8E9ACEAEBECEDEEEFF1F2F3F4ADF5F6F7F8F9FAFBFCFDFE"
)
"""The bytes of TCVN 5712:1993 (VN3) for these letters, in their order."""

CAPITALS, STANDARD_CAPITALS = "ĂÂÊÔƠƯĐ", bytes(range(0xA1, 0xA8))

VNI_WORDS = {
    "Xin chào các bạn": "Xin chaøo caùc baïn",
    "Cộng hòa xã hội chủ nghĩa Việt Nam": "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
    "Độc lập - Tự do - Hạnh phúc": "Ñoäc laäp - Töï do - Haïnh phuùc",
    "Ủy ban nhân dân thành phố": "UÛy ban nhaân daân thaønh phoá",
    "Kỳ họp, đường, mỹ, kỷ, lịch": "Kyø hoïp, ñöôøng, myõ, kyû, lòch",
    "TỔNG KẾT NGHỊ QUYẾT": "TOÅNG KEÁT NGHÒ QUYEÁT",
}
"""Everyday phrases as texts of the time spell them."""

TCVN3_WORDS = {
    "Bảo Thắng": "B¶o Th¾ng",
    "Mường Khương": "M­êng Kh­¬ng",
    "Ninh Bình": "Ninh B×nh",
    "Nguyễn": "NguyÔn",
    "Uỷ ban nhân dân": "Uû ban nh©n d©n",
    "Thủy": "Thñy",
}


def test_the_first_table_is_the_standard():
    """Each byte of the standard, shown as Windows shows it, is the letter that the standard gives it."""
    decoded = encodings()["TCVN3"].decoded

    assert decoded(STANDARD.decode("latin-1")) == LETTERS
    assert decoded(STANDARD_CAPITALS.decode("latin-1")) == CAPITALS


@pytest.mark.skipif(shutil.which("iconv") is None, reason="no iconv on this system")
def test_the_first_table_is_that_of_other_programs():
    """The library of the system reads the same bytes as the same letters."""
    call = ["iconv", "-f", "TCVN", "-t", "UTF-8"]
    words = b" ".join(bytes([byte]) for byte in STANDARD + STANDARD_CAPITALS) + b" "
    theirs = subprocess.run(call, input=words, capture_output=True, check=False)
    if theirs.returncode:
        pytest.skip("iconv without this standard")

    assert encodings()["TCVN3"].decoded(words.decode("latin-1")) == unicodedata.normalize(
        "NFC", theirs.stdout.decode()
    )


@pytest.mark.parametrize(("name", "words"), [("VNI", VNI_WORDS), ("TCVN3", TCVN3_WORDS)])
def test_phrases_of_the_time_are_read(name: str, words: dict[str, str]):
    """As they stand in texts that everybody knows."""
    decoded = encodings()[name].decoded

    assert {decoded(typed): typed for typed in words.values()} == words


@pytest.mark.parametrize("name", ["TCVN3", "VNI"])
def test_every_letter_has_one_spelling_and_every_spelling_one_letter(name: str):
    """One to one over the whole alphabet; in the second also over its capital letters."""
    spell = {"TCVN3": in_tcvn3, "VNI": in_vni}[name]
    alphabet = LETTERS + (LETTERS.upper() if name == "VNI" else CAPITALS)
    spelled = [spell(letter) for letter in alphabet]

    assert len(set(spelled)) == len(alphabet)
    assert [encodings()[name].decoded(one) for one in spelled] == list(alphabet)
    assert all(ord(sign) < 256 for one in spelled for sign in one)


WORD = st.text(st.sampled_from("bcghklmnpqrstvxaeiouy" + LETTERS), min_size=1, max_size=7)


@pytest.mark.parametrize(("name", "spell"), [("TCVN3", in_tcvn3), ("VNI", in_vni)])
@given(words=st.lists(WORD, min_size=1, max_size=5))
def test_any_text_comes_back(name: str, spell: Callable[[str], str], words: list[str]):
    """Spelled in the old way and read again, whatever letters follow each other."""
    text = " ".join(words)

    assert encodings()[name].decoded(spell(text)) == text


@pytest.mark.parametrize("name", ["TCVN3", "VNI"])
@given(text=st.text(st.characters(max_codepoint=0x17F), max_size=30))
def test_no_figure_is_touched(name: str, text: str):
    """Digits and the signs between them stay what and where they are, whatever is beside them."""
    plain = re.compile(r"[0-9.,%+-]+")

    assert plain.findall(encodings()[name].decoded(text)) == plain.findall(text)


@pytest.mark.parametrize(
    ("font", "name"),
    [
        *((font, "TCVN3") for font in (".VnTime", ".VnTimeH", ".vnarial", "'.VnTime'")),
        *((font, "VNI") for font in ("VNI-Times", "VNI-Helve", "vni times")),
        *((font, "") for font in ("Times New Roman", "Calibri", "Vni", "Vnarial Today", "")),
    ],
)
def test_fonts_are_told_by_how_their_names_begin(font: str, name: str):
    """Fonts of today have no encoding of their own."""
    assert encoding_of_font(font) == name


def sheet_of(campaign: Campaign, values: list[Any], path: Path, font: str = "") -> list[Any]:
    """What a sheet shows of these values once older encodings are converted, and how each was told."""
    book = openpyxl.Workbook()
    for row, value in enumerate(values, start=1):
        book.active.cell(row, 1).value = value
        if font:
            book.active.cell(row, 1).font = Font(name=font)
    book.save(path)
    (grid,) = read_grids(path.read_bytes(), "xlsx", frozenset())
    read = in_unicode(grid, campaign)
    told = {place[0]: (one.encoding, one.by_font) for place, one in read.converted.items()}
    return [(read.text(row, 1), told.get(row)) for row in range(1, len(values) + 1)]


@pytest.mark.parametrize("name", ["TCVN3", "VNI"])
def test_letters_alone_tell_the_encoding(campaign: Campaign, tmp_path: Path, name: str):
    """Words for nothing, words before a number, labels: in fonts of today too, as pasted texts are."""
    spell = {"TCVN3": in_tcvn3, "VNI": in_vni}[name]
    texts = ["không có", "chưa thực hiện", "đang tổng hợp", "Số lượt người dự", "khoảng 1.200"]

    assert sheet_of(campaign, [spell(text) for text in texts], tmp_path / "x.xlsx") == [
        (text, (name, False)) for text in texts
    ]


@pytest.mark.parametrize("font", ["", ".VnTime", "VNI-Times"])
def test_texts_of_today_are_left_alone(campaign: Campaign, tmp_path: Path, font: str):
    """Every word of the campaign, whatever the font; guillemets, fractions and foreign names as well."""
    words = {*campaign.signs, *campaign.measures, *(i.name for i in campaign.indicators.values())}
    words |= {unit.name for unit in campaign.units.values()} | {"«không»", "12½", "élève", "Ñandú", "5 × 3"}
    texts = sorted(word for word in words if not word.isascii())

    assert sheet_of(campaign, texts, tmp_path / "x.xlsx", font) == [
        (unicodedata.normalize("NFC", text).strip(), None) for text in texts
    ]


def test_the_font_decides_where_the_letters_do_not(campaign: Campaign, tmp_path: Path):
    """A word that is one in both spellings is converted in its font only."""
    typed = in_vni("Hôn nhân")
    (plain,) = sheet_of(campaign, [in_vni("hơn 12")], tmp_path / "x.xlsx", "VNI-Times")

    assert typed == "Hoân nhaân"
    assert plain == ("hơn 12", ("VNI", True))


def labelled(tiny: Campaign, path: Path, text: str) -> Submission:
    return read_submission(saved(drawn_return(tiny, "NORTH", {("V_DAY|P", "P21"): text}), path), tiny)


def test_a_cell_keeps_what_was_typed_and_is_told(tiny: Campaign, tmp_path: Path):
    """The reading stands beside it, and the note names sheet, cell, both texts and the encoding."""
    read = labelled(tiny, tmp_path / "x.xlsx", in_tcvn3("không có"))
    sheet = read.sheets[0]
    position = sheet.row_keys.index("V_DAY|P") * len(sheet.period_ids) + 1
    (problem,) = read.problems

    assert sheet.texts[position] == "kh«ng cã"
    assert sheet.unicode == {position: "không có"}
    assert (problem.rule_id, problem.sheet, problem.cell) == ("CELL-ENCODING", "USE", "G7")
    assert problem.values["seen"] == "kh«ng cã"
    assert problem.values["read"] == "không có"
    assert problem.values["encoding"] == "TCVN3"


def test_a_row_of_such_cells_is_told_once(tiny: Campaign, tmp_path: Path):
    """And a sheet whose labels are all of that kind, too: no flood."""
    values = {("V_DAY|P", period): in_tcvn3("không") for period in ("P20", "P21", "P22")}
    sheets = drawn_return(tiny, "NORTH", values)
    for row in sheets["USE"]:
        if len(row) > 2 and row[0] and "|" in str(row[0]):
            row[2] = in_tcvn3("Số liệu tổng hợp")
    read = read_submission(saved(sheets, tmp_path / "x.xlsx"), tiny)

    assert [(p.rule_id, p.cell, p.values["count"]) for p in read.problems] == [
        ("CELL-ENCODING", "C5", str(len(read.sheets[0].row_keys))),
        ("CELL-ENCODING", "F7", "3"),
    ]


@pytest.mark.parametrize("kind", ["xls", "ods"])
@pytest.mark.office
def test_fonts_are_seen_in_other_kinds_of_workbook(campaign: Campaign, tmp_path: Path, kind: str):
    """As LibreOffice saves them."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"], book.active["B1"] = in_vni("hơn 12"), in_vni("hơn 12"), 0.95
    book.active["A1"].font, book.active["B1"].number_format = Font(name="VNI-Times"), "0.0%"
    book.save(tmp_path / "x.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    call = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path)]
    subprocess.run([*call, str(tmp_path / "x.xlsx")], check=True, capture_output=True, timeout=120)
    (grid,) = read_grids((tmp_path / f"x.{kind}").read_bytes(), kind, frozenset())

    assert dict(grid.facts.fonts) == {(1, 1): "VNI"}
    assert grid.facts.percents == {(1, 2)}
    assert in_unicode(grid, campaign).text(1, 1) == "hơn 12"


def test_replies_keep_what_was_typed(tiny: Campaign, tmp_path: Path):
    """Remarks go on as the unit wrote them; only what is compared is converted."""
    sheets = drawn_return(tiny, "NORTH")
    row = next(row for row in sheets["USE"] if row and row[0] == "V_DAY|P")
    row[-2] = in_tcvn3("không có số liệu")
    read = read_submission(saved(sheets, tmp_path / "x.xlsx"), tiny)

    assert dict(read.sheets[0].remarks) == {"V_DAY|P": in_tcvn3("không có số liệu")}


def test_a_file_without_such_texts_is_told_nothing(tiny: Campaign, tmp_path: Path):
    """The usual case."""
    found = saved(drawn_return(tiny, "NORTH", {("V_DAY|P", "P21"): "không có"}), tmp_path / "x.xlsx")

    assert isinstance(found, Found)
    assert read_submission(found, tiny).problems == ()
