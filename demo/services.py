"""What the demo's organisations offer: templates in the languages of the region. All of it is invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """A kind of service: its words in Slavic Latin, Macedonian, Albanian and English, its terms, its hours."""

    key: str
    names: tuple[str, str, str, str]
    texts: tuple[str, str, str, str]
    needs: str
    type: str
    groups: str = "general"
    conditions: str = "free_of_charge"
    hours: str = "office"  #: office, long, mornings, saturday, always, monthly, or none told
    place: str = "open"  #: open, confidential, none
    capacity: str = ""  #: what is counted, where it is
    languages: str = ""  #: beside the country's own
    ages: tuple[int | None, int | None] = (None, None)
    group: str = ""  #: group of services


TEMPLATES = (
    Template(
        "home_help",
        ("Pomoć i njega u kući", "Помош и нега во домот", "Ndihmë dhe kujdes në shtëpi", "Help at home"),
        (
            "Negovateljice dolaze starijima kući: kupovina, obrok, higijena, razgovor.",
            "Негувателки доаѓаат дома кај постарите: набавки, оброк, хигиена, разговор.",
            "Kujdestaret vijnë në shtëpi te të moshuarit: blerje, vakt, higjienë, bisedë.",
            "Carers visit older people at home: shopping, a meal, hygiene, company.",
        ),
        "care",
        "home_visit",
        "older_people",
        "free_of_charge|at_home|appointment",
        "office",
        "none",
        "places",
        ages=(65, None),
        group="day_community",
    ),
    Template(
        "day_centre",
        ("Dnevni boravak za djecu", "Дневен центар за деца", "Qendër ditore për fëmijë", "Day centre for children"),
        (
            "Topli obrok, pomoć u učenju i igra poslije škole.",
            "Топол оброк, помош во учењето и игра по училиште.",
            "Vakt i ngrohtë, ndihmë në mësime dhe lojë pas shkollës.",
            "A warm meal, help with homework and play after school.",
        ),
        "education|food",
        "day_centre",
        "children|roma",
        "free_of_charge|no_documents",
        "long",
        "open",
        "places",
        languages="rom",
        ages=(5, 15),
        group="day_community",
    ),
    Template(
        "legal",
        ("Besplatna pravna pomoć", "Бесплатна правна помош", "Ndihmë juridike falas", "Free legal aid"),
        (
            "Savjet pravnika, pisanje zahtjeva i pratnja do ustanova.",
            "Совет од правник, пишување барања и придружба до институциите.",
            "Këshillë nga juristi, shkrim kërkesash dhe shoqërim në institucione.",
            "A lawyer's advice, help with applications and someone to come along to offices.",
        ),
        "legal",
        "legal_aid",
        "general|migrants",
        "free_of_charge|appointment",
        "office",
        languages="en",
        group="counselling_education",
    ),
    Template(
        "asylum",
        (
            "Informacije za tražioce azila",
            "Информации за баратели на азил",
            "Informacion për azilkërkues",
            "Information for asylum seekers",
        ),
        (
            "Kome se obratiti, koja su prava i gdje se može prespavati. Ima prevodilaca.",
            "Каде да се обратите, кои се правата и каде може да се преноќи. Има преведувачи.",
            "Ku të drejtoheni, cilat janë të drejtat dhe ku mund të flini. Ka përkthyes.",
            "Where to turn, what your rights are and where to sleep. There are interpreters.",
        ),
        "information|legal",
        "information_referral",
        "migrants",
        "free_of_charge|anonymous|no_documents|walk_in",
        "long",
        languages="en|ar|fa|ps|ur|fr",
    ),
    Template(
        "counselling",
        ("Psihološko savjetovalište", "Психолошко советувалиште", "Këshillim psikologjik", "Psychological counselling"),
        (
            "Razgovor sa psihologom, pojedinačno ili u grupi. Niko ne pita za ime.",
            "Разговор со психолог, поединечно или во група. Никој не прашува за име.",
            "Bisedë me psikolog, vetëm ose në grup. Askush nuk pyet për emrin.",
            "Talk to a psychologist, alone or in a group. Nobody asks your name.",
        ),
        "mental_health",
        "psychosocial_support",
        "youth|women|general",
        "free_of_charge|anonymous|appointment|remote",
        "long",
        languages="en",
        group="counselling_education",
    ),
    Template(
        "kitchen",
        ("Narodna kuhinja", "Народна кујна", "Kuzhinë popullore", "Soup kitchen"),
        (
            "Kuvan obrok svakog radnog dana. Ponesite posudu.",
            "Готвен оброк секој работен ден. Понесете сад.",
            "Vakt i gatuar çdo ditë pune. Sillni një enë.",
            "A cooked meal every working day. Bring a container.",
        ),
        "food",
        "parcel_distribution",
        "people_in_poverty|homeless",
        "free_of_charge|walk_in|no_documents",
        "mornings",
        capacity="meals",
    ),
    Template(
        "parcels",
        (
            "Paketi hrane i higijene",
            "Пакети со храна и хигиена",
            "Pako ushqimore dhe higjienike",
            "Food and hygiene parcels",
        ),
        (
            "Podjela paketa porodicama jednom mjesečno.",
            "Поделба на пакети за семејства еднаш месечно.",
            "Shpërndarje pakosh për familjet një herë në muaj.",
            "Parcels for families, once a month.",
        ),
        "food|hygiene",
        "parcel_distribution",
        "families|people_in_poverty",
        "free_of_charge|referral_needed",
        "monthly",
    ),
    Template(
        "line",
        (
            "SOS telefon za žrtve nasilja",
            "СОС телефон за жртви на насилство",
            "Linja SOS për viktimat e dhunës",
            "SOS line for survivors of violence",
        ),
        (
            "Besplatno i povjerljivo, dan i noć. Kažemo šta je sve moguće, a odlučujete vi.",
            "Бесплатно и доверливо, дење и ноќе. Кажуваме што е можно, а одлучувате вие.",
            "Falas dhe me besim, ditë e natë. Ne themi çfarë është e mundur, vendosni ju.",
            "Free and confidential, day and night. We tell you what is possible; you decide.",
        ),
        "protection",
        "helpline",
        "women|general",
        "free_of_charge|anonymous|remote|female_staff",
        "always",
        "none",
        languages="en|rom",
        group="counselling_education",
    ),
    Template(
        "shelter",
        ("Sigurna kuća", "Сигурна куќа", "Strehimore", "Safe house"),
        (
            "Siguran smještaj za žene i djecu. Mjesto se ne objavljuje: zovite SOS telefon.",
            "Безбедно сместување за жени и деца. Местото не се објавува: јавете се на СОС телефонот.",
            "Strehim i sigurt për gra e fëmijë. Vendi nuk publikohet: telefononi linjën SOS.",
            "Safe accommodation for women and children. The place is not published: call the SOS line.",
        ),
        "protection|shelter",
        "shelter",
        "women",
        "free_of_charge|women_only|children_welcome",
        "always",
        "confidential",
        "beds",
        group="emergency_accommodation",
    ),
    Template(
        "night",
        ("Prenoćište", "Преноќевалиште", "Strehim nate", "Night shelter"),
        (
            "Krevet, tuš i večera. Dolazak do 21 sat.",
            "Кревет, туш и вечера. Доаѓање до 21 час.",
            "Shtrat, dush dhe darkë. Ejani deri në orën 21.",
            "A bed, a shower and supper. Come before nine in the evening.",
        ),
        "shelter|hygiene",
        "shelter",
        "homeless",
        "free_of_charge|walk_in|no_documents",
        "night",
        "open",
        "beds",
        group="emergency_accommodation",
    ),
    Template(
        "outreach",
        ("Mobilni tim", "Мобилен тим", "Ekip lëvizës", "Mobile team"),
        (
            "Dolazimo do ljudi na putu: voda, hrana, prva pomoć, informacije. Zovite i reći ćemo gdje smo.",
            "Доаѓаме до луѓето на пат: вода, храна, прва помош, информации. Јавете се и ќе кажеме каде сме.",
            "Vijmë te njerëzit në rrugë: ujë, ushqim, ndihmë e parë, informacion. Telefononi dhe ju themi ku jemi.",
            "We come to people on the move: water, food, first aid, information. Call and we say where we are.",
        ),
        "health|food|information",
        "outreach",
        "migrants",
        "free_of_charge|anonymous|no_documents",
        "long",
        "confidential",
        languages="en|ar|fa|ps|ur",
    ),
    Template(
        "mediation",
        ("Zdravstvena medijacija", "Здравствена медијација", "Ndërmjetësim shëndetësor", "Health mediation"),
        (
            "Pratnja do ljekara, knjižica i vakcinacija. Medijatorka govori romski.",
            "Придружба до лекар, книшка и вакцинација. Медијаторката зборува ромски.",
            "Shoqërim te mjeku, librezë dhe vaksinim. Ndërmjetësja flet romisht.",
            "Someone to come along to the doctor; health card and vaccination. The mediator speaks Romani.",
        ),
        "health",
        "health_mediation",
        "roma|families",
        "free_of_charge|walk_in|female_staff",
        "office",
        languages="rom",
    ),
    Template(
        "interpreting",
        ("Usmeno prevođenje", "Толкување", "Përkthim me gojë", "Interpreting"),
        (
            "Prevodilac uživo ili telefonom: kod ljekara, u školi, u uredu.",
            "Преведувач во живо или по телефон: кај лекар, во училиште, во служба.",
            "Përkthyes në vend ose me telefon: te mjeku, në shkollë, në zyrë.",
            "An interpreter, there or by phone: at the doctor's, at school, in offices.",
        ),
        "information",
        "interpretation",
        "migrants",
        "free_of_charge|appointment|remote",
        "office",
        "none",
        languages="en|ar|fa|prs|ps|ur|ckb|kmr|tr|fr",
    ),
    Template(
        "jobs",
        ("Klub za traženje posla", "Клуб за барање работа", "Klubi për gjetjen e punës", "Job club"),
        (
            "Biografija, razgovor za posao i oglasi, zajedno.",
            "Биографија, интервју за работа и огласи, заедно.",
            "CV, intervistë pune dhe shpallje, bashkë.",
            "Your CV, job interviews and offers, together.",
        ),
        "livelihoods|education",
        "education_support",
        "youth|unemployed",
        "free_of_charge|walk_in",
        "office",
        ages=(16, 60),
        group="counselling_education",
    ),
    Template(
        "assistance",
        ("Lična asistencija", "Лична асистенција", "Asistencë personale", "Personal assistance"),
        (
            "Asistent kod kuće, u školi i na poslu.",
            "Асистент дома, во училиште и на работа.",
            "Asistent në shtëpi, në shkollë e në punë.",
            "An assistant at home, at school and at work.",
        ),
        "care|education",
        "home_visit",
        "people_with_disabilities",
        "referral_needed|at_home",
        "office",
        "open",
        "places",
        ages=(6, 65),
        group="independent_living",
    ),
)

#: What a state institution or a municipality offers.
OFFICIAL = (
    Template(
        "benefit",
        ("Novčana socijalna pomoć", "Гарантирана минимална помош", "Ndihmë ekonomike", "Social assistance in money"),
        (
            "Zahtjev se podnosi lično, odluka stiže u roku od mjesec dana.",
            "Барањето се поднесува лично, одлуката стигнува во рок од еден месец.",
            "Kërkesa bëhet vetë, vendimi vjen brenda një muaji.",
            "Apply in person; the decision comes within a month.",
        ),
        "livelihoods",
        "information_referral",
        "people_in_poverty|families",
        "free_of_charge|walk_in",
        "mornings",
    ),
    Template(
        "protection",
        (
            "Zaštita djece i odraslih",
            "Заштита на деца и возрасни",
            "Mbrojtje e fëmijëve dhe të rriturve",
            "Protection of children and adults",
        ),
        (
            "Prijavite ako je neko u opasnosti. Dežurstvo i poslije radnog vremena.",
            "Пријавете ако некој е во опасност. Дежурство и по работно време.",
            "Njoftoni nëse dikush është në rrezik. Kujdestari edhe pas orarit.",
            "Tell us when someone is in danger. On duty after hours too.",
        ),
        "protection|family",
        "information_referral",
        "children|women|older_people",
        "free_of_charge|anonymous",
        "office",
    ),
)

#: Names in the languages of the route, for some kinds of service.
ABROAD = {
    "asylum": {
        "ar": "معلومات لطالبي اللجوء",
        "fa": "اطلاعات برای پناهجویان",
        "ur": "پناہ کے متلاشیوں کے لیے معلومات",
        "ps": "د پناه غوښتونکو لپاره معلومات",
        "tr": "Sığınmacılar için bilgi",
        "fr": "Informations pour demandeurs d'asile",
    },
    "legal": {
        "ar": "مساعدة قانونية مجانية",
        "fa": "کمک حقوقی رایگان",
        "tr": "Ücretsiz hukuki yardım",
        "fr": "Aide juridique gratuite",
    },
    "outreach": {"ar": "فريق متنقل", "fa": "تیم سیار", "ur": "موبائل ٹیم"},
    "kitchen": {"ar": "مطبخ خيري", "fa": "آشپزخانه خیریه"},
    "line": {"ar": "خط المساعدة لضحايا العنف", "fa": "خط کمک برای قربانیان خشونت"},
    "night": {"ar": "مأوى ليلي", "fa": "سرپناه شبانه"},
}

OFFICES = {
    "RS": "Demo-centar za socijalni rad",
    "BA": "Demo-centar za socijalni rad",
    "ME": "Demo-centar za socijalni rad",
    "MK": "Демо-центар за социјална работа",
    "AL": "Demo-Njësia e shërbimit social",
}
#: In which language texts of a country are written, and which column of a template holds them.
WRITTEN = {"RS": ("sr", 0), "BA": ("bs", 0), "ME": ("cnr", 0), "MK": ("mk", 1), "AL": ("sq", 2)}
STREETS = {
    "RS": "Измишљена улица",
    "BA": "Izmišljena ulica",
    "ME": "Izmišljena ulica",
    "MK": "Измислена улица",
    "AL": "Rruga e Trilluar",
}
DIALLING = {"RS": "+381", "BA": "+387", "ME": "+382", "MK": "+389", "AL": "+355"}
