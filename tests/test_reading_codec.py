"""A submission as bytes: every field and every value of it comes back exactly, or it is not kept."""

from __future__ import annotations

import typing
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, make_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import pytest

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_many, read_submission
from pipeline.model import CellValue, ErrorCell, ReadProblem, SheetCells, Submission
from pipeline.reading import codec
from pipeline.reading.codec import Damaged, NotCarried, from_bytes, to_bytes
from tests import damage_files, damage_structure, damage_values, hostile_cells, hostile_others
from tests.damage import cut_campaign, inflict, pages_of, write_sound
from tests.hostile import KINDS
from tests.material import made_material
from tests.specimens import KINDS as SAVED_BY_OFFICE
from tests.specimens import specimen
from tests.spelling import spelled

assert hostile_cells
assert hostile_others
NAN, INFINITE = float("nan"), float("inf")
CELLS: list[CellValue] = [
    *("", " hơn 1.200 ", "=1+1", "\x00\x1f\ud800\U0001f600", "1e5", "null", '["date","2023-01-01"]'),
    *(0, -1, 10**30, 0.1, -0.0, 1.0, 5e-324, 1.7976931348623157e308, INFINITE, -INFINITE, NAN, True, False),
    *(None, date(1900, 1, 1), datetime(2023, 6, 30, 23, 59, 59, 999999), datetime(2023, 6, 30)),
    *(
        time(0, 0, 1),
        time(23, 59, 59, 5),
        timedelta(0),
        timedelta(days=-3, microseconds=7),
        ErrorCell("#REF!"),
    ),
]
"""Whatever a reader of workbooks may ever find in a cell."""


def comes_back(submission: Submission) -> bool:
    return bool(spelled(from_bytes(to_bytes(submission))) == spelled(submission))


def invented(kind: Any, number: int) -> Any:
    """A value of a declared type, another one for each number."""
    if is_dataclass(kind):
        assert isinstance(kind, type)
        hints = typing.get_type_hints(kind, localns={"array": list})
        return kind(**{one.name: invented(hints[one.name], number) for one in fields(kind)})
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind in (str, int, float, bool):
        return {str: f"text {number}", int: number, float: number / 7, bool: bool(number % 2)}[kind]
    if kind == CellValue:
        return f"cell {number}"
    if origin is tuple:
        return tuple(invented(inner[0], number + i) for i in range(number))
    if origin is list:
        return array("d", [number / 3 + i for i in range(number)])
    if origin is frozenset:
        return frozenset(invented(inner[0], number + i) for i in range(number))
    return {invented(inner[0], number + i): invented(inner[1], number + i) for i in range(number)}


def types_below(kind: Any) -> set[type]:
    """The types with fields that a type is made of, itself included."""
    if not is_dataclass(kind):
        return set().union(*(types_below(one) for one in typing.get_args(kind)))
    hints = typing.get_type_hints(kind, localns={"array": list})
    assert isinstance(kind, type)
    return {kind}.union(*(types_below(one) for one in hints.values()))


def test_every_field_of_the_vocabulary_is_carried():
    """A field that is added later, too: each is changed alone, and the change must survive."""
    whole = invented(Submission, 3)
    changed = 0
    for kind in types_below(Submission) - {ErrorCell}:
        hints = typing.get_type_hints(kind, localns={"array": list})
        for one in fields(kind):
            part = replace(invented(kind, 2), **{one.name: invented(hints[one.name], 1)})
            if kind is Submission:
                submission = part
            else:
                (home,) = (f.name for f in fields(Submission) if kind in types_below(hint_of(f.name)))
                submission = replace(whole, **{home: (part,)})
            changed += 1

            assert comes_back(submission), (kind, one.name)
    assert changed > 40


def hint_of(name: str) -> Any:
    return typing.get_type_hints(Submission)[name]


def test_every_kind_of_value_of_a_cell_comes_back():
    """Text and number that look alike stay apart; nothing is rounded."""
    texts = dict(enumerate(CELLS))
    numbers = array("d", [NAN, -0.0, 0.1, INFINITE, 5e-324, *range(len(CELLS))])
    sheet = replace(invented(SheetCells, 2), texts=texts, numbers=numbers)

    assert comes_back(replace(invented(Submission, 2), sheets=(sheet, sheet)))


class Word(StrEnum):
    A = "a"


@pytest.mark.parametrize(
    "value",
    [b"x", 1j, Word.A, [1], time(1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC), time(1, fold=1), object()],
)
def test_a_value_that_could_come_back_as_another_is_refused(value):
    """Not kept is only slower."""
    sheet = replace(invented(SheetCells, 2), texts={0: value})

    with pytest.raises(NotCarried):
        to_bytes(replace(invented(Submission, 1), sheets=(sheet,)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("file", Word.A),
        ("size", True),
        ("size", 1.0),
        ("unit_id", None),
        ("strays", []),
        ("problems", ("x",)),
    ],
)
def test_a_field_that_is_not_of_its_type_is_refused(name, value):
    """Even where Python would take the one for the other."""
    with pytest.raises(NotCarried):
        to_bytes(replace(invented(Submission, 1), **{name: value}))


def test_a_type_that_nobody_has_thought_of_is_refused():
    """A new field of a new type is noticed by the first test that reads a file."""
    for kind in (set[int], bytes, tuple[int, str], dict[str, str], int | str, Mapping[float, str]):
        strange = make_dataclass("Strange", [("field", kind)])

        with pytest.raises(NotCarried):
            codec._way(strange)


@dataclass(frozen=True)
class Older:
    """A submission as it might have been before a field was added."""

    file: str
    problems: tuple[ReadProblem, ...] = field(default=())


def test_bytes_of_other_fields_are_damaged(monkeypatch):
    """They are never filled up with what a field is by default."""
    with monkeypatch.context() as older:
        older.setattr(codec, "Submission", Older)
        content = to_bytes(Older("x.xlsx"))  # type: ignore[arg-type]

    with pytest.raises(Damaged):
        from_bytes(content)


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\0" * 1000, b"ARROW1\0\0", to_bytes(Submission("x", "", 0))[:-40]]
)
def test_bytes_that_are_no_submission_are_told_from_one(content):
    """One exception for all of them."""
    with pytest.raises(Damaged):
        from_bytes(content)


@pytest.mark.parametrize("kind", SAVED_BY_OFFICE)
def test_specimens_come_back(kind, tiny: Campaign, tmp_path):
    """As saved by an office program."""
    path = tmp_path / f"specimen.{kind}"
    path.write_bytes(specimen(kind))
    submission = read_submission(Found(path.name, path), tiny)

    assert submission.sheets
    assert comes_back(submission)


def test_damaged_returns_come_back(tmp_path):
    """Every kind of damage that the suite knows."""
    campaign = cut_campaign()
    sound = pages_of(write_sound(tmp_path / "sound.xlsx"))
    changed = []
    for number, damage in enumerate((*damage_structure.TABLE, *damage_values.TABLE, *damage_files.TABLE)):
        folder = tmp_path / str(number)
        folder.mkdir()
        for path in inflict(damage, sound, folder):
            if path.is_file() and not comes_back(read_submission(Found(path.name, path), campaign)):
                changed.append((damage.name, path.name))

    assert changed == []


def test_hostile_files_come_back(tiny: Campaign, tiny_folder, tmp_path):
    """What could be read of them, or the reason why nothing could."""
    material = made_material(tiny, tmp_path)
    found = []
    for one in KINDS.values():
        path = tmp_path / f"{one.name}.{one.extension}"
        path.write_bytes(one.make(material))
        found.append(Found(path.name, path))
    changed = [one.file for one in read_many(found, tiny_folder, 2) if not comes_back(one)]

    assert changed == []
