import io
import zipfile
from xml.etree.ElementTree import canonicalize

from duga.plain.tables import best_table, read_tables
from tests.plain import messy


def parts(data: bytes) -> dict[str, str]:
    """What the file holds, whichever library wrote its XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: canonicalize(book.read(name).decode(), rewrite_prefixes=True) for name in book.namelist()}


def test_the_messy_file_is_the_one_the_generator_makes():
    assert parts(messy.MESSY.read_bytes()) == parts(messy.xlsx(messy.assistance()))
    assert messy.xlsx(messy.assistance()) == messy.xlsx(messy.assistance())


def test_it_is_as_messy_as_it_says():
    table = best_table(read_tables(messy.MESSY.read_bytes()))
    assert len(table.rows) == messy.GOOD + messy.BAD == 40
    assert table.header == (4, 5)
    days = {type(row.cells[9]).__name__ for row in table.rows}
    assert days >= {"str", "date", "NoneType"}
    amounts = [row.cells[8] for row in table.rows]
    assert any(isinstance(amount, str) and "," in amount for amount in amounts)
    names = "".join(row.cells[1] for row in table.rows)
    assert any("а" <= letter <= "џ" for letter in names)
    assert any("a" <= letter <= "z" for letter in names)
    assert table.rows[11].cells[9] == "31.6.2020"
    assert table.rows[19].cells[8] == "nekoliko"
    assert table.rows[33].cells[9] is None
