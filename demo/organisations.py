"""The network: its national networks, the member organisations that public sources name, and invented ones.

Organisations that really exist are listed with the source that names them, and hold no records here. All records
belong to invented organisations, which are marked as such wherever they are shown.
"""

import csv
import datetime as dt
import math
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PLACES = Path(__file__).resolve().parents[1] / "duga" / "places" / "data" / "places.csv"

REGION = {
    "slug": "iris", "name": "IRIS Network", "country": "",
    "source": "iris-see.eu: since 2012, 200+ member organisations, seven national networks",
}  # fmt: skip
#: Public sources tell of seven national networks, not of which: these seven are the demo's assumption.
NATIONAL = {
    "AL": "IRIS Albania", "BA": "IRIS Bosnia and Herzegovina", "HR": "IRIS Croatia", "XK": "IRIS Kosovo*",
    "ME": "IRIS Montenegro", "MK": "IRIS North Macedonia", "RS": "IRIS Serbia",
}  # fmt: skip

_STORIES = "iris-see.eu, stories of the network's reaction to the epidemic (2020)"
_GRANTS = "lastrada.org.mk, info session on the network's grants (2019)"
_ROUTE = "nvosigmaplus.org.rs, project Route services (2020)"
#: (name, country, town, first day a source shows it, source)
PUBLIC = [
    ("Legis", "MK", "Skopje", "2019-07-01", _GRANTS),
    ("MYLA", "MK", "Skopje", "2019-07-01", _GRANTS),
    ("Youth Alliance Tetovo", "MK", "Tetovo", "2019-07-01", _GRANTS),
    ("DendVas", "MK", "", "2019-07-01", _GRANTS),
    ("Lastovica", "MK", "", "2019-07-01", _GRANTS),
    ("Sigma Plus", "RS", "Niš", "2019-07-01", _ROUTE),
    ("Nova Generacija", "BA", "Banja Luka", "2019-07-01", _ROUTE),
    ("Osmeh Vlasotince", "RS", "Vlasotince", "2020-05-01", _STORIES),
    ("Naše doba", "ME", "Podgorica", "2020-05-01", _STORIES),
    ("Defendologija", "ME", "Nikšić", "2020-05-01", _STORIES),
    ("Tračak Nade", "BA", "Foča", "2020-05-01", _STORIES),
    ("Youth Center Vermont", "BA", "Brčko", "2020-05-01", _STORIES),
    ("Womens Rights Center", "ME", "Podgorica", "2020-05-01", _STORIES),
]


def _names(text):
    return [name.strip() for name in text.split("|")]


_SLAVIC = _names("""
    Topli prag|Tri breze|Plava kapija|Otvoren prozor|Sedmi korak|Most na izvoru|Mali fenjer|Zrno nade|Krug dobrote|
    Sunčana strana|Vedra soba|Dlan na dlanu|Nova lasta|Tihi kutak|Zeleni list|Dobar dan|Kućica od riječi|Put kući|
    Zajednički sto|Šareni konac|Jutro|Ruka više|Stari orah|Blizu|Dva brijega|Vjetrokaz|Lipov hlad|Stanica toplina|
    Koračaj s nama|Treća klupa""")
_MACEDONIAN = _names("""
    Topol prag|Bela breza|Otvoren prozorec|Zrno nadež|Mal fener|Krug dobrina|Sončeva strana|Nov čekor|Tivok agol|
    Zelen list|Zaednička masa|Star orev|Pat doma|Šaren konec|Utro|Raka povekje|Lipova senka|Blizu""")
_ALBANIAN = _names("""
    Pragu i ngrohtë|Tre thupra|Dritarja e hapur|Fara e shpresës|Fener i vogël|Rrethi i mirësisë|Ana me diell|
    Hapi i ri|Këndi i qetë|Gjethja e gjelbër|Sofra jonë|Arra e vjetër|Rruga për në shtëpi|Fije ngjyrash|Mëngjesi|
    Një dorë më shumë|Hija e blirit|Pranë""")
_KINDS = {
    "slavic": ["Udruženje", "Centar", "Dnevni centar", "Klub", "Inicijativa", "Volonterski krug"],
    "macedonian": ["Združenie", "Centar", "Dneven centar", "Klub", "Inicijativa"],
    "albanian": ["Shoqata", "Qendra", "Qendra ditore", "Klubi", "Nisma"],
}
TOWNS = {
    "RS": "Beograd|Novi Sad|Niš|Kragujevac|Subotica|Zrenjanin|Pančevo|Čačak|Kraljevo|Leskovac|Vranje|Užice|Valjevo|"
    "Šabac|Sombor|Zaječar|Bor|Pirot|Novi Pazar|Prokuplje|Kruševac|Kikinda|Sremska Mitrovica|Loznica",
    "BA": "Sarajevo|Banja Luka|Tuzla|Zenica|Mostar|Bihać|Brčko|Bijeljina|Prijedor|Doboj|Trebinje|Goražde|Travnik|"
    "Livno|Cazin|Zvornik|Foča|Konjic|Velika Kladuša|Visoko",
    "ME": "Podgorica|Nikšić|Pljevlja|Bijelo Polje|Berane|Bar|Herceg Novi|Cetinje|Kotor|Ulcinj|Budva|Rožaje|Plav|"
    "Danilovgrad|Kolašin|Mojkovac|Tivat|Andrijevica",
    "MK": "Skopje|Bitola|Kumanovo|Prilep|Tetovo|Veles|Štip|Ohrid|Gostivar|Strumica|Kavadarci|Kočani|Kičevo|Struga|"
    "Gevgelija|Radoviš",
    "AL": "Tiranë|Durrës|Shkodër|Elbasan|Vlorë|Korçë|Fier|Berat|Lushnjë|Gjirokastër|Kukës|Lezhë|Pogradec|Peshkopi",
    "XK": "Prishtinë|Prizren|Pejë|Mitrovicë|Gjakovë|Gjilan|Ferizaj|Podujevë",
    "HR": "Zagreb|Split|Rijeka|Osijek|Zadar|Sisak|Vukovar|Karlovac|Slavonski Brod|Varaždin",
}  # fmt: skip
#: How many invented organisations each country has.
INVENTED = {"RS": 48, "BA": 40, "ME": 26, "MK": 34, "AL": 26, "XK": 14, "HR": 14}


@lru_cache(maxsize=64)
def around(country: str, town: str, most: int = 5) -> tuple[str, ...]:
    """Towns of the same country, nearest first, by the shipped list of places: people come from there too."""
    with open(PLACES, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["country"] == country]
    where = {row["name"]: (float(row["lat"]), float(row["lon"])) for row in reversed(rows)}  # the largest of a name
    towns = [name for name in TOWNS[country].split("|") if name in where and name != town]
    here = where[town]
    return tuple(sorted(towns, key=lambda name: math.dist(here, where[name]))[:most])


@dataclass(frozen=True)
class Unit:
    """One line of work an invented organisation does here: with whom, how many people, in which script it writes."""

    slug: str
    name: str
    country: str
    town: str
    profile: str
    people: int
    script: str = "latin"


def _units():
    told = """
        dc-topli-prag-niksic|Dnevni centar Topli prag|ME|Nikšić|day_centre|120|latin
        dc-topli-prag-niksic|Dnevni centar Topli prag|ME|Nikšić|older|260|latin
        dc-topli-prag-niksic|Dnevni centar Topli prag|ME|Nikšić|families|240|latin
        otvoren-prozor-podgorica|Centar Otvoren prozor|ME|Podgorica|route|260|latin
        tri-breze-pljevlja|Klub Tri breze|ME|Pljevlja|older|190|plain
        suncana-strana-berane|Udruženje Sunčana strana|ME|Berane|families|150|latin
        lipov-hlad-bar|Klub Lipov hlad|ME|Bar|older|150|latin
        jutro-bijelo-polje|Inicijativa Jutro|ME|Bijelo Polje|youth|110|latin
        krug-dobrote-beograd|Volonterski krug Krug dobrote|RS|Beograd|older|600|cyrillic
        krug-dobrote-beograd|Volonterski krug Krug dobrote|RS|Beograd|families|400|cyrillic
        put-kuci-beograd|Centar Put kući|RS|Beograd|route|620|latin
        most-na-izvoru-sombor|Inicijativa Most na izvoru|RS|Sombor|route|420|plain
        mali-fenjer-nis|Dnevni centar Mali fenjer|RS|Niš|day_centre|130|cyrillic
        zrno-nade-vranje|Udruženje Zrno nade|RS|Vranje|families|330|cyrillic
        vedra-soba-kragujevac|Centar Vedra soba|RS|Kragujevac|disability|170|latin
        nova-lasta-novi-sad|Klub Nova lasta|RS|Novi Sad|youth|190|latin
        plava-kapija-bihac|Udruženje Plava kapija|BA|Bihać|route|760|latin
        sedmi-korak-tuzla|Inicijativa Sedmi korak|BA|Tuzla|route|330|plain
        stari-orah-banja-luka|Klub Stari orah|BA|Banja Luka|older|420|cyrillic
        zajednicki-sto-mostar|Udruženje Zajednički sto|BA|Mostar|families|360|latin
        sareni-konac-brcko|Dnevni centar Šareni konac|BA|Brčko|day_centre|110|latin
        dlan-na-dlanu-zenica|Centar Dlan na dlanu|BA|Zenica|disability|130|latin
        pat-doma-kumanovo|Združenie Pat doma|MK|Kumanovo|route|420|macedonian
        star-orev-bitola|Klub Star orev|MK|Bitola|older|380|macedonian
        zaednicka-masa-skopje|Združenie Zaednička masa|MK|Skopje|families|480|macedonian
        saren-konec-tetovo|Dneven centar Šaren konec|MK|Tetovo|day_centre|110|latin
        nov-cekor-stip|Inicijativa Nov čekor|MK|Štip|youth|140|macedonian
        sofra-jone-tirane|Shoqata Sofra jonë|AL|Tiranë|families|560|latin
        arra-e-vjeter-korce|Klubi Arra e vjetër|AL|Korçë|older|240|latin
        fije-ngjyrash-shkoder|Qendra ditore Fije ngjyrash|AL|Shkodër|day_centre|120|latin
        rruga-gjirokaster|Qendra Rruga për në shtëpi|AL|Gjirokastër|route|150|latin
        prane-prishtine|Shoqata Pranë|XK|Prishtinë|families|270|latin
        drita-prizren|Qendra ditore Dritarja e hapur|XK|Prizren|day_centre|90|latin
        hija-mitrovice|Klubi Hija e blirit|XK|Mitrovicë|older|120|plain
        blizu-zagreb|Centar Blizu|HR|Zagreb|route|230|latin
        lipov-hlad-sisak|Klub Lipov hlad|HR|Sisak|older|170|latin
        ruka-vise-vukovar|Udruženje Ruka više|HR|Vukovar|families|150|latin
    """
    for line in told.split("\n"):
        if line.strip():
            slug, name, country, town, profile, people, script = line.strip().split("|")
            yield Unit(slug, name, country, town, profile, int(people), script)


UNITS = tuple(_units())


def national_rows(country: str) -> list[dict]:
    """Rows for `admit_organisations`: the named ones of a country, those with work in the demo, and the rest."""
    rows = [
        {"name": name, "country": country, "town": town, "since": dt.date.fromisoformat(since), "source": source}
        for name, of, town, since, source in PUBLIC
        if of == country
    ]
    for slug, name, town in dict.fromkeys((u.slug, u.name, u.town) for u in UNITS if u.country == country):
        rows.append({
            "slug": slug, "name": name, "country": country, "town": town, "demo": True, "since": dt.date(2018, 9, 1),
        })  # fmt: skip
    taken = {(row["name"], row["town"]) for row in rows}
    rng = random.Random(f"organisations {country}")
    language = {"MK": "macedonian", "AL": "albanian", "XK": "albanian"}.get(country, "slavic")
    second = {"slavic": _SLAVIC, "macedonian": _MACEDONIAN, "albanian": _ALBANIAN}[language]
    towns = TOWNS[country].split("|")
    while len(taken) - sum(1 for row in rows if not row.get("demo")) < INVENTED[country]:
        town = rng.choices(towns, range(len(towns) + 4, 4, -1))[0]
        name = f"{rng.choice(_KINDS[language])} {rng.choice(second)}"
        if (name, town) not in taken:
            taken.add((name, town))
            since = dt.date(2012, 6, 1) + dt.timedelta(days=rng.randrange(4800))
            rows.append({"name": name, "country": country, "town": town, "demo": True, "since": since})
    return rows
