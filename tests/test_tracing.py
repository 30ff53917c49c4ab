"""A city figure opened up, on invented results with every state of a cell."""

from __future__ import annotations

import math
import random

import pytest

from pipeline.catalogue import Campaign
from pipeline.catalogue.makeup import Way
from pipeline.frames import Results
from pipeline.model import ALL_LEVELS, ObsStatus
from pipeline.tracing import Unknown, resolve, trace, unit_figures
from tests.summary_results import made_up_results

FIGURES = 250


@pytest.fixture(scope="module")
def results(campaign: Campaign) -> Results:
    """Invented results of the whole campaign."""
    return made_up_results(campaign, 5)


def test_any_figure_adds_up_again_from_the_figures_of_units(campaign, results):
    """Of every way of being made, with gaps, doubts and refused cells; NaN where there is none."""
    places = [
        (row, column) for table in results.city.values() for row in table.rows for column in table.columns
    ]
    rng = random.Random(9)
    rare = [
        p for p in places if campaign.indicators[p[0].indicator_id].time_aggregation in ("balance", "ratio")
    ]
    chosen = rng.sample(places, FIGURES) + rng.sample(rare, FIGURES // 5)
    found = [trace(campaign, results, row, column) for row, column in chosen]

    assert {figure.way for figure in found} == set(Way)
    assert [f"{f.row.key} {f.column}: {f.value} {f.again}" for f in found if not f.agrees] == []
    assert sum(not math.isnan(figure.value) for figure in found) > FIGURES / 2


def test_a_sum_is_that_of_the_units_that_count(campaign, results):
    """Those that do not count stand there with their state and are not in it."""
    query = resolve(campaign, "B01_010", "H", "Y2019")
    figure = trace(campaign, results, query.row, query.column)
    units = unit_figures(figure)

    assert figure.counted == sum(one.counts for one in units) < figure.expected == len(units)
    assert figure.value == sum(one.value for one in units if one.counts)
    assert {one.status for one in units if not one.counts} <= {
        *(ObsStatus.MISSING, ObsStatus.REJECTED, ObsStatus.UNKNOWN, ObsStatus.NOT_APPLICABLE)
    }
    assert all(one.cell and one.sheet for one in units if one.counts)


def test_an_authoritys_figure_rests_on_the_authority_alone(campaign, results):
    """What others report for the same thing is not among the parts."""
    query = resolve(campaign, "B8C_020|ALL", period="NQ25")
    figure = trace(campaign, results, query.row, query.column)

    assert {one.unit_id for one in unit_figures(figure)} == {
        campaign.indicators[query.row.indicator_id].authority_unit
    }


@pytest.mark.parametrize(
    ("indicator", "level", "period"),
    [("b01_010", "h", "y2019"), ("B01_010|H", "", "2019"), (" B01_010 ", "H", " 2019 ")],
)
def test_a_figure_is_found_however_it_is_spelled(campaign, indicator, level, period):
    """Case, blanks, a row key, the label of a period."""
    query = resolve(campaign, indicator, level, period)

    assert (query.row.key, query.column) == ("B01_010|H", "Y2019")


def test_without_level_and_period_the_whole_is_meant(campaign):
    """The total over the levels in the main window; the only level where there is no total."""
    query = resolve(campaign, "B01_010")

    assert (query.row.level, query.column) == (ALL_LEVELS, campaign.settings.main_window)


@pytest.mark.parametrize(
    ("asked", "part", "close"),
    [
        (("B01_01O",), "indicator", "B01_010"),
        (("lượt tiếp công dân",), "indicator", "B8"),
        (("B01_010", "HH"), "level", ""),
        (("B01_010", "H", "Y20199"), "period", "Y2019"),
        (("B01_010", "H", "Y2019", ("QH3O4",)), "unit", "QH304"),
        (("B01_010", "H", "Y2019", ("ngo quyen",)), "unit", "QH304"),
    ],
)
def test_what_is_not_there_is_refused_with_what_comes_near(campaign, asked, part, close):
    """By id and by name."""
    with pytest.raises(Unknown) as refused:
        resolve(campaign, *asked)

    assert refused.value.part == part
    assert not close or any(one.startswith(close) for one in refused.value.close)
