"""Results -> what goes back to each unit that has sent something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.book import Sheet
from pipeline.catalogue import Campaign, in_language
from pipeline.model import Answers, Markup, SourceFile
from pipeline.returns.figures import answers_of
from pipeline.returns.first_sheet import first_sheet
from pipeline.returns.marks import markup_of
from pipeline.returns.message import message_of, refusal_of
from pipeline.returns.unit import CellOf, Sent, Unit

if TYPE_CHECKING:
    from pipeline.frames import Results


@dataclass(frozen=True, slots=True)
class ReturnCopy:
    """What one unit gets back: a message, and where something is to be done the copy to correct.

    ``failure``: why it could not be made, which is a fault of the program and harms no other unit.
    ``answers``, ``markup`` and ``front`` (the first sheet) are None where the message says everything.
    """

    unit_id: str
    message: str = ""
    answers: Answers | None = None
    markup: Markup | None = None
    front: Sheet | None = None
    failure: str = ""


def return_copies(
    campaign: Campaign, results: Results, lang: str, cells_of: Callable[[str], CellOf]
) -> Iterator[ReturnCopy]:
    """One per unit that has sent something, in the order of the campaign.

    ``cells_of`` tells for a unit where its template has each cell.
    """
    from pipeline.returns.sent import all_sent

    for sent in all_sent(campaign, results):
        yield return_copy(campaign, sent, lang, cells_of)


def return_copy(campaign: Campaign, sent: Sent, lang: str, cells_of: Callable[[str], CellOf]) -> ReturnCopy:
    """What one unit gets back."""
    campaign, unit_id = in_language(campaign, lang), sent.unit_id
    reporting, given = campaign.units[unit_id], (sent.submissions, sent.findings)
    unit = Unit(campaign, sent.counted, lang, reporting, *given, cells_of(unit_id))
    try:
        return _copy_of(unit, sent.refused)
    except Exception as error:
        return ReturnCopy(unit_id, failure=f"{type(error).__name__}: {error}")


def _copy_of(unit: Unit, refused: Sequence[SourceFile]) -> ReturnCopy:
    unit_id = unit.unit.unit_id
    if not unit.readable:
        return ReturnCopy(unit_id, refusal_of(unit, refused))
    if not unit.to_do:
        return ReturnCopy(unit_id, message_of(unit))
    markup = markup_of(unit)
    return ReturnCopy(unit_id, message_of(unit), answers_of(unit), markup, first_sheet(unit, markup))
