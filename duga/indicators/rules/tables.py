"""Which tables are public, of which periods, and the words beside their numbers.

A country's public tables of one year share one number only: how many different people were helped there in that
year. Every one of them shows it, and each hides what it must with that number known to the attacker. What can be
inferred from all together is then what can be inferred from each alone, because any people who fit one
table can be matched one to one with any people who fit another with the same total. Hence the closed list below,
whole years only, and `same_total`. A rate is worked out from what such a table shows, and says no more.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from duga.evidence.model import Period
from duga.plain.errors import Refused, gettext_noop

MINIMUM = 5


@dataclass(frozen=True)
class PublicTable:
    """A table of the public page: an indicator, its breakdown, and the drawing made of it (empty: none).

    Without `totals` it holds its lines alone: amounts of several years and payers, of which no sum is asked for.
    """

    indicator: str
    breakdown: tuple[str, ...]
    chart: str = ""
    totals: bool = True

    @property
    def name(self) -> str:
        return f"{self.indicator}:{','.join(self.breakdown)}"


#: The closed list of what a country's page shows of a year.
COUNTRY_TABLES = (
    PublicTable("people_assisted", ("sex", "age_band"), "ages"),
    PublicTable("people_assisted", ("month",), "trend"),
    PublicTable("people_assisted", ("area",), "map"),
    PublicTable("people_assisted", ("service_type",), "services"),
    PublicTable("assistance_delivered", ("unit",)),
    PublicTable("households_reached", ()),
    PublicTable("people_assisted_per_10000", ()),
)
#: All countries side by side, of one year.
NETWORK_TABLES = (
    PublicTable("people_assisted", ("country",)),
    PublicTable("people_assisted_per_10000", ("country",)),
)

#: What a line of funds is about; the currency is its unit.
FUNDS = ("area", "service_type", "year", "payer", "unit")
#: What is on offer, of a country: nothing in it is hidden, so these tables need not share a total. They rest on what
#: was frozen of the directory on one day and bear its year; a table by year tells all years up to it.
SUPPLY_COUNTRY_TABLES = (
    PublicTable("services_offered", ("service_type",)),
    PublicTable("services_offered", ("area",)),
    PublicTable("services_offered", ("target_group",)),
    PublicTable("services_licensed", ("provider_kind",)),
    PublicTable("services_verified", ("provider_kind",)),
    PublicTable("places_offered", ("unit",)),
    PublicTable("licences_granted", ("year",)),
    PublicTable("people_within_10_km", ("service_type",)),
    PublicTable("services_per_100000", ()),
    PublicTable("funds_planned", FUNDS, totals=False),
    PublicTable("funds_spent", FUNDS, totals=False),
)
#: All countries side by side.
SUPPLY_NETWORK_TABLES = (
    PublicTable("services_offered", ("country",)),
    PublicTable("services_licensed", ("country",)),
    PublicTable("services_per_100000", ("country",)),
)
SUPPLY = frozenset(table.indicator for table in (*SUPPLY_COUNTRY_TABLES, *SUPPLY_NETWORK_TABLES))
"""Indicators whose releases rest on the directory and not on deliveries."""


def supply_tables(country: str) -> tuple[PublicTable, ...]:
    """The public tables of what is on offer in a country; empty: of all side by side."""
    return SUPPLY_COUNTRY_TABLES if country else SUPPLY_NETWORK_TABLES


def public_table(indicator: str, breakdown: Iterable[str], country: str) -> PublicTable:
    """The public table that was asked for; refused, with the list, when it is none.

    A further breakdown would have to be protected together with all that is public already.
    """
    wanted = tuple(breakdown)
    tables = (*(COUNTRY_TABLES if country else NETWORK_TABLES), *supply_tables(country))
    for table in tables:
        if table.indicator == indicator and (table.breakdown == wanted or set(table.breakdown) == set(wanted) != set()):
            return table
    raise Refused(
        gettext_noop(
            "%(indicator)s by %(breakdown)s is not one of the public tables %(scope)s, which are protected together: "
            "%(tables)s. Count it for yourself with `duga count`."
        ),
        indicator=indicator,
        breakdown=",".join(wanted) or "nothing",
        scope="of a country" if country else "of all countries",
        tables="; ".join(f"{table.indicator} by {','.join(table.breakdown) or 'nothing'}" for table in tables),
    )


def public_year(period: str | Period) -> int:
    """The year that a period is; refused when it is anything but one whole year.

    Two periods that overlap could be subtracted from one another, cell by cell.
    """
    found = Period.read(period)
    if found and found.start[0] == found.end[0] and (found.start[1], found.end[1]) == (1, 12):
        return found.start[0]
    raise Refused(
        gettext_noop(
            "Figures are released by whole years (for example 2020): periods that overlap can be subtracted from one "
            "another, and the difference may be a single person. %(period)s is not a year."
        ),
        period=str(period),
    )


def years_of(text: str) -> list[int]:
    """`2020` → [2020]; `2019..2021` → [2019, 2020, 2021]."""
    first, _, last = str(text).partition("..")
    if not (re.fullmatch(r"\d{4}", first) and re.fullmatch(r"(\d{4})?", last)):
        raise Refused(gettext_noop("%(text)s is neither a year (2020) nor years (2019..2021)."), text=repr(str(text)))
    if last and last < first:
        raise Refused(gettext_noop("The period %(period)s ends before it begins."), period=text)
    return list(range(int(first), int(last or first) + 1))


def own_period(text: str, *, today: datetime.date) -> Period:
    """The months an organisation counts for itself: any, up to ten years, not after today."""
    found = Period.read(text)
    if found is None or found.start > (today.year, today.month):
        raise Refused(gettext_noop("That period lies in the future. Choose months in which something was recorded."))
    if found.end[0] - found.start[0] > 10:
        raise Refused(gettext_noop("Choose ten years at most."))
    return found


#: What the units of our indicators are called beside a number.
UNIT_WORDS = {
    "person": gettext_noop("people"),
    "household": gettext_noop("households"),
    "service": gettext_noop("services"),
    "organisation": gettext_noop("providers"),
    "%": gettext_noop("per cent"),
    "contact": gettext_noop("deliveries"),
}

#: What the columns of a table are called.
DIMENSION_WORDS = {
    "sex": gettext_noop("Sex"),
    "age_band": gettext_noop("Age"),
    "month": gettext_noop("Month"),
    "area": gettext_noop("Region"),
    "service_type": gettext_noop("Kind of help"),
    "unit": gettext_noop("Unit"),
    "country": gettext_noop("Country"),
    "quarter": gettext_noop("Quarter"),
    "target_group": gettext_noop("Target group"),
    "channel": gettext_noop("Channel"),
    "year": gettext_noop("Year"),
    "provider_kind": gettext_noop("Provider"),
    "licence": gettext_noop("Licence"),
    "verified": gettext_noop("Last verified"),
    "language": gettext_noop("Language"),
    "hours": gettext_noop("Hours"),
    "accessible": gettext_noop("What the place has"),
    "distance": gettext_noop("Kilometres to the nearest"),
    "payer": gettext_noop("Who pays"),
}

#: What is said instead of a region, a kind or an answer that nobody gave.
SUPPLY_WORDS = {
    ("area", "withheld"): gettext_noop("Not told: confidential, or about violence"),
    ("area", "whole_country"): gettext_noop("The whole country"),
    ("service_type", "unknown"): gettext_noop("Kind not told"),
    ("service_type", "any"): gettext_noop("Any kind"),
    ("target_group", "unknown"): gettext_noop("Group not told"),
    ("unit", "place"): gettext_noop("Places"),
    ("unit", "hour"): gettext_noop("Hours"),
    ("licence", "in_force"): gettext_noop("in force"),
    ("licence", "limited"): gettext_noop("in force for a limited time"),
    ("licence", "none"): gettext_noop("none"),
    ("licence", "no_rules"): gettext_noop("no rules are known"),
    ("verified", "fresh"): gettext_noop("lately"),
    ("verified", "due"): gettext_noop("to be asked again"),
    ("verified", "stale"): gettext_noop("long ago"),
    ("verified", "never"): gettext_noop("never"),
    ("hours", "office"): gettext_noop("office hours only"),
    ("hours", "longer"): gettext_noop("outside office hours too"),
    ("hours", "unknown"): gettext_noop("not told"),
    ("accessible", "unknown"): gettext_noop("not told"),
    ("language", "unknown"): gettext_noop("not told"),
}
