"""The public search: joins of bits, then the few services that are shown, each looked at exactly.

Nothing of who asks, from where or for what is kept: no log, no table, no cache.
"""

import datetime as dt
import functools
import heapq
import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from duga.directory.models import Closure, Schedule, SearchEntry
from duga.directory.queries.bundles import parts
from duga.directory.queries.seen import WHEN
from duga.directory.rules.hours import Closed, Openness, openness, read, zone
from duga.directory.rules.meanings import meanings
from duga.directory.rules.search import (
    BLOCK,
    Ask,
    around,
    bits_of,
    day_key,
    distance,
    numbers,
    rank,
    reached,
    slot,
    stem,
    unpack,
    words_of,
)
from duga.places.queries import area_by_code_of_figures, lineage
from duga.plain.text import skeleton

#: Groups: whoever is looked for also finds what is for everyone.
EVERYONE = "target_groups:general"
AGES = (("child", 13), ("teen", 17), ("adult", 59), ("older", 200))
READ = 32  #: entries looked at together
FIRST = 3  #: levels of cells read with the question; coarser ones when nothing nearer is left
FAR = 256  #: of those beyond all cells, a few hundred kilometres away, so many are put in order
ALWAYS = ("all:", "emergency:", "discreet:", "nowhere:")  #: keys that most questions need


@dataclass(frozen=True)
class Hit:
    """A service that was found, and why it stands where it stands."""

    service_id: object
    kilometres: float | None = None
    older: bool = False  #: nobody verified it lately
    emergency: bool = False
    openness: Openness = field(default_factory=lambda: Openness(None))
    all_words: bool = True  #: False: only some of the words fit


@dataclass(frozen=True)
class Results:
    """A page of what was found. `total` counts all; with open_now or within it is an upper bound (`exact` False)."""

    hits: tuple[Hit, ...]
    total: int
    exact: bool = True
    more: bool = False


def _postings(keys: list[str]) -> list[tuple[str, int, bytes]]:
    """(key, block, bits) of these keys, in one statement that stays the same however many keys there are."""
    told = "SELECT key, block, bits FROM directory_searchposting WHERE key"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return cursor.execute(f"{told} IN (SELECT value FROM json_each(%s))", [json.dumps(keys)]).fetchall()  # noqa: S608
        from psycopg import Cursor  # Django's own takes values as text: bits cost five times as much so

        with connection.wrap_database_errors, Cursor(connection.connection) as plain:
            plain.execute(f"{told} = ANY(string_to_array(%s, E'\\n'))", ["\n".join(keys)], binary=True)
            return plain.fetchall()


class Sets:
    """Sets of numbers by key, read together and kept for the length of one question."""

    def __init__(self):
        self._told: dict[str, list[tuple[int, bytes]]] = {}
        self._known: dict[str, int] = {}

    def read(self, keys) -> None:
        """Reads what is not known yet, together."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._told]
        if not missing:
            return
        self._told |= {key: [] for key in missing}
        for key, block, bits in _postings(missing):
            self._told[key].append((block, bits))

    def any_of(self, keys) -> int:
        keys = list(keys)
        self.read(keys)
        return functools.reduce(int.__or__, map(self._one, keys), 0)

    def _one(self, key) -> int:
        if key not in self._known:
            self._known[key] = sum(unpack(bits) << block * BLOCK for block, bits in self._told[key])
        return self._known[key]


def search(ask: Ask, now: dt.datetime, *, limit: int = 20, offset: int = 0) -> Results:
    """The services that fit, best first: all words before some, near before far, verified lately before not.

    `now` is an aware moment: what is hidden by age, and what is open, is worked out for it.
    """
    sets = Sets()
    facets = _facets(ask, now)
    words = [_word(word) for word in words_of(ask.text)]
    months = _months(now)
    cells = around(*ask.position) if ask.position else []
    told = [key for keys in facets for key in keys] + [key for word in words for key in word.keys]
    sets.read([*told, *months, *(key for level in cells[:FIRST] for _km, key in level), *ALWAYS])
    fits = sets.any_of(["all:"])
    for keys in facets:
        fits &= sets.any_of(keys)
    fits &= ~sets.any_of(key for key in months if key.startswith("hidden"))
    if ask.discreet is False:
        fits &= ~sets.any_of(["discreet:"])
    tiers = _tiers(sets, words, fits)
    total = functools.reduce(int.__or__, tiers, 0).bit_count()
    hits, looked = [], _Looking(ask, now, sets, months, cells)
    wanted = offset + limit
    for place, tier in enumerate(tiers):
        if len(hits) > wanted:
            break
        hits += looked.best(tier, wanted + 1 - len(hits), all_words=place < 3 or not words)
    exact = not ask.open_now and ask.within is None
    return Results(tuple(hits[offset:wanted]), total, exact, len(hits) > wanted)


@dataclass(frozen=True)
class _Word:
    """A word of a question: keys of what it means, in a name, in a term, in any text, by its sound."""

    name: tuple[str, ...]
    term: tuple[str, ...]
    text: tuple[str, ...]
    sound: tuple[str, ...]

    @property
    def keys(self):
        return (*self.name, *self.term, *self.text, *self.sound)


def _word(word: str) -> _Word:
    bare = stem(word)[:60]
    known = meanings()
    sound = f"k:{skeleton(word)[:60]}" if len(word) > 3 and not word.isdigit() else ""
    term = tuple(sorted(known.get(bare, ())))
    return _Word(
        (f"n:{bare}",),
        term,
        (f"w:{bare}",),
        (sound, *(() if term else sorted(known.get(sound, ())))) if sound else (),
    )


def _facets(ask, now) -> list[list[str]]:
    """Lists of keys; a service must stand under one key of each."""
    facets = [
        [f"{key}:{code}" for code in codes]
        for key, codes in (
            ("needs", ask.needs),
            ("service_types", ask.service_types),
            ("service_groups", ask.service_groups),
            ("kind", ask.provider_kinds),
        )
        if codes
    ]
    if ask.target_groups:
        facets.append([*(f"target_groups:{code}" for code in ask.target_groups), EVERYONE])
    if ask.languages:
        facets.append([f"lang:{code}" for code in ask.languages])
    facets += [[f"conditions:{code}"] for code in ask.conditions]
    facets += [[f"accessibility:{code}"] for code in ask.accessibility]
    if ask.country:
        facets.append([f"country:{ask.country}"])
    if ask.area:
        facets.append(_area_keys(ask.area))
    if ask.age is not None:
        facets.append([f"age:{next(name for name, last in AGES if ask.age <= last)}"])
    if ask.emergency:
        facets.append(["emergency:"])
    if ask.open_now:
        facets.append([slot(now.astimezone(zone(ask.country or "RS"))), "open:!"])
    return facets


def _area_keys(code) -> list[str]:
    """What lies in an area, or serves it, all it lies in, or its whole country."""
    area = area_by_code_of_figures(code)
    around = {each.code for each in lineage(area)} | ({area.region.code} if area.region else set())
    return [f"area:{code}", *(f"serves:{each}" for each in sorted(around)), f"serves:{area.country}"]


def _months(now) -> list[str]:
    """Keys of the months that have begun, in which something began to be older or hidden, eight years back; of this
    month's hidden ones, of its days so far."""
    today = timezone.localdate(now)
    day, keys = today.replace(day=1), [day_key("hidden", today.replace(day=each)) for each in range(1, today.day + 1)]
    for back in range(96):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        told = f"{year:04d}-{month + 1:02d}"
        keys.append(f"older:{told}")
        if back:
            keys.append(f"hidden:{told}")
    return keys


def _tiers(sets, words, fits) -> list[int]:
    """What fits, in sets that do not meet, best first: all words in the name, in name or term, anywhere, some words."""
    if not words:
        return [fits]
    named = [sets.any_of(word.name) for word in words]
    meant = [bits | sets.any_of(word.term) for word, bits in zip(words, named, strict=True)]
    anywhere = [
        bits | sets.any_of(word.text) | sets.any_of(word.sound) for word, bits in zip(words, meant, strict=True)
    ]
    every = [functools.reduce(int.__and__, each) & fits for each in (named, meant, anywhere)]
    some = functools.reduce(int.__or__, meant) & fits if len(words) > 1 else 0
    tiers, taken = [], 0
    if any(every):
        some = 0  # what fits all words is what was asked for
    for bits in (*every, some):
        tiers.append(bits & ~taken)
        taken |= bits
    return tiers


class _Near(NamedTuple):
    """A service that was looked at: how far down it stands, and what a hit tells of it."""

    rank: float
    far: float | None
    service_id: object
    country: str
    older: bool
    emergency: bool


_by_rank = attrgetter("rank")


class _Looking:
    """Looks at services one by one, in the order that is best for who asked, until there are enough."""

    def __init__(self, ask, now, sets, months, cells):
        self.ask, self.now, self.sets, self.cells = ask, now, sets, cells
        begun = [key for key in months if key.startswith("older")]
        self.older = sets.any_of(begun)
        self.surely_older = sets.any_of(begun[1:])  # the first is this month: some are not yet

    def best(self, tier: int, wanted: int, *, all_words: bool) -> list[Hit]:
        """Up to `wanted` services of a set, best first."""
        if not tier or wanted < 1:
            return []
        near = self._nearest if self.ask.position else self._freshest
        return near(tier, wanted, all_words)

    def _freshest(self, tier, wanted, all_words):
        """Emergency lines, then what was verified lately, then the rest; within each by number."""
        urgent = self.sets.any_of(["emergency:"])
        hits = []
        for bits in (tier & urgent, tier & ~urgent & ~self.older, tier & ~urgent & self.older):
            found = numbers(bits)
            while len(hits) < wanted and (part := list(islice(found, READ))):
                hits += self._open(self._look(part), all_words)
        return hits[:wanted]

    def _nearest(self, tier, wanted, all_words):
        """Set after set in the order of the best rank in each, until none can hold anything better.

        What is open is asked of the best few only, in their order: of those that prove closed others take the place.
        """
        waiting, near, hits = _Waiting(self, tier), [], []
        while len(hits) < wanted:
            best = waiting.best()
            few = wanted - len(hits)
            most = near[few - 1].rank if len(near) >= few else math.inf
            if best is not None and best < most:
                # the first few tell how near the rest must be to be worth a look
                near += self._look(waiting.take(READ if most == math.inf else 16 * READ, most))
                near.sort(key=_by_rank)
            elif near:
                hits += self._open(near[:few], all_words)
                del near[:few]
            else:
                break
        return hits

    def _look(self, found) -> list["_Near"]:
        """These services with their rank, by number; what is hidden or too far is left out."""
        today, near = timezone.localdate(self.now), []
        rows = SearchEntry.objects.filter(number__in=found).values_list(
            "number", "service_id", "country", "points", "older_on", "hidden_on", "emergency"
        )
        for _number, service_id, country, points, older_on, hidden_on, emergency in sorted(rows):
            far, older = self._far(points), older_on is not None and older_on <= today
            beyond = self.ask.within is not None and far is not None and far > self.ask.within
            if not beyond and (hidden_on is None or hidden_on > today):
                near.append(_Near(rank(far, older), far, service_id, country, older, emergency))
        return near

    def _open(self, near, all_words) -> list[Hit]:
        """These as hits, without those that are closed where only open ones are wanted."""
        opens = self._opens({each.service_id: each.country for each in near})
        return [
            Hit(each.service_id, each.far, each.older, each.emergency, openness_of, all_words)
            for each in near
            if (openness_of := opens.get(each.service_id, Openness(None))).open or not self.ask.open_now
        ]

    def _far(self, points):
        if self.ask.position is None:
            return None
        return min((distance(self.ask.position, tuple(point)) for point in points), default=None)

    def _opens(self, countries) -> dict[object, Openness]:
        if not self.ask.open_now:
            return {}
        language = self.ask.languages[0] if len(self.ask.languages) == 1 else ""
        return open_states(countries, self.now, language=language)


class _Waiting:
    """Services of a set in the order of the best rank each can have: cells by nearness, what has no place, the rest.

    A level of cells is opened only when nothing nearer is left, and those that nobody verified lately stand so much
    further on.
    """

    def __init__(self, looked: _Looking, tier: int):
        self.looked, self.sets, self.heap, self.count = looked, looked.sets, [], 0
        placeless = tier & self.sets.any_of(["nowhere:"])
        for age, later in ((~looked.surely_older, False), (looked.surely_older, True)):
            self._put(rank(None, later), placeless & age)
            self._put(rank(0.0, later), (later, 0, tier & ~placeless & age))

    def _put(self, best, told):
        """`told`: numbers as bits, or (later, level, bits) of a level that is still closed."""
        if told[2] if isinstance(told, tuple) else told:
            self.count += 1  # tells equal ones apart
            heapq.heappush(self.heap, (best, self.count, told if isinstance(told, tuple) else numbers(told)))

    def best(self) -> float | None:
        """The best rank that anything left can have; None when nothing is."""
        while self.heap and isinstance(self.heap[0][2], tuple):
            self._open(*heapq.heappop(self.heap)[2])
        return self.heap[0][0] if self.heap else None

    def _open(self, later, level, left):
        within, where = self.looked.ask.within, self.looked.ask.position
        self.sets.read(key for _km, key in self.looked.cells[level])
        for km, key in self.looked.cells[level]:
            if (bits := left & self.sets.any_of([key])) and (within is None or km <= within):
                self._put(rank(km, later), bits)
                left &= ~bits
        further = rank(reached(where[0], level), later)
        if level + 1 < len(self.looked.cells):
            self._put(further, (later, level + 1, left))
        elif within is None:
            self._put(further, bits_of(islice(numbers(left), FAR)))

    def take(self, number, most) -> list[int]:
        """The next numbers, so many at most, of what may rank better than `most`."""
        found = []
        while len(found) < number and (best := self.best()) is not None and best < most:
            found += islice(self.heap[0][2], number - len(found))
            if len(found) < number:
                heapq.heappop(self.heap)
        return found


def open_states(countries: dict, now: dt.datetime, *, language: str = "") -> dict[object, Openness]:
    """{service id: whether it is open at `now`}; `countries` {service id: country} says whose clock holds."""
    hours, closed = defaultdict(list), defaultdict(list)
    for part in parts(countries):
        for row in Schedule.objects.filter(service_id__in=part).values("service_id", *WHEN):
            if told := read(row):
                hours[row["service_id"]].append(told)
        for row in Closure.objects.filter(service_id__in=part, location=None):
            closed[row.service_id].append(Closed(row.first_day, row.last_day))
        missing = [pk for pk in part if pk not in hours]
        places = Schedule.objects.filter(location__service_at_locations__service_id__in=missing)
        for row in places.values("location__service_at_locations__service_id", *WHEN):
            if told := read(row):
                hours[row["location__service_at_locations__service_id"]].append(told)
        pairs = Schedule.objects.filter(service_at_location__service_id__in=missing)
        for row in pairs.values("service_at_location__service_id", *WHEN):
            if told := read(row):
                hours[row["service_at_location__service_id"]].append(told)
    return {
        pk: openness(hours[pk], closed[pk], now, at=zone(country), language=language)
        for pk, country in countries.items()
    }


def counts(ask: Ask, now: dt.datetime, key: str, codes) -> dict[str, int]:
    """{code: how many services fit and bear it}: how many one would find by choosing it."""
    sets = Sets()
    fits = sets.any_of(["all:"])
    for keys in _facets(ask, now):
        fits &= sets.any_of(keys)
    fits &= ~sets.any_of(month for month in _months(now) if month.startswith("hidden"))
    codes = list(codes)
    sets.read([f"{key}:{code}" for code in codes])
    return {code: (fits & sets.any_of([f"{key}:{code}"])).bit_count() for code in codes}
