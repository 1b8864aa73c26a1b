"""Facts as snapshots hold them: keys of people, households and organisations are numbers that mean nothing outside."""

from collections.abc import Iterable, Iterator

from duga.casework.queries import FACT_COLUMNS
from duga.evidence.model import FACTS

_KEYED = ("person", "household", "organisation")


def numbered(rows: Iterable[tuple]) -> Iterator[tuple]:
    """Replaces the ids of casework's facts by 1, 2, 3 … in the order in which they first occur.

    Rows come in the order in which they were recorded, so numbers stay the same from snapshot to snapshot
    as long as nothing old is withdrawn. A delivery without a region is in "unknown".
    """
    if tuple(FACTS) != tuple(FACT_COLUMNS):
        raise RuntimeError("casework's facts and the snapshot's columns differ")
    places = [FACT_COLUMNS.index(name) for name in _KEYED]
    area = FACT_COLUMNS.index("area")
    known: list[dict] = [{} for _ in places]
    for row in rows:
        fact = list(row)
        for place, numbers in zip(places, known, strict=True):
            if fact[place] is not None:
                fact[place] = numbers.setdefault(fact[place], len(numbers) + 1)
        fact[area] = fact[area] or "unknown"
        yield tuple(fact)
