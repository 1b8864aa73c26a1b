"""The offer: the one shape in which a service is written, proposed and compared. Plain JSON; what can be said in it.

Simple fields by HSDS's name; `terms` {taxonomy key: [codes]}; lists of rows (phones, schedules…). A row with an `id`
changes that row, one without is new, and what a list leaves out goes. Dates are ISO text, times "09:00". Cleaned or
refused in cleaning.py, compared in comparing.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from duga.directory.rules.freshness import FactKind
from duga.directory.rules.kinds import APPS, ProviderKind, Status
from duga.plain.errors import gettext_noop as _

K = FactKind


@dataclass(frozen=True)
class Field:
    """One thing that can be said: what it is called, with which facts it is verified, how it is written."""

    label: str
    fact: FactKind = FactKind.TEXT
    kind: str = "text"  #: text, long, email, url, phone, number, amount, currency, age, flag, choice, date, …
    limit: int = 300  #: letters
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """A list of rows of one table."""

    label: str
    fact: FactKind
    columns: dict[str, Field]
    needs: tuple[str, ...] = ()  #: columns without which a row says nothing; any one of them
    most: int = 50


SERVICE: dict[str, Field] = {
    "name": Field(_("Name of the service")),
    "alternate_name": Field(_("Other name")),
    "description": Field(_("What it is"), kind="long", limit=5000),
    "url": Field(_("Web page"), K.PHONE, "url", 2000),
    "email": Field(_("E-mail"), K.PHONE, "email"),
    "status": Field(_("Status"), K.OFFERED, "choice", choices=tuple(Status)),
    "language": Field(_("Language of these texts"), kind="code"),
    "alert": Field(_("Notice to readers"), K.HOURS, "long", 600),
    "interpretation_services": Field(_("Interpretation"), K.LANGUAGES, "long", 600),
    "application_process": Field(_("How to get it"), K.ELIGIBILITY, "long", 2000),
    "eligibility_description": Field(_("For whom, in words"), K.ELIGIBILITY, "long", 2000),
    "minimum_age": Field(_("From age"), K.ELIGIBILITY, "age"),
    "maximum_age": Field(_("To age"), K.ELIGIBILITY, "age"),
    "residents_only": Field(_("Only for residents of the area"), K.ELIGIBILITY, "flag"),
    "fees_description": Field(_("What it costs, in words"), K.COSTS, "long", 600),
    "wait_time": Field(_("Waiting time"), K.ELIGIBILITY),
    "accreditations": Field(_("Accreditations"), K.ELIGIBILITY, "long", 600),
    "licenses": Field(_("Licences"), K.ELIGIBILITY, "long", 600),
    "takes_referrals": Field(_("Takes referrals"), K.ELIGIBILITY, "flag"),
    "referral_conditions": Field(_("Conditions of referral (not public)"), K.ELIGIBILITY, "long", 2000),
    "emergency": Field(_("Emergency line"), K.OFFERED, "flag"),
    "discreet": Field(_("About violence: keep visits discreet"), K.OFFERED, "flag"),
    "listed": Field(_("Shown to the public"), K.OFFERED, "flag"),
}
PROVIDER: dict[str, Field] = {
    "name": Field(_("Name")),
    "alternate_name": Field(_("Other name")),
    "description": Field(_("What it is"), kind="long", limit=5000),
    "kind": Field(_("Kind"), kind="choice", choices=tuple(ProviderKind)),
    "email": Field(_("E-mail"), K.PHONE, "email"),
    "website": Field(_("Web page"), K.PHONE, "url", 2000),
    "legal_status": Field(_("Legal form")),
    "tax_id": Field(_("Tax number")),
    "year_incorporated": Field(_("Founded in"), kind="number"),
    "language": Field(_("Language of these texts"), kind="code"),
    "area": Field(_("Place"), K.ADDRESS, "id"),
}
PROGRAM: dict[str, Field] = {
    "name": Field(_("Name")),
    "alternate_name": Field(_("Other name")),
    "description": Field(_("What it is"), kind="long", limit=5000),
}
#: Taxonomies whose terms a service may bear, and the fact each belongs to.
TERMS: dict[str, FactKind] = {
    "needs": K.OFFERED,
    "service_types": K.OFFERED,
    "target_groups": K.ELIGIBILITY,
    "conditions": K.ELIGIBILITY,
    "service_groups": K.OFFERED,
    "municipal_mk": K.OFFERED,
}
_PHONE = {
    "number": Field(_("Number"), kind="phone", limit=60),
    "type": Field(_("Kind of line"), limit=40),
    "description": Field(_("What it is for")),
    "free": Field(_("Free of charge"), kind="flag"),
    "apps": Field(_("Also on"), kind="codes", choices=tuple(APPS)),
}
ROWS: dict[str, Rows] = {
    "phones": Rows(_("Phones"), K.PHONE, _PHONE, ("number",)),
    "languages": Rows(
        _("Languages"),
        K.LANGUAGES,
        {
            "code": Field(_("Language"), kind="code"),
            "name": Field(_("Language in words")),
            "note": Field(_("Note")),
            "interpreted": Field(_("With an interpreter"), kind="flag"),
        },
        ("code", "name"),
    ),
    "schedules": Rows(
        _("Hours"),
        K.HOURS,
        {
            "freq": Field(_("How often"), kind="choice", choices=("", "WEEKLY", "MONTHLY")),
            "interval": Field(_("Every"), kind="number"),
            "byday": Field(_("Days"), kind="days"),
            "bymonthday": Field(_("Days of the month"), limit=100),
            "opens_at": Field(_("Opens"), kind="time"),
            "closes_at": Field(_("Closes"), kind="time"),
            "valid_from": Field(_("From day"), kind="date"),
            "valid_to": Field(_("To day"), kind="date"),
            "dtstart": Field(_("First time on"), kind="date"),
            "language": Field(_("In the language"), kind="code"),
            "attending_type": Field(_("In person, by phone, online")),
            "description": Field(_("In words"), kind="long", limit=600),
            "at": Field(_("Only at"), kind="id"),
        },
        ("byday", "bymonthday", "opens_at", "description", "dtstart"),
    ),
    "closures": Rows(
        _("Closed on"),
        K.HOURS,
        {
            "first_day": Field(_("From day"), kind="date"),
            "last_day": Field(_("To day"), kind="date"),
            "reason": Field(_("Why")),
        },
        ("first_day",),
    ),
    "locations": Rows(
        _("Where"),
        K.ADDRESS,
        {
            "name": Field(_("Name of the place")),
            "location_type": Field(_("Kind of place"), kind="choice", choices=("physical", "postal", "virtual")),
            "url": Field(_("Web page"), kind="url", limit=2000),
            "address_1": Field(_("Street and number")),
            "address_2": Field(_("Building, floor")),
            "city": Field(_("Town")),
            "postal_code": Field(_("Postal code"), limit=20),
            "area": Field(_("Municipality"), kind="id"),
            "latitude": Field(_("Latitude"), kind="number"),
            "longitude": Field(_("Longitude"), kind="number"),
            "transportation": Field(_("How to get there"), kind="long", limit=1000),
            "accessibility": Field(_("Accessible"), kind="codes"),
        },
        ("address_1", "city", "latitude", "url", "area", "name"),
        20,
    ),
    "service_areas": Rows(
        _("Area served"),
        K.ELIGIBILITY,
        {
            "area": Field(_("Area"), kind="id"),
            "country": Field(_("Country"), kind="code"),
            "name": Field(_("In words")),
        },
        ("area", "country", "name"),
    ),
    "cost_options": Rows(
        _("Costs"),
        K.COSTS,
        {
            "option": Field(_("For whom")),
            "amount": Field(_("Amount"), kind="amount"),
            "currency": Field(_("Currency"), kind="currency", limit=3),
            "amount_description": Field(_("In words")),
        },
        ("amount", "option", "amount_description"),
    ),
    "required_documents": Rows(
        _("Papers to bring"),
        K.ELIGIBILITY,
        {"document": Field(_("Paper")), "uri": Field(_("Web page"), kind="url", limit=2000)},
        ("document",),
    ),
    "funding": Rows(_("Who pays for it"), K.TEXT, {"source_name": Field(_("Who pays"))}, ("source_name",)),
    "capacities": Rows(
        _("Places"),
        K.CAPACITY,
        {
            "unit": Field(_("Of what"), limit=100),
            "available": Field(_("Free"), kind="amount"),
            "maximum": Field(_("In all"), kind="amount"),
            "description": Field(_("In words")),
        },
        ("unit",),
    ),
    "contacts": Rows(
        _("Whom to ask for"),
        K.PHONE,
        {
            "name": Field(_("Name")),
            "title": Field(_("Post")),
            "email": Field(_("E-mail"), kind="email"),
            "published": Field(_("They agreed to be shown"), kind="flag"),
        },
        ("name", "title"),
    ),
}
#: What only who keeps a service decides: how it is shown, and to whom.
NOT_PROPOSED = frozenset({"emergency", "discreet", "listed"})
#: What a proposal by link may not touch besides: it names people, or is not public.
NOT_BY_LINK = NOT_PROPOSED | {"contacts", "referral_conditions"}
#: Fields that are always there and tell nothing of their fact by it.
QUIET = frozenset({"language", "listed", "emergency", "discreet", "status"})


def fact_of(name: str) -> FactKind:
    """The fact a field of the offer is verified with ("terms.needs" for a taxonomy)."""
    if name.startswith("terms."):
        return TERMS[name.removeprefix("terms.")]
    return SERVICE[name].fact if name in SERVICE else ROWS[name].fact


def facts_told(offer: Mapping) -> frozenset[FactKind]:
    """The kinds of facts an offer tells anything of; that it is offered, and its text, always."""
    kinds = {fact_of(name) for name, value in offer.items() if told(value) is not None and name not in QUIET}
    return frozenset(kinds | {K.OFFERED, K.TEXT})


def label_of(name: str) -> str:
    """What a field of the offer is called, as a gettext id."""
    if name.startswith("terms."):
        return TERM_LABELS[name.removeprefix("terms.")]
    return SERVICE[name].label if name in SERVICE else ROWS[name].label


TERM_LABELS = {
    "needs": _("Needs"),
    "service_types": _("Kind of service"),
    "target_groups": _("For whom"),
    "conditions": _("Good to know"),
    "service_groups": _("Group of services"),
    "municipal_mk": _("Municipal category (North Macedonia)"),
}


def safe_url(text: str) -> str:
    """A web address as it may stand in a link: http and https only; empty for anything else."""
    try:
        parts = urlsplit((text or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def told(value):
    """A value as it is compared: nothing said is one thing, however it is written."""
    if value in ("", None, []):
        return None
    if isinstance(value, list):
        return [told(each) for each in value]
    if isinstance(value, dict):
        return {name: told(each) for name, each in value.items() if each not in (None, "", [], False)}
    return value
