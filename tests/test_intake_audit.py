"""The comparison of two readers: the quick way to agree is no way around a difference."""

from __future__ import annotations

import pytest

from pipeline.intake.audit import require_agreement
from pipeline.intake.content import Unreadable
from pipeline.intake.facts import Notes, Place, Raw, SheetFacts, settle


def agree(values: dict[Place, Raw], rows: list[list[Raw]], start: Place = (1, 1)) -> None:
    """Raise where the second look, which found these values, and the rows shown differ."""
    require_agreement(settle("X", Notes(values=values)), start, rows)


def test_the_same_in_another_order_agrees():
    """Cells may be saved in any order."""
    agree({(3, 2): "a", (2, 3): 1.0, (2, 2): True}, [[True, 1.0], ["a", ""]], (2, 2))


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        (
            {(1, 1): 1.0, (1, 3): 2.0},
            [[1.0, ""], [2.0, ""]],
        ),  # beyond the right side: the next row's beginning
        ({(1, 1): 1.0, (3, 1): 2.0}, [[1.0, ""], ["", 2.0]]),
        ({(1, 1): 1.0}, [[1.0, 2.0]]),
        ({(1, 1): 1.0, (1, 2): 2.0}, [[1.0, ""]]),
        ({(1, 1): True}, [[1.0]]),
        ({(1, 1): 1.0}, [[True]]),
        ({(1, 1): 1.0, (2, 2): 2.0}, [[1.0], [2.0, ""]]),
        ({(1, 1): 1.0}, []),
    ],
)
def test_no_difference_is_overlooked(values, rows):
    """In the place, the value or its type; wherever it would come to lie in rows that are laid end to end."""
    with pytest.raises(Unreadable, match="differs"):
        agree(values, rows)


@pytest.mark.parametrize(
    ("place", "rows"), [((2, 1), [[1.0, ""], ["", 1.0]]), ((1, 2), [[1.0, ""], [1.0, ""]])]
)
def test_a_cell_before_the_area_shown_is_a_difference(place, rows):
    """What lies left of it, or above, must not be taken for a cell of its end."""
    with pytest.raises(Unreadable, match="differs"):
        agree({place: 1.0, (2, 2): 1.0}, rows, (2, 2))


def test_formulas_are_told_by_their_position():
    """Row by row, a column that is asked for twice counted twice, a range of formulas as its cells."""
    single = SheetFacts(formulas={(5, 2), (7, 3), (9, 9)})
    ranged = SheetFacts(ranges=[((5, 3), (7, 3))])

    assert single.formulas_among((5, 7), (2, 3)) == {0, 3}
    assert single.formulas_among((7, 5), (3, 2, 3)) == {0, 2, 4}
    assert ranged.formulas_among((5, 7), (2, 3)) == {1, 3}
