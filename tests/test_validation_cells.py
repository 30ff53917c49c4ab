"""From a cell as typed to a number, a sign or a finding. All figures are invented."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import form_rows
from tests.returns import (
    cell_of,
    checked,
    drawn,
    drawn_sheet,
    found,
    messages,
    status_of,
    submitted,
    value_of,
)

FILLED = """
    | row     | P20 | P21 | P22 |
    | V_ALL P | 10  | 20  | {}  |
    | V_DAY P | 7   | 15  | 20  |
    | V_EVE P | 3   | 5   | 10  |
"""

REFUSED = [
    ("a few", "CELL-TEXT", "a few"),
    ("12 people", "CELL-TEXT", "12 people"),
    ("1.234.5", "CELL-TEXT", "1.234.5"),
    ("-5", "CELL-NEGATIVE", "-5"),
    ('"-5"', "CELL-NEGATIVE", "-5"),
    ("1.234", "CELL-FRACTION", "1.234"),
    ('"1,234"', "CELL-FRACTION", "1.234"),
    ('"12,5"', "CELL-FRACTION", "12.5"),
    ("1000000000000", "CELL-LARGE", "1,000,000,000,000"),
    ("1e300", "CELL-LARGE", "1,000,000,000,000"),
    ("2023-11-10", "CELL-DATE", "2023-11-10"),
    ("TRUE", "CELL-LOGICAL", "TRUE"),
    ("#DIV/0!", "CELL-ERROR", "#DIV/0!"),
    ("=#REF!", "CELL-ERROR", "#REF!"),
    ("x", "CELL-SIGN-X", "x"),
    ("N/A", "CELL-SIGN-X", "N/A"),
    ("=", "CELL-UNCALCULATED", "formula"),
    ("=-5", "CELL-NEGATIVE", "-5"),
]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(("written", "rule_id", "told"), REFUSED)
def test_a_cell_that_cannot_count_is_refused_once_and_says_why(
    written: str, rule_id: str, told: str, lang: str, tiny: Campaign
) -> None:
    """It does not count, everything beside it does, and one refusal at its cell shows what stands there."""
    table = f"""
        | row     | P20       | P21 | P22 |
        | V_DAY D | {written} | 15  | 20  |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"), lang=lang)
    refusals = validated.findings[validated.findings["severity"] == "reject_cell"]

    assert refusals["rule_id"].tolist() == [rule_id]
    assert refusals["cell"].tolist() == [cell_of(tiny, "NORTH", "V_DAY D", "P20")]
    assert refusals["period_id"].tolist() == ["P20"]
    assert lang == "vi" or told in refusals["message"].iloc[0]
    assert status_of(validated, "NORTH", "V_DAY D", "P20") == "E"
    assert math.isnan(value_of(validated, "NORTH", "V_DAY D", "P20"))
    assert value_of(validated, "NORTH", "V_DAY D", "P21") == 15
    assert "CELL-MISSING" not in set(validated.findings["rule_id"])


@pytest.mark.parametrize(
    ("written", "value", "status", "rule_id"),
    [
        ("12", 12, "A", None),
        ("0", 0, "A", None),
        ('"1.234"', 1234, "A", "CELL-READ"),
        ('"05"', 5, "A", "CELL-READ"),
        ('"12 visits"', 12, "A", "CELL-READ"),
        ("hơn 1.200", 1200, "A", "CELL-APPROXIMATE"),
        ("~300", 300, "A", "CELL-APPROXIMATE"),
        ("about 12 visits", 12, "A", "CELL-APPROXIMATE"),
        ("=12", 12, "A", "CELL-FORMULA"),
        ('="1.234"', 1234, "A", "CELL-READ"),
        ("không", 0, "Z", "CELL-ZERO"),
        ('"-"', 0, "Z", "CELL-ZERO"),
        ("…", math.nan, "U", "CELL-UNKNOWN"),
        ("", math.nan, "O", "CELL-MISSING"),
        ('"  "', math.nan, "O", "CELL-MISSING"),
        ('=""', math.nan, "O", "CELL-MISSING"),
    ],
)
def test_every_cell_becomes_one_of_the_three_states(
    written: str, value: float, status: str, rule_id: str | None, tiny: Campaign
) -> None:
    """A number, not applicable or missing; whatever was read otherwise than typed is told at its cell."""
    table = f"""
        | row     | P20       | P21 | P22 |
        | V_DAY D | {written} | 15  | 20  |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))
    here = [rule for rule, _, cell in found(validated) if cell == cell_of(tiny, "NORTH", "V_DAY D", "P20")]

    assert value_of(validated, "NORTH", "V_DAY D", "P20") == pytest.approx(value, nan_ok=True)
    assert status_of(validated, "NORTH", "V_DAY D", "P20") == status
    assert [rule for rule in here if rule.startswith("CELL")] == ([rule_id] if rule_id else [])


@pytest.mark.parametrize("written", ["x", "", "không", "…"])
def test_a_cell_before_the_first_year_is_not_missing(written: str, tiny: Campaign) -> None:
    """What cannot exist is not asked for, whatever sign stands there."""
    table = f"""
        | row     | P20       | P21 | P22 |
        | V_APP P | {written} | x   | 0   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert status_of(validated, "NORTH", "V_APP P", "P20") == "M"
    assert found(validated) == []


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        ("4", ["CELL-NOT-APPLICABLE"]),
        ("0", ["CELL-NOT-APPLICABLE"]),
        ('"4"', ["CELL-NOT-APPLICABLE", "CELL-READ"]),
        ("hơn 4", ["CELL-NOT-APPLICABLE", "CELL-READ"]),
        ("-4", ["CELL-NEGATIVE"]),
        ("a few", ["CELL-TEXT"]),
        ("#REF!", ["CELL-ERROR"]),
        ("2023-01-01", ["CELL-DATE"]),
        ("TRUE", ["CELL-LOGICAL"]),
        ("=", ["CELL-UNCALCULATED"]),
        ("=4", ["CELL-FORMULA", "CELL-NOT-APPLICABLE"]),
    ],
)
def test_what_stands_before_the_first_year_is_told_but_asked_of_nobody(
    written: str, rules: list[str], tiny: Campaign
) -> None:
    """It never counts; and because nobody was asked, it makes no unit expected."""
    table = f"""
        | row     | P20       | P21 | P22 |
        | V_APP P | {written} | x   | 0   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert sorted(rule for rule, _, _ in found(validated)) == rules
    assert status_of(validated, "NORTH", "V_APP P", "P20") == "M"
    assert math.isnan(value_of(validated, "NORTH", "V_APP P", "P20"))
    assert not validated.cubes["USE"].expected[0, validated.cubes["USE"].keys.index("V_APP|P"), 0]


def test_all_bad_cells_of_a_column_are_found(tiny: Campaign) -> None:
    """One bad cell never hides another, of the same kind or of another."""
    table = """
        | row     | P20   | P21 | P22 |
        | V_ALL P | a few | 0   | 0   |
        | V_DAY P | -1    | 0   | 0   |
        | V_EVE P | 1.5   | 0   | 0   |
        | M_END P | many  | 0   | 0   |
        | M_NEW P | -3    | 0   | 0   |
        | K_GLAD P |      | 0   | 0   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))
    cells = {
        (rule, cell)
        for rule, _, cell in found(validated, "CELL-TEXT", "CELL-NEGATIVE", "CELL-FRACTION", "CELL-MISSING")
    }

    assert cells == {
        ("CELL-TEXT", cell_of(tiny, "NORTH", "V_ALL P", "P20")),
        ("CELL-NEGATIVE", cell_of(tiny, "NORTH", "V_DAY P", "P20")),
        ("CELL-FRACTION", cell_of(tiny, "NORTH", "V_EVE P", "P20")),
        ("CELL-TEXT", cell_of(tiny, "NORTH", "M_END P", "P20")),
        ("CELL-NEGATIVE", cell_of(tiny, "NORTH", "M_NEW P", "P20")),
        ("CELL-MISSING", cell_of(tiny, "NORTH", "K_GLAD P", "P20")),
    }


def test_a_fraction_is_only_refused_where_things_are_counted(tiny: Campaign) -> None:
    """Money and per cent have decimals; the noise of a program's own arithmetic is no fraction."""
    tables = {
        "MAIL": """
            | row      | P20   | P21    | P22               |
            | F_PAID P | 12.5  | "12,5" | 0                 |
            | L_DONE P | 3.000000000000001 | 2.999999999999999 | 0 |
        """
    }
    validated = checked(tiny, drawn(tiny, "NORTH", tables, rest="0"))

    assert found(validated, "CELL-FRACTION") == []
    assert [value_of(validated, "NORTH", "F_PAID P", p) for p in ("P20", "P21")] == [12.5, 12.5]
    assert [value_of(validated, "NORTH", "L_DONE P", p) for p in ("P20", "P21")] == [3, 3]


@pytest.mark.parametrize(
    ("written", "value", "is_told"),
    [
        ("0.95", 0.95, True),
        ('"0,95"', 0.95, True),
        ("1", 1, True),
        ("95", 95, False),
        ('"95%"', 95, False),
        ('"95,5 %"', 95.5, False),
        ("1.5", 1.5, False),
        ("0", 0, False),
    ],
)
def test_a_percentage_up_to_one_is_asked_about(
    written: str, value: float, is_told: bool, tiny: Campaign
) -> None:
    """0.95 may mean 95 or less than one: it counts as typed until the unit says so."""
    table = f"""
        | row      | P20       | P21 | P22 |
        | K_GLAD P | {written} | 80  | 90  |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))
    told = [("CELL-PERCENT", "USE", cell_of(tiny, "NORTH", "K_GLAD P", "P20"))] if is_told else []

    assert value_of(validated, "NORTH", "K_GLAD P", "P20") == value
    assert found(validated, "CELL-PERCENT") == told


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("written", ["9", "không", "=9"])
def test_a_figure_for_several_periods_counts_for_none(written: str, lang: str, tiny: Campaign) -> None:
    """One refusal for the merged area; every cell of it is refused, and no other."""
    table = f"""
        | row     | P20       | P21 | P22 |
        | V_ALL P | =         | =   | 3   |
        | V_DAY P | {written} |     | 2   |
        | V_EVE P | 1         | 1   | 1   |
    """
    sheet = drawn_sheet(tiny, "NORTH", "USE", table, rest="0")
    first = sheet.row_keys.index("V_DAY|P") * len(sheet.period_ids)
    cell = cell_of(tiny, "NORTH", "V_DAY P", "P20")
    shared = dict.fromkeys((first, first + 1), f"{cell}:G99")
    validated = checked(tiny, submitted("NORTH", [replace(sheet, merged=shared)]), lang=lang)

    assert [f for f in found(validated) if f[0].startswith("CELL")] == [("CELL-MERGED", "USE", cell)]
    assert f"{cell}:G99" in messages(validated, "CELL-MERGED")[0]
    assert [status_of(validated, "NORTH", "V_DAY P", p) for p in ("P20", "P21", "P22")] == ["E", "E", "A"]
    assert [status_of(validated, "NORTH", "V_ALL P", p) for p in ("P20", "P21", "P22")] == ["O", "O", "A"]


def test_an_empty_row_is_told_once_and_an_empty_cell_by_itself(tiny: Campaign) -> None:
    """Empty is not 0, and a row that was skipped is one thing to say, not three."""
    table = """
        | row     | P20 | P21 | P22 |
        | M_END P |     |     |     |
        | M_NEW P | 5   |     | 5   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))
    row = int(cell_of(tiny, "NORTH", "M_END P", "P20")[1:])

    assert found(validated, "ROW-BLANK", "CELL-MISSING") == [
        ("ROW-BLANK", "USE", f"F{row}:H{row}"),
        ("CELL-MISSING", "USE", cell_of(tiny, "NORTH", "M_NEW P", "P21")),
    ]
    assert "3 cells" in messages(validated, "ROW-BLANK")[0]


def test_a_row_that_exists_in_one_period_only_has_a_missing_cell(tiny: Campaign) -> None:
    """A row of one cell is not called a whole row."""
    table = """
        | row     | P20 | P21 | P22 |
        | V_APP P | x   | x   |     |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert found(validated) == [("CELL-MISSING", "USE", cell_of(tiny, "NORTH", "V_APP P", "P22"))]


def test_a_total_whose_formula_stands_is_added_from_its_parts(tiny: Campaign) -> None:
    """The value that the file saved for it is never read: not even where there is none."""
    for cached in ("=30", "=", '=""', "=0"):
        validated = checked(tiny, drawn(tiny, "NORTH", {"USE": FILLED.format(cached)}, rest="0"))

        assert value_of(validated, "NORTH", "V_ALL P", "P22") == 30
        assert status_of(validated, "NORTH", "V_ALL P", "P22") == "A"
        assert not found(validated, "CELL-FORMULA", "CELL-MISSING", "CELL-UNCALCULATED", "USE-1")


def test_a_stated_zero_is_a_part_like_any_other(tiny: Campaign) -> None:
    """A dash in a part adds nothing, and leaves the total known."""
    table = """
        | row     | P20 | P21 | P22 |
        | V_ALL P | =   | =   | =   |
        | V_DAY P | 7   | 7   | 7   |
        | V_EVE P | "-" |     | …   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert value_of(validated, "NORTH", "V_ALL P", "P20") == 7
    assert [status_of(validated, "NORTH", "V_ALL P", p) for p in ("P21", "P22")] == ["O", "O"]
    assert math.isnan(value_of(validated, "NORTH", "V_ALL P", "P21"))


@pytest.mark.parametrize("part", ["", "a few", "-3", "1.5", "…", "x"])
def test_a_derived_total_is_missing_where_a_part_is(part: str, tiny: Campaign) -> None:
    """n-1 parts are no total, and the one finding stands at the part."""
    table = f"""
        | row     | P20 | P21 | P22    |
        | V_ALL P | =   | =   | =20    |
        | V_DAY P | 1   | 1   | 20     |
        | V_EVE P | 1   | 1   | {part} |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))
    told = {cell for _, _, cell in found(validated)}

    assert status_of(validated, "NORTH", "V_ALL P", "P22") == "O"
    assert told == {cell_of(tiny, "NORTH", "V_EVE P", "P22")}


def test_a_total_that_shows_something_else_than_its_parts_is_told(tiny: Campaign) -> None:
    """The unit believes what its file shows; we count the parts, and say so."""
    sheet = {"USE": FILLED.format("=31")}
    validated = checked(tiny, drawn(tiny, "NORTH", sheet, rest="0"))

    assert value_of(validated, "NORTH", "V_ALL P", "P22") == 30
    assert found(validated) == [("TOTAL-STALE", "USE", cell_of(tiny, "NORTH", "V_ALL P", "P22"))]
    assert "shows 31" in messages(validated, "TOTAL-STALE")[0]
    assert "add up to 30" in messages(validated, "TOTAL-STALE")[0]
    assert set(validated.findings["severity"]) == {"explain"}


def test_a_total_that_does_not_add_a_text_is_on_record(tiny: Campaign) -> None:
    """A formula of the sheet adds no texts; we do, and the difference is for the record only."""
    table = """
        | row     | P20  | P21 | P22 |
        | V_ALL P | =7   | =   | =   |
        | V_DAY P | 7    | 1   | 1   |
        | V_EVE P | "03" | 1   | 1   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert value_of(validated, "NORTH", "V_ALL P", "P20") == 10
    assert [rule for rule, _, _ in found(validated)] == ["TOTAL-READ", "CELL-READ"]
    assert set(validated.findings["severity"]) == {"info"}


def test_a_total_by_formula_over_empty_parts_is_told(tiny: Campaign) -> None:
    """A number that only a changed formula shows does not vanish without a word."""
    table = """
        | row     | P20 | P21 | P22 |
        | V_ALL P | =50 | =   | =   |
        | V_DAY P |     | 1   | 1   |
        | V_EVE P |     | 1   | 1   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert status_of(validated, "NORTH", "V_ALL P", "P20") == "O"
    assert ("TOTAL-ALONE", "USE", cell_of(tiny, "NORTH", "V_ALL P", "P20")) in found(validated)
    assert len(found(validated, "CELL-MISSING")) == 2


def test_a_total_that_was_typed_over_is_the_units_own_figure(tiny: Campaign) -> None:
    """A typed total counts as typed; that it disagrees with its parts is the rule's affair."""
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": FILLED.format("31")}, rest="0"))

    assert value_of(validated, "NORTH", "V_ALL P", "P22") == 31
    assert [rule for rule, _, _ in found(validated)] == ["USE-1"]


def test_totals_of_totals_are_added_parts_first(campaign: Campaign) -> None:
    """A total that is a part of another is known before it is added."""
    unit_id, form_id = "TTTP", "B11"
    rows = [r.key.replace("|", " ") for r in form_rows(campaign, campaign.units[unit_id], form_id)]
    rows = [row for row in rows if row.split()[1] == "H"]
    totals = ("B11C_050", "B11C_060", "B11C_070")
    parts = {"B11C_051": 3, "B11C_052": 4, "B11C_053": 5, "B11C_061": 1, "B11C_062": 2, "B11C_063": 3}
    parts |= {"B11C_071": 2, "B11C_072": 2, "B11C_073": 2}
    periods = campaign.forms[form_id].period_ids
    lines = [f"| row | {' | '.join(periods)} |"]
    for row in rows:
        name = row.split()[0]
        cell = "=" if name in totals else str(parts.get(name, 0))
        lines.append(f"| {row} | {' | '.join([cell] * len(periods))} |")
    validated = checked(campaign, drawn(campaign, unit_id, {form_id: "\n".join(lines)}))

    assert [value_of(validated, unit_id, f"{name} H", periods[0]) for name in totals] == [12, 6, 6]


def test_a_row_that_is_gone_is_named(tiny: Campaign) -> None:
    """Nothing of it counts and nothing is guessed; cells that are gone are not told again as empty."""
    sheet = drawn_sheet(tiny, "NORTH", "USE", rest="0", without="M_END P; P21")
    validated = checked(tiny, submitted("NORTH", [sheet]))

    assert [f for f in found(validated) if f[1] == "USE"] == [("ROW-MISSING", "USE", "")]
    assert "M_END|P" in messages(validated, "ROW-MISSING")[0]
    assert status_of(validated, "NORTH", "M_END P", "P20") == "O"
    assert status_of(validated, "NORTH", "M_NEW P", "P21") == "O"


def test_a_row_of_another_level_or_unit_is_told_with_what_it_holds(tiny: Campaign) -> None:
    """ISLE has no reading rooms: whatever stands in such a row does not count, numbers and texts alike."""
    table = """
        | row     | P20 | P21   | P22    |
        | V_DAY D | 4   | a few | =5     |
        | M_NEW D |     | 6     |        |
        | V_ALL D |     |       |        |
    """
    validated = checked(tiny, drawn(tiny, "ISLE", {"USE": table}, rest="0"))

    assert [rule for rule, _, _ in found(validated)] == ["ROW-UNKNOWN", "ROW-UNKNOWN"]
    assert sorted(validated.findings["seen"]) == ["4; a few; 5", "6"]
    assert not (validated.cubes["USE"].counts[2] & (validated.cubes["USE"].values[2] > 0)).any()


def test_a_ratio_that_was_typed_over_is_on_record(tiny: Campaign) -> None:
    """Ratios are computed; what was typed there is not dropped in silence."""
    table = """
        | row      | P20 | P21 | P22 |
        | M_RATE P | 50  | =60 | x   |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"))

    assert [(f["rule_id"], f["seen"]) for f in validated.findings.to_dict("records")] == [
        ("RATIO-TYPED", "50; x")
    ]


def test_findings_stand_in_the_order_of_the_campaign(tiny: Campaign) -> None:
    """By unit, what weighs most first, then form, row and period, whatever the order of the files."""
    table = """
        | row     | P20   | P21 | P22 |
        | V_DAY D | a few | 15  |     |
        | V_DAY P | -3    | 15  | "05" |
    """
    north, south = (drawn(tiny, unit, {"USE": table}, rest="0") for unit in ("NORTH", "SOUTH"))
    validated = checked(tiny, south, north)
    told = validated.findings[validated.findings["indicator_id"] == "V_DAY"]

    assert told["unit_id"].drop_duplicates().tolist() == ["NORTH", "SOUTH"]
    assert told[told["unit_id"] == "NORTH"][["severity", "level", "period_id"]].values.tolist() == [
        ["reject_cell", "P", "P20"],
        ["reject_cell", "D", "P20"],
        ["explain", "D", "P22"],
        ["info", "P", "P22"],
    ]
    assert checked(tiny, north, south).findings.equals(validated.findings)


def test_numbers_are_told_as_the_reader_writes_them(tiny: Campaign) -> None:
    """1.234,5 in Vietnamese is 1,234.5 in English."""
    table = """
        | row     | P20    | P21 | P22 |
        | V_DAY D | 1234.5 | 0   | 0   |
    """
    sent = drawn(tiny, "NORTH", {"USE": table}, rest="0")

    assert "1.234,5" in messages(checked(tiny, sent, lang="vi"), "CELL-FRACTION")[0]
    assert "1,234.5" in messages(checked(tiny, sent, lang="en"), "CELL-FRACTION")[0]


def position_of(tiny: Campaign, row: str, period: str) -> int:
    """Where a cell of the form USE stands in the drawn sheet of NORTH."""
    sheet = drawn_sheet(tiny, "NORTH", "USE", rest="0")
    return sheet.row_keys.index(row.replace(" ", "|")) * 3 + sheet.period_ids.index(period)


def shown_as_percent(tiny: Campaign, row: str, written: str, *, lang: str = "en"):
    """NORTH with one cell that is formatted as per cent."""
    table = f"""
        | row   | P20       | P21 | P22 |
        | {row} | {written} | 0   | 0   |
    """
    sheet = drawn_sheet(tiny, "NORTH", "USE", table, rest="0")
    percents = frozenset({position_of(tiny, row, "P20")})
    return checked(tiny, submitted("NORTH", [replace(sheet, percents=percents)]), lang=lang)


@pytest.mark.parametrize(
    ("row", "written", "value", "status", "rule_id"),
    [
        ("K_GLAD P", "0.95", 95, "A", "CELL-PERCENT-READ"),
        ("K_GLAD P", "0.955", 95.5, "A", "CELL-PERCENT-READ"),
        ("K_GLAD P", "1", 100, "A", "CELL-PERCENT-READ"),
        ("K_GLAD P", "0", 0, "A", None),
        ("K_GLAD P", "1.5", math.nan, "E", "CELL-PERCENT-FORMAT"),
        ("K_GLAD P", "95", math.nan, "E", "CELL-PERCENT-FORMAT"),
        ("K_GLAD P", "-0.5", math.nan, "E", "CELL-PERCENT-FORMAT"),
        ("K_GLAD P", '"95%"', 95, "A", "CELL-READ"),
        ("M_END P", "0.95", math.nan, "E", "CELL-PERCENT-FORMAT"),
        ("M_END P", "5", math.nan, "E", "CELL-PERCENT-FORMAT"),
        ("M_END P", "0", 0, "A", None),
    ],
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_a_cell_shows_as_per_cent_counts_where_it_is_clear(
    row: str, written: str, value: float, status: str, rule_id: str | None, lang: str, tiny: Campaign
) -> None:
    """0.95 shown as 95 % is 95 where per cent are asked; 5 shown as 500 % may be 5 or 500, and is refused."""
    validated = shown_as_percent(tiny, row, written, lang=lang)
    rules = [rule for rule, _, _ in found(validated) if rule.startswith("CELL")]

    assert value_of(validated, "NORTH", row, "P20") == pytest.approx(value, nan_ok=True)
    assert status_of(validated, "NORTH", row, "P20") == status
    assert rules == ([rule_id] if rule_id else [])


@pytest.mark.parametrize(
    ("saved", "formula", "value", "rule_id"),
    [
        ("=", "12+5+7", 24, "CELL-COMPUTED"),
        ("=24", "12+5+7", 24, "CELL-FORMULA"),
        ("=0", "12+5+7", 24, "CELL-RECOMPUTED"),
        ("=#VALUE!", "12+5+7", 24, "CELL-COMPUTED"),
        ("=", "12/0", math.nan, "CELL-UNCALCULATED"),
        ("=", "12+", math.nan, "CELL-UNCALCULATED"),
        ("=", "5-12", math.nan, "CELL-NEGATIVE"),
        ("=", "7/2", math.nan, "CELL-FRACTION"),
    ],
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_sum_of_numbers_is_worked_out(
    saved: str, formula: str, value: float, rule_id: str, lang: str, tiny: Campaign
) -> None:
    """Whatever the file saved for it, or did not; and then it is judged like any figure."""
    table = f"""
        | row     | P20     | P21 | P22 |
        | M_END P | {saved} | 0   | 0   |
    """
    sheet = drawn_sheet(tiny, "NORTH", "USE", table, rest="0")
    sums = {position_of(tiny, "M_END P", "P20"): formula}
    validated = checked(tiny, submitted("NORTH", [replace(sheet, arithmetic=sums)]), lang=lang)

    assert value_of(validated, "NORTH", "M_END P", "P20") == pytest.approx(value, nan_ok=True)
    assert rule_id in [rule for rule, _, cell in found(validated) if cell.startswith("F")]
    assert "{" not in "".join(messages(validated, rule_id))


def test_a_sum_typed_into_a_total_is_the_units_own_figure(tiny: Campaign) -> None:
    """It is compared with the parts, not replaced by them."""
    table = """
        | row     | P20 | P21 | P22 |
        | V_ALL P | =   | 0   | 0   |
        | V_DAY P | 10  | 0   | 0   |
        | V_EVE P | 5   | 0   | 0   |
    """
    sheet = drawn_sheet(tiny, "NORTH", "USE", table, rest="0")
    sums = {position_of(tiny, "V_ALL P", "P20"): "10+6"}
    validated = checked(tiny, submitted("NORTH", [replace(sheet, arithmetic=sums)]))

    assert value_of(validated, "NORTH", "V_ALL P", "P20") == 16
    assert [rule for rule, _, _ in found(validated, "USE-1", "CELL-COMPUTED")] == ["USE-1", "CELL-COMPUTED"]


def test_two_files_with_different_sums_are_different(tiny: Campaign) -> None:
    """Also where neither was ever calculated; and 0.95 shown as 95 % is not 0.95."""
    table = """
        | row      | P20 | P21  | P22 |
        | M_END P  | =   | 0    | 0   |
        | K_GLAD P | 0   | 0.95 | 0   |
    """
    sheet = drawn_sheet(tiny, "NORTH", "USE", table, rest="0")
    at, glad = position_of(tiny, "M_END P", "P20"), position_of(tiny, "K_GLAD P", "P21")
    one, other = replace(sheet, arithmetic={at: "1+1"}), replace(sheet, arithmetic={at: "1+2"})
    shown = replace(one, percents=frozenset({glad}))
    files = ("a.xlsx", "b.xlsx")

    for pair in ((one, other), (one, shown)):
        both = [replace(submitted("NORTH", [s]), file=f, sha256=f) for s, f in zip(pair, files, strict=True)]
        assert len(found(checked(tiny, *both), "FILE-UNDECIDED")) == 2


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_total_that_shows_an_error_is_told_with_what_its_parts_make(lang: str, tiny: Campaign) -> None:
    """The parts count, the formula never does; where a part is missing, no sum is claimed."""
    table = """
        | row     | P20    | P21  | P22      |
        | V_ALL P | =#REF! | =#REF! | ="abc" |
        | V_DAY P | 10     |      | 1        |
        | V_EVE P | 5      | 5    | 1        |
    """
    validated = checked(tiny, drawn(tiny, "NORTH", {"USE": table}, rest="0"), lang=lang)
    told = validated.findings[validated.findings["rule_id"] == "TOTAL-ERROR"]

    assert value_of(validated, "NORTH", "V_ALL P", "P20") == 15
    assert list(zip(told["period_id"], told["seen"], told["expected"], strict=True)) == [
        ("P20", "#REF!", "15"),
        ("P21", "#REF!", "…"),
        ("P22", "abc", "2"),
    ]


def test_money_with_more_decimals_than_it_has_counts_and_is_told(tiny: Campaign) -> None:
    """One note for a row; a cell by itself where it is the only one. Nothing is rounded away in silence."""
    tables = {
        "MAIL": """
            | row      | P20    | P21  | P22     |
            | F_PAID P | 12.345 | 12.3 | 0.12345 |
        """
    }
    validated = checked(tiny, drawn(tiny, "NORTH", tables, rest="0"))
    single = {"MAIL": tables["MAIL"].replace("0.12345", "0.12")}
    alone = checked(tiny, drawn(tiny, "NORTH", single, rest="0"))
    row = int(cell_of(tiny, "NORTH", "F_PAID P", "P20")[1:])

    assert [value_of(validated, "NORTH", "F_PAID P", p) for p in ("P20", "P22")] == [12.345, 0.12345]
    assert found(validated, "CELL-DECIMALS") == [("CELL-DECIMALS", "MAIL", f"F{row}:H{row}")]
    assert found(alone, "CELL-DECIMALS") == [("CELL-DECIMALS", "MAIL", f"F{row}")]
    assert "2 cells" in messages(validated, "CELL-DECIMALS")[0]
