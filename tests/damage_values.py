"""What happens to single cells and texts. The table at the end says what must come of each."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from tests.damage import (
    REPORTED,
    SAME,
    Damage,
    Pages,
    Row,
    body,
    code_row,
    column_at,
    cut_campaign,
    invented_figures,
    put,
    row_at,
)
from tests.damage_structure import both, no_code_row, no_keys, on, relabelled, retitled

KEY, PERIOD = "B01_300|H", "Y2019"
FIGURE = int(invented_figures(cut_campaign())[KEY, PERIOD])
TOTAL = "B01_010|H"
RATIO = "B01_203|H"
CELL = ("B01", "L59")
THOUSANDS = f"{FIGURE:,}".replace(",", ".")

TCVN3 = dict(
    zip(
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ",
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§",
        strict=True,
    )
)
"""How the older fonts of the offices spell the letters of the language."""


def in_tcvn3(text: str) -> str:
    return "".join(TCVN3.get(letter, letter) for letter in text)


VNI_TONES = {"\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0301": "ù", "\u0323": "ï"}
VNI_ROOFED = {"": "â", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0301": "á", "\u0323": "ä"}
VNI_BOWED = {"": "ê", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0301": "é", "\u0323": "ë"}
VNI_ALONE = dict(zip("ìỉĩíịỵđơư", "ìæóíòîñôö", strict=True))


def in_vni(text: str) -> str:
    """As the fonts of the south spell a text: the letter, then a sign for its marks; some have their own."""
    return "".join(_in_vni(letter) for letter in text)


def _in_vni(letter: str) -> str:
    if letter.lower() != letter:
        return _in_vni(letter.lower()).upper()
    if letter in VNI_ALONE:
        return VNI_ALONE[letter]
    base, *marks = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in marks if mark in VNI_TONES)
    if "\u0302" in marks:
        return base + VNI_ROOFED[tone]
    if "\u0306" in marks:
        return base + VNI_BOWED[tone]
    horned = VNI_ALONE[unicodedata.normalize("NFC", base + "\u031b")] if "\u031b" in marks else base
    return horned + (VNI_TONES[tone] if tone else "")


def typed(value: Any, key: str = KEY, period_id: str = PERIOD) -> Callable[[Pages], None]:
    return lambda pages: put(pages, key, period_id, value)


def everywhere(change: Callable[[int], Any]) -> Callable[[Pages], None]:
    """Every figure of the first form, typed in another way."""

    def do(pages: Pages) -> None:
        rows = pages["B01"]
        columns = [at for at, name in enumerate(rows[code_row(rows)]) if str(name)[1:].isdecimal()]
        for row in rows[body(rows)]:
            for at in columns:
                if isinstance(row[at], int):
                    row[at] = change(row[at])

    return do


def total_off(pages: Pages) -> None:
    put(pages, TOTAL, PERIOD, total_figure() + 5)


def total_figure() -> int:
    figures = invented_figures(cut_campaign())
    return int(sum(figures[f"B01_01{n}|H", PERIOD] for n in (1, 2, 3)))


def total_formula(pages: Pages) -> None:
    put(pages, TOTAL, PERIOD, "=SUM(L12,L14,L16)")


def cells_beyond(pages: Pages) -> None:
    rows = pages["B01"]
    rows[row_at(rows, KEY)] += [None, None, None, 4321]


def cells_below(pages: Pages) -> None:
    pages["B01"] += [[], [None, None, "Cộng thêm", None, None, 55, 66]]


def far_cell(book: Workbook) -> None:
    book["B01"].cell(60_000, 40).value = 5


def merged(book: Workbook) -> None:
    """One figure for 2019 to 2023, where each year had its own cell."""
    sheet = book["B01"]
    sheet["L59"].value = 999
    sheet.merge_cells("L59:P60")


def with_comment(book: Workbook) -> None:
    book["B01"]["L59"].comment = Comment("Số này lấy từ báo cáo năm", "Nguyễn Văn A")


def as_percent(value: float) -> Callable[[Workbook], None]:
    def dress(book: Workbook) -> None:
        book["B01"]["L59"].value, book["B01"]["L59"].number_format = value, "0%"

    return dress


def in_font(name: str) -> Callable[[Workbook], None]:
    """Every cell of a sheet in one font, whatever is typed in it."""

    def dress(book: Workbook) -> None:
        for row in book["B01"].iter_rows():
            for cell in row:
                cell.font = Font(name=name)

    return dress


def thousands_shown(book: Workbook) -> None:
    for row in book["B01"].iter_rows():
        for cell in row:
            cell.number_format = "#,##0.00" if isinstance(cell.value, int) else cell.number_format


def in_xml(old: bytes, new: bytes) -> Callable[[Path], None]:
    """A change in the text of the sheet, such as no program of ours can make."""

    def change(path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        plain = {name: re.sub(rb"<v ?/>|<v></v>", b"<v/>", content) for name, content in parts.items()}
        changed = {name: content.replace(old, new) for name, content in plain.items()}
        assert changed != plain
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in changed.items():
                package.writestr(name, content)

    return change


def blank_row(pages: Pages) -> None:
    rows: list[Row] = pages["B01"]
    for period in ("Y2013", "Y2014", "Y2015", "Y2016", "Y2017", "Y2018", "Y2019", "Y2020", "Y2021", "Y2022"):
        rows[row_at(rows, KEY)][column_at(rows, period)] = None
    rows[row_at(rows, KEY)][column_at(rows, "Y2023")] = None


ENCODED = ("CELL-ENCODING", "B01")
FORMULA = b"<f>12+5+7</f><v/>"
RULE = next(
    name
    for name, rule in cut_campaign().rules.items()
    if rule.expression.total and rule.expression.total[0] == "B01_010"
)


def told(rule_id: str) -> tuple[tuple[str, ...], ...]:
    return ((rule_id, *CELL),)


TABLE = (
    # Another spelling of the same figure: read, and noted.
    Damage("digits as text", typed(f"{FIGURE}"), SAME, told("CELL-READ")),
    Damage("every figure as text", everywhere(str), SAME, told("CELL-READ")),
    Damage("every figure as grouped text", everywhere(lambda n: f"{n:,}".replace(",", "."))),
    Damage("dots between thousands", typed(THOUSANDS), SAME, told("CELL-READ")),
    Damage("spaces between thousands", typed(f"{FIGURE:,}".replace(",", " ")), SAME, told("CELL-READ")),
    Damage("hard spaces between thousands", typed(f"{FIGURE:,}".replace(",", "\u00a0"))),
    Damage("spaces around", typed(f"  {FIGURE} "), SAME, told("CELL-READ")),
    Damage("a zero before", typed(f"0{FIGURE}"), SAME, told("CELL-READ")),
    Damage("the unit of measure after it", typed(f"{FIGURE} tin, bài"), SAME, told("CELL-READ")),
    Damage("another spelling of the unit after it", typed(f"{THOUSANDS} tin bài")),
    Damage("full-width digits", typed("".join(chr(ord(d) + 0xFEE0) for d in str(FIGURE)))),
    Damage("a zero-width space in it", typed(f"\u200b{FIGURE}")),
    Damage("a line break after it", typed(f"{FIGURE}\n")),
    Damage("a number with a decimal part of nothing", typed(float(FIGURE))),
    Damage("another number format", lambda _: None, dress=thousands_shown),
    Damage("a comment on the cell", lambda _: None, dress=with_comment),
    Damage(
        "a formula of the unit's own",
        typed("=12+5+7"),
        SAME,
        told("CELL-FORMULA"),
        {(KEY, PERIOD): 24.0},
        files=in_xml(FORMULA, b"<f>12+5+7</f><v>24</v>"),
    ),
    Damage("a total that is a formula without a value", total_formula, SAME),
    Damage("a ratio typed as 0,95", typed(0.95, RATIO), SAME, (("RATIO-TYPED", "B01"),)),
    Damage("a ratio typed as 95%", typed("95%", RATIO), SAME, (("RATIO-TYPED", "B01"),)),
    Damage("a ratio typed as 95", typed(95, RATIO), SAME, (("RATIO-TYPED", "B01"),)),
    # Nothing, and not known.
    Damage("a dash for nothing", typed("-"), SAME, told("CELL-ZERO"), {(KEY, PERIOD): 0.0}),
    Damage("a word for nothing", typed("Không phát sinh"), SAME, told("CELL-ZERO"), {(KEY, PERIOD): 0.0}),
    Damage(
        "a word for nothing, letters taken apart",
        typed("Kho\u0302ng"),
        SAME,
        told("CELL-ZERO"),
        {(KEY, PERIOD): 0.0},
    ),
    Damage("not known", typed("…"), REPORTED, told("CELL-UNKNOWN")),
    Damage("being counted", typed("đang tổng hợp"), REPORTED, told("CELL-UNKNOWN")),
    Damage("blank", typed(None), REPORTED, told("CELL-MISSING")),
    Damage("a space", typed(" "), REPORTED, told("CELL-MISSING")),
    Damage("a whole row blank", blank_row, REPORTED, (("ROW-BLANK", "B01"),)),
    Damage("a cross", typed("x"), REPORTED, told("CELL-SIGN-X")),
    # Something else than a figure: refused at its cell.
    Damage("more than", typed(f"hơn {THOUSANDS}"), REPORTED, told("CELL-APPROXIMATE")),
    Damage("about", typed("khoảng 300"), REPORTED, told("CELL-APPROXIMATE"), {(KEY, PERIOD): 300.0}),
    Damage("one or the other", typed("3 hoặc 4"), REPORTED, told("CELL-TEXT")),
    Damage("a share of", typed("19/33 vụ việc"), REPORTED, told("CELL-TEXT")),
    Damage("two figures", typed("866 lượt/964 lượt người"), REPORTED, told("CELL-TEXT")),
    Damage("another unit of measure", typed(f"{FIGURE} triệu đồng"), REPORTED, told("CELL-TEXT")),
    Damage("per cent in a count", typed("95%"), REPORTED, told("CELL-TEXT")),
    Damage(
        "a share shown as per cent",
        lambda _: None,
        REPORTED,
        told("CELL-PERCENT-FORMAT"),
        dress=as_percent(0.95),
    ),
    Damage(
        "a count shown as per cent",
        lambda _: None,
        REPORTED,
        told("CELL-PERCENT-FORMAT"),
        dress=as_percent(5),
    ),
    Damage("nothing shown as per cent", lambda _: None, SAME, (), {(KEY, PERIOD): 0.0}, dress=as_percent(0)),
    Damage("a lost thousand separator", typed(213.724), REPORTED, told("CELL-FRACTION")),
    Damage("a comma for thousands", typed("213,724"), REPORTED, told("CELL-FRACTION")),
    Damage("negative", typed(-FIGURE), REPORTED, told("CELL-NEGATIVE")),
    Damage("too large", typed(10**15), REPORTED, told("CELL-LARGE")),
    Damage("a date", typed(dt.date(2023, 11, 10)), REPORTED, told("CELL-DATE")),
    Damage("a date and a time", typed(dt.datetime(2023, 6, 5, 10, 30)), REPORTED, told("CELL-DATE")),
    Damage("a time", typed(dt.time(10, 11)), REPORTED, told("CELL-DATE")),
    Damage("true", typed(True), REPORTED, told("CELL-LOGICAL")),
    Damage("a broken reference", typed("#REF!"), REPORTED, told("CELL-ERROR")),
    Damage("a division by nothing", typed("#DIV/0!"), REPORTED, told("CELL-ERROR")),
    Damage("a formula without a value", typed("=F60+G60"), REPORTED, told("CELL-UNCALCULATED")),
    Damage(
        "a sum typed as a formula, never calculated",
        typed("=12+5+7"),
        SAME,
        told("CELL-COMPUTED"),
        {(KEY, PERIOD): 24.0},
    ),
    Damage(
        "a product typed as a formula, never calculated",
        typed("=2*(30-5)/10"),
        SAME,
        told("CELL-COMPUTED"),
        {(KEY, PERIOD): 5.0},
    ),
    Damage(
        "a sum saved with nought by a program that does not calculate",
        typed("=12+5+7"),
        SAME,
        told("CELL-RECOMPUTED"),
        {(KEY, PERIOD): 24.0},
        files=in_xml(FORMULA, b"<f>12+5+7</f><v>0</v>"),
    ),
    Damage("a division by nothing, never calculated", typed("=12/0"), REPORTED, told("CELL-UNCALCULATED")),
    Damage("a power, never calculated", typed("=2^3"), REPORTED, told("CELL-UNCALCULATED")),
    Damage(
        "a total typed as a sum of its own",
        typed("=12+5+7", TOTAL),
        REPORTED,
        ((RULE, "B01"), ("CELL-COMPUTED", "B01")),
        {(TOTAL, PERIOD): 24.0},
    ),
    Damage(
        "a total whose formula is broken",
        typed("=#REF!+1", TOTAL),
        SAME,
        (("TOTAL-ERROR", "B01"),),
        files=in_xml(b'"><f>#REF!+1</f><v/>', b'" t="e"><f>#REF!+1</f><v>#REF!</v>'),
    ),
    Damage(
        "a formula that shows a text",
        typed("=12+5+7"),
        REPORTED,
        told("CELL-TEXT"),
        files=in_xml(b'"><f>12+5+7</f><v/>', b'" t="str"><f>12+5+7</f><v>chua co</v>'),
    ),
    Damage(
        "a figure before the first year",
        typed(5, "B01_KL43_HN|H", "Y2014"),
        REPORTED,
        (("CELL-NOT-APPLICABLE", "B01"),),
    ),
    Damage(
        "a bell in the text",
        typed(f"{FIGURE}BELL"),
        REPORTED,
        told("CELL-TEXT"),
        files=in_xml(b"BELL", b"_x0007_"),
    ),
    Damage(
        "an older font's word for nothing",
        typed(in_tcvn3("không")),
        SAME,
        (*told("CELL-ZERO"), *told("CELL-ENCODING")),
        {(KEY, PERIOD): 0.0},
    ),
    Damage(
        "an older font's word for nothing, in a phrase",
        typed(in_tcvn3("chưa thực hiện")),
        SAME,
        (*told("CELL-ZERO"), *told("CELL-ENCODING")),
        {(KEY, PERIOD): 0.0},
    ),
    Damage(
        "the other older font's word for nothing",
        typed(in_vni("Không có")),
        SAME,
        (*told("CELL-ZERO"), *told("CELL-ENCODING")),
        {(KEY, PERIOD): 0.0},
    ),
    Damage(
        "an older font's more than",
        typed(in_tcvn3("hơn 1.200")),
        REPORTED,
        (*told("CELL-APPROXIMATE"), *told("CELL-ENCODING")),
        {(KEY, PERIOD): 1200.0},
    ),
    Damage(
        "a word that is one in both, and the cell's font decides",
        typed(in_vni("hơn 1.200")),
        REPORTED,
        (*told("CELL-APPROXIMATE"), *told("CELL-ENCODING")),
        {(KEY, PERIOD): 1200.0},
        dress=in_font("VNI-Times"),
    ),
    Damage(
        "a word of today in a cell with an older font",
        typed("Không có"),
        SAME,
        told("CELL-ZERO"),
        {(KEY, PERIOD): 0.0},
        dress=in_font(".VnTimeH"),
    ),
    Damage("an older font's word that is none", typed(in_tcvn3("đủ số")), REPORTED, told("CELL-TEXT")),
    Damage("older fonts for every cell", lambda _: None, dress=in_font(".VnTime")),
    Damage("older fonts, keys kept", on("B01", "B8C", do=relabelled(in_tcvn3)), SAME, (ENCODED,)),
    Damage("older fonts, no keys", on("B01", do=both(relabelled(in_tcvn3), no_keys)), SAME, (ENCODED,)),
    Damage("other older fonts, no keys", on("B01", do=both(relabelled(in_vni), no_keys)), SAME, (ENCODED,)),
    Damage(
        "older fonts in labels and titles, no keys, no codes",
        on("B01", do=both(relabelled(in_tcvn3), retitled(in_tcvn3), no_keys, no_code_row)),
        SAME,
        (ENCODED,),
    ),
    Damage(
        "other older fonts in labels and titles, no keys, no codes",
        on("B01", do=both(relabelled(in_vni), retitled(in_vni), no_keys, no_code_row)),
        SAME,
        (ENCODED,),
    ),
    Damage(
        "older fonts, no keys, no codes",
        on("B01", do=both(relabelled(in_tcvn3), no_keys, no_code_row)),
        SAME,
        (ENCODED,),
    ),
    Damage(
        "labels cut short, no keys",
        on("B01", do=both(relabelled(lambda text: text[:9]), no_keys)),
        REPORTED,
        (("SHEET-NO-KEYS", "B01"),),
    ),
    Damage(
        "one figure over several years",
        lambda _: None,
        REPORTED,
        (("CELL-MERGED", "B01", "L59"),),
        dress=merged,
    ),
    Damage(
        "a typed total that disagrees",
        total_off,
        REPORTED,
        ((RULE, "B01"),),
        {(TOTAL, PERIOD): float(total_figure() + 5)},
    ),
    # Figures beside the table: listed, never dropped.
    Damage("a figure right of the table", cells_beyond, REPORTED, (("STRAY-CELL", "B01", "W59"),)),
    Damage("figures below the table", cells_below, REPORTED, (("ROW-UNKNOWN", "B01"),)),
    Damage("a figure far away", lambda _: None, REPORTED, (("FILE-UNREADABLE",),), dress=far_cell),
)
"""What was done; how; what must come of it; what must be told and where."""
