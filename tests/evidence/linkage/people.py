# ruff: noqa: E501, SIM905 - lists of names
"""Invented people with a known truth, as clerks of several organisations write them down.

`region`: names of the Western Balkans in both scripts, with households, married names, patronymics and slips.
`route`: Afghan, Arab, Kurdish, Pakistani and Bengali names as transcribed by different clerks: one-word names, swapped
parts, births on 1 January, years off by a few, and data that is false on purpose.
Nobody here exists.
"""

import random
import re
from dataclasses import dataclass, field

from demo.names import REGION, ROUTE, in_script

REGION_ROLES = ("given", "family", "father", "born", "sex", "place", "street", "number", "phone")
ROUTE_ROLES = ("given", "family", "born", "sex", "nationality", "place", "phone")

_STEMS = (
    "Jov Petr Nikol Mark Mil Stank Pavl Radov Vuk Tod Ristov Luk Filip Lazar Bogd Dragov Zdravk Stojk Milut Radoj Djur "
    "Krst Obrad Vas Gavr Maks Tripk Simon Aks Tanas Spas Mar Dam Janj Jel Kost Andr Blag Velj Savk Rad Mitr Staj Bran "
    "Ljub Mirk Nedelj Ognjen Predr Rank Slav Tes Uros Vid Zork Zivk Cvet Dabet Gruj Ivan Jak Kal Len Medak Novak Ostoj"
).split()
_ENDINGS = {
    "serbian": "ić ović ević anović inac",
    "bosniak": "ić ović agić begović spahić",
    "croat": "ić ek ović ac inić",
    "macedonian": "ovski evski ovski eski",
    "albanian": "aj i a oli ani",
    "roma": "ović i ić",
}
_PLACES = (
    "Podgorica Nikšić Beograd Novi_Sad Niš Kragujevac Subotica Sarajevo Mostar Tuzla Zenica Bihać Skopje Bitola Kumanovo "
    "Tetovo Ohrid Tiranë Durrës Shkodër Vlorë Prishtinë Prizren Pejë Gjakovë Zagreb Split Rijeka Osijek Bar Bijelo_Polje "
    "Pljevlja Šabac Čačak Užice Leskovac Vranje Zrenjanin Pančevo Sombor Banja_Luka Bijeljina Trebinje Cazin Goražde"
).replace("_", "\u00a0")
_PLACES = [word.replace("\u00a0", " ") for word in _PLACES.split(" ")]
_STREETS = (
    "Njegoševa Svetog Save Maršala Tita Kralja Petra Vuka Karadžića Bulevar Oslobođenja Cara Dušana Nemanjina Ilindenska "
    "Partizanska Rruga e Durrësit Skënderbeu Nëna Terezë Zagrebačka Vukovarska Gundulićeva Njegoša Mihajla Pupina Glavna"
).split()
_CAMPS = "Šid Preševo Bosilegrad Sombor Adaševci Krnjača Lipa Borići Miral Ušivak Spuž Božaj Vinojug Tabanovce".split()
_MORE = {
    "afghan": (
        "Sakina Masuma Razia Sughra Hakima Latifa Marzia Sharifa Khadija Nargis Freshta Lailuma Palwasha Gulalai Spozhmai",
        "Ghulam Sher Gul Wali Nasir Karim Mirwais Najibullah Rahim Sadiq Yaqub Zalmai Ajmal Baryalai Daud Ehsan Fawad "
        "Gulbuddin Hashmat Idris Jamshid Khushal Latif Mansur Naqib Obaid Parwiz Qais Rafi Shafiq Tawab Wahid Yasin Zaher",
        "Wardak Popal Sahak Zadran Kakar Barakzai Alizai Noorzai Achakzai Sharifi Jafari Rezai Akbari Hashimi Qasimi "
        "Mirzai Nazari Yaqubi Sadat Faizi Habibi Latifi Niazi Osmani Paiman Rasuli Tajik Uzbek Waziri Zamani Alizada",
    ),
    "arab": (
        "Maha Rania Dalia Samira Layla Mariam Zaynab Khadija Sumaya Asma Iman Nadia Lina Dana Ghada Sawsan Wafa Hala",
        "Abdulrahman Muhannad Ibrahim Jamal Nabil Fadi Rami Samer Ziad Wael Yasser Hamza Idris Karim Laith Majid Nasser "
        "Qusay Rashid Sami Taha Usama Wissam Yahya Zakaria Adel Basel Emad Firas Ghassan Hatem Issa Jaber Kamal Louay",
        "Al-Khatib Al-Sayed Qasim Issa Nasser Hamad Jaber Suleiman Othman Bakr Farouk Ghanem Harb Idlibi Jassim Kanaan "
        "Lahham Maksoud Nahas Obeid Qabbani Rifai Sabbagh Tahan Umari Wazzan Yassin Zoubi Ayoub Barakat Dabbas Fayad",
    ),
    "kurdish": (
        "Nazdar Sozan Gulistan Hevin Jiyan Kani Narin Payam Runak Shilan Trifa Viyan",
        "Bakhtiar Dara Faruq Goran Hemin Jwan Kawa Lawand Mariwan Nawzad Omed Peshawa Rizgar Sirwan Twana Zana Ari Bawer",
        "Hassan Ismail Jalal Khoshnaw Mirza Nadir Omar Qadir Rasul Sofi Talabani Zebari Abdulla Baban Doski Faraj Hawrami",
    ),
    "pakistani": (
        "Amina Farzana Ghazala Humaira Iqra Kiran Lubna Mehwish Noreen Parveen Rukhsana Shazia Tahira Uzma Yasmin Zubaida",
        "Aamir Babar Danish Ejaz Fahad Ghulam Haider Irfan Junaid Khurram Liaqat Mudassar Nadeem Omar Qamar Rashid Saqib "
        "Tanveer Umair Waseem Yasir Zahid Arslan Bashir Farhan Habib Ilyas Jawad Kamran Luqman Moazzam Nauman Rizwan Sajid",
        "Bhatti Cheema Dar Farooqi Gondal Hashmi Javed Kiani Lodhi Mirza Niazi Qureshi Rajput Sheikh Tariq Virk Warraich "
        "Yousaf Zafar Abbasi Baig Chishti Durrani Gill Jatoi Khattak Leghari Mughal Nawaz Orakzai Rana Siddiqui Toor",
    ),
    "bengali": (
        "Ayesha Bilkis Champa Dilara Farida Hasina Jahanara Kulsum Laily Momtaz Nurjahan Rahima Sufia Taslima",
        "Abul Babul Delwar Emdad Fazlul Golam Habibur Iqbal Jalal Kamrul Liton Masud Nazrul Rafiqul Shafiqul Tariqul Zahirul",
        "Akter Begum Biswas Das Gazi Haque Kazi Khan Mollah Mondal Munshi Pramanik Rahman Sikder Talukder Bhuiyan Khandaker",
    ),
}


@dataclass
class Person:
    """The truth about one person: values by role, and the background that spelling follows."""

    number: int
    background: str
    values: dict
    female: bool
    false: list = field(default_factory=list)


def files(kind: str, seed: int, people: int, organisations: int = 3, **rates) -> tuple[list[list[dict]], int]:
    """Rows of each organisation's file and how many different people stand in them.

    A row has `id`, the roles of its kind, and `truth` (the person's number). Most people are known to one
    organisation, some to several; now and then one records a person twice.
    """
    rng = random.Random(f"{kind}-{seed}")
    make, write = {"region": (_region, _write_region), "route": (_route, _write_route)}[kind]
    found, met = [[] for _ in range(organisations)], set()
    for person in make(rng, people):
        home = rng.randrange(organisations)
        seen = [home, *(i for i in range(organisations) if i != home and rng.random() < rates.get("overlap", 0.15))]
        if rng.random() < rates.get("twice", 0.02):
            seen.append(home)
        for where in seen:
            row = write(rng, person, where, rates)
            found[where].append(row | {"truth": person.number})
            met.add(person.number)
    for where, rows in enumerate(found):
        rng.shuffle(rows)
        for i, row in enumerate(rows):
            row["id"] = f"{where}-{i}"
    return found, len(met)


def _zipf(rng: random.Random, names: list[str], power: float = 0.7) -> str:
    """Names at the head of a list are commoner."""
    weights = _WEIGHTS.setdefault((len(names), power), [1 / (i + 3) ** power for i in range(len(names))])
    return rng.choices(names, weights)[0]


_WEIGHTS: dict = {}
_FAMILIES: dict = {}


_GIVENS: dict = {}
_ROOTS = "Mil Rad Drag Slav Bog Zor Vlad Bran Ljub Stan Mir Dobr Des Ned Vid Jas Sveto Vuk Ran Tod Bla Tom Dar".split()
_FEMALE = "ana ica inka mila ka enka oslava ava eta ija".split()
_MALE = "an oje ivoje omir oslav ko iša ovan enko ivan".split()
_ROUTES = "Ar Be Dri Fat Gen Il Ko Lul Mer Naz Sab Val Zan Sel Ram Eli Has Emi Rus Ajd".split()


def _givens(background: str, female: bool) -> list[str]:
    """Given names of a background: the known ones first, then others made like them."""
    if (background, female) not in _GIVENS:
        slavic = background in ("serbian", "croat", "macedonian")
        ends = (_FEMALE if female else _MALE) if slavic else "ita ora ida isa" if female else "im on ir ush"
        ends = ends.split() if isinstance(ends, str) else ends
        more = [root + end for end in ends for root in (_ROOTS if slavic else _ROUTES)]
        random.Random(f"{background}{female}").shuffle(more)
        _GIVENS[background, female] = list(dict.fromkeys([*REGION[background][0 if female else 1], *more]))
    return _GIVENS[background, female]


def _families(background: str) -> list[str]:
    if background not in _FAMILIES:
        made = [
            a + b + c
            for a in "BDGKLMPRSTVZ"
            for b in "aeiou"
            for c in ("b", "c", "d", "k", "l", "m", "n", "r", "š", "t")
        ]
        more = [stem + ending for ending in _ENDINGS[background].split() for stem in (*_STEMS, *made)]
        random.Random(background).shuffle(more)
        _FAMILIES[background] = list(dict.fromkeys([*REGION[background][2], *more]))
    return _FAMILIES[background]


def _day(rng: random.Random, first: int, last: int) -> tuple[int, int, int]:
    return rng.randint(first, last), rng.randint(1, 12), rng.randint(1, 28)


def _region(rng: random.Random, people: int):
    number = 0
    while number < people:
        background = rng.choices(list(REGION), [38, 16, 10, 14, 16, 6])[0]
        female_names, male_names = _givens(background, True), _givens(background, False)
        home = {
            "place": _zipf(rng, _PLACES),
            "street": rng.choice(_STREETS),
            "number": str(rng.randint(1, 150)),
            "phone": f"06{rng.randint(1000000, 99999999)}",
        }
        family, father = _zipf(rng, _families(background)), _zipf(rng, male_names)
        size = min(rng.choices([1, 2, 3, 4, 5, 6], [30, 22, 18, 16, 9, 5])[0], people - number)
        birthday, used = _day(rng, 1940, 2016), set()
        for member in range(size):
            female = rng.random() < 0.54
            given = _zipf(rng, female_names if female else male_names)
            if given in used:
                continue
            used.add(given)
            twin = member and rng.random() < 0.01
            birthday = birthday if twin else _day(rng, 1935, 2018)
            own = family
            if background == "macedonian" and female and family.endswith("ski"):
                own = family[:-1] + "a"
            values = {"given": given, "family": own, "father": father, "born": birthday, "sex": "f" if female else "m"}
            yield Person(number, background, values | home, female)
            number += 1


def _write_region(rng: random.Random, person: Person, where: int, rates: dict) -> dict:
    v = dict(person.values)
    year, month, day = v["born"]
    script = ("latin", "cyrillic", "plain")[where % 3]
    if script == "cyrillic" and person.background in ("albanian", "croat"):
        script = "latin"
    if person.background == "macedonian" and script == "cyrillic":
        script = "macedonian"
    if person.female and rng.random() < 0.012:
        v["family"] = rng.choice(_families(person.background))  # married since
    elif person.female and rng.random() < 0.02:
        v["family"] += rng.choice([" ", "-"]) + rng.choice(_families(person.background))
    if person.background == "albanian" and rng.random() < 0.15 and v["family"].endswith("a"):
        v["family"] += "j"
    if rng.random() < 0.05:
        v["place"] = _zipf(rng, _PLACES)
        v["street"], v["number"] = rng.choice(_STREETS), str(rng.randint(1, 150))
    if rng.random() < 0.15:
        v["phone"] = f"06{rng.randint(1000000, 99999999)}"
    for role in ("given", "family", "father", "place", "street"):
        if rng.random() < 0.03:
            v[role] = slip(rng, v[role])
        v[role] = in_script(v[role], script)
    if rng.random() < 0.02:
        v["given"] = f"{v['given']} ({v['father']})"
    if rng.random() < 0.01:
        v["given"], v["family"] = v["family"], v["given"]
    if rng.random() < 0.012 and day != month:
        day, month = (month, day) if day <= 12 else (day, month)
    if rng.random() < 0.02:
        year, month, day = rng.choice([(year + rng.choice([-1, 1, 10]), month, day), (year, rng.randint(1, 12), day)])
    v["born"] = _date(rng, where, year, month, day)
    if rng.random() < 0.02:
        v["born"] = rng.choice([str(year), f"01.01.{year}"])
    gaps = {"born": 0.02, "father": 0.35, "phone": 0.45, "street": 0.25, "place": 0.03, "sex": 0.01}
    for role, share in gaps.items():
        if rng.random() < share:
            v[role] = ""
    if not v["street"]:
        v["number"] = ""
    return v


def _date(rng, where: int, year: int, month: int, day: int) -> str:
    shapes = ["{2:02}.{1:02}.{0}.", "{0}-{1:02}-{2:02}", "{0}{1:02}{2:02}", "{2}/{1}/{0}"]
    return shapes[where % 4].format(year, month, day)


def slip(rng: random.Random, text: str) -> str:
    """One typing slip: a letter left out, doubled, changed, or two in the wrong order."""
    if len(text) < 4:
        return text
    i = rng.randrange(1, len(text) - 1)
    return rng.choice(
        [
            text[:i] + text[i + 1 :],
            text[:i] + text[i] + text[i:],
            text[:i] + text[i + 1] + text[i] + text[i + 2 :],
            text[:i] + rng.choice("aeinorst") + text[i + 1 :],
        ]
    )


def _route_names(origin: str) -> tuple[list, list, list]:
    lists = []
    for i in range(3):
        lists.append([*ROUTE[origin][i], *((name,) for name in _MORE[origin][i].split())])
    return tuple(lists)


def _route(rng: random.Random, people: int):
    origins = {"afghan": 42, "arab": 24, "pakistani": 17, "kurdish": 10, "bengali": 7}
    names = {origin: _route_names(origin) for origin in origins}
    nations = {"afghan": "AF", "arab": "SY", "kurdish": "IQ", "pakistani": "PK", "bengali": "BD"}
    for number in range(people):
        origin = rng.choices(list(origins), list(origins.values()))[0]
        female = rng.random() < 0.2
        given = [_zipf(rng, names[origin][0 if female else 1], 0.6)]
        if rng.random() < 0.25:
            given.append(_zipf(rng, names[origin][1], 0.6))
        family = None if rng.random() < 0.12 else _zipf(rng, names[origin][2], 0.6)
        year, month, day = _day(rng, 1965, 2012)
        if rng.random() < 0.25:
            month, day = 1, 1
        values = {
            "given": given,
            "family": family,
            "born": (year, month, day),
            "sex": "f" if female else "m",
            "nationality": nations[origin],
            "phone": f"+{rng.randint(10**9, 10**11)}",
        }
        yield Person(number, origin, values, female)


def _write_route(rng: random.Random, person: Person, where: int, rates: dict) -> dict:
    v = dict(person.values)
    if rng.random() < rates.get("false", 0.02):  # a made-up name and age
        origin = person.background
        names = _route_names(origin)
        v["given"], v["family"] = [rng.choice(names[0 if person.female else 1])], rng.choice(names[2])
        v["born"], v["phone"] = _day(rng, 1990, 2008), ""
    given = " ".join(transcribe(rng, spellings, where) for spellings in v["given"])
    family = transcribe(rng, v["family"], where) if v["family"] else ""
    if family and rng.random() < 0.08:
        given, family = family, given
    elif family and rng.random() < 0.05:
        given, family = f"{given} {family}", ""
    elif family and rng.random() < 0.04:
        given, family = rng.choice([(given, ""), (family, "")])
    year, month, day = v["born"]
    if rng.random() < 0.08:
        year += rng.choice([-3, -2, -1, 1, 2])
    born = f"01.01.{year}" if rng.random() < 0.15 else _date(rng, where, year, month, day)
    if rng.random() < 0.03 and day <= 12:
        born = _date(rng, where, year, day, month)
    row = {
        "given": given,
        "family": family,
        "born": "" if rng.random() < 0.04 else born,
        "sex": v["sex"],
        "nationality": v["nationality"] if rng.random() < 0.95 else rng.choice(["AF", "IR", "PK", "SY"]),
        "place": rng.choice(_CAMPS),
        "phone": v["phone"] if rng.random() < 0.2 else "",
    }
    return row


_VARIANTS = [
    ("kh", "h"), ("q", "k"), ("w", "v"), ("sh", "š"), ("y", "j"), ("j", "dž"), ("oo", "u"), ("ou", "u"), ("ee", "i"),
    ("u", "o"), ("i", "e"), ("e", "i"), ("a", "e"), ("ll", "l"), ("mm", "m"), ("ss", "s"), ("ah", "a"), ("z", "zz"),
]  # fmt: skip


def transcribe(rng: random.Random, spellings: tuple[str, ...], where: int) -> str:
    """A name as this clerk writes it: a known spelling, often changed once more by ear."""
    text = rng.choice(spellings)
    if rng.random() < 0.35:
        old, new = rng.choice(_VARIANTS)
        text = re.sub(old, new, text, count=1)
    if rng.random() < 0.04:
        text = slip(rng, text)
    return text.title() if text else text
