"""How many different people: a number, and the bounds between which the truth lies.

The number is what the probabilities expect: clusters, corrected by the links they hold for doubtful and by those that
nobody could compare. The bounds do not trust the probabilities: `low` takes every pair for one person that would be
likely if the model's odds were wrong by `WRONG` times, `high` only those that would still be likely if they were wrong
by as much the other way. Both are widened for what no pair shows: people whose data differ so much that they share no
block, and data that were false on purpose. Nobody sees the latter; a share of them is assumed, and said.

How many were never compared is estimated as ecologists estimate unseen species (Chao 1987): where many pairs met in
one block only and few in two, others met in none. Blocks go together, so that it may say far too much: the number takes
it from the surest pairs and a tenth of the links at most, `low` from all pairs that are likelier one person than not
and a third at most.
"""

import itertools
from dataclasses import dataclass

WRONG = 19  # times that the model's odds may be wrong, either way: chances of 5 % and 95 % stand at evens then
FREELY, SPARINGLY = 1 / (1 + WRONG), WRONG / (1 + WRONG)
SURE, EVENS = (0.9, 0.1), (0.5, 1 / 3)  # pairs from which number and `low` take what was never compared; at most
PRECISE = 0.05  # a range wider than this share of its number is published as a range only


@dataclass(frozen=True)
class Estimate:
    """Different people: the likeliest number, and from `low` to `high`. `precise` False: publish only the range.

    `how` says in words what the bounds rest on; it belongs beside the number wherever it is shown.
    """

    people: int
    low: int
    high: int
    records: int
    precise: bool
    how: str


def estimate(linked, *, missed: float = 0.01, false: float = 0.02) -> Estimate:
    """How many different people the records of a round are about.

    `missed`: share of links assumed to be hidden, and as many to be wrong, although nothing shows it; the share of
    doubtful links is added to the latter. `false`: share of records assumed to be false on purpose (another name and
    another age), which hide two links each where the person is known elsewhere. Records that say nothing
    (`linked.silent`) may each be one of the others: `low` counts none of them. Bounds lie between 1 and the number of
    records.
    """
    import numpy as np

    from duga.evidence.linkage import clusters

    n = linked.records
    left, right, chance = linked.left, linked.right, np.asarray(linked.chance, dtype=float)
    spread, expected = 2 * _spread(chance), _expected(linked)
    joined = clusters.join(n, left, right, chance, FREELY)[0]
    freely = len(set(joined)) - _fewer(joined, left, right, chance * WRONG / (1 - chance + chance * WRONG))
    sparingly = len(set(clusters.join(n, left, right, chance, SPARINGLY)[0]))
    people = n - (n - expected) * (1 + _unseen(linked, *SURE))
    unseen = _unseen(linked, *EVENS) + missed
    wrong = _doubtful(chance) + missed
    low = n - (n - min(freely, expected)) * (1 + unseen + 2 * false) - spread
    low = max(_largest(linked, joined), round(min(low, people)) - len(linked.silent))
    high = min(n, round(max(sparingly, expected) + (n - expected) * wrong + spread))
    people = min(max(round(people), low), high)
    return Estimate(
        people=people,
        low=low,
        high=high,
        records=n,
        precise=len(linked.silent) < n and high - low <= PRECISE * max(people, 1),
        how=(
            f"As if the odds of every pair were wrong {WRONG} times, either way; {unseen:.0%} of links taken as never "
            f"compared, {wrong:.0%} as wrong, {false:.0%} of records as false."
            + (f" {len(linked.silent):,} records say nothing and may be anybody." if linked.silent else "")
        ),
    )


def _largest(linked, joined) -> int:
    """The people of the file that has most, its own records joined as freely: fewer there are not in all files."""
    silent = set(linked.silent)
    return max(
        (
            len({joined[i] for i in range(begin, end) if i not in silent}) or min(end - begin, 1)
            for begin, end in itertools.pairwise(linked.starts)
        ),
        default=0,
    )


def _expected(linked) -> int:
    """Clusters, less the links that were not made and are likely to be, more those made that are likely not to be."""
    import numpy as np

    cluster = np.asarray(linked.cluster)
    if not len(cluster):
        return 0
    people = len(np.unique(cluster))
    fewer = _fewer(cluster, linked.left, linked.right, np.asarray(linked.chance))
    probability = np.asarray(linked.probability)
    sizes = np.bincount(cluster)
    inside = sizes[cluster] > 1
    more = float(((1 - probability[inside]) * (sizes[cluster[inside]] - 1) / sizes[cluster[inside]]).sum())
    return round(people - fewer + more)


def _fewer(cluster, left, right, chance) -> float:
    """How many links were not made and may be expected all the same.

    A doubtful pair changes the number of people only by the link that joins its two clusters: of several pairs
    between the same two clusters the likeliest counts. And nobody is more than one of those she may be: what a
    cluster expects of all others is one link at most.
    """
    import numpy as np

    cluster = np.asarray(cluster)
    if not len(chance):
        return 0.0
    a, b = cluster[left], cluster[right]
    apart = a != b
    a, b, p = np.minimum(a, b)[apart], np.maximum(a, b)[apart], chance[apart]
    order = np.lexsort((-p, b, a))
    a, b, p = a[order], b[order], p[order]
    first = np.ones(len(a), dtype=bool)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    # What speaks against a link is in the pairs within the two clusters: a pair that was likely, and yet not joined.
    first &= p < 0.5
    expects = np.bincount(np.concatenate([a[first], b[first]]), np.concatenate([p[first], p[first]]))
    return float(np.minimum(expects, 1).sum() / 2)


def _unseen(linked, least: float, most: float) -> float:
    """Pairs of one person that met in no block, as a share of those seen: Chao's estimate, corrected for few pairs.

    From the pairs at least so likely, each counted by its chance; never more than `most`.
    """
    import numpy as np

    chance, shared = np.asarray(linked.chance, dtype=float), np.asarray(linked.shared)
    if not len(shared):
        return 0.0
    once, twice = (float(chance[(shared == blocks) & (chance >= least)].sum()) for blocks in (1, 2))
    return min(once * max(once - 1, 0) / (2 * (twice + 1)) / max(float(chance.sum()), 1.0), most)


def _doubtful(chance) -> float:
    """The share of the expected links that is not settled: 0 where every pair is certain, one way or the other."""
    expected = chance.sum()
    return float((chance * (1 - chance)).sum() / expected) if expected else 0.0


def _spread(chance) -> float:
    """One standard deviation of the number of true links, if each pair were drawn by its probability."""
    return float((chance * (1 - chance)).sum() ** 0.5)
