"""What must stay true of the program's own text: its layers, its sizes, and whose words stand where."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.catalogue import Campaign

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))
STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 30


def tree_of(path: Path) -> ast.Module:
    """A source file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, line: int) -> str:
    """Where something stands, as an editor would want it."""
    return f"{path.relative_to(ROOT)}:{line}"


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals as they are spelled, with their lines; docstrings and comments are left out."""
    told = {
        line
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type in STRINGS and token.start[0] not in told:
            yield token.start[0], token.string


def lengths(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its lines, from ``def`` to its end, its docstring left out."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                lines -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield f"{place(path, node.lineno)} {node.name}", lines


def is_vietnamese(letter: str) -> bool:
    """Whether a letter is a Latin one beyond ASCII, as Vietnamese has them."""
    return not letter.isascii() and letter.isalpha() and "LATIN" in unicodedata.name(letter, "")


def files_of_the_project() -> list[Path]:
    """Every file that belongs to the project; works in a copy without its history, too."""
    call = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        hidden = (".", "build", "outputs")
        paths = [p for p in ROOT.rglob("*") if not p.relative_to(ROOT).parts[0].startswith(hidden)]
    return [path for path in paths if path.is_file()]


def test_data_runs_one_way():
    """The layers and the rooms of pyproject.toml, checked by import-linter itself."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_of_the_program_is_long():
    """A file that needs scrolling has two jobs."""
    counts = {place(path, 1): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in counts.items() if lines > MOST_LINES} == {}


def test_no_function_of_the_program_is_long():
    """A function is read in one look."""
    found = dict(item for path in SOURCES for item in lengths(path))

    assert {name: lines for name, lines in found.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_no_id_of_the_campaign_stands_in_the_program(campaign: Campaign):
    """Forms, indicators, units, kinds, periods, windows and rules are data, every one of them."""
    lists = (campaign.forms, campaign.indicators, campaign.units, campaign.unit_kinds)
    ids = {name for known in (*lists, campaign.periods, campaign.windows, campaign.rules) for name in known}
    ids = {name for name in ids if not name.islower()}  # "snapshot" is a word of the language, too
    ids |= {f"{quote}{level}{quote}" for level in campaign.levels for quote in "\"'" if level != "A"}
    found = [
        f"{place(path, line)} {text}"
        for path in SOURCES
        for line, text in texts_of(path)
        if ids.intersection(re.findall(r"[\w-]+", text)) or text in ids
    ]

    assert found == []


def test_what_staff_read_is_never_in_the_program():
    """Vietnamese stands in the campaign's files; a docstring or a comment may quote it."""
    found = [
        f"{place(path, line)} {text}"
        for path in SOURCES
        for line, text in texts_of(path)
        if any(is_vietnamese(letter) for letter in text)
    ]

    assert found == []


def test_every_word_that_the_program_asks_for_is_there(campaign: Campaign):
    """A name without words would be a traceback in the middle of a working day."""
    names = set(campaign.words["vi"])
    tables = {name.rsplit(".", parts)[0] for name in names for parts in range(1, name.count(".") + 1)}
    rooms = "|".join(sorted({name.partition(".")[0] for name in names}))
    found = [
        f"{place(path, node.lineno)} {node.value}"
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(rf"({rooms})(\.\w+)+", node.value) and not node.value.endswith((".csv", ".toml"))
        if node.value not in names | tables
    ]

    assert found == []


def test_every_finding_that_the_program_makes_has_its_message(campaign: Campaign):
    """And every message belongs to a finding that can be made."""
    known = set(campaign.messages["vi"])
    kinds = "|".join(sorted({name.partition("-")[0] for name in known}))
    used = {
        node.value
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value in known or re.fullmatch(rf"({kinds})-[A-Z0-9-]*[A-Z0-9]", node.value)
    }

    assert used - known == set()
    assert known - used == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_pins_by_hash_and_names_no_address(name):
    """Whoever installs decides where from; what is installed is the same everywhere."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[\w.\[\]-]+==\S+", text, re.MULTILINE)

    assert "://" not in text
    assert len(pins) > 10
    assert text.count("--hash=sha256:") >= len(pins)


def test_no_file_names_a_package_index():
    """An address that one office can reach is a wall to the next."""
    words = ("index" + "-url", "index" + "_url", "find" + "-links", "trusted" + "-host", "simple" + "/\n")
    hosts = ("pypi" + ".org/simple", "python" + "hosted", "pypi" + ".python")
    found = []
    for path in files_of_the_project():
        text = path.read_bytes().decode("utf-8", errors="ignore").lower()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in (*words, *hosts) if word in text]

    assert found == []
