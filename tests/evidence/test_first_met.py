"""What a running count tells of its steps: as narrow as the slow, obvious twin finds, and never told too closely."""

import random
from itertools import product
from math import inf

from duga.evidence.first_met import doubts, untold


def twin(met, first, shown):
    """Every way in which so many may have been met for the first time, one after the other."""
    running = [sum(first[: i + 1]) for i in range(len(first))]
    found = [set() for _ in first]
    most = sum(first)
    for steps in product(*(range(min(seen, most) + 1) if seen != inf else range(most + 1) for seen in met)):
        sums = [sum(steps[: i + 1]) for i in range(len(steps))]
        if any(shown[i] and sums[i] != running[i] for i in range(len(steps))):
            continue
        if any(seen != inf and seen > whole for seen, whole in zip(met, sums, strict=True)):
            continue
        for each, step in zip(found, steps, strict=True):
            each.add(step)
    return [(min(each), max(each)) for each in found]


def some(rng):
    first = [rng.choice([0, 1, 2, 3, 6]) for _ in range(4)]
    met, so_far = [], 0
    for each in first:
        met.append(each + (rng.randint(0, so_far) if so_far else 0))
        so_far += each
    return met, first


def test_doubts_equal_the_twins():
    rng = random.Random(7)
    for _ in range(60):
        met, first = some(rng)
        shown = [rng.random() < 0.5 for _ in first[:-1]] + [True]
        if rng.random() < 0.3 and first[0]:
            met[0] = inf
        found = doubts(met, first, shown)
        for (low, high), (least, most) in zip(found, twin(met, first, shown), strict=True):
            assert low <= least and most <= high  # never claimed narrower than it is ...
            assert (low, high) == (least, most), (met, first, shown)  # ... nor wider


def test_what_is_told_leaves_the_rest_in_doubt():
    rng, refused = random.Random(8), 0
    for _ in range(120):
        met, first = some(rng)
        shut = {i for i, each in enumerate(first) if 0 < each < 3}
        known = {rng.randrange(4)} if rng.random() < 0.3 else set()
        hidden = untold(met, first, shut, 3, known)
        if hidden is None:
            refused += 1
            continue
        assert not hidden & {3, *known}
        begun = next((i for i, each in enumerate(first) if each), 0)
        for i, (low, high) in enumerate(twin(met, first, [i not in hidden for i in range(4)])):
            assert i not in shut or i == begun or high - low >= 3
    assert refused < 100
