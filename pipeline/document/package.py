"""The Word package: set up in place of the library's own template, and saved as the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from pipeline.document.appendix import Desk
from pipeline.document.look import Look, styles_of
from pipeline.document.text import footer

_MADE: Final = datetime(2023, 6, 2, tzinfo=UTC)
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_SECTION: Final = b"<w:sectPr"
"""With this, the page, ends the body of a document, and that of an empty one begins."""
_NOT_OURS: Final = (
    *("/stylesWithEffects", "/customXml", "/numbering"),
    *("/thumbnail", "/webSettings", "/fontTable"),
)
"""Parts of the library's template that nothing here uses, by the end of their relationship's type."""


def new_document(desk: Desk, look: Look, sizes: Iterable[float]) -> Document:
    """An empty document with our styles (of tables in these sizes), page, footer, language, properties."""
    words = desk.campaign.words[desk.campaign.lang]
    document = docx.Document()
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    for text in styles_of(look, words, sizes):
        styles.append(parse_xml(text))
    _set_page(desk, look, document)
    _set_settings(document, words["document.locale"])
    _set_properties(desk, document, words["document.locale"])
    return document


def bytes_of(document: Document, parts: Iterable[str]) -> bytes:
    """The document with these paragraphs and tables, as a file.

    The library saves it without them, and they are put in as text: it would only take them apart, and spell
    them the same.
    """
    for rels in (document.part.rels, document.part.package.rels):
        for name in [name for name, rel in rels.items() if rel.reltype.endswith(_NOT_OURS)]:
            del rels[name]
    saved = io.BytesIO()
    document.save(saved)
    return _stamped(saved, document.part.partname.membername, "".join(parts).encode())


def _set_page(desk: Desk, look: Look, document: Document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(look.lengths["width"]), Mm(look.lengths["height"])
    section.left_margin, section.right_margin = Mm(look.lengths["left"]), Mm(look.lengths["right"])
    section.top_margin, section.bottom_margin = Mm(look.lengths["top"]), Mm(look.lengths["bottom"])
    section.footer_distance = Mm(look.lengths["footer"])
    element = section.footer._element
    for child in list(element):
        element.remove(child)
    text = desk.word("footer", state=desk.state_word, run=desk.results.run_id)
    element.append(parse_xml(footer(text, desk.campaign.words[desk.campaign.lang]["document.page"])))


def _set_settings(document: Document, locale: str) -> None:
    """The language that is spelled by, and the version of Word that it is laid out for."""
    settings = document.settings.element
    for language in settings.iter(qn("w:themeFontLang")):
        language.attrib.clear()
        language.set(qn("w:val"), locale)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_properties(desk: Desk, document: Document, locale: str) -> None:
    """The document's own properties; its dates are fixed, as those of the workbooks are."""
    campaign, about = desk.campaign, document.core_properties
    about.title = f"{desk.word('title').capitalize()} - {campaign.text('title', campaign.lang)}"
    about.subject = campaign.text("scope", campaign.lang)
    about.author = about.last_modified_by = campaign.text("issuer", campaign.lang)
    about.language, about.comments, about.keywords, about.revision = locale, "", "", 1
    about.created = about.modified = _MADE


def _stamped(saved: io.BytesIO, main: str, body: bytes) -> bytes:
    """The same package, what its main part holds put in, with one and the same time on all its parts."""
    again = io.BytesIO()
    with zipfile.ZipFile(saved) as made, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in made.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _STAMP)
            fixed.compress_type, fixed.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            content = made.read(entry)
            if entry.filename == main:
                head, section, end = content.partition(_SECTION)
                content = b"".join((head, body, section, end))
            target.writestr(fixed, content)
    return again.getvalue()
