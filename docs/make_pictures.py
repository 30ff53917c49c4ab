"""Makes docs/pictures/*.png from real output of an invented run: `make pictures`.

Returns of all units are invented; two are taken away and one foreign file is laid among them, so that the pictures
show what an ordinary day shows. LibreOffice draws the chosen areas with row and column headings; poppler makes
pictures of them. The workbooks themselves are only copied: values, formulas and looks are those of the program.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "pictures"
PICTURES = ROOT / "docs" / "pictures"

NOT_SENT = ("TD", "BD_VP")
"""Units whose invented returns are taken away: somebody is always late."""
FOREIGN = "Ke hoach hop.xlsx"
"""A workbook that is nobody's return."""


class Shot(NamedTuple):
    """One picture: an area of one sheet; ``hidden`` are rows inside it that are left out (first, last)."""

    name: str
    sheet: str
    area: str
    width: int = 1300
    hidden: tuple[tuple[int, int], ...] = ()


TEMPLATE_UNIT = "QH303"
TEMPLATE = (
    Shot("mau-huong-dan", "Hướng dẫn", "A1:G32", 1100),
    Shot("mau-bieu", "B01", "A1:S24"),
    Shot("mau-bieu-chua-dat", "B10", "A1:K52", 1100, ((13, 40),)),
    Shot("mau-kiem-tra", "Kiểm tra", "A1:R24"),
    Shot("mau-giai-trinh", "Giải trình", "A1:G12", 1100),
)
SUMMARY = (
    Shot("doc-truoc", "Đọc trước", "A1:C40", 1000),
    Shot("tong-quan", "Tổng quan", "A1:R21"),
    Shot("tinh-hinh-nop", "Tình hình nộp", "A1:X40"),
    Shot("bieu", "B01", "A1:T22"),
    Shot("doi-chieu", "Đối chiếu", "A1:L16", 1200),
    Shot("viec-can-sua", "Việc cần sửa", "A1:M14"),
    Shot("chi-tiet", "CT B01", "A1:T17"),
    Shot("nguon", "Nguồn", "A1:G14", 1200),
    Shot("ghi-chu", "Ghi chú", "A1:C22", 1100),
)


def main() -> None:
    """Invent, run, draw. Raises CalledProcessError where a tool fails."""
    shutil.rmtree(BUILD, ignore_errors=True)
    inputs, outputs = BUILD / "inputs", BUILD / "outputs"
    _aggregate("demo", str(inputs))
    foreign = inputs / FOREIGN
    _write_foreign(foreign)
    for unit_id in NOT_SENT:
        (inputs / f"{unit_id}.xlsx").unlink()
    _aggregate("--inputs", str(inputs), "--outputs", str(outputs), accepted=(0, 3))
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    _draw(inputs / f"{TEMPLATE_UNIT}.xlsx", TEMPLATE)
    _draw(outputs / "tong-hop.xlsx", SUMMARY)


def _aggregate(*arguments: str, accepted: Sequence[int] = (0,)) -> None:
    call = [sys.executable, "-m", "pipeline", *arguments, "--quiet"]
    done = subprocess.run(call, cwd=ROOT, check=False)
    if done.returncode not in accepted:
        raise subprocess.CalledProcessError(done.returncode, call)


def _write_foreign(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "Lịch họp (giả định)"
    book.save(path)


def _draw(workbook: Path, shots: Sequence[Shot]) -> None:
    """All shots of one workbook, each of another sheet: one page each, in the order of the sheets."""
    copy = BUILD / f"shots-{workbook.stem}.xlsx"
    order = _prepare(workbook, copy, {shot.sheet: shot for shot in shots})
    profile = (BUILD / "office").as_uri()
    call = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={profile}"]
    subprocess.run(
        [*call, "--convert-to", "pdf", "--outdir", str(BUILD), str(copy)], check=True, capture_output=True
    )
    for page, shot in enumerate(order, start=1):
        _picture(copy.with_suffix(".pdf"), page, shot)


def _prepare(workbook: Path, copy: Path, shots: dict[str, Shot]) -> list[Shot]:
    """Copy a workbook so that only the wanted areas are printed. Returns the shots in the order of the pages."""
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        book = old.read("xl/workbook.xml").decode()
        names = re.findall(r'<sheet name="([^"]*)"', book)
        missing = shots.keys() - set(names)
        if missing:
            raise KeyError(f"{workbook.name} has no sheet {', '.join(sorted(missing))}")
        places = {f"xl/worksheets/sheet{i}.xml": shots.get(name) for i, name in enumerate(names, start=1)}
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/workbook.xml":
                content = _only(book, names, shots).encode()
            elif (shot := places.get(part)) is not None:
                content = _one_page(content.decode(), shot).encode()
            new.writestr(part, content)
    return [shots[name] for name in names if name in shots]


def _only(book: str, names: Sequence[str], shots: dict[str, Shot]) -> str:
    """Hide every sheet that is not drawn and print only the area of those that are."""
    for name in names:
        if name not in shots:
            book = re.sub(
                rf'<sheet name="{re.escape(name)}"(?! state| sheetId="\d+" state)', rf'\g<0> state="hidden"', book
            )
    first = next(i for i, name in enumerate(names) if name in shots)
    book = re.sub(r"<workbookView", rf'<workbookView activeTab="{first}"', book)
    book = re.sub(r'<definedName name="_xlnm\.Print_[^>]*>[^<]*</definedName>', "", book)
    areas = "".join(
        f"<definedName name=\"_xlnm.Print_Area\" localSheetId=\"{i}\">'{name}'!{_absolute(shots[name].area)}</definedName>"
        for i, name in enumerate(names)
        if name in shots
    )
    if "<definedNames>" in book:
        return book.replace("<definedNames>", f"<definedNames>{areas}", 1)
    return book.replace("</sheets>", f"</sheets><definedNames>{areas}</definedNames>", 1)


def _absolute(area: str) -> str:
    return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", area)


def _one_page(sheet: str, shot: Shot) -> str:
    """Fit the area on one sheet of A3, with row and column headings and without header and footer."""
    for tag in ("headerFooter", "rowBreaks", "colBreaks"):
        sheet = re.sub(rf"<{tag}\b.*?(/>|</{tag}>)", "", sheet, flags=re.S)
    sheet = re.sub(r"<printOptions[^>]*/>", "", sheet)
    sheet = re.sub(r"<pageMargins[^>]*/>", lambda m: f'<printOptions headings="1"/>{m.group()}', sheet)
    page = '<pageSetup paperSize="8" orientation="landscape" fitToWidth="1" fitToHeight="1"/>'
    sheet = re.sub(r"<pageSetup[^>]*/>", page, sheet)
    if "fitToPage" not in sheet:
        sheet = re.sub(r"<sheetPr\s*/>|<sheetPr>", "", sheet, count=1)
        sheet = re.sub(r"(<worksheet[^>]*>)", r'\1<sheetPr><pageSetUpPr fitToPage="1"/>', sheet, count=1)
        sheet = sheet if "</sheetPr>" in sheet else sheet.replace("<dimension", "</sheetPr><dimension", 1)
    for first, last in shot.hidden:
        for row in range(first, last + 1):
            sheet = re.sub(rf'<row r="{row}"(?! hidden)', rf'<row r="{row}" hidden="1"', sheet)
    return sheet


def _picture(pdf: Path, page: int, shot: Shot) -> None:
    """Render one page, cut the white paper off, and keep it as a small PNG."""
    rough = _pixels(pdf, page, 60)
    _, left, _, right = _box(rough)
    fine = _pixels(pdf, page, round(60 * shot.width / (right - left)))
    top, left, bottom, right = _box(fine)
    (PICTURES / f"{shot.name}.png").write_bytes(_png(fine[top:bottom, left:right]))


def _pixels(pdf: Path, page: int, resolution: int) -> np.ndarray:
    """The page as rows of pixels of three colours."""
    call = ["pdftoppm", "-r", str(resolution), "-f", str(page), "-l", str(page), str(pdf)]
    raw = subprocess.run(call, check=True, capture_output=True).stdout
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", raw)
    if header is None:
        raise ValueError(f"{pdf.name} has no page {page}")
    width, height = int(header[1]), int(header[2])
    return np.frombuffer(raw, np.uint8, width * height * 3, header.end()).reshape(height, width, 3)


def _box(pixels: np.ndarray, margin: int = 6) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of what is not white, and a little more."""
    inked = (pixels < 250).any(axis=2)
    rows, columns = np.nonzero(inked.any(axis=1))[0], np.nonzero(inked.any(axis=0))[0]
    top, left = max(int(rows[0]) - margin, 0), max(int(columns[0]) - margin, 0)
    return top, left, int(rows[-1]) + margin, int(columns[-1]) + margin


def _png(pixels: np.ndarray) -> bytes:
    """A PNG of at most 256 colours: the most frequent ones, every other pixel takes the nearest."""
    coarse = (pixels // 12 * 12 + (pixels >= 250) * 3).astype(np.int32)
    codes = (coarse[..., 0] << 16) | (coarse[..., 1] << 8) | coarse[..., 2]
    colours, where, counts = np.unique(codes, return_inverse=True, return_counts=True)
    kept = np.argsort(counts)[::-1][:256]
    table = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=1).astype(np.int64)
    distance = ((table[:, None] - table[kept][None]) ** 2).sum(axis=2)
    indices = distance.argmin(axis=1).astype(np.uint8)[where].reshape(codes.shape)
    height, width = indices.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), indices], axis=1).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = table[kept].astype(np.uint8).tobytes()
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    main()
