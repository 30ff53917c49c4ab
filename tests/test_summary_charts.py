"""Charts and small charts of the summary: they draw the cells that they say, and only what is there."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from pipeline.catalogue import Campaign
from pipeline.catalogue.campaign import ChartPlan
from pipeline.frames import Results
from pipeline.summary import build_summary
from tests.summary_results import made_up_results, written_summary

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"


@dataclass
class Drawn:
    """A series as it stands in the chart's XML."""

    title: str
    name: str
    labels: str
    values: str
    cached: dict[int, float]
    hatched: set[int]
    signs: dict[int, str]


@dataclass
class Made:
    """A summary on disk, with what it was made from."""

    campaign: Campaign
    results: Results
    path: Path
    shown: Workbook

    def cells(self, reference: str) -> list[object]:
        """The values of a range of one row or column."""
        sheet, _, area = reference.rpartition("!")
        left, top, right, bottom = range_boundaries(area.replace("$", ""))
        page = self.shown[sheet.strip("'")]
        return [page.cell(r, c).value for r in range(top, bottom + 1) for c in range(left, right + 1)]


def made(campaign: Campaign, results: Results, lang: str, folder: Path) -> Made:
    """The summary, written and opened again with the values that it holds."""
    path = written_summary(campaign, results, lang, folder)
    return Made(campaign, results, path, openpyxl.load_workbook(path, data_only=True))


@pytest.fixture(scope="module")
def whole(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The summary of invented results over the whole catalogue."""
    return made(campaign, made_up_results(campaign, 7), "vi", tmp_path_factory.mktemp("charts"))


@pytest.fixture(scope="module")
def small(tiny: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The summary of a tiny campaign."""
    return made(tiny, made_up_results(tiny), "en", tmp_path_factory.mktemp("charts"))


def charts(path: Path) -> Iterator[ElementTree.Element]:
    """The charts of a workbook in order."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        for name in sorted(names, key=lambda name: int(re.findall(r"\d+", name)[0])):
            yield ElementTree.fromstring(package.read(name))


def text(element: ElementTree.Element | None) -> str:
    """Everything that is written in an element."""
    return "" if element is None else "".join(run.text or "" for run in element.iter(f"{A}t"))


def series(path: Path) -> list[Drawn]:
    """All series of all charts."""
    found = []
    for chart in charts(path):
        title = text(chart.find(f"{C}chart/{C}title"))
        for one in chart.iter(f"{C}ser"):
            points = one.findall(f"{C}dPt")
            labels = one.findall(f"{C}dLbls/{C}dLbl")
            found.append(
                Drawn(
                    title=title,
                    name=one.findtext(f"{C}tx/{C}strRef/{C}f", ""),
                    labels=one.findtext(f"{C}cat//{C}f", ""),
                    values=one.findtext(f"{C}val/{C}numRef/{C}f", ""),
                    cached={
                        int(p.get("idx", "")): float(p.findtext(f"{C}v", ""))
                        for p in one.iter(f"{C}pt")
                        if p in list(one.find(f"{C}val/{C}numRef/{C}numCache") or ())
                    },
                    hatched={
                        int(point.find(f"{C}idx").get("val"))
                        for point in points
                        if point.find(f".//{A}pattFill") is not None
                    },
                    signs={int(label.find(f"{C}idx").get("val")): text(label) for label in labels},
                )
            )
    return found


def plan_of(campaign: Campaign, drawn: Drawn) -> ChartPlan | None:
    """The line of charts.csv that a chart's title ends with."""
    return next((plan for plan in campaign.charts if drawn.title.endswith(plan.title)), None)


def test_a_series_draws_the_row_whose_name_it_bears(whole):
    """Name, values and key of a series stand in one row of the overview, and its chart's plan names it."""
    headlines = [one for one in series(whole.path) if plan_of(whole.campaign, one)]
    overview = whole.shown["Tổng quan"]
    drawn = []
    for one in headlines:
        row = int(re.findall(r"\$(\d+)", one.values)[0])
        indicator_id = str(overview.cell(row, 1).value).partition("|")[0]
        label = next(line.label for line in whole.campaign.headlines if line.indicator_id == indicator_id)
        drawn.append(indicator_id)

        assert whole.cells(one.name) == [label]
        assert set(re.findall(r"\$(\d+)", one.values)) == {str(row)} == set(re.findall(r"\$(\d+)", one.name))
        assert indicator_id in plan_of(whole.campaign, one).indicator_ids

    assert drawn == [name for plan in whole.campaign.charts for name in plan.indicator_ids]


def test_the_values_and_labels_of_a_series_are_those_of_the_results(whole):
    """The cells that a chart draws hold the city figures of the indicator, period by period, no window."""
    for one in series(whole.path):
        plan = plan_of(whole.campaign, one)
        if plan is None:
            continue
        row = int(re.findall(r"\$(\d+)", one.values)[0])
        key = whole.shown["Tổng quan"].cell(row, 1).value
        indicator = whole.campaign.indicators[key.partition("|")[0]]
        city = whole.results.city[indicator.form_id]
        at = next(i for i, city_row in enumerate(city.rows) if city_row.key == key)
        periods = whole.campaign.forms[indicator.form_id].period_ids
        figures = city.values[at, : len(periods)]
        known = {i: float(value) for i, value in enumerate(figures) if value == value}

        assert whole.cells(one.values) == [known.get(i) for i in range(len(periods))]
        assert one.cached == pytest.approx(known)
        said = [str(label).partition("\n")[0] for label in whole.cells(one.labels)]
        assert said == [whole.campaign.periods[period].label for period in periods]


def test_periods_shorter_than_a_year_are_hatched_and_no_others(whole):
    """2013 has seven months, 2023 six: the first and the last column."""
    headlines = [one for one in series(whole.path) if plan_of(whole.campaign, one)]

    assert len(headlines) >= 10
    assert [one.hatched for one in headlines] == [{0, 10}] * len(headlines)


def test_the_chart_of_another_campaign_marks_its_own_part_year(small):
    """P20 has six months, the other two are whole."""
    visits = next(one for one in series(small.path) if one.title.endswith("Visits by year"))

    assert visits.hatched == {0}
    assert len(small.cells(visits.values)) == 3


def test_the_reporting_rate_by_form_is_drawn_from_its_table(whole):
    """One bar a form; hatched where units are missing; the cells hold what the results say."""
    rates = series(whole.path)[-1]
    frame = whole.results.form_status
    counted = frame["status"].isin(["accepted", "with_errors"])
    expected = [float(counted[frame["form_id"] == form].mean()) for form in whole.campaign.forms]

    assert whole.cells(rates.labels) == list(whole.campaign.forms)
    assert whole.cells(rates.values) == pytest.approx(expected)
    assert rates.hatched == {i for i, rate in enumerate(expected) if rate < 1}


def test_every_chart_says_in_words_what_it_shows(whole, small):
    """Whoever cannot see the chart is told its title, its unit of measure and where the figures stand."""
    for book in (whole, small):
        with zipfile.ZipFile(book.path) as package:
            drawings = [package.read(n).decode() for n in package.namelist() if "drawings/drawing" in n]
        said = [
            words for drawing in drawings for words in re.findall(r'<xdr:cNvPr [^>]*descr="([^"]+)"', drawing)
        ]
        titles = [text(chart.find(f"{C}chart/{C}title")) for chart in charts(book.path)]

        assert len(said) == len(titles) > 1
        assert all(words.startswith(title) for words, title in zip(said, titles, strict=True))


def test_the_axes_of_every_chart_are_named_and_nothing_is_drawn_in_space(whole):
    """The axis of values names the unit of measure; no third dimension."""
    measures = {measure.unit_measure for measure in whole.campaign.measures.values()} | {"Tỷ lệ nộp (%)"}
    for chart in charts(whole.path):
        names = [
            text(axis.find(f"{C}title")) for axis in (*chart.iter(f"{C}catAx"), *chart.iter(f"{C}valAx"))
        ]

        assert len(names) == 2
        assert all(names)
        assert names[1] in measures
        assert not any("3D" in element.tag for element in chart.iter())


def test_the_fonts_of_charts_are_those_of_the_theme(whole):
    """A chart that is pasted into the report looks like the report."""
    with zipfile.ZipFile(whole.path) as package:
        drawn = "".join(
            package.read(n).decode() for n in package.namelist() if n.startswith("xl/charts/chart")
        )

    assert set(re.findall(r'<a:latin typeface="([^"]+)"', drawn)) == {whole.campaign.theme["font"]["name"]}


def without(results: Results, form_id: str, *indicators: str) -> Results:
    """The results as if nobody had a figure of these indicators."""
    city = results.city[form_id]
    values = city.values.copy()
    for index, row in enumerate(city.rows):
        if not indicators or row.indicator_id in indicators:
            values[index] = np.nan
    return replace(results, city={**results.city, form_id: replace(city, values=values)})


def test_what_nobody_reported_is_not_drawn_and_the_sheet_says_so(campaign, tmp_path):
    """An empty series would look like a row of zeros. The rest of its chart stays, with a legend."""
    results = without(made_up_results(campaign, 7), "B8C")
    results = without(results, "B8B", "B8B_010")
    found = made(campaign, results, "vi", tmp_path)
    drawn = series(found.path)
    said = [str(c.value) for row in found.shown["Tổng quan"].iter_rows() for c in row if c.value]

    assert all(one.cached for one in drawn)
    assert not [one for one in drawn if "Đơn khiếu nại" in one.title]
    assert len([one for one in drawn if one.title.endswith("Lượt tiếp công dân")]) == 1
    assert any(
        text.endswith("Không vẽ vì chưa có số liệu: Đơn khiếu nại, tố cáo, kiến nghị, phản ánh.")
        for text in said
    )
    assert any("Chưa có số liệu: Lượt tiếp công dân (chính quyền)" in text for text in said)
    legends = [chart for chart in charts(found.path) if chart.find(f".//{C}legend") is not None]
    assert any(text(chart.find(f"{C}chart/{C}title")).endswith("Lượt tiếp công dân") for chart in legends)


def test_a_period_without_a_figure_shows_its_sign_and_no_zero(campaign, tmp_path):
    """In the chart too, missing is never 0."""
    results = made_up_results(campaign, 7)
    city = results.city["B01"]
    values = city.values.copy()
    at = next(i for i, row in enumerate(city.rows) if row.key == "B01_010|ALL")
    values[at, 3] = np.nan
    found = made(
        campaign, replace(results, city={**results.city, "B01": replace(city, values=values)}), "vi", tmp_path
    )
    conferences = series(found.path)[0]

    assert conferences.signs == {3: "…"}
    assert 3 not in conferences.cached


def test_charts_stand_side_by_side_on_one_grid_and_cover_no_figure(whole):
    """Two columns of equal charts below the table; none over another, none over a cell with text."""
    sheet = next(s for s in build_summary(whole.campaign, whole.results, "vi").sheets if s.charts)
    *pairs, _ = sheet.charts
    overview = whole.shown[sheet.name]

    assert {(chart.place.width, chart.place.height) for chart in pairs} == {
        (pairs[0].place.width, pairs[0].place.height)
    }
    assert len({(chart.place.col, chart.place.right) for chart in pairs}) == 2
    for chart in pairs:
        below = range(chart.place.row + 1, chart.place.row + chart.place.height // 20 + 1)
        assert not [r for r in below for c in range(1, 20) if overview.cell(r, c).value is not None]


def test_every_chart_stands_inside_the_printed_page(whole, small):
    """Nothing is cut: neither with many forms and charts nor with few."""
    for made_one, lang in ((whole, "vi"), (small, "en")):
        sheet = next(s for s in build_summary(made_one.campaign, made_one.results, lang).sheets if s.charts)
        _, left, last, right = sheet.print.area
        wide = [int(column.width * 7 + 5) for column in sheet.columns]
        for chart in sheet.charts:
            rows = range(chart.place.row, last + 1)
            high = sum(sheet.row_heights.get(row, 15) for row in rows) * 4 / 3
            room = sum(wide[chart.place.col : right + 1]) - chart.place.right

            assert chart.place.col >= left
            assert chart.place.width <= room
            assert chart.place.down + chart.place.height <= high


def sparklines(path: Path, number: int) -> dict[str, str]:
    """The small charts of one sheet: by their cell the range that they draw."""
    with zipfile.ZipFile(path) as package:
        sheet = ElementTree.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))
    return {
        one.findtext(f"{XM}sqref", ""): one.findtext(f"{XM}f", "") for one in sheet.iter(f"{X14}sparkline")
    }


def test_a_small_chart_draws_the_periods_of_its_own_row(whole):
    """It stands in the column of that name, and draws no window and no other row."""
    for number, name in enumerate(whole.shown.sheetnames, start=1):
        if name not in whole.campaign.forms:
            continue
        sheet, city = whole.shown[name], whole.results.city[name]
        left, top, right, _ = range_boundaries(sheet.auto_filter.ref)
        header = {sheet.cell(top, col).value: col for col in range(left, right + 1)}
        periods = whole.campaign.forms[name].period_ids
        found = sparklines(whole.path, number)
        expected = {}
        for i, row in enumerate(city.rows):
            if np.isfinite(city.values[i, : len(periods)]).sum() >= 3:
                cells = [sheet.cell(top + 1 + i, header[p]).coordinate for p in (periods[0], periods[-1])]
                where = sheet.cell(top + 1 + i, header["Diễn biến"]).coordinate
                expected[where] = f"{name}!{cells[0]}:{cells[1]}"
                assert sheet.cell(top + 1 + i, 1).value == row.key

        assert {place: drawn.replace("'", "") for place, drawn in found.items()} == expected


def test_the_same_results_give_the_same_bytes_charts_included(tiny, tmp_path):
    """A run is reproducible."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    paths = [written_summary(tiny, made_up_results(tiny), "en", tmp_path / name) for name in ("one", "two")]

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_no_empty_cell_stands_beside_the_folded_columns(whole):
    """Some programs let the text of a folded cell run into an empty neighbour, over its small chart."""
    for form_id, city in whole.results.city.items():
        sheet = whole.shown[form_id]
        left, top, right, _ = range_boundaries(sheet.auto_filter.ref)
        folded = min(c.min for c in sheet.column_dimensions.values() if c.hidden)

        assert left < folded <= right
        assert all(sheet.cell(top + 1 + r, folded - 1).value for r, _ in enumerate(city.rows))
