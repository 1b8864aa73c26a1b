"""Services as a phone carries them where there is no connection: what is public, in words, and no more than told."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from duga.directory.queries.bundles import bundles
from duga.directory.queries.finder.results import calls_of, is_public, place_words
from duga.directory.queries.finder.telling import Speaker, ages, hours_lines
from duga.directory.queries.search import search
from duga.directory.rules.search import Ask
from duga.directory.rules.words import label_of


@dataclass(frozen=True)
class Carried:
    """Services to carry, and how many there are where they were looked for."""

    services: list[dict]
    total: int


def carried(
    first: Iterable, asks: Iterable[Ask], language: str, now: dt.datetime, *, most: int, letters: int
) -> Carried:
    """The services `first` names, then those that fit any of `asks`, in turn: at most so many, in so many letters of
    JSON. Each {"name", "by", "place", "phones": [[number, href]], "hours": [line], "kinds": [word], "age"}."""
    found = [search(ask, now, limit=most) for ask in asks]
    hits = [[hit.service_id for hit in results.hits] for results in found]
    turns = [pk for row in zip(*(_padded(ids, most) for ids in hits), strict=True) for pk in row if pk] if hits else []
    ids = list(dict.fromkeys([*first, *turns]))
    known = set(ids)
    total = max(len(known), *(results.total for results in found)) if found else len(known)
    rows, size = [], 0
    for row in _told(ids[:most], language, now):
        size += len(json.dumps(row, ensure_ascii=False))
        if size > letters:
            break
        rows.append(row)
    return Carried(rows, total)


def _padded(ids, length):
    return [*ids, *[None] * (length - len(ids))]


def _told(ids, language, now):
    today = timezone.localdate(now)
    found = [(told, ages(told, today)) for told in bundles(ids)]
    found = [(told, known) for told, known in found if is_public(told, known)]
    pks = [row.pk for told, _known in found for row in (told.service, told.service.provider, *told.hours())]
    say = Speaker(dict.fromkeys(pks), language)
    for told, known in found:
        service = told.service
        hours = [] if "hours" in known and known["hours"].hidden else hours_lines(told, today, say)
        kinds = [(key, term.code) for key in ("needs", "service_types") for term in told.terms.get(key, ())]
        yield {
            "name": say(service, "name", service.language).text,
            "by": say(service.provider, "name", service.provider.language or service.language, proper=True).text,
            "place": place_words(told, language),
            "phones": [[call.number, call.href] for call in calls_of(told, say, known.get("phone"))],
            "hours": [_line(heading, lines) for heading, lines in hours],
            "kinds": list(dict.fromkeys(label_of(key, code, language) for key, code in kinds)),
        }  # fmt: skip


def _line(heading, lines) -> str:
    said = "; ".join(" ".join(filter(None, (line.days, line.times, str(line.note)))) for line in lines)
    return f"{heading}: {said}" if heading else said
