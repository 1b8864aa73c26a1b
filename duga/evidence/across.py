"""Counting people once across organisations: what a counting round's files say, and nothing that leads to anyone.

A round's folder holds two files of each organisation that takes part: `NN.encodings` (see `duga.evidence.linkage`)
and `NN.presence`, JSON with

* `rows`: [number, country, year] for each country and year in which who bears a number in the encodings was helped;
* `alone`: [country, year, number] of people helped who stay out of linking, country "" for all countries; rounded at
  random to multiples of five, so that it is right on average and no file says that one person objected.

There is no month, no place, no kind of help and no id that means anything outside the round: who holds all files of
a round and finds out who is who can still not tell where a person was when. Nothing here needs a key, a name or Django.
"""

import hashlib
import hmac
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from duga.plain.errors import Refused, gettext_noop

ENCODINGS, PRESENCE = ".encodings", ".presence"
BASE = 10
"""Published numbers of a round are rounded to tens, twice the smallest number that is shown elsewhere.

They are estimates, so a last digit would only pretend; and a number that is known up to ten cannot be subtracted from
an exact one (the same country's release) to find a few people.
"""

APART = 5
"""Numbers of those who stay out are told in multiples of this."""

Cell = tuple[str, int]  # country ("" for all countries), year


@dataclass(frozen=True)
class Count:
    """One country (empty: all) and year. `people` is the estimate, `low` to `high` its interval.

    `claimed` is what adding up the organisations' own counts would say; `alone` those among them who stay out of
    linking; `distinct` how many clusters the linked ones fall into; `organisations` how many saw anyone there.
    Where `precise` is False only the interval may be published.
    """

    country: str
    year: int
    claimed: int
    alone: int
    distinct: int
    people: float
    low: float
    high: float
    organisations: int
    precise: bool = True


Record = tuple[int, int]  # which file (its place among them), which number in it


@dataclass(frozen=True)
class Presences:
    """All presence files of a round: who was where, and how many stay out of linking by file and cell."""

    rows: dict[Record, frozenset[Cell]]
    alone: dict[tuple[int, str, int], int]

    def records(self, cell: Cell) -> set[Record]:
        """The records of a country and year; country "" means anywhere."""
        country, year = cell
        return {
            record
            for record, where in self.rows.items()
            if any(y == year and (not country or c == country) for c, y in where)
        }

    def cells(self) -> list[Cell]:
        """Every country and year that occurs, and each year for all countries."""
        found = {cell for where in self.rows.values() for cell in where}
        found |= {(country, year) for _file, country, year in self.alone}
        return sorted(found | {("", year) for _country, year in found})


def at_random(number: int, key: bytes, *about) -> int:
    """`number` rounded at random to a multiple of `APART`, up as often as it is near the upper one.

    Right on average, never off by `APART` or more. Drawn from the round's key, what it is `about` and the number:
    asking again gives the same, so that repeating tells nothing. Nought stays nought.
    """
    rest = number % APART
    drawn = hmac.digest(key, repr(("alone", *about, number)).encode(), "sha256")
    up = int.from_bytes(drawn[:8], "big") < rest * 2**64 // APART
    return number - rest + (APART if up else 0)


def presences_of(told: Iterable[Mapping]) -> Presences:
    """The content of presence files; the place of each among them stands for its organisation."""
    rows: dict[Record, set[Cell]] = defaultdict(set)
    alone: dict[tuple[int, str, int], int] = {}
    for file, each in enumerate(told):
        for number, country, year in each["rows"]:
            rows[file, int(number)].add((country, int(year)))
        for country, year, number in each["alone"]:
            alone[file, country, int(year)] = int(number)
    return Presences({record: frozenset(where) for record, where in rows.items()}, alone)


def digest(stem: Path) -> str:
    """SHA-256 over an organisation's two files, by which they are known to be what was encoded."""
    found = hashlib.sha256()
    for ending in (ENCODINGS, PRESENCE):
        found.update(bytes.fromhex(_sha256(stem.with_suffix(ending))))
    return found.hexdigest()


def read_presence(path: Path) -> dict:
    """The content of one presence file."""
    return json.loads(path.read_text("utf-8"))


def count_round(folder: Path, *, progress: Callable[[str, float], None] | None = None) -> dict:
    """Links a round's encodings and counts: {"counts": […], "files": {name: sha256}, "map": {file: clusters}}.

    Reads nothing but the folder's files. `progress(words, share)` is told how far it is (0 to 1). In the map the n-th
    cluster of a file is that of the record it calls n; it is written nowhere: whoever asked for it keeps it sealed.
    """
    files = sorted(folder.glob(f"*{ENCODINGS}"))
    if len(files) < 2:
        raise Refused(gettext_noop("A counting round needs the encodings of at least two organisations."))
    from duga.evidence import linkage

    presences = presences_of(read_presence(path.with_suffix(PRESENCE)) for path in files)
    say = progress or (lambda words, share: None)
    linked = linkage.link(files, progress=lambda words, share: say(words, share * _LINKING))
    cells = presences.cells()

    def counted(done: int) -> None:
        say(f"Counting {done:,} of {len(cells):,} countries and years", _LINKING + (1 - _LINKING) * done / len(cells))

    return {
        "counts": [asdict(each) for each in count(linked, presences, progress=counted)],
        "files": {path.name: _sha256(path) for file in files for path in (file, file.with_suffix(PRESENCE))},
        "map": {file.stem: [int(c) for c, _sure in linked.of_file(place)] for place, file in enumerate(files)},
    }


_LINKING = 0.9  # of the time


def count(linked, presences: Presences, *, progress: Callable[[int], None] | None = None) -> list[Count]:
    """Distinct people in each country and year, and in each year anywhere, with their interval.

    Who stays out of linking may be someone counted already, or nobody's double: the interval reaches from all of
    them being counted already to none; the estimate takes them to overlap as much as the others do. Their numbers were
    rounded at random, which widens it too.
    """
    from duga.evidence.linkage.subsets import among

    found, claims = [], defaultdict(int)
    cells = presences.cells()
    for done, (country, year) in enumerate(reversed(cells)):  # countries first: their claims make the sum of all
        if progress:
            progress(done)
        inside = presences.records((country, year))
        records = [linked.starts[file] + number for file, number in inside]
        alone = {file: n for (file, c, y), n in presences.alone.items() if (c, y) == (country, year)}
        out, claimed = sum(alone.values()), len(records) + sum(alone.values())
        # Each organisation's number was rounded at random: together they are off by two deviations at most.
        off = APART * len({file for file, _number in inside} | set(alone)) ** 0.5 if alone else 0
        if country:
            claims[year] += claimed
        estimate = among(linked, records).estimate() if records else None
        people, low, high = (estimate.people, estimate.low, estimate.high) if estimate else (0, 0, 0)
        share = people / len(records) if records else 1
        found.append(
            Count(
                country=country,
                year=year,
                claimed=claimed if country else claims[year],
                alone=out,
                distinct=len({linked.cluster[record] for record in records}),
                people=round(people + out * share, 1),
                low=max(low, *(number - APART + 1 for number in alone.values()), 0),
                high=math.ceil(high + out + off),
                organisations=len({file for file, _number in inside} | set(alone)),
                precise=estimate.precise if estimate else True,
            )  # fmt: skip
        )
    return sorted(found, key=lambda each: (each.year, each.country))


def distinct_of(map_: Mapping[str, list[int]], presences: Presences) -> dict[Cell, int]:
    """{(country, year): distinct clusters} of a kept map: what verifying compares with the counts."""
    clusters = [map_[name] for name in sorted(map_)]
    return {
        cell: len({clusters[file][number] for file, number in presences.records(cell)}) for cell in presences.cells()
    }


def published(counts: Iterable[Mapping], base: int = BASE) -> list[dict]:
    """What may be shown of counts: rounded, the interval at least as wide; small ones hidden, not saying how small.

    The estimate and the ends of its interval are told by their distance, so that of two numbers rounded apart none says
    on which side of ten the other lies.

    A country and year is hidden when its claimed sum rounds to ten or less: it is then anything from 1 to 14, and
    every other number stands for `base` different ones. All countries' claimed sum is the sum of what is shown,
    so it tells nothing more.
    """
    counts, sums, rows = list(counts), defaultdict(int), []
    for each in counts:
        if each["country"] and _near(each["claimed"], base) > base:
            sums[each["year"]] += _near(each["claimed"], base)
    for each in counts:
        claimed = _near(each["claimed"], base) if each["country"] else sums[each["year"]]
        row = {"country": each["country"], "year": each["year"]}
        if claimed <= base:
            rows.append(row | {"status": "hidden", "people": None, "low": None, "high": None, "claimed": None})
            continue
        people = max(base, claimed - _near(each["claimed"] - each["people"], base))
        low = max(0, people - _up(each["people"] - each["low"], base))
        high = min(claimed, people + _up(each["high"] - each["people"], base))  # nobody is more than all who were met
        numbers = {"people": people if each["precise"] else None, "low": low, "high": high, "claimed": claimed}
        rows.append(row | {"status": "shown"} | numbers)
    return rows


def fingerprint(counts: Iterable[Mapping], files: Mapping[str, str]) -> str:
    """SHA-256 of exact counts and of the digests of the files they were made from: what a round leaves behind."""
    told = {"counts": sorted(counts, key=lambda each: (each["year"], each["country"])), "files": dict(files)}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _near(number: float, base: int) -> int:
    """The nearest multiple of `base`, halves up."""
    return base * int((number + base / 2) // base)


def _up(number: float, base: int) -> int:
    """The next multiple of `base`; 0 for nothing or less."""
    return base * max(0, int(-(-number // base)))


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
