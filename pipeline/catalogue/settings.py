"""The campaign's TOML files: what is said once, the words that staff read, the theme."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.catalogue.campaign import Settings, Words
from pipeline.catalogue.tables import Problems, flatten, line_of, read_toml
from pipeline.model import MessageTemplate, Severity

LANGUAGES = ("vi", "en")
"""The languages that a campaign's words come in; the first is the default."""

_TEXTS = ("title", "title_en", "scope", "scope_en", "issuer", "place", "receiver", "contact", "due")
_SYMBOLS = ("M", "O", "U", "E", "provisional", "right", "wrong")
_BOUNDS = (
    *("jump_factor", "jump_floor", "peers_factor", "peers_least", "peers_floor", "power_tolerance"),
    *("power_floor", "copied_least", "copied_floor", "twins_least"),
)
_SIDES = ("left", "right")
_SAID = ("saw", "do")


def read_settings(folder: Path, problems: Problems) -> Settings:
    """``campaign.toml``; whatever is missing in it, or of the wrong kind, is a problem."""
    raw = _Toml(folder / "campaign.toml", problems)
    problems.is_readable &= bool(raw.nested)
    headings = {
        kind: {side: raw.texts(f"heading.{kind}.{side}") for side in _SIDES}
        for kind in raw.tables_in("heading")
    }
    return Settings(
        campaign_id=raw.text("campaign_id"),
        template_version=raw.text("template_version"),
        accepted_template_versions=raw.texts("accepted_template_versions"),
        texts={name: raw.text(name) for name in _TEXTS},
        symbols={name: raw.text(f"symbols.{name}") for name in _SYMBOLS},
        main_window=raw.text("main_window"),
        headings=headings,
        plausibility={name: raw.number(f"plausibility.{name}") for name in _BOUNDS},
    )


def read_words(folder: Path, problems: Problems) -> dict[str, Words]:
    """``words/*.<lang>.toml`` as flat dotted names; every language must have the same names and gaps."""
    words: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGES}
    for stem in sorted({path.name.split(".")[0] for path in (folder / "words").glob("*.toml")}):
        paths = {lang: folder / "words" / f"{stem}.{lang}.toml" for lang in LANGUAGES}
        read = {
            lang: _texts(path, flatten(read_toml(path, problems)), problems) for lang, path in paths.items()
        }
        _same(read, paths, problems)
        for lang, path in paths.items():
            for name in sorted(words[lang].keys() & read[lang].keys()):
                problems.add(path.name, line_of(path, name), name, "already stands in another file of words")
            words[lang].update(read[lang])
    return dict(words)


def read_messages(folder: Path, problems: Problems) -> dict[str, dict[str, MessageTemplate]]:
    """``messages.<lang>.toml``; the severity stands in the campaign's own language only."""
    paths = {lang: folder / f"messages.{lang}.toml" for lang in LANGUAGES}
    raw = {lang: _Toml(path, problems) for lang, path in paths.items()}
    own = raw[LANGUAGES[0]]
    severities = {name: own.severity(f"{name}.severity") for name in own.tables_in("")}
    said = {
        lang: {f"{name}.{part}": toml.text(f"{name}.{part}") for name in toml.tables_in("") for part in _SAID}
        for lang, toml in raw.items()
    }
    _same(said, paths, problems)
    return {
        lang: {
            name: MessageTemplate(name, severity, *(texts.get(f"{name}.{part}", "") for part in _SAID))
            for name, severity in severities.items()
        }
        for lang, texts in said.items()
    }


def read_theme(folder: Path, problems: Problems) -> Mapping[str, Any]:
    """``theme/*.toml``: fonts, colours and the look of each style name; a name stands in one file only."""
    theme: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / "theme").glob("*.toml")):
        toml = _Toml(path, problems)
        for section in toml.tables_in(""):
            for name, value in toml.nested[section].items():
                if name in theme.setdefault(section, {}):
                    toml.refuse(f"{section}.{name}", "already stands in another file of the theme")
                theme[section][name] = value
    return theme


class _Toml:
    """One TOML file, read by dotted names; a value that is missing or of the wrong kind is a problem."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self.nested = read_toml(path, problems)
        self.values = flatten(self.nested)

    def refuse(self, name: str, message: str) -> None:
        """Remember a contradiction at a dotted name."""
        self.problems.add(self.path.name, line_of(self.path, name), name, message)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, "must be a text that is not empty")
            return ""
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name)
        if not isinstance(value, list) or not value or not all(isinstance(v, str) and v for v in value):
            self.refuse(name, "must be a list of texts")
            return ()
        return tuple(value)

    def number(self, name: str) -> float:
        value = self.values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
            return float(value)
        self.refuse(name, "must be a number of at least 0")
        return 0.0

    def severity(self, name: str) -> Severity:
        try:
            return Severity(str(self.values.get(name)))
        except ValueError:
            self.refuse(name, f"must be one of {', '.join(Severity)}")
            return Severity.INFO

    def tables_in(self, name: str) -> list[str]:
        """The names of the tables under a dotted name ("" is the whole file); anything else is refused."""
        nested = self.nested.get(name, {}) if name else self.nested
        tables = nested.items() if isinstance(nested, dict) else ()
        for key, value in tables:
            if not isinstance(value, dict):
                self.refuse(f"{name}.{key}".lstrip("."), "must be a table")
        return [key for key, value in tables if isinstance(value, dict)]


def _texts(path: Path, values: Mapping[str, Any], problems: Problems) -> dict[str, str]:
    for name, value in values.items():
        if not isinstance(value, str):
            problems.add(path.name, line_of(path, name), name, "must be a text")
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _same(texts: Mapping[str, Mapping[str, str]], paths: Mapping[str, Path], problems: Problems) -> None:
    """Each language must have the same names, and each text the same gaps."""
    own = texts[LANGUAGES[0]]
    if not all(texts.values()):
        return  # a file that cannot be read was refused as a whole
    for lang in LANGUAGES[1:]:
        twin, path = texts[lang], paths[lang]
        for name in sorted(own.keys() ^ twin.keys()):
            there = path if name in own else paths[LANGUAGES[0]]
            problems.add(there.name, line_of(there, name), name, "is missing; the other language has it")
        for name in sorted(own.keys() & twin.keys()):
            gaps = [_gaps(text) for text in (own[name], twin[name])]
            if None in gaps:
                problems.add(path.name, line_of(path, name), name, "has a { or } without its partner")
            elif gaps[0] != gaps[1]:
                problems.add(path.name, line_of(path, name), name, "its {gaps} differ between the languages")


def _gaps(text: str) -> set[str] | None:
    try:
        return {gap for _, gap, _, _ in string.Formatter().parse(text) if gap is not None}
    except ValueError:
        return None
