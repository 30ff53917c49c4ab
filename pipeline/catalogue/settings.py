"""The campaign's TOML files: what is said once, the words that staff read, the theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.catalogue.campaign import Settings, Words
from pipeline.catalogue.tables import Problems, flatten, read_toml
from pipeline.model import MessageTemplate, Severity

LANGUAGES = ("vi", "en")
"""The languages that a campaign's words come in; the first is the default."""

_TEXTS = ("title", "title_en", "scope", "scope_en", "issuer", "place", "receiver", "contact", "due")
_SYMBOLS = ("M", "O", "U", "E", "provisional", "right", "wrong")
_BOUNDS = (
    *("jump_factor", "jump_floor", "peers_factor", "peers_least", "peers_floor", "power_tolerance"),
    *("power_floor", "copied_least", "copied_floor", "twins_least"),
)
_GAP = re.compile(r"{(\w+)}")


def read_settings(folder: Path, problems: Problems) -> Settings:
    """``campaign.toml``; whatever is missing in it is a problem."""
    file = "campaign.toml"
    raw = read_toml(folder / file, problems)
    flat = flatten({name: raw.get(name, {}) for name in ("symbols", "plausibility")})
    for name in ("campaign_id", "template_version", "accepted_template_versions", "main_window", *_TEXTS):
        if not raw.get(name):
            problems.add(file, 1, name, "must not be empty")
    for name in (*(f"symbols.{s}" for s in _SYMBOLS), *(f"plausibility.{b}" for b in _BOUNDS)):
        if name not in flat:
            problems.add(file, 1, name, "must not be empty")
    headings = {
        kind: {side: tuple(lines) for side, lines in sides.items()}
        for kind, sides in raw.get("heading", {}).items()
    }
    return Settings(
        campaign_id=str(raw.get("campaign_id", "")),
        template_version=str(raw.get("template_version", "")),
        accepted_template_versions=tuple(map(str, raw.get("accepted_template_versions", ()))),
        texts={name: str(raw.get(name, "")) for name in _TEXTS},
        symbols={name: str(value) for name, value in raw.get("symbols", {}).items()},
        main_window=str(raw.get("main_window", "")),
        headings=headings,
        plausibility={name: float(value) for name, value in raw.get("plausibility", {}).items()},
    )


def read_words(folder: Path, problems: Problems) -> dict[str, Words]:
    """``words/*.<lang>.toml`` as flat dotted names; every language must have the same names and gaps."""
    words: dict[str, Words] = {lang: {} for lang in LANGUAGES}
    for stem in sorted(path.name.split(".")[0] for path in (folder / "words").glob(f"*.{LANGUAGES[0]}.toml")):
        read = {
            lang: flatten(read_toml(folder / "words" / f"{stem}.{lang}.toml", problems)) for lang in LANGUAGES
        }
        _same(read, stem, problems)
        words = {lang: {**words[lang], **read[lang]} for lang in LANGUAGES}
    return words


def read_messages(folder: Path, problems: Problems) -> dict[str, dict[str, MessageTemplate]]:
    """``messages.<lang>.toml``; the severity stands in the campaign's own language only."""
    raw = {lang: read_toml(folder / f"messages.{lang}.toml", problems) for lang in LANGUAGES}
    _same({lang: _texts_of(messages) for lang, messages in raw.items()}, "messages", problems)
    own = raw[LANGUAGES[0]]
    severities = {name: _severity(name, message, problems) for name, message in own.items()}
    return {
        lang: {
            name: MessageTemplate(
                name, severities.get(name, Severity.INFO), message.get("saw", ""), message.get("do", "")
            )
            for name, message in messages.items()
        }
        for lang, messages in raw.items()
    }


def read_theme(folder: Path, problems: Problems) -> Mapping[str, Any]:
    """``theme/*.toml``: fonts, colours and the look of each style name; a name stands in one file only."""
    theme: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / "theme").glob("*.toml")):
        for section, entries in read_toml(path, problems).items():
            for name, value in entries.items():
                if name in theme.setdefault(section, {}):
                    problems.add(
                        path.name, 1, f"{section}.{name}", "already stands in another file of the theme"
                    )
                theme[section][name] = value
    return theme


def _texts_of(messages: dict[str, Any]) -> dict[str, str]:
    return {
        f"{name}.{part}": message.get(part, "")
        for name, message in messages.items()
        for part in ("saw", "do")
    }


def _severity(name: str, message: dict[str, Any], problems: Problems) -> Severity:
    try:
        return Severity(message.get("severity", ""))
    except ValueError:
        problems.add(f"messages.{LANGUAGES[0]}.toml", 1, f"{name}.severity", "is not a severity")
        return Severity.INFO


def _same(texts: Mapping[str, Mapping[str, Any]], stem: str, problems: Problems) -> None:
    own = texts[LANGUAGES[0]]
    for lang in LANGUAGES[1:]:
        file = f"{stem}.{lang}.toml"
        for name in sorted(set(own) ^ set(texts[lang])):
            problems.add(file, 1, name, f"stands in one of {stem}.*.toml only")
        for name in sorted(set(own) & set(texts[lang])):
            if set(_GAP.findall(str(own[name]))) != set(_GAP.findall(str(texts[lang][name]))):
                problems.add(file, 1, name, "its {gaps} differ from those of the other language")
