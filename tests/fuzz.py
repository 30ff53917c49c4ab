"""Some minutes of damage: bytes of sound workbooks changed at random. ``python -m tests.fuzz [minutes]``.

Never an exception and never a traceback. A zip package carries checksums: there a damaged file is refused, or
reads as before to the last digit. An xls has none: there only the first holds.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from pipeline.catalogue import Campaign, load_campaign
from pipeline.intake import Found, read_many, read_submission
from pipeline.model import Submission
from tests.hostile import Material
from tests.material import made_material, made_tiny
from tests.test_hostile_files import said

BATCH = 200
MINUTES = 4.0


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with a few bytes changed, lost, doubled or taken from elsewhere."""
    raw = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 30))):
        at, length = chance.randrange(len(raw)), chance.choice((1, 1, 2, 4, 16, 200))
        other = chance.randrange(len(raw))
        how = chance.randrange(5)
        if how == 0:
            raw[at] = chance.randrange(256)
        elif how == 1:
            raw[at] ^= 1 << chance.randrange(8)
        elif how == 2:
            del raw[at : at + length]
        elif how == 3:
            raw[at:at] = raw[other : other + length]
        else:
            raw[at : at + length] = chance.randbytes(length)
        if not raw:
            break
    return bytes(raw)


def fault(kind: str, read: Submission, sound: Submission) -> str:
    """What must not be: no answer at all, or other figures without a word."""
    if any(p.rule_id == "FILE-UNREADABLE" for p in read.problems):
        return "figures of a refused file" if read.sheets else ""
    if kind != "xls" and said(read) != said(sound):
        return "other figures"
    return ""


def fuzz(campaign: Campaign, folder: Path, material: Material, minutes: float) -> int:
    """Damage and read until the time is over; return how many files went wrong."""
    sounds = {}
    for kind, content in material.content.items():
        (folder / f"sound.{kind}").write_bytes(content)
        sounds[kind] = read_submission(Found(f"sound.{kind}", folder / f"sound.{kind}"), campaign)
    end, seed, wrong, reasons = time.monotonic() + minutes * 60, 0, 0, Counter[str]()
    while time.monotonic() < end:
        found = []
        for number in range(seed, seed + BATCH):
            chance = random.Random(number)
            kind = chance.choice(sorted(sounds))
            path = folder / f"{number}.{kind}"
            path.write_bytes(damaged(material.content[kind], chance))
            found.append(Found(path.name, path))
        for one, read in zip(found, read_many(found, campaign.folder, 2), strict=True):
            kind = one.path.suffix[1:]
            trouble = fault(kind, read, sounds[kind])
            reasons[next((p.values.get("reason", p.rule_id) for p in read.problems), "read")] += 1
            if trouble:
                wrong += 1
                print(f"{one.file}: {trouble}", file=sys.stderr)
            else:
                one.path.unlink()
        seed += BATCH
    print(f"{seed} files, {wrong} wrong; {dict(reasons.most_common())}")
    return wrong


if __name__ == "__main__":
    place = Path(tempfile.mkdtemp(prefix="fuzz-"))
    tiny = load_campaign(made_tiny(place / "tiny"))
    asked = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    sys.exit(1 if fuzz(tiny, place, made_material(tiny, place), asked) else 0)
