"""A service's own page: all that is publicly told of it, in the reader's language, each fact with its age."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from duga.directory.models import Guide, Recording
from duga.directory.queries.access import service_by_id
from duga.directory.queries.bundles import Bundle, bundle, bundles
from duga.directory.queries.finder.results import (
    Call,
    calls_of,
    is_discreet,
    is_public,
    place_words,
    served_words,
)
from duga.directory.queries.finder.telling import (
    Fresh,
    Line,
    Open,
    Speaker,
    ages,
    ago,
    day_words,
    fresh,
    hours_lines,
    joined,
    language_name,
    letters,
    open_words,
)
from duga.directory.queries.guides import guide_by_id
from duga.directory.queries.recordings import recordings_of, recordings_of_terms
from duga.directory.rules import REPORT_LABELS, FactKind
from duga.directory.rules.asked import understood
from duga.directory.rules.fields import safe_url
from duga.directory.rules.supply import capacity_unit
from duga.directory.rules.texts import Text
from duga.directory.rules.words import label_of
from duga.members.queries import NOT_HERE
from duga.places.queries import area_name
from duga.plain.errors import NotFound, gettext_noop

#: Units of capacity we know, as a page names them; places need no word under their heading.
UNIT_WORDS = {
    "place": "", "bed": gettext_noop("beds"), "meal": gettext_noop("meals"), "hour": gettext_noop("hours of help"),
}  # fmt: skip
#: What stands above a spoken text: the heading of the written one.
SPOKEN_HEADS = {
    "description": gettext_noop("What it is"), "application_process": gettext_noop("How to get it"),
    "eligibility_description": gettext_noop("Who it is for"),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An open place: an address in lines, and how to get to it."""

    name: Text
    lines: list[str]
    transport: Text
    access: list[str]
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""

    @property
    def at(self) -> str:
        """ "lat,lon" for maps; empty where nobody told."""
        return "" if self.latitude is None else f"{self.latitude:.5f},{self.longitude:.5f}"


@dataclass
class ServicePage:
    """What the page of a service shows; every text is ready, `fresh` {kind of fact: its age}."""

    id: object
    name: Text
    other_name: Text
    about: Text
    provider: Text
    provider_id: object
    demo: bool
    country: str
    place: str
    open: Open
    alert: Text
    calls: list[Call]
    email: str
    url: str
    contacts: list[tuple[str, str, str]]  #: name, title, e-mail
    hours: list[tuple[str, list[Line]]]
    closed: list[str]
    spoken: list[tuple[str, bool]]  #: as its speakers write it; with an interpreter
    interpretation: Text
    places: list[Place]
    served: list[str]
    groups: list[str]
    ages: str
    eligibility: Text
    conditions: list[str]
    how: Text
    wait: Text
    costs: list[str]
    fees: Text
    documents: list[Text]
    capacity: list[tuple[str, str]]
    needs: list[tuple[str, str]]
    emergency: bool
    discreet: bool
    changed: dt.date | None
    fresh: dict[str, Fresh] = field(default_factory=dict)
    honesty: list[str] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    spoken_texts: list[tuple[str, Recording]] = field(default_factory=list)  #: what it is of; the recording

    @property
    def whereabouts(self) -> str:
        """Its place and its country, each said once."""
        return joined(dict.fromkeys((self.place, self.country)))


def service_page(service_id, language: str, now: dt.datetime) -> ServicePage:
    """The page of a public service; NotFound for one that is not, or no more, shown to the public.

    A service that was merged into another is told by that one.
    """
    service = service_by_id(service_id)
    told = bundle(service)
    known = ages(told, timezone.localdate(now))
    if not is_public(told, known):
        raise NotFound(NOT_HERE)
    say = Speaker(_ids(told), language)
    page = _page(told, say, known, language, now)
    page.honesty = say.honesty()
    page.spoken_texts = _spoken_texts(service.pk, language)
    return page


def spoken_needs(language: str) -> dict[str, Recording]:
    """{code of a need: its recording} in the reader's language, or in one just as well understood."""
    found: dict[str, Recording] = {}
    for code in dict.fromkeys((language, *understood(language))):
        found = {**recordings_of_terms("needs", code), **found}
    return found


def _spoken_texts(service_id, language):
    """A recording of each text that was spoken in the reader's language, or in one just as well understood."""
    found = {}
    for code in dict.fromkeys((language, *understood(language))):
        for row in recordings_of(service_id, code):
            found.setdefault(row.field, (_(SPOKEN_HEADS.get(row.field, "Listen")), row))
    return list(found.values())


def guide_page(guide_id, now: dt.datetime) -> tuple[Guide, bool]:
    """(a guide, whether it is about violence); NotFound where it stands beside services of which none is public."""
    guide = guide_by_id(guide_id)
    beside = list(bundles(guide.services.values_list("service_id", flat=True)))
    today = timezone.localdate(now)
    if beside and not any(is_public(told, ages(told, today)) for told in beside):
        raise NotFound(NOT_HERE)
    return guide, any(is_discreet(told) for told in beside)


def _ids(told: Bundle):
    rows = [
        told.service, told.service.provider, *told.phones, *told.hours(), *told.cost_options, *told.locations,
        *told.required_documents, *told.languages, *told.closures,
    ]  # fmt: skip
    return dict.fromkeys(row.pk for row in rows)


def _page(told, say, known, language, now) -> ServicePage:
    service = told.service
    today = timezone.localdate(now)
    written = service.language

    def text(name):
        return say(service, name, written)

    def shown(kind, rows):
        return [] if kind in known and known[kind].hidden else rows

    def labels(key):
        return [label_of(key, term.code, language) for term in told.terms.get(key, ())]

    return ServicePage(
        id=service.pk, name=text("name"), other_name=text("alternate_name"), about=text("description"),
        provider=say(service.provider, "name", service.provider.language or written, proper=True),
        provider_id=service.provider_id, demo=service.provider.demo,
        country=label_of("countries", service.country, language), place=place_words(told, language),
        open=open_words(told, now, known.get("hours")), alert=text("alert"),
        calls=calls_of(told, say, known.get("phone")),
        email="".join(shown("phone", [service.email])), url=safe_url("".join(shown("phone", [service.url]))),
        contacts=[(row.name, row.title, row.email) for row in told.contacts if row.published],
        hours=shown("hours", hours_lines(told, today, say)), closed=shown("hours", _closed(told, today, say)),
        spoken=shown("languages", _spoken(told)), interpretation=text("interpretation_services"),
        places=shown("address", _places(told, say, language)), served=served_words(told, language),
        groups=shown("eligibility", labels("target_groups")), ages=_ages(service),
        eligibility=text("eligibility_description"), conditions=labels("conditions"),
        how=text("application_process"), wait=text("wait_time"), costs=shown("costs", _costs(told, say)),
        fees=text("fees_description"),
        documents=shown("eligibility", [say(row, "document", written) for row in told.required_documents]),
        capacity=_capacity(told, today, now),
        needs=[(term.code, label_of("needs", term.code, language)) for term in told.terms.get("needs", ())],
        emergency=service.emergency, discreet=is_discreet(told),
        changed=timezone.localdate(service.changed_at) if service.changed_at else None, fresh=known,
        reports=[(kind.value, _(label)) for kind, label in REPORT_LABELS.items()],
    )  # fmt: skip


def _closed(told, today, say):
    said = []
    for row in sorted(told.closures, key=lambda each: each.first_day):
        if row.last_day < today or (row.first_day - today).days > 60:
            continue
        days = day_words(row.first_day)
        if row.last_day != row.first_day:
            days = f"{days} – {day_words(row.last_day)}"
        reason = say(row, "reason", told.service.language).text
        said.append(f"{days} ({reason})" if reason else days)
    return said


def _spoken(told):
    rows = [*told.languages, *(row for found in told.location_languages.values() for row in found)]
    said = {}
    for row in rows:
        name = language_name(row.code) if row.code else row.name
        said.setdefault(row.code or row.name, (name, row.interpreted))
    return list(said.values())


def _places(told, say, language):
    found = []
    for location in told.locations:
        rows = told.addresses.get(location.pk, [])
        address = next((row for row in rows if row.address_type == "physical"), rows[0] if rows else None)
        lines = (
            [address.address_1, address.address_2, f"{address.postal_code} {address.city}".strip()] if address else []
        )
        if location.area is not None and not (address and address.city):
            lines.append(area_name(location.area, language))
        terms = [row.term.code for row in told.location_terms.get(location.pk, ())]
        found.append(
            Place(
                say(location, "name", told.service.language),
                [letters(line, told.service.country, language) for line in lines if line],
                say(location, "transportation", told.service.language),
                [label_of("accessibility", code, language) for code in terms],
                location.latitude,
                location.longitude,
                safe_url(location.url),
            )  # fmt: skip
        )
    return found


def _ages(service):
    low, high = service.minimum_age, service.maximum_age
    if low is not None and high is not None:
        return _("%(low)s to %(high)s years") % {"low": f"{low:g}", "high": f"{high:g}"}
    if low is not None:
        return _("from %(low)s years on") % {"low": f"{low:g}"}
    return _("up to %(high)s years") % {"high": f"{high:g}"} if high is not None else ""


def _costs(told, say):
    said = []
    for row in told.cost_options:
        words = [say(row, "option", told.service.language).text]
        if row.amount is not None:
            words.append(f"{row.amount.normalize():f} {row.currency}".strip())
        words.append(say(row, "amount_description", told.service.language).text)
        said.append(", ".join(word for word in words if word))
    return [line for line in said if line]


def unit_words(name: str) -> str:
    """A unit of capacity as a page names it (a gettext id); "" for places, its own name for one we do not know."""
    return UNIT_WORDS.get(capacity_unit(name), name)


def _capacity(told, today, now):
    """Free places, told only while they are young: [(words, their age)]."""
    said = []
    for row in told.capacities:
        on = timezone.localdate(row.updated) if row.updated else None
        age = fresh(FactKind.CAPACITY, on, today, since=today)
        if row.available is None or on is None or age.hidden:
            continue
        free = f"{row.available:g}"
        if row.maximum is not None:
            free = _("%(free)s of %(all)s") % {"free": free, "all": f"{row.maximum:g}"}
        unit = unit_words(row.unit.name)
        said_number = f"{_(unit)}: {free}" if unit else free
        hours = int((now - row.updated).total_seconds() // 3600)
        when = _("less than an hour ago") if hours < 1 else ago((today - on).days)
        said.append((said_number, when))
    return said
