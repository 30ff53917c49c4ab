"""Many invented returns out of a few, fast: one workbook's figures times a number, under another unit's id.

The rules of a campaign compare sums, so a sound return stays sound when every count in it is multiplied. Only
the parts that differ are touched, in the XML; what the workbook's own program wrote stays as it is.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

_NUMBER = re.compile(rb'(<c r="([A-Z]+\d+)"(?: s="\d+")?>(?:<f>[^<]*</f>)?<v>)([0-9.eE+-]+)(</v>)')
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Pattern:
    """One workbook in its parts. ``figures`` says which parts are form sheets, and of which form."""

    unit_id: str
    name: str
    parts: Mapping[str, bytes]
    figures: Mapping[str, str]


def read_pattern(content: bytes, unit_id: str, name: str, form_ids: Collection[str]) -> Pattern:
    """A workbook that the writer made: a guide sheet, then one sheet for each form, then others."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    figures = {f"xl/worksheets/sheet{n}.xml": form_id for n, form_id in enumerate(form_ids, start=2)}
    return Pattern(unit_id, name, parts, figures)


def multiplied(
    pattern: Pattern, unit_id: str, name: str, factor: int, fixed: Collection[tuple[str, str]] = ()
) -> bytes:
    """Another unit's workbook, every figure ``factor`` times as large, but for (form, cell) in ``fixed``."""
    texts = [
        (f">{pattern.unit_id}<".encode(), f">{unit_id}<".encode()),
        (escape(pattern.name).encode(), escape(name).encode()),
        (escape(pattern.name.upper()).encode(), escape(name.upper()).encode()),
    ]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for part, content in pattern.parts.items():
            for old, new in texts:
                content = content.replace(old, new)
            if part in pattern.figures and factor != 1:
                content = _times(
                    content, factor, {cell for form, cell in fixed if form == pattern.figures[part]}
                )
            package.writestr(zipfile.ZipInfo(part, _STAMP), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _times(content: bytes, factor: int, fixed: Collection[str]) -> bytes:
    def scaled(found: re.Match[bytes]) -> bytes:
        if found[2].decode() in fixed:
            return found[0]
        value = round(float(found[3]) * factor, 6)
        return found[1] + (b"%d" % value if value == int(value) else repr(value).encode()) + found[4]

    return _NUMBER.sub(scaled, content)
