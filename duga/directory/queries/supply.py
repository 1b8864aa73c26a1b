"""What the directory offers on a day, as rows for a snapshot: no name, no address, no place that nobody may find.

Each table is read once, whole, whatever hangs on how many services. A service whose place is confidential, or that is
about violence, bears no region here: it is counted in its country alone.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from duga.directory.models import (
    Attribute,
    Fact,
    Funds,
    Language,
    Licence,
    LicenceKind,
    LicenceStep,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
)
from duga.directory.queries.confidential import services_under_seal
from duga.directory.queries.funds import group_of
from duga.directory.queries.seen import WHEN
from duga.directory.rules import FOUND, Age, FactKind, age_of
from duga.directory.rules.funds import in_force as in_force_of_tables
from duga.directory.rules.hours import read
from duga.directory.rules.licences import LicenceState, applies, in_force
from duga.directory.rules.supply import capacity_unit, hours_word
from duga.evidence.supply import Settlement, within_reach
from duga.evidence.supply.words import UNKNOWN, WHOLE_COUNTRY, WITHHELD, is_about_violence
from duga.places.queries import settlements
from duga.places.rules import region_at

STEPS = {
    LicenceState.STARTED: "begun", LicenceState.APPLIED: "applied",
    LicenceState.LICENSED: "licensed", LicenceState.LIMITED: "licensed",
    LicenceState.REFUSED: "ended", LicenceState.SUSPENDED: "ended", LicenceState.WITHDRAWN: "ended",
    LicenceState.EXPIRED: "ended",
}  # fmt: skip
"""Which steps on the way to a licence are counted, and as what."""


def supply_tables(today: dt.date) -> dict[str, list[dict]]:
    """The tables of `evidence.supply` as the directory stands on a day; empty where nothing is listed or funded."""
    read_ = _Reading(today)
    services = list(read_.services())
    funds = list(_funds())
    if not services and not funds:
        return {}
    return {
        "services": services,
        "capacities": list(read_.capacities()),
        "licences": list(read_.licences()),
        "reach": list(within_reach(_homes(read_.countries), read_.places())),
        "funds": funds,
    }


class _Reading:
    """The services that the public is shown on a day, and what hangs on them, each table read in one go."""

    def __init__(self, today: dt.date):
        self.today = today
        self.numbers, providers = {}, {}
        for pk, provider in Service.objects.order_by("pk").values_list("pk", "provider_id"):
            self.numbers[pk] = len(self.numbers) + 1
            providers.setdefault(provider, len(providers) + 1)
        shown = Service.objects.filter(listed=True, merged_into=None, status__in=FOUND)
        verified = dict(Fact.objects.filter(kind=FactKind.OFFERED).values_list("service_id", "verified_at"))
        sealed = services_under_seal()
        self.terms = _terms("service", ("service_types", "target_groups"))
        self.told, self.secret = {}, set()
        for row in shown.order_by("pk").values(
            "pk", "provider_id", "provider__kind", "country", "emergency", "discreet", "created_at"
        ):
            age = self._age(row, verified.get(row["pk"]))
            if age is Age.HIDDEN:
                continue
            types, groups = (tuple(self.terms[row["pk"], key]) for key in ("service_types", "target_groups"))
            if row["pk"] in sealed or row["discreet"] or is_about_violence(types, groups):
                self.secret.add(row["pk"])
            self.told[row["pk"]] = {
                "country": row["country"], "service_type": list(types) or [UNKNOWN],
                "target_group": list(groups) or [UNKNOWN], "provider_kind": row["provider__kind"],
                "provider": providers[row["provider_id"]], "verified": _VERIFIED[age],
            }  # fmt: skip
        self.points = _points()
        self.areas = self._areas()

    @property
    def countries(self) -> set[str]:
        return {row["country"] for row in self.told.values()}

    def _age(self, row, verified_at) -> Age:
        since = timezone.localdate(row["created_at"])
        day = timezone.localdate(verified_at) if verified_at else None
        return age_of(FactKind.OFFERED, day, self.today, since=since, emergency=row["emergency"])

    def services(self) -> Iterator[dict]:
        """Rows of `services`."""
        spoken, reached, held = _languages(self.points), _accessible(self.points), self._licences()
        hours = _hours(self.points)
        for pk, row in self.told.items():
            yield {
                "service": self.numbers[pk], "provider": row["provider"], "country": row["country"],
                "area": self.areas[pk], "service_type": row["service_type"], "target_group": row["target_group"],
                "provider_kind": row["provider_kind"], "licence": held[pk], "verified": row["verified"],
                "language": sorted(spoken[pk]) or [UNKNOWN], "hours": hours_word(hours[pk]),
                "accessible": sorted(reached[pk]) or [UNKNOWN],
            }  # fmt: skip

    def capacities(self) -> Iterator[dict]:
        """Rows of `capacities`: places of a service by unit; free ones only while that is fresh enough to be shown."""
        sums: dict = defaultdict(lambda: [None, None])
        rows = ServiceCapacity.objects.values_list("service_id", "unit__name", "maximum", "available", "updated")
        for pk, unit, most, free, updated in rows:
            code, since = capacity_unit(unit), timezone.localdate(updated) if updated else None
            if pk not in self.told or not code:
                continue
            fresh = since and age_of(FactKind.CAPACITY, since, self.today, since=since) is not Age.HIDDEN
            for place, value in enumerate((most, free if fresh else None)):
                if value is not None:
                    sums[pk, code][place] = (sums[pk, code][place] or Decimal(0)) + Decimal(str(value))
        for (pk, code), (most, free) in sorted(sums.items(), key=lambda pair: (self.numbers[pair[0][0]], pair[0][1])):
            row = self.told[pk]
            yield {
                "service": self.numbers[pk], "country": row["country"], "area": self.areas[pk],
                "service_type": row["service_type"], "target_group": row["target_group"],
                "provider_kind": row["provider_kind"], "unit": code, "places": most, "free": free,
            }  # fmt: skip

    def licences(self) -> Iterator[dict]:
        """Rows of `licences`: a step on the way of a listed service, by month, without its kind, region or number."""
        rows = LicenceStep.objects.filter(licence__service__listed=True, licence__service__merged_into=None)
        told = rows.values_list("licence__service_id", "licence__service__country", "state", "on")
        seen = {(pk, country, STEPS[state], on.replace(day=1)) for pk, country, state, on in told if state in STEPS}
        numbers = {pk: place for place, pk in enumerate(sorted({pk for pk, *_rest in seen}), 1)}
        for pk, country, step, month in sorted(seen, key=lambda each: (numbers[each[0]], *each[1:])):
            yield {"service": numbers[pk], "country": country, "step": step, "month": month}

    def places(self) -> Iterator[tuple]:
        """(country, kinds, latitude, longitude) of the places anyone may know, without services that bear no region."""
        for pk, points in self.points.items():
            if pk in self.told and pk not in self.secret:
                for _location, _code, _country, latitude, longitude in points:
                    if latitude is not None:
                        yield self.told[pk]["country"], self.told[pk]["service_type"], latitude, longitude

    def _areas(self) -> dict:
        """{service: regions it works in}: where it is, else those it says it serves."""
        served = defaultdict(set)
        rows = ServiceArea.objects.filter(service__isnull=False)
        for pk, area, code, name in rows.values_list("service_id", "area_id", "area__region__code", "name"):
            served[pk].add(code or UNKNOWN if area else UNKNOWN if name else WHOLE_COUNTRY)
        found = {}
        for pk, row in self.told.items():
            here = {_region(point, row["country"]) for point in self.points[pk]}
            found[pk] = [WITHHELD] if pk in self.secret else sorted(here or served[pk] or {UNKNOWN})
        return found

    def _licences(self) -> dict:
        """{service: what anybody may know of its licence}; who is on the way is not told."""
        rows = Licence.objects.values_list("service_id", "state", "valid_until")
        held = {pk: LicenceState(state) for pk, state, until in rows if in_force(state, until, self.today)}
        kinds = defaultdict(list)
        for country, types in LicenceKind.objects.filter(retired=False).values_list("country", "service_types"):
            kinds[country].append(types)
        found = {}
        for pk, row in self.told.items():
            if pk in held:
                found[pk] = "limited" if held[pk] is LicenceState.LIMITED else "in_force"
            else:
                known = any(applies(types, row["service_type"]) for types in kinds[row["country"]])
                found[pk] = "none" if known else "no_rules"
        return found


_VERIFIED = {Age.FRESH: "fresh", Age.DUE: "due", Age.STALE: "stale", Age.UNKNOWN: "never"}


def _terms(entity: str, keys: Iterable[str]):
    """{(row, taxonomy key): codes}."""
    rows = Attribute.objects.filter(link_entity=entity, term__taxonomy__key__in=list(keys)).order_by("term__code")
    found = defaultdict(dict)
    for pk, key, code in rows.values_list("link_id", "term__taxonomy__key", "term__code"):
        found[pk, key][code] = True
    return found


def _points() -> dict:
    """{service: [(location, region, country, latitude, longitude)]} of its open locations."""
    rows = ServiceAtLocation.objects.filter(location__merged_into=None).order_by("pk")
    found = defaultdict(list)
    for pk, *point in rows.values_list(
        "service_id", "location_id", "location__area__region__code", "location__country", "location__latitude",
        "location__longitude",
    ):  # fmt: skip
        found[pk].append(tuple(point))
    return found


def _region(point, country: str) -> str:
    """The region a location lies in: its area's, else the one whose outline holds it."""
    _location, code, own, latitude, longitude = point
    if code or latitude is None:
        return code or UNKNOWN
    return region_at(own or country, longitude, latitude) or UNKNOWN


def _by_location(points: dict) -> dict:
    found = defaultdict(list)
    for pk, each in points.items():
        for location, *_rest in each:
            found[location].append(pk)
    return found


def _languages(points: dict):
    """{service: codes of the languages spoken there}."""
    at, found = _by_location(points), defaultdict(set)
    for service, location, code in Language.objects.exclude(code="").values_list("service_id", "location_id", "code"):
        for pk in [service] if service else at.get(location, ()):
            found[pk].add(code.lower())
    return found


def _accessible(points: dict):
    """{service: what its places are said to have}."""
    at, found = _by_location(points), defaultdict(set)
    for (location, _key), codes in _terms("location", ["accessibility"]).items():
        for pk in at.get(location, ()):
            found[pk].update(codes)
    return found


def _hours(points: dict):
    """{service: its schedules as far as they can be understood}: its own, else those of its places."""
    own, there = defaultdict(list), defaultdict(list)
    at = _by_location(points)
    pairs = dict(ServiceAtLocation.objects.values_list("pk", "service_id"))
    for row in Schedule.objects.values("service_id", "location_id", "service_at_location_id", *WHEN):
        told = read(row)
        if told and row["service_id"]:
            own[row["service_id"]].append(told)
        elif told:
            pair = pairs.get(row["service_at_location_id"])
            for pk in [pair] if pair else at.get(row["location_id"], ()):
                there[pk].append(told)
    return defaultdict(list, {**there, **own})


def _homes(countries: Iterable[str]) -> Iterator[Settlement]:
    """The settlements of these countries, each where it is counted."""
    for country, region, latitude, longitude, people in settlements(countries):
        yield Settlement(country, region or UNKNOWN, latitude, longitude, people)


def _funds() -> Iterator[dict]:
    """Rows of `funds`: the lines in force for what was planned and for what was spent, added where they are alike."""
    lines = list(
        Funds.objects.filter(table__loaded_at__isnull=False)
        .select_related("table")
        .annotate(region=F("area__region__code"))
        .order_by("pk")
    )
    grouped = [(group_of(line), line.table.loaded_at, line) for line in lines]
    sums: dict = defaultdict(dict)
    for amount in ("planned", "spent"):
        for line in in_force_of_tables(grouped, amount):
            area = line.region or UNKNOWN
            if line.area_id is None:
                area = WHOLE_COUNTRY
            elif is_about_violence([line.service_type]):
                area = WITHHELD
            told = sums[line.country, area, line.service_type, line.year, line.payer, line.currency]
            told[amount] = told.get(amount, Decimal(0)) + getattr(line, amount)
    for (country, area, kind, year, payer, currency), told in sorted(sums.items()):
        yield {
            "country": country, "area": area, "service_type": kind, "year": year, "payer": payer, "unit": currency,
            "planned": told.get("planned"), "spent": told.get("spent"),
        }  # fmt: skip
