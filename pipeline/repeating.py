"""A run whose outputs were made before from exactly the same takes them, if they are as they were made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.catalogue import Campaign
from pipeline.frames import Results
from pipeline.program import EVERYTHING, WRITERS, program_digest
from pipeline.store.csv_text import csv_text
from pipeline.store.manifest import MANIFEST, hashes_below, write_manifest

_DRAWERS: Final = (*WRITERS, "lxml", "pandera", "python-docx")
"""The libraries by which all outputs come about."""


def made_from(campaign: Campaign, results: Results, lang: str) -> str:
    """A key over all that the outputs of a run are made from; "" where the program does not know itself.

    The figures follow from the files, the waivers, the campaign and the program, all of which are in it; what
    was found, and what changed since another run, is in it word for word.
    """
    program = program_digest(EVERYTHING, _DRAWERS)
    changes = results.changes
    told = (
        *(program, campaign.sha256, lang, results.run_id, results.inputs_at, results.has_detail),
        *(results.is_official, results.sources, changes.comparable, changes.old_id, changes.new_id),
        *(changes.same_inputs, changes.same_campaign, changes.same_program),
    )
    digest = hashlib.sha256(repr(told).encode())
    for frame in (
        *(results.findings, results.totals, results.form_status),
        *(changes.files, changes.cells, changes.figures, changes.shares),
    ):
        for text in csv_text(frame):
            digest.update(text.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest() if program else ""


def is_made(run_folder: Path, key: str) -> bool:
    """Whether the folder of a run holds what is made from the same, whole, byte for byte as it was made."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        manifest = json.loads((run_folder / MANIFEST).read_text(encoding="utf-8"))
        same = bool(key) and manifest["made_from"] == key
        return same and manifest["outputs"] == hashes_below(run_folder)
    return False


def sign(
    folder: Path, campaign: Campaign, results: Results, how: tuple[str, str], copies: Mapping[str, str]
) -> None:
    """Write the manifest of a run. ``how``: the language, and the key of what its outputs were made from.

    ``copies``: by unit the key of what it gets back.
    """
    lang, key = how
    run = {"run_id": results.run_id, "campaign": campaign.campaign_id, "version": __version__, "lang": lang}
    run["compared_with"] = results.changes.old_id
    run["campaign_sha256"] = campaign.sha256
    run["made_from"] = key
    write_manifest(folder, {**run, "copies": copies}, results.sources)
