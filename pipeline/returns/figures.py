"""What a unit sent, as the answers of a template: numbers as read, texts as typed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.frames import CODE
from pipeline.model import Answers, CellValue, ErrorCell, ObsStatus, OwedForm
from pipeline.returns.unit import Unit

_DATE = "%d/%m/%Y"


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


def _figures(unit: Unit, owed: OwedForm) -> Iterator[tuple[tuple[str, str], float | str]]:
    found = unit.sheet_of(owed.form_id)
    if found is None:
        return
    sheet = found[1]
    campaign = unit.campaign
    rows = {row.key: row for row in owed.rows if not campaign.indicators[row.indicator_id].is_computed}
    totals = {key for key, row in rows.items() if total_parts(campaign, row, owed.rows)}
    width = len(sheet.period_ids)
    for i, key in enumerate(sheet.row_keys):
        if key not in rows:
            continue
        for j, period_id in enumerate(sheet.period_ids):
            position = i * width + j
            shown = sheet.shown(position)
            is_formula = position in sheet.formulas and position not in sheet.arithmetic
            if shown in (None, "=") or (is_formula and key in totals):
                continue
            at = (owed.form_id, key, period_id)
            is_plain = isinstance(shown, float) and position not in sheet.arithmetic
            value = float(sheet.numbers[position]) if is_plain else _as_read(unit, at, shown)
            if value != "":
                yield (key, period_id), value


def _as_read(unit: Unit, at: tuple[str, str, str], text: CellValue) -> float | str:
    """A text that was read as a number is that number; any other is shown as the unit wrote it."""
    form_id, key, period_id = at
    cube = unit.results.cubes[form_id]
    place = (cube.unit_ids.index(unit.unit.unit_id), cube.keys.index(key), cube.period_ids.index(period_id))
    if cube.status[place] == CODE[ObsStatus.NORMAL] and not math.isnan(cube.values[place]):
        return float(cube.values[place])
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
