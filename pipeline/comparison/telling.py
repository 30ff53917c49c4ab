"""What changed between two runs, in sentences: the same on the screen and in the summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from pipeline.catalogue import Campaign
from pipeline.comparison import Cause, Changes, Comparable
from pipeline.model import FormRow

MOST_UNITS: Final = 12
"""So many units are named beside a figure; the others are summed up there and all listed by cell."""

_HEAVY: Final = 0.0
_NAMES: Final = ("indicator_id", "level", "period_id")


@dataclass(frozen=True, slots=True)
class Part:
    """What the cells of one unit and cause add to a figure; ``share`` is NaN where figures do not add."""

    unit_id: str
    cause: str
    share: float
    cells: int


@dataclass(frozen=True, eq=False)
class Telling:
    """Speaks about the changes of one pair of runs in one language."""

    campaign: Campaign
    lang: str
    changes: Changes
    key: tuple[str, ...] = field(default=_NAMES, init=False)

    def word(self, name: str, **gaps: object) -> str:
        """A text of the room with its gaps filled."""
        return self.campaign.words[self.lang][f"changes.{name}"].format(**gaps)

    def number(self, value: float) -> str:
        """A number as the reader writes it."""
        text = f"{value:,.6f}".rstrip("0").rstrip(".")
        point = self.campaign.words[self.lang]["rule.decimal_point"]
        return text if point == "." else text.translate(str.maketrans(",.", ".,"))

    def signed(self, value: float) -> str:
        """A difference, always with its sign."""
        return f"{'−' if value < 0 else '+'}{self.number(abs(value))}"

    def summary(self) -> str:
        """Which runs are compared, and how much is different."""
        changes = self.changes
        gaps = {"old": changes.old_id, "new": changes.new_id}
        if changes.comparable is not Comparable.YES:
            return self.word(f"told.{changes.comparable}", **gaps)
        if changes.same_inputs and changes.same_campaign and changes.same_program:
            return self.word("told.same", **gaps)
        told = [
            self.word(
                "told.unchanged" if changes.is_empty else "told.yes",
                **gaps,
                files=len(changes.files),
                cells=len(changes.cells),
                units=changes.cells["unit_id"].nunique(),
                figures=len(changes.figures),
            )
        ]
        if not changes.same_campaign:
            told.append(self.word("told.campaign"))
        if not changes.same_program:
            told.append(self.word("told.program"))
        return " ".join(told)

    def parts(self, figure: Mapping[Any, Any]) -> tuple[Part, ...]:
        """What a figure's difference is made of, the largest first within each cause."""
        found = self._parts.get(tuple(figure[name] for name in self.key), [])
        return tuple(sorted(found, key=lambda part: (part.cause, -abs(part.share or _HEAVY))))

    def because(self, figure: Mapping[Any, Any]) -> str:
        """One sentence for each cause of a figure's difference, with the units and what each adds."""
        told = [*self._ratio(figure)]
        by_cause: dict[str, list[Part]] = {}
        for part in self.parts(figure):
            by_cause.setdefault(part.cause, []).append(part)
        for cause, parts in by_cause.items():
            told.append(f"{self.word(f'cause.{cause}')}: {self._units(parts)}.")
        if figure["rest_cause"]:
            told.append(self._rest(figure))
        return " ".join(told)

    def cause(self, cause: str) -> str:
        """A cause in words."""
        return self.word(f"cause.{Cause(cause)}")

    def findings(self, tokens: str) -> str:
        """The errors that were found or closed in a cell, with what became of them."""
        told = []
        for token in tokens.split():
            rule_id, _, now = token.split("|")
            told.append(f"{rule_id}: {self.word(f'finding.{now}')}")
        return "; ".join(told)

    @cached_property
    def _parts(self) -> Mapping[tuple[str, ...], list[Part]]:
        found: dict[tuple[str, ...], list[Part]] = {}
        columns = (*self.key, "unit_id", "cause", "share", "cells")
        for *key, unit_id, cause, share, cells in zip(
            *(self.changes.shares[name] for name in columns), strict=True
        ):
            found.setdefault(tuple(key), []).append(Part(unit_id, cause, float(share), int(cells)))
        return found

    @cached_property
    def _values(self) -> Mapping[tuple[str, ...], tuple[float, float]]:
        """The old and new value of every changed figure."""
        columns = (*self.key, "old_value", "new_value")
        return {
            tuple(key): (was, now)
            for *key, was, now in zip(*(self.changes.figures[name] for name in columns), strict=True)
        }

    def _units(self, parts: list[Part]) -> str:
        told = [self._unit(part) for part in parts[:MOST_UNITS]]
        others = parts[MOST_UNITS:]
        if others:
            share = sum(part.share for part in others)
            added = f" {self.signed(share)}" if share == share else ""
            told.append(self.word("others", count=len(others)) + added)
        return "; ".join(told)

    def _unit(self, part: Part) -> str:
        unit = self.campaign.units.get(part.unit_id)
        name = unit.name if unit else part.unit_id
        if part.share != part.share:
            return f"{name} ({self.word('cells', count=part.cells)})"
        return f"{name} {self.signed(part.share)}" if part.share else name

    def _ratio(self, figure: Mapping[Any, Any]) -> Iterator[str]:
        """For a figure that is no sum: what it is computed from, before and now."""
        if figure["is_sum"]:
            return
        parts = self.campaign.parts[figure["indicator_id"]]
        for name, side in (("over", parts.numerator), ("under", parts.denominator)):
            for ref in side.refs if side else ():
                key = (ref.indicator_id, figure["level"], figure["period_id"])
                if key in self._values:
                    was, now = (self._shown(value) for value in self._values[key])
                    row = FormRow(ref.indicator_id, figure["level"]).key
                    yield self.word(f"ratio.{name}", row=row, was=was, now=now)

    def _rest(self, figure: Mapping[Any, Any]) -> str:
        told = self.word(f"rest.{figure['rest_cause']}")
        return f"{told} {self.signed(figure['rest'])}." if figure["rest"] else f"{told}."

    def _shown(self, value: float) -> str:
        return self.campaign.settings.symbols["O"] if value != value else self.number(value)
