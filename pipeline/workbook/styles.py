"""Names of styles -> formats of cells, by the theme."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format

_GENERAL = "plain"

_THEMES: Final = 4
"""So many themes are kept in mind, with what their styles look like."""

_MOST_LOOKS: Final = 2048
"""So many styles of a theme are kept; large summaries have more, of which most never come again."""


class PlainFormat(Format):  # type: ignore[misc]
    """A format that is worked out once for all books: each takes a copy of its own, and numbers it.

    ``look`` is the one that a copy was taken from.
    """

    def __init__(self, properties: Mapping[str, Any]) -> None:
        super().__init__(properties)
        self.look = self
        self._font_key: str = super()._get_font_key()
        self._border_key: str = super()._get_border_key()
        self._get_format_key()

    def of_book(self, workbook: xlsxwriter.Workbook) -> PlainFormat:
        """The same format for a book; whatever the book does with it, this one stays as it is."""
        mine = PlainFormat.__new__(PlainFormat)
        mine.__dict__.update(self.__dict__)
        mine.xf_format_indices = workbook.xf_format_indices
        mine.dxf_format_indices = workbook.dxf_format_indices
        workbook.formats.append(mine)
        return mine

    def _get_font_key(self) -> str:
        return self._font_key

    def _get_border_key(self) -> str:
        return self._border_key


class Formats(dict[str, Format]):
    """The formats of one workbook by style name, each made when it is first asked for.

    ``name@0.00`` is the style ``name`` with that number format; ``name+other`` is ``name`` with whatever
    ``other`` sets laid over it; both may be joined, the number format last. An empty name is ``plain``.
    Raises KeyError for a name or a colour that the theme does not have.
    """

    def __init__(self, workbook: xlsxwriter.Workbook, theme: Mapping[str, Any]) -> None:
        super().__init__()
        self._workbook = workbook
        self._theme = theme
        self._looks = _looks(theme)
        self.marks = Marks(self)

    def __missing__(self, name: str) -> Format:
        look = self._looks.get(name)
        if look is None:
            look = PlainFormat({**self._workbook.default_format_properties, **_properties(name, self._theme)})
            if len(self._looks) < _MOST_LOOKS:
                self._looks[name] = look
        self[name] = look.of_book(self._workbook)
        return self[name]


class Marks(dict[str, bytes]):
    """The end of a cell's address and its style, as they stand in a sheet's XML, by style name."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats

    def __missing__(self, name: str) -> bytes:
        self[name] = b'" s="%d"' % self._formats[name]._get_xf_index()
        return self[name]


_kept: Final[deque[tuple[Mapping[str, Any], dict[str, PlainFormat]]]] = deque(maxlen=_THEMES)
"""Themes as they were, and by name what their styles look like."""


def _looks(theme: Mapping[str, Any]) -> dict[str, PlainFormat]:
    """What was worked out for a theme that says the same, word for word."""
    for known, looks in _kept:
        if known == theme:
            return looks
    _kept.append((deepcopy(dict(theme)), {}))
    return _kept[-1][1]


def _properties(name: str, theme: Mapping[str, Any]) -> dict[str, Any]:
    """All that a name asks for. Raises KeyError."""
    styles, _, number_format = name.partition("@")
    properties: dict[str, Any] = {}
    for style in (styles or _GENERAL).split("+"):
        properties.update(resolve(style, theme))
    if number_format:
        properties["num_format"] = number_format
    return properties


def resolve(name: str, theme: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a style with everything that it is ``like``. Raises KeyError."""
    properties: dict[str, Any] = {}
    for link in reversed(_line(name, theme["style"])):
        properties.update(theme["style"][link])
    properties.pop("like", None)
    return {key: colour(value, theme) for key, value in properties.items()}


def colour(value: Any, theme: Mapping[str, Any]) -> Any:
    """The colour behind ``$name``; any other value as it is. Raises KeyError."""
    if isinstance(value, str) and value.startswith("$"):
        return theme["colour"][value[1:]]
    return value


def _line(name: str, styles: Mapping[str, Any]) -> list[str]:
    """The style and those that it inherits from, nearest first."""
    line = []
    while name:
        if name in line:
            raise KeyError(f"style {name} is like itself")
        line.append(name)
        name = styles[name].get("like", "")
    return line
