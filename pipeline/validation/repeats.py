"""What one file of a unit means for another: told once for all the forms of which it is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.validation.findings import Findings, Place

_Said = tuple[str, str, str, tuple[tuple[str, str], ...]]
"""The id of a finding, the unit, its file, and what fills the gaps of the words."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Collects by form what is said of a file, and tells it by file."""

    noted: dict[_Said, list[Place]] = field(default_factory=dict)

    def note(self, rule_id: str, place: Place, gaps: Mapping[str, str]) -> None:
        """Something is true of one form, whose place this is. ``gaps`` tell the occasion."""
        said = (rule_id, place.unit_id, place.file, tuple(sorted(gaps.items())))
        self.noted.setdefault(said, []).append(place)

    def tell(self, findings: Findings) -> None:
        """One finding for each file and occasion, at the form's place where it is about one form only."""
        for (rule_id, _, _, gaps), places in self.noted.items():
            forms = list(dict.fromkeys(place.form_id for place in places))
            place = places[0] if len(forms) == 1 else replace(places[0], form_id="", sheet="")
            findings.add(rule_id, place, forms=", ".join(forms), **dict(gaps))
