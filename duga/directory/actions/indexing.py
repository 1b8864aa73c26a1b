"""Keeping the public search in line: each public service's words, terms, hours and places, as rows of bits."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from duga.directory.models import ConfidentialPlace, SearchEntry, SearchPosting, Service, Translation
from duga.directory.queries.bundles import bundles, parts
from duga.directory.rules import FOUND, FactKind, standing
from duga.directory.rules.hours import read, spans, zone
from duga.directory.rules.search import (
    BLOCK,
    bits_of,
    cells_of,
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

__all__ = ["reindex"]

#: Columns of a schedule that say when it holds.
WHEN = (
    "byday", "bymonthday", "opens_at", "closes_at", "freq", "interval", "dtstart", "valid_from", "valid_to", "until",
    "timezone", "language",
)  # fmt: skip
#: A week by which the hours of the week are told; any week does.
WEEK = dt.date(2024, 1, 1)


@transaction.atomic
def reindex(*, by: Viewer) -> int:
    """Makes the whole index anew from the services, when search finds wrong things; returns how many are in it."""
    require(by, Permission.CURATE_DIRECTORY)
    SearchPosting.objects.all().delete()
    SearchEntry.objects.all().delete()
    number = _index(Service.objects.filter(listed=True, merged_into=None).values_list("pk", flat=True))
    write_trail(by=by, event="directory.reindexed", subject=("directory.SearchEntry", ""), detail={"services": number})
    return number


def _index(service_ids) -> int:
    """Brings the index in line with these services; those that are not public any more leave it."""
    ids, number, known = list(service_ids), 0, {}
    for part in parts(ids, 2000):
        number += _index_part(part, known)
    return number


def _index_part(ids, known):
    there = {}
    for few in parts(ids):
        there |= {row.service_id: row for row in SearchEntry.objects.filter(service_id__in=few)}
    texts, hidden = _translations(ids), _confidential(ids)
    fresh, words = [], {}
    for told in bundles(ids):
        service = told.service
        if service.merged_into_id or not service.listed or service.status not in FOUND:
            continue
        entry = there.get(service.pk) or SearchEntry(service_id=service.pk)
        open_ = service.pk not in hidden
        _fill(entry, told, open_)
        words[service.pk] = _keys(told, texts.get(service.pk, ()), open_, entry, known)
        fresh.append(entry)
    gone = [entry for pk, entry in there.items() if pk not in words]
    added, removed = _differences(there, fresh, gone, words)
    _save(fresh, gone)
    _write_postings(added, removed)
    return len(fresh)


def _translations(ids):
    found = defaultdict(list)
    for few in parts(ids):
        rows = Translation.objects.filter(entity="service", record_id__in=few, field__in=("name", "alternate_name"))
        for pk, text in rows.values_list("record_id", "text"):
            found[pk].append(text)
    return found


def _confidential(ids):
    """Services whose place is confidential: they are found by their country and the areas they say they serve."""
    rows = ConfidentialPlace.objects.filter(closed_at=None, service_id__in=ids) if len(ids) <= 400 else None
    if rows is None:
        rows = ConfidentialPlace.objects.filter(closed_at=None)
    return set(rows.values_list("service_id", flat=True))


def _fill(entry, told, open_):
    service = told.service
    since = timezone.localdate(service.created_at)
    verified = {
        FactKind(fact.kind): timezone.localdate(fact.verified_at) if fact.verified_at else None for fact in told.facts
    }
    days = standing(verified, since=since, emergency=service.emergency)
    entry.country, entry.emergency = service.country, service.emergency
    entry.older_on, entry.hidden_on = days.older_on, days.hidden_on
    entry.points = [
        [location.latitude, location.longitude]
        for location in (told.locations if open_ else ())
        if location.latitude is not None
    ]


def _keys(told, translated, open_, entry, known) -> set[str]:
    """Every key a service stands under."""
    service, terms = told.service, told.terms
    provider = service.provider
    areas = _areas(told, open_, known)
    rest = [
        service.description, service.eligibility_description, service.alert, provider.name, provider.alternate_name,
        *(area.name for area in areas), *(location.name for location in (told.locations if open_ else ())),
    ]  # fmt: skip
    keys = word_keys(name=[service.name, service.alternate_name, *translated], rest=rest)
    keys |= {f"{key}:{term.code}" for key, found in terms.items() for term in found}
    keys |= {f"lang:{row.code}" for row in told.languages if row.code}
    keys |= {f"lang:{row.code}" for rows in told.location_languages.values() for row in rows if row.code}
    keys |= {f"accessibility:{row.term.code}" for rows in told.location_terms.values() for row in rows}
    keys |= {f"area:{area.code}" for area in areas}
    keys |= {f"kind:{provider.kind}", f"country:{service.country}", f"status:{service.status}", "all:"}
    keys |= _ages(service) | _hours(told)
    keys |= {month_key("older", entry.older_on)}
    keys |= {month_key("hidden", entry.hidden_on)} if entry.hidden_on else set()
    keys |= {mark for mark, is_so in (("emergency:", service.emergency), ("discreet:", service.discreet)) if is_so}
    for row in told.service_areas:
        if row.area_id:
            keys.add(f"serves:{row.area.code}")
        elif not row.name:
            keys.add(f"serves:{row.country or service.country}")
    return keys | (cells_of(map(tuple, entry.points)) if entry.points else {"nowhere:"})


def _areas(told, open_, known):
    """The areas a service lies in (where that is open) or says it serves, with all they lie in."""
    ids = [row.area_id for row in told.service_areas if row.area_id]
    if open_:
        ids += [location.area_id for location in told.locations if location.area_id]
    line = {}
    while ids:
        pk = ids.pop()
        if pk not in line:
            area = line[pk] = known.get(pk) or known.setdefault(pk, area_by_id(pk))
            ids += [each for each in (area.parent_id, area.region_id) if each]
    return list(line.values())


def _ages(service):
    low = service.minimum_age if service.minimum_age is not None else 0
    high = service.maximum_age if service.maximum_age is not None else 130
    bands = {"child": (0, 13), "teen": (14, 17), "adult": (18, 59), "older": (60, 130)}
    return {f"age:{name}" for name, (first, last) in bands.items() if low <= last and high >= first}


def _hours(told):
    """The hours of a week in which it is open; "open:?" when nobody said."""
    where = zone(told.service.country)
    hours = [found for row in told.hours() if (found := read({name: getattr(row, name) for name in WHEN}))]
    weekly = [each for each in hours if each.opens is not None and each.closes is not None]
    if not weekly:
        return {"open:?"}
    keys = set()
    for each in weekly:
        if each.monthly or each.month_days or each.interval > 1 or each.first or each.last:
            return {"open:!"}  # not the same each week: asked when it is shown
    for begin, end in spans(weekly, (), first=WEEK, days=7, at=where):
        moment = begin.replace(minute=0)
        while moment < end:
            keys.add(slot(moment))
            moment += dt.timedelta(hours=1)
    return keys


def _differences(there, fresh, gone, words):
    added, removed = defaultdict(list), defaultdict(list)
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
    return added, removed


def _save(fresh, gone):
    new = [entry for entry in fresh if entry.number is None]
    old = [entry for entry in fresh if entry.number is not None]
    SearchEntry.objects.bulk_create(new, batch_size=200)
    columns = ["country", "points", "older_on", "hidden_on", "emergency", "words"]
    if old:
        SearchEntry.objects.bulk_update(old, columns, batch_size=100)
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
        there, new = {(row.key, row.block): row for row in rows}, []
        for place in few:
            plus, minus = (bits_of(numbers) for numbers in changes[place])
            now = ((unpack(there[place].bits) if place in there else 0) | plus) & ~minus
            new.append(SearchPosting(key=place[0], block=place[1], bits=pack(now)))
        SearchPosting.objects.bulk_create(
            new, batch_size=200, update_conflicts=True, update_fields=["bits"], unique_fields=["key", "block"]
        )
