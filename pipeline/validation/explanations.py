"""Which explanation answers which finding: by the id on its line, else by what the unit names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import Campaign
from pipeline.catalogue.names import in_every_language
from pipeline.model import Explanation, Finding, Submission
from pipeline.validation.findings import Findings, Place
from pipeline.validation.numbers import normalise

_BETWEEN = re.compile(r"[,;\n]+")


@dataclass(frozen=True, slots=True)
class _Meant:
    """What one line names; an empty set names nothing, and so leaves that part open."""

    forms: frozenset[str]
    indicators: frozenset[str]
    levels: frozenset[str]
    periods: frozenset[str]


@dataclass(slots=True)
class Explanations:
    """The explanations of all units. Each is used for every finding that it names."""

    campaign: Campaign
    submissions: Sequence[Submission]
    used: set[int] = field(default_factory=set)
    _given: dict[str, list[tuple[int, Submission, Explanation]]] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _names: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _meant: dict[int, _Meant | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = defaultdict(list)
        for submission in self.submissions:
            for explanation in submission.explanations:
                given[submission.unit_id].append((id(explanation), submission, explanation))
        self._given = {unit_id: sorted(all_, key=_latest) for unit_id, all_ in given.items() if unit_id}
        for submission in self.submissions:
            last = self._last.get(submission.unit_id, 0)
            self._last[submission.unit_id] = max(last, submission.submission_number)
            self._numbers.setdefault(submission.file, submission.submission_number)
        self._names = _names(self.campaign)

    def answer_to(self, finding: Finding) -> str:
        """What the unit explains about a finding, and who does; empty where it does not.

        An explanation in an earlier file than the figure's own does not speak of this figure.
        """
        number = self._numbers.get(finding.file, 0)
        answers = [
            (number_, explanation)
            for number_, submission, explanation in self._given.get(finding.unit_id, ())
            if submission.submission_number >= number and self._speaks_of(explanation, finding)
        ]
        self.used.update(number_ for number_, _ in answers)
        texts = (f"{e.text} ({e.by})" if e.by else e.text for _, e in answers)
        return next(texts, "")

    def tell_unused(self, findings: Findings) -> None:
        """An explanation of nothing that was asked is told, lest someone believe that it was heard.

        Those of earlier files have had their time.
        """
        for unit_id, given in self._given.items():
            for number, submission, e in given:
                if number not in self.used and submission.submission_number == self._last[unit_id]:
                    place = Place(unit_id, submission.file, sheet=e.sheet, cell=e.cell)
                    findings.add("EXPLANATION-UNUSED", place, e.text)

    def _speaks_of(self, explanation: Explanation, finding: Finding) -> bool:
        if explanation.finding_id:
            return explanation.finding_id == finding.finding_id
        if id(explanation) not in self._meant:
            self._meant[id(explanation)] = self._read(explanation)
        meant = self._meant[id(explanation)]
        if meant is None:
            return False
        if finding.indicator_id:
            named = meant.indicators
            return finding.indicator_id in named and all(
                not allowed or not value or value in allowed
                for allowed, value in ((meant.levels, finding.level), (meant.periods, finding.period_id))
            )
        return finding.form_id in meant.forms and not meant.indicators and not meant.periods

    def _read(self, explanation: Explanation) -> _Meant | None:
        """What a line names; None where a part of it cannot be told for certain."""
        forms = self._known("form", explanation.form)
        key, _, level = explanation.row.partition("|")
        indicators = self._known("indicator", key)
        levels = self._known("level", level.strip() or explanation.level)
        periods = self._known("period", explanation.period)
        if forms is None or indicators is None or levels is None or periods is None:
            return None
        if forms:
            indicators = {i for i in indicators if self.campaign.indicators[i].form_id in forms}
        if explanation.row.strip() and len(indicators) != 1:
            return None
        return _Meant(*(frozenset(names) for names in (forms, indicators, levels, periods)))

    def _known(self, kind: str, text: str) -> set[str] | None:
        """The ids that a text names, set apart by commas or not; None where a name is not known."""
        names = self._names[kind]
        whole = names.get(normalise(text))
        if whole is not None or not text.strip():
            return whole or set()
        found = [names.get(normalise(part)) for part in _BETWEEN.split(text) if part.strip()]
        known = [one for one in found if one is not None]
        return set().union(*known) if len(known) == len(found) else None


def _latest(given: tuple[int, Submission, Explanation]) -> tuple[int, str, str]:
    return (-given[1].submission_number, given[1].file, given[2].cell)


def _names(campaign: Campaign) -> dict[str, dict[str, set[str]]]:
    """By kind and normalised name, the ids that a unit may mean by it."""
    found: dict[str, dict[str, set[str]]] = {}
    for kind, pairs in (
        ("form", _form_names(campaign)),
        ("indicator", _indicator_names(campaign)),
        ("level", _level_names(campaign)),
        ("period", _period_names(campaign)),
    ):
        names: dict[str, set[str]] = defaultdict(set)
        for name_id, name in pairs:
            if name:
                names[normalise(name)].add(name_id)
        found[kind] = dict(names)
    return found


def _form_names(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for form in campaign.forms.values():
        yield form.form_id, form.form_id
        yield form.form_id, form.number
        for words in campaign.words.values():
            yield form.form_id, words.get("forms.form_number", "{number}").format(number=form.number)


def _indicator_names(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for named in in_every_language(campaign):
        for indicator in named.indicators.values():
            yield indicator.indicator_id, indicator.indicator_id
            yield indicator.indicator_id, indicator.name


def _period_names(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for named in in_every_language(campaign):
        for period in named.periods.values():
            yield period.period_id, period.period_id
            yield period.period_id, period.label


def _level_names(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for level_id in campaign.levels:
        yield level_id, level_id
        for named in in_every_language(campaign):
            yield level_id, named.levels[level_id].name
        for words in campaign.words.values():
            yield level_id, words.get(f"forms.level.{level_id}", "")
