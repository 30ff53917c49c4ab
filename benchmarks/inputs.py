"""Invented campaigns of any size, and their returns, kept under ``build/bench`` until the program changes.

A campaign of 300 units is the real one with its units again and again under other ids; one of 11,000 communes
has them report to the real districts. The returns are those of ``aggregate demo``, multiplied.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.multiplied import Pattern, multiplied, read_pattern
from pipeline.catalogue import Campaign, load_campaign, seen_from, subordinates_of
from pipeline.catalogue.load import BUILT_IN
from pipeline.catalogue.obligations import owed_forms
from pipeline.demo import invent
from pipeline.forms import build_template
from pipeline.workbook import write_book

CACHE = Path("build/bench")
SEED = 2023
SHARE = 0.1
"""Of the forms have a deliberate mistake, as in ``aggregate demo``."""
COMMUNE_PATTERNS = 24


def units(size: int) -> tuple[Path, Path]:
    """(campaign, returns) of ``size`` units of the real kinds.

    Each unit stands again under ``<id>_<n>``; offices that the campaign names (authorities) stay one.
    """
    return _kept(f"units-{size}", _more_units(size), _unit_returns)


def communes(size: int) -> tuple[Path, Path]:
    """(campaign, returns) of ``size`` communes that report to the real districts."""
    return _kept(f"communes-{size}", _more_communes(size), _commune_returns)


Lines = list[list[str]]
Lists = dict[str, Lines]
"""The lines of a campaign's files that differ from the real one's, by file."""


def _kept(
    name: str, lists: Lists, returns: Callable[[Lists], Iterator[tuple[str, bytes]]]
) -> tuple[Path, Path]:
    """The campaign is made anew each time, the returns only where lists that decide cells have changed."""
    folder = CACHE / name
    done, inputs = folder / "done.txt", folder / "inputs"
    stamp = load_campaign().catalogue_hash
    shutil.rmtree(folder / "campaign", ignore_errors=True)
    shutil.copytree(BUILT_IN, folder / "campaign")
    for path in (folder / "campaign").glob("names.*.csv"):  # twins of names: without them its own are shown
        path.unlink()
    for file, lines in lists.items():
        with (folder / "campaign" / file).open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, lineterminator="\n").writerows(lines)
    if not done.is_file() or done.read_text() != stamp:
        shutil.rmtree(inputs, ignore_errors=True)
        inputs.mkdir()
        for unit_id, content in returns(lists):
            (inputs / f"{unit_id}.xlsx").write_bytes(content)
        done.write_text(stamp)
    return folder / "campaign", inputs


def _more_units(size: int) -> Lists:
    real = load_campaign()
    units, below = _lines("units.csv"), _lines("subordinates.csv")
    named = {name for i in real.indicators.values() for name in (*i.filled_by, i.authority_unit)}
    copied = [line for line in units[1:] if line[0] not in named]
    superiors = {line[3] for line in below}
    for n in range(2, 2 + size):
        for unit_id, name, kind, _, without in copied[: max(size + 1 - len(units), 0)]:
            units.append([f"{unit_id}_{n}", f"{name} {n}", kind, "", without])
            if unit_id in superiors:
                below.append([f"{unit_id}_{n}_X", f"{name} {n} X", "XA", units[-1][0], "X", "", "", "", ""])
    return {"units.csv": units, "subordinates.csv": below}


def _unit_returns(lists: Lists) -> Iterator[tuple[str, bytes]]:
    real = load_campaign()
    patterns: dict[str, Pattern] = {}
    for number, (unit_id, name, *_) in enumerate(lists["units.csv"][1:]):
        first = unit_id if unit_id in real.units else unit_id.rpartition("_")[0]
        if first not in patterns:
            patterns[first] = _pattern(real, first)
        factor = 1 if unit_id == first else 2 + number % 17
        yield unit_id, multiplied(patterns[first], unit_id, name, factor)


def _more_communes(size: int) -> Lists:
    real = load_campaign()
    districts = cycle(unit_id for unit_id in real.units if subordinates_of(real, unit_id))
    made = [
        [f"C{n:05d}", f"Đảng uỷ xã Thử {n}", "XA", next(districts), "X", f"{n:05d}", "", "", ""]
        for n in range(size)
    ]
    return {"subordinates.csv": [_lines("subordinates.csv")[0], *made]}


def _commune_returns(lists: Lists) -> Iterator[tuple[str, bytes]]:
    real = load_campaign()
    seen = seen_from(real, tuple(unit_id for unit_id in real.units if subordinates_of(real, unit_id)))
    chosen = list(seen.units)[:: len(seen.units) // COMMUNE_PATTERNS]
    patterns = [_pattern(seen, unit_id) for unit_id in chosen]
    for number, (unit_id, name, *_) in enumerate(lists["subordinates.csv"][1:]):
        yield unit_id, multiplied(patterns[number % len(patterns)], unit_id, name, 1 + number % 23)


def _pattern(campaign: Campaign, unit_id: str) -> Pattern:
    (one,) = invent(campaign, SEED, (unit_id,), SHARE)
    path = CACHE / "pattern.xlsx"
    write_book(build_template(campaign, unit_id, one.answers), campaign.theme, path)
    forms = [owed.form_id for owed in owed_forms(campaign, unit_id)]
    return read_pattern(path.read_bytes(), unit_id, campaign.units[unit_id].name, forms)


def _lines(file: str) -> Lines:
    with (BUILT_IN / file).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))
