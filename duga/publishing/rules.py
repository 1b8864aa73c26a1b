"""How figures of others are read before they stand on a page, and what our own are called there."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from duga.evidence.model import QUALIFIERS
from duga.plain.errors import Unreadable, gettext_noop

FIGURE_FIELDS = ("code", "claim", "value", "qualifier", "unit", "place", "period", "source", "source_url", "note")

#: What a public table is called on the page, and what its rows are.
TITLES = {
    "people_assisted:sex,age_band": gettext_noop("Who was helped: by age and sex"),
    "people_assisted:month": gettext_noop("Month by month"),
    "people_assisted:area": gettext_noop("Where people were helped"),
    "people_assisted:service_type": gettext_noop("What kind of help"),
    "assistance_delivered:unit": gettext_noop("What was delivered"),
    "households_reached:": gettext_noop("Households reached"),
    "people_assisted:country": gettext_noop("People assisted, country by country"),
    "services_offered:country": gettext_noop("Services offered, country by country"),
    "services_licensed:country": gettext_noop("Licences in force, country by country"),
    "services_offered:service_type": gettext_noop("What is on offer: by kind of help"),
    "services_offered:area": gettext_noop("What is on offer: where"),
    "services_offered:target_group": gettext_noop("What is on offer: for whom"),
    "services_licensed:provider_kind": gettext_noop("Services with a licence in force"),
    "services_verified:provider_kind": gettext_noop("Services verified lately"),
    "places_offered:unit": gettext_noop("How many places there are"),
    "licences_granted:year": gettext_noop("Licences, year by year"),
    "services_per_100000:country": gettext_noop("Services per 100,000 inhabitants, country by country"),
    "services_per_100000:": gettext_noop("Services per 100,000 inhabitants"),
    "funds_planned:area,service_type,year,payer,unit": gettext_noop("Funds planned for services"),
    "funds_spent:area,service_type,year,payer,unit": gettext_noop("Funds spent on services"),
    "people_within_10_km:service_type": gettext_noop("People within 10 km of a service, by straight line"),
}


def read_figure(row: Mapping) -> dict:
    """A published figure's fields as they are kept; refused when what it counts, its unit or its source is missing."""
    figure = {name: str(row.get(name) or "").strip() for name in FIGURE_FIELDS}
    figure["code"] = figure["code"] or str(row.get("id") or "").strip()
    for name in ("code", "claim", "unit", "source"):
        if not figure[name]:
            raise Unreadable(
                gettext_noop("A published figure needs its %(name)s: a number without it cannot be shown."), name=name
            )
    figure["qualifier"] = figure["qualifier"] or "exact"
    if figure["qualifier"] not in QUALIFIERS:
        raise Unreadable(
            gettext_noop("%(word)s is not one of exact, about, at_least, at_most."), word=repr(figure["qualifier"])
        )
    try:
        figure["value"] = Decimal(figure["value"]) if figure["value"] else None
    except InvalidOperation:
        raise Unreadable(
            gettext_noop("%(value)s is not a number. Write 33176 or 24.07."), value=repr(figure["value"])
        ) from None
    return figure


def period_ends(text: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a published period such as 2020-03-19/2020-05-14 or 2020-05; None where it says none."""
    start, _, end = text.partition("/")
    return _day(start, first=True), _day(end or start, first=False)


def touches_year(text: str, year: int) -> bool:
    """Whether a published period lies, in part at least, in a year."""
    start, end = period_ends(text)
    return bool(start and end and start.year <= year <= end.year)


def _day(text: str, *, first: bool) -> dt.date | None:
    parts = [int(part) for part in text.strip().split("-") if part.isdigit()]
    try:
        if len(parts) == 3:
            return dt.date(*parts)
        if len(parts) == 2:
            return dt.date(parts[0], parts[1], 1 if first else 28)
        if len(parts) == 1:
            return dt.date(parts[0], 1, 1) if first else dt.date(parts[0], 12, 31)
    except ValueError:
        return None
    return None
