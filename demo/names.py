"""Names to invent people with: of the region in Latin script, and of the route with the spellings clerks give them."""

import random

from duga.plain.text import to_cyrillic

#: {background: (female given, male given, family)}; names between spaces.
_REGION = {
    "serbian": (
        "Jelena Milica Marija Ana Jovana Ivana Dragana Snežana Vesna Gordana Ljiljana Slavica Radmila Mirjana Nada "
        "Vera Olga Stanka Zorica Biljana Tijana Teodora Sofija Dunja Sara Nevena Tamara Katarina Danica Ružica",
        "Nikola Marko Stefan Luka Miloš Jovan Petar Aleksandar Dragan Zoran Goran Milan Slobodan Radovan Živko "
        "Dušan Vladimir Filip Vuk Lazar Đorđe Uroš Nenad Predrag Miodrag Branislav Radoje Momčilo Bogdan Ljubomir",
        "Jovanović Petrović Nikolić Marković Đorđević Stojanović Ilić Stanković Pavlović Milošević Živković Tomić "
        "Kovačević Savić Ristić Kostić Todorović Lukić Mitić Cvetković Radović Vuković Knežević Šćepanović Perović "
        "Bulatović Đukanović Žugić Čolaković Njegovan Ljubić Džunić Zdravković Filipović Obradović",
    ),
    "bosniak": (
        "Amra Lejla Emina Fatima Aida Selma Merima Azra Hatidža Zehra Đula Šefika Nermina Ajla Amina Hana Sabina",
        "Amar Emir Adnan Haris Mirza Senad Mehmed Hasan Ibrahim Nermin Edin Kemal Sulejman Ramiz Džemal Enes Fikret",
        "Hodžić Halilović Begić Delić Mehmedović Omerović Hadžić Salihović Džafić Kadrić Ćosić Šabanović Muratović "
        "Imamović Čaušević Zukić Alić Suljić",
    ),
    "croat": (
        "Ivana Marija Ana Petra Lucija Mirela Jadranka Božica Dubravka Ljerka Nikolina Tea Lana Kata Mandica",
        "Ivan Josip Marko Ante Tomislav Stjepan Mate Hrvoje Krešimir Zvonimir Dario Luka Fran Borna Željko",
        "Horvat Kovačić Babić Marić Jurić Novak Knežević Vidović Perić Matić Božić Blažević Grgić Šimić Župan Đurić",
    ),
    "macedonian": (
        "Marija Elena Vesna Violeta Snežana Biljana Ljupka Suzana Mirjana Blagica Trajanka Dragica Simona Ivana Ana",
        "Aleksandar Goran Zoran Dejan Blagoj Trajče Risto Stojan Vančo Nikola Kiril Mitko Filip Stefan Dimitar",
        "Stojanovski Nikolovski Petrovski Trajkovski Dimitrovski Jovanovski Ristovski Angelovski Georgievski "
        "Markovski Ilievski Velkovski Spasovski Kostovski Mitrevski",
    ),
    "albanian": (
        "Arta Besa Drita Elira Fatmire Gentiana Ilirjana Luljeta Mimoza Shqipe Teuta Vjollca Zana Blerta Albulena "
        "Hatixhe Nexhmije Xhemile Ajkune Valbona",
        "Agim Arben Besnik Bujar Dritan Fatmir Gëzim Ilir Kujtim Luan Shpend Valon Xhevdet Qerim Petrit Hajdar "
        "Muharrem Rexhep Njazi Ermal",
        "Hoxha Shehu Krasniqi Gashi Berisha Morina Bytyqi Kelmendi Hasani Rama Dervishi Çela Gjoka Prifti Leka "
        "Kola Xhafa Ndreu Lleshi Bajrami",
    ),
    "roma": (
        "Sadija Đulijana Fatima Ljutvija Sanija Nadira Kadira Vesna Slavica Sabina Elvira Hajrija",
        "Saban Ramo Ćerim Zvezdan Bajram Šerif Dževat Orhan Toni Mustafa Demir Enver",
        "Bajramović Saitović Demirović Kurtić Ibraimović Selimović Jašarević Osmani Kamberović Beriša Ramadanović",
    ),
}  # fmt: skip
REGION = {background: tuple(names.split() for names in lists) for background, lists in _REGION.items()}

#: Names of the route, each with the spellings clerks and interpreters give it (_ is a space). First: the usual one.
_ROUTE = {
    "afghan": (
        "Zahra/Zahara/Zehra Fatima/Fatema/Fatemah Maryam/Mariam/Merjem Laila/Leila/Lejla Nasrin/Nasreen "
        "Farida/Fareeda Shabnam/Shabnem Parwana/Parvana Zainab/Zeinab/Zejneb",
        "Mohammad/Muhamed/Mohamad/Mohammed Ahmad/Ahmed/Ahmet Abdullah/Abdulah/Abdallah Hamid/Hameed Omid/Omed "
        "Farhad/Ferhad Jawad/Javad/Dževad Najib/Najeeb/Nedžib Samiullah/Sami_Ullah/Samiulah Esmatullah/Ismatullah "
        "Zabihullah/Zabiullah Habib/Habeeb Rahmat/Rehmat Qasim/Kasim/Qasem Yusuf/Yousef/Jusuf Bilal/Belal",
        "Rahimi/Rahimy/Raheemi Ahmadzai/Ahmedzai/Ahmadzay Noori/Nuri/Nouri Karimi/Kareemi Safi/Saafi "
        "Stanikzai/Stanekzai Hotak/Hottak Mohammadi/Muhammadi/Mohamadi Hosseini/Husseini/Hoseini Sultani/Soltani "
        "Amiri/Ameri Haidari/Heidari/Hajdari Yousafzai/Jusufzai/Yusufzai",
    ),
    "arab": (
        "Aisha/Aischa/Ajša Noor/Nour/Nur Rima/Reema Huda/Houda Amal/Aml Salma/Selma Hanan/Hanaan Yasmin/Jasmin/Yasmeen",
        "Khaled/Khalid/Haled Omar/Umar/Omer Hassan/Hasan Hussein/Hussain/Husein Mahmoud/Mahmud Youssef/Yusuf/Jusuf "
        "Mustafa/Mostafa Ali/Aly Tariq/Tarek/Tarik Said/Saeed/Sajid Anas/Enes Bashar/Bašar Walid/Waleed/Velid",
        "Al-Hassan/Alhassan/El_Hasan Al-Ahmad/Alahmad/Al_Ahmed Haddad/Hadad Khalil/Halil Mansour/Mansur Saleh/Salih "
        "Al-Masri/Almasri/El_Masri Darwish/Derviš/Darwich Najjar/Nadžar Hamdan/Hemdan Shaheen/Šahin/Shahin",
    ),
    "kurdish": (
        "Rojin/Rozhin Berivan/Berîvan Shirin/Širin/Shereen Dilan/Dilane Avin/Aveen Zilan/Zîlan",
        "Azad/Azaad Sherzad/Šerzad/Shirzad Karwan/Karvan Rebwar/Rebvar Diyar/Dijar Hiwa/Hêwa Aram/Araam Soran/Sooran",
        "Barzani/Barzanî Ahmed/Ahmad Rashid/Rasheed/Rašid Hama/Hamma Mahmood/Mahmud Aziz/Azeez Karim/Kareem "
        "Othman/Osman Salih/Saleh",
    ),
    "pakistani": (
        "Ayesha/Aisha/Aješa Sana/Sanaa Nadia/Nadija Rabia/Rabija Saima/Sajma Bushra/Bušra",
        "Muhammad/Mohammad/Muhamed Imran/Emran Usman/Osman/Uthman Asif/Aasif Shahid/Šahid/Shaheed Waqas/Wakas/Vakas "
        "Bilal/Belal Adnan/Adnaan Naveed/Navid Faisal/Fejsal/Faysal Zeeshan/Zišan/Zishan Kashif/Kašif",
        "Khan/Han Hussain/Husain/Hussein Ali/Aly Iqbal/Ikbal Butt/But Malik/Malek Chaudhry/Chaudhary/Čaudri "
        "Shah/Šah Akhtar/Ahtar Mahmood/Mehmood/Mahmud Raza/Reza",
    ),
    "bengali": (
        "Nasrin/Nasreen Fatema/Fatima Shirin/Sheerin Salma/Selma Rina/Reena",
        "Rahim/Raheem Karim/Kareem Mizan/Mijan Shohel/Sohel Jahangir/Jahangeer Rubel/Robel Mamun/Mamoon Faruk/Farooq "
        "Alamgir/Alomgir Shahin/Shaheen",
        "Islam/Eslam Hossain/Hussain/Hosen Miah/Mia/Miya Uddin/Udin Ahmed/Ahmad Sarkar/Sarker Howlader/Hawlader "
        "Chowdhury/Choudhury Khatun/Khatoon",
    ),
}  # fmt: skip


def _spellings(text):
    return [tuple(spelling.replace("_", " ") for spelling in word.split("/")) for word in text.split()]


ROUTE = {background: tuple(_spellings(names) for names in lists) for background, lists in _ROUTE.items()}

#: Who lives where: {country: {background: weight}}.
BACKGROUNDS = {
    "RS": {"serbian": 80, "roma": 12, "bosniak": 5, "albanian": 3},
    "BA": {"bosniak": 45, "serbian": 32, "croat": 15, "roma": 8},
    "ME": {"serbian": 65, "bosniak": 18, "albanian": 7, "roma": 10},
    "MK": {"macedonian": 62, "albanian": 25, "roma": 13},
    "AL": {"albanian": 90, "roma": 10},
    "XK": {"albanian": 86, "serbian": 7, "roma": 7},
    "HR": {"croat": 84, "serbian": 8, "roma": 8},
}
ORIGINS = {"afghan": 42, "arab": 24, "pakistani": 17, "kurdish": 10, "bengali": 7}
_MACEDONIAN = str.maketrans("abvgdežzijklmnoprstufhcčšđć", "абвгдежзијклмнопрстуфхцчшѓќ")
_PAIRS = (("lj", "љ"), ("nj", "њ"), ("dž", "џ"), ("dz", "ѕ"), ("gj", "ѓ"), ("kj", "ќ"), ("sh", "ш"), ("ë", "ѐ"))


def choose(rng: random.Random, weights: dict):
    """One key, as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def region_name(rng: random.Random, background: str, sex: str) -> tuple[str, str, str]:
    """(given, family, father's given name) of someone of the region."""
    female, male, family = REGION[background]
    name = rng.choice(family)
    if background == "macedonian" and sex == "female":
        name = name[:-1] + "a"
    return rng.choice(female if sex == "female" else male), name, rng.choice(male)


def route_name(rng: random.Random, origin: str, sex: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(spellings of the given name, spellings of the family name) of someone of the route."""
    female, male, family = ROUTE[origin]
    return rng.choice(female if sex == "female" else male), rng.choice(family)


def in_script(text: str, script: str) -> str:
    """A name as an organisation's clerks write it: latin, plain (no diacritics typed), cyrillic, macedonian."""
    if script == "cyrillic":
        return to_cyrillic(text)
    if script == "macedonian":
        return " ".join(_macedonian(word) for word in text.split(" "))
    if script == "plain":
        return text.translate(str.maketrans("čćšžČĆŠŽëËçÇ", "ccszCCSZeEcC")).replace("đ", "dj").replace("Đ", "Dj")
    return text


def _macedonian(word):
    lower = word.lower()
    for pair, letter in _PAIRS:
        lower = lower.replace(pair, letter)
    return lower.translate(_MACEDONIAN).capitalize()
