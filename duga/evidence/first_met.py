"""What a running count gives away of who was met for the first time in each month (or quarter).

    first(m) = running(m) - running(m-1),   first(m) <= met(m) <= running(m)

Where running numbers are hidden between two that are shown, their steps hang together by these three alone. `doubts`
works out how far somebody narrows each step who knows how many were met in each month and every running number shown.
"""

from collections.abc import Sequence
from math import inf


def doubts(met: Sequence[float], first: Sequence[int], shown: Sequence[bool]) -> list[tuple[float, float]]:
    """The lowest and the highest that each step may be, by time.

    `met`: people met in each month (`inf` where it is not known), `first`: of them for the first time, `shown`: whether
    the running number at the end of the month is told.
    """
    before, after = _before(met, first, shown), _after(met, first, shown)
    found = []
    for most, (low, high), (least, top) in zip(met, before, after, strict=True):
        seen = 0 if most == inf else most
        found.append((max(0, seen - high, least - high), min(most, top - low)))
    return found


def _before(met, first, shown) -> list[tuple[float, float]]:
    """Between which numbers the running count can lie before each month, by what came before it."""
    found, low, high, running = [], 0, 0, 0
    for most, new, told in zip(met, first, shown, strict=True):
        found.append((low, high))
        running += new
        low, high = (running, running) if told else (max(low, 0 if most == inf else most), high + most)
    return found


def _after(met, first, shown) -> list[tuple[float, float]]:
    """Between which numbers it can lie at the end of each month, by what comes after it."""
    found, low, high, running = [], 0, inf, sum(first)
    for most, new, told in zip(reversed(met), reversed(first), reversed(shown), strict=True):
        if told:
            low = high = running
        found.append((low, high))
        running -= new
        low = max(low - most, 0)
    return found[::-1]


def untold(
    met: Sequence[float], first: Sequence[int], shut: set[int], width: int, known: set[int] = frozenset()
) -> set[int] | None:
    """The months whose running number must be hidden so that each step of `shut` is in doubt by `width`.

    None: there is no way while the last number, and those in `known` (readable elsewhere), are shown. A step of nought
    is none to protect; in the first month of all everybody is new, so where `met` tells how many came, that step is no
    secret either.
    """
    kept = {len(first) - 1, *known}
    begun = next((i for i, each in enumerate(first) if each), 0)
    watched = sorted(i for i in shut if first[i] and (i != begun or met[i] == inf))
    hidden = shut - kept
    while hidden is not None:
        told = doubts(met, first, [i not in hidden for i in range(len(first))])
        narrow = next((i for i in watched if told[i][1] - told[i][0] < width), None)
        if narrow is None:
            return hidden
        hidden = wider(hidden, narrow, kept, len(first))
    return None


def wider(hidden: set[int], at: int, kept: set[int], months: int) -> set[int] | None:
    """The months whose running number is hidden, and one more, the nearest to month `at`; None: all others are kept."""
    after = next((i for i in range(at, months) if i not in hidden), None)
    before = next((i for i in range(at - 1, -1, -1) if i not in hidden), None)
    more = next((i for i in (after, before) if i is not None and i not in kept), None)
    return None if more is None else hidden | {more}
