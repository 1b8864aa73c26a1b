"""Who was met, and how many by the month before: the arithmetic of the counting layer, on arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from duga.evidence.fingerprint import combined

LAYOUT = 2
KINDS = {"person": "people", "household": "households"}
"""Whom a layer counts, and its folder."""
DIMENSIONS = ("country", "area", "sex", "age_band")
SETS = [
    (*place, *sex, *band)
    for place, sex, band in product(((), ("country",), ("country", "area")), ((), ("sex",)), ((), ("age_band",)))
]
MOST_WORDS = 1 << 20
"""More combinations of words than this have no layer."""


def file_of(names: Iterable[str]) -> str:
    """The file that answers for these dimensions.

    >>> file_of({"area", "sex"})
    'country-area-sex.parquet'
    """
    names = {*names, *(["country"] if "area" in names else [])}
    return "-".join(name for name in DIMENSIONS if name in names) + ".parquet" if names else "all.parquet"


@dataclass
class Meetings:
    """Who was met in one month: numbers of people, and for each the place in `words` (country, area, sex, age band)."""

    who: object
    place: object
    words: list[tuple[str, ...]]


def meetings(table) -> dict[str, Meetings]:
    """From one month's facts (words as dictionaries): people and households, each once under each combination."""
    import numpy as np
    import pyarrow.compute as pc

    found = {}
    for key in KINDS:
        chosen = table.filter(pc.equal(table["recipient"].cast("string"), key)).select([key, *DIMENSIONS])
        if not chosen.num_rows:
            continue
        columns = [chosen[name].combine_chunks() for name in DIMENSIONS]
        which = combined([(column.indices.to_numpy(), len(column.dictionary)) for column in columns])
        different, first, place = np.unique(which, return_index=True, return_inverse=True)
        values = [column.take(first).to_pylist() for column in columns]
        packed = np.unique(place.ravel().astype(np.int64) << 32 | chosen[key].to_numpy().astype(np.int64))
        found[key] = Meetings(
            who=(packed & 0xFFFFFFFF).astype(np.uint32),
            place=(packed >> 32).astype(np.int32),
            words=list(zip(*values, strict=True)),
        )
    return found


class Words:
    """The combinations of words that occur, each with a number that never changes from snapshot to snapshot."""

    def __init__(self, known: Iterable[tuple[str, ...]] = ()):
        self.number = {words: i for i, words in enumerate(known)}

    def numbers(self, words: Iterable[tuple[str, ...]]):
        import numpy as np

        return np.array([self.number.setdefault(each, len(self.number)) for each in words], np.int32)

    def write(self, file: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = list(zip(*self.number, strict=True)) or [()] * len(DIMENSIONS)
        arrays = {name: pa.array(column, pa.string()) for name, column in zip(DIMENSIONS, columns, strict=True)}
        pq.write_table(pa.table(arrays), file)

    @classmethod
    def read(cls, file: Path) -> "Words":
        import pyarrow.parquet as pq

        return cls(tuple(row.values()) for row in pq.read_table(file).to_pylist())

    def within(self, names: Sequence[str]):
        """(number of the narrower combination for each of ours, the narrower combinations in order)."""
        import numpy as np

        kept = [DIMENSIONS.index(name) for name in names]
        narrow = [tuple(words[i] for i in kept) for words in self.number]
        order = {words: i for i, words in enumerate(sorted(set(narrow)))}
        return np.array([order[words] for words in narrow], np.int32), list(order)


@dataclass
class Counts:
    """Rows of one file of the layer: the combination of words, the month, the month before, how many."""

    words: object
    month: object
    before: object
    n: object

    def table(self, names: Sequence[str], combinations: Sequence[tuple[str, ...]]):
        import numpy as np
        import pyarrow as pa

        columns = {}
        for i, name in enumerate(names):
            values, codes = np.unique([words[i] for words in combinations] or [""], return_inverse=True)
            codes = codes.ravel().astype(np.int32)[self.words]
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(values, pa.string())).cast(
                "string"
            )
        for name in ("month", "before", "n"):
            columns[name] = pa.array(getattr(self, name), pa.int64() if name == "n" else pa.int32())
        return pa.table(columns)


@dataclass
class Layer:
    """All counts over some meetings, to be written, added or taken away; by set, and the meetings of movers."""

    counts: dict[tuple[str, ...], list[Counts]] = field(default_factory=lambda: {names: [] for names in SETS})
    movers: list[tuple] = field(default_factory=list)

    def add(self, key, month, place, words: Words) -> None:
        """Counts these meetings (arrays of equal length); a person's meetings must all come in one call."""
        import numpy as np

        if not len(key):
            return
        key, place, month, before = _spells(key, place, month)
        moving = _movers(key, place)
        steady = _tally(place[~moving], month[~moving], before[~moving])
        key, place, month = key[moving], place[moving], month[moving]
        self.movers.append((key, place, month))
        for names in SETS:
            narrow, _ = words.within(names)
            rolled = _tally(narrow[steady.words], steady.month, steady.before, steady.n)
            self.counts[names].append(rolled)
            if len(key):
                _, what, when, before = _spells(key, narrow[place], month)
                self.counts[names].append(_tally(what, when, before))
        self.counts = {names: [joined(parts)] for names, parts in self.counts.items()}
        self.movers = [tuple(np.concatenate(each) for each in zip(*self.movers, strict=True))]


def _spells(key, what, month):
    """Different (person, words, month) in order, with the month before of each (0: never)."""
    import numpy as np

    first = int(month.min())
    bits_month = int(month.max() - first + 1).bit_length()
    bits_what = int(what.max() + 1).bit_length()
    packed = key.astype(np.uint64) << np.uint64(bits_what + bits_month)
    packed |= what.astype(np.uint64) << np.uint64(bits_month)
    packed |= (month - first).astype(np.uint64)
    packed.sort()
    packed = packed[np.append(True, packed[1:] != packed[:-1])]
    when = (packed & np.uint64((1 << bits_month) - 1)).astype(np.int32) + first
    spell = packed >> np.uint64(bits_month)
    before = np.zeros(len(packed), np.int32)
    before[1:] = np.where(spell[1:] == spell[:-1], when[:-1], 0)
    what = (spell & np.uint64((1 << bits_what) - 1)).astype(np.int32)
    return (spell >> np.uint64(bits_what)).astype(np.uint32), what, when, before


def fits(people: int, words: int, months: int) -> bool:
    """Whether the three numbers of a meeting fit into 64 bits together."""
    return words <= MOST_WORDS and people.bit_length() + (words + 1).bit_length() + (months + 1).bit_length() <= 64


def _movers(key, place):
    """Which rows (in order of person and words) are of people met under several combinations."""
    import numpy as np

    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    ends = np.append(starts[1:], len(key))
    return np.repeat(place[starts] != place[ends - 1], ends - starts)


def _tally(words, month, before, n=None) -> Counts:
    """How many for each different (words, month, month before)."""
    import numpy as np

    packed = words.astype(np.int64) << 34 | month.astype(np.int64) << 17 | before.astype(np.int64)
    if n is None:
        different, numbers = np.unique(packed, return_counts=True)
    else:
        order = np.argsort(packed, kind="stable")
        packed = packed[order]
        starts = np.flatnonzero(np.append(True, packed[1:] != packed[:-1])) if len(packed) else np.array([], np.int64)
        different = packed[starts]
        numbers = np.add.reduceat(n[order], starts) if len(starts) else n[:0]
    low = (1 << 17) - 1
    return Counts(different >> 34, different >> 17 & low, different & low, numbers.astype(np.int64))


def joined(parts: Sequence[Counts]) -> Counts:
    """Several counts of the same set added up."""
    import numpy as np

    names = ("words", "month", "before", "n")
    return _tally(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
