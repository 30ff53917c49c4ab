"""What the command line says, in both languages, and how it ends."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from pipeline.catalogue import Campaign
from pipeline.cli import screen
from pipeline.cli.ending import Status, ending
from pipeline.cli.words import LANGUAGES, asked_language, words_of
from pipeline.errors import CampaignProblem, CampaignRefused, OutputBusy, OutputRefused, RuleRefused, WrongUse
from pipeline.model import FileStatus, Severity

ROOT = Path(__file__).parent.parent
PROBLEMS = (CampaignProblem("a.csv", 2, "id", "bad"), CampaignProblem("b.csv", 3, "", "worse"))
CODE = [*(ROOT / "pipeline" / "cli").glob("*.py"), ROOT / "pipeline" / "run.py"]


@pytest.mark.parametrize(
    ("arguments", "lang"),
    [
        ([], "vi"),
        (["--lang", "en"], "en"),
        (["--lang=en", "check"], "en"),
        (["check", "a.xlsx", "--lang", "en"], "en"),
        (["--lang", "vi", "--help"], "vi"),
        (["--lang", "fr"], "vi"),
        (["--lang"], "vi"),
        (["lang", "en"], "vi"),
        (["--lang=", "en"], "vi"),
    ],
)
def test_the_language_is_known_before_the_command_line_is_read(arguments: list[str], lang: str) -> None:
    """Help is in the reader's language too; whatever is not understood is Vietnamese."""
    assert asked_language(arguments) == lang


def test_without_arguments_the_real_command_line_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the program does when it starts."""
    monkeypatch.setattr(sys, "argv", ["aggregate", "--lang", "en"])

    assert asked_language() == "en"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_that_the_code_asks_for_is_there(lang: str, campaign: Campaign) -> None:
    """A missing word would be a fault of the program in front of staff."""
    asked = {
        name
        for path in CODE
        for name in re.findall(r'"((?:cli|summary)\.[a-z_.]+[a-z_])"', path.read_text(encoding="utf-8"))
    }
    asked |= {f"cli.{family}.{one}" for one in Severity for family in ("severity", "effect")}
    asked |= {f"summary.file.{one}" for one in FileStatus}
    asked |= {
        f"cli.column.{name}"
        for name in ("file", "severity", "place", "message", "unit", "number", "status", "name", "forms")
    }

    assert sorted(asked - campaign.words[lang].keys()) == []
    assert len(asked) > 40


def test_both_languages_say_the_same_things() -> None:
    """The same names, the same gaps; the early words are those of the campaign that comes along."""
    vi, en = (words_of(lang) for lang in LANGUAGES)

    assert vi.keys() == en.keys()
    assert all(set(re.findall(r"{\w+}", vi[name])) == set(re.findall(r"{\w+}", en[name])) for name in vi)
    assert all(vi[name] != en[name] for name in vi if "help" in name)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_is_whole_and_quick(lang: str) -> None:
    """It names every verb and option in the language asked for, and loads no heavy library for it."""
    code = """if True:
        import sys
        sys.argv = ["aggregate", "--lang", sys.argv[1], "--help"]
        from pipeline.cli import main
        try:
            main()
        finally:
            print("HEAVY", {"pandas", "pandera", "openpyxl", "xlsxwriter"} & {*sys.modules})
    """
    done = subprocess.run(
        [sys.executable, "-c", code, lang],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={"PATH": "/usr/bin", "COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
        check=False,
    )
    words = words_of(lang)

    assert done.returncode == 0, done.stderr
    assert "HEAVY set()" in done.stdout
    for name in ("templates", "check", "status", "explain", "demo", "min_coverage", "inputs", "quiet"):
        assert name.replace("_", "-") in done.stdout
        assert " ".join(words[f"cli.help.{name}"].split()[:5]) in done.stdout


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (WrongUse("cli.no_file", file="a.xlsx"), 2, ["a.xlsx"]),
        (OutputRefused(Path("out.xlsx"), "in use"), 5, ["out.xlsx", "in use"]),
        (RuleRefused("not understood", 3), 2, ["not understood"]),
        (CampaignRefused(Path("camp"), PROBLEMS), 2, ["camp", "a.csv:2 [id]: bad", "b.csv:3: worse"]),
        (OutputBusy(Path("outputs")), 5, ["outputs"]),
        (KeyboardInterrupt(), 1, []),
        (LookupError("no such"), 1, ["LookupError: no such", "loi-chuong-trinh.log"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)  # fmt: skip
def test_whatever_stops_the_program_ends_in_a_sentence_and_a_status(
    error: BaseException,
    status: int,
    said: list[str],
    lang: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On standard error, never a traceback, and what is wrong is named."""
    with pytest.raises(typer.Exit) as left, ending(lang, tmp_path / "outputs"):
        raise error
    shown = capsys.readouterr()

    assert left.value.exit_code == status
    assert shown.out == ""
    assert shown.err.strip()
    assert "Traceback" not in shown.err
    assert "{" not in shown.err
    assert all(text in shown.err for text in said)


def test_the_details_of_a_fault_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a file for whoever mends it; where that cannot be written, they are shown after all."""
    with pytest.raises(typer.Exit), ending("en", tmp_path):
        raise LookupError("x")
    capsys.readouterr()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(typer.Exit), ending("en", tmp_path / "file"):
        raise LookupError("y")

    assert "LookupError: x" in (tmp_path / "loi-chuong-trinh.log").read_text(encoding="utf-8")
    assert "LookupError: y" in capsys.readouterr().err


def test_a_verb_ends_with_the_status_that_it_chose(tmp_path: Path) -> None:
    """Nothing is printed for it."""
    with pytest.raises(typer.Exit) as left, ending("vi", tmp_path) as end:
        end.status = Status.REFUSED

    assert left.value.exit_code == 3
    assert [status.value for status in Status] == [0, 1, 2, 3, 4, 5]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_is_ruled_on_a_terminal_and_plain_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs get tabs, people get lines; what a unit wrote is no markup."""
    shown = []
    for out in (io.StringIO(), _Terminal()):
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setenv("NO_COLOR", "1")
        screen.say_table(["Tệp", "Số"], [["[red]a.xlsx[/red]", "1"]])
        shown.append(out.getvalue())

    assert shown[0] == "Tệp\tSố\n[red]a.xlsx[/red]\t1\n"
    assert "[red]a.xlsx[/red]" in shown[1]
    assert "│" in shown[1]


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a file nor when quiet was asked for, and never among the results."""
    shown = {}
    streams = (("tty", _Terminal(), False), ("quiet", _Terminal(), True), ("pipe", io.StringIO(), False))
    for name, error, quiet in streams:
        monkeypatch.setattr(sys, "stderr", error)
        with screen.progress_bar({"cli.stage.read": "Reading"}, quiet=quiet) as progress:
            progress("cli.stage.read", 1, 2)
            progress("cli.stage.other", 2, 2)
        shown[name] = error.getvalue()

    assert shown["tty"]
    assert shown["quiet"] == shown["pipe"] == ""


def test_a_closed_error_stream_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program started without a console has none."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)

    with screen.progress_bar({}, quiet=False) as progress:
        progress("cli.stage.read", 1, 1)


def test_the_screen_speaks_vietnamese_whatever_the_code_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old console page neither stops the program nor garbles its words."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    screen.prepare()
    screen.say("Tỷ lệ nộp")
    screen.say_json({"đơn vị": "Ngô Quyền"})
    sys.stdout.flush()
    text = raw.getvalue().decode("utf-8")

    assert text.startswith("Tỷ lệ nộp")
    assert json.loads(text.partition("\n")[2]) == {"đơn vị": "Ngô Quyền"}
