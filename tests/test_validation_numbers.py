"""What a text in a number cell says. Every text here is invented."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalogue import Campaign
from pipeline.model import Measure, ObsStatus
from pipeline.validation.numbers import normalise, read_number, read_text

COUNT = Measure("hội nghị", "conferences", 0, "#,##0", ("hn", "cuộc"))
MONEY = Measure("triệu đồng", "million", 3, "#,##0.00", ("trđ",))

READ = [
    # as typed, in a count, in money
    ("0", 0, 0),
    ("12", 12, 12),
    ("05", 5, 5),
    ("007", 7, 7),
    ("+5", 5, 5),
    ("-0", 0, 0),
    ("-5", -5, -5),
    ("\N{MINUS SIGN}5", -5, -5),
    ("1.234", 1234, 1234),
    ("1.234.567", 1234567, 1234567),
    ("1 234", 1234, 1234),
    ("1\N{NO-BREAK SPACE}234", 1234, 1234),
    ("1\N{NARROW NO-BREAK SPACE}234", 1234, 1234),
    ("1\N{THIN SPACE}234\N{THIN SPACE}567", 1234567, 1234567),
    ("1\N{ZERO WIDTH SPACE}2", 12, 12),
    ("\N{ZERO WIDTH NO-BREAK SPACE}12", 12, 12),
    ("1'234", 1234, 1234),
    ("\uff11\uff12", 12, 12),
    ("\uff11\uff0e\uff12\uff13\uff14", 1234, 1234),
    ("\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT TWO}", 12, 12),
    ("12,5", 12.5, 12.5),
    ("12.5", 12.5, 12.5),
    ("0.123", 0.123, 0.123),
    ("0,5", 0.5, 0.5),
    ("1,234", 1.234, 1.234),
    ("1,234,567", 1234567, 1234567),
    ("1.234,5", 1234.5, 1234.5),
    ("1 234,56", 1234.56, 1234.56),
    ("1,234.5", 1234.5, 1234.5),
    ("1.2345", 1.2345, 1.2345),
]

REFUSED = [
    *("12x", "x12", "1.2.3", "1,2,3", "1.23.456", "12.34,5.6", "1..2", "1.234.", ",5", "1 2", "1 23 456"),
    *("²", "1²", "½", "IV", "1e5", "0x10", "1_000", "10/11", "5-6", "12+3", "--5", "- 5", "$5", "10%"),
    *("mười hai", "hơn 1.200", "khoảng 300", "2 (lồng ghép)", "như trên", "nt", "12 hn hn", "12 người"),
    *("1 234.5", "0.123.456", "9" * 400, "12\n13", "nan", "inf", "∞"),
]


@pytest.mark.parametrize(("text", "count", "money"), READ)
def test_a_number_as_staff_write_it_is_read(
    text: str, count: float, money: float, campaign: Campaign
) -> None:
    """The dot groups thousands, the comma begins decimals; a comma is never taken for a thousand."""
    assert read_text(text, COUNT, campaign.signs).value == pytest.approx(count, abs=0)
    assert read_text(text, MONEY, campaign.signs).value == pytest.approx(money, abs=0)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_certainly_a_number_is_not_read(text: str, campaign: Campaign) -> None:
    """Nothing is guessed: neither a value nor a sign."""
    reading = read_text(text, COUNT, campaign.signs)

    assert reading.value is None
    assert reading.status is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("-", ObsStatus.ZERO),
        ("–", ObsStatus.ZERO),
        (" Không ", ObsStatus.ZERO),
        ("KHÔNG CÓ", ObsStatus.ZERO),
        (unicodedata.normalize("NFD", "không phát sinh"), ObsStatus.ZERO),
        ("chưa\N{NO-BREAK SPACE}có", ObsStatus.ZERO),
        ("x", ObsStatus.NOT_APPLICABLE),
        ("X", ObsStatus.NOT_APPLICABLE),
        ("N/A", ObsStatus.NOT_APPLICABLE),
        ("…", ObsStatus.UNKNOWN),
        ("...", ObsStatus.UNKNOWN),
        ("Không có  số liệu", ObsStatus.UNKNOWN),
        (unicodedata.normalize("NFD", "ĐANG TỔNG HỢP"), ObsStatus.UNKNOWN),
    ],
)
def test_a_sign_is_known_however_it_is_typed(text: str, status: ObsStatus, campaign: Campaign) -> None:
    """Capitals, decomposed letters, and spaces of any kind do not hide a sign."""
    reading = read_text(text, COUNT, campaign.signs)

    assert reading.status is status
    assert reading.value is None


def test_every_sign_of_the_campaign_is_read_as_it_says(campaign: Campaign) -> None:
    """The table of signs is what counts."""
    for text, status in campaign.signs.items():
        assert read_text(text, COUNT, campaign.signs).status is status, text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 hội nghị", 12),
        ("12 Hội Nghị", 12),
        ("12hn", 12),
        ("05 cuộc", 5),
        ("1.234 hn", 1234),
        (unicodedata.normalize("NFD", "12 hội nghị"), 12),
        ("12 trđ", None),
        ("12 hội", None),
        ("12 hội nghị lớn", None),
        ("hội nghị 12", None),
    ],
)
def test_only_the_rows_own_measure_may_follow_a_number(
    text: str, value: float | None, campaign: Campaign
) -> None:
    """A word that is not the row's unit of measure may change what is meant: refused."""
    assert read_text(text, COUNT, campaign.signs).value == value


ABOUT = frozenset({"hơn", "khoảng", "khoảng hơn", "~"})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hơn 1.200", 1200),
        ("Khoảng 300 hội nghị", 300),
        (unicodedata.normalize("NFD", "KHOẢNG HƠN 05"), 5),
        ("~300", 300),
        ("~ 1 200", 1200),
        ("hơn", None),
        ("hơn hơn 300", None),
        ("gần 300", None),
        ("khoảng 300-400", None),
        ("khoảng 300 người", None),
        ("khoảng -5", None),
        ("hơn 1,234", None),
        ("hơn 1,5", None),
        ("300 hơn", None),
        ("hơn không", None),
    ],
)
def test_a_word_before_a_number_marks_it_as_approximate(
    text: str, value: float | None, campaign: Campaign
) -> None:
    """The number itself stays as strict as any; only a known word may stand there, and only one."""
    reading = read_text(text, COUNT, campaign.signs, ABOUT)

    assert reading.value == value
    assert reading.is_approximate == (value is not None)
    assert read_text(text, COUNT, campaign.signs).value is None


def test_an_approximate_sum_of_money_may_have_decimals(campaign: Campaign) -> None:
    """As any sum of money."""
    assert read_text("hơn 12,5 trđ", MONEY, campaign.signs, ABOUT).value == 12.5


WHOLE = st.integers(0, 999_999_999_999)


def _grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


@given(WHOLE, st.sampled_from(["", ".", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "'"]))
def test_every_whole_number_is_read_back(number: int, separator: str) -> None:
    """However the thousands are set apart (but by the comma, which begins decimals)."""
    assert read_text(_grouped(number, separator), COUNT, {}).value == number


@given(WHOLE, st.integers(1, 999), st.sampled_from([",", "."]))
def test_every_decimal_number_is_read_back(number: int, decimals: int, separator: str) -> None:
    """A comma, or a dot that cannot group thousands, begins the decimals."""
    text = f"{number}{separator}{decimals:04d}"

    assert read_number(text) == pytest.approx(number + decimals / 10_000, rel=1e-15)


@given(st.text(alphabet="0123456789., '+-−\N{NO-BREAK SPACE}", max_size=14))
def test_no_number_has_other_digits_than_its_text(text: str) -> None:
    """Whatever is read, its digits are those of the text, in their order: none lost, moved or added."""
    value = read_text(text, MONEY, {}).value
    if value is None:
        return
    digits = "".join(re.findall(r"\d", text))

    assert format(Decimal(repr(abs(value))), "f").replace(".", "").strip("0") == digits.strip("0")


@given(st.text(max_size=12))
def test_no_text_ever_breaks_the_reader(text: str) -> None:
    """A value, or none; never both a value and a sign."""
    reading = read_text(text, COUNT, {"x": ObsStatus.NOT_APPLICABLE})

    assert reading.value is None or reading.status is None
    assert reading.value is None or abs(reading.value) < float("inf")


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A text and its normal form say the same."""
    assert normalise(normalise(text)) == normalise(text)
