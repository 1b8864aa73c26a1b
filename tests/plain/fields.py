"""Fields of a list of help given, to try the guesser on. Casework has its own; these show how to write them."""

from duga.plain.tables import FieldSpec

_BORN = ("rodenja", "lindjes", "ragjanje", "birth", "rodjenja", "rodendan")
_SEXES = frozenset(["m", "f", "z", "muski", "zenski", "masko", "zensko", "mashkull", "femer", "male", "female"])

ASSISTANCE = [
    FieldSpec(
        "full_name",
        ("ime i prezime", "prezime i ime", "korisnik", "primalac", "primatelj", "emri dhe mbiemri", "emri mbiemri")
        + ("perfituesi", "full name", "name", "name and surname", "beneficiary", "ime prezime", "naziv korisnika"),
        "name",
        avoid=("roditelja", "prindit", "parent", "clanova"),
    ),
    FieldSpec("given_name", ("ime", "emri", "given name", "first name", "ime korisnika"), "name"),
    FieldSpec("family_name", ("prezime", "mbiemri", "surname", "family name", "last name"), "name"),
    FieldSpec(
        "birth_date", ("datum rodenja", "datelindja", "data e lindjes", "datum na ragjanje", "date of birth"), "date"
    ),
    FieldSpec(
        "birth_year",
        (
            "godiste",
            "godina rodenja",
            "godina na ragjanje",
            "viti i lindjes",
            "year of birth",
            "birth year",
            "god rodenja",
        ),
        "number",
    ),
    FieldSpec(
        "document_number",
        (
            "jmbg",
            "jmb",
            "oib",
            "embg",
            "maticni broj",
            "broj licne karte",
            "numri personal",
            "nr personal",
            "licna karta",
        )
        + ("broj dokumenta", "leternjoftim", "document number", "id number", "maticen broj", "broj pasosa"),
    ),
    FieldSpec("sex", ("pol", "spol", "gjinia", "sex", "gender", "rod"), "code", values=_SEXES, avoid=_BORN),
    FieldSpec(
        "area", ("opstina", "opcina", "grad", "mjesto", "mesto", "komuna", "qyteti", "municipality", "town", "area")
    ),
    FieldSpec("address", ("adresa", "ulica", "ulica i broj", "adrese", "address", "mesto stanovanja")),
    FieldSpec(
        "phone", ("telefon", "broj telefona", "mobilni", "kontakt telefon", "numri i telefonit", "phone", "kontakt")
    ),
    FieldSpec(
        "household_size",
        ("broj clanova domacinstva", "broj clanova porodice", "clanovi domacinstva", "numri i anetareve te familjes")
        + ("broj na clenovi", "household size", "family size", "broj clanova", "anetaret e familjes"),
        "number",
    ),
    FieldSpec(
        "service",
        ("usluga", "vrsta usluge", "vrsta pomoci", "pomoc", "sherbimi", "lloji i ndihmes", "vid na pomos")
        + ("service", "type of assistance", "assistance", "aktivnost"),
        "text",
        required=True,
    ),
    FieldSpec("unit", ("jedinica", "jedinica mjere", "jedinica mere", "njesia", "edinica", "unit"), "text"),
    FieldSpec(
        "quantity",
        (
            "kolicina",
            "broj paketa",
            "broj usluga",
            "sasia",
            "numri i pakove",
            "broj na paketi",
            "kolicestvo",
            "quantity",
        )
        + ("amount", "komada", "number of parcels", "broj obroka"),
        "quantity",
        required=True,
        avoid=("clanova", "telefona", "licne", "anetareve"),
    ),
    FieldSpec(
        "date",
        ("datum", "datum podele", "datum podjele", "datum usluge", "data", "data e shperndarjes", "date", "dan")
        + ("datum na podelba", "date of delivery", "kada", "datum pomoci"),
        "date",
        required=True,
        avoid=_BORN,
    ),
    FieldSpec("remark", ("napomena", "zabeleska", "shenim", "verejtje", "remark", "note", "komentar")),
]
