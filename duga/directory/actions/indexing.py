"""Keeping the public search in line: each public service's words, terms, hours and places, as rows of bits."""

import datetime as dt
from array import array
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from duga.directory.actions._help import _let_others_write
from duga.directory.models import ConfidentialPlace, SearchEntry, SearchPosting, Service
from duga.directory.queries.bundles import parts
from duga.directory.queries.seen import WHEN, seen
from duga.directory.rules import FOUND, FactKind, standing
from duga.directory.rules.hours import WEEK, read, spans, zone
from duga.directory.rules.search import (
    BLOCK,
    bits_of,
    cells_of,
    day_key,
    month_key,
    pack,
    slot,
    unpack,
    word_keys,
)
from duga.members.actions import write_trail
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places.queries import area_by_id

__all__ = ["index_new", "reindex"]

AT_ONCE = 200  #: services of one transaction when the whole index is made
COLUMNS = ["country", "points", "older_on", "hidden_on", "emergency", "words"]
TOGETHER = 20_000  #: services whose postings are written at once: each common one is a row of bits for all of them


def reindex(*, by: Viewer, progress: Callable[[float], None] | None = None) -> int:
    """Makes the whole index anew from the services, when search finds wrong things; returns how many are in it.

    `progress(share)` hears how far it is, 0 to 1. A part of the services in each transaction: whoever searches finds
    every service all the while, as it was or as it is, and nobody else waits long to write.
    """
    require(by, Permission.CURATE_DIRECTORY)
    say, number, done = progress or (lambda share: None), 0, 0
    public = Service.objects.filter(listed=True, merged_into=None).values_list("pk", flat=True)
    ids = sorted({*public, *SearchEntry.objects.values_list("service_id", flat=True)})
    for part in parts(ids, AT_ONCE):
        with transaction.atomic():
            number += _index(part)
        done += len(part)
        say(0.9 * done / len(ids))
        _let_others_write()
    if _wrong_postings():  # read without a lock: what seems wrong may only have changed meanwhile
        with transaction.atomic():
            _mend_postings(_wrong_postings())
    with transaction.atomic():
        detail = {"services": number}
        write_trail(by=by, event="directory.reindexed", subject=("directory.SearchEntry", ""), detail=detail)
    say(1.0)
    return number


def index_new(*, by: Viewer, service_ids=None, progress: Callable[[float], None] | None = None) -> int:
    """Brings services into the index that an import put in and that are not in it yet (`service_ids`: only of these).

    A part in each transaction. What was cut off goes on when it is asked for again; returns how many came.
    """
    if not by.system:
        require(by, Permission.CURATE_DIRECTORY)
    public = Service.objects.filter(listed=True, merged_into=None, status__in=FOUND)
    if service_ids is None:
        service_ids = public.exclude(pk__in=SearchEntry.objects.values("service_id")).values_list("pk", flat=True)
    ids, done = sorted(service_ids), 0
    for part in parts(ids, AT_ONCE):
        with transaction.atomic():
            _index(part)
        done += len(part)
        if progress:
            progress(done / len(ids))
        if done < len(ids):
            _let_others_write()
    return len(ids)


def _wrong_postings() -> dict[tuple[str, int], int]:
    """{(key, block): the bits it should have} of postings that are not what the entries say they bear."""
    borne: dict = defaultdict(lambda: array("H"))
    for number, words in SearchEntry.objects.values_list("number", "words").iterator(chunk_size=2000):
        block, bit = divmod(number, BLOCK)
        for key in words:
            borne[key, block].append(bit)
    wrong = {}
    for key, block, bits in SearchPosting.objects.values_list("key", "block", "bits").iterator(chunk_size=2000):
        right = bits_of(borne.pop((key, block), ()))
        if unpack(bits) != right:
            wrong[key, block] = right
    return wrong | {place: bits_of(found) for place, found in borne.items()}


def _mend_postings(wrong) -> None:
    empty = [place for place, bits in wrong.items() if not bits]
    for few in parts(empty):
        gone = SearchPosting.objects.filter(key__in={key for key, _block in few}).values_list("pk", "key", "block")
        SearchPosting.objects.filter(pk__in=[pk for pk, *place in gone if wrong.get(tuple(place)) == 0]).delete()
    _put({place: bits for place, bits in wrong.items() if bits})


def _put(told) -> None:
    """Writes postings {(key, block): bits}, there or not."""
    SearchPosting.objects.bulk_create(
        [SearchPosting(key=key, block=block, bits=pack(bits)) for (key, block), bits in told.items()],
        batch_size=200, update_conflicts=True, update_fields=["bits"], unique_fields=["key", "block"],
    )  # fmt: skip


def _index(service_ids, progress=None) -> int:
    """Brings the index in line with these services; those that are not public any more leave it."""
    ids, known, texts = list(service_ids), {}, {}
    number = done = 0
    for many in parts(ids, TOGETHER):
        added, removed = defaultdict(list), defaultdict(list)
        for part in parts(many, 2000):
            number += _index_part(part, known, texts, added, removed)
            done += len(part)
            if progress:
                progress(done / len(ids))
        _write_postings(added, removed)
    return number


def _index_part(ids, known, texts, added, removed):
    there = {row.service_id: row for row in SearchEntry.objects.filter(service_id__in=ids)}
    hidden = _confidential(ids)
    was = {pk: _kept(entry) for pk, entry in there.items()}
    fresh, words = [], {}
    for told in seen(ids):
        if told.merged_into or not told.listed or told.status not in FOUND:
            continue
        entry = there.get(told.id) or SearchEntry(service_id=told.id)
        if told.id in hidden:
            told.places = []
        _fill(entry, told)
        words[told.id] = _keys(told, entry, known, texts)
        fresh.append(entry)
    gone = [entry for pk, entry in there.items() if pk not in words]
    _differences(fresh, gone, words, added, removed)
    _save([entry for entry in fresh if was.get(entry.service_id) != _kept(entry)], gone)
    return len(fresh)


def _kept(entry) -> list:
    return [getattr(entry, name) for name in COLUMNS]


def _confidential(ids):
    """Services whose place is confidential: they are found by their country and the areas they say they serve."""
    rows = ConfidentialPlace.objects.filter(closed_at=None, service_id__in=ids)
    return set(rows.values_list("service_id", flat=True))


def _fill(entry, told):
    verified = {FactKind(kind): timezone.localdate(at) if at else None for kind, at in told.facts.items()}
    days = standing(verified, since=timezone.localdate(told.created_at), emergency=told.emergency)
    entry.country, entry.emergency = told.country, told.emergency
    entry.older_on, entry.hidden_on = days.older_on, days.hidden_on
    entry.points = [[north, east] for _name, north, east, _area in told.places if north is not None]


def _keys(told, entry, known, texts) -> set[str]:
    """Every key a service stands under."""
    areas = _areas(told, known)
    rest = [
        told.description, told.eligibility_description, told.alert, told.provider_name, told.provider_alternate_name,
        *(area.name for area in areas), *(name for name, _north, _east, _area in told.places),
    ]  # fmt: skip
    keys = word_keys(name=[told.name, told.alternate_name, *told.translated], rest=rest, known=texts)
    keys |= told.keys
    keys |= {f"area:{area.code}" for area in areas}
    keys |= {f"kind:{told.provider_kind}", f"country:{told.country}", f"status:{told.status}", "all:"}
    keys |= _ages(told) | _hours(told.country, tuple(told.hours))
    keys |= {month_key("older", entry.older_on)}
    keys |= {told("hidden", entry.hidden_on) for told in (month_key, day_key) if entry.hidden_on}
    keys |= {mark for mark, is_so in (("emergency:", told.emergency), ("discreet:", told.discreet)) if is_so}
    for area_id, name, country in told.serves:
        if area_id:
            keys.add(f"serves:{_area(area_id, known).code}")
        elif not name:
            keys.add(f"serves:{country or told.country}")
    return keys | (cells_of(map(tuple, entry.points)) if entry.points else {"nowhere:"})


def _area(pk, known):
    return known.get(pk) or known.setdefault(pk, area_by_id(pk))


def _areas(told, known):
    """The areas a service lies in (where that is open) or says it serves, with all they lie in."""
    ids = [area_id for area_id, _name, _country in told.serves if area_id]
    ids += [area_id for _name, _north, _east, area_id in told.places if area_id]
    line = {}
    while ids:
        pk = ids.pop()
        if pk not in line:
            area = line[pk] = _area(pk, known)
            ids += [each for each in (area.parent_id, area.region_id) if each]
    return list(line.values())


def _ages(told):
    low = told.minimum_age if told.minimum_age is not None else 0
    high = told.maximum_age if told.maximum_age is not None else 130
    bands = {"child": (0, 13), "teen": (14, 17), "adult": (18, 59), "older": (60, 130)}
    return {f"age:{name}" for name, (first, last) in bands.items() if low <= last and high >= first}


@lru_cache(1024)
def _hours(country, rows) -> frozenset[str]:
    """The hours of a week in which it is open; "open:?" when nobody said. Most services keep one of a few weeks."""
    hours = [found for row in rows if (found := read(dict(zip(WHEN, row, strict=True))))]
    weekly = [each for each in hours if each.opens is not None and each.closes is not None]
    if not weekly:
        return frozenset(["open:?"])
    keys = set()
    for each in weekly:
        if each.monthly or each.month_days or each.interval > 1 or each.first or each.last:
            return frozenset(["open:!"])  # not the same each week: asked when it is shown
    for begin, end in spans(weekly, (), first=WEEK, days=7, at=zone(country)):
        moment = begin.replace(minute=0)
        while moment < end:
            keys.add(slot(moment))
            moment += dt.timedelta(hours=1)
    return frozenset(keys)


def _differences(fresh, gone, words, added, removed):
    for entry in gone:
        for key in entry.words:
            removed[key].append(entry)
    for entry in fresh:
        before, now = set(entry.words), words[entry.service_id]
        for key in now - before:
            added[key].append(entry)
        for key in before - now:
            removed[key].append(entry)
        entry.words = sorted(now)


def _save(fresh, gone):
    new = [entry for entry in fresh if entry.number is None]
    old = [entry for entry in fresh if entry.number is not None]
    SearchEntry.objects.bulk_create(new, batch_size=200)
    if old:
        SearchEntry.objects.bulk_update(old, COLUMNS, batch_size=100)
    if gone:
        SearchEntry.objects.filter(pk__in=[entry.pk for entry in gone]).delete()


def _write_postings(added, removed):
    """Sets and clears bits; rows are locked in the order of their keys, so that two writers never wait in a circle."""
    changes: dict = defaultdict(lambda: [set(), set()])
    for place, told in enumerate((added, removed)):
        for key, entries in told.items():
            for entry in entries:
                block, bit = divmod(entry.number, BLOCK)
                changes[key, block][place].add(bit)
    for few in parts(sorted(changes)):
        rows = SearchPosting.objects.select_for_update().filter(key__in={key for key, _block in few}).order_by("key")
        there, new = {(row.key, row.block): row for row in rows}, {}
        for place in few:
            plus, minus = (bits_of(numbers) for numbers in changes[place])
            now = ((unpack(there[place].bits) if place in there else 0) | plus) & ~minus
            new[place] = now
        _put(new)
