"""What linking found, seen among some of its records only: the people of one country and year.

Among all records of a round few pairs are one person; among those of one country and year many more may be, because
who came through that country that year was met again and again. A pair that is doubtful in the whole may be likely
there. So the share of pairs that are one person is learned anew for the part, and its chances follow.
"""

from collections.abc import Iterable
from dataclasses import replace

_HELD = 3.0  # pairs that the share learned from the whole counts as
_MOST = 100.0  # times that odds may change, either way


def among(linked, records: Iterable[int]):
    """`Linked` of some records only (numbered through all files), its chances and clusters those of this part."""
    import numpy as np

    from duga.evidence.linkage import clusters
    from duga.evidence.linkage.linking import LINK

    chosen = np.asarray(sorted(records), dtype=np.int64)
    place = np.full(linked.records, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    left, right = (np.asarray(each, dtype=np.int64) for each in (linked.left, linked.right))
    inside = (place[left] >= 0) & (place[right] >= 0)
    left, right = place[left[inside]], place[right[inside]]
    chance = np.asarray(linked.chance, dtype=float)[inside]
    shared = np.asarray(linked.shared)[inside] if len(linked.shared) else linked.shared
    silent = [int(place[i]) for i in linked.silent if place[i] >= 0]
    _, cluster = np.unique(np.asarray(linked.cluster)[chosen], return_inverse=True)
    cluster, probability = cluster.tolist(), np.asarray(linked.probability)[chosen].tolist()
    if linked.model is not None and len(chosen) < linked.records:
        chance = anew(chance, linked.model.prior, len(chosen))
        cluster, probability = clusters.join(len(chosen), left, right, chance, LINK, silent)
    return replace(
        linked, starts=np.searchsorted(chosen, linked.starts).tolist(), left=left, right=right, chance=chance,
        cluster=cluster, probability=probability, silent=silent, shared=shared,
    )  # fmt: skip


def anew(chance, prior: float, records: int):
    """Chances of pairs once the share of pairs that are one person is learned from these alone (an array).

    Each pair's odds are those given, times how much commoner one person is here than in the whole (`prior`); how much,
    is what the chances themselves say, over and over until it stands (expectation and maximisation).
    """
    import numpy as np

    chance = np.asarray(chance, dtype=float)
    pairs = max(records * (records - 1) / 2, 1)
    odds, times = chance / np.maximum(1 - chance, 1e-12), 1.0
    for _ in range(100):
        found = odds * times / (1 + odds * times)
        after = float(np.clip((found.sum() + _HELD) / (pairs * prior + _HELD), 1 / _MOST, _MOST))
        if abs(after - times) < 1e-6 * times:
            break
        times = after
    return odds * times / (1 + odds * times)
