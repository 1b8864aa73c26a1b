"""The people who sign in to the demo, one for each part there is to play."""

from duga.members.rules import Role

#: One password for all, printed by `make demo`. A demo holds invented people only.
PASSWORD = "rainbow over the hills"  # noqa: S105
HOME = "dc-topli-prag-niksic"

#: (e-mail, name, role, where it is held: an organisation's slug or a network's, language)
CAST = [
    ("worker@demo.example", "Milena, field worker", Role.FIELD_WORKER, HOME, "sr-latn"),
    ("operator@demo.example", "Sanja, helpline operator", Role.HELPLINE_OPERATOR, HOME, "sr-latn"),
    ("manager@demo.example", "Dragana, case manager", Role.CASE_MANAGER, HOME, "sr-latn"),
    ("supervisor@demo.example", "Radmila, case supervisor", Role.CASE_SUPERVISOR, HOME, "sr-latn"),
    ("officer@demo.example", "Nenad, data-protection officer", Role.DATA_PROTECTION_OFFICER, HOME, "en"),
    ("coordinator@demo.example", "Jovan, coordinator", Role.ORGANISATION_COORDINATOR, HOME, "en"),
    ("national@demo.example", "Vesna, national coordinator", Role.NATIONAL_COORDINATOR, "iris-me", "en"),
    ("secretariat@demo.example", "Lejla, network secretariat", Role.NETWORK_SECRETARIAT, "iris", "en"),
    ("reviewer@demo.example", "Arben, reviewer", Role.REVIEWER, "iris", "en"),
    ("observer@demo.example", "Elena, observer", Role.OBSERVER, "iris", "en"),
    ("administrator@demo.example", "Goran, administrator", None, "", "en"),
]
#: Coordinators elsewhere, so that both scripts and other languages can be seen.
MORE = [
    ("beograd@demo.example", "Олга, координаторка", Role.ORGANISATION_COORDINATOR, "krug-dobrote-beograd", "sr"),
    ("skopje@demo.example", "Билјана, координаторка", Role.ORGANISATION_COORDINATOR, "zaednicka-masa-skopje", "mk"),
    ("tirane@demo.example", "Teuta, koordinatore", Role.ORGANISATION_COORDINATOR, "sofra-jone-tirane", "sq"),
    ("bihac@demo.example", "Amra, koordinatorica", Role.ORGANISATION_COORDINATOR, "plava-kapija-bihac", "bs"),
]
