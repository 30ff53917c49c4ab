"""Whole numbers within linear limits, each as near to a wish as the limits allow.

Every number has bounds. A limit narrows the bounds of each of its numbers by those of the others, until
nothing moves any more. Then one number after another is fixed, and each time the bounds follow.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence

Limit = tuple[tuple[tuple[int, float], ...], float]
"""``((number, factor), ...), constant``: the sum of the products plus the constant is at most 0."""

_EPSILON = 1e-7
_STEPS = 200_000


class Clash(Exception):
    """No number is left that the limits allow."""


class Bounds:
    """The bounds of every number: narrowed by the limits, and widened again by ``undo``."""

    def __init__(self, highest: Sequence[int], limits: Sequence[Limit]) -> None:
        self.low = [0] * len(highest)
        self.high = list(highest)
        self._limits = limits
        self._of: list[list[int]] = [[] for _ in highest]
        for index, (terms, _) in enumerate(limits):
            for number, _ in terms:
                self._of[number].append(index)
        self._trail: list[tuple[int, int, int]] = []
        self._follow(range(len(limits)))
        self._trail.clear()

    def fix(self, number: int, value: int) -> None:
        """Give a number its value. Raises Clash, and changes nothing, where the limits forbid it."""
        mark = len(self._trail)
        try:
            self._narrow(number, value, value)
            self._follow(self._of[number])
        except Clash:
            self._undo(mark)
            raise

    def forget(self) -> None:
        """Undo every value that was fixed."""
        self._undo(0)

    def _undo(self, mark: int) -> None:
        while len(self._trail) > mark:
            number, low, high = self._trail.pop()
            self.low[number], self.high[number] = low, high

    def _narrow(self, number: int, low: int, high: int) -> None:
        if low > high:
            raise Clash
        self._trail.append((number, self.low[number], self.high[number]))
        self.low[number], self.high[number] = low, high

    def _follow(self, indexes: Iterable[int]) -> None:
        queue = deque(indexes)
        waiting = set(queue)
        for _ in range(_STEPS):
            if not queue:
                return
            index = queue.popleft()
            waiting.discard(index)
            for number in self._apply(self._limits[index]):
                for other in self._of[number]:
                    if other not in waiting:
                        waiting.add(other)
                        queue.append(other)
        raise Clash

    def _apply(self, limit: Limit) -> list[int]:
        """Narrow the numbers of one limit; return those that moved."""
        terms, constant = limit
        low, high = self.low, self.high
        room = -constant
        for number, factor in terms:
            room -= factor * (low[number] if factor > 0 else high[number])
        if room < -_EPSILON:
            raise Clash
        moved = []
        for number, factor in terms:
            reach = math.floor(room / abs(factor) + _EPSILON)
            if high[number] - low[number] <= reach:
                continue
            if factor > 0:
                self._narrow(number, low[number], low[number] + reach)
            else:
                self._narrow(number, high[number] - reach, high[number])
            moved.append(number)
        return moved


def nearest(bounds: Bounds, number: int, wish: int) -> int:
    """Fix the number as near to the wish as the limits allow; raises Clash where nothing is possible."""
    low, high = bounds.low[number], bounds.high[number]
    first = min(max(wish, low), high)
    span = high - low
    tries = [first, low, high, *(low + span * part // 8 for part in range(1, 8))]
    for value in dict.fromkeys(tries):
        try:
            bounds.fix(number, value)
        except Clash:
            continue
        return value
    raise Clash
