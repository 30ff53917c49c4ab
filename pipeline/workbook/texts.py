"""The texts of a book as the part of the file that holds them: most are the same from book to book."""

from __future__ import annotations

import re
from functools import lru_cache
from io import StringIO
from typing import Final

from xlsxwriter.sharedstrings import SharedStrings

_KEPT: Final = 8192
"""So many texts are kept as XML: more than the return copies of one kind of unit have in common."""

_SHORT: Final = 1000
"""Characters; a longer text is hardly ever found in a second book."""

_SELDOM: Final = re.compile(r"^\s|\s$|[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^<r>")
"""What the library has its own ways to write."""


class PlainTexts(SharedStrings):  # type: ignore[misc]
    """Writes all texts of a book in one go."""

    def _write_sst_strings(self) -> None:
        texts = self.string_table.string_array
        self.fh.write("".join([_kept(text) if len(text) < _SHORT else _element(text) for text in texts]))


def _element(text: str) -> str:
    """One text in XML."""
    if _SELDOM.search(text):
        single = SharedStrings()
        single._set_xml_writer(xml := StringIO())
        single._write_si(text)
        return xml.getvalue()
    return f"<si><t>{escaped(text)}</t></si>"


_kept = lru_cache(maxsize=_KEPT)(_element)


def escaped(text: str) -> str:
    """A text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
