"""What the contests came to, as a page: the targets with what was reached, then every median."""

from __future__ import annotations

import math
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.__main__ import Contest

LIBRARIES = ("pandas", "pandera", "openpyxl", "python-calamine", "XlsxWriter")
NOT_RUN = "not run"
_CLOCK = (
    "Seconds of one run by its own clock, on all cores; above 100 units without detail sheets. What the "
    "units get back is made beside the writing: `returns` is only what is left of it afterwards."
)


def page(
    contest: Contest,
    stages: Mapping[int, Mapping[str, float]],
    opened: Mapping[str, float],
) -> str:
    """The whole page."""
    return "\n".join(
        [
            *(
                "# Speed",
                "",
                f"Made by `{' '.join(['python -m benchmarks', *map(shlex.quote, sys.argv[1:])])}`",
                "",
            ),
            f"{os.cpu_count()} cores, Python {platform.python_version()}, "
            + ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
            + ". Interleaved rounds, medians; process start included; the machine is noisy: ratios count.",
            *("", "| | target | reached |", "|---|---|---|"),
            *(f"| {what} | {target} | {reached} |" for what, target, reached in targets(contest, opened)),
            *(
                "",
                "## Medians",
                "",
                "| run | seconds | slowest | peak MiB | rounds |",
                "|---|---|---|---|---|",
            ),
            *(
                f"| {name} | {median(r.seconds for r in runs):.2f} | {max(r.seconds for r in runs):.2f} "
                f"| {max(r.peak for r in runs):.0f} | {len(runs)} |"
                for name, runs in contest.runs.items()
            ),
            *(f"| {name} | failed | | | |" for name in contest.failed),
            *("", "## Stages", "", _CLOCK, ""),
            *(
                f"* {size} units: " + ", ".join(f"{name} {seconds}" for name, seconds in spent.items())
                for size, spent in stages.items()
            ),
            "",
        ]
    )


def targets(contest: Contest, opened: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """What is to be reached, how far, and what was."""
    s, told = contest.seconds, contest.told
    floor = _sum(s("floor read 37"), s("import pandera"), told("floor write 37"))
    whole = _ratio(s("ours 37"), floor)
    again = _sum(s("import pandera"), told("floor write 300"))
    opening = _ratio(opened.get("ours"), opened.get("bare"))
    writing = _ratio(told("ours write 37"), told("floor write 37"))
    same, changed = (_ratio(s(f"ours {name} 300"), again) for name in ("again", "one changed"))
    return [
        _against(contest, "37 units, nothing cached, against pandas", "ours 37", 37, (10, 4, 2.5)),
        _against(contest, "300 units without detail, against pandas", "ours lean 300", 300, (40, 15, 10)),
        _against(contest, "the same, without return copies", "ours summary 300", 300, (40, 15, 10)),
        ("37 units against reading + import of pandera + bare writing", "<= 1.5x", whole),
        ("one more file, 300 to 1,000, against reading it", "<= 2x", _marginal(contest, "ours lean")),
        ("the same, without return copies", "<= 2x", _marginal(contest, "ours summary")),
        ("second run of 300, nothing changed, against import + bare writing", "<= 1.5x", same),
        ("second run, one of 300 changed, against import + bare writing", "<= 2x", changed),
        ("`aggregate --help` against `python -c pass`", "<= 8x", _ratio(s("help"), s("pass"))),
        ("peak memory, 1,000 units", "<= 1 GiB", _memory(contest.peak("ours lean 1000"))),
        ("peak memory, 11,000 communes", "<= 4 GiB", _memory(contest.peak("communes"))),
        ("growth of time, 300 to 3,000 units", "exponent <= 1.05", _growth(contest, "ours lean")),
        ("the same, without return copies", "exponent <= 1.05", _growth(contest, "ours summary")),
        ("11,000 communes against 1,000 units", "< 15x", _ratio(s("communes"), s("ours lean 1000"))),
        ("writing the summary against a bare loop over the same cells", "<= 1.3x", writing),
        ("opening the summary against the same cells bare", "< 2x", opening),
        ("size of the summary, 37 units", "< 10 MB", f"{opened['megabytes']:.1f} MB" if opened else NOT_RUN),
    ]  # fmt: skip


def _against(
    contest: Contest, what: str, mine: str, size: int, least: tuple[float, float, float]
) -> tuple[str, str, str]:
    names = ("sheet", "file", "calamine")
    reached = [_ratio(contest.seconds(f"naive {name} {size}"), contest.seconds(mine)) for name in names]
    told = "per sheet / per file / calamine"
    return f"{what} ({told})", " / ".join(f">= {n:g}x" for n in least), " / ".join(reached)


def _marginal(contest: Contest, mine: str) -> str:
    pairs = [
        (contest.seconds(f"{name} 300"), contest.seconds(f"{name} 1000")) for name in (mine, "floor read")
    ]
    if any(one is None or other is None for one, other in pairs):
        return NOT_RUN
    (a, b), (c, d) = pairs
    return _ratio((b or 0) - (a or 0), (d or 0) - (c or 0))


def _growth(contest: Contest, mine: str) -> str:
    few, many = contest.seconds(f"{mine} 300"), contest.seconds(f"{mine} 3000")
    return NOT_RUN if few is None or many is None else f"{math.log10(many / few):.2f}"


def _sum(*seconds: float | None) -> float | None:
    return None if any(one is None for one in seconds) else sum(one or 0.0 for one in seconds)


def _ratio(one: float | None, other: float | None) -> str:
    return (
        NOT_RUN
        if one is None or not other
        else f"{one / other:.1f}x"
        if one / other >= 3
        else f"{one / other:.2f}x"
    )


def _memory(mib: float | None) -> str:
    return NOT_RUN if mib is None else f"{mib / 1024:.2f} GiB"
