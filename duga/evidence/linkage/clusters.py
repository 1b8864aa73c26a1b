"""Pairs that may be one person, joined into people.

Chains are the danger: A is like B, B like C, and A and C are surely two. So records are joined greedily, the surest
pair first, and two groups become one only if all that is known between them speaks for it, taken together.
"""

from collections import defaultdict

_NEVER_COMPARED = -3.0  # log odds of two records that shared no block
_CERTAIN = 7.0  # no pair weighs more than this


def join(records: int, left, right, chance, least: float, silent=()):
    """The cluster of each record (numbered from 0 in order of first record) and how sure its place is.

    `probability` of a record with others is that of its likeliest pair within the cluster; of a record alone, that
    none of the others is the same person, which nobody can know of `silent` records, that say nothing: 0.5 for them.
    Arrays of pairs as `linking` gives them.
    """
    import numpy as np

    root = list(range(records))
    strong = chance >= least
    for a, b in zip(left[strong].tolist(), right[strong].tolist(), strict=True):
        _unite(root, a, b)
    component = np.fromiter((_find(root, i) for i in range(records)), dtype=np.int64, count=records)
    sizes = np.bincount(component, minlength=records)
    cluster = component.copy()
    inside = (component[left] == component[right]) & (sizes[component[left]] > 2) if records else strong
    groups: dict[int, list] = defaultdict(list)
    odds = np.log(np.clip(chance, 1e-9, 1 - 1e-9) / (1 - np.clip(chance, 1e-9, 1 - 1e-9)))
    for i in np.flatnonzero(inside).tolist():
        groups[int(component[left[i]])].append((float(odds[i]), int(left[i]), int(right[i])))
    for edges in groups.values():
        for record, first in _split(edges).items():
            cluster[record] = first
    same = cluster[left] == cluster[right] if records else strong
    together = np.zeros(records)
    np.maximum.at(together, left[same], chance[same])
    np.maximum.at(together, right[same], chance[same])
    apart = np.zeros(records)
    np.maximum.at(apart, left[~same], chance[~same])
    np.maximum.at(apart, right[~same], chance[~same])
    alone = np.bincount(cluster, minlength=records)[cluster] == 1 if records else np.zeros(0, dtype=bool)
    probability = np.where(alone, 1 - apart, together)
    probability[list(silent)] = 0.5
    _, numbers = np.unique(cluster, return_inverse=True)
    return numbers.tolist(), probability.tolist()


def _find(root: list[int], i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


def _unite(root: list[int], a: int, b: int) -> None:
    a, b = _find(root, a), _find(root, b)
    if a != b:
        root[max(a, b)] = min(a, b)


def _split(edges: list[tuple[float, int, int]]) -> dict[int, int]:
    """One component of more than two records: the cluster (its smallest record) of each."""
    known = {}
    for odds, a, b in edges:
        known[a, b] = known[b, a] = max(min(odds, _CERTAIN), -_CERTAIN)
    members = {record: [record] for pair in known for record in pair}
    home = {record: record for record in members}
    for _, a, b in sorted(edges, key=lambda edge: (-edge[0], edge[1], edge[2])):
        one, other = sorted((home[a], home[b]))
        if one == other or known[a, b] <= 0:
            continue
        weight = sum(known.get((x, y), _NEVER_COMPARED) for x in members[one] for y in members[other])
        if weight > 0:
            for record in members[other]:
                home[record] = one
            members[one] += members.pop(other)
    return home
