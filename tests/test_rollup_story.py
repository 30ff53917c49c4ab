"""The verb ``rollup`` as staff use it: six invented communes, their district, the city; what can go wrong."""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from benchmarks.multiplied import multiplied, read_pattern
from pipeline.catalogue import Campaign, load_campaign, seen_from
from pipeline.catalogue.obligations import owed_forms
from pipeline.forms import build_template
from pipeline.model import Answers
from pipeline.workbook import write_book
from tests.material import made_tiny
from tests.stories import Ended, aggregate, read_csv

DISTRICT = "QH308"
"""The smallest district with communes: six of them, one with a history."""


@dataclass(frozen=True)
class Story:
    """Communes' returns, and what rolling them up left behind."""

    communes: Path
    outputs: Path
    ended: Ended

    @property
    def made(self) -> Path:
        """The district's own return."""
        return self.outputs / f"{DISTRICT}.xlsx"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Six sound returns, all of them there."""
    folder = tmp_path_factory.mktemp("rollup")
    aggregate("demo", folder / "in", "--under", DISTRICT, "--mistakes", "0", "--seed", "5")
    (folder / "in" / "loi-co-y.csv").unlink()
    ended = aggregate("rollup", "--unit", DISTRICT, "--inputs", folder / "in", "--outputs", folder / "out")
    return Story(folder / "in", folder / "out", ended)


@pytest.fixture(scope="module")
def short(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The same without one commune."""
    folder = tmp_path_factory.mktemp("short")
    shutil.copytree(story.communes, folder / "in")
    sorted((folder / "in").glob("X*.xlsx"))[0].unlink()
    ended = aggregate(
        "rollup", "--unit", DISTRICT, "--inputs", folder / "in", "--outputs", folder / "out", "--json"
    )
    return Story(folder / "in", folder / "out", ended)


def cells(path: Path) -> dict[tuple[str, str, str], object]:
    """(form, row key, period id) -> what stands there, read with openpyxl; formulas by their saved value."""
    book = openpyxl.load_workbook(path, data_only=True)
    found = {}
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        heads = [row for row in rows if row and row[0] == "KEY"]
        for row in rows if heads else ():
            if isinstance(row[0], str) and "|" in row[0]:
                for head, value in zip(heads[0], row, strict=True):
                    found[sheet.title, row[0], str(head)] = value
    return found


def test_every_cell_of_the_district_is_the_sum_of_the_communes_cells(campaign, story):
    """Added up again with openpyxl, where all have plain numbers; the district's own rows are empty."""
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    files = sorted(story.communes.glob("X*.xlsx"))
    for path in files:
        for place, value in cells(path).items():
            if isinstance(value, int | float) and place[2] in campaign.periods:
                sums[place].append(value)
    made = cells(story.made)
    sums = {place: values for place, values in sums.items() if len(values) == len(files) == 6}
    compared = 0
    for place, values in sums.items():
        indicator = campaign.indicators[place[1].partition("|")[0]]
        if not indicator.is_computed and not indicator.reference_only:
            assert made[place] == pytest.approx(sum(values), abs=1e-9), place
            compared += 1

    assert compared > 1_500
    sign = campaign.settings.symbols["M"]
    own = [v for (_, key, p), v in made.items() if key.endswith("|H") and p in campaign.periods]
    assert {value or sign for value in own} == {sign}


def test_the_return_says_how_many_communes_and_from_which_files(story):
    """Beside every row, and on a sheet of its own with the hash of each file."""
    import hashlib

    made = cells(story.made)
    notes = {value for (_, key, column), value in made.items() if column == "NOTE" and key.endswith("|X")}
    book = openpyxl.load_workbook(story.made)
    rows = [[cell or "" for cell in row] for row in book["Nguồn số liệu"].iter_rows(values_only=True)]
    told = {row[2]: row[5] for row in rows if str(row[0]).startswith("X") and row[2]}

    assert "Cộng từ cấp dưới: đủ 6/6 đơn vị." in notes
    assert len(notes - {None}) == 2  # the other is that of rows that are never added
    assert told == {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in story.communes.glob("X*.xlsx")
    }
    assert any(row[0] == "X11464" and "Hải Sơn" in row[4] for row in rows)


def test_the_screen_names_the_return_and_what_it_rests_on(story):
    """A clerk sees at once whether anything is missing."""
    assert f"{DISTRICT}.xlsx" in story.ended.out
    assert "0 ô thiếu đơn vị" in story.ended.out
    assert "6/6 đơn vị đã gửi" in story.ended.out


def test_the_city_takes_the_return_and_finds_no_error_in_it(story):
    """What rollup writes goes straight into the inputs of the city; the sheet of sources is not read."""
    checked = json.loads(aggregate("check", story.made, "--json").out)

    assert [file["status"] for file in checked["files"]] == ["accepted"]
    assert {d["severity"] for d in checked["details"]} <= {"explain"}


def test_a_missing_commune_is_told_on_every_row_and_makes_the_citys_totals_provisional(short, tmp_path):
    """To the city the return is complete, so the remark must carry what it lacks."""
    told = json.loads(short.ended.out)
    (tmp_path / "in").mkdir()
    shutil.copy(short.made, tmp_path / "in")
    city = json.loads(aggregate("--inputs", tmp_path / "in", "--outputs", tmp_path / "out", "--json").out)
    totals = read_csv(tmp_path / "out" / "du-lieu" / "totals.csv")
    found = [d for d in city["details"] if d["rule_id"] == "ROLLUP-PARTIAL"]
    row = {t["period_id"]: t for t in totals if (t["indicator_id"], t["level"]) == ("B01_020", "X")}

    assert told["cells"]["full"] == 0
    assert told["cells"]["partial"] > 1_500
    assert {d["severity"] for d in found} == {"error"}
    assert "6-12/2013…1-6/2023 (5/6)" in next(d for d in found if d["indicator_id"] == "B01_020")["seen"]
    assert row["Y2015"]["units_counted"] == "1"
    assert row["Y2015"]["is_provisional"] == row["NQ25"]["is_provisional"] == "True"


def test_what_the_unit_entered_before_is_kept_and_the_number_goes_up(campaign, story, tmp_path):
    """A commune corrects its return: the district rolls up again and loses none of its own rows."""
    own = build_template(
        campaign, DISTRICT, Answers({("B01_011|H", "Y2015"): 4, ("B01_011|X", "Y2015"): 9999})
    )
    write_book(own, campaign.theme, tmp_path / "own.xlsx")
    aggregate(
        *("rollup", "--unit", DISTRICT, "--inputs", story.communes, "--outputs", tmp_path / "out"),
        *("--own", tmp_path / "own.xlsx"),
    )
    made = cells(tmp_path / "out" / f"{DISTRICT}.xlsx")
    guide = openpyxl.load_workbook(tmp_path / "out" / f"{DISTRICT}.xlsx").worksheets[0]
    number = next(row[2] for row in guide.iter_rows(values_only=True) if row[0] == "submission_number")

    assert made["B01", "B01_011|H", "Y2015"] == 4
    assert made["B01", "B01_011|X", "Y2015"] == cells(story.made)["B01", "B01_011|X", "Y2015"]
    assert number == 2


def test_a_commune_or_a_dissolved_one_never_counts_beside_its_district_or_successor(
    campaign, story, tmp_path
):
    """Each would count twice; the finding says where its figures belong."""
    (tmp_path / "city").mkdir()
    (tmp_path / "district").mkdir()
    shutil.copy(story.communes / "X11458.xlsx", tmp_path / "city")
    seen = seen_from(campaign, (DISTRICT,))
    forms = [owed.form_id for owed in owed_forms(seen, "X11458")]
    pattern = read_pattern(
        (story.communes / "X11458.xlsx").read_bytes(), "X11458", seen.units["X11458"].name, forms
    )
    (tmp_path / "district" / "old.xlsx").write_bytes(
        multiplied(pattern, "X11464", "Đảng uỷ phường Vạn Sơn", 1)
    )
    city = json.loads(aggregate("status", "--inputs", tmp_path / "city", "--json").out)
    made = aggregate(
        *("rollup", "--unit", DISTRICT, "--inputs", tmp_path / "district"),
        *("--outputs", tmp_path / "out", "--json"),
    )
    district = json.loads(made.out)

    assert [d["rule_id"] for d in city["details"]] == ["FILE-BELOW"]
    assert "Quận uỷ Đồ Sơn" in city["details"][0]["message"]
    assert [d["rule_id"] for d in district["details"]] == ["FILE-DISSOLVED"]
    assert "Hải Sơn" in district["details"][0]["message"]
    assert district["cells"]["full"] == district["cells"]["partial"] == 0
    assert made.status == 3


def test_templates_for_the_communes_of_a_district_know_their_history(tmp_path):
    """One workbook for each that reports; the successor's says whose figures it must include."""
    aggregate("templates", "--under", DISTRICT, "--out", tmp_path)
    book = openpyxl.load_workbook(tmp_path / "X11458.xlsx")
    told = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]

    assert sorted(path.stem for path in tmp_path.glob("*.xlsx")) == [
        *("X11455", "X11458", "X11461", "X11465", "X11467", "X11737"),
    ]
    assert "QUẬN UỶ ĐỒ SƠN" in told
    assert "Đảng uỷ phường Ngọc Hải" in told
    assert any("Đảng uỷ phường Vạn Sơn (X11464)" in text for text in told)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("rollup", "--unit", "QH318"), "QH318"),
        (("rollup", "--unit", "QH3088"), "QH308"),
        (("templates", "--unit", "X11464"), "X11464"),
        (("templates", "--under", "X11458"), "X11458"),
    ],
)
def test_a_unit_that_has_nobody_below_or_is_unknown_is_refused_in_words(arguments, told, tmp_path):
    """Nothing is written, and the sentence names the unit or the one that was meant."""
    ended = aggregate(*arguments, cwd=tmp_path)

    assert ended.status == 2
    assert told in ended.err


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented second campaign: 3 districts -> province R01; 63 provinces -> nation NORTH."""
    folder = made_tiny(tmp_path_factory.mktemp("nation") / "campaign")
    path = folder / "subordinates.csv"
    lines = [next(csv.reader(path.open(encoding="utf-8")))]
    lines += [[f"R{n:02d}", f"Province {n}", "ROOM", "NORTH", "P D", "", "", "", ""] for n in range(1, 64)]
    lines += [[f"R01_{n}", f"Nook {n}", "NOOK", "R01", "D", "", "", "", ""] for n in (1, 2, 3)]
    lines += [["s1", "Bridge End Reading Room", "ROOM", "SOUTH", "D", "s1", "", "", ""]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    with (folder / "unit_kinds.csv").open("a", encoding="utf-8") as file:
        file.write("NOOK,Nooks,Nooks,council,CLERK\n")
    return folder


def filled(campaign: Campaign, unit_id: str, count: int, folder: Path) -> None:
    """A return whose every entry cell says ``count``."""
    values = {
        (row.key, p): float(count)
        for form in owed_forms(campaign, unit_id)
        for row in form.rows
        for p in form.period_ids
        if campaign.exists_in(row.indicator_id, p) and not campaign.indicators[row.indicator_id].is_computed
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_book(build_template(campaign, unit_id, Answers(values)), campaign.theme, folder / f"{unit_id}.xlsx")


def test_63_provinces_roll_up_to_the_nation_as_communes_do_to_a_district(nation, tmp_path):
    """Who reports to whom is data: the same verb one step and another one further up, at every level."""
    whole = load_campaign(nation)
    provinces = seen_from(whole, ("NORTH",))
    nooks = seen_from(provinces, ("R01",))
    for n, unit_id in enumerate(nooks.units, start=1):
        filled(nooks, unit_id, n, tmp_path / "R01")
    for n, unit_id in enumerate(provinces.units, start=1):
        if unit_id != "R01":
            filled(provinces, unit_id, n, tmp_path / "NORTH")
    options = ("--campaign", nation)
    aggregate("rollup", "--unit", "R01", "--inputs", tmp_path / "R01", "--outputs", tmp_path / "o1", *options)
    first = cells(tmp_path / "o1" / "R01.xlsx")
    shutil.copy(tmp_path / "o1" / "R01.xlsx", tmp_path / "NORTH")
    aggregate(
        "rollup", "--unit", "NORTH", "--inputs", tmp_path / "NORTH", "--outputs", tmp_path / "o2", *options
    )
    second = cells(tmp_path / "o2" / "NORTH.xlsx")

    assert first["USE", "V_DAY|D", "P21"] == 1 + 2 + 3
    assert first["USE", "V_DAY|P", "P21"] is None  # the province's own, still to be entered
    assert second["USE", "V_DAY|D", "P21"] == 6 + sum(range(2, 64))
    assert second["USE", "V_DAY|P", "P21"] == sum(range(2, 64))
    assert "(62/63" in str(second["USE", "V_DAY|P", "NOTE"])
