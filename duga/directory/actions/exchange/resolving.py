"""From what was read to rows for our tables: what is known, what is new, what hangs on nothing, what is bad."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from uuid import UUID, uuid4, uuid5

from django.utils import timezone

from duga.directory.models import LooseRow, Taxonomy, TaxonomyTerm
from duga.directory.queries.bundles import parts
from duga.directory.queries.hsds.nesting import STAND_IN
from duga.directory.queries.hsds.shelf import MODELS
from duga.directory.rules import FactKind, ProviderKind
from duga.directory.rules.hsds import profile
from duga.directory.rules.hsds.reading import WHOLE, Fault, Place, Row, Rows
from duga.directory.rules.hsds.tables import ORDER, TABLES, own
from duga.directory.rules.iso import COUNTRIES
from duga.places.queries import area_by_code_of_figures, area_finder
from duga.places.rules import find_country
from duga.plain.errors import NotFound
from duga.plain.errors import gettext_noop as _

_LOOSE = _("What it belongs to is neither in the file nor in the directory: kept apart, not shown.")
_NO_PROVIDER = _("No organisation is named: it is listed under the source's own name.")
_BELONGS = _("What it belongs to is bad and stays out, so this stays out too.")


@dataclass
class Plan:
    """`load` {table: rows for load_entries}; `loose` rows kept apart; `known` {(entity, id): key} of what was there."""

    load: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    loose: list[tuple[str, Row]] = field(default_factory=list)
    known: dict[tuple[str, str], object] = field(default_factory=dict)
    verified: dict = field(default_factory=dict)
    already: int = 0
    dragged: int = 0
    notes: list = field(default_factory=list)
    told: dict = field(default_factory=dict)  #: {(entity, id): Row} of known services and providers, to compare

    @property
    def numbers(self) -> Counter:
        """{table: rows that are to come in}."""
        return Counter({name: len(rows) for name, rows in self.load.items() if rows})


class Resolver:
    """Gives every row its key, once; `space` names keys of a source whose identifiers are no free UUIDs."""

    def __init__(self, read: Rows, *, source, network, country: str, kind: str, published: bool):
        self.read, self.source, self.network = read, source, network
        self.space = source.pk if source else uuid4()
        self.country, self.kind, self.published = country, kind, published
        self.plan = Plan(notes=list(read.hints))
        self.keys: dict[tuple[str, str], object] = {}
        self.new: set[tuple[str, str]] = set()
        self.rows: dict[tuple[str, object], dict] = {}
        self.pairs: dict[tuple, object] = {}

    def resolve(self) -> Plan:
        """The plan for all that was read."""
        self._own_terms()
        self._programs()
        for entity in ORDER:
            self._name(entity)
        for entity in ORDER:
            for row in self.read.all(entity):
                if entity == "attribute" and self._trait(row):
                    continue
                self._row(entity, row)
        self._apart()
        self._finish()
        return self.plan

    # --- keys ----------------------------------------------------------------------------------------------

    def _own_terms(self):
        """Terms of our own taxonomies, told by another Duga, are ours; the profile is nobody's row."""
        ours = {row.key: row.pk for row in Taxonomy.objects.exclude(key="")}
        codes = {
            (taxonomy, code): pk
            for pk, taxonomy, code in TaxonomyTerm.objects.exclude(taxonomy__key="").exclude(taxonomy=None)
            .exclude(code="").values_list("pk", "taxonomy_id", "code")
        }  # fmt: skip
        for row in self.read.all("taxonomy"):
            key = row.values.get("uri", "").removeprefix(profile.OWN_LISTS)
            if row.values.get("uri", "").startswith(profile.OWN_LISTS) and key in ours:
                self.keys["taxonomy", row.id] = ours[key]
        for row in self.read.all("taxonomy_term"):
            taxonomy = self.keys.get(("taxonomy", row.refs.get("taxonomy_id", "")))
            if (found := codes.get((taxonomy, row.values.get("code")))) is not None:
                self.keys["taxonomy_term", row.id] = found

    def _programs(self):
        """A programme that names no organisation is that of its services."""
        for service in self.read.all("service"):
            for program in self.read.rows["program"].get(service.refs.get("program_id", ""), ()):
                if "organization_id" in service.refs:
                    program.refs.setdefault("organization_id", service.refs["organization_id"])

    def _name(self, entity):
        """Finds which rows of an entity are known, and chooses the keys of the others."""
        asked = [row.id for row in self.read.all(entity) if not row.copy and (entity, row.id) not in self.keys]
        if entity == "taxonomy":
            asked = [each for each in asked if each != profile.TAXONOMY_ID]
        if entity == "taxonomy_term":
            asked = [each for each in asked if each not in profile.BY_ID]
        known = self._there(entity, asked)
        for identifier in asked:
            key = known.get(identifier)
            if key is None:
                self.new.add((entity, identifier))
                key = _uuid(identifier) or self._made(entity, identifier)
            self.keys[entity, identifier] = key

    def _there(self, entity, asked) -> dict:
        model, found = MODELS[entity], {}
        uuids = {key: each for each in asked if (key := _uuid(each))}
        for part in parts(uuids, 5000):
            for pk in model.objects.filter(pk__in=part).values_list("pk", flat=True):
                found[uuids[pk]] = pk
        if self.source:
            missing = [each for each in asked if each not in found]
            for part in parts(missing, 5000):
                rows = model.objects.filter(source=self.source, external_id__in=part).order_by("-pk")
                found |= dict(rows.values_list("external_id", "pk"))
        return found

    def _made(self, entity, text):
        return uuid5(self.space, f"{entity}/{text}")

    # --- rows ----------------------------------------------------------------------------------------------

    def _row(self, entity, row: Row):
        key = self.keys.get((entity, row.id))
        if entity in WHOLE and (entity, row.id) not in self.new:
            if key is not None and row.id not in (profile.TAXONOMY_ID, *profile.BY_ID):
                self.plan.already += 1
                self.plan.known[entity, row.id] = key
                if entity in ("service", "organization"):
                    self.plan.told[entity, row.id] = row
            return
        refs, state = self._refs(entity, row)
        if state == "already":
            self.plan.already += 1
        elif state == "bad":
            self.plan.dragged += 1
            self.read.bad.add((entity, row.id))
            self.plan.notes.append(Fault(row.place, entity, "", _BELONGS, hint=True))
        elif state == "loose":
            self.keys.pop((entity, row.id), None)
            self._keep(entity, row)
        else:
            if row.copy or (entity, row.id) not in self.new:
                on = (*sorted(row.refs.items()), row.values.get("link_id", ""))
                key = self._made(entity, f"{row.id}/{row.copy}/{on}")
            self._add(entity, key, row, refs)

    def _refs(self, entity, row) -> tuple[dict, str]:
        """({our column: key}, what is to become of the row: "new", "already", "loose", "bad")."""
        refs, anchors, bad, lost = {}, [], False, {}
        for name, column in TABLES[entity].refs.items():
            said = row.refs.get(name)
            if not said:
                continue
            key = self.keys.get((column.to, said))
            if (column.to, said) in self.read.bad:
                bad = True
            elif key is None:
                lost[name] = said
            else:
                refs[column.ours] = key
                if name in own(entity):
                    anchors.append((name, (column.to, said) in self.new))
        row.extra |= lost
        if entity == "attribute":
            return self._of_attribute(row, refs, bad)
        state = self._state(entity, refs, anchors, bad)
        if state == "new" and entity not in WHOLE and entity != "service_at_location":
            for name, new in anchors:  # what hangs on new and on known rows comes in for the new ones only
                if not new and any(fresh for _name, fresh in anchors):
                    refs.pop(TABLES[entity].refs[name].ours)
        return refs, state

    def _state(self, entity, refs, anchors, bad):
        needed = own(entity)
        if entity == "service" and "provider_id" not in refs:
            if bad:
                return "bad"
            refs["provider_id"] = self._stand_in()
            return "new"
        if entity in ("program", "organization_identifier", "service_at_location") and len(anchors) < len(needed):
            return "bad" if bad else "loose"
        if entity == "service_capacity" and ("unit_id" not in refs or not anchors):
            return "bad" if bad else "loose"
        if needed and not anchors:
            return "bad" if bad else "loose"
        if entity == "service_at_location":
            return "new" if dict(anchors)["service_id"] else "already"
        if needed and entity not in ("service", "program") and not any(new for _name, new in anchors):
            return "already"
        return "new"

    def _of_attribute(self, row, refs, bad):
        entity, link = row.values.get("link_entity", ""), row.values.get("link_id", "")
        target = self.keys.get((entity, link))
        if (entity, link) in self.read.bad or bad:
            return refs, "bad"
        if target is None or "term_id" not in refs:
            return refs, "loose"
        row.values = {**row.values, "link_id": target}
        return refs, "new" if (entity, link) in self.new else "already"

    def _add(self, entity, key, row, refs):
        if entity == "service_at_location":
            pair = (refs["service_id"], refs["location_id"])
            if pair in self.pairs:  # told once more: what hangs on it hangs on the first
                self.keys[entity, row.id] = self.pairs[pair]
                self.plan.already += 1
                return
            self.pairs[pair] = key
        told = {"id": key, "external_id": row.id, "extra": row.extra, **row.values, **refs}
        if entity == "contact":
            told["published"] = self.published
        if entity == "attribute":
            told["link_id"] = row.values["link_id"]
        self.plan.load[entity].append(told)
        self.rows[entity, key] = told

    def _stand_in(self):
        key = self._made("organization", "")
        if ("organization", key) not in self.rows and not MODELS["organization"].objects.filter(pk=key).exists():
            told = {"id": key, "external_id": "", "extra": {STAND_IN: True}, "name": self.source.name}
            self.rows["organization", key] = told
            self.plan.load["organization"].append(told)
            self.plan.notes.append(Fault(Place("", 0), "service", "organization", _NO_PROVIDER, hint=True))
        return key

    def _keep(self, entity, row):
        """A row that leads nowhere: with its parent when it is an attribute without a term, else apart."""
        parent = self._parent_of(row) if entity == "attribute" else None
        if parent is not None:
            told = _said(row)
            told.pop("link_id", None)
            parent["extra"] = _with(parent["extra"], "attributes", told | row.extra)
            return
        self.plan.loose.append((entity, row))
        self.plan.notes.append(Fault(row.place, entity, "", _LOOSE, hint=True))

    def _parent_of(self, row):
        entity, link = row.values.get("link_entity", ""), row.values.get("link_id", "")
        key = self.keys.get((entity, link))
        return self.rows.get((entity, key)) if key else None

    # --- the profile ---------------------------------------------------------------------------------------

    def _trait(self, row) -> bool:
        """Whether an attribute is a trait of the profile: then it sets our column, and is no row."""
        trait = profile.BY_ID.get(row.refs.get("taxonomy_term_id", ""))
        if trait is None:
            return False
        key = self.keys.get((trait.entity, row.values.get("link_id", "")))
        parent, value = self.rows.get((trait.entity, key)), row.values.get("value", "")
        if parent is None:
            return True
        if trait.name == "closure":
            self._closure(key, value, row.values.get("label", ""))
        elif trait.name == "verified":
            self._verified(key, value)
        elif trait.name not in profile.APART and (heard := profile.heard(trait, value)) is not None:
            parent[trait.name] = heard
        return True

    def _closure(self, key, value, reason):
        first, _slash, last = value.partition("/")
        days = [_day(first), _day(last or first)]
        if all(days) and days[0] <= days[1]:
            told = {"id": self._made("closure", f"{key}/{value}"), "service_id": key, "reason": reason}
            self.plan.load["closure"].append(told | {"first_day": days[0], "last_day": days[1]})

    def _verified(self, key, value):
        words = value.split(" ")
        day = _day(words[1]) if len(words) > 1 else None
        if day and words[0] in set(FactKind):
            self.plan.verified.setdefault(key, {})[FactKind(words[0])] = _noon(day)

    # --- what is left --------------------------------------------------------------------------------------

    def _apart(self):
        """Metadata goes with what it is about, where that is here; tables we do not keep are kept apart."""
        for row in self.read.all("metadata"):
            about = next((self.rows[at] for at in self._about(row) if at in self.rows), None)
            if about is None:
                self._keep("metadata", row)
                continue
            told = {name: str(value) for name, value in _said(row).items() if name != "resource_id"}
            about["extra"] = _with(about["extra"], "metadata", told)
        for row in self.read.all("meta_table_description"):
            self._keep("meta_table_description", row)
        if self.source and self.plan.loose:
            there = set(LooseRow.objects.filter(source=self.source).values_list("entity", "external_id"))
            self.plan.already += sum((entity, row.id) in there for entity, row in self.plan.loose)
            self.plan.loose = [(entity, row) for entity, row in self.plan.loose if (entity, row.id) not in there]

    def _about(self, row):
        about = row.values.get("resource_id", "")
        kinds = [row.values.get("resource_type", ""), *ORDER]
        return [(kind, self.keys[kind, about]) for kind in kinds if (kind, about) in self.keys]

    def _finish(self):
        """What our tables ask for beyond HSDS: the country of providers, services and places; what is of which kind."""
        countries = self._countries()
        load = self.plan.load
        for told in load["organization"]:
            told.setdefault("kind", self.kind)
            if told["kind"] not in set(ProviderKind):
                told["kind"] = self.kind
            told["country"] = _code(told.get("country")) or countries.get(told["id"]) or self.country
        of = {told["id"]: told["country"] for told in load["organization"]}
        keepers = {told["provider_id"] for told in load["service"]} - set(of)
        for part in parts(keepers, 5000):
            of |= dict(MODELS["organization"].objects.filter(pk__in=part).values_list("pk", "country"))
        for told in load["service"]:
            told["country"] = _code(told.get("country")) or countries.get(told["id"]) or of[told["provider_id"]]
            if told.get("assured_date"):
                self.plan.verified.setdefault(told["id"], _noon(told["assured_date"]))
        for told in load["location"]:
            told["country"] = _code(told.get("country")) or countries.get(told["id"], "")
        self._areas()

    def _areas(self):
        """Areas as keys: by the code the profile tells, or by the town of the address."""
        find, cities = None, {told["location_id"]: told.get("city", "") for told in self.plan.load["address"]}
        found: dict[tuple[str, str], object] = {}
        for told in (*self.plan.load["organization"], *self.plan.load["location"], *self.plan.load["service_area"]):
            code, city, country = told.pop("area", ""), cities.get(told["id"], ""), told.get("country", "")
            if not code and not (city and country):
                continue
            if (code or city, country) not in found:
                find = find or area_finder()
                found[code or city, country] = _area_of(code) if code else getattr(find(city, country), "area", None)
            area = found[code or city, country]
            told["area_id"] = area.pk if area else None

    def _countries(self) -> dict:
        """{key: country most addresses say} of locations, and of the services and providers that are there."""
        of_place, found = defaultdict(Counter), defaultdict(Counter)
        for told in self.plan.load["address"]:
            if country := _code(told.get("country")):
                of_place[told["location_id"]][country] += 1
        for told in self.plan.load["location"]:
            if told.get("provider_id"):
                found[told["provider_id"]] += of_place[told["id"]]
        keeper = {told["id"]: told["provider_id"] for told in self.plan.load["service"]}
        for told in self.plan.load["service_at_location"]:
            found[told["service_id"]] += of_place[told["location_id"]]
            if told["service_id"] in keeper:
                found[keeper[told["service_id"]]] += of_place[told["location_id"]]
        found |= of_place
        return {key: counted.most_common(1)[0][0] for key, counted in found.items() if counted}


def _said(row) -> dict:
    """A row's own fields under HSDS's names."""
    columns = TABLES[row.entity].told
    return {"id": row.id} | {each.name: row.values[each.ours] for each in columns if each.ours in row.values}


def _with(extra, name, one) -> dict:
    """What is kept beside the columns, with one more row in one of its lists."""
    return {**extra, name: [*extra.get(name, ()), one]}


def _uuid(text):
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def _code(text):
    """The country a cell means: two letters, or a name that is known here; nothing for anything else."""
    text = str(text or "").strip()
    return text.upper() if text.upper() in COUNTRIES else find_country(text)


def _day(text):
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _area_of(code):
    try:
        return area_by_code_of_figures(code)
    except NotFound:
        return None


def _noon(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
