"""XML of a sheet in one spelling: whether it is spelled plainly, and how it would be if it is not.

The same sheet can be spelled in many ways (prefixes, comments, other encodings, cells without an address).
Nearly every program writes the plain one; the others are respelled, so that there is one way to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape  # that of xml.sax loads the whole of the network
from typing import Any, Final
from xml.parsers import expat

from pipeline.address import a1, column_number, split_address
from pipeline.intake.content import Unreadable

MAIN: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""The namespace of sheets, and that of the strict variant of the format."""

_WITH_TEXT: Final = ("t", "v", "f")
"""The elements in which spaces may be part of what is said."""

_SPACES: Final = {ord(sign): f"&#{ord(sign)};" for sign in "\n\r\t"}
"""Signs in an attribute that a reader would take for plain spaces."""

_UTF8: Final = ("", "utf-8", "utf8", "us-ascii")


def refuse_doctype(*_: Any) -> None:
    """A workbook never declares a document type: whoever does so wants the reader to expand or fetch."""
    raise Unreadable("doctype")


def new_parser() -> expat.XMLParserType:
    """A parser that joins namespace and name by a space, and refuses a document type."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


def plain_text(xml: bytes) -> str | None:
    """The text, if it is spelled plainly; None if it must be respelled. Raises ExpatError, Unreadable."""
    odd: list[str] = []
    spaces: list[tuple[str | None, str]] = []
    parser = new_parser()
    parser.XmlDeclHandler = lambda _, encoding, __: odd.extend(
        ["encoding"] if (encoding or "").lower() not in _UTF8 else []
    )
    parser.CommentHandler = parser.StartCdataSectionHandler = lambda *_: odd.append("markup")
    parser.ProcessingInstructionHandler = parser.CommentHandler
    parser.StartNamespaceDeclHandler = lambda prefix, uri: spaces.append((prefix, uri))
    parser.Parse(xml, True)
    ours = [prefix for prefix, uri in spaces if uri in MAIN or prefix is None]
    if odd or ours != [None] or not any(uri in MAIN for _, uri in spaces):
        return None
    try:
        return xml.decode("utf-8-sig")
    except UnicodeDecodeError:  # another encoding, told by its first bytes alone
        return None


def respelled(xml: bytes) -> str:
    """The same elements in the plain spelling; every row and cell with its address, which comes first.

    Elements and attributes of other namespaces keep no name of their own. Raises ExpatError, Unreadable.
    """
    speller = _Speller()
    speller.parser.Parse(xml, True)
    return "".join(speller.out)


class _Speller:
    """Writes down one element after the other, and counts the rows and cells."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.row = 0
        self.column = 0
        self.parser = new_parser()
        self.parser.StartElementHandler = self._start
        self.open: list[str] = []
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = _local(name)
        self.open.append(name)
        own = {key: value for key, value in attributes.items() if " " not in key}
        if name in ("row", "c"):
            address = own.pop("r", None)
            own = {"r": self._row(address) if name == "row" else self._cell(address), **own}
        listed = "".join(f" {key}={_quoted(value)}" for key, value in own.items())
        self.out.append(f"<{name}{listed}>")

    def _end(self, _: str) -> None:
        self.out.append(f"</{self.open.pop()}>")

    def _characters(self, text: str) -> None:
        """Some programs set every element on a line of its own: such spaces are nobody's text."""
        if self.open[-1] in _WITH_TEXT or not text.isspace():
            self.out.append(escape(text, quote=False))

    def _row(self, address: str | None) -> str:
        self.row = int(address) if address and address.isdecimal() else self.row + 1
        self.column = 0
        return str(self.row)

    def _cell(self, address: str | None) -> str:
        if address is None:
            self.column += 1
            return a1(max(self.row, 1), self.column)
        parts = split_address(address)
        if parts is None:
            raise Unreadable("damaged", detail=address[:20])
        self.row, self.column = parts[1], column_number(parts[0])
        return address


def _local(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return local if space in MAIN else "other"


def _quoted(value: str) -> str:
    """In double quotes always, and without a sign that could be taken for the end of the element."""
    return f'"{escape(value).translate(_SPACES)}"'
