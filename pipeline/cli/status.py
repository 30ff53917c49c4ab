"""The verb ``status``: what each unit has sent, what became of every file, and what the register says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import run
from pipeline.catalogue import Campaign, load_campaign
from pipeline.cli import screen
from pipeline.cli.ending import Ending, Status
from pipeline.model import FormStatus
from pipeline.store.register import Known, Register, read_register, sound

if TYPE_CHECKING:
    from pipeline.cli.options import Common
    from pipeline.frames import Results
    from pipeline.publishing import SetAside

_HASH_SHOWN = 12
"""So many digits of a file's hash tell it apart on the screen; the summary has all of them."""

_FILE_COLUMNS = ("file", "unit", "first_seen", "number", "status", "message", "hash")
_DAY = "%d/%m/%Y"


def status_verb(common: Common, end: Ending) -> None:
    """Say what each unit has sent, what became of every file, and since when it is known. Writes nothing."""
    from pipeline.cli.verbs import content, options_of, say_rate

    campaign = load_campaign(common.campaign)
    words = campaign.words[common.lang]
    register = read_register(common.outputs)
    with screen.progress_bar(words, quiet=common.quiet) as progress:
        results = run.examine(campaign, options_of(common), progress)
    end.status = Status.DONE
    if common.json:
        screen.say_json({**content(results), "register": _listed(register, results)})
        return
    screen.say_table(*_units_table(campaign, results, words))
    screen.say("")
    headers = [words[f"cli.column.{name}"] for name in _FILE_COLUMNS]
    screen.say_table(headers, _files(register, results, words))
    _say_gone(register, results, words)
    if register.damaged:
        gaps = {"file": register.path, "reason": words[f"cli.{register.damaged}"]}
        screen.tell(words["cli.register.damaged"].format(**gaps))
    say_rate(campaign, results, words)


def tell_set_aside(set_aside: SetAside, outputs: Path, words: Mapping[str, str]) -> None:
    """Say that the register could not be read, where it lies now, and that a new one was begun."""
    gaps = {"folder": outputs, "reason": words[f"cli.{set_aside.why}"], "aside": set_aside.path}
    screen.tell(words["cli.register.set_aside"].format(**gaps))


def _files(register: Register, results: Results, words: Mapping[str, str]) -> list[list[str]]:
    """The files that are in the inputs now, each with the day on which a run first saw it."""
    rows = []
    for source in results.sources:
        known = register.of(source)
        since = known.first.day.strftime(_DAY) if known else words["cli.register.not_yet"]
        number = str(source.submission_number or "")
        named = (words[f"summary.file.{source.status}"], source.why, source.sha256[:_HASH_SHOWN])
        rows.append([source.file, source.unit_id, since if source.sha256 else "", number, *named])
    return rows


def _say_gone(register: Register, results: Results, words: Mapping[str, str]) -> None:
    """The files that were there once: the last decision about each stays in the register."""
    gone = _gone(register, results)
    if not gone:
        return
    rows = [
        [
            *(one.last.file, one.last.unit_id, one.first.day.strftime(_DAY)),
            *(str(one.last.submission_number or ""), words[f"summary.file.{one.last.decision}"]),
            *(one.last.day.strftime(_DAY), one.last.sha256[:_HASH_SHOWN]),
        ]
        for one in gone
    ]
    names = ("file", "unit", "first_seen", "number", "last_decision", "decided", "hash")
    screen.say("")
    screen.say(words["cli.register.gone"].format(count=len(gone)))
    screen.say_table([words[f"cli.column.{name}"] for name in names], rows)


def _gone(register: Register, results: Results) -> list[Known]:
    here = {(sound(source.file), source.sha256) for source in results.sources}
    return [one for name, one in register.known.items() if name not in here]


def _listed(register: Register, results: Results) -> dict[str, Any]:
    """The register for other programs: one entry per file (per content under one name) ever seen."""
    gone = {(one.last.file, one.last.sha256) for one in _gone(register, results)}
    files = [
        {
            **{"file": one.last.file, "sha256": one.last.sha256, "unit_id": one.last.unit_id},
            **{"submission_number": one.last.submission_number, "first_seen": one.first.day.isoformat()},
            **{"decision": str(one.last.decision), "decided": one.last.day.isoformat()},
            **{"run_id": one.last.run_id, "is_in_inputs": name not in gone},
        }
        for name, one in register.known.items()
    ]
    return {"path": str(register.path), "is_damaged": bool(register.damaged), "files": files}


def _units_table(
    campaign: Campaign, results: Results, words: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    headers = [words[f"cli.column.{name}"] for name in ("unit", "name", "forms", "file")]
    rows = []
    for unit_id, unit in campaign.units.items():
        mine = results.form_status[results.form_status["unit_id"] == unit_id]
        counted = mine["status"].isin([FormStatus.ACCEPTED, FormStatus.WITH_ERRORS]).sum()
        files = ", ".join(sorted({file for file in mine["file"] if file}))
        rows.append([unit_id, unit.name, f"{counted}/{len(mine)}", files])
    return headers, rows
