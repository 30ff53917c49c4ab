"""Every contradiction in a campaign is refused with its file, line and column, all of them at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.catalogue import load_campaign
from pipeline.errors import CampaignProblem, CampaignRefused

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tiny_folder, tmp_path) -> Path:
    """A copy of the tiny campaign to break."""
    copy = shutil.copytree(tiny_folder, tmp_path / "broken")
    for path in (copy / "words").iterdir():
        if not path.name.startswith("rules."):
            path.unlink()
    return copy


@pytest.fixture
def edit(folder) -> Edit:
    """Replace a text that stands once in a file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return replace


def problems(folder: Path) -> list[CampaignProblem]:
    """What the loader refuses."""
    with pytest.raises(CampaignRefused) as refused:
        load_campaign(folder)
    return list(refused.value.problems)


USE_1 = "USE-1,USE,error,V_ALL == V_DAY + V_EVE,,"
M_END = "M_END,USE,6,0,Members at the end of the period,people,stock,last,sum,,,,,P,,,,,,,"
M_RATE = "M_RATE,USE,8,0,New members among all,%,ratio,ratio,ratio,,,,,,,M_NEW,M_END,,,,"
L_IN = "L_IN,MAIL,2,0,Letters received,letters,flow,sum,authority,DESK,H_IN,BRANCH"
L_ALL = "L_ALL,MAIL,3,0,Letters to answer,letters,stock,balance,sum,,,BRANCH,,P D,,,,L_OPEN,L_IN,,"

BREAKAGES = [
    # ids that no other file knows, in every column that names one
    ("units.csv", "Island Library,BRANCH", "Island Library,BRANSH", "kind", "did you mean BRANCH"),
    ("units.csv", "BRANCH,i,D", "BRANCH,i,Z", "without_levels", '"Z" is not known'),
    ("units.csv", "BRANCH,i,D", "BRANCH,i,", "without_levels", "nobody reports to it"),
    ("units.csv", "BRANCH,s,", "BRANCH,N,", "official_code", '"N" is the code of NORTH'),
    ("subordinates.csv", "SOUTH,D,s1,", "SOUTH,D,N1,", "official_code", '"N1" is the code of n1'),
    ("subordinates.csv", ",ROOM,SOUTH,", ",ROOM,SOUHT,", "reports_to", "did you mean SOUTH?"),
    ("subordinates.csv", "s1,Bridge End", "NORTH,Bridge End", "unit_id", "is a unit of units.csv too"),
    ("subordinates.csv", ",ROOM,SOUTH,D,", ",ROOM,SOUTH,Q,", "levels", '"Q" is not known'),
    ("subordinates.csv", ",ROOM,SOUTH,D,", ",ROOM,DESK,D,", "kind", "already report to a unit of kind"),
    ("subordinates.csv", "D,s1,,,", "D,s1,,,n1", "successor", "valid_to says when"),
    ("subordinates.csv", "D,s1,,,", "D,s1,,2021-13,", "valid_to", "does not fit here"),
    ("subordinates.csv", "D,s1,,,", "D,s1,,2021-01,s9", "successor", '"s9" is not known'),
    ("subordinates.csv", ",ROOM,SOUTH,D,s1", ",ROOM,s1,D,s1", "reports_to", "comes back to itself"),
    ("unit_kinds.csv", "County offices,council", "County offices,state", "heading", '"state" is not known'),
    ("periods.csv", "2021-12,12,WHOLE LATE", "2021-12,12,WHOLE NEVER", "windows", '"NEVER"'),
    ("forms.csv", "on the shelves,dates", "on the shelves,years", "periods", '"years" is not known'),
    ("indicators.csv", "V_APP,USE,4", "V_APP,USES,4", "form_id", 'did you mean USE'),
    ("indicators.csv", "V_APP,USE,4,0,Visits booked by telephone application,visits",
     "V_APP,USE,4,0,Visits booked by telephone application,vists", "unit_measure", 'did you mean visits'),
    ("indicators.csv", M_END, M_END.replace(",P,", ",P Q,"), "levels", '"Q"'),
    ("indicators.csv", L_IN, L_IN.replace("BRANCH", "BRUNCH"), "filled_by", '"BRUNCH"'),
    ("indicators.csv", L_IN, L_IN.replace("DESK", "DISK"), "authority_unit", '"DISK"'),
    ("indicators.csv", L_IN, L_IN.replace("H_IN", "H_ON"), "authority_indicator", '"H_ON"'),
    ("indicators.csv", M_RATE, M_RATE.replace("M_NEW", "M_NOW"), "numerator", '"M_NOW"'),
    ("indicators.csv", M_RATE, M_RATE.replace("M_END", "M_AND"), "denominator", '"M_AND"'),
    ("indicators.csv", L_ALL, L_ALL.replace("L_OPEN", "L_OVEN"), "opening", '"L_OVEN"'),
    ("indicators.csv", "L_DONE + L_LEFT", "L_DONE + L_LOFT", "outflow", '"L_LOFT"'),
    ("assignments.csv", "SHELF,BRANCH,P D", "SHELV,BRANCH,P D", "form_id", '"SHELV"'),
    ("assignments.csv", "SHELF,BRANCH,P D", "SHELF,BRANK,P D", "unit_kind", '"BRANK"'),
    ("assignments.csv", "SHELF,BRANCH,P D", "SHELF,BRANCH,P K", "levels", '"K"'),
    ("rules.csv", USE_1, USE_1.replace("USE,", "YOU,"), "form_id", '"YOU"'),
    ("rules.csv", "since:P21,P", "since:P31,P", "periods", '"P31"'),
    ("rules.csv", "since:P21,P", "since:P21,R", "levels", '"R"'),
    ("rules.csv", USE_1, USE_1.replace("V_EVE", "V_EVA"), "expression, character 18", 'did you mean V_EVE'),
    ("headlines.csv", "Visits,V_ALL", "Visits,V_OLL", "indicator_id", '"V_OLL"'),
    ("charts.csv", "Visits by year,V_ALL", "Visits by year,V_OLL", "indicators", '"V_OLL"'),
    ("charts.csv", "Visits by year,V_ALL", "Visits by year,V_DAY", "indicators", '"V_DAY"'),
    ("charts.csv", "Visits by year,V_ALL", "Visits by year,V_ALL L_IN", "indicators", "one unit of measure"),
    ("magnitudes.csv", "V_DAY,*,0.7,V_ALL", "V_DEY,*,0.7,V_ALL", "indicator_id", '"V_DEY"'),
    ("magnitudes.csv", "V_DAY,*,0.7,V_ALL", "V_DAY,U,0.7,V_ALL", "level", '"U"'),
    ("magnitudes.csv", "V_DAY,*,0.7,V_ALL", "V_DAY,*,0.7,V_ILL", "share_of", '"V_ILL"'),
    # keys
    ("units.csv", "SOUTH,South Library", "NORTH,South Library", "unit_id", "already stands in line 2"),
    ("units.csv", "SOUTH,South Library", "north,South Library", "unit_id", "capitals only"),
    ("units.csv", "SOUTH,South Library", "SO/TH,South Library", "unit_id", "ASCII letters"),
    ("forms.csv", "SHELF,III", "SHELF_WITH_A_NAME_TOO_LONG,III", "form_id", "at most 24"),
    ("indicators.csv", "V_TOUR,", "V-TOUR,", "indicator_id", "a rule could not name it"),
    ("indicators.csv", "V_TOUR,", "not,", "indicator_id", "a rule could not name it"),
    ("levels.csv", "D,Reading", "ALL,Reading", "level_id", "is kept for the total"),
    ("windows.csv", "LATE,2021", "P21,2021", "window_id", "also the id of a period"),
    ("signs.csv", "–,Z", "- ,Z", "text", "already stands in line 2"),
    ("assignments.csv", "MAIL,OFFICE,W", "MAIL,BRANCH,W", "unit_kind", "already assigned"),
    ("magnitudes.csv", "V_DAY,*,0.7,V_ALL", "V_ALL,*,0.7,", "indicator_id", "already stands"),
    ("magnitudes.csv", "V_ALL,*,400,", "V_ALL,*,0.4,V_DAY", "share_of", "a share of itself"),
    # values
    ("periods.csv", "2021-12,12", "2021-12,11", "months", "is 12 months, not 11"),
    ("periods.csv", "E22,dates,31/12/2022,2022-12", "E22,dates,31/12/2022,2022-11", "months", "snapshot"),
    ("periods.csv", "2021,2021-01", "2021,2021-13", "first_month", "does not fit"),
    ("periods.csv", "2022-12,12,WHOLE", "2022-12,twelve,WHOLE", "months", "does not fit"),
    ("measures.csv", "pounds,pounds,2", "pounds,pounds,-2", "decimals", "does not fit"),
    ("measures.csv", "pounds,pounds,2", "pounds,pounds,5", "decimals", "does not fit"),
    ("levels.csv", "by one office),yes", "by one office),ja", "is_authority", 'must be "yes" or empty'),
    ("forms.csv", "USE,I,1,Visits and members,Visits", "USE,I,1,,Visits", "title", "must not be empty"),
    ("indicators.csv", M_END, M_END.replace("stock", "stick"), "kind", '"stick" does not fit'),
    ("indicators.csv", M_END, M_END.replace("last", "lost"), "time_aggregation", "does not fit"),
    ("indicators.csv", M_END, M_END.replace("last,sum", "last,some"), "unit_aggregation", "does not fit"),
    ("indicators.csv", "P D,2022,", "P D,soon,", "since", "does not fit"),
    ("indicators.csv", "P D,2022,", "P D,2023,", "since", "later than every period"),
    ("rules.csv", USE_1, USE_1.replace("error", "reject_file"), "severity", "error, explain or info"),
    ("rules.csv", "since:P21,P", "after:P21,P", "periods", "limited by one of"),
    ("signs.csv", "–,Z", "–,A", "status", "zero (Z)"),
    ("magnitudes.csv", "V_DAY,*,0.7,V_ALL", "V_DAY,*,nan,V_ALL", "typical", "does not fit"),
    # things that do not go together
    ("indicators.csv", M_END, M_END.replace("last", "sum"), "time_aggregation", "does not go with stock"),
    ("indicators.csv", L_ALL, L_ALL.replace("L_OPEN,L_IN", ","), "opening", "a balance, and only it"),
    ("indicators.csv", L_ALL, L_ALL.replace("balance", "last"), "opening", "a balance, and only it"),
    ("indicators.csv", M_RATE, M_RATE.replace("M_END", ""), "denominator", "or neither"),
    ("indicators.csv", M_RATE, M_RATE.replace("M_NEW,M_END", ","), "numerator", "needs a numerator"),
    ("indicators.csv", M_RATE, M_RATE.replace("ratio,ratio,ratio", "flow,sum,sum"), "kind", "is a ratio"),
    ("indicators.csv", M_RATE, M_RATE.replace("M_NEW", "2 * M_NEW"), "numerator", "must be a sum"),
    ("indicators.csv", M_RATE, M_RATE.replace("M_NEW", "M_RATE"), "numerator", "must be entered"),
    ("indicators.csv", M_RATE, M_RATE.replace("M_NEW", "M_NEW +"), "numerator, character 8", "not under"),
    ("indicators.csv", M_END, M_END.replace(",P,", ",,"), "levels", "must not be empty"),
    ("indicators.csv", L_IN, L_IN.replace("authority,", "sum,"), "authority_unit", "stands exactly where"),
    ("indicators.csv", L_IN, L_IN.replace("H_IN", "V_ALL"), "authority_indicator", "measured or aggregated"),
    ("indicators.csv", "V_EVE,USE,3,1", "V_EVE,USE,4,1", "order", "is row 3 of USE, not 4"),
    ("indicators.csv", "V_EVE,USE,3,1", "V_EVE,USE,3,3", "depth", "more than one step"),
    ("indicators.csv", "H_IN,POST,1,0", "H_IN,POST,1,1", "depth", "more than one step"),
    ("assignments.csv", "SHELF,BRANCH,P D", "SHELF,BRANCH,", "levels", "must not be empty"),
    ("windows.csv", "LASTDAY,Latest", "NOBODY,Latest", "window_id", "no period"),
    ("periods.csv", "P20,terms,7-12/2020,2020-07,2020-12,6,", "P20,terms,2,2023-07,2023-12,6,", None, "time"),
    ("rules.csv", USE_1, USE_1.replace("V_EVE", "S_OLD"), "expression", "different periods"),
    ("rules.csv", USE_1, USE_1.replace("V_EVE", "M_RATE"), "expression", "is computed; name its parts"),
    ("rules.csv", USE_1, USE_1.replace("USE,", "SHELF,"), "form_id", "no indicator of the expression"),
    ("rules.csv", "cum(L_DONE)", "cum(L_LEFT)", "expression", "would add a stock"),
    ("rules.csv", USE_1, USE_1.replace("==", "="), "expression, character 7", "not understood"),
    ("rules.csv", USE_1, USE_1.replace("V_EVE", "max(V_EVE)"), "expression, character 18", "unknown"),
    ("rules.csv", USE_1, USE_1.replace("==", "≤"), "expression, character 7", "no letter of"),
    ("units.csv", "DESK,County Library Office,OFFICE", "DESK,County Library Office,LONELY", None, "owes"),
    ("indicators.csv", "V_EVE,USE,3,1,in the evening,visits,flow,sum,sum,,,,,P",
     "V_EVE,USE,3,1,in the evening,visits,flow,sum,sum,,,DESK,,P", "levels", "no unit is asked"),
    # a file that is no list
    ("units.csv", "name,kind", "nome,kind", "name", "this column is missing"),
    ("units.csv", "name,kind", "name,sort", "sort", "not known"),
    ("units.csv", "unit_id,name,kind", "unit_id,name,name", "name", "stands twice"),
    ("units.csv", "SOUTH,South Library,", "SOUTH,South Library,,,", "", "7 fields, the header has 5"),
    ("units.csv", "South Library", '"South Library', "", "not a CSV file"),
]  # fmt: skip

ALSO = {"LONELY": ("unit_kinds.csv", "OFFICE,County", "LONELY,Lonely,Lonely,council,X\nOFFICE,County")}


@pytest.mark.parametrize(("file", "old", "new", "column", "message"), BREAKAGES)
def test_a_contradiction_is_refused_at_its_place(folder, edit, file, old, new, column, message):
    """Whoever edits a list reads which cell of which line to look at, and why."""
    for word, extra in ALSO.items():
        if word in new:
            edit(*extra)
    edit(file, old, new)
    text = (folder / file).read_text(encoding="utf-8")
    line = text[: text.index(new)].count("\n") + 1
    found = [p for p in problems(folder) if message in p.message]

    assert found
    if column is not None and message != "not a CSV file":
        assert (file, line, column) in [(p.file, p.line, p.column) for p in found]


TOML_BREAKAGES = [
    ("campaign.toml", 'campaign_id = "tiny"', "campaign_id = tiny", "", "not a TOML file", 3),
    ("campaign.toml", 'template_version = "7"', "", "template_version", "must be a text", 1),
    ("campaign.toml", 'place = "Anytown"', "place = 3", "place", "must be a text", 11),
    ("campaign.toml", '["6", "7"]', '["6"]', "accepted_template_versions", "must hold the current", 5),
    ("campaign.toml", '["6", "7"]', "7", "accepted_template_versions", "must be a list of texts", 5),
    ("campaign.toml", 'main_window = "WHOLE"', 'main_window = "PART"', "main_window", "is not a window", 15),
    ("campaign.toml", 'M = "x"', "", "symbols.M", "must be a text", 17),
    ("campaign.toml", "jump_factor = 3.0", 'jump_factor = "3,0"', "plausibility.jump_factor", "a number", 31),
    ("campaign.toml", "twins_least = 20", "", "plausibility.twins_least", "a number", 30),
    (
        "campaign.toml",
        "[heading.council]",
        "[heading]\ncouncil = 1\n[council]",
        "heading.council",
        "a table",
        27,
    ),
    ("campaign.toml", 'left = ["INVENTED', 'links = ["INVENTED', "heading.council.left", "list of texts", 26),
    ("messages.vi.toml", "[FILE-NOT-OURS]", "[FILE-NOT-YOURS]", "FILE-NOT-YOURS.saw", "is missing", None),
    ("messages.en.toml", "[FILE-NOT-OURS]", "[FILE-NOT-YOURS]", "FILE-NOT-OURS.do", "is missing", None),
    ("words/rules.vi.toml", 'equals = "', 'is = "', "rule.equals", "is missing", 2),
    ("words/rules.en.toml", "{factor} times", "{times} times", "rule.times", "{gaps} differ", None),
    ("words/rules.en.toml", "{factor} times", "{factor times", "rule.times", "without its partner", None),
    ("words/rules.en.toml", 'minus = "−"', "minus = 1", "rule.minus", "must be a text", None),
]


@pytest.mark.parametrize(("file", "old", "new", "column", "message", "line"), TOML_BREAKAGES)
def test_a_contradiction_in_words_or_settings_is_refused(folder, edit, file, old, new, column, message, line):
    """With the dotted name, and the line where it is set or where its table begins."""
    edit(file, old, new)
    found = [p for p in problems(folder) if message in p.message and p.column == column]

    assert found
    assert found[0].file.split(".")[0] == Path(file).name.split(".")[0]
    assert line is None or found[0].line == line


@pytest.mark.parametrize("file", ["indicators.csv", "campaign.toml", "messages.en.toml", "levels.csv"])
def test_a_missing_file_is_refused_by_its_name(folder, file):
    """Nothing else is said of a campaign half of which is not there."""
    (folder / file).unlink()
    found = problems(folder)

    assert (file, 1) in [(p.file, p.line) for p in found]
    assert any("cannot be read" in p.message for p in found)


def test_a_list_that_is_no_text_is_refused(folder):
    """Excel's "Unicode text" is UTF-16."""
    text = (folder / "units.csv").read_text(encoding="utf-8")
    (folder / "units.csv").write_text(text, encoding="utf-16")

    assert [p.file for p in problems(folder)] == ["units.csv"]


def test_a_severity_outside_the_list_is_refused(folder):
    """The severity decides what happens to a figure."""
    path = folder / "messages.vi.toml"
    text = path.read_text(encoding="utf-8").replace('severity = "info"', 'severity = "fatal"', 1)
    path.write_text(text, encoding="utf-8")
    (found,) = problems(folder)

    assert found.column.endswith(".severity")
    assert found.line > 1


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_words_in_one_language_only_are_refused(folder, lang):
    """Neither a missing twin file nor one too many goes unnoticed."""
    (folder / "words" / f"more.{lang}.toml").write_text('[more]\nname = "x"\n', encoding="utf-8")
    found = problems(folder)

    assert all(p.file.startswith("more.") for p in found)


def test_a_word_that_stands_in_two_files_is_refused(folder):
    """The second would silently win."""
    for lang in ("vi", "en"):
        (folder / "words" / f"zz.{lang}.toml").write_text('[rule]\nequals = "x"\n', encoding="utf-8")
    found = problems(folder)

    assert [(p.file, p.column, p.line) for p in found if p.file.startswith("zz.vi")] == [
        ("zz.vi.toml", "rule.equals", 2)
    ]


def test_a_style_that_stands_in_two_files_is_refused(folder):
    """Two rooms would fight over one look."""
    (folder / "theme" / "zz.toml").write_text("page = 1\n[style.plain]\nbold = true\n", encoding="utf-8")
    found = [(p.file, p.line, p.column) for p in problems(folder)]

    assert found == [("zz.toml", 1, "page"), ("zz.toml", 2, "style.plain")]


def test_all_contradictions_are_told_at_once(folder, edit):
    """One round of corrections, not five: across files, within a line and between the lists."""
    edit("units.csv", "Island Library,BRANCH", "Island Library,BRANSH")
    edit("indicators.csv", M_END, M_END.replace("stock", "stick").replace("people", "poeple"))
    edit("rules.csv", USE_1, USE_1.replace("V_EVE", "V_EVA"))
    edit("rules.csv", "cum(L_DONE)", "cum(L_LEFT)")
    edit("campaign.toml", 'main_window = "WHOLE"', 'main_window = "PART"')
    edit("words/rules.vi.toml", 'equals = "', 'is = "')
    places = {(p.file, p.column) for p in problems(folder)}

    assert places == {
        ("units.csv", "kind"),
        ("indicators.csv", "kind"),
        ("rules.csv", "expression, character 18"),
        ("rules.csv", "expression"),
        ("campaign.toml", "main_window"),
        ("rules.vi.toml", "rule.equals"),
        ("rules.en.toml", "rule.is"),
    }


def test_the_refusal_reads_as_one_line_a_contradiction(folder, edit):
    """File, line and column first, as compilers do, so that editors can jump there."""
    edit("units.csv", "Island Library,BRANCH", "Island Library,BRANSH")
    with pytest.raises(CampaignRefused) as refused:
        load_campaign(folder)

    assert str(refused.value) == 'units.csv:4 [kind]: "BRANSH" is not known; did you mean BRANCH?'


def test_a_problem_of_a_whole_file_names_no_column():
    """Only what is there is said."""
    assert str(CampaignProblem("units.csv", 1, "", "cannot be read")) == "units.csv:1: cannot be read"


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_files_as_windows_programs_save_them_are_accepted(folder, tiny, mark, ending):
    """A byte order mark and carriage returns change nothing, not even the hash that stands in templates."""
    before = load_campaign(folder)
    for path in folder.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        path.write_bytes((mark + text).replace("\n", ending).encode())
    loaded = load_campaign(folder)

    assert loaded.rules == tiny.rules
    assert loaded.words == before.words
    assert loaded.catalogue_hash == tiny.catalogue_hash
    assert loaded.sha256 == before.sha256


def test_blank_lines_are_passed_over_and_lines_still_count(folder, edit):
    """A problem below a blank line is told at its own line."""
    edit("units.csv", "SOUTH,South Library,BRANCH", "\nSOUTH,South Library,BRUNCH")

    assert [(p.file, p.line) for p in problems(folder)] == [("units.csv", 4)]


def test_a_new_indicator_and_a_new_rule_are_lines_of_data(folder, tiny):
    """Nobody needs to touch the program to ask for one figure more."""
    with open(folder / "indicators.csv", "a", encoding="utf-8") as file:
        file.write("S_LENT,SHELF,4,0,Books lent out that day,books,stock,last,sum,,,,,P D,,,,,,,\n")
    with open(folder / "rules.csv", "a", encoding="utf-8") as file:
        file.write("SHELF-2,SHELF,error,S_LENT <= S_ALL,,\n")
    loaded = load_campaign(folder)

    assert list(loaded.indicators)[-1] == "S_LENT"
    assert loaded.rules["SHELF-2"].expression.indicator_ids == ("S_LENT", "S_ALL")
    assert loaded.catalogue_hash != tiny.catalogue_hash
