"""What returns have in common is held once, and every return says what it said before."""

from __future__ import annotations

import pickle

from pipeline.catalogue import Campaign
from pipeline.reading.sharing import shared
from tests.returns import drawn
from tests.spelling import spelled


def test_two_returns_of_one_layout_hold_it_in_common_and_are_what_they_were(tiny: Campaign):
    """As they come from two processes: nothing of one is the other's until it is shared."""
    one, other = (pickle.loads(pickle.dumps(drawn(tiny, "NORTH", rest=rest))) for rest in ("4", "=5"))
    first, second = shared(one), shared(other)

    assert one.sheets[0].row_keys is not other.sheets[0].row_keys
    assert first.sheets[0].row_keys is second.sheets[0].row_keys
    assert first.sheets[0].row_numbers is second.sheets[0].row_numbers
    assert first.sheets[0].formulas != second.sheets[0].formulas
    assert [spelled(first), spelled(second)] == [spelled(one), spelled(other)]
