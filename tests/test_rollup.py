"""Roll-up: what communes return becomes their district's return; nothing is lost, doubled or made whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.multiplied import Pattern, multiplied, read_pattern
from pipeline import run
from pipeline.catalogue import Campaign, Source, load_campaign, seen_from, subordinates_of
from pipeline.catalogue.city import Basis
from pipeline.catalogue.obligations import owed_forms
from pipeline.demo import invent
from pipeline.forms import addresses, build_template
from pipeline.frames import Results
from pipeline.model import FormRow, Kind, TimeAggregation
from pipeline.rollup import roll_up, write_return
from pipeline.workbook import write_book
from tests.invented import read_return

PATTERNS = 4
SEED = 11


def silent(*_: object) -> None:
    """Nobody hears of progress."""


def concluded(campaign: Campaign, files: list[Path]) -> Results:
    """Read and total the files, as the main job does."""
    return run.conclude(campaign, run.read_files(campaign.source, files), [], ("vi", silent))


@dataclass(frozen=True)
class Communes:
    """Returns of all communes as files, and their figures as they were invented, one row a cell."""

    folder: Path
    figures: pd.DataFrame


@dataclass(frozen=True)
class Levels:
    """The same communes twice: by way of their districts' returns, and all at once."""

    folder: Path
    city: Results
    flat: Results
    flat_campaign: Campaign


@pytest.fixture(scope="module")
def communes(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Communes:
    """217 returns: a few invented ones, multiplied by other numbers under other ids."""
    folder = tmp_path_factory.mktemp("communes")
    districts = [unit_id for unit_id in campaign.units if subordinates_of(campaign, unit_id)]
    patterns = [made_pattern(campaign, districts[n], n, folder) for n in range(PATTERNS)]
    frames = []
    for n, one in enumerate(s for unit_id in districts for s in subordinates_of(campaign, unit_id)):
        pattern, fixed, figures = patterns[n % PATTERNS]
        factor = 1 + (n * 7) % 23
        made = multiplied(pattern, one.unit_id, one.name, factor, fixed)
        (folder / f"{one.unit_id}.xlsx").write_bytes(made)
        is_fixed = [campaign.indicators[key.partition("|")[0]].kind is Kind.RATIO for key in figures["key"]]
        values = figures["value"] * np.where(is_fixed, 1, factor)
        frames.append(figures.assign(value=values, unit=one.unit_id))
    return Communes(folder, pd.concat(frames, ignore_index=True))


def made_pattern(
    campaign: Campaign, district: str, n: int, folder: Path
) -> tuple[Pattern, list[tuple[str, str]], pd.DataFrame]:
    """One invented return as a workbook to multiply, its cells in per cent, and its figures."""
    seen = seen_from(campaign, (district,))
    unit_id = list(seen.units)[n]
    (one,) = invent(seen, SEED + n, (unit_id,), 0.0)
    figures = [(FormRow(i, level).key, p, value) for (i, level, p), value in read_return(seen, one).items()]
    numbers = {(key, p): value for key, p, value in figures if (key, p) in one.answers.values}
    path = folder / "pattern.xlsx"
    write_book(build_template(seen, unit_id, replace(one.answers, values=numbers)), seen.theme, path)
    content = path.read_bytes()
    path.unlink()
    cell_of = addresses(seen, unit_id)
    indicators = {key: campaign.indicators[key.partition("|")[0]] for key, *_ in figures}
    fixed = [
        (indicators[key].form_id, cell_of(indicators[key].form_id, key, p))
        for key, p, _ in figures
        if indicators[key].kind is Kind.RATIO
    ]
    forms = [owed.form_id for owed in owed_forms(seen, unit_id)]
    frame = pd.DataFrame(figures, columns=["key", "period", "value"])
    return read_pattern(content, unit_id, seen.units[unit_id].name, forms), fixed, frame


@pytest.fixture(scope="module")
def levels(campaign: Campaign, communes: Communes, tmp_path_factory: pytest.TempPathFactory) -> Levels:
    """217 communes -> 14 districts -> city (the island has no communes), and 217 communes -> city."""
    folder = tmp_path_factory.mktemp("districts")
    districts = tuple(unit_id for unit_id in campaign.units if subordinates_of(campaign, unit_id))
    flat_campaign = seen_from(campaign, districts)
    read = run.read_files(flat_campaign.source, sorted(communes.folder.glob("*.xlsx")))
    for unit_id in districts:
        seen = seen_from(campaign, (unit_id,))
        results = run.conclude(seen, [s for s in read if s.unit_id in seen.units], [], ("vi", silent))
        rolled = roll_up(campaign, unit_id, results, "vi")
        assert (rolled.partial, rolled.empty) == (0, 0)
        write_return(campaign, unit_id, rolled, (results, "vi"), folder / f"{unit_id}.xlsx")
    city = concluded(campaign, sorted(folder.glob("*.xlsx")))
    return Levels(folder, city, run.conclude(flat_campaign, read, [], ("vi", silent)), flat_campaign)


def test_217_communes_by_way_of_their_districts_are_to_the_last_digit_one_flat_run(campaign, levels):
    """Every figure at commune level, of every period and window: also balances, stocks and ratios."""
    kept = levels.city.reconciliation.set_index(["indicator_id", "level", "period_id"])["reported_value"]
    compared = 0
    for form_id, flat in levels.flat.city.items():
        city = levels.city.city[form_id]
        place = {row.key: r for r, row in enumerate(city.rows)}
        for r, row in enumerate(flat.rows):
            if row.level != "X":
                continue
            by_district, same = city.values[place[row.key]], city.rows[place[row.key]]
            if same.basis is Basis.COPY:  # an authority's; what districts report stands beside
                by_district = [kept[row.indicator_id, "X", column] for column in city.columns]
            if any(
                city.rows[place[key]].basis is Basis.COPY for key in same.keys if row.basis is Basis.RATIO
            ):
                continue
            assert flat.columns == city.columns
            assert np.array_equal(by_district, flat.values[r], equal_nan=True), row.key
            compared += int(np.count_nonzero(~np.isnan(flat.values[r])))

    assert compared > 3_000


def test_both_ways_give_what_pandas_adds_up_from_the_invented_figures(campaign, communes, levels):
    """An independent sum over all communes, of every cell and of what flows over the whole window."""
    sums = communes.figures.groupby(["key", "period"])["value"].sum().round(6)
    compared = 0
    for table in levels.flat.city.values():
        for r, row in enumerate(table.rows):
            indicator = campaign.indicators[row.indicator_id]
            if row.level != "X" or row.basis is not Basis.UNITS:
                continue
            periods = [p for p in table.columns if p in campaign.periods]
            told = dict(zip(table.columns, table.values[r], strict=True))
            mine = {p: sums[row.key, p] for p in periods if (row.key, p) in sums.index}
            assert {p: told[p] for p in mine} == mine
            if indicator.time_aggregation is TimeAggregation.SUM:
                main = campaign.settings.main_window
                assert told[main] == round(sum(mine.values()), 6)
            compared += len(mine)

    assert compared > 2_500


def test_each_of_217_communes_counts_once(campaign, levels):
    """Of the 223 of old six are no more: their successors report for them."""
    table = levels.flat.city["B01"]
    (row,) = (r for r, one in enumerate(table.rows) if one.key == "B01_020|X")

    assert len(levels.flat_campaign.units) == 217
    assert set(table.counted[row]) == set(table.expected[row]) == {217}
    assert {s.status for s in levels.flat.sources} == {"accepted"}


def test_a_district_without_communes_has_nothing_to_roll_up(campaign):
    """The island is not in the flat run, and does not stop it."""
    assert subordinates_of(campaign, "QH318") == ()


def test_what_a_roll_up_writes_is_a_sound_return(campaign, levels):
    """No file or cell of it is refused, no figure of it is an error; its own rows are still open."""
    found = levels.city.findings
    bad = found[found["severity"].isin(["reject_file", "reject_cell", "error"])]

    assert bad["message"].tolist() == []
    assert {s.status for s in levels.city.sources} == {"accepted"}
    missing = found[found["rule_id"].isin(["CELL-MISSING", "ROW-BLANK"]) & (found["level"] == "X")]
    assert all(campaign.indicators[name].reference_only for name in missing["indicator_id"])


def test_another_process_gets_the_same_campaign_from_its_source(campaign):
    """What a reading process loads is what the parent sees: units, rows, hashes."""
    seen = seen_from(load_campaign(campaign.folder), ("QH308",))
    again = load_campaign(Source(campaign.folder, (("QH308",),)))

    assert (again.sha256, again.catalogue_hash) == (seen.sha256, seen.catalogue_hash)
    assert list(again.units) == list(seen.units)
    assert seen.sha256 not in (campaign.sha256, "")
    assert [owed_forms(again, u) for u in again.units] == [owed_forms(seen, u) for u in seen.units]


def test_a_commune_owes_what_its_district_owes_at_its_level(campaign):
    """Nothing is declared twice: forms, rows and periods follow from the district's."""
    district = {f.form_id: [r.key for r in f.rows if r.level == "X"] for f in owed_forms(campaign, "QH311")}
    seen = seen_from(campaign, ("QH311",))

    for unit_id in seen.units:
        assert {f.form_id: [r.key for r in f.rows] for f in owed_forms(seen, unit_id)} == district
