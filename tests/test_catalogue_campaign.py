"""The campaign that comes with the program, held against its files as another reader sees them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import Basis, city_rows, reconciled
from pipeline.catalogue.load import BUILT_IN
from pipeline.catalogue.obligations import form_rows, owed_forms, parts_of, total_parts
from pipeline.catalogue.wording import parent_of, rule_sentence
from pipeline.model import FormRow

DISTRICTS = {
    "303": (9, 0, 0),
    "304": (12, 0, 0),
    "305": (15, 0, 0),
    "306": (8, 0, 0),
    "307": (10, 0, 0),
    "308": (6, 0, 0),
    "309": (6, 0, 0),
    "311": (0, 2, 35),
    "312": (0, 1, 15),
    "313": (0, 2, 15),
    "314": (0, 1, 17),
    "315": (0, 1, 20),
    "316": (0, 1, 29),
    "317": (0, 2, 10),
}
"""Wards, townships and communes of each district: the official list of 10/04/2023."""


def lines(name: str) -> list[dict[str, str]]:
    """The lines of a file, read without our reader."""
    with open(Path(BUILT_IN) / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_campaign_has_all_forms_indicators_rules_units_and_communes(campaign):
    """Nothing of the catalogue got lost on the way into the program."""
    counts = [len(x) for x in (campaign.forms, campaign.indicators, campaign.rules, campaign.units)]

    assert counts == [15, 483, 207, 37]
    assert sum(not s.is_dissolved for s in campaign.subordinates.values()) == 217


def test_the_communes_of_each_district_are_those_of_the_official_list(campaign):
    """66 wards, 10 townships, 141 communes; the island district has none."""
    types = ("PHUONG", "THITRAN", "XA")
    here = [s for s in campaign.subordinates.values() if not s.is_dissolved]
    found = Counter((s.reports_to.removeprefix("QH"), s.kind) for s in here)
    by_district = {code: tuple(found[code, kind] for kind in types) for code in DISTRICTS}

    assert by_district == DISTRICTS
    assert tuple(sum(found[c, kind] for c in DISTRICTS) for kind in types) == (66, 10, 141)
    assert {s.reports_to.removeprefix("QH") for s in here} == set(DISTRICTS)
    assert campaign.units["QH318"].without_levels == ("X",)


def test_the_six_dissolved_communes_report_no_more_and_codes_survive_renaming(campaign):
    """223 until 2020, 217 since: of two wards called Cầu Đất only the one that has the name is left."""
    gone = {s.unit_id: s for s in campaign.subordinates.values() if s.is_dissolved}

    assert set(gone) == {"X11317", "X11326", "X11353", "X11464", "X11767", "X11818"}
    assert {s.valid_to for s in gone.values()} == {"2020-01"}
    assert (gone["X11353"].successor, gone["X11464"].successor) == ("X11344", "X11458")
    assert campaign.subordinates["X11344"].former_name == "Đảng uỷ phường Lương Khánh Thiện"
    assert campaign.subordinates["X11344"].name == gone["X11353"].name


def test_the_periods_are_121_months_and_both_ends_are_part_years(campaign):
    """2013 is seven months and 2023 is six: they are never compared as years."""
    main = campaign.windows[campaign.settings.main_window]
    months = [campaign.periods[period].months for period in main.period_ids]

    assert months == [7, *[12] * 9, 6]
    assert sum(months) == 121


@pytest.mark.parametrize(
    "name", ["forms", "indicators", "rules", "units", "subordinates", "signs", "measures"]
)
def test_every_line_of_a_list_is_in_the_campaign_in_its_order(campaign, name):
    """Another csv reader sees the same keys in the same order."""
    read = lines(f"{name}.csv")
    key = next(iter(read[0]))

    assert list(getattr(campaign, name)) == [line[key] for line in read]


def test_every_field_of_an_indicator_is_as_its_line_says(campaign):
    """Text for text; codes and numbers by their own spelling."""
    texts = ("form_id", "name", "unit_measure", "kind", "time_aggregation", "unit_aggregation", "note")
    texts += (
        "authority_unit",
        "authority_indicator",
        "numerator",
        "denominator",
        "opening",
        "inflow",
        "outflow",
    )
    for line in lines("indicators.csv"):
        indicator = campaign.indicators[line["indicator_id"]]
        assert [str(getattr(indicator, name)) for name in texts] == [line[name].strip() for name in texts]
        assert (str(indicator.order), str(indicator.depth)) == (line["order"], line["depth"])
        assert " ".join(indicator.levels) == line["levels"]
        assert " ".join(indicator.filled_by) == line["filled_by"]
        assert indicator.since == (int(line["since"]) if line["since"] else None)
        assert indicator.reference_only == (line["reference_only"] == "yes")


def test_every_rule_keeps_its_text_severity_and_limits(campaign):
    """What is shown to staff is what stands in the file."""
    for line in lines("rules.csv"):
        rule = campaign.rules[line["rule_id"]]
        limit = f"{rule.periods.word}:{rule.periods.period_id}" if rule.periods.word else ""
        read = (rule.form_id, rule.severity, rule.text, limit, " ".join(rule.levels))
        assert read == tuple(line[n] for n in ("form_id", "severity", "expression", "periods", "levels"))


def test_every_indicator_is_asked_of_somebody_and_every_unit_owes_a_form(campaign):
    """An indicator that nobody is asked for would be empty for ever."""
    owed = {unit: owed_forms(campaign, unit) for unit in campaign.units}
    asked = {row.indicator_id for forms in owed.values() for form in forms for row in form.rows}

    assert asked == set(campaign.indicators)
    assert all(owed.values())


def test_the_islands_district_is_not_asked_for_communes(campaign):
    """A level that a unit does not have is asked nowhere."""
    levels = {row.level for form in owed_forms(campaign, "QH318") for row in form.rows}

    assert levels == {"H"}


def test_what_an_authority_reports_under_another_id_is_measured_alike(campaign):
    """Otherwise the reconciliation would compare letters with cases."""
    pairs = [
        (i, campaign.indicators[i.authority_indicator])
        for i in campaign.indicators.values()
        if i.authority_indicator
    ]

    assert len(pairs) > 30
    assert {a.unit_measure == b.unit_measure and a.kind == b.kind for a, b in pairs} == {True}


def test_every_rule_reads_as_a_vietnamese_sentence(campaign):
    """One sentence or two, with a capital first, and every indicator of the rule named in it."""
    for rule in campaign.rules.values():
        text = rule_sentence(campaign, rule, "vi")
        assert text[0] == "«" or text[0].isupper() or text[0].isdigit()
        assert text.endswith(".")
        assert "{" not in text
        assert "  " not in text
        assert all(f"({name})" in text for name in rule.expression.indicator_ids)


def test_a_part_is_named_with_the_row_that_it_is_a_part_of(campaign):
    """«khiếu nại» alone says nothing, above all next to another «khiếu nại»."""
    text = rule_sentence(campaign, campaign.rules["B8C-R12"], "vi")

    assert text == (
        "«Thuộc thẩm quyền: khiếu nại» (B8C_061) không được lớn hơn "
        "«Đơn đủ điều kiện xử lý: khiếu nại» (B8C_051)."
    )


def test_a_limited_rule_says_to_which_periods_it_is_limited(campaign):
    """Two rules with one expression are told apart by their second sentence."""
    ends = [rule_sentence(campaign, campaign.rules[f"B8C-R0{n}"], "vi").split(") ")[-1] for n in (3, 4)]
    more = [rule_sentence(campaign, campaign.rules[f"B8C-R0{n}"], "en").split(". ")[-1] for n in (5, 6)]

    assert ends == ["kỳ trước. Không xét kỳ 2021.", "kỳ trước. Chỉ xét kỳ 2021."]
    assert more == ["Applies from 2021 on.", "Applies up to 2020."]


def test_the_headlines_are_figures_that_have_a_city_total(campaign):
    """The overview shows no row that is never added."""
    rows = {
        row.indicator_id: row for rows in city_rows(campaign).values() for row in rows if row.level == "ALL"
    }

    assert all(rows[line.indicator_id].basis is not Basis.NOTHING for line in campaign.headlines)


def test_nothing_built_in_is_known_to_the_program(tiny: Campaign, campaign: Campaign):
    """Another campaign with other ids, levels, kinds and periods loads as well."""
    for name in ("levels", "unit_kinds", "units", "periods", "windows", "forms", "indicators", "rules"):
        assert not set(getattr(tiny, name)) & set(getattr(campaign, name))
    assert tiny.campaign_id != campaign.campaign_id
    assert tiny.text("title", "en") == "Invented survey of branch libraries"
    assert tiny.text("place", "en") == "Anytown"
    assert {len(owed_forms(tiny, unit)) for unit in tiny.units} == {2, 3}


def test_levels_and_parts_are_asked_as_the_lists_say(tiny):
    """The island has no reading rooms; the county figure is asked of the authority alone."""
    rows = {unit: {row.key for form in owed_forms(tiny, unit) for row in form.rows} for unit in tiny.units}

    assert {"V_ALL|P", "V_ALL|D", "V_EVE|P"} <= rows["NORTH"]
    assert "V_EVE|D" not in rows["NORTH"]
    assert not {key for key in rows["ISLE"] if key.endswith("|D")}
    assert rows["DESK"] == {"F_PAID|W", "H_IN|P", "H_IN|D"}
    assert form_rows(tiny, tiny.units["DESK"], "USE") == ()


def test_a_ratio_is_asked_where_its_parts_are(tiny):
    """New members among members exists at the main building only, as both parts do."""
    assert parts_of(tiny, tiny.indicators["M_RATE"]) == ("M_NEW", "M_END")
    assert "M_RATE|P" in {row.key for row in form_rows(tiny, tiny.units["NORTH"], "USE")}
    assert "M_RATE|D" not in {row.key for row in form_rows(tiny, tiny.units["NORTH"], "USE")}


def test_a_total_knows_its_parts_at_each_level(tiny):
    """In the reading rooms nobody opens in the evening: the total has one part there."""
    rows = form_rows(tiny, tiny.units["NORTH"], "USE")

    assert total_parts(tiny, FormRow("V_ALL", "P"), rows) == ("V_DAY", "V_EVE")
    assert total_parts(tiny, FormRow("V_ALL", "D"), rows) == ("V_DAY",)
    assert total_parts(tiny, FormRow("M_NEW", "P"), rows) == ()


def test_every_city_row_says_what_it_rests_on(tiny):
    """Added, copied from an authority, recomputed, or shown only."""
    bases = {
        row.key: (row.basis, row.keys or row.unit_ids) for rows in city_rows(tiny).values() for row in rows
    }

    assert bases["V_ALL|P"] == (Basis.UNITS, ("NORTH", "SOUTH", "ISLE"))
    assert bases["V_ALL|D"] == (Basis.UNITS, ("NORTH", "SOUTH"))
    assert bases["V_ALL|ALL"] == (Basis.LEVELS, ("V_ALL|P", "V_ALL|D"))
    assert bases["V_TOUR|ALL"][0] is Basis.NOTHING
    assert bases["K_GLAD|P"][0] is Basis.NOTHING
    assert "K_GLAD|ALL" not in bases
    assert bases["M_RATE|ALL"] == (Basis.RATIO, ("M_NEW|ALL", "M_END|ALL"))
    assert bases["L_IN|P"] == (Basis.COPY, ("H_IN|P",))
    assert bases["F_PAID|ALL"] == (Basis.COPY, ("F_PAID|W",))


def test_what_an_authority_keeps_is_reconciled_with_what_the_others_report(tiny):
    """By level where the authority reports by level, else as one figure for the whole area."""
    pairs = [(indicator.indicator_id, level, key) for indicator, level, key in reconciled(tiny)]

    assert pairs == [
        ("L_IN", "P", "H_IN|P"),
        ("L_IN", "D", "H_IN|D"),
        ("L_IN", "ALL", "H_IN|ALL"),
        ("F_PAID", "ALL", "F_PAID|ALL"),
    ]


def test_an_indicator_cannot_exist_before_its_first_year(tiny):
    """The telephone application came in 2022."""
    exists = [tiny.exists_in("V_APP", period) for period in tiny.forms["USE"].period_ids]

    assert exists == [False, False, True]
    assert tiny.exists_in("V_ALL", "P20")


def test_each_form_has_the_windows_of_its_own_periods(tiny):
    """A date of stocktaking belongs to no window of years."""
    assert [w.window_id for w in tiny.windows_of("USE")] == ["WHOLE", "LATE"]
    assert [w.window_id for w in tiny.windows_of("SHELF")] == ["LASTDAY"]
    assert tiny.windows["LATE"].period_ids == ("P21", "P22")
    assert [p.is_snapshot for p in tiny.periods.values()] == [False, False, False, True, True]


def test_the_rows_above_are_found_by_depth(tiny):
    """V_EVE is a part of V_ALL, although V_DAY stands between them."""
    assert parent_of(tiny, tiny.indicators["V_EVE"]) is tiny.indicators["V_ALL"]
    assert parent_of(tiny, tiny.indicators["V_ALL"]) is None


def test_a_rule_limited_to_levels_names_them(tiny):
    """In each language, after the periods."""
    text = rule_sentence(tiny, tiny.rules["USE-4"], "en")

    assert text.endswith("Applies from 2021 on. Applies only to: Main building.")
