"""Charts over cells and small charts inside cells, in the looks of the theme's table ``chart``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.book import Area, Chart, Series, Sparkline
from pipeline.workbook.styles import colour

_HATCH: Final = "wide_upward_diagonal"
_ON_TOP: Final = "outside_end"


def draw_charts(
    workbook: xlsxwriter.Workbook, worksheet: Worksheet, charts: Iterable[Chart], theme: Mapping[str, Any]
) -> None:
    """Draw charts. Each moves and grows with its cells, and says in words what it shows."""
    for number, chart in enumerate(charts, 1):
        drawn = workbook.add_chart({"type": "bar" if chart.lying else "column"})
        drawn.set_chartarea({"border": {"color": _named("frame", theme)}, "fill": {"color": "#FFFFFF"}})
        drawn.set_plotarea({"fill": {"none": True}})
        for index, series in enumerate(chart.series):
            drawn.add_series(_series(chart, series, _look(index, theme), theme))
        _set_titles(drawn, chart, theme)
        place = chart.place
        drawn.set_size({"width": place.width, "height": place.height})
        options = {
            **{"x_offset": place.right, "y_offset": place.down, "object_position": 1},
            "description": chart.description,
        }
        drawn.chart_name = f"{worksheet.get_name()} {number}"
        worksheet.insert_chart(place.row, place.col, drawn, options)


def draw_sparklines(worksheet: Worksheet, sparklines: Iterable[Sparkline], theme: Mapping[str, Any]) -> None:
    """Draw small charts, each against 0 and its own greatest figure; those of one look in one group."""
    groups: dict[tuple[bool, bool], list[Sparkline]] = {}
    for line in sparklines:
        groups.setdefault((line.pale_first, line.pale_last), []).append(line)
    for (pale_first, pale_last), lines in groups.items():
        options = {
            "location": [xl_range(line.row, line.col, line.row, line.col) for line in lines],
            "range": [xl_range(line.row, line.first_col, line.row, line.last_col) for line in lines],
            **{"type": "column", "min": 0, "series_color": _named("spark", theme)},
            **{"first_point": pale_first, "first_color": _named("spark_part", theme)},
            **{"last_point": pale_last, "last_color": _named("spark_part", theme)},
        }
        worksheet.add_sparkline(lines[0].row, lines[0].col, options)


def _series(
    chart: Chart, series: Series, look: Mapping[str, str], theme: Mapping[str, Any]
) -> dict[str, Any]:
    border = {"color": look["line"], "width": 0.75}
    hatched = {
        "border": border,
        "pattern": {"pattern": _HATCH, "fg_color": look["hatch"], "bg_color": "#FFFFFF"},
    }
    return {
        "name": _reference(series.name),
        "categories": _reference(series.labels),
        "values": _reference(series.values),
        "values_data": list(series.shown),
        **{"fill": {"color": look["fill"]}, "border": border},
        **{"gap": theme["chart"]["gap"], "overlap": theme["chart"]["overlap"]},
        "points": [hatched if point in series.partial else None for point in range(len(series.shown))],
        "data_labels": _figures(chart, series, theme),
    }


def _figures(chart: Chart, series: Series, theme: Mapping[str, Any]) -> dict[str, Any]:
    """The figure above each point; where there is none, the sign that stands in its cell."""
    font = _font("label_size", theme)
    if len(chart.series) > 1:
        font["rotation"] = -90
    signs = dict(series.signs)
    found: dict[str, Any] = {
        **{"value": True, "num_format": chart.number_format, "position": _ON_TOP, "font": font}
    }
    if signs:
        found["custom"] = [
            {"value": signs[point], "font": font} if point in signs else None
            for point in range(len(series.shown))
        ]
    return found


def _set_titles(drawn: Any, chart: Chart, theme: Mapping[str, Any]) -> None:
    drawn.set_title({"name": chart.title, "name_font": _font("title_size", theme, bold=True)})
    ticks, names = _font("tick_size", theme), _font("axis_size", theme, italic=True)
    line = {"color": _named("axis", theme), "width": 0.75}
    of_labels = {
        **{"name": chart.of_labels, "name_font": names, "num_font": ticks, "line": line},
        **{"reverse": chart.lying, "major_tick_mark": "none"},
    }
    of_values = {
        **{"name": chart.of_values, "name_font": names, "num_font": ticks, "min": 0},
        **{
            "num_format": chart.tick_format or chart.number_format,
            "line": {"none": True},
            "major_tick_mark": "none",
        },
        "major_gridlines": {"visible": True, "line": {"color": _named("grid", theme), "width": 0.5}},
        **({"max": chart.end} if chart.end else {}),
    }
    if chart.lying:
        of_values["label_position"] = "high"
    across, upward = (of_values, of_labels) if chart.lying else (of_labels, of_values)
    drawn.set_x_axis(across)
    drawn.set_y_axis(upward)
    if chart.legend:
        drawn.set_legend({"position": "top", "font": ticks})
    else:
        drawn.set_legend({"none": True})


def _look(index: int, theme: Mapping[str, Any]) -> dict[str, str]:
    """Fill, outline and hatching of a series by its place: dark, then light, which grey paper tells."""
    looks = [name for name in theme["chart"] if name.startswith("series_")]
    look = theme["chart"][looks[index % len(looks)]]
    return {name: colour(value, theme) for name, value in look.items()}


def _named(name: str, theme: Mapping[str, Any]) -> Any:
    return colour(theme["chart"][name], theme)


def _font(size: str, theme: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        **{"name": theme["font"]["name"], "size": theme["chart"][size], "bold": False},
        **{"color": _named("ink", theme), **more},
    }


def _reference(area: Area) -> list[Any]:
    return list(area)
