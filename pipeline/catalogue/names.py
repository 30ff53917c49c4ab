"""The names of another language: ``names.<lang>.csv``, held against the lists; a campaign that speaks it.

Where a name is missing, or the whole file, the campaign's own name stands in: whoever adds an indicator is
not stopped by a language that nobody in the office asks for. A name for what no list has is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipeline.catalogue.campaign import Campaign, Names
from pipeline.catalogue.settings import LANGUAGES
from pipeline.catalogue.tables import Problems, near_miss, read_table

COLUMNS: Final = ("list", "id", "name")
"""Which list, which entry of it (its id, or where it has none its own text), and what it is called."""

_TEXTS: Final = ("issuer", "place", "receiver", "contact", "due")
_OPTIONAL: Final = {"symbols", "subordinates"}
"""Lists of which an entry may do without: most symbols are the same everywhere, places are proper names."""


def file_of(lang: str) -> str:
    """The file that holds the names of a language."""
    return f"names.{lang}.csv"


def read_names(folder: Path, problems: Problems) -> dict[str, Names]:
    """The names of every language that has a file; one that stands twice is refused."""
    found: dict[str, Names] = {}
    for lang in LANGUAGES[1:]:
        path = folder / file_of(lang)
        if not path.is_file():
            continue
        names: dict[tuple[str, str], tuple[str, int]] = {}
        for row in read_table(path, COLUMNS, problems):
            key = (row.text("list"), row.text("id"))
            if key in names:
                row.refuse("id", f'"{key[1]}" already stands in line {names[key][1]}')
            names.setdefault(key, (row.text("name"), row.line))
        found[lang] = names
    return found


def verify_names(campaign: Campaign, problems: Problems) -> None:
    """Refuse names for what no list has: most are slips of the pen."""
    wanted = {name: list(dict.fromkeys(ids)) for name, ids in _wanted(campaign).items()}
    for lang, names in campaign.names.items():
        for (of_list, entry), (_, line) in names.items():
            if of_list not in wanted:
                problems.add(
                    file_of(lang), line, "list", f'"{of_list}" is not known{near_miss(of_list, wanted)}'
                )
            elif entry not in wanted[of_list]:
                hint = near_miss(entry, wanted[of_list])
                problems.add(file_of(lang), line, "id", f'"{entry}" is not known{hint}')


def missing_names(campaign: Campaign, lang: str) -> list[tuple[str, str]]:
    """What has no name of its own in a language, by list and id; places and signs may do without."""
    names = campaign.names.get(lang, {})
    return [
        (of_list, entry)
        for of_list, entries in _wanted(campaign).items()
        for entry in dict.fromkeys(entries)
        if of_list not in _OPTIONAL and (of_list, entry) not in names
    ]


def _wanted(campaign: Campaign) -> dict[str, Iterable[str]]:
    """What has no twin in its own list: by list, the ids or own texts."""
    sides = (lines for heading in campaign.settings.headings.values() for lines in heading.values())
    return {
        "units": campaign.units,
        "subordinates": campaign.subordinates,
        "indicators": campaign.indicators,
        "periods": campaign.periods,
        "groups": (headline.group for headline in campaign.headlines),
        "signatures": (kind.signature for kind in campaign.unit_kinds.values()),
        "headings": (line for lines in sides for line in lines),
        "texts": _TEXTS,
        "symbols": campaign.settings.symbols,
    }


@lru_cache(maxsize=8)
def in_language(campaign: Campaign, lang: str) -> Campaign:
    """The campaign with all names in a language; the same object where it already speaks it."""
    if campaign.lang == lang:
        return campaign
    if campaign.own is not None:
        return campaign.own if campaign.own.lang == lang else in_language(campaign.own, lang)
    named = _Named(campaign.names.get(lang, {}))
    settings = replace(
        campaign.settings,
        texts={name: named("texts", name, text) for name, text in campaign.settings.texts.items()},
        symbols={name: named("symbols", name, sign) for name, sign in campaign.settings.symbols.items()},
        headings={
            kind: {
                side: tuple(named("headings", line, line) for line in lines) for side, lines in sides.items()
            }
            for kind, sides in campaign.settings.headings.items()
        },
    )
    return replace(_with_twins(campaign, named), settings=settings, lang=lang, own=campaign)


def in_every_language(campaign: Campaign) -> tuple[Campaign, ...]:
    """The campaign in its own language, then in each that its lists or its file of names give."""
    return tuple(in_language(campaign, lang) for lang in LANGUAGES)


@lru_cache(maxsize=8)
def twins_of(campaign: Campaign) -> Mapping[str, str]:
    """From names in the campaign's own language, which files are read with, to those it speaks now."""
    own = campaign.own or campaign
    indicators = ((i.name, campaign.indicators[name].name) for name, i in own.indicators.items())
    periods = ((p.label, campaign.periods[name].label) for name, p in own.periods.items())
    units = ((u.name, campaign.units[name].name) for name, u in own.units.items())
    return dict((*indicators, *periods, *units))


class _Named:
    """Looks a name up, and gives the campaign's own where there is none."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def __call__(self, of_list: str, entry: str, own: str) -> str:
        return self.names.get((of_list, entry), (own, 0))[0]


def _with_twins(campaign: Campaign, named: _Named) -> Campaign:
    """All lists with the twins that they hold themselves, and with those of the file of names."""
    return replace(
        campaign,
        levels={k: replace(v, name=v.name_en) for k, v in campaign.levels.items()},
        unit_kinds={
            k: replace(v, name=v.name_en, signature=named("signatures", v.signature, v.signature))
            for k, v in campaign.unit_kinds.items()
        },
        units={k: replace(v, name=named("units", k, v.name)) for k, v in campaign.units.items()},
        periods={k: replace(v, label=named("periods", k, v.label)) for k, v in campaign.periods.items()},
        windows={k: replace(v, label=v.label_en) for k, v in campaign.windows.items()},
        measures={
            k: replace(v, unit_measure=v.name_en, spellings=(v.unit_measure, *v.spellings))
            for k, v in campaign.measures.items()
        },
        forms={k: replace(v, title=v.title_en) for k, v in campaign.forms.items()},
        indicators={
            k: replace(v, name=named("indicators", k, v.name)) for k, v in campaign.indicators.items()
        },
        subordinates={
            k: replace(v, name=named("subordinates", k, v.name)) for k, v in campaign.subordinates.items()
        },
        charts=tuple(replace(v, title=v.title_en) for v in campaign.charts),
        headlines=tuple(
            replace(v, label=v.label_en, group=named("groups", v.group, v.group)) for v in campaign.headlines
        ),
    )
