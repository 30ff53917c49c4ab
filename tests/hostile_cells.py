"""Hostile contents of a sheet: addresses, values, formulas, sizes, and what comes along with a workbook."""

from __future__ import annotations

import re

from tests.hostile import BOOK, FIRST, FORM, SAME, STRINGS, TOLD, Material, family, kind, packed

ROWS = 2**20


@kind("twice")
def cell_twice(m: Material) -> bytes:
    return m.with_cell(b'<c r="F400"><v>1</v></c><c r="F400"><v>2</v></c>')


@kind("twice")
def cell_twice_in_two_rows(m: Material) -> bytes:
    return m.with_part(
        FORM,
        lambda xml: xml.replace(
            b"</sheetData>",
            b'<row r="400"><c r="F400"><v>1</v></c></row>'
            b'<row r="400"><c r="F400"><v>2</v></c></row></sheetData>',
        ),
    )


@kind("told same")
def row_twice(m: Material) -> bytes:
    return m.with_part(
        FORM,
        lambda xml: xml.replace(
            b"</sheetData>",
            b'<row r="400"><c r="F400"><v>1</v></c></row>'
            b'<row r="400"><c r="G400"><v>2</v></c></row></sheetData>',
        ),
    )


family(
    "damaged not_understood",
    "xlsx",
    {
        f"address_{name}": lambda m, cell=cell: m.with_cell(b'<c r="' + cell + b'"><v>1</v></c>')
        for name, cell in {
            "of_row_0": b"A0",
            "in_small_letters": b"a400",
            "beyond_the_last_column": b"XFE400",
            "beyond_the_last_row": b"A1048577",
            "of_a_negative_row": b"A-1",
            "turned_round": b"400A",
            "of_a_range": b"A400:B400",
            "of_four_letters": b"AAAA400",
            "of_many_digits": b"A99999999999999999999",
            "empty": b"",
        }.items()
    },
)
family(
    "same told damaged differs not_understood",
    "xlsx",
    {
        "row_of_number_minus_1": lambda m: _row(m, b"-1"),
        "row_of_number_0": lambda m: _row(m, b"0"),
        "row_beyond_the_last": lambda m: _row(m, b"99999999999"),
        "row_called_x": lambda m: _row(m, b"x"),
    },
)


def _row(m: Material, number: bytes) -> bytes:
    return m.with_part(
        FORM, lambda xml: xml.replace(b"</sheetData>", b'<row r="' + number + b'"/></sheetData>')
    )


family(
    "damaged differs not_understood",
    "xlsx",
    {
        f"value_{name}": lambda m, cell=cell: m.with_cell(b'<c r="F400" ' + cell + b"</c>")
        for name, cell in {
            "beyond_the_texts": b't="s"><v>999999</v>',
            "of_negative_text": b't="s"><v>-1</v>',
            "of_text_x": b't="s"><v>x</v>',
            "of_half_a_number": b"><v>12abc</v>",
            "with_underscore": b"><v>1_234</v>",
            "in_other_digits": "><v>١٢٣٤</v>".encode(),
            "of_unknown_type": b't="zz"><v>1</v>',
            "of_logical_2": b't="b"><v>2</v>',
            "of_two_values": b"><v>1</v><v>2</v>",
            "with_a_cell_inside": b'><c r="F401"><v>5</v></c><v>1</v>',
        }.items()
    },
)
family(
    "told differs damaged",
    "xlsx",
    {
        f"number_{name}": lambda m, value=value: m.with_figure(b"<v>" + value + b"</v>")
        for name, value in {
            "that_is_none": b"NaN",
            "that_is_endless": b"inf",
            "beyond_all_numbers": b"1e999",
            "below_all_numbers": b"-1e999",
            "of_300_digits": b"9" * 300,
            "next_to_nothing": b"1e-320",
            "of_hexadecimal": b"0x10",
            "minus_zero": b"-0",
        }.items()
    },
)


@kind("far_cell")
def far_corners(m: Material) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return m.with_part(FORM, lambda xml: xml.replace(b"</sheetData>", far))


@kind("same told")
def far_but_empty(m: Material) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    return m.with_part(FORM, lambda xml: xml.replace(b"</sheetData>", far))


@kind("same too_slow too_large")
def formatted_to_the_last_row(m: Material) -> bytes:
    rows = b"".join(b'<row r="%d" s="1" customFormat="1"/>' % n for n in range(401, ROWS + 1))
    return m.with_part(FORM, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


@kind("same too_slow too_large")
def formatted_cells_to_the_last_row(m: Material) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(401, ROWS + 1))
    return m.with_part(FORM, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


@kind("too_many_cells")
def hundreds_of_thousands_of_figures(m: Material) -> bytes:
    cells = (b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(401, 220_000))
    return m.with_part(FORM, lambda xml: xml.replace(b"</sheetData>", b"".join(cells) + b"</sheetData>"))


@kind("long_text")
def text_of_megabytes(m: Material) -> bytes:
    return m.with_cell(b'<c r="C400" t="inlineStr"><is><t>' + b"xy" * 2**19 + b"</t></is></c>")


@kind("too_large")
def texts_beyond_measure(m: Material) -> bytes:
    more = b"".join(b"<si><t>%d invented text</t></si>" % n for n in range(1_100_000))
    return m.with_part(STRINGS, lambda xml: xml.replace(b"</sst>", more + b"</sst>"))


family(
    "same told not_understood reader_died",
    "xlsx",
    {
        "texts_that_are_counted_wrong": lambda m: m.with_part(
            STRINGS, lambda x: re.sub(rb'ount="\d+"', b'ount="4294967295"', x)
        ),
        "dimension_that_lies": lambda m: m.with_part(
            FORM, lambda x: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', x)
        ),
        "dimension_of_one_cell": lambda m: m.with_part(
            FORM, lambda x: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', x)
        ),
        "style_that_is_not_there": lambda m: m.with_part(
            FORM, lambda x: x.replace(b"<c r=", b'<c s="99999" r=', 1)
        ),
        "without_styles": lambda m: packed({n: c for n, c in m.parts.items() if n != "xl/styles.xml"}),
    },
)


def _with_merges(m: Material, merges: bytes) -> bytes:
    rest = b"</sheetData><mergeCells>" + merges + b"</mergeCells>"
    return m.with_part(FORM, lambda xml: xml.replace(b"</sheetData>", rest))


family(
    "same told too_slow HIDDEN-FIGURES",
    "xlsx",
    {
        "all_cells_merged": lambda m: _with_merges(m, b'<mergeCell ref="A1:XFD1048576"/>'),
        "thousands_of_merged_areas": lambda m: _with_merges(m, b'<mergeCell ref="A1:XFD1048576"/>' * 20_000),
    },
)


@kind("damaged not_understood")
def merged_area_that_is_none(m: Material) -> bytes:
    return _with_merges(m, b'<mergeCell ref="A1:B2:C3"/>')


def _formula(text: bytes, value: bytes = b"<v>1</v>", attributes: bytes = b"") -> bytes:
    return b'<c r="C400"><f' + attributes + b">" + text + b"</f>" + value + b"</c>"


family(
    f"{SAME} {TOLD}",
    "xlsx",
    {
        f"formula_{name}": lambda m, cell=cell: m.with_cell(cell)
        for name, cell in {
            "that_starts_a_program": _formula(b"cmd|'/c calc'!A1"),
            "that_asks_the_net": _formula(b'WEBSERVICE("http://127.0.0.1:9/")'),
            "that_links": _formula(b'HYPERLINK("file:///etc/passwd","open")'),
            "of_another_workbook": _formula(b"[1]Sheet1!A1"),
            "without_value": _formula(b"1+1", b""),
            "over_all_cells": _formula(b"1", attributes=b' t="array" ref="A1:XFD1048576"'),
            "of_megabytes": _formula(b"1+" * 500_000 + b"1"),
            "shared_by_nobody": _formula(b"", attributes=b' t="shared" si="-5"'),
        }.items()
    },
)


@kind(f"{SAME} {TOLD}")
def text_that_looks_like_a_formula(m: Material) -> bytes:
    return m.with_cell(b'<c r="C400" t="inlineStr"><is><t>=cmd|\'/c calc\'!A1 12</t></is></c>')


@kind(f"{SAME} {TOLD}")
def text_with_escaped_signs(m: Material) -> bytes:
    return m.with_cell(b'<c r="C400" t="inlineStr"><is><t>_x0000__x001B_[31m 12 _x202E_</t></is></c>')


@kind(TOLD)
def days_from_1904(m: Material) -> bytes:
    return m.with_part(BOOK, lambda xml: re.sub(rb"<workbookPr[^>]*/>", b'<workbookPr date1904="1"/>', xml))


@kind("same HIDDEN-FIGURES")
def hidden_all_over(m: Material) -> bytes:
    parts = {**m.parts, BOOK: m.parts[BOOK].replace(b'sheetId="2"', b'sheetId="2" state="veryHidden"')}
    parts[FORM] = parts[FORM].replace(b"<row ", b'<row hidden="1" ')
    return packed(parts)


@kind(SAME, "xlsm")
def with_macros(m: Material) -> bytes:
    return packed({**m.parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen() invented"})


@kind(SAME)
def with_connections(m: Material) -> bytes:
    connection = (
        b'<connection id="1" type="5"><dbPr connection="Provider=invented;Data Source=x"/></connection>'
    )
    return packed({**m.parts, "xl/connections.xml": b"<connections>" + connection + b"</connections>"})


@kind(SAME)
def with_outside_links(m: Material) -> bytes:
    link = b'<externalLink><externalBook r:id="rId1"/></externalLink>'
    return packed({**m.parts, "xl/externalLinks/externalLink1.xml": link})


@kind("damaged not_understood same")
def broken_styles(m: Material) -> bytes:
    return m.with_part("xl/styles.xml", lambda xml: xml[: len(xml) // 2])


@kind("told same SHEET-UNKNOWN SHEET-RENAMED")
def odd_sheet_name(m: Material) -> bytes:
    return m.with_part(BOOK, lambda xml: xml.replace(b'name="USE"', b'name="../..\\USE&#10;&lt;b&gt;"'))


@kind("FILE-NOT-OURS")
def a_workbook_of_something_else(m: Material) -> bytes:
    return m.with_part(BOOK, lambda xml: xml.replace(b'name="_meta"', b'name="Sheet9"'))


assert FIRST
