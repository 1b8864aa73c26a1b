"""What someone who holds the encodings, and no key, tries: a dictionary, frequencies of names, patterns of bits.

The attacker knows the programme, and a population of the same making as the one encoded (another draw of it): which
names are how frequent, together with which years and places. Each attack is also made on a careless encoding (one
keyed token a name, the same everywhere), where it works: so that a failure here says something.
"""

from collections import Counter, defaultdict

import pyarrow.parquet as pq

from duga.evidence.linkage import values
from duga.evidence.linkage.blocking import blocks
from duga.evidence.linkage.encoding import _Reader, encode
from duga.evidence.linkage.keys import RoundKey


def read_people(rows, roles) -> list[dict]:
    reader = _Reader({role: role for role in roles})
    return [reader.read(row) for row in rows]


def truth_of(rows, encoded, role) -> list[str]:
    """The bones of a name by record number: what the attacker would like to know."""
    read = {"given": values.read_name, "family": lambda text: values.read_name(text, surname=True)}[role]
    found = [""] * len(rows)
    for row, number in zip(rows, encoded.numbers, strict=True):
        name = read(row.get(role))
        found[number] = name.bones if name else ""
    return found


def shares(guess: dict[int, str], truth: list[str]) -> float:
    """The share of all records whose name was guessed."""
    return sum(1 for record, name in guess.items() if name and truth[record] == name) / max(len(truth), 1)


def blind(truth: list[str], known: list[str]) -> float:
    """What guessing the commonest name for everybody gives, without any file."""
    commonest = Counter(name for name in known if name).most_common(1)[0][0]
    return truth.count(commonest) / len(truth)


def by_rank(values_of: dict[int, object], known: list[str]) -> dict[int, str]:
    """The most frequent value is the most frequent name, the second the second, and so on."""
    ranked = [value for value, _ in Counter(values_of.values()).most_common()]
    names = [name for name, _ in Counter(name for name in known if name).most_common()]
    meaning = dict(zip(ranked, names, strict=False))
    return {record: meaning.get(value, "") for record, value in values_of.items()}


def careless(rows, encoded, role, key: str) -> dict[int, int]:
    """The careless encoding: one keyed token a name. By record number."""
    coder = RoundKey(key)
    return {i: coder.code("careless", name) for i, name in enumerate(truth_of(rows, encoded, role)) if name}


def columns_by_rank(path, role: str, known: list[str]) -> dict[int, str]:
    """Frequencies of every column of a field, each record taken at its most frequent value."""
    table = pq.read_table(path)
    best: dict[int, str] = {}
    weight: dict[int, int] = {}
    names = [name for name, _ in Counter(name for name in known if name).most_common()]
    for column in [name for name in table.column_names if name.startswith(f"{role}_")]:
        held = table[column].to_pylist()
        counts = Counter(value for value in held if value is not None)
        meaning = dict(zip((value for value, _ in counts.most_common()), names, strict=False))
        for record, value in zip(table["record"].to_pylist(), held, strict=True):
            if value is not None and counts[value] > weight.get(record, 0):
                best[record], weight[record] = meaning.get(value, ""), counts[value]
    return best


def blocks_by_rank(path, known_people: list[dict], role: str) -> dict[int, str]:
    """The largest block is the one that is largest in the attacker's own population, and so on down.

    Sizes are matched rank by rank over all kinds of blocks together (the file does not say which kind a block is);
    a record is given the name that its largest block would have.
    """
    expected: Counter = Counter()
    names: dict[str, Counter] = defaultdict(Counter)
    for person in known_people:
        for block in blocks(person):
            expected[block] += 1
            if role in person:
                names[block][person[role].bones] += 1
    ranked = [block for block, _ in expected.most_common()]
    table = pq.read_table(path, columns=["record", "block"])
    held = table["block"].to_pylist()
    sizes = Counter(held)
    meaning = dict(zip((block for block, _ in sizes.most_common()), ranked, strict=False))
    best: dict[int, str] = {}
    weight: dict[int, int] = {}
    for record, block in zip(table["record"].to_pylist(), held, strict=True):
        guess = names.get(meaning.get(block, ""), Counter()).most_common(1)
        if guess and sizes[block] > weight.get(record, 1):
            best[record], weight[record] = guess[0][0], sizes[block]
    return best


def patterns_in_blocks(path, role: str, known: list[str]) -> dict[int, str]:
    """Inside a block encodings can be compared: where many share one filter, it is taken for the commonest name,
    the next for the second, and so on; a record is given what its largest such group says."""
    table = pq.read_table(path, columns=["record", "block", f"{role}_0", f"{role}_1"])
    groups: dict[int, Counter] = defaultdict(Counter)
    rows = list(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    for _, block, first, second in rows:
        if first is not None:
            groups[block][first, second] += 1
    names = [name for name, _ in Counter(name for name in known if name).most_common()]
    best: dict[int, str] = {}
    weight: dict[int, int] = {}
    meanings = {}
    for block, found in groups.items():
        if len(found) > 1:
            meanings[block] = dict(zip((value for value, _ in found.most_common()), names, strict=False))
    for record, block, first, second in rows:
        size = groups[block][first, second] if first is not None else 0
        if block in meanings and size > max(weight.get(record, 1), 1):
            best[record], weight[record] = meanings[block].get((first, second), ""), size
    return best


def bits(path, role: str) -> float:
    """How far the most unequal bit of a field's filters is from the average bit, over all rows (0: no pattern)."""
    import numpy as np

    shares_ = []
    for column in (f"{role}_0", f"{role}_1"):
        words = pq.read_table(path, columns=[column])[column].drop_null().to_numpy().view("uint64")
        shares_ += [float(((words >> np.uint64(bit)) & np.uint64(1)).mean()) for bit in range(64)]
    return max(abs(share - sum(shares_) / len(shares_)) for share in shares_)


def frequency_attack(make, roles, key: str, folder) -> dict[str, float]:
    """All attacks on one population: share of given names and surnames each recovers. `make(seed)` gives rows."""
    rows, known_rows = make(1), make(2)
    path = folder / "target.parquet"
    encoded = encode(rows, roles, key, path)
    known_people = read_people(known_rows, roles)
    found = {}
    for role in ("given", "family"):
        truth = truth_of(rows, encoded, role)
        known = [person[role].bones for person in known_people if role in person]
        found |= {
            f"{role}: guessing blindly": blind(truth, known),
            f"{role}: careless tokens by rank": shares(by_rank(careless(rows, encoded, role, key), known), truth),
            f"{role}: columns by rank": shares(columns_by_rank(path, role, known), truth),
            f"{role}: blocks by rank": shares(blocks_by_rank(path, known_people, role), truth),
            f"{role}: patterns in blocks": shares(patterns_in_blocks(path, role, known), truth),
            f"{role}: most unequal bit": bits(path, role),
        }
    return found
