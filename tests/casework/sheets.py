"""A sheet as organisations keep it, and what became of its rows."""

import datetime as dt

HEAD = ["Ime i prezime", "Godište", "Opština", "Usluga", "Količina", "Datum"]
ROWS = [
    ["Ђорђе Петровић", 1950, "Никшић", "Podela paketa", 1, "3.4.2020"],
    ["Petrović Đorđe", 1950, "Nikšić", "podjela paketa", "2,5", dt.date(2020, 5, 4)],
    ["Marija Jovanović", 1981, "Nikšić", "пакет", "oko 3", "2020-04-03"],
]
BAD = [
    ["", 1950, "Nikšić", "Podela paketa", 1, "3.4.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", "nekoliko", "3.4.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", 1, "31.6.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", 1, "3.4.2999"],
    ["Ana Ilić", 1950, "Atlantida", "čarolija", 1, None],
    ["Ana Ilić", 2021, "Nikšić", "Podela paketa", 1, "3.4.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", -2, "3.4.2020"],
]
UNITS = ["Ime i prezime", "Usluga", "Jedinica", "Količina", "Datum"]
SACKS = [
    ["Ana Ilić", "odjeća", "vreća", 2, "3.4.2020"],
    ["Vuk Ilić", "odjeća", "Врећа", 3, "3.4.2020"],
    ["Luka Savić", "odjeća", "kg", "12,5", "3.4.2020"],
]


def told(outcome):
    return outcome.read, outcome.imported, outcome.already, outcome.rejected
