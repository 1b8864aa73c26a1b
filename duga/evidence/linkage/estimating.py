"""How many different people: a number, and the bounds between which the truth lies.

The number is what the probabilities expect: clusters, corrected by the links they hold for doubtful. The bounds come
from joining freely (every pair that may be one person: fewest people) and sparingly (only pairs that can hardly be
two: most people), widened for what no pair shows: people whose data differ so much that they were never compared, and
data that were false on purpose. Nobody sees the latter; a share of them is assumed, and said.
"""

from dataclasses import dataclass

FREELY, SPARINGLY = 0.1, 0.95
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

    `missed`: share of links that blocking and slips may have hidden although nothing was false, to which the share of
    doubtful links is added. `false`: share of records assumed to be false on purpose (another name and another age),
    which hide a link each where the person is known elsewhere. Records that say nothing (`linked.silent`) may each be
    one of the others: `low` counts none of them. Bounds lie between 1 and the number of records.
    """
    from duga.evidence.linkage import clusters

    n = linked.records
    left, right, chance = linked.left, linked.right, linked.chance
    freely = _clusters(clusters, n, left, right, chance, FREELY)
    sparingly = _clusters(clusters, n, left, right, chance, SPARINGLY)
    people = _expected(linked)
    links = n - people
    # Where many of the links found are doubtful, as many again were too unlike to be found at all.
    doubtful = _doubtful(chance)
    unseen = links * (missed + doubtful + 2 * false)
    low = max(1 if n else 0, round(min(freely, people) - unseen - 2 * _spread(chance)) - len(linked.silent))
    high = min(n, round(max(sparingly, people) + 2 * _spread(chance)))
    return Estimate(
        people=min(max(people, low), high),
        low=low,
        high=high,
        records=n,
        precise=len(linked.silent) < n and high - low <= PRECISE * max(people, 1),
        how=(
            f"From every pair at least {FREELY:.0%} likely to be one person joined, to only pairs at least "
            f"{SPARINGLY:.0%} likely; {missed + doubtful:.0%} of links taken as missed, {false:.0%} of records false."
            + (f" {len(linked.silent):,} records say nothing and may be anybody." if linked.silent else "")
        ),
    )


def _clusters(clusters, n: int, left, right, chance, least: float) -> int:
    return len(set(clusters.join(n, left, right, chance, least)[0]))


def _expected(linked) -> int:
    """Clusters, less the links that were not made and are likely to be, more those made that are likely not to be.

    A doubtful pair changes the number of people only by the link that joins its two clusters: of several pairs
    between the same two clusters the likeliest counts.
    """
    import numpy as np

    cluster = np.asarray(linked.cluster)
    if not len(cluster):
        return 0
    people = len(np.unique(cluster))
    a, b = cluster[linked.left], cluster[linked.right]
    apart = a != b
    best: dict[tuple[int, int], float] = {}
    for x, y, p in zip(a[apart].tolist(), b[apart].tolist(), np.asarray(linked.chance)[apart].tolist(), strict=True):
        pair = (x, y) if x < y else (y, x)
        if p > best.get(pair, 0.0):
            best[pair] = p
    # What speaks against a link is in the pairs within the two clusters: a pair that was likely, and yet not joined.
    fewer = sum(p for p in best.values() if p < 0.5)
    probability = np.asarray(linked.probability)
    sizes = np.bincount(cluster)
    inside = sizes[cluster] > 1
    more = float(((1 - probability[inside]) * (sizes[cluster[inside]] - 1) / sizes[cluster[inside]]).sum())
    return round(people - fewer + more)


def _doubtful(chance) -> float:
    """The share of the expected links that is not settled: 0 where every pair is certain, one way or the other."""
    import numpy as np

    chance = np.asarray(chance, dtype=float)
    expected = chance.sum()
    return float((chance * (1 - chance)).sum() / expected) if expected else 0.0


def _spread(chance) -> float:
    """One standard deviation of the number of true links, if each pair were drawn by its probability."""
    import numpy as np

    chance = np.asarray(chance, dtype=float)
    return float(np.sqrt((chance * (1 - chance)).sum()))
