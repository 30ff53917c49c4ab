"""Makes docs/pictures/*.png from real output of an invented run: `make pictures`.

Returns of all units are invented; two are taken away and one foreign file is laid among them, so that the
pictures show what an ordinary day shows. LibreOffice draws the chosen areas with row and column headings,
poppler makes pictures of them. Values, formulas and looks are those of the program.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl

from pipeline.catalogue import load_campaign

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "pictures"
PICTURES = ROOT / "docs" / "pictures"

NOT_SENT = ("TD", "BD_VP")
"""Units whose invented returns are taken away: somebody is always late."""
FOREIGN = "Ke hoach hop.xlsx"
"""A workbook that is nobody's return."""


class Shot(NamedTuple):
    """One picture: an area of one sheet, ``width`` pixels wide.

    ``without`` are columns left out ("H:N"). Where ``head`` is given, of the rows below the first ``head``
    only those stand whose texts include ``pick`` and not ``drop``; at most ``most`` of them.
    """

    name: str
    sheet: str
    area: str
    width: int = 1100
    without: tuple[str, ...] = ()
    head: int = 0
    pick: str = ""
    drop: str = ""
    most: int = 1000


class Page(NamedTuple):
    """A picture of a page as it prints: its sheet, and which of its pages (-1: the last)."""

    name: str
    sheet: str
    number: int
    width: int = 1300


def _shots(words: Mapping[str, str], symbols: Mapping[str, str]) -> tuple[tuple[Shot, ...], tuple[Shot, ...]]:
    """The pictures of a return, and those of the summary."""
    sheet = {name: words[f"summary.sheet.{name}.name"] for name in _SUMMARY_SHEETS}
    returned = (
        Shot("mau-huong-dan", words["forms.sheet.guide"], "A1:D39"),
        Shot("mau-bieu", "B01", "A1:S22", 1300),
        Shot("mau-bieu-chua-dat", "B10", "A1:K60", head=9, pick="B10_MTTQ", most=16),
        Shot("mau-kiem-tra", words["forms.sheet.check"], "A1:T330", 1300, head=6, pick=symbols["wrong"]),
        Shot("mau-giai-trinh", words["forms.sheet.explain"], "A1:G12"),
    )
    summary = (
        Shot("doc-truoc", sheet["front"], "A1:C32"),
        Shot("tinh-hinh-nop", sheet["coverage"], "A1:X40", 1300),
        Shot("bieu", "B01", "A1:U19", 1500),
        Shot("doi-chieu", sheet["reconciliation"], "A1:L16"),
        Shot(
            "viec-can-sua", sheet["findings"], "A1:M700", 1200,
            without=("I:L",), head=3, drop=words["summary.severity.info"], most=9,
        ),
        Shot("chi-tiet", "CT B01", "A1:T17", without=("E:E", "I:P")),
        Shot("nguon", sheet["sources"], "A1:G50", head=3, without=("F:G",), most=24),
        Shot("ghi-chu", sheet["notes"], "A1:C24"),
    )  # fmt: skip
    return returned, summary


def _pages(words: Mapping[str, str]) -> tuple[Page, ...]:
    """Pages of the summary just as they print."""
    overview = words["summary.sheet.overview.name"]
    return (
        Page("tong-quan", overview, 1),
        Page("bieu-do", overview, 2),
        Page("ty-le-nop", overview, 3),
        Page("bieu-in", "B03", 1),
        Page("bieu-ky", "B03", -1),
    )


_SUMMARY_SHEETS = ("front", "overview", "coverage", "reconciliation", "findings", "sources", "notes")
TEMPLATE_UNIT = "QH303"


def main() -> None:
    """Invent, run, draw. Raises CalledProcessError where a tool fails."""
    shutil.rmtree(BUILD, ignore_errors=True)
    inputs, outputs = BUILD / "inputs", BUILD / "outputs"
    _aggregate("demo", str(inputs))
    _write_foreign(inputs / FOREIGN)
    for unit_id in NOT_SENT:
        (inputs / f"{unit_id}.xlsx").unlink()
    _aggregate("--inputs", str(inputs), "--outputs", str(outputs), accepted=(0, 3))
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    campaign = load_campaign()
    returned, summary = _shots(campaign.words["vi"], campaign.settings.symbols)
    _draw(inputs / f"{TEMPLATE_UNIT}.xlsx", returned, "")
    banner = campaign.words["vi"]["demo.banner"]
    _draw(outputs / "tong-hop.xlsx", summary, banner)
    _draw_pages(outputs / "tong-hop.xlsx", _pages(campaign.words["vi"]), banner)


def _aggregate(*arguments: str, accepted: Sequence[int] = (0,)) -> None:
    call = [sys.executable, "-m", "pipeline", *arguments, "--quiet"]
    done = subprocess.run(call, cwd=ROOT, check=False)
    if done.returncode not in accepted:
        raise subprocess.CalledProcessError(done.returncode, call)


def _write_foreign(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Lịch họp (giả định)"
    book.save(path)


def _draw(workbook: Path, shots: Sequence[Shot], banner: str) -> None:
    """All shots of one workbook, each of another sheet: one page each, in the order of the sheets."""
    copy = BUILD / f"shots-{workbook.stem}.xlsx"
    order = _prepare(workbook, copy, {shot.sheet: shot for shot in shots}, banner)
    _print(copy)
    for page, shot in enumerate(order, start=1):
        _picture(copy.with_suffix(".pdf"), page, shot)


def _print(workbook: Path) -> None:
    call = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={(BUILD / 'office').as_uri()}"]
    call += ["--convert-to", "pdf", "--outdir", str(BUILD), str(workbook)]
    subprocess.run(call, check=True, capture_output=True)


def _draw_pages(workbook: Path, pages: Sequence[Page], banner: str) -> None:
    """Pages with the paper, margins, scale and breaks of their sheets; only the banner is added."""
    for sheet in dict.fromkeys(page.sheet for page in pages):
        copy = BUILD / f"page-{sheet}.xlsx"
        with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
            names = re.findall(r'<sheet name="([^"]+)"', old.read("xl/workbook.xml").decode())
            place = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
            for part in old.namelist():
                content = old.read(part).decode() if part in ("xl/workbook.xml", place) else ""
                if part == place:
                    content = content.replace("<headerFooter>", f"<headerFooter>{_head(banner)}", 1)
                elif content:
                    content = _alone(content, names, sheet)
                new.writestr(part, content.encode() if content else old.read(part))
        _print(copy)
        pdf = copy.with_suffix(".pdf")
        last = len(re.findall(rb"/Type\s*/Page[^s]", pdf.read_bytes()))
        for page in pages:
            if page.sheet == sheet:
                _picture(pdf, page.number % (last + 1), page)


def _alone(book: str, names: Sequence[str], sheet: str) -> str:
    """Hide every other sheet, and take its print area, which would be printed all the same."""
    for index, name in enumerate(names):
        if name != sheet:
            area = rf'<definedName name="_xlnm.Print_Area" localSheetId="{index}"[^>]*>[^<]*</definedName>'
            book = re.sub(area, "", book)
            book = re.sub(rf'(<sheet name="{re.escape(name)}" sheetId="\d+")', r'\1 state="hidden"', book)
    return book.replace("<workbookView", f'<workbookView activeTab="{names.index(sheet)}"', 1)


def _head(banner: str) -> str:
    """What stands at the top of every page: that the figures are invented."""
    font = '&amp;C&amp;"Times New Roman,Bold"&amp;16'
    return f"<oddHeader>{font}{banner}</oddHeader>"


def _prepare(workbook: Path, copy: Path, shots: dict[str, Shot], banner: str) -> list[Shot]:
    """Copy a workbook so that only the wanted areas are printed. Returns the shots in order of the pages."""
    values = openpyxl.load_workbook(workbook, data_only=True, read_only=True)
    names = values.sheetnames
    missing = shots.keys() - set(names)
    if missing:
        raise KeyError(f"{workbook.name} has no sheet {', '.join(sorted(missing))}")
    shots = {name: _within(shot, values[name].max_row) for name, shot in shots.items()}
    places = {f"xl/worksheets/sheet{i}.xml": shots.get(name) for i, name in enumerate(names, start=1)}
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/workbook.xml":
                content = _only(content.decode(), names, shots).encode()
            elif (shot := places.get(part)) is not None:
                left_out = _rows_left_out(values[shot.sheet], shot)
                content = _one_page(content.decode(), shot, left_out, banner).encode()
            new.writestr(part, content)
    return [shots[name] for name in names if name in shots]


def _within(shot: Shot, last: int) -> Shot:
    """The shot with an area that ends no later than its sheet."""
    first, _, corner = shot.area.partition(":")
    letters, number = re.findall(r"[A-Z]+|\d+", corner)
    return shot._replace(area=f"{first}:{letters}{min(int(number), last)}")


def _rows_left_out(sheet: Any, shot: Shot) -> list[int]:
    """The rows of the area that the shot does not want."""
    last = int(re.findall(r"\d+", shot.area)[1])
    found, taken = [], 0
    for number, row in enumerate(sheet.iter_rows(max_row=last, values_only=True), start=1):
        if number <= shot.head or not shot.head:
            continue
        text = "\t".join(str(value) for value in row if value is not None)
        wanted = (shot.pick in text) and not (shot.drop and shot.drop in text)
        if wanted and taken < shot.most:
            taken += 1
        else:
            found.append(number)
    return found


def _only(book: str, names: Sequence[str], shots: dict[str, Shot]) -> str:
    """Hide every sheet that is not drawn and print only the area of those that are."""
    areas = ""
    for index, name in enumerate(names):
        if name in shots:
            area = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", shots[name].area)
            areas += (
                f'<definedName name="_xlnm.Print_Area" localSheetId="{index}">\'{name}\'!{area}</definedName>'
            )
        else:
            tag = rf'(<sheet name="{re.escape(name)}" sheetId="\d+")(?! state)'
            book = re.sub(tag, r'\1 state="hidden"', book)
    first = next(index for index, name in enumerate(names) if name in shots)
    book = book.replace("<workbookView", f'<workbookView activeTab="{first}"', 1)
    book = re.sub(r'<definedName name="_xlnm\.Print_[^>]*>[^<]*</definedName>', "", book)
    if "<definedNames>" not in book:
        book = book.replace("</sheets>", "</sheets><definedNames></definedNames>", 1)
    return book.replace("<definedNames>", f"<definedNames>{areas}", 1)


def _one_page(sheet: str, shot: Shot, rows: Sequence[int], banner: str) -> str:
    """Fit the area on one sheet of A3, with row and column headings; above it the banner, if there is one."""
    for tag in ("headerFooter", "rowBreaks", "colBreaks", "printOptions"):
        sheet = re.sub(rf"<{tag}\b[^>]*?/>|<{tag}\b.*?</{tag}>", "", sheet, flags=re.S)
    margins = '<pageMargins left="0.3" right="0.3" top="0.8" bottom="0.3" header="0.3" footer="0.3"/>'
    page = '<pageSetup paperSize="8" orientation="landscape" fitToWidth="1" fitToHeight="1"/>'
    head = f"<headerFooter>{_head(banner)}</headerFooter>"
    sheet = re.sub(r"<pageSetup[^>]*/>", "", sheet)
    whole = f'<printOptions headings="1"/>{margins}{page}{head if banner else ""}'
    sheet = re.sub(r"<pageMargins[^>]*/>", lambda _: whole, sheet)
    if "fitToPage" not in sheet:
        fit = '<pageSetUpPr fitToPage="1"/>'
        if "</sheetPr>" in sheet:
            sheet = sheet.replace("</sheetPr>", f"{fit}</sheetPr>", 1)
        else:
            sheet = re.sub(r"<sheetPr\b[^>]*/>", "", sheet, count=1)
            sheet = sheet.replace("<dimension", f"<sheetPr>{fit}</sheetPr><dimension", 1)
    for row in rows:
        sheet = re.sub(rf'<row r="{row}"(?![^>]* hidden)', f'<row r="{row}" hidden="1"', sheet)
    return re.sub(r"<cols>.*?</cols>", lambda match: _columns(match.group(), shot), sheet, flags=re.S)


def _columns(cols: str, shot: Shot) -> str:
    """The widths of a sheet with the columns that the shot leaves out hidden, one entry a column."""
    hidden = {n for span in shot.without for n in range(_number(span[0]), _number(span[-1]) + 1)}
    found = ""
    for tag in re.findall(r"<col [^>]*/>", cols):
        first, last = (int(re.search(rf'{name}="(\d+)"', tag)[1]) for name in ("min", "max"))  # type: ignore[index]
        rest = re.sub(r' (min|max)="\d+"', "", tag)
        for number in range(first, min(last, 200) + 1):
            own = rest if number not in hidden or "hidden=" in rest else rest.replace("/>", ' hidden="1"/>')
            found += own.replace("<col ", f'<col min="{number}" max="{number}" ', 1)
    return f"<cols>{found}</cols>"


def _number(letter: str) -> int:
    return ord(letter) - ord("A") + 1


def _picture(pdf: Path, page: int, shot: Shot | Page) -> None:
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
    main()
