"""Whatever a file does to the reader, it costs that file alone, and changes no figure."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogue import Campaign
from pipeline.intake import Found, package, read_submission, submission
from pipeline.model import Submission
from tests.sheets import drawn_return, saved


def reason_of(read: Submission) -> str:
    (problem,) = read.problems
    assert problem.rule_id == "FILE-UNREADABLE"
    assert not read.sheets
    return problem.values["reason"].removeprefix("intake.unreadable.")


class Panic(BaseException):
    """As the reader of values raises when it panics: no Exception."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Panic("index out of range"), "not_understood"),
        (ValueError("x"), "not_understood"),
        (MemoryError(), "too_much_memory"),
    ],
)
def test_a_panic_of_the_reader_costs_only_the_file(tmp_path, tiny: Campaign, monkeypatch, error, reason):
    """Whatever the reader raises, the run goes on."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")

    def panic(*_):
        raise error
        yield

    monkeypatch.setattr(submission, "read_grids", panic)

    assert reason_of(read_submission(found, tiny)) == reason


@pytest.mark.parametrize("signal", [KeyboardInterrupt, SystemExit])
def test_who_stops_the_program_stops_it(tmp_path, tiny: Campaign, monkeypatch, signal):
    """Ctrl+C is no damage of a file."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")

    def stop(*_):
        raise signal

    monkeypatch.setattr(submission, "read_grids", stop)

    with pytest.raises(signal):
        read_submission(found, tiny)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"<"]))
def test_no_bytes_raise(tmp_path_factory, tiny: Campaign, rest, head):
    """Any content is read or refused with a reason."""
    path = tmp_path_factory.mktemp("inputs") / "x.xlsx"
    path.write_bytes(head + rest)

    assert reason_of(read_submission(Found("x.xlsx", path), tiny))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_no_damage_to_a_workbook_raises_or_changes_a_figure(tmp_path_factory, tiny: Campaign, seed):
    """A return with one byte changed is refused, or reads as before."""
    values = {("V_ALL|P", "P21"): 1234.0, ("V_ALL|D", "P22"): "hello"}
    found = saved(drawn_return(tiny, "NORTH", values), tmp_path_factory.mktemp("inputs") / "x.xlsx")
    sound = read_submission(found, tiny)
    raw = bytearray(found.path.read_bytes())
    chance = random.Random(seed)
    raw[chance.randrange(len(raw))] = chance.randrange(256)
    found.path.write_bytes(raw)

    read = read_submission(found, tiny)

    if not any(problem.rule_id == "FILE-UNREADABLE" for problem in read.problems):
        assert [s.numbers.tobytes() for s in read.sheets] == [s.numbers.tobytes() for s in sound.sheets]
        assert read.unit_id == sound.unit_id


def test_zip_entries_are_counted(tmp_path, tiny: Campaign, monkeypatch):
    """A package of thousands of parts is no return."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    monkeypatch.setattr(package, "MOST_PARTS", 3)

    assert reason_of(read_submission(found, tiny)) == "too_large"


def test_an_unknown_compression_is_damage(tmp_path, tiny: Campaign):
    """The standard library cannot unpack it."""
    found = saved(drawn_return(tiny, "NORTH"), tmp_path / "x.xlsx")
    raw = bytearray(found.path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    struct.pack_into("<H", raw, at + 10, 97)
    found.path.write_bytes(raw)

    assert reason_of(read_submission(found, tiny)) == "damaged"
