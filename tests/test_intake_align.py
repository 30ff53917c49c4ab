"""Rows told by their labels: what is placed is placed right, and what could be two rows is not placed."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogue import Campaign, load_campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.intake.align import Line, align
from pipeline.intake.labels import is_close, plain_label
from pipeline.intake.wording import form_words

CAMPAIGN: Campaign = load_campaign()
FORMS = [
    form_words(CAMPAIGN, unit_id, owed.form_id).lines
    for unit_id in ("QH303", "QH318", "TTTP", "SNV", "BD_TC")
    for owed in owed_forms(CAMPAIGN, unit_id)
]
GROUPS = [Line(name) for name in ("first", "new", "old", "second", "new", "old")]


def placed(*labels: str) -> tuple[dict[int, int], set[int]]:
    """Where rows with these labels are placed in a form of two groups with equal parts."""
    aligned = align([Line(label) for label in labels], GROUPS, {})
    return dict(aligned.sure), set(aligned.unsure)


def test_order_and_parents_tell_equal_labels_apart():
    """The same two parts below two headings."""
    assert placed("first", "new", "old", "second", "new", "old") == ({i: i for i in range(6)}, set())


def test_equal_labels_are_told_by_what_is_left():
    """A part that was deleted leaves no doubt about the others."""
    assert placed("first", "old", "second", "new") == ({0: 0, 1: 2, 2: 3, 3: 4}, set())


@pytest.mark.parametrize(
    "labels", [("first", "new", "old"), ("new", "old"), ("first", "new", "new", "old", "second")]
)
def test_what_could_be_either_is_not_placed(labels):
    """Below which heading the parts stood cannot be known any more; or which of two is the form's."""
    sure, unsure = placed(*labels)

    assert unsure == {
        i for i, label in enumerate(labels) if label == "new" or (label == "old" and "second" not in labels)
    }
    assert sure == {
        i: [line.label for line in GROUPS].index(labels[i]) for i in range(len(labels)) if i not in unsure
    }


def test_headings_in_another_order_leave_their_parts_unplaced():
    """Then the order says nothing about equal labels."""
    assert placed("second", "new", "old", "first", "new", "old") == ({0: 3, 3: 0}, {1, 2, 4, 5})


def test_a_part_that_was_moved_makes_its_namesakes_doubtful():
    """The first "new" now stands where the second should; the second found no place."""
    sure, _ = placed("first", "old", "second", "new", "old", "new")

    assert 3 not in sure
    assert 5 not in sure


def test_running_numbers_tell_equal_labels_apart():
    """Whatever the order."""
    form = [
        replace(line, number=number)
        for line, number in zip(GROUPS, ("1", "1.1", "1.2", "2", "2.1", "2.2"), strict=True)
    ]

    aligned = align([form[i] for i in (3, 1, 2, 0)], form, {})

    assert 1 not in aligned.sure
    assert aligned.sure == {0: 3, 3: 0}


def test_levels_must_agree():
    """A row of one level is never another level's row."""
    form = [Line("visits", "P"), Line("visits", "D")]

    assert align([Line("visits", "D")], form, {}).sure == {0: 1}
    assert align([Line("visits")], form, {}).sure == {}
    assert align([Line("visits"), Line("visits")], form, {}).sure == {0: 0, 1: 1}


def test_rows_with_keys_hold_the_others_in_place():
    """A row without a key is looked for only between its neighbours."""
    assert align([Line(""), Line("new"), Line("")], GROUPS, {0: 3, 2: 5}).sure == {0: 3, 1: 4, 2: 5}
    assert align([Line(""), Line("new"), Line("")], GROUPS, {0: 0, 2: 2}).sure == {0: 0, 1: 1, 2: 2}
    assert align([Line(""), Line("second"), Line("")], GROUPS, {0: 0, 2: 2}).sure == {0: 0, 2: 2}


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_deleted_and_inserted_rows_never_move_another(data):
    """Rows that are left in their order are placed at themselves or not at all; nothing else is placed."""
    form = data.draw(st.sampled_from(FORMS))
    kept = data.draw(st.lists(st.booleans(), min_size=len(form), max_size=len(form)))
    rows = _without(data, [(line, j) for j, line in enumerate(form) if kept[j]])
    for _ in range(data.draw(st.integers(0, 5))):
        label = data.draw(st.sampled_from(["", "xã an lão", "phường vạn mỹ", "tổng cộng", "khác"]))
        rows.insert(data.draw(st.integers(0, len(rows))), (Line(label), -1))

    aligned = align([line for line, _ in rows], form, {})

    assert {i: rows[i][1] for i in aligned.sure} == dict(aligned.sure)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_moved_rows_are_placed_right_or_not_at_all(data):
    """In any order that keeps namesakes in theirs: else nobody could tell which of two is which."""
    form = data.draw(st.sampled_from(FORMS))
    rows = data.draw(st.permutations([(line, j) for j, line in enumerate(form)]))
    if data.draw(st.booleans()):
        rows = sorted(rows, key=lambda row: row[1])
        a, b = sorted((data.draw(st.integers(0, len(rows))), data.draw(st.integers(0, len(rows)))))
        rows = [*rows[b:], *rows[a:b], *rows[:a]]
    rows = _without(data, _namesakes_in_order(rows))

    aligned = align([line for line, _ in rows], form, {})

    assert {i: rows[i][1] for i in aligned.sure} == dict(aligned.sure)


def _without(data: st.DataObject, rows: list[tuple[Line, int]]) -> list[tuple[Line, int]]:
    """Perhaps without running numbers, perhaps without measures."""
    gone = {name: "" for name in ("number", "measure") if data.draw(st.booleans())}
    return [(replace(line, **gone), j) for line, j in rows]


def _namesakes_in_order(rows: list[tuple[Line, int]]) -> list[tuple[Line, int]]:
    ordered = sorted(rows, key=lambda row: (row[0].label, row[1]))
    waiting = {label: iter(list(same)) for label, same in groupby(ordered, key=lambda row: row[0].label)}
    return [next(waiting[line.label]) for line, _ in rows]


def test_an_untouched_form_is_placed_whole():
    """Every row of every form, by label, level, measure and order."""
    for form in FORMS:
        assert align(form, form, {}).sure == {i: i for i in range(len(form))}


@pytest.mark.parametrize(
    "typed",
    [
        "Khiếu nại",
        "KHIẾU NẠI",
        "  khiếu \u00a0nại :",
        "1.1. khiếu nại",
        "a) khiếu nại",
        "– khiếu nại",
        "- Khiếu nại.",
        "IV. Khiếu nại",
        "+ khiếu nại",
        "2.1.3 – khiếu nại;",
        "(2) khiếu nại",
        "3/ khiếu nại",
        "3 - khiếu nại",
        "05 khiếu nại",
        unicodedata.normalize("NFD", "khiếu nại"),
        "khiếu\u200b nại",
    ],
)
def test_spellings_of_one_label(typed):
    """Case, spaces, numbering, dashes and the make of letters say nothing."""
    assert plain_label(typed) == "khiếu nại"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa giải", "hoà giải"),
        ("cấp ủy", "cấp uỷ"),
        ("sức khỏe", "sức khoẻ"),
        ("quý", "qúy"),
        ("Đảng viên", "Ðảng viên"),
        ("“Dân vận khéo”", '"Dân vận khéo"'),
        ("36–45 tuổi", "36 - 45 tuổi"),
        ("MTTQ, tổ chức", "MTTQ ,tổ chức"),
    ],
)
def test_two_ways_to_write_one_label(one, other):
    """Where a tone stands, Eth, quotes, dashes, spaces at a comma."""
    assert plain_label(one) == plain_label(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hòa", "hoa"), ("tố cáo", "tố cao"), ("của", "cua"), ("đúng", "đùng"), ("36-45 tuổi", "46-55 tuổi")],
)
def test_what_stays_two_labels(one, other):
    """Nothing is dropped that makes another word."""
    assert plain_label(one) != plain_label(other)


def test_close_labels_are_slips_and_never_other_words():
    """A letter, the accents, a remark in brackets; not a word, not a number."""
    close = [
        ("tin, bài, phóng sự", "tin, bai, phong su"),
        ("lượt người nghe tuyên truyền", "lược người nghe tuyên truyền"),
        ("số đơn(không trùng)", "số đơn"),
    ]
    other = [
        ("đã giải quyết", "chưa giải quyết"),
        ("đã giải quyết", "đang giải quyết"),
        ("nq 25", "nq 43"),
        ("đúng", "sai"),
        ("", "khác"),
    ]

    assert [pair for pair in close if not is_close(*map(plain_label, pair))] == []
    assert [pair for pair in other if is_close(*map(plain_label, pair))] == []


def test_labels_of_the_campaign_stay_different():
    """No two labels of one form that differ become equal, or close, by the spelling that is ignored."""
    for form_id in CAMPAIGN.forms:
        labels = {i.name for i in CAMPAIGN.indicators_of(form_id)}
        plain = Counter(plain_label(name) for name in {name.casefold() for name in labels})

        assert max(plain.values()) == 1
        assert [(a, b) for a in plain for b in plain if a < b and is_close(a, b)] == []
