"""What /services/ shows: services that fit, each on a card, and emergency lines, in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.directory.queries.bundles import Bundle, bundles
from duga.directory.queries.finder.places import Where, area_choices, country_words, where_of
from duga.directory.queries.finder.telling import (
    Fresh,
    Open,
    Speaker,
    ages,
    fresh,
    honesty,
    joined,
    language_name,
    letters,
    open_words,
)
from duga.directory.queries.search import Hit, search
from duga.directory.rules import FOUND, FactKind
from duga.directory.rules.asked import Asked, about_violence, understood
from duga.directory.rules.freshness import RANKING
from duga.directory.rules.kinds import APPS
from duga.directory.rules.search import Ask
from duga.directory.rules.texts import Text, Told
from duga.directory.rules.words import label_of
from duga.places.queries import area_name
from duga.ui.numbers import format_number

SIZE = 20  #: cards on a page
PRINTED = 150  #: services on a printed list
LINES = 60  #: emergency lines shown at most


@dataclass(frozen=True)
class Call:
    """A number to tap: `number` as it is written, `href` as a phone takes it."""

    number: str
    href: str
    free: bool | None = None
    text: Text | None = None
    apps: tuple[tuple[str, str], ...] = ()  #: (name, address)


@dataclass
class Card:
    """A service in a list, all words."""

    id: object
    name: Text
    provider: Text
    country: str
    place: str
    open: Open
    fresh: Fresh
    calls: list[Call] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)  #: languages as their speakers write them
    in_mine: bool = False  #: somebody there speaks the reader's language
    marks: list[str] = field(default_factory=list)
    kilometres: float | None = None
    points: str = ""  #: "lat,lon lat,lon": for a phone that sorts by its own position
    emergency: bool = False
    discreet: bool = False

    @property
    def far(self) -> str:
        """The distance in words: exact to a hundred metres only where it is near."""
        if self.kilometres is None:
            return ""
        told = format_number(self.kilometres, get_language(), decimals=1 if self.kilometres < 10 else 0)
        return _("%(number)s km") % {"number": told}


@dataclass
class Found:
    """A page of results."""

    asked: Asked
    where: Where
    country: str
    cards: list[Card]
    lines: list[Card]
    total: int
    exact: bool
    more: bool
    areas: list[tuple[str, str]]
    honesty: list[str]

    @property
    def first_lines(self) -> list[Card]:
        """The emergency lines shown at once, more where it is about violence; the others stand folded below them."""
        return self.lines[: self._shown]

    @property
    def other_lines(self) -> list[Card]:
        """The emergency lines after the first."""
        return self.lines[self._shown :]

    @property
    def _shown(self) -> int:
        return 3 if self.asked.discreet else 1

    @property
    def discreet(self) -> bool:
        """Whether anything on the page is about violence."""
        return self.asked.discreet or any(card.discreet for card in self.cards)


def is_discreet(told: Bundle) -> bool:
    """Whether a service is about violence: it says so, or its kind does."""
    marked = about_violence("service_types")
    return told.service.discreet or any(term.code in marked for term in told.terms.get("service_types", ()))


def find(asked: Asked, language: str, now: dt.datetime, *, size: int = SIZE) -> Found:
    """The services that fit, with the emergency lines of the country."""
    asked, where = where_of(asked, language)
    ask = asked.ask(language, area=where.region, position=where.position)
    results = search(ask, now, limit=size, offset=(asked.page - 1) * size)
    urgent = search(Ask(emergency=True, country=asked.country), now, limit=LINES).hits
    cards = _cards([*results.hits, *urgent], language, now)
    found = [cards[hit.service_id] for hit in results.hits if hit.service_id in cards]
    texts = [card.name for card in found]
    return Found(
        asked=asked, where=where, country=country_words(asked.country, language), cards=found,
        lines=[cards[hit.service_id] for hit in urgent if hit.service_id in cards],
        total=results.total, exact=results.exact, more=results.more,
        areas=area_choices(asked.country, language),
        honesty=honesty({(text.told, text.language) for text in texts if text.told is not Told.OLDER}),
    )  # fmt: skip


def emergency_lines(language: str, now: dt.datetime) -> list[tuple[str, list[Card]]]:
    """[(country in words, its emergency lines)]: never hidden, each with its age."""
    hits = search(Ask(emergency=True), now, limit=LINES).hits
    cards = _cards(hits, language, now)
    found: dict[str, list[Card]] = {}
    for card in cards.values():
        found.setdefault(country_words(card.country, language), []).append(card)
    return sorted(found.items())


def cards_of(service_ids: Iterable, language: str, now: dt.datetime) -> list[Card]:
    """Cards of these services, in their order; those whose page is not public are left out."""
    return list(_cards([Hit(pk) for pk in service_ids], language, now).values())


def is_public(told: Bundle, known: dict[str, Fresh]) -> bool:
    """Whether everybody may see a service: listed, not given up or merged, and not hidden for its age."""
    service = told.service
    if not service.listed or service.merged_into_id or service.status not in FOUND:
        return False
    return not (FactKind.OFFERED in known and known[FactKind.OFFERED].hidden)


def _cards(hits, language, now) -> dict[object, Card]:
    far = {hit.service_id: hit.kilometres for hit in hits}
    found = [(told, ages(told, timezone.localdate(now))) for told in bundles(list(far))]
    found = [(told, known) for told, known in found if is_public(told, known)]
    ids = [pk for told, _known in found for pk in (told.service.pk, told.service.provider_id)]
    say = Speaker(dict.fromkeys(ids), language)
    return {told.service.pk: _card(told, known, say, language, now, far[told.service.pk]) for told, known in found}


def _card(told, known, say, language, now, kilometres) -> Card:
    service = told.service
    today = timezone.localdate(now)
    spoken = languages_of(told)
    return Card(
        id=service.pk, name=say(service, "name", service.language),
        provider=say(service.provider, "name", service.provider.language or service.language, proper=True),
        country=service.country, place=place_words(told, language), open=open_words(told, now, known.get("hours")),
        fresh=_oldest(told, today), calls=calls_of(told, say, known.get("phone")),
        spoken=[language_name(code) for code in spoken], in_mine=not set(spoken).isdisjoint(understood(language)),
        marks=_marks(told, language), kilometres=kilometres,
        points=" ".join(f"{at.latitude:.4f},{at.longitude:.4f}" for at in told.locations if at.latitude is not None),
        emergency=service.emergency, discreet=is_discreet(told),
    )  # fmt: skip


def languages_of(told: Bundle) -> list[str]:
    """Codes of the languages somebody speaks there, each once."""
    rows = [*told.languages, *(row for found in told.location_languages.values() for row in found)]
    return list(dict.fromkeys(row.code for row in rows if row.code))


def place_words(told: Bundle, language: str) -> str:
    """Where one goes, or that one need not."""
    for location in told.locations:
        city = next((row.city for row in told.addresses.get(location.pk, ()) if row.city), "")
        if location.area is not None and not city:
            city = area_name(location.area, language)
        if city:
            return letters(city, told.service.country, language)
    known = {term.code for term in told.terms.get("conditions", ())}
    way = next((code for code in ("at_home", "remote") if code in known), "")
    if way:
        return label_of("conditions", way, language)
    served = [] if is_discreet(told) else served_words(told, language)
    return joined(served[:3]) or _("They tell you where when you call.")


def served_words(told: Bundle, language: str) -> list[str]:
    """The areas a service serves, each once."""
    said = []
    for row in told.service_areas:
        if row.area is not None:
            said.append(area_name(row.area, language))
        else:
            said.append(row.name or label_of("countries", row.country or told.service.country, language))
    return list(dict.fromkeys(said))


def calls_of(told: Bundle, say: Speaker, age: Fresh | None) -> list[Call]:
    """The numbers of a service, its own before its places'; none when they are too old to show."""
    if age is not None and age.hidden:
        return []
    rows = told.phones or [row for found in told.location_phones.values() for row in found]
    seen = {}
    for row in rows:
        seen.setdefault(row.number, row)
    return [_call(row, say, told.service.language) for row in seen.values() if row.number]


def _call(row, say, language):
    digits = "".join(letter for letter in row.number if letter.isdigit())
    plus = "+" if row.number.lstrip(" (").startswith("+") else ""
    ways = {
        "sms": f"sms:{plus}{digits}", "viber": f"viber://chat?number=%2B{digits}",
        "whatsapp": f"https://wa.me/{digits}", "telegram": f"https://t.me/+{digits}",
        "signal": f"https://signal.me/#p/+{digits}",
    }  # fmt: skip
    apps = tuple((APPS[code], ways[code]) for code in row.apps if code in ways and (plus or code == "sms"))
    extension = f",{row.extension}" if row.extension else ""
    return Call(row.number, f"tel:{plus}{digits}{extension}", row.free, say(row, "description", language), apps)


def _oldest(told, today) -> Fresh:
    """The age of the oldest of the facts without which one cannot get there."""
    since = timezone.localdate(told.service.created_at)
    dates = {fact.kind: fact.verified_at for fact in told.facts}
    kinds = [kind for kind in RANKING if kind in dates]
    if not kinds:
        return fresh(FactKind.OFFERED, None, today, since=since, emergency=told.service.emergency)
    kind = min(kinds, key=lambda each: (dates[each] is not None, dates[each] or 0))
    on = timezone.localdate(dates[kind]) if dates[kind] else None
    return fresh(kind, on, today, since=since, emergency=told.service.emergency)


def _marks(told, language):
    known = {term.code for term in told.terms.get("conditions", ())}
    return [
        label_of("conditions", code, language)
        for code in ("free_of_charge", "no_documents", "anonymous", "walk_in", "women_only")
        if code in known
    ]
