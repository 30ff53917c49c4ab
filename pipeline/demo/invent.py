"""Campaign and seed -> returns that could be real, marked as invented."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from pipeline.catalogue import Campaign
from pipeline.demo.figures import believable_figures
from pipeline.demo.limits import unit_limits
from pipeline.demo.mistakes import Mistake, make_mistakes
from pipeline.demo.returned import Returned, begin_return
from pipeline.demo.sizes import Sizes, read_sizes
from pipeline.demo.writing import own_words, write_right
from pipeline.model import Answers, FormRow


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented return, with all the mistakes that were put into it."""

    unit_id: str
    answers: Answers
    mistakes: tuple[Mistake, ...]


def invent(
    campaign: Campaign, seed: int, unit_ids: tuple[str, ...], mistake_share: float
) -> tuple[Invented, ...]:
    """Invent the returns of the units. ``mistake_share``, from 0 to 1, is the share of forms with a mistake.

    A return depends on the campaign, the seed, the unit and the share, never on the other units asked for.
    Without mistakes all rules hold. Raises StopRun where the campaign's rules leave no figures.
    """
    sizes = read_sizes(campaign, seed)
    return tuple(_invent_one(sizes, unit_id, mistake_share) for unit_id in unit_ids)


def _invent_one(sizes: Sizes, unit_id: str, mistake_share: float) -> Invented:
    campaign = sizes.campaign
    limits = unit_limits(campaign, unit_id)
    returned = begin_return(campaign, unit_id, believable_figures(sizes, unit_id, limits), limits)
    write_right(returned, Random(f"{sizes.seed} {unit_id} writing"))
    mistakes = make_mistakes(returned, mistake_share, Random(f"{sizes.seed} {unit_id} mistakes"))
    return Invented(unit_id, _answers(returned, Random(f"{sizes.seed} {unit_id} person")), mistakes)


def _answers(returned: Returned, chance: Random) -> Answers:
    words = own_words(returned.campaign)
    values = {
        (FormRow(indicator_id, level).key, period_id): text
        for (indicator_id, level, period_id), text in returned.written.items()
    }
    return Answers(
        values=values,
        filled_by=chance.choice(words.get("demo.filled_by", "").split("|")),
        phone=words.get("demo.phone", ""),
        banner=words.get("demo.banner", ""),
    )
