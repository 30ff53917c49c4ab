"""The script that an office would write instead: pandas opens every workbook, finds rows, adds up, saves.

It checks nothing. ``python -m benchmarks.naive sheet|file|calamine INPUTS TARGET.xlsx``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd


def by_sheet(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """One call of read_excel a form, as beginners do."""
    for name in pd.ExcelFile(path, engine="openpyxl").sheet_names:
        if _is_form(name):
            yield name, pd.read_excel(path, sheet_name=name, header=None, engine="openpyxl")


def by_file(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """One call of read_excel a workbook."""
    yield from pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl").items()


def by_calamine(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """One call of read_excel a workbook, with the fastest engine there is."""
    yield from pd.read_excel(path, sheet_name=None, header=None, engine="calamine").items()


READERS = {"sheet": by_sheet, "file": by_file, "calamine": by_calamine}


def _is_form(name: str) -> bool:
    return name.startswith("B") and name[1:2].isdigit()


def figures(sheet: pd.DataFrame) -> pd.DataFrame | None:
    """Rows with a key, columns with a period id; anything that is no number is nothing."""
    keys = sheet[0].astype(str)
    header = sheet.index[keys == "KEY"]
    if not len(header):
        return None
    periods = sheet.loc[header[0]].astype(str)
    columns = [c for c in sheet.columns if periods[c][:1] in "YS" and periods[c][1:].isdigit()]
    rows = sheet[keys.str.contains("|", regex=False)]
    table = rows[columns].apply(pd.to_numeric, errors="coerce")
    table.columns = [periods[c] for c in columns]
    table.index = keys[rows.index]
    return table


def add_up(inputs: Path, method: str, target: Path) -> None:
    """Add all returns and save one sheet a form."""
    found: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(inputs.glob("*.xlsx")):
        for name, sheet in READERS[method](path):
            table = figures(sheet) if _is_form(name) else None
            if table is not None:
                found.setdefault(name, []).append(table)
    totals: Mapping[str, pd.DataFrame] = {
        name: pd.concat(tables).groupby(level=0, sort=False).sum(min_count=1)
        for name, tables in found.items()
    }
    with pd.ExcelWriter(target, engine="xlsxwriter") as writer:
        for name in sorted(totals):
            totals[name].to_excel(writer, sheet_name=name)


if __name__ == "__main__":
    add_up(Path(sys.argv[2]), sys.argv[1], Path(sys.argv[3]))
