"""README and guides are complete and true: files, columns, statuses, severities, pictures, commands."""

from __future__ import annotations

import re
import shlex
import struct
import sys
from pathlib import Path

import pytest

from pipeline.catalogue import load_campaign
from pipeline.catalogue.lists import COLUMNS
from pipeline.cli.app import app
from pipeline.cli.ending import Status
from pipeline.model import Severity

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "huong-dan.md"
WINDOWS = ROOT / "docs" / "huong-dan-windows.md"
ADAPTING = ROOT / "docs" / "adapting.md"
PICTURES = ROOT / "docs" / "pictures"
PAGES = (README, GUIDE, WINDOWS, ADAPTING)


def text(page: Path) -> str:
    """A document."""
    return page.read_text(encoding="utf-8")


def quoted(page: Path) -> list[list[str]]:
    """The words of every ``aggregate`` command that stands in a block of commands."""
    blocks = re.findall(r"```(?:sh|bat)\n(.*?)```", text(page), flags=re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    ours = [line for line in lines if re.match(r"(?:\.venv.Scripts.)?aggregate\b", line)]
    return [shlex.split(line, posix=False)[1:] for line in ours]


def table_under(heading: str) -> str:
    """What stands under one heading of the guide for adapting."""
    return text(ADAPTING).partition(f"### {heading}\n")[2].partition("\n### ")[0].partition("\n## ")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_program_understands_every_command_that_a_document_quotes(page, monkeypatch):
    """What a reader copies from the page is accepted by the parser (nothing is run)."""
    import typer

    commands = quoted(page)
    refused = []
    for words in commands:
        monkeypatch.setattr(sys, "argv", ["aggregate", *words])
        try:
            _parse(typer.main.get_command(app), words)
        except Exception as error:
            refused.append((words, str(error)))

    assert commands
    assert refused == []


def _parse(command, words):
    """Parse a command line with its verb, as the program does, and run nothing."""
    if "--help" in words:
        words = [word for word in words if word != "--help"]
    with command.make_context("aggregate", list(words), resilient_parsing=False) as context:
        rest = [*getattr(context, "_protected_args", []), *context.args]
        if not rest:
            return
        _, verb, arguments = command.resolve_command(context, rest)
        with verb.make_context(verb.name, list(arguments), parent=context):
            pass


def test_the_readme_names_exactly_two_commands_to_try_the_program():
    """Whoever tries it needs make demo and make test, and nothing else."""
    named = re.findall(r"^make .*$", text(README), flags=re.M)
    targets = re.findall(r"^(\w+):", text(ROOT / "Makefile"), flags=re.M)

    assert named == ["make demo", "make test"]
    assert {"demo", "test", "pictures"} <= set(targets)


def test_every_picture_that_a_document_shows_is_there_and_each_is_shown():
    """No broken picture, no forgotten one."""
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text(page))
    }

    assert shown == {path.resolve() for path in PICTURES.glob("*.png")}


def test_the_pictures_are_small_pngs():
    """Each is under 150 KB and all together under 1.5 MB, so that a clone stays light."""
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    widths = [struct.unpack(">I", path.read_bytes()[16:20])[0] for path in PICTURES.glob("*.png")]

    assert all(size < 150_000 for size in sizes.values()), sizes
    assert sum(sizes.values()) < 1_500_000
    assert all(600 <= width <= 1600 for width in widths)


def test_every_link_between_the_documents_leads_somewhere():
    """A relative link names a file that is there."""
    broken = [
        (page.name, target)
        for page in (*PAGES, ROOT / "docs" / "architecture.md")
        for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", text(page))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


@pytest.mark.parametrize("file", sorted(COLUMNS))
def test_every_column_of_every_list_is_explained(file):
    """Whoever adapts a campaign finds each column of each file."""
    explained = set(
        re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`[^|]*) \|", table_under(file), flags=re.M)))
    )

    assert explained == set(COLUMNS[file])


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_every_exit_status_is_explained_to_staff(page):
    """The table of exit statuses is the program's."""
    told = [int(number) for number in re.findall(r"^\| (\d) \|", text(page), flags=re.M)]

    assert told == [int(status) for status in Status]


@pytest.mark.parametrize("page", [GUIDE, ADAPTING], ids=lambda page: page.name)
def test_every_severity_is_explained(page):
    """The table of severities is the program's."""
    told = re.findall(r"^\| `(\w+)` \|", text(page), flags=re.M)

    assert [name for name in told if name in set(Severity)] == [str(severity) for severity in Severity]


def test_the_guide_calls_the_severities_what_screen_and_summary_call_them():
    """A reader finds on the page the words that stand on the screen and in the workbook."""
    words = load_campaign().words["vi"]
    rows = [f"| `{s}` | {words[f'cli.severity.{s}']} | {words[f'summary.severity.{s}']} |" for s in Severity]

    assert [row for row in rows if row not in text(GUIDE)] == []


def test_the_guides_name_every_sheet_and_symbol_as_the_summary_does():
    """Sheet names and symbols come from the campaign; the pages follow."""
    campaign = load_campaign()
    words = campaign.words["vi"]
    names = [value for name, value in words.items() if re.fullmatch(r"summary\.sheet\.\w+\.name", name)]
    names = [name.partition(" {")[0] for name in names]
    symbols = [campaign.settings.symbols[name] for name in ("M", "O", "U", "E", "provisional")]

    for page in (README, GUIDE):
        assert [symbol for symbol in symbols if f"| `{symbol}` |" not in text(page)] == [], page.name
    assert [name for name in names if f"`{name}" not in text(GUIDE)] == []


def test_the_screen_that_the_pages_show_has_the_words_of_the_program():
    """The report that is quoted is what the program says, up to its figures."""
    words = load_campaign().words["vi"]
    for page in (README, GUIDE):
        screen = next(block for block in re.findall(r"```text\n(.*?)```", text(page), flags=re.S))
        patterns = [words[f"cli.report.{name}"] for name in ("summary", "rate", "not_sent", "see")]
        spoken = [".+".join(map(re.escape, re.split(r"\{\w+\}", pattern))) for pattern in patterns]

        assert [pattern for pattern in spoken if not re.search(pattern, screen)] == [], page.name
