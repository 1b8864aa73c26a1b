"""A service in other people's words: a card for a phone book, a point on a map, schema.org, a row of a spreadsheet.

All are made of the full HSDS object that the API tells: what is not public is not in it.
"""

from collections.abc import Iterator

from duga.directory.rules.fields import safe_url
from duga.directory.rules.hsds import profile
from duga.plain.errors import gettext_noop as _

DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
        "SU": "Sunday"}  # fmt: skip

#: The spreadsheet's columns: (heading, what of the service).
COLUMNS = (
    _("Identifier"), _("Service"), _("Organisation"), _("Kind"), _("Country"), _("What it is"), _("Status"), _("Needs"),
    _("Kind of service"), _("For whom"), _("Who may come"), _("From age"), _("To age"), _("Languages"), _("Hours"),
    _("Phones"), _("E-mail"), _("Web page"), _("Place"), _("Address"), _("Town"), _("Postal code"), _("Latitude"),
    _("Longitude"), _("Costs"), _("Papers to bring"), _("How to get it"), _("Checked on"), _("Ask first"),
)  # fmt: skip


def _trait(told: dict, name: str) -> str:
    wanted = {trait.id for trait in profile.TRAITS if trait.name == name}
    rows = told.get("attributes", ())
    return next((each.get("value", "") for each in rows if each.get("taxonomy_term", {}).get("id") in wanted), "")


def terms(told: dict, key: str) -> list[str]:
    """Names of the terms of one of our own taxonomies that an entry bears."""
    uri = f"{profile.OWN_LISTS}{key}"
    found = [each.get("taxonomy_term", {}) for each in told.get("attributes", ())]
    return [term["name"] for term in found if term.get("taxonomy_detail", {}).get("uri") == uri]


def places(told: dict) -> Iterator[tuple[dict, dict]]:
    """(location, its address or {}) of each place a service is at."""
    for pair in told.get("service_at_locations", ()):
        location = pair.get("location")
        if location:
            yield location, next(iter(location.get("addresses", ())), {})


def old(told: dict) -> list[str]:
    """Kinds of facts of a service that nobody verified for long."""
    return [kind for kind in _trait(told, "ask_first").split(",") if kind]


def checked(told: dict) -> dict[str, str]:
    """{kind of fact: day it was verified} where that is another day than the service's own."""
    wanted = {trait.id for trait in profile.TRAITS if trait.name == "verified"}
    rows = [each for each in told.get("attributes", ()) if each.get("taxonomy_term", {}).get("id") in wanted]
    days = dict(each["value"].split(" ")[:2] for each in rows)
    return {kind: day for kind, day in days.items() if day != told.get("assured_date")}


def _phones(told):
    """Numbers of a service, else of its places, else of its organisation, each once; none that are too old."""
    if "phone" in old(told):
        return told.get("phones", [])
    for of in (told, *(location for location, _address in places(told)), told.get("organization", {})):
        if rows := of.get("phones"):
            return list({row["number"]: row for row in rows}.values())
    return []


def _reached(told, own, of_provider) -> str:
    """An e-mail or web page of a service, else of its organisation; none when what there was is too old."""
    said = told.get(own, "")
    return said if said or "phone" in old(told) else told.get("organization", {}).get(of_provider, "")


def _schedules(told):
    """Rows of hours: of the service and of it at one of its places, else of its places; none that are too old."""
    pairs = told.get("service_at_locations", ())
    own = [*told.get("schedules", ()), *(row for pair in pairs for row in pair.get("schedules", ()))]
    if own or "hours" in old(told):
        return own
    return [row for location, _address in places(told) for row in location.get("schedules", ())]


def hours_in_words(rows) -> str:
    """Hours as a reader of a spreadsheet takes them: "MO,TU 09:00-15:00; SA 10:00-12:00"."""
    said = []
    for row in rows:
        days, opens, closes = row.get("byday", ""), row.get("opens_at", "")[:5], row.get("closes_at", "")[:5]
        text = f"{days} {opens}-{closes}" if opens else days
        said.append(text.strip() or row.get("description", ""))
    return "; ".join(filter(None, said))


# --- a card ------------------------------------------------------------------------------------------------


def vcard(told: dict, url: str, note: str = "") -> str:
    """The service as vCard 4.0 (RFC 6350), lines folded, ended by CRLF. `note`: how old what it says is."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", "KIND:org", f"UID:urn:uuid:{told['id']}", f"FN:{_escaped(told['name'])}"]
    provider = told.get("organization", {})
    if provider.get("name"):
        lines.append(f"ORG:{_escaped(provider['name'])}")
    lines += [f"TEL;VALUE=text:{_escaped(row['number'])}" for row in _phones(told)]
    lines += [f"EMAIL:{_escaped(email)}" for email in filter(None, [_reached(told, "email", "email")])]
    for location, address in places(told):
        order = ("", "address_2", "address_1", "city", "state_province", "postal_code", "country")
        parts = [address.get(name, "") for name in order]
        if any(parts):
            lines.append("ADR:" + ";".join(map(_escaped, parts)))
        if _point(location):
            lines.append(f"GEO:geo:{location['latitude']},{location['longitude']}")
    lines += [f"LANG:{_escaped(row['code'])}" for row in told.get("languages", ()) if row.get("code", "").isascii()]
    hours = hours_in_words(_schedules(told))
    lines += [f"NOTE:{_escaped(each)}" for each in (hours, note) if each]
    lines += [f"URL:{url}", "END:VCARD"]
    return "".join(_folded(line) for line in lines)


def _escaped(text) -> str:
    text = str(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join("".join(c for c in line if c >= " ") for line in text.splitlines())


def _folded(line: str) -> str:
    """At most 75 bytes a line, never inside a letter."""
    out, room = [], 75
    for letter in line:
        size = len(letter.encode())
        if size > room:
            out.append("\r\n ")
            room = 74
        out.append(letter)
        room -= size
    return "".join(out) + "\r\n"


# --- a map -------------------------------------------------------------------------------------------------


def _point(location) -> bool:
    low, high = location.get("latitude"), location.get("longitude")
    return low is not None and high is not None and -90 <= low <= 90 and -180 <= high <= 180


def features(told: dict, url: str) -> list[dict]:
    """GeoJSON features (RFC 7946) of a service, one for each place with a position."""
    return [
        {
            "type": "Feature", "id": f"{told['id']}/{location['id']}",
            "geometry": {"type": "Point", "coordinates": [location["longitude"], location["latitude"]]},
            "properties": {
                "service_id": told["id"], "name": told["name"],
                "organization": told.get("organization", {}).get("name"),
                "location": location.get("name"), "address": address.get("address_1"), "city": address.get("city"),
                "phones": [row["number"] for row in _phones(told)], "needs": terms(told, "needs"),
                "languages": [row["code"] for row in told.get("languages", ()) if row.get("code")],
                "hours": hours_in_words(_schedules(told)), "url": url, "checked_on": told.get("assured_date"),
                "ask_first": old(told),
            },
        }
        for location, address in places(told)
        if _point(location)
    ]  # fmt: skip


# --- search engines ----------------------------------------------------------------------------------------


def schema_org(told: dict, url: str) -> dict:
    """The service as schema.org says it (JSON-LD), for the page of the service at `url`."""
    provider = told.get("organization", {})
    languages = [row.get("code") or row.get("name") for row in told.get("languages", ())]
    channel = {
        "@type": "ServiceChannel", "serviceUrl": safe_url(told.get("url", "")) or url,
        "servicePhone": [
            {"@type": "ContactPoint", "telephone": row["number"], "contactType": row.get("type") or "customer service"}
            for row in _phones(told)
        ],
        "availableLanguage": languages,
        "serviceLocation": [_place(location, address) for location, address in places(told)],
    }  # fmt: skip
    return _filled(
        {
            "@context": "https://schema.org", "@type": "Service", "@id": url, "name": told["name"],
            "alternateName": told.get("alternate_name"), "description": told.get("description"), "url": url,
            "serviceType": terms(told, "service_types"), "audience": _audience(told),
            "provider": {
                "@type": "GovernmentOrganization" if _trait(provider, "kind") in ("state", "municipality") else "NGO",
                "name": provider.get("name"), "url": safe_url(provider.get("website", "")),
            } if provider else None,
            "areaServed": [
                {"@type": "Place", "name": row["name"]} for row in told.get("service_areas", ()) if row.get("name")
            ],
            "availableChannel": _filled(channel),
            "hoursAvailable": [each for row in _schedules(told) for each in _opening(row)],
            "isAccessibleForFree": True if "free_of_charge" in _codes(told) else None,
        }
    )  # fmt: skip


def _codes(told):
    return {each.get("taxonomy_term", {}).get("code") for each in told.get("attributes", ())}


def _audience(told):
    low, high = told.get("minimum_age"), told.get("maximum_age")
    names = terms(told, "target_groups")
    if low is None and high is None and not names:
        return None
    return _filled(
        {"@type": "PeopleAudience", "suggestedMinAge": low, "suggestedMaxAge": high, "audienceType": ", ".join(names)}
    )


def _place(location, address):
    postal = {
        "@type": "PostalAddress", "streetAddress": address.get("address_1"), "addressLocality": address.get("city"),
        "postalCode": address.get("postal_code"), "addressCountry": address.get("country"),
    }  # fmt: skip
    geo = {"@type": "GeoCoordinates", "latitude": location.get("latitude"), "longitude": location.get("longitude")}
    return _filled(
        {
            "@type": "Place", "name": location.get("name"), "address": _filled(postal) if address else None,
            "geo": geo if _point(location) else None,
        }
    )  # fmt: skip


def _opening(row):
    if not row.get("opens_at") or not row.get("closes_at") or row.get("freq", "WEEKLY") != "WEEKLY":
        return []
    days = [DAYS[day] for day in row.get("byday", "").split(",") if day in DAYS]
    told = {
        "@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": row["opens_at"][:5],
        "closes": row["closes_at"][:5], "validFrom": row.get("valid_from"), "validThrough": row.get("valid_to"),
    }  # fmt: skip
    return [_filled(told)] if days else []


def _filled(told: dict) -> dict:
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


# --- a spreadsheet -----------------------------------------------------------------------------------------


def cells(told: dict) -> list:
    """A service as one row under COLUMNS; of several places the first."""
    provider = told.get("organization", {})
    location, address = next(places(told), ({}, {}))
    point = _point(location)
    return [
        told["id"], told["name"], provider.get("name", ""), _trait(provider, "kind"), _trait(told, "country"),
        told.get("description", ""), told["status"], "; ".join(terms(told, "needs")),
        "; ".join(terms(told, "service_types")), "; ".join(terms(told, "target_groups")),
        told.get("eligibility_description", ""), told.get("minimum_age", ""), told.get("maximum_age", ""),
        "; ".join(row.get("code") or row.get("name", "") for row in told.get("languages", ())),
        hours_in_words(_schedules(told)), "; ".join(row["number"] for row in _phones(told)),
        _reached(told, "email", "email"), _reached(told, "url", "website"),
        location.get("name", ""), address.get("address_1", ""), address.get("city", ""), address.get("postal_code", ""),
        location["latitude"] if point else "", location["longitude"] if point else "", told.get("fees_description", ""),
        "; ".join(row.get("document", "") for row in told.get("required_documents", ())),
        told.get("application_process", ""), told.get("assured_date", ""), "; ".join(old(told)),
    ]  # fmt: skip
