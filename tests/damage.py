"""A workshop for damaging sound returns, and the scales on which the outcome is weighed.

A sound return is the real template of a unit, filled with figures of which no two are alike. A damage changes
its sheets as lists of rows, and the result is saved by openpyxl: by nobody's code that is under test.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.workbook import Workbook

from pipeline.catalogue import Campaign, load_campaign
from pipeline.catalogue.obligations import owed_forms, total_parts
from pipeline.forms import build_template
from pipeline.frames import STATUSES
from pipeline.intake import Found, read_submission
from pipeline.model import Answers, ObsStatus
from pipeline.validation import validate
from pipeline.workbook import write_book

UNIT, OTHER_UNIT = "QH303", "QH304"
FORMS = ("B01", "B8B", "B8C")
"""B01: every label stands once. B8B, B8C: labels repeat, and only order and parent tell them apart."""
GUIDE = "Hướng dẫn"
MADE = "tests: invented figures"

Row = list[Any]
Pages = dict[str, list[Row]]
Place = tuple[str, str]
"""Row key and period."""
Finding = tuple[str, str, str, str]
"""Rule, severity, sheet, cell."""
SAME, REPORTED = "same", "reported"


@dataclass(frozen=True)
class Damage:
    """One kind of damage and what must come of it.

    ``same``: every figure is read as before, and nothing worse than a note is made of it. ``reported``: the
    figures that are still read are as before, and every finding of ``told`` is made: (rule, sheet, cell), the
    cell empty where any will do. ``becomes`` are the figures that the damage itself changes.
    """

    name: str
    do: Callable[[Pages], Any]
    outcome: str = SAME
    told: tuple[tuple[str, ...], ...] = ()
    becomes: Mapping[Place, float | None] = field(default_factory=dict)
    dress: Callable[[Workbook], Any] | None = None
    files: Callable[[Path], Any] | None = None
    not_yet: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Weighed:
    """``wrong``: counted with another value than before. ``lost``: no longer counted."""

    wrong: dict[Place, tuple[float | None, float]]
    lost: set[Place]
    findings: list[Finding]


@lru_cache(maxsize=1)
def cut_campaign() -> Campaign:
    """The campaign of the program with three of its forms, two units, its identities, nothing implausible."""
    whole = load_campaign()
    indicators = {k: i for k, i in whole.indicators.items() if i.form_id in FORMS}
    rules = {
        k: rule
        for k, rule in whole.rules.items()
        if rule.form_id in FORMS
        and rule.expression.total
        and not rule.periods.word
        and indicators.keys() >= set(rule.expression.indicator_ids)
    }
    settings = replace(whole.settings, plausibility=dict.fromkeys(whole.settings.plausibility, 1e9))
    return replace(
        whole,
        forms={form_id: whole.forms[form_id] for form_id in FORMS},
        units={unit_id: whole.units[unit_id] for unit_id in (UNIT, OTHER_UNIT)},
        indicators=indicators,
        parts={k: p for k, p in whole.parts.items() if k in indicators},
        assignments=tuple(a for a in whole.assignments if a.form_id in FORMS),
        rules=rules,
        headlines=(),
        settings=settings,
    )


def invented_figures(campaign: Campaign) -> dict[Place, float]:
    """A figure for every cell that can be filled, all different; totals stay formulas."""
    chance = random.Random(20230630)
    figures = iter(chance.sample(range(1_000, 1_000_000), 20_000))
    return {
        (row.key, period_id): float(next(figures))
        for form in owed_forms(campaign, UNIT)
        for row in form.rows
        if not campaign.indicators[row.indicator_id].is_computed and not total_parts(campaign, row, form.rows)
        for period_id in form.period_ids
        if campaign.exists_in(row.indicator_id, period_id)
    }


def write_sound(path: Path) -> Path:
    """The template of the unit, filled, as the program itself writes it."""
    campaign = cut_campaign()
    answers = Answers(invented_figures(campaign), filled_by=MADE)
    write_book(build_template(campaign, UNIT, answers), campaign.theme, path)
    return path


def pages_of(path: Path) -> Pages:
    """All sheets of a workbook as rows of values: totals as their saved numbers, ratios as formulas."""
    typed, shown = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    computed = {k for k, indicator in cut_campaign().indicators.items() if indicator.is_computed}
    return {
        sheet.title: [
            list(formulas if str(formulas[0]).partition("|")[0] in computed else values)
            for formulas, values in zip(
                sheet.iter_rows(values_only=True), shown[sheet.title].iter_rows(values_only=True), strict=True
            )
        ]
        for sheet in typed
    }


def save(pages: Pages, path: Path, dress: Callable[[Workbook], Any] | None = None) -> Path:
    """Save the rows as a workbook; ``dress`` then does to it what cannot be said in rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in pages.items():
        sheet = book.create_sheet(name)
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(at, column).value = value
    if dress is not None:
        dress(book)
    book.save(path)
    return path


def inflict(damage: Damage, sound: Pages, folder: Path) -> list[Path]:
    """Save a damaged return; the damage may add other files to the folder, or spoil the file itself."""
    pages = copy.deepcopy(sound)
    changed = damage.do(pages)
    path = save(pages if changed is None else changed, folder / f"{UNIT}.xlsx", damage.dress)
    if damage.files is not None:
        damage.files(path)
    return sorted(folder.iterdir())


def observed(paths: list[Path]) -> tuple[dict[Place, float], list[Finding]]:
    """Every figure of the unit that counts, and every finding, read and checked as the program does."""
    campaign = cut_campaign()
    submissions = [read_submission(Found(path.name, path), campaign) for path in paths]
    checked = validate(campaign, submissions, "vi")
    counted: dict[Place, float] = {}
    for cube in checked.cubes.values():
        if UNIT not in cube.unit_ids:
            continue
        u = cube.unit_ids.index(UNIT)
        for k, key in enumerate(cube.keys):
            for p, period_id in enumerate(cube.period_ids):
                if STATUSES[cube.status[u, k, p]] in (ObsStatus.NORMAL, ObsStatus.ZERO):
                    counted[key, period_id] = float(cube.values[u, k, p])
    return counted, _findings(checked.findings)


def weigh(damage: Damage, before: Mapping[Place, float], paths: list[Path]) -> Weighed:
    """Compare what is counted now with what was counted before."""
    after, findings = observed(paths)
    should = {**before, **damage.becomes}
    wrong = {
        place: (should.get(place), value) for place, value in after.items() if should.get(place) != value
    }
    lost = {place for place, value in should.items() if value is not None and place not in after}
    return Weighed(wrong, lost, findings)


def _findings(frame: pd.DataFrame) -> list[Finding]:
    for message in frame["message"]:
        if "{" in message:
            raise AssertionError(f"a message with an open gap: {message}")
    return list(zip(frame["rule_id"], frame["severity"], frame["sheet"], frame["cell"], strict=True))


def code_row(rows: list[Row]) -> int:
    """The row of the machine ids, from 0."""
    return next(at for at, row in enumerate(rows) if "TONG" in row)


def row_at(rows: list[Row], key: str) -> int:
    """The row of a key, from 0."""
    return next(at for at, row in enumerate(rows) if key in row)


def column_at(rows: list[Row], period_id: str) -> int:
    """The column of a machine id, from 0."""
    return rows[code_row(rows)].index(period_id)


def body(rows: list[Row]) -> slice:
    """The rows of figures."""
    keyed = [at for at, row in enumerate(rows) if row and "|" in str(row[0])]
    return slice(keyed[0], keyed[-1] + 1)


def put(pages: Pages, key: str, period_id: str, value: Any) -> None:
    """Type something into a cell."""
    rows = next(rows for rows in pages.values() if any(key in row for row in rows))
    rows[row_at(rows, key)][column_at(rows, period_id)] = value
