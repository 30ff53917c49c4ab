"""Draws returns in memory, as if read: one text table per form, one row per indicator and level.

    | row     | P20 | P21     | P22   |
    | V_ALL P | 10  | "1.234" | =12   |
    | V_DAY P | 10  |         | #REF! |

A plain number is a number; an empty cell is empty; ``=12`` is a formula that shows 12, ``=`` one that was
never saved and ``=""`` one that shows nothing; ``#REF!`` is an error; ``TRUE`` a logical value;
``2023-11-10`` a date; anything else (quoted where it would look like one of these) is a text.
Rows that are not drawn are filled with ``rest``.
"""

from __future__ import annotations

import hashlib
import math
import re
from array import array
from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import form_rows, owed_forms
from pipeline.frames import Cube
from pipeline.model import CellValue, ErrorCell, FormRow, SheetCells, Submission
from pipeline.validation import Validated, validate

FIRST_ROW = 12
FIRST_COLUMN = 6
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e\d+)?")

Tables = Mapping[str, str]
Typed = dict[tuple[str, str], str]


def drawn_sheet(
    campaign: Campaign, unit_id: str, form_id: str, table: str = "", rest: str = "", without: str = ""
) -> SheetCells:
    """One form of a unit. ``without``: rows ("V_ALL P") or periods that it lacks, set apart by semicolons."""
    typed = _typed(table)
    gone = {name.strip().replace(" ", "|") for name in without.split(";")}
    owed = form_rows(campaign, campaign.units[unit_id], form_id)
    asked = [row.key for row in owed if not campaign.indicators[row.indicator_id].is_computed]
    keys = [*asked, *(key for key in dict.fromkeys(key for key, _ in typed) if key not in asked)]
    rows = [(FIRST_ROW + i, key) for i, key in enumerate(keys) if key not in gone]
    periods = campaign.forms[form_id].period_ids
    columns = [(FIRST_COLUMN + i, period) for i, period in enumerate(periods) if period not in gone]
    numbers, texts, formulas = array("d"), {}, set()
    for _, key in rows:
        for _, period in columns:
            position = len(numbers)
            text = typed.get((key, period))
            value = _rest(campaign, key, period, rest) if text is None else text
            if value.startswith("="):
                formulas.add(position)
                value = value.removeprefix("=")
            cell = _cell(value)
            numbers.append(cell if type(cell) is float else math.nan)
            if cell is not None and type(cell) is not float:
                texts[position] = cell
    return SheetCells(
        form_id=form_id,
        sheet=form_id,
        row_keys=tuple(key for _, key in rows),
        row_numbers=tuple(number for number, _ in rows),
        period_ids=tuple(period for _, period in columns),
        column_numbers=tuple(number for number, _ in columns),
        numbers=numbers,
        texts=texts,
        formulas=frozenset(formulas),
    )


def drawn(
    campaign: Campaign,
    unit_id: str,
    tables: Tables | None = None,
    *,
    rest: str | None = None,
    number: int = 1,
    file: str = "",
) -> Submission:
    """A return with the drawn forms; with ``rest`` also every other form that is owed, filled with it."""
    owed = [form.form_id for form in owed_forms(campaign, unit_id)]
    forms = list(tables or {}) if rest is None else [*owed, *(f for f in tables or {} if f not in owed)]
    sheets = [drawn_sheet(campaign, unit_id, f, (tables or {}).get(f, ""), rest or "") for f in forms]
    return submitted(unit_id, sheets, number=number, file=file or f"{unit_id}.xlsx")


def submitted(unit_id: str, sheets: Sequence[SheetCells], *, number: int = 1, file: str = "") -> Submission:
    """A file with these sheets; its hash follows from what it says."""
    name = file or f"{unit_id}.xlsx"
    digest = hashlib.sha256(repr((unit_id, number, tuple(sheets))).encode()).hexdigest()
    return Submission(name, digest, 1000, unit_id, number, "7", tuple(sheets))


def checked(campaign: Campaign, *submissions: Submission, lang: str = "en") -> Validated:
    """All submissions validated; no message in any language may keep a gap that nobody filled."""
    validated = validate(campaign, submissions, lang)
    for message in validated.findings["message"]:
        if re.search(r"[{}]|\bnan\b|\binf\b|None", message):
            raise ValueError(f"a message with an open gap: {message}")
    return validated


def found(validated: Validated, *rule_ids: str) -> list[tuple[str, str, str]]:
    """``(rule, form, cell)`` of the findings with these ids; of all of them where none is named."""
    rows = validated.findings.to_dict(orient="records")
    return [(r["rule_id"], r["form_id"], r["cell"]) for r in rows if not rule_ids or r["rule_id"] in rule_ids]


def messages(validated: Validated, rule_id: str) -> list[str]:
    """What is said under one id."""
    return validated.findings.loc[validated.findings["rule_id"] == rule_id, "message"].tolist()


def cell_of(campaign: Campaign, unit_id: str, row: str, period_id: str) -> str:
    """Where a drawn sheet has a cell, such as ``G13``."""
    key = row.replace(" ", "|")
    form_id = campaign.indicators[key.partition("|")[0]].form_id
    owed = form_rows(campaign, campaign.units[unit_id], form_id)
    keys = [r.key for r in owed if not campaign.indicators[r.indicator_id].is_computed]
    column = FIRST_COLUMN + campaign.forms[form_id].period_ids.index(period_id)
    return f"{chr(ord('A') + column - 1)}{FIRST_ROW + keys.index(key)}"


def value_of(validated: Validated, unit_id: str, row: str, period_id: str) -> float:
    """The value that counts; NaN where there is none."""
    cube, at = _at(validated, unit_id, row, period_id)
    return float(cube.values[at])


def status_of(validated: Validated, unit_id: str, row: str, period_id: str) -> str:
    """The status code of a cell (``A``, ``Z``, ``M`` and so on)."""
    from pipeline.frames import STATUSES

    cube, at = _at(validated, unit_id, row, period_id)
    return str(STATUSES[cube.status[at]])


def has_error(validated: Validated, unit_id: str, row: str, period_id: str) -> bool:
    """Whether an open error touches the cell."""
    cube, at = _at(validated, unit_id, row, period_id)
    return bool(cube.has_error[at])


def _at(validated: Validated, unit_id: str, row: str, period_id: str) -> tuple[Cube, tuple[int, int, int]]:
    key = FormRow(*row.split()).key
    cube = next(cube for cube in validated.cubes.values() if key in cube.keys)
    return cube, (cube.unit_ids.index(unit_id), cube.keys.index(key), cube.period_ids.index(period_id))


def _typed(table: str) -> Typed:
    lines = [line.strip().strip("|").split("|") for line in table.splitlines() if line.strip()]
    if not lines:
        return {}
    periods = [name.strip() for name in lines[0][1:]]
    return {
        (line[0].strip().replace(" ", "|"), period): cell.strip()
        for line in lines[1:]
        for period, cell in zip(periods, line[1:], strict=True)
    }


def _rest(campaign: Campaign, key: str, period_id: str, rest: str) -> str:
    indicator_id = key.partition("|")[0]
    if indicator_id in campaign.indicators and campaign.exists_in(indicator_id, period_id):
        return rest
    return campaign.settings.symbols["M"]


def _cell(text: str) -> CellValue:
    if text.startswith('"'):
        return text.strip('"')
    if _NUMBER.fullmatch(text):
        return float(text)
    if text.startswith("#"):
        return ErrorCell(text)
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    return text or None
