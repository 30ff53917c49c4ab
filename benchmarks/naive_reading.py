"""How a plain pandas script fares with damaged returns, beside this program.

The script does what such scripts do: it opens every file of the folder, takes each form by the name of its
sheet and each figure by its place in the template, makes numbers of what it finds, and adds up the files.
Both get the same files, those of ``tests/damage_*.py``. Run: ``python -m benchmarks.naive_reading``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests import damage_files, damage_structure, damage_values
from tests.damage import (
    FORMS,
    REPORTED,
    Damage,
    Place,
    code_row,
    cut_campaign,
    inflict,
    observed,
    pages_of,
    save,
    weigh,
    write_sound,
)

TABLES = {
    "rows, columns, sheets": damage_structure.TABLE,
    "cells, texts": damage_values.TABLE,
    "files": damage_files.TABLE,
}


@dataclass
class Score:
    """Over many damages. ``silent``: must be reported, and nothing was said. The rest counts figures."""

    damages: int = 0
    must_report: int = 0
    silent: int = 0
    damages_wrong: int = 0
    figures_wrong: int = 0
    figures_lost: int = 0


def places_of(sound: Mapping[str, list[list[object]]]) -> dict[Place, tuple[str, int, int]]:
    """Where the template has each figure: sheet, row and column from 0."""
    computed = {k for k, indicator in cut_campaign().indicators.items() if indicator.is_computed}
    return {
        (str(row[0]), str(period_id)): (form_id, at, column)
        for form_id in FORMS
        for at, row in enumerate(sound[form_id])
        for column, period_id in enumerate(sound[form_id][code_row(sound[form_id])])
        if "|" in str(row[0]) and str(row[0]).partition("|")[0] not in computed
        if str(period_id) in cut_campaign().periods
    }


def naive(paths: list[Path], places: Mapping[Place, tuple[str, int, int]]) -> tuple[dict[Place, float], bool]:
    """The figures of the script, and whether it said anything (it can only stop with an error)."""
    totals: dict[Place, float] = {}
    said = False
    for path in paths:
        for form_id in FORMS:
            try:
                sheet = pd.read_excel(path, sheet_name=form_id, header=None, engine="openpyxl")
            except Exception:  # whatever pandas raises, the script stops at this file and says so
                said = True
                continue
            figures = sheet.apply(pd.to_numeric, errors="coerce")
            for place, (name, row, column) in places.items():
                if name == form_id and row < len(figures) and column < figures.shape[1]:
                    value = figures.iat[row, column]
                    if pd.notna(value):
                        totals[place] = totals.get(place, 0.0) + float(value)
    return totals, said


def judge(score: Score, damage: Damage, found: tuple[int, int, bool]) -> None:
    """Add one damage: figures wrong, figures lost, and whether what must be said was said."""
    wrong, lost, is_told = found
    score.damages += 1
    score.must_report += damage.outcome == REPORTED
    score.silent += damage.outcome == REPORTED and not is_told
    score.damages_wrong += wrong > 0
    score.figures_wrong += wrong
    score.figures_lost += lost if not is_told else 0


def main() -> None:
    """Damage, read twice, compare, print."""
    scores = {name: (Score(), Score()) for name in TABLES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = pages_of(write_sound(folder / "sound.xlsx"))
        before, _ = observed([save(sound, folder / "before.xlsx")])
        places = places_of(sound)
        for table, damages in TABLES.items():
            for number, damage in enumerate(damages):
                inside = folder / f"{table} {number}"
                inside.mkdir()
                paths = inflict(damage, sound, inside)
                should = {
                    place: value for place, value in {**before, **damage.becomes}.items() if value is not None
                }
                theirs, said = naive(paths, places)
                wrong = sum(should.get(place) != value for place, value in theirs.items())
                judge(scores[table][0], damage, (wrong, len(should.keys() - theirs.keys()), said))
                ours = weigh(damage, before, paths)
                told = {
                    (rule, sheet, cell)[: len(t)]
                    for rule, _, sheet, cell in ours.findings
                    for t in damage.told
                }
                is_told = set(damage.told) <= told
                judge(scores[table][1], damage, (len(ours.wrong), len(ours.lost), is_told))
    print_scores(scores)


def print_scores(scores: Mapping[str, tuple[Score, Score]]) -> None:
    """One line per table and reader."""
    print(
        "| damages | reader | must be reported | taken silently | with wrong figures | wrong figures "
        "| lost silently |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, pair in scores.items():
        for reader, s in zip(("plain pandas", "this program"), pair, strict=True):
            print(
                f"| {name} ({s.damages}) | {reader} | {s.must_report} | {s.silent} | {s.damages_wrong} "
                f"| {s.figures_wrong:,} | {s.figures_lost:,} |"
            )
    for reader, at in (("plain pandas", 0), ("this program", 1)):
        parts = [pair[at] for pair in scores.values()]
        print(
            f"| **all ({sum(s.damages for s in parts)})** | {reader} | {sum(s.must_report for s in parts)} "
            f"| **{sum(s.silent for s in parts)}** | **{sum(s.damages_wrong for s in parts)}** "
            f"| {sum(s.figures_wrong for s in parts):,} | {sum(s.figures_lost for s in parts):,} |"
        )


if __name__ == "__main__":
    main()
