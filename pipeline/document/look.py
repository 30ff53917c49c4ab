"""How the document looks: lengths from the theme, the few styles that it uses, names from the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from pipeline.document.text import NAMESPACE

TEXT: Final = "TableText"
AGAIN: Final = "TableAgain"
CENTRE: Final = "TableCentre"
NUMBER: Final = "TableNumber"
HEAD: Final = "TableHead"
NOTE: Final = "TableNote"
LETTERHEAD: Final = "Letterhead"
TABLE: Final = "AppendixTable"
"""Ids of the document's own styles; Normal, Title, Subtitle, Heading1 and Footer are Word's."""


@dataclass(frozen=True, slots=True)
class Look:
    """Lengths of the page in millimetres, sizes of letters in points, font and colours."""

    font: str
    colours: Mapping[str, str]
    lengths: Mapping[str, float]

    @property
    def room(self) -> float:
        """What the margins leave of the page's width, in millimetres."""
        return self.lengths["width"] - self.lengths["left"] - self.lengths["right"]

    def colour(self, name: str) -> str:
        """A colour of the theme as six hexadecimal digits."""
        return self.colours[name].lstrip("#")


def look_of(theme: Mapping[str, Any]) -> Look:
    """The look that a campaign's theme gives the document."""
    return Look(theme["font"]["name"], theme["colour"], theme["document"])


def sized(style: str, size: float) -> str:
    """The id of a table's style at one size: tables differ in how large their letters can be."""
    return f"{style}{round(size * 2)}"


def twips(millimetres: float) -> int:
    """A length as Word counts it: twentieths of a point."""
    return round(millimetres * 1440 / 25.4)


def styles_of(look: Look, words: Mapping[str, str], sizes: Iterable[float]) -> list[str]:
    """The document's defaults and all its styles, each as one XML element; ``sizes`` are those of tables."""
    size = look.lengths
    middle = '<w:jc w:val="center"/>'
    bold = "<w:b/><w:bCs/>"
    grey = f'<w:color w:val="{look.colour("repeated")}"/>'
    outline = '<w:keepNext/><w:keepLines/><w:spacing w:before="60" w:after="40"/>'
    heading = f'{outline}{middle}<w:outlineLvl w:val="0"/>'
    stops = f'<w:tabs><w:tab w:val="right" w:pos="{twips(look.room)}"/></w:tabs>'
    note = f'{_spaced(20)}<w:ind w:left="{twips(4)}"/>'
    return [
        _defaults(look, words["document.locale"]),
        _style("Normal", "Normal", "", _sized(size["text_size"]), is_default=True),
        _style("Title", "Title", f"{_spaced(120, 60)}{middle}", bold + _sized(size["title_size"])),
        _style("Subtitle", "Subtitle", f"{_spaced(0, 60)}{middle}", _sized(size["text_size"])),
        _style("Heading1", "heading 1", heading, bold + _sized(size["heading_size"])),
        _style("Footer", "footer", stops, grey + _sized(size["note_size"])),
        _style(
            LETTERHEAD, words["document.style.letterhead"], _centres(look), _sized(size["letterhead_size"])
        ),
        _style(NOTE, words["document.style.note"], note, _sized(size["note_size"])),
        *(style for points in sizes for style in _in_tables(look, words, points)),
        _table_style(look, words["document.style.table"]),
    ]


def _in_tables(look: Look, words: Mapping[str, str], points: float) -> Iterator[str]:
    """The styles of what stands in tables whose letters have one size."""
    middle = '<w:jc w:val="center"/>'
    grey = f'<w:color w:val="{look.colour("repeated")}"/>'
    for style, word, paragraph, run in (
        (TEXT, "text", "", ""),
        (AGAIN, "again", "", grey),
        (CENTRE, "centre", middle, ""),
        (NUMBER, "number", '<w:jc w:val="right"/>', ""),
        (HEAD, "head", f"<w:keepNext/>{middle}", "<w:b/><w:bCs/>"),
    ):
        name = f"{words[f'document.style.{word}']} {points:g}"
        yield _style(sized(style, points), name, paragraph, run + _sized(points))


def _defaults(look: Look, locale: str) -> str:
    fonts = "".join(f" w:{script}={quoteattr(look.font)}" for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    lang = f'<w:lang w:val="{locale}" w:eastAsia="{locale}" w:bidi="{locale}"/>'
    run = f'<w:rFonts{fonts}/><w:color w:val="{look.colour("ink")}"/>{lang}'
    return (
        f"<w:docDefaults {NAMESPACE}><w:rPrDefault><w:rPr>{run}</w:rPr></w:rPrDefault>"
        '<w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )


def _style(style_id: str, name: str, paragraph: str, run: str, *, is_default: bool = False) -> str:
    kind = ' w:default="1"' if is_default else ""
    based = "" if is_default else '<w:basedOn w:val="Normal"/>'
    return (
        f'<w:style {NAMESPACE} w:type="paragraph"{kind} w:styleId="{style_id}">'
        f"<w:name w:val={quoteattr(name)}/>{based}<w:qFormat/>"
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _table_style(look: Look, name: str) -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{look.colour("line")}"/>' for side in sides
    )
    padding = twips(look.lengths["padding"])
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 15), ("left", padding), ("bottom", 15), ("right", padding))
    )
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{look.colour("header")}"/>'
    return (
        f'<w:style {NAMESPACE} w:type="table" w:customStyle="1" w:styleId="{TABLE}">'
        f"<w:name w:val={quoteattr(name)}/>"
        f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar>"
        '</w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>'
        f"<w:tcPr>{shade}</w:tcPr></w:tblStylePr></w:style>"
    )


def _centres(look: Look) -> str:
    """Two centres, one for each half of the line, on which letterhead and signatures stand."""
    stops = "".join(f'<w:tab w:val="center" w:pos="{twips(look.room * part)}"/>' for part in (0.22, 0.75))
    return f"<w:tabs>{stops}</w:tabs>"


def _spaced(before: int, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


def _sized(points: float) -> str:
    """Word counts letters in half points."""
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
