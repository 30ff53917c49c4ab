"""Paragraphs as WordprocessingML: runs of text, links within the document, the footer and its fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
"""What an element that is parsed on its own must declare."""

_BREAKS = re.compile(r"([\t\n])")
_MARKS = {"\t": "<w:tab/>", "\n": "<w:br/>"}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph in one look; a tab and a line break stand in the text as such."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False


def line(
    style: str,
    runs: Sequence[Run],
    *,
    keep: bool = False,
    is_new_page: bool = False,
    bookmark: tuple[int, str] | None = None,
) -> str:
    """One paragraph; ``keep`` holds it together with the next, ``bookmark`` is a number and a name."""
    kept = "<w:keepNext/>" if keep else ""
    broken = "<w:pageBreakBefore/>" if is_new_page else ""
    content = "".join(map(_run, runs))
    if bookmark is not None:
        number, name = bookmark
        start = f'<w:bookmarkStart w:id="{number}" w:name="{escape(name)}"/>'
        content = f'{start}{content}<w:bookmarkEnd w:id="{number}"/>'
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{broken}</w:pPr>{content}</w:p>'


def linked(style: str, text: str, bookmark: str) -> str:
    """A paragraph that leads to a bookmark."""
    link = f'<w:hyperlink w:anchor="{escape(bookmark)}" w:history="1">{_run(Run(text))}</w:hyperlink>'
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:spacing w:before="40"/></w:pPr>{link}</w:p>'


def footer(text: str, page: str) -> str:
    """The footer; ``page`` says ``{page}`` and ``{pages}`` where the word processor puts its numbers."""
    before, _, rest = page.partition("{page}")
    between, _, after = rest.partition("{pages}")
    fields = f"{_run(Run(before))}{_field('PAGE')}{_run(Run(between))}{_field('NUMPAGES')}{_run(Run(after))}"
    own = _run(Run(f"{text}\t"))
    return f'<w:p {NAMESPACE}><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{own}{fields}</w:p>'


def _run(run: Run) -> str:
    if not run.text:
        return ""
    marks = (("<w:b/>", run.is_bold), ("<w:i/>", run.is_italic), ('<w:u w:val="single"/>', run.is_underlined))
    look = "".join(mark for mark, is_set in marks if is_set)
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f"<w:r>{properties}{text_of(run.text)}</w:r>"


def text_of(text: str) -> str:
    """A text as the content of a run, its tabs and line breaks as Word has them."""
    return "".join(_MARKS.get(piece) or _piece(piece) for piece in _BREAKS.split(text) if piece)


def quoted(text: str) -> str:
    """A text as the value of an attribute, always between double quotes."""
    inside = escape(text, {'"': "&quot;"})
    return f'"{inside}"'


def _piece(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
