"""The demo's directory: some 600 invented services in five countries, of every age of knowledge, through the bulk door.

No phone number, address or person is real: numbers have area code 00, streets are called invented. Organisations that
public sources name offer nothing here.
"""

import csv
import datetime as dt
import random
from collections import defaultdict
from functools import lru_cache

from demo.organisations import PLACES, TOWNS
from demo.services import ABROAD, DIALLING, OFFICES, OFFICIAL, STREETS, TEMPLATES, WRITTEN, Template
from duga.directory import actions, queries
from duga.directory.rules import FactKind, How
from duga.directory.rules.search import Ask
from duga.directory.rules.texts import mark
from duga.members.queries import network_by_slug, organisations_of
from duga.members.rules import VISITOR
from duga.places.queries import area_finder
from duga.plain.ids import uuid7
from duga.plain.text import fold, to_cyrillic

COUNTRIES = tuple(WRITTEN)
OFFICE_TOWNS = 12  #: a country
CONFIDENTIAL = 4  #: places a country keeps here; where the others are, nobody wrote down
TWINS = 4  #: services a country that an office lists too, in its own spelling
HOURS = {
    "office": [("MO,TU,WE,TH,FR", "08:00", "15:00")], "long": [("MO,TU,WE,TH,FR", "09:00", "19:00")],
    "mornings": [("MO,TU,WE,TH,FR", "08:00", "12:00")], "always": [("", "00:00", "24:00")],
    "night": [("", "18:00", "08:00")],
}  # fmt: skip
#: How long ago something was verified, in days: (share, from, to); the rest never was.
AGES = ((0.55, 1, 85), (0.20, 86, 190), (0.13, 191, 410), (0.07, 411, 700))
NOW = dt.datetime.now(dt.UTC)


def fill(by, small: bool = False) -> str:
    """Terms, providers, services, confidential places, and what waits: says how much it was. `small`: one country."""
    actions.load_terms(by=by)
    number, hidden = 0, []
    countries = ("ME",) if small else COUNTRIES
    for country in countries:
        rows, verified, places = _country(by, country)
        network = network_by_slug(by, f"iris-{country.lower()}")
        told = actions.load_entries(by=by, network_id=network.pk, rows=rows, how=How.OWNER, verified=verified)
        number += told["service"]
        hidden += places
    for service_id, kind, told in hidden:
        actions.keep_place(by=by, service_id=service_id, kind=kind, told=told)
    return f"{number} services, {len(hidden)} confidential places, {_waiting(by, countries)}"


@lru_cache(maxsize=1)
def _towns():
    with open(PLACES, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["country"], row["name"]): (float(row["lat"]), float(row["lon"])) for row in reversed(rows)}


def _country(by, country):
    chance = random.Random(f"directory {country}")
    rows, verified, places = defaultdict(list), {}, []
    terms = {key: {term.code: term.pk for term in queries.terms_of(key)} for key in ("needs", "service_types",
             "target_groups", "conditions", "service_groups", "accessibility")}  # fmt: skip
    make = _Maker(country, chance, rows, verified, places, terms, area_finder(country))
    members = [each for each in organisations_of(by) if each.country == country and each.demo]
    for organisation in sorted(members, key=lambda each: each.slug):
        provider = make.provider(organisation.name, organisation.town, organisation_id=organisation.pk)
        for template in chance.sample(TEMPLATES, chance.choices((2, 3, 4), (3, 5, 2))[0]):
            make.service(provider, template, organisation.town)
    for town in TOWNS[country].split("|")[:OFFICE_TOWNS]:
        office = make.provider(f"{OFFICES[country]} {town}", town, kind="state")
        for template in OFFICIAL:
            make.service(office, template, town)
    make.twins(office)
    return rows, verified, places


class _Maker:
    """Makes the rows of one country."""

    def __init__(self, country, chance, rows, verified, places, terms, areas):
        self.country, self.chance, self.rows, self.verified, self.places = country, chance, rows, verified, places
        self.terms, self.areas = terms, areas
        self.language, self.column = WRITTEN[country]
        self.unit = {name: uuid7() for name in ("beds", "places", "meals")}
        rows["unit"] += [{"id": pk, "name": name, "scheme": "duga"} for name, pk in self.unit.items()]
        self.phone = 100

    def told(self, texts):
        text = texts[self.column]
        return to_cyrillic(text) if self.language == "sr" else text

    def provider(self, name, town, **more):
        pk, area = uuid7(), self.areas(town).area if town else None
        self.rows["organization"].append({
            "id": pk, "name": name, "country": self.country, "kind": more.pop("kind", "association"),
            "language": self.language, "area_id": area.pk if area else None, "demo": True,
            "email": f"info-{self.country.lower()}@demo.example", **more,
        })  # fmt: skip
        return pk

    def service(self, provider, template: Template, town):
        pk, chance = uuid7(), self.chance
        self.rows["service"].append({
            "id": pk, "provider_id": provider, "country": self.country, "language": self.language,
            "name": self.told(template.names), "description": self.told(template.texts),
            "minimum_age": template.ages[0], "maximum_age": template.ages[1],
            "emergency": template.key == "line", "discreet": template.key in ("line", "shelter"),
            "status": chance.choices(("active", "temporarily closed"), (96, 4))[0],
            "takes_referrals": chance.choice((True, True, None)),
        })  # fmt: skip
        self._terms(pk, template)
        self._reach(pk, template)
        self._hours(pk, template)
        self._where(pk, provider, template, town)
        self._texts(pk, template)
        self._verified(pk)

    def twins(self, office):
        """Some services once more, as an office's list spells them: without diacritics, with the same phone."""
        there = [row for row in self.rows["service"] if row["provider_id"] != office and not row["discreet"]]
        phones = {row["service_id"]: row["number"] for row in self.rows["phone"]}
        for row in self.chance.sample(there, TWINS):
            pk = uuid7()
            name = fold(row["name"]).capitalize()
            self.rows["service"].append({
                "id": pk, "provider_id": office, "country": self.country, "language": self.language, "name": name,
            })  # fmt: skip
            self.rows["phone"].append({"id": uuid7(), "service_id": pk, "number": phones[row["id"]].replace(" ", "")})
            self.rows["attribute"] += [
                {**each, "id": uuid7(), "link_id": pk}
                for each in self.rows["attribute"]
                if each["link_id"] == row["id"]
            ]

    def _terms(self, pk, template):
        told = {
            "needs": template.needs, "service_types": template.type, "target_groups": template.groups,
            "conditions": template.conditions, "service_groups": template.group,
        }  # fmt: skip
        for key, codes in told.items():
            for code in filter(None, codes.split("|")):
                self.rows["attribute"].append(
                    {"id": uuid7(), "link_entity": "service", "link_id": pk, "term_id": self.terms[key][code]}
                )

    def _reach(self, pk, template):
        self.phone += 1
        free = template.key == "line"
        number = f"{DIALLING[self.country]} 00 000 {self.phone:03d}"
        self.rows["phone"].append({
            "id": uuid7(), "service_id": pk, "number": number, "type": "voice", "free": free or None,
            "apps": self.chance.choice(([], [], ["viber", "whatsapp"], ["sms"])),
        })  # fmt: skip
        more = [code for code in template.languages.split("|") if code]
        some = self.chance.sample(more, self.chance.randint(len(more) // 2, len(more)))
        for code in [self.language, *some]:
            told = {"interpreted": code in ("ar", "fa", "ps", "ur", "prs", "ckb", "kmr") and self.chance.random() < 0.7}
            self.rows["language"].append({"id": uuid7(), "service_id": pk, "code": code, **told})

    def _hours(self, pk, template):
        if template.hours == "monthly":
            told = [{"freq": "MONTHLY", "byday": "1TH", "opens_at": "10:00", "closes_at": "14:00"}]
        else:
            told = [
                {"freq": "WEEKLY", "byday": days, "opens_at": opens, "closes_at": closes}
                for days, opens, closes in HOURS.get(template.hours, ())
            ]
        if "rom" in template.languages and self.chance.random() < 0.5:
            told.append({"freq": "WEEKLY", "byday": "FR", "opens_at": "13:00", "closes_at": "19:00", "language": "rom"})
        if template.capacity:
            most = self.chance.randint(6, 40)
            self.rows["service_capacity"].append({
                "id": uuid7(), "service_id": pk, "unit_id": self.unit[template.capacity], "maximum": most,
                "available": self.chance.randint(0, most // 2),
                "updated": NOW - dt.timedelta(hours=self.chance.randint(1, 900)),
            })  # fmt: skip
        self.rows["schedule"] += [{"id": uuid7(), "service_id": pk, **each} for each in told]

    def _where(self, pk, provider, template, town):
        point = _towns().get((self.country, town))
        area = self.areas(town).area if town else None
        position = point and (point[0] + self.chance.gauss(0, 0.008), point[1] + self.chance.gauss(0, 0.011))
        if template.place == "confidential" and position and len(self.places) < CONFIDENTIAL:
            kind = "shelter" if template.key == "shelter" else "mobile"
            told = {"address": f"Skrivena {self.chance.randint(1, 99)}", "city": town,
                    "latitude": round(position[0], 5), "longitude": round(position[1], 5)}  # fmt: skip
            self.places.append((pk, kind, told))
        if template.place == "open" and position:
            where = uuid7()
            self.rows["location"].append({
                "id": where, "provider_id": provider, "country": self.country, "area_id": area.pk if area else None,
                "latitude": round(position[0], 5), "longitude": round(position[1], 5),
            })  # fmt: skip
            self.rows["address"].append({
                "id": uuid7(), "location_id": where, "city": town, "country": self.country,
                "address_1": f"{STREETS[self.country]} {self.chance.randint(1, 120)}",
            })  # fmt: skip
            self.rows["service_at_location"].append({"id": uuid7(), "service_id": pk, "location_id": where})
            for code in self.chance.sample(sorted(self.terms["accessibility"]), self.chance.choice((0, 0, 1, 3))):
                self.rows["attribute"].append({
                    "id": uuid7(), "link_entity": "location", "link_id": where,
                    "term_id": self.terms["accessibility"][code],
                })  # fmt: skip
        whole = template.key in ("line", "interpreting") or area is None
        self.rows["service_area"].append({
            "id": uuid7(), "service_id": pk, "country": self.country, "area_id": None if whole else area.pk,
        })  # fmt: skip

    def _texts(self, pk, template):
        told = dict(ABROAD.get(template.key, {}))
        names = {language: text for language, text in told.items() if self.chance.random() < 0.7}
        texts = [("name", language, text) for language, text in names.items()]
        if self.chance.random() < 0.6:
            texts += [("name", "en", template.names[3]), ("description", "en", template.texts[3])]
        for field, language, text in texts:
            of = self.told(template.names if field == "name" else template.texts)
            self.rows["translation"].append({
                "id": uuid7(), "entity": "service", "record_id": pk, "field": field, "language": language, "text": text,
                "of": mark(of) if self.chance.random() < 0.9 else mark("older"), "machine": False,
            })  # fmt: skip

    def _verified(self, pk):
        drawn, told = self.chance.random(), None
        for share, first, last in AGES:
            if drawn < share:
                told = NOW - dt.timedelta(days=self.chance.randint(first, last), hours=self.chance.randint(0, 9))
                break
            drawn -= share
        if told:
            by_kind = dict.fromkeys(FactKind, told)
            if self.chance.random() < 0.3:  # someone asked for the hours lately, and for nothing else
                by_kind[FactKind.HOURS] = NOW - dt.timedelta(days=self.chance.randint(1, 60))
            self.verified[pk] = by_kind


def _waiting(by, countries) -> str:
    """Something of everything that waits for a decision, in Montenegro and Serbia."""
    chance = random.Random("waiting")
    source_of, told = {}, 0
    for country in sorted({"ME", "RS"} & set(countries)):
        network = network_by_slug(by, f"iris-{country.lower()}")
        source_of[country] = actions.add_source(
            by=by, network_id=network.pk, name="Demo list of a ministry", kind="institution", trust=40
        )
        found = queries.search(Ask(country=country), NOW, limit=40).hits
        ids = [hit.service_id for hit in found]
        for pk in ids[:6]:
            actions.report(by=VISITOR, service_id=pk, kind=chance.choice(("hours", "phone", "closed")))
        for pk in ids[6:12]:
            provider = queries.service_by_id(pk).provider_id
            _link, token = actions.make_confirm_link(by=by, provider_id=provider)
            changes = {"alert": chance.choice(("U avgustu zatvoreno.", "Novi ulaz je iz dvorišta."))}
            actions.propose(by=VISITOR, token=token, service_id=pk, changes=changes)
        for pk in ids[12:16]:
            actions.note_disagreement(
                by=by, entity="service", record_id=pk, field="wait_time", theirs="15 dana",
                source_id=source_of[country].pk,
            )  # fmt: skip
        campaign = actions.open_campaign(
            by=by, network_id=network.pk, name="Proljeće / Пролеће", countries=[country],
            starts_on=NOW.date() - dt.timedelta(days=20), due_on=NOW.date() + dt.timedelta(days=40),
        )  # fmt: skip
        actions.make_campaign_links(by=by, campaign_id=campaign.pk)
        told += actions.find_duplicates(by=by, network_id=network.pk)
    return f"{told} pairs that may be one"
