"""The fields a spreadsheet of assistance may hold, each with the words its column bears in the region's languages."""

from difflib import get_close_matches
from functools import lru_cache

from duga.casework.rules.importing.given import IGNORE
from duga.places.rules import codes, find_code
from duga.plain.errors import Refused, gettext_noop
from duga.plain.tables import FieldSpec
from duga.plain.text import fold


@lru_cache(maxsize=16)
def _values(list_name: str) -> frozenset[str]:
    """Every folded word that means a code of a list."""
    return frozenset(
        fold(word) for code in codes(list_name) for word in (code.code, *code.labels.values(), *code.synonyms)
    )


def _spec(name, words, kind="text", required=False, values=frozenset(), avoid=""):
    split = tuple(word.strip() for word in words.split("|"))
    return FieldSpec(name, split, kind, required, values, tuple(word for word in avoid.split("|") if word))


_STAFF = "volonter|radnik|izvrsilac|staff|worker|volunteer|punonjes"
_KIN = "oca|roditelja|majke|father|babait|tatkovo"
_BIRTH = "rodenja|rodjenja|lindjes|ditelindja|birth|raganje|radanje"

#: In the order of a mapping screen. Words are folded; the usual one first.
FIELDS: tuple[FieldSpec, ...] = (
    _spec(
        "full_name",
        "ime i prezime|prezime i ime|ime prezime|korisnik|korisnica|ime i prezime korisnika|nosilac domacinstva|"
        "ime i prezime nosioca|emri dhe mbiemri|emer mbiemer|emri i perfituesit|perfituesi|name|full name|beneficiary|"
        "beneficiary name|ime i prezime na korisnik|ime i prezime deteta|ime i prezime djeteta|respondent name|client",
        "name", avoid=f"{_STAFF}|{_KIN}|clanova|broj|potpis|nenshkrimi|signature",
    ),
    _spec("given", "ime|emri|given name|first name|ime korisnika|forename", "name", avoid=f"{_STAFF}|{_KIN}|prezime"),
    _spec("family", "prezime|mbiemri|family name|surname|last name", "name", avoid=f"{_STAFF}|{_KIN}"),
    _spec("father", "ime oca|ime jednog roditelja|ime roditelja|ocevo ime|srednje ime|emri i babait|tatkovo ime|"
          "father|father name|fathers name|middle name", "name"),
    _spec("birth_date", "datum rodenja|dan rodenja|datelindja|data e lindjes|ditelindja|datum na raganje|"
          "date of birth|birth date|dob", "date"),
    _spec("birth_year", "godina rodenja|godiste|god. rod.|viti i lindjes|godina na raganje|year of birth|birth year",
          "number"),
    _spec("age", "godine starosti|starost|uzrast|zivotna dob|dob|godine|mosha|vozrast|age|age in years", "number",
          avoid=f"{_BIRTH}|datum"),
    _spec("sex", "pol|spol|gjinia|sex|gender|rod", "code", values=_values("sexes")),
    _spec("document", "jmbg|maticni broj|broj licne karte|licna karta|broj dokumenta|broj pasosa|pasos|isprava|embg|"
          "numri personal|nr. personal|leternjoftimi|id number|document number|passport|passport number|national id"),
    _spec("phone", "telefon|broj telefona|kontakt telefon|mobilni|mobitel|kontakt|telefoni|numri i telefonit|phone|"
          "phone number|mobile|tel"),
    _spec("address", "adresa|ulica|ulica i broj|adresa stanovanja|adresa e banimit|adrese|address|street"),
    _spec("area", "opstina|opcina|grad|opstina prebivalista|komuna|bashkia|qyteti|municipality|city|town|region|"
          "okrug|kanton"),
    _spec("settlement", "naselje|selo|mjesto|mesto|mesna zajednica|mjesna zajednica|lokacija|fshati|vendbanimi|"
          "village|settlement|place|location|naseleno mesto", avoid=_BIRTH),
    _spec("household_size", "broj clanova domacinstva|broj clanova porodice|clanova domacinstva|clanova|"
          "velicina domacinstva|velicina porodice|numri i anetareve te familjes|numri i anetareve|anetare te familjes|"
          "broj na clenovi|broj na clenovi na semejstvo|household size|family size|household members|family members",
          "number"),
    _spec("recipient", "primalac|vrsta primaoca|tip primaoca|vrsta korisnika|tip korisnika|recipient|recipient type|"
          "type of beneficiary|lloji i perfituesit", "code"),
    _spec("group_size", "broj osoba|broj korisnika|broj lica|broj ucesnika|broj djece|broj dece|numri i personave|"
          "numri i perfituesve|broj na lica|broj na korisnici|number of people|number of persons|"
          "number of beneficiaries|people|persons|participants", "quantity", avoid="clanova|anetare|household"),
    _spec("institution", "ustanova|institucija|naziv ustanove|institucioni|institution|skola|facility"),
    _spec("service", "usluga|vrsta usluge|naziv usluge|vrsta pomoci|pomoc|aktivnost|tip usluge|sherbimi|"
          "lloji i sherbimit|ndihma|service|type of service|service type|assistance|activity|vid na usluga",
          "code", values=_values("service_types")),
    _spec("unit", "jedinica|jedinica mere|jedinica mjere|sta|artikal|vrsta paketa|sadrzaj|roba|njesia|artikulli|unit|"
          "item|what|edinica|edinica merka", "code", values=_values("units")),
    _spec("quantity", "kolicina|kom|komada|broj|broj paketa|broj jedinica|broj usluga|sasia|kolicestvo|kolicina komada|"
          "quantity|amount|qty|number of items|number of parcels", "quantity", avoid="clanova|osoba|korisnika|lica"),
    _spec("date", "datum|datum podele|datum podjele|datum usluge|datum pruzanja usluge|datum pomoci|dan|data|"
          "data e sherbimit|date|date of service|delivery date|date of assistance|service date|today|den", "date", True,
          avoid=_BIRTH),
    _spec("channel", "nacin|nacin pruzanja|nacin rada|kanal|menyra|kanali|channel|mode|how|modality", "code",
          values=_values("channels")),
    _spec("programme", "program|projekat|projekt|programi|projekti|programme|project|proekt|programa"),
    _spec("target_group", "ciljna grupa|kategorija|kategorija korisnika|status korisnika|grupi i synuar|kategoria|"
          "celna grupa|target group|category|group", "code", values=_values("target_groups")),
    _spec("worker", "radnik|volonter|izvrsilac|terenski radnik|socijalni radnik|pruzalac usluge|odgovorna osoba|"
          "punonjesi|vullnetari|worker|staff|staff member|volunteer|delivered by|enumerator|rabotnik|predao|urucio|"
          "dorezoi", "name"),
    _spec("note", "napomena|komentar|beleske|biljeske|primedba|opis|shenime|verejtje|zabeleska|note|notes|remarks|"
          "comment|comments"),
)  # fmt: skip

#: What the mapping screen calls each field.
FIELD_LABELS = {
    "full_name": gettext_noop("Full name"),
    "given": gettext_noop("Given name"),
    "family": gettext_noop("Family name"),
    "father": gettext_noop("Father's name"),
    "birth_date": gettext_noop("Date of birth"),
    "birth_year": gettext_noop("Year of birth"),
    "age": gettext_noop("Age in years"),
    "sex": gettext_noop("Sex"),
    "document": gettext_noop("Document number"),
    "phone": gettext_noop("Phone"),
    "address": gettext_noop("Address"),
    "area": gettext_noop("Municipality"),
    "settlement": gettext_noop("Town or village"),
    "household_size": gettext_noop("People in the household"),
    "recipient": gettext_noop("Who received (person, household, group, institution)"),
    "group_size": gettext_noop("Number of people (group without names)"),
    "institution": gettext_noop("Institution"),
    "service": gettext_noop("Service"),
    "unit": gettext_noop("What was given (unit)"),
    "quantity": gettext_noop("Quantity"),
    "date": gettext_noop("Date of the delivery"),
    "channel": gettext_noop("Channel"),
    "programme": gettext_noop("Programme"),
    "target_group": gettext_noop("Target group"),
    "worker": gettext_noop("Delivered by"),
    "note": gettext_noop("Note"),
}

#: The code list in which the words of a column are looked up.
CODE_LISTS = {
    "sex": "sexes", "service": "service_types", "unit": "units", "channel": "channels",
    "target_group": "target_groups",
}  # fmt: skip

_NAMES = tuple(spec.name for spec in FIELDS)
_UNKNOWN = gettext_noop("There is no field “%(field)s”. Fields are: %(known)s.")
_NEAR = gettext_noop("There is no field “%(field)s”. Did you mean %(near)s? Fields are: %(known)s.")
_VALUES = gettext_noop("Words can be explained for these fields: %(known)s; not for “%(field)s”.")
_NO_CODE = gettext_noop("“%(word)s” is to mean “%(code)s”, but the list of %(list)s has no such code.")
_MISSING = gettext_noop(
    "No column says %(missing)s. The columns are: %(columns)s. Say which one it is, or give one value for all rows "
    "with “=”: --mapping FILE with for example %(example)s."
)
_WHO = gettext_noop("who received (a name, a group's size or an institution)")
_WHAT = gettext_noop("what was given (a service or a unit)")
_WHEN = gettext_noop("the date of the delivery")


def split_constants(mapping: dict | None) -> tuple[dict, dict]:
    """(columns by field, one value for all rows by field) of a mapping as people write it: "=parcel" is a value."""
    columns, constants = {}, {}
    for name, value in (mapping or {}).items():
        if name not in _NAMES:
            near = get_close_matches(str(name), _NAMES, n=3, cutoff=0.6)
            known = ", ".join(_NAMES)
            raise Refused(_NEAR if near else _UNKNOWN, field=name, near=", ".join(near), known=known)
        if isinstance(value, str) and value.startswith("="):
            constants[name] = value[1:].strip()
        elif value not in (None, ""):
            columns[name] = value
    return columns, constants


def left_out(mapping: dict | None) -> set[str]:
    """The fields a mapping leaves out on purpose (null or ""): neither guessed nor remembered."""
    return {name for name, value in (mapping or {}).items() if value in (None, "")}


def meaning(name: str, word: str) -> tuple[str, str] | None:
    """(code list, code) of a word in a field: a service may be told by its unit, and a unit by its service."""
    lists = [CODE_LISTS[name], *({"service": ["units"], "unit": ["service_types"]}.get(name, []))]
    return next(((list_name, code) for list_name in lists if (code := find_code(list_name, word))), None)


def check_values(values: dict) -> dict:
    """What a mapping says of words, {field: {word: code}}; Refused for a field or a code that is not there."""
    for name, words in values.items():
        if name not in CODE_LISTS or not isinstance(words, dict):
            raise Refused(_VALUES, field=name, known=", ".join(CODE_LISTS))
        for word, code in words.items():
            if code not in (None, "", IGNORE) and meaning(name, str(code)) is None:
                raise Refused(_NO_CODE, word=word, code=code, list=CODE_LISTS[name].replace("_", " "))
    return values


def missing_fields(known) -> list[tuple[str, str]]:
    """What a mapping must still say before rows can be read: (field to give, what it is in words)."""
    lacks = []
    if not set(known) & {"full_name", "given", "family", "group_size", "institution"}:
        lacks.append(("full_name", _WHO))
    if not set(known) & {"service", "unit"}:
        lacks.append(("service", _WHAT))
    if "date" not in known:
        lacks.append(("date", _WHEN))
    return lacks


def check_mapping(known, columns: list[str]) -> None:
    """Refused, naming what is missing, the file's columns and how to say which is which."""
    lacks = missing_fields(known)
    if lacks:
        name = lacks[0][0]
        example = f'{{"{name}": "{columns[0] if columns else "…"}"}}'
        raise Refused(
            _MISSING, missing="; ".join(words for _, words in lacks), columns=", ".join(columns), example=example
        )
