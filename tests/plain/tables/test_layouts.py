"""A hundred sheets laid out by chance, as organisations do: every record found, every column understood."""

import datetime as dt
import random

import pytest

from duga.plain.tables import best_table, guess_mapping, names_of, read_tables
from tests.plain import messy
from tests.plain.fields import ASSISTANCE
from tests.plain.messy import Sheet
from tests.plain.tables.test_mapping import REAL

NAMES = ["Ана Петровић", "Marko Jovanović", "Xhevahire Krasniqi", "Ђорђе Илић", "Šaban Ćosić", "Љупчо Ѓорѓиев"]
TITLES = [
    "Udruženje „Primjer“",
    "EVIDENCIJA PODELE POMOĆI ZA APRIL 2020.",
    "Општина Ниш",
    "Lista e përfituesve",
    "Obrazac 5",
]
SUMS = ["UKUPNO", "Ukupno:", "Свега", "Gjithsej", "Вкупно", "Total"]
FOOTERS = ["Sastavila: Mira Mirić", "Napomena: spisak je konačan", "____________", "Одговорно лице: потпис и печат"]


def value(kind: str, chance: random.Random, number: int) -> object:
    """Return a value of one kind (those of test_mapping) as somebody typed it."""
    day = dt.date(2020, 1, 1) + dt.timedelta(days=chance.randrange(360))
    name = chance.choice(NAMES)
    written = chance.choice([day, f"{day.day}.{day.month}.{day.year}.", day.isoformat(), f"{day:%d/%m/%Y}"])
    return {
        "name": name,
        "given": name.split()[0],
        "family": name.split()[1],
        "born": written,
        "day": written,
        "year": chance.choice([1950, "1962", 1938, "1971."]),
        "id": f"{chance.randrange(10**12, 10**13)}",
        "sex": chance.choice(["m", "ž", "М", "Ж"]),
        "town": chance.choice(["Niš", "Ниш", "Bujanovac", "Prizren", "Бар"]),
        "street": f"Dušanova {chance.randrange(1, 90)}",
        "phone": f"018/000-{chance.randrange(100, 999)}",
        "members": chance.randrange(1, 7),
        "service": chance.choice(["paket hrane", "кућна посета", "higijenski paket"]),
        "quantity": chance.choice([1, 2, "1,5", "oko 10", 3.5, "2"]),
        "order": number,
        "empty": None,
        "words": chance.choice([None, None, "hitno", "на врата"]),
    }[kind]


def laid_out(seed: int) -> tuple[Sheet, list[list], dict[str, str]]:
    """Return a sheet, its records as they should be found, and the fields with the ends of their headers."""
    chance = random.Random(seed)
    language = chance.choice([name for name in REAL if "Kobo" not in name and "groups" not in name])
    columns = [
        column for column in REAL[language] if chance.random() < 0.9 or column[2] in ("date", "quantity", "service")
    ]
    size = chance.choice([3, 8, 25, 70])
    records = [[value(kind, chance, n + 1) for _, kind, _ in columns] for n in range(size)]
    rows, merged = [[chance.choice(TITLES)] for _ in range(chance.randrange(4))], []
    rows += [[]] * chance.randrange(2)
    header = [head for head, _, _ in columns]
    if chance.random() < 0.3:  # two rows, the first with names of groups
        cut = len(columns) // 2
        top = len(rows)
        rows.append(["Korisnik", *[None] * (cut - 1), "Pomoć", *[None] * (len(columns) - cut - 1)])
        merged += [((top, 0), (top, cut - 1)), ((top, cut), (top, len(columns) - 1))]
    rows.append(header)
    if chance.random() < 0.2:
        rows.append([str(n) for n in range(1, len(columns) + 1)])
    for record in records:
        rows.append(record)
        if chance.random() < 0.02:
            rows += [[], header]
    if chance.random() < 0.5:
        total = [None] * len(columns)
        total[0], total[-1] = chance.choice(SUMS), 123
        rows.append(total)
    if chance.random() < 0.5:
        rows += [[], [chance.choice(FOOTERS)]]
    left, width = chance.choice([0, 0, 1]), len(columns) + chance.choice([0, 0, 2])
    rows = [[None] * left + [*row, *[None] * (width - len(row))] for row in rows]
    merged = [((top, a + left), (bottom, b + left)) for (top, a), (bottom, b) in merged]
    return Sheet(rows, merged), records, {field: head for head, _, field in columns if field}


@pytest.mark.parametrize("seed", range(100))
def test_every_record_is_found_and_every_column_understood(seed):
    sheet, records, fields = laid_out(seed)
    data = [messy.xlsx, messy.ods, messy.delimited][seed % 3](sheet)
    table = best_table(read_tables(data, "lista.csv"))
    assert len(table.rows) == len(records), [str(note) for note in table.notes]
    for row, record in zip(table.rows, records, strict=True):
        cells = [cell for cell in row.cells if cell is not None]
        assert len(cells) == sum(cell is not None for cell in record)
        assert seed % 3 == 2 or cells == [cell for cell in record if cell is not None]
    found = {
        field: name.rsplit(" / ", 1)[-1] for field, name in names_of(table, guess_mapping(table, ASSISTANCE)).items()
    }
    assert found == fields


def test_a_list_without_a_header_loses_no_record_and_names_no_column_after_a_person():
    text = "Petar Petrović;3.4.2020;paket;2\nMara Marić;4.4.2020.;paket;1\nIvo Ivić;5.4.2020;paket;1\n"
    table = best_table(read_tables(text.encode(), "bez-zaglavlja.csv"))
    assert [row.cells[0] for row in table.rows] == ["Petar Petrović", "Mara Marić", "Ivo Ivić"]
    assert [row.number for row in table.rows] == [1, 2, 3]
    assert table.columns == ["[A]", "[B]", "[C]", "[D]"]


def test_days_in_a_header_over_quantities_stay_a_header():
    text = "Ime;3.4.2020;4.4.2020\nPetar Petrović;1;2\nMara Marić;3;4\n"
    table = best_table(read_tables(text.encode(), "po-danima.csv"))
    assert table.columns[0] == "Ime"
    assert len(table.rows) == 2
