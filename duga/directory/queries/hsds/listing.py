"""Which entries a question of the API means, page by page; a fixed number of queries however many there are."""

import math
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from duga.directory.models import Address, Attribute, Location, Provider, SearchEntry, Service, Taxonomy, TaxonomyTerm
from duga.directory.queries.bundles import parts
from duga.directory.queries.hsds import nesting, shelf
from duga.directory.queries.search import Sets, _word
from duga.directory.rules.hsds import profile
from duga.directory.rules.hsds.openapi import MOST, MOST_FULL, PER_PAGE
from duga.directory.rules.hsds.values import tell
from duga.directory.rules.search import distance, numbers, words_of
from duga.plain.errors import NotFound, gettext_noop
from duga.plain.text import fold

__all__ = ["Moved", "listed_keys", "listing", "one", "stream"]

BATCH = 200  #: entries told together
_NOTHING = gettext_noop("There is nothing under this id.")


class Moved(Exception):
    """Merged: it stands under another id now."""

    def __init__(self, key):
        super().__init__(str(key))
        self.key = key


def listing(name: str, asked: dict) -> dict:
    """A page of a list, as HSDS's Page says it. `asked` as rules.hsds.openapi.ask gives it."""
    keys = _KEYS[name](asked)
    total = len(keys)
    size = min(asked.get("per_page", PER_PAGE), MOST_FULL if asked.get("full") or asked.get("full_service") else MOST)
    if asked.get("minimal"):
        size = max(total, 1)
    page = asked.get("page", 1)
    chosen = keys[(page - 1) * size : page * size] if (page - 1) * size < total else []
    contents = list(_tell(name, asked, chosen))
    pages = math.ceil(total / size)
    return {
        "total_items": total, "total_pages": pages, "page_number": page, "size": len(contents),
        "first_page": page == 1, "last_page": page >= pages, "empty": not contents, "contents": contents,
    }  # fmt: skip


def stream(name: str, asked: dict) -> Iterator[dict]:
    """Every entry of a list, read a few hundred at a time."""
    for part in parts(_KEYS[name](asked), BATCH):
        yield from _tell(name, asked, part)


def one(name: str, key: str, asked: dict | None = None) -> dict:
    """One entry with everything; NotFound when there is none for the public, Moved when it was merged."""
    uuid = _uuid(key)
    if uuid is None:
        raise NotFound(_NOTHING)
    merged = {"services": Service, "organizations": Provider}.get(name)
    if merged is not None:
        onward = (
            merged.objects.filter(pk=uuid).exclude(merged_into=None).values_list("merged_into_id", flat=True).first()
        )
        if onward is not None:
            raise Moved(onward)
    for told in _tell(name, {"full": True, **(asked or {})}, [str(uuid) if name.startswith("taxonom") else uuid]):
        return told
    raise NotFound(_NOTHING)


# --- which -------------------------------------------------------------------------------------------------


def listed_keys(country: str = "") -> list:
    """Keys of all services the lists hold, of one country or of all."""
    rows = _about_services(shelf.public_services(), {}, "pk")
    rows = rows.filter(country=country) if country else rows
    return list(rows.order_by("pk").values_list("pk", flat=True))


class _Keys:
    """The keys of a query in their order; the database counts them and cuts a page out, however many there are."""

    def __init__(self, rows):
        self.rows = rows.order_by("pk").values_list("pk", flat=True)

    def __len__(self):
        return self.rows.count()

    def __getitem__(self, cut: slice) -> list:
        return list(self.rows[cut])

    def __iter__(self):
        return iter(self.rows)


def _services(asked):
    rows = shelf.public_services()
    rows = _about_services(rows, asked, "pk")
    if not asked.get("search"):
        return _Keys(rows)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return _matching(keys, keys, asked)


def _about_services(rows, asked, own):
    """Narrows services, or pairs by their service (`own` names its key)."""
    to = "" if own == "pk" else "service__"
    if not asked.get("stale"):
        hidden = SearchEntry.objects.filter(hidden_on__lte=timezone.localdate()).values("service")
        rows = rows.exclude(**{f"{to}pk__in" if to else "pk__in": hidden})
    if "organization_id" in asked:
        rows = rows.filter(**{f"{to}provider": _uuid(asked["organization_id"])})
    if moment := asked.get("modified_after"):
        rows = rows.filter(Q(**{f"{to}changed_at__gte": moment}) | Q(created_at__gte=moment))
    for term in asked.get("taxonomy_term_id", ()):
        rows = _bearing(rows, term, own, to)
    for taxonomy in asked.get("taxonomy_id", ()):
        if taxonomy != profile.TAXONOMY_ID:
            rows = rows.filter(_bears(own, term__taxonomy=_key(taxonomy)))
    return rows


def _bears(own, **term):
    return Exists(Attribute.objects.filter(link_entity="service", link_id=OuterRef(own), **term))


def _bearing(rows, term, own, to):
    trait = profile.BY_ID.get(term)
    if trait is None:
        return rows.filter(_bears(own, term=_key(term)))
    if trait.entity != "service":
        return rows.none()
    if trait.name == "closure":
        return rows.filter(**{f"{to}closures__isnull": False}).distinct()
    if trait.name == "verified":
        return rows.filter(**{f"{to}facts__verified_at__isnull": False}).distinct()
    nothing = {"flag": Q(**{f"{to}{trait.name}": None})}.get(trait.kind, Q(**{f"{to}{trait.name}": ""}))
    if trait.name in ("emergency", "discreet"):
        nothing = Q(**{f"{to}{trait.name}": False})
    return rows.exclude(nothing)


def _matching(keys, services, asked):
    """Of these keys those whose service holds all words asked for."""
    words = words_of(asked.get("search", ""))
    if not words:
        return keys if not asked.get("search") else []
    sets, fits = Sets(), None
    for word in map(_word, words):
        found = sets.any_of(word.keys)
        fits = found if fits is None else fits & found
    known = set()
    for part in parts(numbers(fits), 5000):
        known |= set(SearchEntry.objects.filter(number__in=part).values_list("service_id", flat=True))
    return [key for key, service in zip(keys, services, strict=True) if service in known]


def _pairs(asked):
    rows = _about_services(shelf.public_pairs(), asked, "service_id")
    if "postcode" in asked:
        rows = rows.filter(location__in=_around(asked["postcode"], asked.get("proximity")))
    if not asked.get("search"):
        return _Keys(rows)
    found = list(rows.order_by("pk").values_list("pk", "service_id"))
    return _matching([pk for pk, _service in found], [service for _pk, service in found], asked)


def _around(postcode, metres) -> list:
    """Locations with a postal code, or within so many metres of the middle of them."""
    wanted = "".join(postcode.split()).lower()
    spellings = {postcode, postcode.upper(), wanted, wanted.upper(), f"{wanted[:3]} {wanted[3:]}".upper()}
    there = Address.objects.filter(postal_code__in=spellings, location__merged_into=None)
    if metres is None:
        return list(there.values_list("location", flat=True))
    points = list(
        Location.objects.filter(addresses__in=there).exclude(latitude=None).values_list("latitude", "longitude")
    )
    if not points:
        return []
    middle = tuple(sum(each) / len(points) for each in zip(*points, strict=True))
    wide = metres / 111_000 + 0.01
    near = Location.objects.filter(latitude__range=(middle[0] - wide, middle[0] + wide), merged_into=None)
    return [
        pk for pk, *point in near.values_list("pk", "latitude", "longitude")
        if distance(middle, tuple(point)) * 1000 <= metres
    ]  # fmt: skip


def _organizations(asked):
    rows = Provider.objects.filter(merged_into=None).exclude(extra__has_key=nesting.STAND_IN)
    for term in asked.get("taxonomy_term_id", ()):
        borne = Attribute.objects.filter(link_entity="organization", link_id=OuterRef("pk"), term=_key(term))
        trait = profile.BY_ID.get(term)
        if trait and trait.entity == "organization":
            rows = rows.exclude(**{trait.name: None if trait.kind == "area" else False if trait.kind == "flag" else ""})
        else:
            rows = rows.filter(Exists(borne) | Exists(_services_bearing(term=_key(term))))
    for taxonomy in asked.get("taxonomy_id", ()):
        if taxonomy != profile.TAXONOMY_ID:
            borne = Attribute.objects.filter(link_entity="organization", link_id=OuterRef("pk"))
            borne = borne.filter(term__taxonomy=_key(taxonomy))
            rows = rows.filter(Exists(borne) | Exists(_services_bearing(term__taxonomy=_key(taxonomy))))
    if "search" not in asked:
        return _Keys(rows)
    words = fold(asked["search"]).split()
    told = rows.order_by("pk").values_list("pk", "name", "alternate_name", "description")
    return [pk for pk, *texts in told if words and all(word in fold(" ".join(texts)) for word in words)]


def _services_bearing(**term):
    borne = Attribute.objects.filter(link_entity="service", link_id=OuterRef("pk"), **term)
    return shelf.public_services().filter(provider=OuterRef("pk")).filter(Exists(borne))


def _taxonomies(asked):
    words = fold(asked.get("search", "")).split()
    rows = [(profile.TAXONOMY_ID, profile.NAME), *_named(Taxonomy.objects.order_by("pk"))]
    return [pk for pk, name in rows if all(word in fold(name) for word in words)]


def _terms(asked):
    rows = TaxonomyTerm.objects.order_by("pk")
    own = [(each.id, f"{each.label} {each.code}") for each in profile.TRAITS]
    if "taxonomy_id" in asked:
        own = own if asked["taxonomy_id"][-1] == profile.TAXONOMY_ID else []
        for taxonomy in asked["taxonomy_id"]:
            rows = rows.filter(taxonomy=_key(taxonomy))
    if asked.get("top_only"):
        rows = rows.filter(parent=None)
    if "parent_id" in asked:
        rows, own = rows.filter(parent=_key(asked["parent_id"])), []
    words = fold(asked.get("search", "")).split()
    return [pk for pk, name in [*own, *_named(rows)] if all(word in fold(name) for word in words)]


def _named(rows):
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


_KEYS = {
    "services": _services, "service_at_locations": _pairs, "organizations": _organizations, "taxonomies": _taxonomies,
    "taxonomy_terms": _terms,
}  # fmt: skip


# --- how ---------------------------------------------------------------------------------------------------


def _tell(name, asked, keys) -> Iterator[dict]:
    """The entries under these keys, in their order; those that are not there are left out."""
    keys = list(keys)
    found = _TELL[name](asked, keys)
    return (found[key] for key in keys if key in found)


def _tell_services(asked, keys):
    if asked.get("minimal"):
        rows = {}
        for part in parts(keys, 5000):
            for row in Service.objects.filter(pk__in=part).values_list("pk", "changed_at", "created_at"):
                rows[row[0]] = {"id": str(row[0]), "modified_date": tell(row[1] or row[2])}
        return rows
    if asked.get("full"):
        told = shelf.fill(keys, stale=bool(asked.get("stale")))
        return {pk: nesting.full_service(row, told) for pk, row in told.rows["service"].items()}
    told = shelf.fill_simple(keys, stale=bool(asked.get("stale")))
    return {pk: nesting.listed_service(row, told) for pk, row in told.rows["service"].items()}


def _tell_pairs(asked, keys):
    put = shelf.fill if asked.get("full") else shelf.fill_simple
    told = put(pairs=keys, stale=bool(asked.get("stale")))
    say = nesting.full_pair if asked.get("full") else nesting.listed_pair
    return {pk: say(row, told) for pk, row in told.rows["service_at_location"].items()}


def _tell_organizations(asked, keys):
    rows = Provider.objects.filter(pk__in=keys, merged_into=None).exclude(extra__has_key=nesting.STAND_IN)
    if not (asked.get("full") or asked.get("full_service")):
        return {row.pk: nesting.simple("organization", row) for row in rows}
    rows = list(rows.values_list("pk", flat=True))
    services = shelf.public_services().filter(provider__in=rows).values_list("pk", flat=True)
    told = shelf.fill(services, rows, stale=bool(asked.get("stale")))
    return {
        pk: nesting.full_organization(row, told, services=bool(asked.get("full_service")))
        for pk, row in told.rows["organization"].items()
    }


def _tell_taxonomies(_asked, keys):
    rows = Taxonomy.objects.filter(pk__in=[key for key in keys if key != profile.TAXONOMY_ID])
    return {profile.TAXONOMY_ID: profile.taxonomy()} | {str(row.pk): nesting.simple("taxonomy", row) for row in rows}


def _tell_terms(_asked, keys):
    found = {each.id: profile.term(each) for each in profile.TRAITS}
    rows = TaxonomyTerm.objects.filter(pk__in=[key for key in keys if key not in found]).select_related("taxonomy")
    for row in rows:
        told = nesting.simple("taxonomy_term", row)
        detail = {"taxonomy_detail": nesting.simple("taxonomy", row.taxonomy)} if row.taxonomy_id else {}
        found[str(row.pk)] = told | detail
    return found


_TELL = {
    "services": _tell_services, "service_at_locations": _tell_pairs, "organizations": _tell_organizations,
    "taxonomies": _tell_taxonomies, "taxonomy_terms": _tell_terms,
}  # fmt: skip


def _key(text) -> UUID:
    """The key somebody asked for; one that nothing has for what is no key."""
    return _uuid(text) or UUID(int=0)


def _uuid(text):
    try:
        return UUID(str(text))
    except ValueError:
        return None
