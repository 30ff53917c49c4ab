"""The short message that goes with a return copy, by e-mail or in a chat: plain text, plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.model import Severity, SourceFile
from pipeline.returns.first_things import first_things, place_name
from pipeline.returns.places import Places
from pipeline.returns.unit import Unit

_END = "\r\n"


def message_of(unit: Unit) -> str:
    """What to do, the first things by name and how many there are in all; or thanks where all is well."""
    return _END.join(_lines(unit)) + _END


def refusal_of(unit: Unit, refused: Sequence[SourceFile]) -> str:
    """Why no figure of the unit could be read, and what to send instead."""
    lines = [unit.word("message.dear", unit=unit.unit.name), ""]
    for source in refused:
        lines += [unit.word("message.refused", file=source.file, why=source.why)]
    lines += ["", unit.word("message.blank", unit_id=unit.unit.unit_id), *_end(unit)]
    return _END.join(lines) + _END


def _lines(unit: Unit) -> Iterator[str]:
    latest, places = unit.latest, Places(unit)
    if unit.banner:
        yield unit.banner
        yield ""
    yield unit.word("message.dear", unit=unit.unit.name)
    yield ""
    yield unit.word("message.received", file=latest.file, number=latest.submission_number)
    if not unit.to_do:
        yield unit.word("message.nothing")
        yield from _regards(unit)
        return
    yield unit.word("message.count", count=len(unit.to_do), parts=_counted(unit))
    yield ""
    yield unit.word("message.first")
    for number, thing in enumerate(first_things(unit, places), start=1):
        where = place_name(unit, places, thing.finding)
        yield unit.word("message.thing", number=number, where=where, said=" ".join(thing.said.split()))
    yield ""
    gaps = {"unit_id": unit.unit.unit_id, "sheet": unit.word("sheet.name"), "number": unit.next_number}
    yield unit.word("message.how", explain=unit.campaign.words[unit.lang]["forms.sheet.explain"], **gaps)
    yield from _end(unit)


def _counted(unit: Unit) -> str:
    count = Counter(finding["severity"] for finding in unit.to_do)
    return ", ".join(unit.word(f"count.{s}", count=count[s]) for s in Severity if count[s])


def _end(unit: Unit) -> Iterator[str]:
    yield unit.word("message.due", due=unit.campaign.settings.texts["due"])
    yield from _regards(unit)


def _regards(unit: Unit) -> Iterator[str]:
    texts = unit.campaign.settings.texts
    yield ""
    yield unit.word("message.regards")
    yield texts["receiver"]
    yield unit.word("message.contact", contact=texts["contact"])
