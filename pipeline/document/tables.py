"""One appendix table as WordprocessingML. Built as text: cell objects would be slow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from xml.sax.saxutils import escape

from pipeline.document.appendix import Appendix, Line
from pipeline.document.figures import Figure
from pipeline.document.look import AGAIN, CENTRE, HEAD, NUMBER, TABLE, TEXT, sized, twips
from pipeline.document.text import quoted, text_of


def table_xml(appendix: Appendix, layout: tuple[float, Sequence[float]], description: str) -> str:
    """The table, with letters of a size and columns of widths; its first row is repeated on every page."""
    size, widths = layout
    dxa = [twips(width) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in dxa)
    title = f"{appendix.number}. {appendix.title}"
    head = (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE}"/><w:tblW w:w="{sum(dxa)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        ' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoted(title)}/><w:tblDescription w:val={quoted(description)}/>"
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )
    return "".join([head, _header(appendix, dxa, size), *_rows(appendix, dxa, size), "</w:tbl>"])


def _header(appendix: Appendix, widths: Sequence[int], size: float) -> str:
    cells = "".join(
        f"{_open(width)}{_paragraph(sized(HEAD, size))}<w:r>{text_of(label)}</w:r></w:p></w:tc>"
        for width, label in zip(widths, appendix.labels, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _rows(appendix: Appendix, widths: Sequence[int], size: float) -> Iterator[str]:
    """The rows of one indicator stay on one page, those of the last one also with what stands below."""
    follows = [*(line.is_again for line in appendix.lines[1:]), True]
    last = appendix.lines[-1].number if appendix.lines else ""
    for line, is_kept in zip(appendix.lines, follows, strict=True):
        cells = _cells(line, size, keep=is_kept or line.number == last)
        joined = "".join(map("".join, zip(map(_open, widths), cells, strict=True)))
        yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{joined}</w:tr>"


def _cells(line: Line, size: float, *, keep: bool) -> Iterator[str]:
    text, centre = sized(AGAIN if line.is_again else TEXT, size), sized(CENTRE, size)
    is_whole = line.depth == 0 and not line.is_again
    yield _text(line.number, _paragraph(centre, keep=keep), bold=False)
    yield _text(line.name, _paragraph(text, keep=keep, depth=line.depth), bold=is_whole)
    yield _text(line.measure, _paragraph(centre, keep=keep), bold=False)
    yield _text(line.level, _paragraph(sized(TEXT, size), keep=keep), bold=line.is_total)
    opening = _paragraph(sized(NUMBER, size), keep=keep)
    for figure in line.figures:
        yield _figure(figure, opening, bold=line.is_total)
    yield _figure(line.coverage, _paragraph(centre, keep=keep), bold=False)


@cache
def _open(width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'


@cache
def _paragraph(style: str, *, keep: bool = False, depth: int = 0) -> str:
    kept = "<w:keepNext/>" if keep else ""
    indent = f'<w:ind w:left="{twips(2.5 * depth)}"/>' if depth else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{indent}</w:pPr>'


def _text(text: str, opening: str, *, bold: bool) -> str:
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"{opening}<w:r>{look}<w:t>{escape(text)}</w:t></w:r></w:p></w:tc>"


def _figure(figure: Figure, opening: str, *, bold: bool) -> str:
    look = ("<w:b/>" if bold else "") + ("<w:i/>" if figure.is_short else "")
    run = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f"{opening}<w:r>{run}<w:t>{escape(figure.text)}</w:t></w:r></w:p></w:tc>"
