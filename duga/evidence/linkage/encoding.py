"""Inside the walls: rows with names become a file of encodings that only its round can compare.

The file (Parquet) has one row for each block a record belongs to: a record number that means nothing, the block, and
every identity field as filters and tokens under that block's salt. There is no name, no date, no identifier and no
order in it. Its metadata says how many records there are, which roles they have, which round they belong to and how
often two different people agree by chance.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duga.evidence.linkage import values
from duga.evidence.linkage.blocking import blocks
from duga.evidence.linkage.common import COMMON
from duga.evidence.linkage.keys import NAME_WORDS, RoundKey
from duga.evidence.linkage.values import ROLES, Born, Name
from duga.plain.errors import Refused, gettext_noop

VERSION = 2
_BATCH = 20_000
METADATA = b"duga.linkage"

_READERS = {
    "given": values.read_name,
    "family": lambda text: values.read_name(text, surname=True),
    "father": values.read_name,
    "born": values.read_born,
    "birth_year": values.read_birth_year,
    "sex": values.read_sex,
    "place": values.read_place,
    "postcode": values.read_code,
    "street": values.read_place,
    "number": values.read_code,
    "phone": values.read_phone,
    "document": values.read_code,
    "nationality": values.read_text,
}


@dataclass(frozen=True)
class Encoded:
    """What stays inside the walls beside the file: `numbers[i]` is what the file calls the i-th row given."""

    path: Path
    records: int
    numbers: Sequence[int]
    unread: Mapping[str, int]


def encode(
    rows: Iterable[Mapping],
    roles: Mapping[str, str] | Iterable[str],
    key: str | RoundKey,
    out: str | Path,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Encoded:
    """Encodes rows for one counting round and writes the file `out`, whole or not at all.

    `rows` are mappings; `roles` says which of their columns holds what: {"given": "first name", …}, or the roles
    alone when the columns bear their names. `key` is the round's: 64 hexadecimal digits. A value that cannot be
    read counts as missing (`unread` counts those that say something, by role). Raises `Refused` for an unknown role or
    a bad key.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from duga.evidence.linkage import chance

    key = key if isinstance(key, RoundKey) else RoundKey(key)
    roles = check_roles(roles)
    rows = rows if isinstance(rows, Sequence) else list(rows)
    reader = _Reader(roles)
    digest = _digest(rows, roles)
    order = np.random.Generator(np.random.Philox(key.seed(digest))).permutation(len(rows))
    schema, noise = _schema(pa, roles), key.seed(b"noise" + digest) >> 1
    out, beside = Path(out), Path(out).with_name(f".{Path(out).name}.{os.getpid()}")
    metadata = {"version": VERSION, "round": key.mark, "records": len(rows), "roles": sorted(roles)}
    try:
        writer = pq.ParquetWriter(beside, schema, compression="none", use_dictionary=False, write_statistics=False)
        with writer:
            for start in range(0, len(rows), _BATCH):
                people = [reader.read(rows[i]) for i in order[start : start + _BATCH]]
                for person in people:
                    reader.note(person)
                writer.write_batch(_batch(pa, key, people, start, schema, noise + start))
                if progress:
                    progress(min(start + _BATCH, len(rows)), len(rows))
            metadata["namesakes"], unread = reader.namesakes(), dict(reader.unread)
            some = [reader.read(rows[i]) for i in order[: chance.RECORDS]]
            metadata["chance"] = chance.measure(key, some, len(rows), schema)
            writer.add_key_value_metadata({METADATA: json.dumps(metadata).encode()})
        os.replace(beside, out)
    finally:
        beside.unlink(missing_ok=True)
    numbers = np.empty(len(rows), dtype=np.int64)
    numbers[order] = np.arange(len(rows))
    return Encoded(out, len(rows), numbers.tolist(), unread)


def check_roles(roles: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    """The roles in the order of ROLES, with their columns. Raises `Refused` for an unknown one, offering a near one."""
    from difflib import get_close_matches

    roles = dict(roles) if isinstance(roles, Mapping) else {role: role for role in roles}
    for role in roles:
        if role not in ROLES:
            raise Refused(
                gettext_noop("There is no role %(role)s. %(hint)s"),
                role=role,
                hint=f"Did you mean {near[0]}?"
                if (near := get_close_matches(role, ROLES, n=1))
                else "Roles: " + " ".join(ROLES),
            )
    if not roles:
        raise Refused(gettext_noop("Say at least one role, for example given=first_name."))
    return {role: roles[role] for role in ROLES if role in roles}


def _digest(rows, roles) -> bytes:
    """What the order is drawn from: the same rows give the same file, and nobody without the key knows the order."""
    import hashlib

    digest = hashlib.sha256()
    columns = list(roles.values())
    for row in rows:
        digest.update(repr([row.get(column) for column in columns]).encode())
    return digest.digest()


class _Reader:
    """Reads rows into people, remembering what it has read: names repeat."""

    def __init__(self, roles: Mapping[str, str]):
        self._columns = [(role, column, _READERS[role], {}) for role, column in roles.items()]
        self.unread = dict.fromkeys(roles, 0)
        self._names: dict[tuple, dict] = {}

    def namesakes(self) -> dict[str, list[int]]:
        """Among pairs of records born in different years: how many have both names alike, of how many; and of those
        with both names alike, how many have the father's name alike too, of how many."""
        names, years, fathers, known = _Pairs(), _Pairs(), _Pairs(), _Pairs()
        for (given, family, father, year), n in self._names.items():
            years.add((), year, n)
            names.add((given, family), year, n)
            if father:
                known.add((given, family), year, n)
                fathers.add((given, family, father), year, n)
        return {"names": [names.count(), years.count()], "fathers": [fathers.count(), known.count()]}

    def note(self, person: dict) -> None:
        """Remembers, for `namesakes`, who has both names and a year of birth."""
        if "given" in person and "family" in person and "born" in person:
            names = tuple(person[role].bones if role in person else "" for role in ("given", "family", "father"))
            key = (*names, person["born"].year)
            self._names[key] = self._names.get(key, 0) + 1

    def read(self, row: Mapping) -> dict:
        person = {}
        for role, column, read, known in self._columns:
            text = row.get(column)
            if text is None or text == "":
                continue
            if text in known:
                value = known[text]
            else:
                if len(known) > 200_000:
                    known.clear()
                value = known[text] = read(text)
            if value is not None:
                person[role] = value
            elif values.read_text(text):  # "", "n/a" and "?" are missing, not unreadable
                self.unread[role] += 1
        if "birth_year" in person and "born" not in person:
            person["born"] = Born(person["birth_year"])
        return person


class _Pairs:
    """Counts pairs that are alike in one thing and differ in the year."""

    def __init__(self):
        self._all: dict = {}
        self._same: dict = {}

    def add(self, alike: tuple, year: int, n: int) -> None:
        self._all[alike] = self._all.get(alike, 0) + n
        self._same[alike, year] = self._same.get((alike, year), 0) + n

    def count(self) -> int:
        return sum(n * (n - 1) for n in self._all.values()) // 2 - sum(n * (n - 1) for n in self._same.values()) // 2


# --- one batch -------------------------------------------------------------------------------------


def _batch(pa, key: RoundKey, people: list[dict], start: int, schema, noise: int):
    import numpy as np

    names, counts = bytearray(), []
    for person in people:
        found = blocks(person)
        counts.append(len(found))
        for name in found:
            names += key.block(name)
    pairs = np.frombuffer(bytes(names), dtype=np.uint64).reshape(-1, 2)
    who = np.repeat(np.arange(len(people)), counts)
    columns = {
        "record": pa.array((who + start).astype(np.int32)),
        "block": pa.array(pairs[:, 0].view(np.int64)),
    } | salted(pa, key, people, who, pairs[:, 1], schema, noise)
    return pa.record_batch([columns[name] for name in schema.names], schema=schema)


# --- fields under the salts of blocks --------------------------------------------------------------


def _schema(pa, roles):
    fields = [("record", pa.int32()), ("block", pa.int64())]
    for name, kind in columns_of(roles):
        fields.append((name, pa.int64() if kind == "filter" else pa.int32()))
    return pa.schema(fields)


def columns_of(roles: Iterable[str]) -> list[tuple[str, str]]:
    """The columns of fields in an encodings file, each a filter (64 bits) or a token (31 bits)."""
    roles, found = set(roles), []
    for role in ("given", "family", "father"):
        if role in roles:
            found += [(f"{role}_{i}", "filter") for i in range(NAME_WORDS)]
            found += [(f"{role}_{what}", "token") for what in ("bones", "other", "common")]
            found += [(f"given_{what}", "token") for what in ("form", "stem", "short")] if role == "given" else []
    if roles & {"born", "birth_year"}:
        found += [("years_0", "filter"), ("year", "token"), ("month", "token"), ("day", "token")]
    for role in ("place", "street", "document", "postcode"):
        if role in roles:
            found += [(f"{role}_0", "filter"), (role, "token")]
    found += [(role, "token") for role in ("sex", "number", "phone", "nationality") if role in roles]
    return found


def salted(pa, key: RoundKey, people: list[dict], who, salts, schema, noise: int) -> dict:
    """All field columns for rows: row i is about people[who[i]] under salts[i]. Missing values are null."""
    names, columns = set(schema.names), {}

    def token(domain, held, text):
        return _token(pa, key, domain, held.texts(text), held.index[who], salts, noise)

    for role in ("given", "family", "father", "place", "street", "document", "postcode"):
        if f"{role}_0" in names:
            words = NAME_WORDS if f"{role}_1" in names else 1
            held = Held(person.get(role) for person in people)
            domain = "name" if words > 1 else "words"
            for i, column in enumerate(_filter(pa, key, domain, held.texts(_grams), held.index[who], salts, words)):
                columns[f"{role}_{i}"] = column
            if words > 1:
                columns[f"{role}_bones"] = token("bones", held, lambda name: name.bones)
                columns[f"{role}_other"] = token("bones", held, lambda name: name.other)
                # A common name has a token of its own; any other has one that nobody shares, so that it does not show.
                columns[f"{role}_common"] = token(
                    "common", held, lambda name: name.bones if name.bones in COMMON else ""
                )
            if role == "given":
                columns["given_form"] = token("form", held, lambda name: name.form or None)
                columns["given_stem"] = token("stem", held, lambda name: name.stem or None)
                columns["given_short"] = token("stem", held, lambda name: name.short or None)
    if "year" in names:
        held = Held(person.get("born") for person in people)
        years = held.texts(lambda born: [str(born.year + n) for n in (-2, -1, 0, 1, 2)])
        columns["years_0"] = _filter(pa, key, "years", years, held.index[who], salts, 1)[0]
        columns["year"] = token("year", held, lambda born: str(born.year))
        columns["month"] = token("day or month", held, lambda born: str(born.month) if born.day else None)
        columns["day"] = token("day or month", held, lambda born: str(born.day) if born.day else None)
    for role in ("sex", "place", "street", "number", "postcode", "phone", "document", "nationality"):
        if role in names:
            held = Held(person.get(role) for person in people)
            columns[role] = token(role, held, lambda value: value.bones if isinstance(value, Name) else value)
    return columns


class Held:
    """The different values among many, each worked on once: `index` says which of them each person has."""

    def __init__(self, found: Iterable):
        import numpy as np

        places: dict = {None: 0}
        self.index = np.array([places.setdefault(value, len(places)) for value in found], dtype=np.int64)
        self._values = list(places)[1:]

    def texts(self, of: Callable) -> list:
        return [None, *(of(value) for value in self._values)]


def _grams(value) -> list[str]:
    """Pairs of neighbouring letters or digits, the ends of each word marked."""
    text = value.sound if isinstance(value, Name) else value
    found = []
    for word in text.split(" "):
        padded = f"_{word}_"
        found += [padded[i : i + 2] for i in range(len(padded) - 1)]
    return list(dict.fromkeys(found))


def _token(pa, key: RoundKey, domain: str, texts: list, which, salts, noise: int):
    """One token a row for texts[which[row]]: null for None, one that nobody shares for an empty text."""
    import numpy as np

    codes = np.array([key.code(domain, text) if text else 0 for text in texts], dtype=np.uint64)
    tokens = key.tokens(codes[which], salts)
    alone = np.array([text == "" for text in texts], dtype=bool)[which]
    if alone.any():
        rows = np.flatnonzero(alone).astype(np.uint64) * np.uint64(2**20 + 7) + np.uint64(noise)
        tokens[alone] = key.tokens(rows, salts[alone] ^ np.uint64(key.code("alone", domain)))
    return pa.array(tokens, mask=np.array([text is None for text in texts], dtype=bool)[which])


def _filter(pa, key: RoundKey, domain: str, grams: list, which, salts, words: int) -> list:
    """One filter a row for the grams of grams[which[row]], in columns of 64 bits; null for None."""
    import numpy as np

    lengths = np.array([len(each) if each else 0 for each in grams], dtype=np.int64)
    flat = np.array([key.code(domain, gram) for each in grams if each for gram in each], dtype=np.uint64)
    begins = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    there = lengths[which] > 0
    rows = np.flatnonzero(there)
    out = np.zeros((len(which), words), dtype=np.int64)
    if len(rows):
        sizes = lengths[which[rows]]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        spread = np.repeat(np.arange(len(rows)), sizes)
        inside = np.arange(len(spread)) - starts[spread]
        codes = flat[begins[which[rows]][spread] + inside]
        out[rows] = key.filters(codes, starts, salts[rows][spread], words)
    return [pa.array(out[:, word], mask=~there) for word in range(words)]
