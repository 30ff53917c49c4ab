"""What every sheet of one template is made from, and the frame that all of them share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.book import Merge
from pipeline.catalogue import Campaign
from pipeline.catalogue.campaign import Words
from pipeline.forms.figures import UnitFigures
from pipeline.forms.layout import BANNER, FIRST_HEADING
from pipeline.forms.lines import height
from pipeline.forms.places import Places
from pipeline.model import Answers, Markup, ReportingUnit, UnitKind


@dataclass(frozen=True, slots=True)
class Desk:
    """One template in the making: whose it is, in which language, with which answers if any.

    With ``markup`` it is a return copy: the answers are what the unit sent, and what is wrong is marked.
    """

    campaign: Campaign
    unit: ReportingUnit
    lang: str
    places: Places
    answers: Answers | None
    figures: UnitFigures
    markup: Markup | None = None

    @property
    def words(self) -> Words:
        """The campaign's words in the language of the template."""
        return self.campaign.words[self.lang]

    @property
    def kind(self) -> UnitKind:
        """The kind of the unit."""
        return self.campaign.unit_kinds[self.unit.kind]

    @property
    def banner(self) -> str:
        """What stands on top of every sheet; empty on a real form."""
        return self.answers.banner if self.answers is not None else ""

    def word(self, name: str, **gaps: str) -> str:
        """One text of this room, its gaps filled. Raises KeyError where the campaign lacks it."""
        return self.words[f"forms.{name}"].format(**gaps)


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of a sheet from ``first`` to ``last`` and how wide each is, in characters."""

    first: int
    last: int
    widths: Mapping[int, float]

    @property
    def width(self) -> float:
        """All of them together."""
        return sum(self.widths[column] for column in range(self.first, self.last + 1))


def banner(desk: Desk, block: Block) -> list[Merge]:
    """The line that says that the figures are invented, if they are."""
    if not desk.banner:
        return []
    return [Merge(BANNER, block.first, BANNER, block.last, desk.banner, "form.banner")]


def heading(desk: Desk, left: Block, right: Block) -> Iterator[Merge]:
    """The heading of an official document: who issues it, who the unit is; the country's or Party's line."""
    sides = desk.campaign.settings.headings[desk.kind.heading]
    texts = desk.campaign.settings.texts
    gaps = {"unit": desk.unit.name.upper(), "place": texts["place"], "issuer": texts["issuer"]}
    for side, block in (("left", left), ("right", right)):
        for index, line in enumerate(sides.get(side, ())):
            row = FIRST_HEADING + index
            own = f"form.heading.{desk.kind.heading}.{side}.{index + 1}"
            style = own if own in desk.campaign.theme["style"] else "form.heading"
            yield Merge(row, block.first, row, block.last, line.format(**gaps), style)


def line(row: int, block: Block, text: str, style: str) -> Merge:
    """A text over all columns of a block."""
    return Merge(row, block.first, row, block.last, text, style)


def fitted(text: str, block: Block, size: float, *, is_bold: bool = False) -> float:
    """The height of a row that holds a text over a block."""
    return height(text, block.width, size, is_bold=is_bold)
