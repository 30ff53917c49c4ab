"""A finished run -> the places where staff look for it, and its decisions -> the register."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.catalogue import Campaign
from pipeline.store.atomic import holds, replace_all
from pipeline.store.register import added, read_register

if TYPE_CHECKING:
    from pipeline.frames import Results

SUMMARY: Final = "tong-hop.xlsx"
"""The summary workbook, in the folder of a run and in that of the outputs."""

RETURNS: Final = "tra-lai"
"""The folder of what goes back to the units."""

_OF_THE_RUN: Final = ("manifest.json", SUMMARY)
"""The first stays with the run; the second is put in its place last."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A register that could not be read: ``why`` is the id of words, ``path`` where it lies now."""

    why: str
    path: Path


def publish_run(campaign: Campaign, results: Results, outputs: Path, run_folder: Path) -> SetAside | None:
    """Put everything of a finished run in its place, all or nothing, the summary last; keep the register.

    What lies there already, byte for byte, stays as it is, except for the summary.

    Returns what became of a register that could not be read. Raises OutputRefused.
    """
    made: list[tuple[Path, Path | bytes]] = [
        (outputs / one.relative_to(run_folder), one)
        for one in sorted(run_folder.rglob("*"))
        if one.is_file()
        and one.name not in _OF_THE_RUN
        and not holds(outputs / one.relative_to(run_folder), one)
    ]
    register = read_register(outputs)
    content = added(register, results.sources, results.run_id, date.today())
    aside = SetAside(register.damaged, register.aside) if register.damaged else None
    if aside is not None:
        made.append((aside.path, register.content))
    if content != register.content:
        made.append((register.path, content))
    replace_all([*made, (outputs / SUMMARY, run_folder / SUMMARY)])
    _forget_returns(campaign, outputs / RETURNS, run_folder / RETURNS)
    return aside


def _forget_returns(campaign: Campaign, folder: Path, made: Path) -> None:
    """Take away the copies of earlier runs for units that get none now: they ask for what is done."""
    for unit_id in campaign.units:
        for name in (f"{unit_id}.xlsx", f"{unit_id}.txt"):
            if not (made / name).exists():
                with suppress(OSError):
                    (folder / name).unlink(missing_ok=True)
