"""Links of the summary: how a file is named in them, where they lead; names, folding, reasons."""

from __future__ import annotations

import ntpath
import posixpath
import re
import shutil
import warnings
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from pipeline.book import MOST_JUMPS, Book, Cell, Formula, Jump, Sheet
from pipeline.catalogue import Campaign
from pipeline.uri import encoded, file_uri, folder_uri
from pipeline.workbook import write_book
from tests.following import Target, Workbook, file_of
from tests.stories import aggregate
from tests.summary_results import made_up_results, written_summary

ODD = (
    "Quận ủy Ngô Quyền (lần 2).xlsx",
    "100% đủ #2 'bản cũ' & mới.xlsx",
    "đợt 1/sub%20folder/a+b=c;d,e@f!$.xlsx",
    "[bản] {in} ^ ~ `.xlsx",
)


@pytest.mark.parametrize("name", ODD)
def test_any_file_name_comes_back_from_its_uri(name):
    """Only signs that mean something in a URI are written as codes; letters of any alphabet stay."""
    uri = file_uri("../inputs/", name)

    assert unquote(uri) == f"../inputs/{name}"
    assert re.fullmatch(r"[^\s#?<>\"\[\]{}^`\\|]+", uri)
    assert set(re.findall("[^\x00-\x7f]", name)) <= set(uri)


@pytest.mark.parametrize(
    ("inputs", "outputs", "uri"),
    [
        ("/a/b/inputs", "/a/b/outputs", "../inputs/"),
        ("/a/b/inputs", "/a/b/inputs/ra", "../"),
        ("/a/b/kết quả/inputs", "/a/b", "kết%20quả/inputs/"),
        ("/a/b", "/a/b", ""),
        ("/x/100%", "/a/b/outputs", "../../../x/100%25/"),
    ],
)
def test_a_folder_is_named_as_seen_from_the_outputs(inputs, outputs, uri):
    """So that both can be moved together, wherever the one lies from the other."""
    assert folder_uri(inputs, outputs, posixpath) == uri


@pytest.mark.parametrize(
    ("inputs", "outputs", "uri"),
    [
        (r"C:\việc\inputs", r"C:\việc\outputs", "../inputs/"),
        (r"D:\số liệu #1\inputs", r"C:\outputs", "file:///D:/số%20liệu%20%231/inputs/"),
        (r"\\máy\chung\inputs", r"C:\outputs", "file://máy/chung/inputs/"),
    ],
)
def test_on_windows_another_drive_is_named_in_full(inputs, outputs, uri):
    """From one drive to another there is no relative way."""
    assert folder_uri(inputs, outputs, ntpath) == uri


def test_a_name_that_is_no_text_has_no_link():
    """The disk can hold names that cannot be told; a link to a wrong file would be worse than none."""
    assert file_uri("../inputs/", "b\ufffdo.xlsx") == ""


def test_what_looks_like_an_address_of_the_net_is_a_file_name():
    """A file may be called anything; its link never leaves the inputs."""
    assert file_uri("", "http://example.invalid/x") == "http%3A//example.invalid/x"
    assert encoded("javascript:alert(1)") == "javascript%3Aalert(1)"


def test_odd_names_in_folders_are_found_by_their_links(tmp_path):
    """Returns under odd names, outputs far from inputs: each link leads to a file and a sheet that it has."""
    aggregate("demo", tmp_path / "demo", "--units", "3", "--quiet")
    inputs, outputs = tmp_path / "tệp nhận #1" / "inputs", tmp_path / "kết quả 100%" / "a b" / "outputs"
    for path, name in zip(sorted((tmp_path / "demo").glob("*.xlsx")), ODD, strict=False):
        (inputs / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, inputs / name)
    aggregate("--inputs", inputs, "--outputs", outputs, "--quiet")
    summary = Workbook(outputs / "tong-hop.xlsx")
    targets = {t for sheet in summary.sheets for t in summary.links(sheet).values() if t.file}
    files = {file_of(summary.path, target).resolve() for target in targets}

    assert files == {(inputs / name).resolve() for name in ODD[:3]}
    assert all(leads_somewhere(summary.path, target) for target in targets)


def leads_somewhere(summary: Path, target: Target) -> bool:
    return not target.sheet or target.sheet in sheets_of(file_of(summary, target).resolve())


def sheets_of(path: Path, known: dict[Path, list[str]] = {}) -> list[str]:  # noqa: B006 - read once a file
    if path not in known:
        known[path] = Workbook(path).sheets
    return known[path]


def test_a_jump_leaves_value_formula_and_style_alone(tmp_path, campaign):
    """It lies over the cell; a formula stays one, and its number format too."""
    cells = [Cell(0, 0, Formula("=1+1", 2), "summary_figure@#,##0.00"), Cell(0, 1, "a", "plain")]
    sheet = Sheet(
        "S", cells, jumps=[Jump(0, 0, "S", "B1:B2", tip="t"), Jump(0, 1, "B'1", "F12", "../x.xlsx")]
    )
    write_book(Book("", "", [sheet]), campaign.theme, tmp_path / "x.xlsx")
    first, second = openpyxl.load_workbook(tmp_path / "x.xlsx")["S"][1]
    links = Workbook(tmp_path / "x.xlsx").links("S")

    assert (first.value, first.number_format, second.value) == ("=1+1", "#,##0.00", "a")
    assert links[1, 1] == Target("", "S", "B1:B2", "t")
    assert links[1, 2] == Target("../x.xlsx", "B'1", "F12", "")


def test_more_jumps_than_excel_takes_are_refused(tmp_path, campaign):
    """Excel drops what is beyond its limit or refuses the file: whoever makes a sheet must keep to it."""
    jumps = [Jump(row, 0, "S", "A1") for row in range(MOST_JUMPS + 1)]
    book = Book("", "", [Sheet("S", [Cell(0, 0, "a", "plain")], jumps=jumps)])

    with pytest.raises(ValueError, match="65530"):
        write_book(book, campaign.theme, tmp_path / "x.xlsx")


@pytest.fixture(scope="module")
def written(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The summary of invented results, as seen from beside the inputs."""
    results = replace(made_up_results(campaign, 3), inputs_at="../inputs/")
    return written_summary(campaign, results, "vi", tmp_path_factory.mktemp("links"))


@pytest.fixture(scope="module")
def book(written: Path) -> openpyxl.Workbook:
    """The same, read by openpyxl with its formulas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(written)


def test_names_are_what_excel_takes_and_lead_to_what_they_say(book, campaign):
    """No name looks like an address; that of a column spans the rows below the header of that name."""
    assert len(book.defined_names) > 2 * len(campaign.forms)
    for name, defined in book.defined_names.items():
        ((sheet, area),) = defined.destinations
        left, top, right, bottom = range_boundaries(area)
        filtered = range_boundaries(book[sheet].auto_filter.ref)
        column = name.rpartition("_")[2]

        assert re.fullmatch(r"[A-Z]{2}_\w+", name)
        assert bottom == filtered[3]
        if column in campaign.periods or column in campaign.windows:
            assert (left, top) == (right, filtered[1] + 1)
            assert book[sheet].cell(filtered[1], left).value == column


def test_rows_fold_under_the_indicator_above_them_and_are_shown_at_first(book, campaign):
    """As deep as the indicator; Excel is told that the total stands above what is folded."""
    for form_id in campaign.forms:
        sheet = book[form_id]
        rows = {
            row: campaign.indicators[str(sheet.cell(row, 1).value).partition("|")[0]].depth
            for row in range(1, sheet.max_row + 1)
            if "|" in str(sheet.cell(row, 1).value)
        }

        assert {row: sheet.row_dimensions[row].outlineLevel for row in rows} == rows
        assert not any(sheet.row_dimensions[row].hidden for row in rows)
        if any(rows.values()):
            assert sheet.sheet_properties.outlinePr.summaryBelow is False


def test_the_sign_that_unfolds_coverage_stands_over_the_column_before_it(written, campaign):
    """Excel shows a sign only where a column says that what follows is folded."""
    for form_id in campaign.forms:
        columns = columns_of(written, form_id)
        hidden = [col for col, found in columns.items() if found.get("hidden") == "1"]

        assert hidden
        assert columns[min(hidden) - 1].get("collapsed") == "1"
        assert [col for col, found in columns.items() if found.get("collapsed")] == [min(hidden) - 1]
        assert 'summaryRight="0"' in sheet_xml(written, form_id)


def columns_of(path: Path, sheet: str) -> dict[int, dict[str, str]]:
    found = {}
    for text in re.findall(r"<col ([^>]*)/>", sheet_xml(path, sheet)):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', text))
        for col in range(int(attributes["min"]), int(attributes["max"]) + 1):
            found[col] = attributes
    return found


def sheet_xml(path: Path, sheet: str) -> str:
    return Workbook(path).xml(sheet)


def test_the_difference_is_explained_by_the_units_beside_it(written, campaign):
    """The units' columns add up to the sum reported; who is missing is named or counted."""
    summary = Workbook(written)
    name = campaign.words["vi"]["summary.sheet.reconciliation.name"]
    header = summary.header(name, "Mã dòng")
    units = [col for title, col in header.items() if title in {u.name for u in campaign.units.values()}]
    seen = short = 0
    for row, values in enumerate(summary.values(name), 1):
        if "|" not in str(values[0]):
            continue
        kept, reported = (
            values[header[n] - 1] for n in ("Số của cơ quan chủ trì", "Tổng các đơn vị báo cáo")
        )
        shares = [v for v in (values[col - 1] for col in units) if isinstance(v, int | float)]
        counted, expected = map(int, values[header["n/N đơn vị báo cáo"] - 1].split("/"))
        reason = values[header["Vì sao chênh lệch"] - 1]
        if isinstance(kept, int | float) and isinstance(reported, int | float):
            seen += 1
            short += counted < expected
            is_sum = values[header["Kỳ"] - 1] not in campaign.windows
            linked = summary.links(name)[row, header["Tổng các đơn vị báo cáo"]]

            assert not is_sum or abs(sum(shares) - reported) < 1e-6
            assert (counted < expected) == (f"Chưa đủ số của {expected - counted} đơn vị" in reason)
            assert linked.sheet.startswith("CT ")

    assert seen > short > 0
