"""The offer: the one shape in which a service is written, proposed and compared. Plain JSON, cleaned here or refused.

Simple fields by HSDS's name; `terms` {taxonomy key: [codes]}; lists of rows (phones, schedules…). A row with an `id`
changes that row, one without is new, and what a list leaves out goes. Dates are ISO text, times "09:00".
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from duga.directory.rules.freshness import FactKind
from duga.directory.rules.hours import minutes
from duga.directory.rules.kinds import APPS, ProviderKind, Status
from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _

K = FactKind


@dataclass(frozen=True)
class Field:
    """One thing that can be said: what it is called, with which facts it is verified, how it is written."""

    label: str
    fact: FactKind = FactKind.TEXT
    kind: str = "text"  #: text, long, email, url, phone, number, age, flag, choice, date, time, days, code, id, codes
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
            "amount": Field(_("Amount"), kind="number"),
            "currency": Field(_("Currency"), kind="code", limit=3),
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
    "capacities": Rows(
        _("Places"),
        K.CAPACITY,
        {
            "unit": Field(_("Of what"), limit=100),
            "available": Field(_("Free"), kind="number"),
            "maximum": Field(_("In all"), kind="number"),
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
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def fact_of(name: str) -> FactKind:
    """The fact a field of the offer is verified with ("terms.needs" for a taxonomy)."""
    if name.startswith("terms."):
        return TERMS[name.removeprefix("terms.")]
    return SERVICE[name].fact if name in SERVICE else ROWS[name].fact


def facts_told(offer: Mapping) -> frozenset[FactKind]:
    """The kinds of facts an offer tells anything of; that it is offered, and its text, always."""
    told = {fact_of(name) for name, value in offer.items() if _empty(value) is not None and name not in QUIET}
    return frozenset(told | {K.OFFERED, K.TEXT})


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


def check_offer(changes: Mapping, *, codes: Mapping[str, frozenset] | None = None, whole: bool = False) -> dict:
    """The changes, cleaned: {field: value}, terms as "terms.needs" too. Refused, saying which field and why.

    `codes` {taxonomy key: known codes} where terms are to be checked. `whole`: a new service, which needs a name.
    """
    cleaned: dict = {}
    for name, value in _flat(changes).items():
        if name.startswith("terms.") and name.removeprefix("terms.") in TERMS:
            cleaned[name] = _codes(value, name, (codes or {}).get(name.removeprefix("terms.")))
        elif name in SERVICE:
            cleaned[name] = clean(SERVICE[name], value)
        elif name in ROWS:
            cleaned[name] = _rows(ROWS[name], value)
        else:
            raise Refused(_("A service has no field called %(name)s."), name=str(name))
    _check_together(cleaned, whole)
    return cleaned


def check_provider(changes: Mapping) -> dict:
    """The changes of a provider, cleaned; Refused, saying which field and why."""
    unknown = [name for name in changes if name not in PROVIDER]
    if unknown:
        raise Refused(_("A provider has no field called %(name)s."), name=str(unknown[0]))
    cleaned = {name: clean(PROVIDER[name], value) for name, value in changes.items()}
    if "name" in cleaned and not cleaned["name"]:
        raise Refused(_("Fill in: %(what)s."), what=PROVIDER["name"].label)
    return cleaned


def _flat(changes):
    flat = {name: value for name, value in changes.items() if name != "terms"}
    return {**flat, **{f"terms.{key}": codes for key, codes in (changes.get("terms") or {}).items()}}


def _check_together(cleaned, whole):
    if (whole or "name" in cleaned) and not cleaned.get("name"):
        raise Refused(_("Fill in: %(what)s."), what=SERVICE["name"].label)
    low, high = cleaned.get("minimum_age"), cleaned.get("maximum_age")
    if low is not None and high is not None and low > high:
        raise Refused(_("The ages stand the wrong way round."))
    for closure in (row for row in cleaned.get("closures", ()) if "first_day" in row):
        closure["last_day"] = closure.get("last_day") or closure["first_day"]
        if closure["last_day"] < closure["first_day"]:
            raise Refused(_("A closure ends before it begins."))
    for place in cleaned.get("locations", ()):
        if (place.get("latitude") is None) != (place.get("longitude") is None):
            raise Refused(_("A position needs both latitude and longitude."))
        if place.get("latitude") is not None and not (abs(place["latitude"]) <= 90 and abs(place["longitude"]) <= 180):
            raise Refused(_("The position is not on this earth. Give degrees, for example 42.44 and 19.26."))


def _rows(rows: Rows, value) -> list[dict]:
    if not isinstance(value, list | tuple) or len(value) > rows.most:
        raise Refused(_("%(what)s: give a list of at most %(most)s."), what=rows.label, most=rows.most)
    cleaned = []
    for row in value:
        told = {name: clean(rows.columns[name], row.get(name)) for name in rows.columns if name in row}
        if unknown := set(row) - set(rows.columns) - {"id"}:
            raise Refused(_("%(what)s have no column called %(name)s."), what=rows.label, name=str(min(unknown)))
        as_it_was = row.get("id") and not set(row) & set(rows.needs)
        if as_it_was or any(told.get(name) not in (None, "", []) for name in rows.needs):
            cleaned.append({**({"id": str(row["id"])} if row.get("id") else {}), **told})
    return cleaned


def _codes(value, what, known):
    found = list(dict.fromkeys(str(code) for code in value or ()))
    if known is not None and (unknown := [code for code in found if code not in known]):
        raise Refused(_("%(what)s: there is no code %(code)s."), what=label_of(what), code=unknown[0])
    return sorted(found)


def clean(field: Field, value):
    """One value as it is kept: trimmed, of its type; Refused, saying which field and what would do."""
    if field.kind in ("number", "age"):
        return _number(field, value)
    if field.kind == "flag":
        return None if value in (None, "") else value in (True, "true", "yes", "on", 1, "1")
    if field.kind == "codes":
        return _picked(field, value)
    text = _text(field, value)
    check = _CHECKS.get(field.kind)
    return check(field, text) if check and text else (None if field.kind in ("date", "id") and not text else text)


def _text(field, value):
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", str(value if value is not None else "")))
    text = text.replace("\r\n", "\n").strip() if field.kind == "long" else " ".join(text.split())
    if len(text) > field.limit:
        raise Refused(_("Too long (at most %(limit)s letters): %(what)s."), limit=field.limit, what=field.label)
    return text


def _number(field, value):
    if value in (None, ""):
        return None
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        raise Refused(_("%(what)s: this is no number."), what=field.label) from None
    if number != number or abs(number) > 1e12 or (field.kind == "age" and not 0 <= number <= 130):
        raise Refused(_("%(what)s: this number cannot be."), what=field.label)
    return int(number) if number.is_integer() else number


def _picked(field, value):
    picked = [str(code) for code in value or ()]
    if field.choices and (unknown := [code for code in picked if code not in field.choices]):
        raise Refused(_("%(what)s: there is no code %(code)s."), what=field.label, code=unknown[0])
    return sorted(set(picked))


def _email(field, text):
    if not _EMAIL.fullmatch(text):
        raise Refused(_("%(what)s: this is no e-mail address."), what=field.label)
    return text


def _url(field, text):
    text = text if "://" in text else f"https://{text}"
    if not safe_url(text) or " " in text or "." not in urlsplit(text).netloc:
        raise Refused(_("%(what)s: this is no web address."), what=field.label)
    return text


def _phone(field, text):
    if not 3 <= len(re.sub(r"\D", "", text)) <= 20 or not re.fullmatch(r"[\d\s()+/.*#-]+", text):
        raise Refused(_("%(what)s: this is no phone number."), what=field.label)
    return text


def _choice(field, text):
    if text not in field.choices:
        raise Refused(_("%(what)s: there is no code %(code)s."), what=field.label, code=text)
    return str(text)


def _date(field, text):
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(_("%(what)s: this is no day. Write it as 2026-03-31."), what=field.label) from None


def _time(field, text):
    found = minutes(text)
    if found is None:
        raise Refused(_("%(what)s: this is no time. Write it as 09:00."), what=field.label)
    return f"{found // 60:02d}:{found % 60:02d}"


def _days(field, text):
    days = [day for day in re.split(r"[,\s]+", text.upper()) if day]
    if not all(re.fullmatch(r"[+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU)", day) for day in days):
        raise Refused(_("%(what)s: write days as MO,TU,WE,TH,FR,SA,SU."), what=field.label)
    return ",".join(days)


_CHECKS = {
    "email": _email, "url": _url, "phone": _phone, "choice": _choice, "date": _date, "time": _time, "days": _days,
}  # fmt: skip


def safe_url(text: str) -> str:
    """A web address as it may stand in a link: http and https only; empty for anything else."""
    try:
        parts = urlsplit((text or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


@dataclass(frozen=True)
class Difference:
    """One field that changes: what it was, what it becomes."""

    field: str
    before: object
    after: object
    label: str = field(default="", compare=False)


def differences(before: Mapping, changes: Mapping) -> list[Difference]:
    """What cleaned changes would alter in an offer (both as `check_offer` gives them), in their order."""
    found = []
    for name, after in changes.items():
        now = before.get(name)
        if name in ROWS:
            now, after = now or [], _filled(now or [], after)
        if _empty(now) != _empty(after):
            found.append(Difference(name, now, after, label_of(name)))
    return found


def same(name: str, a, b) -> bool:
    """Whether two values of a field say the same: rows by what they say, not by their ids or order."""
    if name in ROWS:
        return _said(a) == _said(b)
    return _empty(a) == _empty(b)


def _said(rows):
    told = [{key: value for key, value in (_empty(row) or {}).items() if key != "id"} for row in rows or ()]
    return sorted(told, key=repr)


def _filled(now, rows):
    """Rows with what they leave unsaid of the row they change."""
    known = {row.get("id"): row for row in now if row.get("id")}
    return [{**known.get(row.get("id"), {}), **row} for row in rows]


def _empty(value):
    """Nothing said is one thing, however it is written."""
    if value in ("", None, []):
        return None
    if isinstance(value, list):
        return [_empty(each) for each in value]
    if isinstance(value, dict):
        return {name: _empty(each) for name, each in value.items() if each not in (None, "", [], False)}
    return value
