"""What happens to rows, columns and sheets. The table at the end says what must come of each."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from openpyxl.workbook import Workbook

from tests.damage import REPORTED, SAME, Damage, Pages, Row, body, code_row, column_at, row_at

NAME, LEVEL = 2, 4
Change = Callable[[list[Row]], Any]


def on(*forms: str, do: Change) -> Callable[[Pages], None]:
    """The same change on each of the sheets."""

    def change(pages: Pages) -> None:
        for form_id in forms:
            do(pages[form_id])

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(rows: list[Row]) -> None:
        for one in changes:
            one(rows)

    return change


def nothing(_: Any) -> None:
    """Only saved again by another program."""


def row_in(at: int, row: Row) -> Change:
    return lambda rows: rows.insert(body(rows).start + at, list(row))


def column_in(at: int, heading: str = "", value: Any = None) -> Change:
    def change(rows: list[Row]) -> None:
        code, figures = code_row(rows), body(rows)
        for number, row in enumerate(rows):
            inside = value if figures.start <= number < figures.stop else None
            row.insert(at, heading if number == code - 1 else inside)

    return change


def without_row(key: str) -> Change:
    return lambda rows: rows.pop(row_at(rows, key))


def without_column(name: str) -> Change:
    def change(rows: list[Row]) -> None:
        at = column_at(rows, name)
        for row in rows:
            del row[at]

    return change


def doubled_row(key: str) -> Change:
    return lambda rows: rows.insert(row_at(rows, key), list(rows[row_at(rows, key)]))


def doubled_column(name: str) -> Change:
    def change(rows: list[Row]) -> None:
        at = column_at(rows, name)
        for row in rows:
            row.insert(at, row[at])

    return change


def doubled_figures(rows: list[Row]) -> None:
    for row in rows[body(rows)]:
        row[7] = row[7] * 2 if isinstance(row[7], int) else row[7]


def shuffled(rows: list[Row]) -> None:
    part = rows[body(rows)]
    random.Random(1).shuffle(part)
    rows[body(rows)] = part


def sorted_by_label(rows: list[Row]) -> None:
    rows[body(rows)] = sorted(rows[body(rows)], key=lambda row: str(row[NAME]))


def swapped_columns(one: str, other: str) -> Change:
    def change(rows: list[Row]) -> None:
        a, b = column_at(rows, one), column_at(rows, other)
        for row in rows:
            row[a], row[b] = row[b], row[a]

    return change


def moved_key_column(rows: list[Row]) -> None:
    for row in rows:
        row.append(row.pop(0))


def moved_code_row(to: int) -> Change:
    return lambda rows: rows.insert(to if to >= 0 else len(rows), rows.pop(code_row(rows)))


def no_code_row(rows: list[Row]) -> None:
    del rows[code_row(rows)]


def no_keys(rows: list[Row]) -> None:
    for row in rows:
        row[0] = None


def no_key_column(rows: list[Row]) -> None:
    for row in rows:
        del row[0]


def relabelled(change: Callable[[str], str]) -> Change:
    """To be done while the keys still say which rows are rows of figures."""

    def do(rows: list[Row]) -> None:
        for row in rows[body(rows)]:
            row[NAME] = change(row[NAME])

    return do


def typed_labels(rows: list[Row]) -> None:
    rows[row_at(rows, "B01_010|H")][NAME] = "Tổng số hội nghị quán triệt, triển khai"
    rows[row_at(rows, "B01_020|H")][NAME] = "Tổng số lược người tham dự"
    rows[row_at(rows, "B01_300|X")][NAME] = "Tin, bai, phong su tuyen truyen"


def older_tones(text: str) -> str:
    return (
        text.translate(str.maketrans({"Ủ": "Uỷ"}))
        .replace("ủy", "uỷ")
        .replace("òa", "oà")
        .replace("hóa", "hoá")
    )


def retitled(change: Callable[[str], Any]) -> Change:
    """The titles of the period columns, in the row above the codes."""

    def do(rows: list[Row]) -> None:
        code = code_row(rows)
        for column, name in enumerate(rows[code]):
            if str(name)[1:].isdecimal():
                rows[code - 1][column] = change(rows[code - 1][column])

    return do


def split_titles(rows: list[Row]) -> None:
    code = code_row(rows)
    below: Row = [None] * len(rows[code])
    for column, name in enumerate(rows[code]):
        if str(name)[1:].isdecimal():
            head, _, year = rows[code - 1][column].rpartition("/")
            rows[code - 1][column], below[column] = head + "/" if head else "Năm", year
    rows.insert(code, below)


def one_title_for_two(rows: list[Row]) -> None:
    code = code_row(rows)
    at = column_at(rows, "Y2014")
    rows[code - 1][at], rows[code - 1][at + 1] = "2014-2015", None


def keys_lower(first: int, count: int, by: int) -> Change:
    def change(rows: list[Row]) -> None:
        start = body(rows).start + first
        keys = [row[0] for row in rows[start : start + count]]
        for row in rows[start : start + count]:
            row[0] = None
        for row, key in zip(rows[start + by :], keys, strict=False):
            row[0] = key

    return change


def sorted_beside_keys(rows: list[Row]) -> None:
    part = rows[body(rows)]
    rest = sorted((row[1:] for row in part), key=lambda row: str(row[1]))
    rows[body(rows)] = [[row[0], *others] for row, others in zip(part, rest, strict=True)]


def exchanged(column: int, one: str, other: str) -> Change:
    def change(rows: list[Row]) -> None:
        a, b = row_at(rows, one), row_at(rows, other)
        rows[a][column], rows[b][column] = rows[b][column], rows[a][column]

    return change


def exchanged_rows(one: str, other: str) -> Change:
    def change(rows: list[Row]) -> None:
        a, b = row_at(rows, one), row_at(rows, other)
        rows[a], rows[b] = rows[b], rows[a]

    return change


def exchanged_codes(one: str, other: str) -> Change:
    def change(rows: list[Row]) -> None:
        row = rows[code_row(rows)]
        a, b = row.index(one), row.index(other)
        row[a], row[b] = row[b], row[a]

    return change


def spoiled_key(rows: list[Row]) -> None:
    rows[row_at(rows, "B01_012|H")][0] = "B01-012/H"


def titles_above(rows: list[Row]) -> None:
    rows[:0] = [["BÁO CÁO"], [], ["(lần 2)"]]


def codes_further(rows: list[Row]) -> None:
    row = rows[code_row(rows)]
    first = row.index("Y2013")
    row[first:] = [None, *row[first:]]


def cells_further(key: str) -> Change:
    return lambda rows: rows[row_at(rows, key)].insert(1, None)


def communes(rows: list[Row]) -> None:
    at = row_at(rows, "B01_010|X") + 1
    width = len(rows[at])
    for number in range(37, 0, -1):
        row: Row = [None, None, f"Xã số {number}", "hội nghị", "Cấp xã", *range(number, number + 11)]
        rows.insert(at, row + [None] * (width - len(row)))


def communes_by_name(rows: list[Row]) -> None:
    at = row_at(rows, "B01_010|X") + 1
    width = len(rows[at])
    for name, first in (("Phường Sở Dầu", 60), ("P. Quán Toan", 30)):
        row: Row = [None, None, name, "hội nghị", "Cấp xã", *range(first, first + 11)]
        rows.insert(at, row + [None] * (width - len(row)))


def numbered_columns(rows: list[Row]) -> None:
    code = code_row(rows)
    rows.insert(code, [None, "A", "B", "C", "D", *[str(n) for n in range(1, 12)], "12=1+2+…+11", "13", None])


def copied_sheet(change: Change) -> Callable[[Pages], None]:
    def do(pages: Pages) -> None:
        pages["B01 (2)"] = [list(row) for row in pages["B01"]]
        change(pages["B01 (2)"])

    return do


def renamed(pages: Pages) -> Pages:
    return {{"B01": "Biểu 1 (sửa)", "B8C": "Sheet3"}.get(name, name): rows for name, rows in pages.items()}


def names_exchanged(pages: Pages) -> None:
    pages["B01"], pages["B8C"] = pages["B8C"], pages["B01"]


def one_below_the_other(pages: Pages) -> None:
    pages["B8C"] += pages.pop("B8B")


def one_below_the_other_bare(pages: Pages) -> None:
    rows = pages.pop("B8B")
    pages["B8C"] += rows[body(rows)]


def rows_of_another(pages: Pages) -> None:
    rows = pages["B8B"]
    at = row_at(pages["B8C"], "B8C_051|H")
    pages["B8C"][at:at] = [list(row) for row in rows[body(rows)][:2]]


def on_two_sheets(pages: Pages) -> None:
    rows = pages["B01"]
    half = body(rows).start + 30
    pages["B01 tiếp"] = [*rows[: body(rows).start], *rows[half:]]
    pages["B01"] = rows[:half]


def foreign(pages: Pages) -> None:
    pages["Biểu cũ"] = [[f"C0{n}_01|H", n, "Chỉ tiêu của đợt khác", 5, 6, 7] for n in range(1, 9)]


def notes(pages: Pages) -> None:
    pages["Nháp"] = [["cộng thử"], [1200, 3400], [None, 4600]]


def dropped_sheet(pages: Pages) -> None:
    del pages["B8B"]


def shifted(rows: list[Row]) -> None:
    for row in rows:
        row[:0] = [None, None]
    rows[:0] = [[None, None, "THÀNH ỦY HẢI PHÒNG"], [None, None, "*"], [None, None, "Số 12-BC/QU"], []]


def hide_sheet(book: Workbook) -> None:
    book["B01"].sheet_state = "hidden"


def hide_rows(book: Workbook) -> None:
    for row in range(15, 20):
        book["B01"].row_dimensions[row].hidden = True


def hide_columns(book: Workbook) -> None:
    book["B01"].column_dimensions["H"].hidden = True


def blank_keys(*keys: str) -> Change:
    def change(rows: list[Row]) -> None:
        for key in keys:
            rows[row_at(rows, key)][0] = None

    return change


def block_gone(rows: list[Row]) -> None:
    """From the first part of one group to the heading of the next: what is left hangs on the wrong parent."""
    first, last = row_at(rows, "B8C_051|H"), row_at(rows, "B8C_060|X")
    del rows[first : last + 1]
    for row in rows:
        row[1] = None


def set_code(name: str, value: Any) -> Change:
    def change(rows: list[Row]) -> None:
        rows[code_row(rows)][column_at(rows, name)] = value

    return change


def no_title(name: str) -> Change:
    def change(rows: list[Row]) -> None:
        rows[code_row(rows) - 1][column_at(rows, name)] = None

    return change


def all_titles(title: Any) -> Change:
    return retitled(lambda _: title)


def no_column(at: int) -> Change:
    def change(rows: list[Row]) -> None:
        for row in rows:
            row[at] = None

    return change


ALL = ("B01", "B8B", "B8C")

TABLE = (
    # Keys and period codes are there, somewhere.
    Damage("saved by another program", nothing),
    Damage("a blank row put in", on(*ALL, do=row_in(5, [None] * 18))),
    Damage("titles put in above", on(*ALL, do=titles_above)),
    Damage("rows in another order", on(*ALL, do=shuffled)),
    Damage("rows sorted by their labels", on(*ALL, do=sorted_by_label)),
    Damage("columns in another order", on(*ALL, do=swapped_columns("Y2014", "Y2021"))),
    Damage("a blank column put in", on(*ALL, do=column_in(8))),
    Damage("a column put in before the keys", on(*ALL, do=column_in(0))),
    Damage("the key column moved to the right", on(*ALL, do=moved_key_column)),
    Damage("the code row moved to the top", on(*ALL, do=moved_code_row(0))),
    Damage("the code row moved to the bottom", on(*ALL, do=moved_code_row(-1))),
    Damage("the table moved by a letterhead", on(*ALL, do=shifted)),
    Damage("sheets renamed", renamed, SAME, (("SHEET-RENAMED", "Sheet3"),)),
    Damage(
        "names of sheets exchanged",
        names_exchanged,
        SAME,
        (("SHEET-RENAMED", "B01"), ("SHEET-RENAMED", "B8C")),
    ),
    Damage("sheets in another order", lambda pages: dict(reversed(pages.items()))),
    Damage("a sheet copied", copied_sheet(shuffled), SAME, (("SHEET-COPY", "B01 (2)"),)),
    Damage("a sheet hidden", nothing, SAME, (("HIDDEN-FIGURES", "B01"),), dress=hide_sheet),
    Damage("rows hidden", nothing, SAME, (("HIDDEN-FIGURES", "B01"),), dress=hide_rows),
    Damage("a column hidden", nothing, SAME, (("HIDDEN-FIGURES", "B01"),), dress=hide_columns),
    Damage("a row that numbers the columns", on("B01", do=numbered_columns)),
    Damage("labels in capitals", on(*ALL, do=relabelled(str.upper))),
    Damage("labels deleted", on(*ALL, do=no_column(NAME))),
    Damage("a row deleted", on("B01", do=without_row("B01_022|X")), REPORTED, (("ROW-MISSING", "B01"),)),
    Damage("a column deleted", on("B01", do=without_column("Y2017")), REPORTED, (("COLUMN-MISSING", "B01"),)),
    Damage("a row copied", on("B01", do=doubled_row("B01_011|H")), REPORTED, (("ROW-TWICE", "B01"),)),
    Damage("a column copied", on("B01", do=doubled_column("Y2019")), REPORTED, (("COLUMN-TWICE", "B01"),)),
    Damage("a sheet deleted", dropped_sheet, REPORTED, (("SHEET-MISSING", ""),)),
    Damage("a sheet copied and changed", copied_sheet(doubled_figures), REPORTED, (("SHEET-TWICE", "B01"),)),
    Damage("a form on two sheets", on_two_sheets, REPORTED, (("SHEET-TWICE", "B01"),)),
    Damage(
        "two forms on one sheet",
        one_below_the_other,
        SAME,
        (("SHEET-RENAMED", "B8C"),),
    ),
    Damage(
        "two forms on one sheet, one of them without its head",
        one_below_the_other_bare,
        REPORTED,
        (("ROW-UNKNOWN", "B8C"), ("ROWS-OF-ANOTHER", "B8C"), ("SHEET-MISSING", "")),
    ),
    Damage(
        "rows of another form among those of this",
        rows_of_another,
        REPORTED,
        (("ROW-UNKNOWN", "B8C"), ("ROWS-OF-ANOTHER", "B8C")),
    ),
    Damage(
        "37 communes put in",
        on("B01", do=communes),
        REPORTED,
        (
            ("ROW-UNKNOWN", "B01", "F12:P12"),
            ("ROW-UNKNOWN", "B01", "F48:P48"),
            ("ROWS-INSERTED", "B01", "F12:P48"),
        ),
    ),
    Damage(
        "two communes put in by name",
        on("B01", do=communes_by_name),
        REPORTED,
        (("ROW-UNKNOWN", "B01", "F12:P12"), ("ROWS-INSERTED", "B01", "F12:P13")),
    ),
    Damage(
        "a column for 2013-2018",
        on("B01", do=column_in(11, "2013-2018", 77)),
        REPORTED,
        (("STRAY-CELL", "B01", "L16"),),
    ),
    Damage(
        "a column before the years",
        on("B01", do=column_in(5, "2012", 77)),
        REPORTED,
        (("STRAY-CELL", "B01", "F16"),),
    ),
    Damage("a sheet of another template", foreign, REPORTED, (("SHEET-FOREIGN", "Biểu cũ"),)),
    Damage("a sheet of notes", notes, SAME, (("SHEET-UNKNOWN", "Nháp"),)),
    # Keys or codes are gone.
    Damage(
        "the key column deleted", on(*ALL, do=no_key_column), SAME, tuple(("SHEET-BY-LABEL", f) for f in ALL)
    ),
    Damage("the keys blanked", on(*ALL, do=no_keys), SAME, tuple(("SHEET-BY-LABEL", f) for f in ALL)),
    Damage("the code row deleted", on(*ALL, do=no_code_row), SAME, tuple(("SHEET-BY-LABEL", f) for f in ALL)),
    Damage(
        "keys and codes deleted",
        on(*ALL, do=both(no_code_row, no_key_column)),
        SAME,
        tuple(("SHEET-BY-LABEL", f) for f in ALL),
    ),
    Damage("no keys, a letterhead above", on(*ALL, do=both(no_key_column, shifted))),
    Damage(
        "no keys, labels in capitals",
        on(*ALL, do=both(relabelled(str.upper), no_keys)),
        SAME,
        (("ROW-BY-LABEL", "B01"),),
    ),
    Damage(
        "no keys, labels numbered", on(*ALL, do=both(relabelled(lambda text: f"1.1. – {text}:"), no_keys))
    ),
    Damage("no keys, labels lettered", on(*ALL, do=both(relabelled(lambda text: f"  a) {text}"), no_keys))),
    Damage("no keys, older places of tones", on(*ALL, do=both(relabelled(older_tones), no_keys))),
    Damage(
        "no keys, letters taken apart",
        on(*ALL, do=both(relabelled(lambda t: unicodedata.normalize("NFD", t)), no_keys)),
    ),
    Damage(
        "no keys, Eth for Đ",
        on(*ALL, do=both(relabelled(lambda t: t.replace("Đ", "Ð").replace("đ", "ð")), no_keys)),
    ),
    Damage(
        "no keys, hard and double spaces",
        on(*ALL, do=both(relabelled(lambda t: t.replace(" ", "\u00a0 ")), no_keys)),
    ),
    Damage(
        "no keys, labels mistyped",
        on("B01", do=both(typed_labels, no_keys)),
        SAME,
        (("ROW-BY-LABEL", "B01", "C10"),),
    ),
    Damage("no keys, no running numbers", on(*ALL, do=both(no_column(1), no_keys))),
    Damage("no keys, no levels", on(*ALL, do=both(no_column(LEVEL), no_keys))),
    Damage("no keys, rows sorted by labels", on("B01", do=both(sorted_by_label, no_keys))),
    Damage("no keys, a blank row put in", on(*ALL, do=both(row_in(3, [None] * 18), no_keys))),
    Damage(
        "no keys, repeated labels in disorder",
        on("B8C", do=both(shuffled, no_column(1), no_keys)),
        REPORTED,
        (("ROW-UNSURE", "B8C"),),
    ),
    Damage(
        "no keys, rows deleted",
        on("B01", do=both(without_row("B01_022|X"), without_row("B01_200|H"), no_keys)),
        REPORTED,
        (("ROW-MISSING", "B01"),),
    ),
    Damage(
        "no keys, a block deleted",
        on("B8C", do=both(block_gone, no_keys)),
        REPORTED,
        (("ROW-UNSURE", "B8C"), ("ROW-MISSING", "B8C")),
    ),
    Damage(
        "no keys, rows of one label exchanged",
        on("B8C", do=both(exchanged_rows("B8C_051|H", "B8C_061|H"), no_keys)),
        REPORTED,
        (("ROW-UNKNOWN", "B8C"), ("ROW-MISSING", "B8C")),
    ),
    Damage(
        "no keys, 37 communes put in",
        on("B01", do=both(communes, no_keys)),
        REPORTED,
        (("ROW-UNKNOWN", "B01", "F12:P12"), ("ROWS-INSERTED", "B01")),
    ),
    Damage(
        "no keys, no labels",
        on("B01", do=both(no_column(NAME), no_keys)),
        REPORTED,
        (("SHEET-NO-KEYS", "B01"),),
    ),
    Damage(
        "no keys, a row copied",
        on("B01", do=both(doubled_row("B01_011|H"), no_keys)),
        REPORTED,
        (("ROW-UNSURE", "B01"), ("ROW-MISSING", "B01")),
    ),
    Damage(
        "some keys blanked",
        on("B8C", do=blank_keys("B8C_051|H", "B8C_062|X", "B8C_087|H")),
        SAME,
        (("ROW-BY-LABEL", "B8C"),),
    ),
    Damage("some keys spoiled", on("B01", do=spoiled_key), SAME, (("ROW-BY-LABEL", "B01"),)),
    Damage(
        "a key blanked in a shuffled table",
        on("B8C", do=both(shuffled, blank_keys("B8C_051|H"))),
        REPORTED,
        (("ROW-UNSURE", "B8C"),),
    ),
    Damage("one code blanked", on("B01", do=set_code("Y2016", None)), SAME, (("COLUMN-BY-LABEL", "B01"),)),
    Damage(
        "one code and its title blanked",
        on("B01", do=both(no_title("Y2016"), set_code("Y2016", None))),
        REPORTED,
        (("COLUMN-MISSING", "B01"), ("STRAY-CELL", "B01")),
    ),
    Damage("no codes, titles say 'Năm'", on(*ALL, do=both(retitled(lambda t: f"Năm {t}"), no_code_row))),
    Damage(
        "no codes, years as numbers",
        on(*ALL, do=both(retitled(lambda t: int(t) if t.isdecimal() else t), no_code_row)),
    ),
    Damage(
        "no codes, months written apart",
        on(*ALL, do=both(retitled(lambda t: re.sub(r"\b6\b", "06", t.replace("-", " – "))), no_code_row)),
    ),
    Damage("no codes, titles over two rows", on(*ALL, do=both(split_titles, no_code_row))),
    Damage(
        "no codes, no titles",
        on("B01", do=both(all_titles(None), no_code_row)),
        REPORTED,
        (("SHEET-NO-KEYS", "B01"),),
    ),
    Damage(
        "no codes, one title for all",
        on("B01", do=both(all_titles("2014"), no_code_row)),
        REPORTED,
        (("SHEET-NO-KEYS", "B01"),),
    ),
    Damage(
        "no codes, one title for two columns",
        on("B01", do=both(one_title_for_two, no_code_row)),
        REPORTED,
        (("COLUMN-MISSING", "B01"), ("STRAY-CELL", "B01")),
    ),
    Damage(
        "no codes, columns in another order",
        on("B01", do=both(swapped_columns("Y2014", "Y2021"), no_code_row)),
        REPORTED,
        (("SHEET-NO-KEYS", "B01"),),
    ),
    Damage(
        "no codes, a title twice",
        on("B01", do=both(doubled_column("Y2019"), no_code_row)),
        REPORTED,
        (("COLUMN-MISSING", "B01"),),
    ),
    # Keys or codes stand at the wrong rows or columns.
    Damage(
        "all keys one row lower",
        on(*ALL, do=keys_lower(0, 100, 1)),
        REPORTED,
        tuple(("SHEET-CONTRADICTS", f) for f in ALL),
    ),
    Damage(
        "some keys one row lower", on("B8C", do=keys_lower(10, 8, 1)), REPORTED, (("ROW-CONTRADICTS", "B8C"),)
    ),
    Damage(
        "keys a whole group lower",
        on("B8C", do=keys_lower(10, 16, 8)),
        REPORTED,
        (("ROW-CONTRADICTS", "B8C"), ("ROW-MISSING", "B8C")),
    ),
    Damage(
        "rows sorted without their keys",
        on(*ALL, do=sorted_beside_keys),
        REPORTED,
        tuple(("SHEET-CONTRADICTS", f) for f in ALL),
    ),
    Damage(
        "two keys exchanged",
        on("B01", do=exchanged(0, "B01_011|H", "B01_013|H")),
        REPORTED,
        (("ROW-CONTRADICTS", "B01"),),
    ),
    Damage(
        "two levels exchanged",
        on("B01", do=exchanged(LEVEL, "B01_011|H", "B01_011|X")),
        REPORTED,
        (("ROW-CONTRADICTS", "B01"),),
    ),
    Damage(
        "all codes one column further", on("B01", do=codes_further), REPORTED, (("SHEET-CONTRADICTS", "B01"),)
    ),
    Damage(
        "two codes exchanged",
        on("B01", do=exchanged_codes("Y2015", "Y2016")),
        REPORTED,
        (("COLUMN-CONTRADICTS", "B01"),),
    ),
    Damage(
        "a code typed twice",
        on("B01", do=set_code("Y2016", "Y2017")),
        REPORTED,
        (("COLUMN-CONTRADICTS", "B01"),),
    ),
    Damage(
        "the cells of a row moved right",
        on("B01", do=cells_further("B01_302|H")),
        REPORTED,
        (("ROW-SHIFTED", "B01"),),
    ),
)
"""What was done; how; what must come of it; what must be told and where."""
