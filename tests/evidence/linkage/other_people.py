# ruff: noqa: E501, SIM905 - lists of names
"""Invented people of other kinds, whom the method was not made with: they only judge the interval.

Names, errors, roles, numbers and sizes of organisations and how much these overlap differ from those of `people`, and
are drawn anew for every seed. `chains`: Somali, Eritrean, Iranian and Turkish names of three parts, cut anew at every
desk; ages told instead of birth dates, calendars converted amiss, another name now and then; people are met along a
way by some of many organisations of very unequal size. `neighbours`: families of the region in a few places, known by
name, year and place alone: nicknames, misread scans, broken letters, years with figures in the wrong order. `crowd`:
few names for many people, half of them one-word, most born "on 1 January"; few are met twice. `siblings`: children of
large families, twins among them, known by names, father and birthday, sex not asked; step-children and slips. Nobody
here exists.

The method was fixed before `chains`, `neighbours` and `crowd` were first run; `crowd` showed that it took "same year"
for little where few records have a day, and it was mended. `siblings` and the seeds from 100 on were run after that.
"""

import random

from demo.names import REGION, in_script

KINDS = ("chains", "neighbours", "crowd", "siblings")

_CHAINS = {
    "so": (
        "Hodan/Hoodan Ifrah/Ifraah Sahra/Zahra Faduma/Fadumo/Fatuma Hibo/Hiba Khadra/Qadra Nimco/Nimo Ayan/Ayaan Deqa/Deka Ubah/Uba",
        "Abdi/Cabdi Mahamed/Maxamed/Mohamed Axmed/Ahmed Cali/Ali Xasan/Hassan Farah/Faarax Warsame/Warsama Guled/Guuleed "
        "Liban/Liibaan Yusuf/Yuusuf Jama/Jaamac Nur/Nuur Abshir/Absher Mahad/Maxad Bashir/Bashiir Osman/Cismaan Ismail/Ismaaciil "
        "Omar/Cumar Abukar/Abuukar Sharmarke/Sharmaarke Hirsi/Xirsi Dahir/Daahir Salad/Salaad Mire/Mirreh",
    ),
    "er": (
        "Selam/Sellam Feven/Fewen Rahwa/Rahua Tsega/Zega Mebrat/Mebrhat Senait/Sinayt Abrehet/Abrihet Luwam/Luam Helen/Hiln Eden/Iden",
        "Tesfay/Tesfaye Haile/Hayle Gebre/Gebru Kidane/Qidane Berhane/Brhane Yohannes/Johanes Filmon/Philemon Samuel/Samiel "
        "Mehari/Mehary Tekle/Tekle Araya/Aregay Isaias/Esayas Dawit/Dauit Medhanie/Medhane Robel/Rubel Amanuel/Emanuel "
        "Ghirmay/Girmay Kibrom/Kbrom Habtom/Habtemariam Okbay/Ukbay Negasi/Negassi Zerai/Zeray Semere/Semre",
    ),
    "ir": (
        "Narges/Nargess Setareh/Setare Elham/Ilham Mahsa/Mahssa Shirin/Shireen Golnaz/Gulnaz Parisa/Paryssa Azadeh/Azade Niloufar/Nilufer Roya/Roja",
        "Reza/Riza Mehdi/Mahdi Hossein/Husseyn Amir/Ameer Saeid/Said Behrouz/Bahruz Farzad/Ferzad Kaveh/Kaweh Siavash/Siyavoš "
        "Payam/Pejam Shahram/Šahram Jafar/Džafer Davoud/Dawud Majid/Madžid Mohsen/Muhsin Nima/Neema Omid/Umid Parviz/Perwiz "
        "Ramin/Rameen Sohrab/Suhrab Vahid/Wahid Yaser/Jasir Arash/Araš Ebrahim/Ibrahim",
    ),
    "tr": (
        "Ayşe/Ajše/Ayse Elif/Elife Zeynep/Zejnep Hatice/Hatidže Merve/Merva Büşra/Busra Gülsüm/Gulsum Şeyma/Sejma Esra/Isra Derya/Derja",
        "Mehmet/Mehmed Mustafa/Moustafa Hüseyin/Husejin Yılmaz/Yilmaz Çetin/Cetin Kaya/Kaja Demir/Demyr Şahin/Sahin Aydın/Ajdin "
        "Öztürk/Ozturk Yıldız/Jildiz Arslan/Aslan Doğan/Dogan Kılıç/Kilic Emre/Emreh Burak/Burrak Serkan/Šerkan Volkan/Wolkan "
        "Tuncay/Tundžaj Erdoğan/Erdogan Koç/Koch Polat/Bolat Güneş/Gunes Tekin/Tekyn",
    ),
}
_CROWD = (
    "Muhammad/Mohammad/Mohammed/Md/Muhamed Ali/Aly Ahmad/Ahmed Khan/Han Hussain/Hossain/Husein Abdul/Abdoul Karim/Kareem "
    "Rahim/Raheem Jan/Yan Gul/Gol Hassan/Hasan Islam/Eslam Miah/Mia Uddin/Udin Shah/Sha Iqbal/Ikbal Akbar/Ekber Sultan/Soltan"
)
_NICK = {
    "Aleksandar": "Aca", "Nikola": "Nidžo", "Milan": "Mićo", "Slobodan": "Boban", "Dragan": "Gaga", "Vladimir": "Vlada",
    "Miroslav": "Miki", "Snežana": "Sneki", "Ljiljana": "Ljilja", "Gordana": "Goca", "Jelena": "Jeca", "Marija": "Maja",
    "Katarina": "Kaća", "Hasan": "Haso", "Sulejman": "Sule", "Mehmed": "Meho", "Fatima": "Fata", "Ivan": "Ivica",
    "Josip": "Joža", "Agim": "Gimi", "Predrag": "Peđa", "Stefan": "Stevo", "Branislav": "Bane", "Ibrahim": "Ibro",
}  # fmt: skip
_SEEN_AS = [
    ("rn", "m"), ("m", "rn"), ("l", "i"), ("ć", "c"), ("č", "ĉ"), ("š", "s"), ("ž", "z"), ("đ", "d"), ("đ", "dj"),
    ("ć", "Ä‡"), ("š", "Å¡"), ("o", "0"), ("e", "c"), ("v", "y"), ("n", "u"), ("a", "o"), ("u", "n"),
]  # fmt: skip
_PLACES = "Kula Rudo Bar Žepče Plav Tutin Konjic Vareš Drvar Šipovo".split()


def files(kind: str, seed: int) -> tuple[list[list[dict]], int, tuple[str, ...]]:
    """Rows of each organisation, how many different people stand in them, and the roles of this kind."""
    rng = random.Random(f"other-{kind}-{seed}")
    size = rng.choice([200, 300, 450, 600])
    organisations = {
        "chains": rng.choice([4, 6, 9]),
        "neighbours": rng.choice([2, 3, 5]),
        "crowd": rng.choice([2, 3, 4]),
    }
    organisations["siblings"] = rng.choice([2, 3, 5])
    count, share = organisations[kind], rng.choice(_OVERLAP[kind])
    make, write, roles = _KINDS[kind]
    weights = [rng.uniform(0.2, 1) ** 3 for _ in range(count)]
    desks = [random.Random(f"{kind}-{seed}-{i}").random() for i in range(count)]
    found, met = [[] for _ in range(count)], set()
    for person in make(rng, size):
        first = rng.choices(range(count), weights)[0]
        seen = [first, *(i for i in range(count) if i != first and rng.random() < share * weights[i] ** 0.5)]
        seen += [first] if rng.random() < 0.01 else []
        for where in seen:
            found[where].append(write(rng, person, desks[where]) | {"truth": person["number"]})
            met.add(person["number"])
    for rows in found:
        rng.shuffle(rows)
    return [rows for rows in found if rows], len(met), roles


_OVERLAP = {
    "chains": [0.1, 0.25, 0.4],
    "neighbours": [0.05, 0.3, 0.6],
    "crowd": [0.02, 0.08, 0.2],
    "siblings": [0.05, 0.2, 0.5],
}


def _spellings(text: str) -> list[list[str]]:
    return [word.split("/") for word in text.split()]


def _chains(rng: random.Random, size: int):
    lists = {nation: tuple(map(_spellings, both)) for nation, both in _CHAINS.items()}
    for number in range(size):
        nation = rng.choice(list(lists))
        female = rng.random() < 0.35
        women, men = lists[nation]
        names = [rng.choice(women if female else men), rng.choice(men), rng.choice(men)]
        yield {
            "number": number, "names": names, "born": (rng.randint(1960, 2015), rng.randint(1, 12), rng.randint(1, 28)),
            "sex": "f" if female else "m", "nation": nation, "others": men, "papers": rng.random() < 0.45,
        }  # fmt: skip


def _write_chain(rng: random.Random, person: dict, desk: float) -> dict:
    names = [rng.choice(each) for each in person["names"]]
    year, month, day = person["born"]
    if rng.random() < 0.03:  # another name, another age
        names, year = [rng.choice(rng.choice(person["others"])) for _ in names], year + rng.randint(-6, 6)
    cut = rng.random()
    if cut < 0.3 + 0.4 * desk:
        given, family = names[0], names[-1]
    elif cut < 0.75:
        given, family = names[0], " ".join(names[1:])
    elif cut < 0.9:
        given, family = " ".join(names[:2]), names[2]
    else:
        given, family = " ".join(names), ""
    if family and rng.random() < 0.06:
        given, family = family, given
    if rng.random() < 0.06:
        given = given[:-1] if len(given) > 3 else given
    row = {
        "given": given,
        "family": family,
        "sex": person["sex"],
        "nationality": person["nation"],
        "born": "",
        "birth_year": "",
    }
    if rng.random() < 0.04:
        row["sex"] = rng.choice(["", "f" if person["sex"] == "m" else "m"])
    if person["papers"]:
        if rng.random() < 0.05:  # a calendar converted amiss
            year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        row["born"] = f"{day}.{month}.{year}" if rng.random() < 0.85 else ""
    elif rng.random() < 0.5:
        row["born"] = rng.choice(["1.1.{}", "1.7.{}", "15.6.{}"]).format(year)
    if not row["born"]:
        row["birth_year"] = str(year + rng.choice([0, 0, 0, -1, 1, -2, 2]))
    return row


def _neighbours(rng: random.Random, size: int):
    number = 0
    while number < size:
        women, men, families = REGION[rng.choice(list(REGION))]
        family, place, clan = rng.choice(families), rng.choice(_PLACES), rng.randint(1, 5)
        for _ in range(min(clan, size - number)):
            female = rng.random() < 0.55
            yield {
                "number": number, "given": rng.choice(women if female else men), "family": family, "place": place,
                "year": rng.randint(1935, 2012), "female": female, "other": rng.choice(families),
            }  # fmt: skip
            number += 1


def _write_neighbour(rng: random.Random, person: dict, desk: float) -> dict:
    given, family, year, place = person["given"], person["family"], str(person["year"]), person["place"]
    if rng.random() < 0.08:
        given = _NICK.get(given, given)
    if person["female"] and rng.random() < 0.04:
        family = person["other"]
    if rng.random() < 0.04 + 0.12 * desk:
        seen, as_ = rng.choice(_SEEN_AS)
        if rng.random() < 0.5:
            given = given.replace(seen, as_, 1)
        else:
            family = family.replace(seen, as_, 1)
    if rng.random() < 0.05:
        year = year[:2] + year[3] + year[2] if rng.random() < 0.3 else str(int(year) + rng.choice([-1, 1]))
    if rng.random() < 0.06:
        place = rng.choice([*_PLACES, "", ""])
    if rng.random() < 0.02:
        given, family = family, given
    return {"given": given, "family": family, "birth_year": "" if rng.random() < 0.03 else year, "place": place}


def _crowd(rng: random.Random, size: int):
    names = _spellings(_CROWD)
    weights = [1 / (i + 1) for i in range(len(names))]
    for number in range(size):
        words = rng.choices(names, weights, k=rng.choice([1, 1, 2, 2, 2, 3]))
        yield {
            "number": number, "names": words, "year": rng.randint(1985, 2008), "known": rng.random() < 0.35,
            "day": (rng.randint(1, 12), rng.randint(1, 28)), "sex": "m" if rng.random() < 0.93 else "f",
        }  # fmt: skip


def _write_crowd(rng: random.Random, person: dict, desk: float) -> dict:
    words = [rng.choice(each) for each in person["names"]]
    if len(words) > 1 and rng.random() < 0.1:
        words = words[:-1]
    if rng.random() < 0.15:
        words.reverse()
    given, family = (words[0], " ".join(words[1:])) if rng.random() < 0.6 + 0.4 * desk else (" ".join(words), "")
    month, day = person["day"]
    year = person["year"] + (rng.choice([-2, -1, 1, 2]) if rng.random() < 0.12 else 0)
    born = f"{year}-{month:02}-{day:02}" if person["known"] and rng.random() < 0.9 else f"{year}-01-01"
    return {"given": given, "family": family, "born": born, "sex": person["sex"]}


def _siblings(rng: random.Random, size: int):
    number = 0
    while number < size:
        women, men, families = REGION[rng.choice(list(REGION))]
        family, father, birthday = rng.choice(families), rng.choice(men), None
        for _ in range(min(rng.choice([1, 2, 2, 3, 4, 6]), size - number)):
            twin = birthday and rng.random() < 0.03
            birthday = birthday if twin else (rng.randint(2006, 2019), rng.randint(1, 12), rng.randint(1, 28))
            yield {
                "number": number, "given": rng.choice([*women, *men]), "family": family, "father": father,
                "born": birthday, "other": rng.choice(families), "men": men,
            }  # fmt: skip
            number += 1


def _write_sibling(rng: random.Random, person: dict, desk: float) -> dict:
    given, family, father = person["given"], person["family"], person["father"]
    year, month, day = person["born"]
    if rng.random() < 0.03:
        family = person["other"]
    if rng.random() < 0.05:
        father = rng.choice([person["other"], rng.choice(person["men"]), ""])
    if rng.random() < 0.05 and len(given) > 4:
        i = rng.randrange(1, len(given) - 1)
        given = given[:i] + rng.choice([given[i + 1], given[i] * 2, "e"]) + given[i + 1 :]
    if rng.random() < 0.05:
        day = rng.randint(1, 28)
    elif rng.random() < 0.03:
        year, month = rng.choice([(year + 1, month), (year, rng.randint(1, 12)), (year - 1, month)])
    if rng.random() < 0.03 and day <= 12:
        day, month = month, day
    row = {"given": in_script(given, "cyrillic") if desk < 0.3 else given, "family": family, "father": father}
    return row | {"born": "" if rng.random() < 0.06 else f"{day}.{month}.{year}"}


_KINDS = {
    "chains": (_chains, _write_chain, ("given", "family", "born", "birth_year", "sex", "nationality")),
    "neighbours": (_neighbours, _write_neighbour, ("given", "family", "birth_year", "place")),
    "crowd": (_crowd, _write_crowd, ("given", "family", "born", "sex")),
    "siblings": (_siblings, _write_sibling, ("given", "family", "father", "born")),
}
