"""What cannot be undercut: reading the same files with calamine, writing the same cells with XlsxWriter.

``python -m benchmarks.floors read INPUTS CORES`` | ``write CELLS TARGET.xlsx`` | ``cells WORKBOOK CELLS``
"""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Sequence
from multiprocessing import Pool
from pathlib import Path

PROPERTIES = ("bold", "italic", "num_format", "bg_color", "border", "align", "text_wrap", "font_size")


def read_one(path: str) -> int:
    """Every sheet of one workbook; how many rows."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def read_all(inputs: Path, cores: int) -> None:
    """All workbooks, in as many processes as there are cores."""
    paths = [str(path) for path in sorted(inputs.glob("*.xlsx"))]
    with Pool(cores) as pool:
        sum(pool.imap_unordered(read_one, paths, chunksize=4))


def keep_cells(workbook: Path, target: Path) -> None:
    """The cells of a workbook and the looks of their formats, for ``write``: prepared once, not measured."""
    import openpyxl

    shown = openpyxl.load_workbook(workbook)
    values = openpyxl.load_workbook(workbook, data_only=True)
    formats: dict[tuple[object, ...], int] = {}
    sheets = []
    for sheet in shown.worksheets:
        cells = []
        for row, row_values in zip(
            sheet.iter_rows(), values[sheet.title].iter_rows(values_only=True), strict=True
        ):
            for cell, value in zip(row, row_values, strict=True):
                if cell.value is None and not cell.has_style:
                    continue
                look = _look(cell)
                formula = cell.value if cell.data_type == "f" else None
                number = formats.setdefault(look, len(formats))
                cells.append((cell.row - 1, cell.column - 1, value, formula, number))
        sheets.append((sheet.title, cells))
    target.write_bytes(pickle.dumps((list(formats), sheets)))


def _look(cell) -> tuple[object, ...]:
    fill = cell.fill.fgColor.rgb if cell.fill.fill_type else None
    return (
        *(bool(cell.font.bold), bool(cell.font.italic), cell.number_format),
        f"#{fill[-6:]}" if isinstance(fill, str) else None,
        int(bool(cell.border.bottom and cell.border.bottom.style)),
        *(cell.alignment.horizontal, bool(cell.alignment.wrap_text), cell.font.size),
    )


def write_cells(cells: Path, target: Path) -> float:
    """A plain loop over the cells; seconds without the loading of what is to be written."""
    looks, sheets = pickle.loads(cells.read_bytes())
    begin = time.perf_counter()
    import xlsxwriter

    book = xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False})
    formats = [book.add_format(_properties(look)) for look in looks]
    for name, found in sheets:
        sheet = book.add_worksheet(name)
        for row, col, value, formula, look in found:
            if formula is not None:
                sheet.write_formula(row, col, formula, formats[look], "" if value is None else value)
            elif value is None:
                sheet.write_blank(row, col, None, formats[look])
            elif isinstance(value, str):
                sheet.write_string(row, col, value, formats[look])
            else:
                sheet.write_number(row, col, value, formats[look])
    book.close()
    return time.perf_counter() - begin


def _properties(look: Sequence[object]) -> dict[str, object]:
    return {name: value for name, value in zip(PROPERTIES, look, strict=True) if value}


if __name__ == "__main__":
    verb, first, second = sys.argv[1:4]
    if verb == "read":
        read_all(Path(first), int(second))
    elif verb == "cells":
        keep_cells(Path(first), Path(second))
    else:
        print(f"{write_cells(Path(first), Path(second)):.3f}")
