"""How often two different people agree by chance: measured inside the walls, when a file is encoded.

Only sums leave: pairs by field and level of agreement, for the model's u.
"""

from duga.evidence.linkage.common import COMMON
from duga.evidence.linkage.comparing import count_levels
from duga.evidence.linkage.encoding import Held, salted
from duga.evidence.linkage.keys import RoundKey

RECORDS = 5_000  # records that the pairs are drawn from
_PAIRS = 100_000
_BATCH = 20_000


def measure(key: RoundKey, some: list[dict], n: int, schema) -> dict:
    """How often two different people agree, by field and level, over random pairs among some of n records; how often
    the parts of their birth dates do (`days`), how many bear a common name, and whether the pairs are two people for
    sure. `schema` is that of the file."""
    import numpy as np
    import pyarrow as pa

    draw = np.random.Generator(np.random.Philox(key.seed(b"chance" + str(n).encode())))
    if n < 2:
        return {"pairs": 0, "levels": {}}
    wanted = min(_PAIRS, n * (n - 1) // 2, 20 * n)
    left = draw.integers(0, len(some), wanted)
    right = (left + draw.integers(1, len(some), wanted)) % len(some)
    apart, named = _two_people(some, left, right)
    counts: dict[str, list[int]] = {}
    for start in range(0, wanted, _BATCH):
        batch = slice(start, start + _BATCH)
        sides = [side[batch] for side in (left, right)]
        salts = draw.integers(0, 2**63, len(sides[0]), dtype=np.uint64)
        tables = [pa.table(salted(pa, key, some, side, salts, schema, int(draw.integers(0, 2**62)))) for side in sides]
        for field, found in count_levels(*tables, apart[batch], named[batch]).items():
            counts[field] = [a + b for a, b in zip(found, counts.get(field, [0] * len(found)), strict=True)]
    sure = {"born": not named.all(), "others": not apart.all()}
    days = _days(some, left[named], right[named])
    return {"pairs": int(wanted), "levels": counts, "sure": sure, "days": days, "common": _common(some)}


def _common(some: list[dict]) -> dict[str, list[int]]:
    """Of each kind of name: how many bear a common one, of how many."""
    found = {}
    for role in ("given", "family", "father"):
        names = [person[role].bones in COMMON for person in some if role in person]
        found[role] = [sum(names), len(names)]
    return found


def _two_people(some: list[dict], left, right):
    """Which pairs surely are two people: born more than two years apart (`apart`); of other given names (`named`).

    Chance is measured among them, the birth date among the latter and all else among the former: in a small file the
    same person recorded twice would be most of what agrees. Where too few are sure, all pairs stand for them.
    """
    import numpy as np

    years = np.array([person["born"].year if "born" in person else np.nan for person in some], dtype=float)
    given = Held(person["given"].bones if "given" in person else None for person in some).index
    apart = np.abs(years[left] - years[right]) > 2
    named = (given[left] != given[right]) & (given[left] > 0) & (given[right] > 0)
    return tuple(sure if sure.sum() * 4 >= len(left) else np.ones(len(left), dtype=bool) for sure in (apart, named))


def _days(some: list[dict], left, right) -> list[int]:
    """Pairs with a year: how many, how many the same; pairs with a day: how many, the same month, the same day."""
    import numpy as np

    parts = [
        np.array([getattr(person["born"], part) or 0 if "born" in person else 0 for person in some])
        for part in ("year", "month", "day")
    ]
    known = [(part[left] > 0) & (part[right] > 0) for part in parts]
    same = [(part[left] == part[right]) & there for part, there in zip(parts, known, strict=True)]
    both = known[2] & known[1]
    return [int(each.sum()) for each in (known[0], same[0], both, same[1] & both, same[2] & both)]
