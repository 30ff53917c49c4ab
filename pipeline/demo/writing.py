"""Right figures -> cells as staff write them: mostly numbers, a few signs for zero, a few numbers as text."""

from __future__ import annotations

from random import Random
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.catalogue.campaign import Words
from pipeline.demo.limits import Cell
from pipeline.demo.returned import Returned
from pipeline.model import ObsStatus

_TYPED_TOTALS: Final = 0.1
"""The share of total rows that are typed over the formula."""
_ZERO_SIGNS: Final = 0.04
"""The share of zeros that are stated by a sign."""
_TEXT_NUMBERS: Final = 0.003
"""The share of counts that are written as text."""


def write_right(returned: Returned, chance: Random) -> None:
    """Fill every cell with its right figure; total rows mostly stay formulas."""
    rows = dict.fromkeys((indicator_id, level) for indicator_id, level, _ in returned.formulas)
    typed = {row for row in rows if chance.random() < _TYPED_TOTALS}
    for cell in [cell for cell in returned.formulas if cell[:2] in typed]:
        del returned.formulas[cell]
    for cell, figure in returned.figures.items():
        if cell not in returned.formulas:
            returned.written[cell] = _written(returned, cell, figure, chance)


def number(returned: Returned, cell: Cell, figure: float) -> float:
    """A figure as a number of the cell's kind: whole for a count."""
    decimals = returned.decimals(cell)
    return round(figure, decimals) if decimals else round(figure)


def own_words(campaign: Campaign) -> Words:
    """The words in the campaign's own language, which is the first."""
    return next(iter(campaign.words.values()))


def sign(returned: Returned, status: ObsStatus, chance: Random) -> str:
    """One of the campaign's signs for a state; empty if there is none."""
    signs = [text for text, stands_for in returned.campaign.signs.items() if stands_for is status]
    return chance.choice(signs) if signs else ""


def _written(returned: Returned, cell: Cell, figure: float, chance: Random) -> float | str:
    if figure == 0 and chance.random() < _ZERO_SIGNS:
        return sign(returned, ObsStatus.ZERO, chance) or 0
    plain = number(returned, cell, figure)
    # A text among the parts of a formula would leave its sum wrong, which has to be explained.
    is_part = returned.reach([cell]) != {cell}
    if isinstance(plain, int) and not is_part and chance.random() < _TEXT_NUMBERS:
        return _as_text(returned, cell, plain, chance)
    return plain


def _as_text(returned: Returned, cell: Cell, count: int, chance: Random) -> str:
    """``1.234``, ``05`` or ``12 hội nghị``: all of them can be read for certain."""
    if count >= 1000:
        return f"{count:,}".replace(",", ".")
    measure = returned.campaign.indicators[cell[0]].unit_measure
    return f"{count:02d}" if chance.random() < 0.5 else f"{count} {measure}"
