"""What a unit sent, as the answers of a template: numbers as read, texts as typed."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.model import Answers, CellValue, ErrorCell, FormRow, OwedForm, SheetCells
from pipeline.returns.unit import Unit

_DATE = "%d/%m/%Y"

_Place = tuple[str, str]
"""Row key, period id."""


def answers_of(unit: Unit) -> Answers:
    """All figures that count or were refused, form by form; a total that is still a formula is left out."""
    values: dict[tuple[str, str], float | str] = {}
    remarks: dict[str, str] = {}
    for owed in owed_forms(unit.campaign, unit.unit.unit_id):
        values.update(_figures(unit, owed))
        found = unit.sheet_of(owed.form_id)
        if found is not None:
            remarks.update(found[1].remarks)
    entered = unit.latest.entered
    return Answers(
        values=values,
        submission_number=unit.next_number,
        filled_by=entered.get("filled_by", ""),
        phone=entered.get("phone", ""),
        remarks=remarks,
        date_filled=entered.get("date_filled", ""),
        data_period=entered.get("data_period", ""),
        banner=unit.banner,
    )


@lru_cache(maxsize=256)
def _entered(campaign: Campaign, rows: tuple[FormRow, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The keys of the rows that are not computed, and of those that are totals of others."""
    entered = [row for row in rows if not campaign.indicators[row.indicator_id].is_computed]
    totals = [row for row in entered if total_parts(campaign, row, rows)]
    return frozenset(row.key for row in entered), frozenset(row.key for row in totals)


def _figures(unit: Unit, owed: OwedForm) -> dict[_Place, float | str]:
    found = unit.sheet_of(owed.form_id)
    if found is None:
        return {}
    sheet = found[1]
    entered, totals = _entered(unit.campaign, owed.rows)
    places = _places(sheet.row_keys, sheet.period_ids, entered)
    cells = zip(places, sheet.numbers, strict=True)
    figures: dict[_Place, float | str] = {place: n for place, n in cells if n == n and place}
    for position in {*sheet.texts, *sheet.formulas, *sheet.percents}:
        place = places[position]
        if place is not None:
            value = _odd(unit, (sheet.form_id, *place), (sheet, position), place[0] in totals)
            figures.pop(place, None)
            if value is not None:
                figures[place] = value
    return figures


@lru_cache(maxsize=256)
def _places(
    row_keys: tuple[str, ...], period_ids: tuple[str, ...], entered: frozenset[str]
) -> tuple[_Place | None, ...]:
    """What each position of a sheet is; None where nothing is entered."""
    return tuple((key, period_id) if key in entered else None for key in row_keys for period_id in period_ids)


def _odd(
    unit: Unit, at: tuple[str, str, str], cell: tuple[SheetCells, int], is_total: bool
) -> float | str | None:
    """What stands in a cell that holds more than a number; None where nothing of it goes into the copy."""
    sheet, position = cell
    shown = sheet.shown(position)
    is_formula = position in sheet.formulas and position not in sheet.arithmetic
    if shown in (None, "=") or (is_formula and is_total):
        return None
    is_plain = isinstance(shown, float) and position not in sheet.arithmetic
    value = float(sheet.numbers[position]) if is_plain else _as_read(unit, at, shown)
    return value if value != "" else None


def _as_read(unit: Unit, at: tuple[str, str, str], text: CellValue) -> float | str:
    """A text that was read as a number is that number; any other is shown as the unit wrote it."""
    form_id, key, period_id = at
    number = unit.counted[form_id].number(key, period_id)
    if number is not None:
        return number
    typed = typed_text(text)
    is_template = typed == unit.campaign.settings.symbols["M"]
    if is_template and not unit.campaign.exists_in(key.partition("|")[0], period_id):
        return ""
    return typed


def typed_text(value: CellValue) -> str:
    """What stands in a cell as a text that no program takes for anything else."""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime(_DATE)
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else str(value).strip()
