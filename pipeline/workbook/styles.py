"""Names of styles -> formats of cells, by the theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

_GENERAL = "plain"


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
        self.marks = Marks(self)

    def __missing__(self, name: str) -> Format:
        styles, _, number_format = name.partition("@")
        properties: dict[str, Any] = {}
        for style in (styles or _GENERAL).split("+"):
            properties.update(resolve(style, self._theme))
        if number_format:
            properties["num_format"] = number_format
        self[name] = self._workbook.add_format(properties)
        return self[name]


class Marks(dict[str, str]):
    """The end of a cell's address and its style, as they stand in a sheet's XML, by style name."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats

    def __missing__(self, name: str) -> str:
        self[name] = f'" s="{self._formats[name]._get_xf_index()}"'
        return self[name]


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
