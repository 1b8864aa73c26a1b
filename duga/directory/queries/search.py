"""The public search: joins of bits, then the few services that are shown, each looked at exactly.

Nothing of who asks, from where or for what is kept: no log, no table, no cache.
"""

import datetime as dt
import functools
import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice

from django.utils import timezone

from duga.directory.models import Closure, Schedule, SearchEntry, SearchPosting
from duga.directory.queries.bundles import parts
from duga.directory.queries.seen import WHEN
from duga.directory.rules.hours import Closed, Openness, openness, read, zone
from duga.directory.rules.meanings import meanings
from duga.directory.rules.search import (
    BLOCK,
    RINGS,
    Ask,
    bits_of,
    distance,
    numbers,
    rank,
    ring_keys,
    ring_radius,
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
READ = 64  #: entries looked at together


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


class Sets:
    """Sets of numbers by key, read together and kept for the length of one question."""

    def __init__(self):
        self._known: dict[str, int] = {}

    def read(self, keys) -> None:
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        for part in parts(missing):
            self._known |= dict.fromkeys(part, 0)
            for key, block, bits in SearchPosting.objects.filter(key__in=part).values_list("key", "block", "bits"):
                self._known[key] |= unpack(bytes(bits)) << block * BLOCK

    def any_of(self, keys) -> int:
        keys = list(keys)
        self.read(keys)
        return functools.reduce(int.__or__, (self._known[key] for key in keys), 0)


def search(ask: Ask, now: dt.datetime, *, limit: int = 20, offset: int = 0) -> Results:
    """The services that fit, best first: all words before some, near before far, verified lately before not.

    `now` is an aware moment: what is hidden by age, and what is open, is worked out for it.
    """
    sets = Sets()
    facets = _facets(ask, now)
    words = [_word(word) for word in words_of(ask.text)]
    months = _months(now)
    sets.read([*[key for keys in facets for key in keys], *[k for w in words for k in w.keys], *months, "all:"])
    fits = sets.any_of(["all:"])
    for keys in facets:
        fits &= sets.any_of(keys)
    fits &= ~sets.any_of(key for key in months if key.startswith("hidden"))
    if ask.discreet is False:
        fits &= ~sets.any_of(["discreet:"])
    tiers = _tiers(sets, words, fits)
    older = sets.any_of(key for key in months if key.startswith("older"))
    total = functools.reduce(int.__or__, tiers, 0).bit_count()
    hits, looked = [], _Looking(ask, now, sets, older)
    wanted = offset + limit
    for place, tier in enumerate(tiers):
        if len(hits) > wanted:
            break
        hits += looked.best(tier, wanted + 1 - len(hits), all_words=place < 3 or not words)
    exact = not ask.open_now and ask.within is None
    return Results(tuple(hits[offset:wanted]), total if exact else min(total, total), exact, len(hits) > wanted)


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
    """Keys of the months that have begun, in which something began to be older or hidden; eight years back."""
    day = now.date().replace(day=1)
    keys = []
    for back in range(96):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        told = f"{year:04d}-{month + 1:02d}"
        keys.append(f"older:{told}")
        if back:  # this month's are looked at one by one
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


class _Looking:
    """Looks at services one by one, in the order that is best for who asked, until there are enough."""

    def __init__(self, ask, now, sets, older):
        self.ask, self.now, self.sets, self.older = ask, now, sets, older

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
                hits += [hit for hit, _rank in self._look(part, all_words)]
        return hits[:wanted]

    def _nearest(self, tier, wanted, all_words):
        """Squares of cells around the position, until enough are nearer than anything outside them can be."""
        where, found, seen = self.ask.position, [], 0
        placeless = tier & self.sets.any_of(["nowhere:"])
        found += self._look(_first(placeless & ~self.older, wanted) + _first(placeless & self.older, wanted), all_words)
        for level, reach in RINGS:
            bits = tier & ~placeless & ~seen & self.sets.any_of(ring_keys(*where, level, reach))
            seen |= bits
            found += self._look(self._near_numbers(bits, wanted), all_words)
            radius = ring_radius(where[0], level, reach)
            found.sort(key=lambda pair: pair[1])
            if self.ask.within is not None and radius >= self.ask.within:
                break
            if len(found) >= wanted and found[wanted - 1][1] <= radius:
                break
        else:
            if len(found) < wanted and self.ask.within is None:
                found += self._look(_first(tier & ~placeless & ~seen, 2 * wanted), all_words)
                found.sort(key=lambda pair: pair[1])
        return [hit for hit, _rank in found[:wanted]]

    def _near_numbers(self, bits, wanted) -> list[int]:
        """The numbers of a set, or, of many, those of the nearest: looking at each closely would cost too much."""
        found = list(numbers(bits))
        if len(found) <= 4 * wanted or self.ask.open_now:
            return found
        today, ranked = timezone.localdate(self.now), []
        for part in parts(found, 2000):
            rows = SearchEntry.objects.filter(number__in=part)
            for number, points, older_on, hidden_on in rows.values_list("number", "points", "older_on", "hidden_on"):
                if hidden_on is None or hidden_on > today:
                    older = older_on is not None and older_on <= today
                    ranked.append((rank(self._far(points), older), number))
        return [number for _rank, number in heapq.nsmallest(wanted, ranked)]

    def _look(self, found, all_words) -> list[tuple[Hit, float]]:
        """These services as hits with their rank; those that are hidden, closed or too far are left out."""
        today = timezone.localdate(self.now)
        entries = []
        for part in parts(found, 2000):
            entries += SearchEntry.objects.filter(number__in=part).values_list(
                "number", "service_id", "country", "points", "older_on", "hidden_on", "emergency"
            )
        entries = [entry for entry in entries if entry[5] is None or entry[5] > today]
        opens = self._opens(entries)
        pairs = []
        for _number, service_id, _country, points, older_on, _hidden, emergency in sorted(entries):
            far = self._far(points)
            if self.ask.within is not None and far is not None and far > self.ask.within:
                continue
            if self.ask.open_now and not opens[service_id].open:
                continue
            older = older_on is not None and older_on <= today
            hit = Hit(service_id, far, older, emergency, opens.get(service_id, Openness(None)), all_words)
            pairs.append((hit, rank(far, older)))
        return pairs

    def _far(self, points):
        if self.ask.position is None:
            return None
        return min((distance(self.ask.position, tuple(point)) for point in points), default=None)

    def _opens(self, entries) -> dict[object, Openness]:
        if not self.ask.open_now:
            return {}
        countries = {entry[1]: entry[2] for entry in entries}
        language = self.ask.languages[0] if len(self.ask.languages) == 1 else ""
        return open_states(countries, self.now, language=language)


def _first(bits, number):
    return list(islice(numbers(bits), number))


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


def numbers_of(service_ids) -> int:
    """The set of these services, as bits."""
    found = []
    for part in parts(service_ids):
        found += SearchEntry.objects.filter(service_id__in=part).values_list("number", flat=True)
    return bits_of(found)
