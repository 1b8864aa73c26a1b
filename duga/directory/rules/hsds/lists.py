"""Lists of services that are no HSDS: a spreadsheet with any headings, in any of the languages, told as HSDS.

Each row is one service of one provider at (at most) one place. Its identifiers are made of what it says, so that the
same row next year is the same service.
"""

import hashlib
import re
from collections.abc import Mapping
from difflib import get_close_matches

from duga.directory.rules.cleaning import check_offer, check_reach, clean
from duga.directory.rules.fields import ROWS, SERVICE, Field
from duga.directory.rules.hsds import profile
from duga.directory.rules.hsds.reading import Fault, Place, Rows
from duga.directory.rules.kinds import ProviderKind
from duga.places.rules import find_code, find_country
from duga.places.rules.codes import label
from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.plain.tables import FieldSpec, SheetTable, cell_text
from duga.plain.text import fold


def _spec(name, words, kind="text", required=False, avoid=""):
    return FieldSpec(name, tuple(words.split("|")), kind, required, frozenset(), tuple(filter(None, avoid.split("|"))))


#: In the order of a mapping screen. Words are folded; the usual one first.
FIELDS: tuple[FieldSpec, ...] = (
    _spec("organisation", "organizacija|naziv organizacije|ustanova|naziv ustanove|institucija|pruzalac usluge|"
          "pruzalac|pruzatelj usluge|udruzenje|organizata|ofruesi|institucioni|organisation|organization|"
          "provider|institution|davatel na usluga|ustanova naziv|naziv", required=True, avoid="usluge vrsta"),
    _spec("name", "usluga|naziv usluge|ime usluge|program|sherbimi|emri i sherbimit|service|service name|"
          "name of service|usluga naziv|aktivnost", required=True, avoid="vrsta|tip|pruzalac|davatel"),
    _spec("description", "opis|opis usluge|sta nudi|pershkrimi|description|about|details|opis na uslugata"),
    _spec("service_types", "vrsta usluge|tip usluge|kategorija|lloji i sherbimit|type of service|service type|category|"
          "vid na usluga"),
    _spec("needs", "potreba|potrebe|oblast|nevoja|need|needs|potrebi|sektor"),
    _spec("target_groups", "ciljna grupa|korisnici|kome je namenjeno|za koga|grupi i synuar|perfituesit|"
          "target group|for whom|celna grupa|korisnicka grupa"),
    _spec("eligibility", "uslovi|uslov|pravo na uslugu|kriterijumi|kushtet|eligibility|conditions|"
          "uslovi za koristenje"),
    _spec("minimum_age", "od godina|minimalna starost|najmanje godina|mosha minimale|minimum age|from age", "number"),
    _spec("maximum_age", "do godina|maksimalna starost|najvise godina|mosha maksimale|maximum age|to age", "number"),
    _spec("languages", "jezik|jezici|gjuha|gjuhet|language|languages|jazik|jazici"),
    _spec("hours", "radno vreme|radno vrijeme|radni sati|orari|orari i punes|opening hours|hours|rabotno vreme"),
    _spec("phone", "telefon|telefoni|broj telefona|kontakt telefon|numri i telefonit|phone|phone number|tel|mobilni"),
    _spec("email", "email|e mail|mejl|imejl|elektronska posta|posta elektronike|e posta"),
    _spec("url", "web|sajt|web stranica|internet stranica|website|veb|faqja|faqja e internetit|link|url"),
    _spec("contact", "kontakt osoba|odgovorno lice|odgovorna osoba|personi i kontaktit|contact person|lice za kontakt"),
    _spec("address", "adresa|ulica|ulica i broj|adresa ustanove|adrese|adresa e|address|street"),
    _spec("city", "grad|mesto|mjesto|opstina|opcina|qyteti|bashkia|komuna|city|town|municipality|"
          "opstina mesto|grad mesto"),
    _spec("postal_code", "postanski broj|kodi postar|postal code|zip|zip code|postenski broj", avoid="telefon"),
    _spec("latitude", "geografska sirina|latitude|lat|gjeresia", "number"),
    _spec("longitude", "geografska duzina|longitude|lon|lng|gjatesia", "number"),
    _spec("country", "drzava|zemlja|shteti|vendi|country|drzhava"),
    _spec("fees", "cena|cijena|troskovi|cmimi|kostoja|cost|price|fee|fees|cena na usluga"),
    _spec("documents", "dokumenta|potrebna dokumenta|dokumenti|papiri|dokumentet|required documents|documents"),
    _spec("application", "kako do usluge|nacin prijave|prijava|si te aplikoni|aplikimi|how to apply|"
          "application|access"),
    _spec("kind", "vrsta ustanove|tip organizacije|vrsta pruzaoca|sektor pruzaoca|lloji i organizates|"
          "kind of provider"),
)  # fmt: skip
FIELD_LABELS = {
    "organisation": _("Organisation"), "name": _("Service"), "description": _("What it is"),
    "service_types": _("Kind of service"), "needs": _("Needs"), "target_groups": _("For whom"),
    "eligibility": _("Who may come"), "minimum_age": _("From age"), "maximum_age": _("To age"),
    "languages": _("Languages"), "hours": _("Hours"), "phone": _("Phones"), "email": _("E-mail"), "url": _("Web page"),
    "contact": _("Whom to ask for"), "address": _("Address"), "city": _("Town"), "postal_code": _("Postal code"),
    "latitude": _("Latitude"), "longitude": _("Longitude"), "country": _("Country"), "fees": _("Costs"),
    "documents": _("Papers to bring"), "application": _("How to get it"), "kind": _("Kind"),
}  # fmt: skip
#: Fields whose words are looked up in a code list.
CODED = {"needs": "needs", "service_types": "service_types", "target_groups": "target_groups", "languages": "languages"}
IGNORE = "-"  #: said of a word of the file: pay no attention to it
#: Beginnings of words that tell what kind of provider one is.
KINDS = {
    ProviderKind.STATE: ("drzav", "javn", "state", "public", "publik"),
    ProviderKind.MUNICIPALITY: ("opstin", "opcin", "bashki", "komun", "municip", "lokaln"),
    ProviderKind.ASSOCIATION: ("udruz", "nvo", "ngo", "ojq", "civiln", "shoqat", "zdruzen", "nevladin", "association"),
    ProviderKind.CHURCH: ("crkv", "verska", "vjersk", "kish", "relig"),
    ProviderKind.INTERNATIONAL: ("medunarod", "international", "nderkombetar"),
}
_NAMES = tuple(FIELD_LABELS)
_UNKNOWN = _("There is no field “%(field)s”. Fields are: %(known)s.")
_NO_COLUMN = _("There is no column “%(column)s”. The columns are: %(columns)s.")
_MISSING = _("No column says the organisation and the service. The columns are: %(columns)s. Say which ones they are.")
_NO_WORD = _("“%(word)s” is not known. Say what it means, or “-” to pay no attention to it.")
_EMPTY = _("It is empty. Fill it in, or leave the row out.")
_NO_COUNTRY = _("“%(word)s” is no country known here. Write its two letters, for example ME, or leave the cell empty.")
#: Fields whose values are checked as a form checks them.
CHECKED: dict[str, Field] = {
    "email": SERVICE["email"], "url": SERVICE["url"], "minimum_age": SERVICE["minimum_age"],
    "maximum_age": SERVICE["maximum_age"], "latitude": ROWS["locations"].columns["latitude"],
    "longitude": ROWS["locations"].columns["longitude"],
}  # fmt: skip
_SPLIT = re.compile(r"[,;\n/]|\s(?:i|dhe|and|и)\s")
_PHONES = re.compile(r"[,;\n]")


def columns_of(table: SheetTable, guess: Mapping[str, int], said: Mapping | None) -> tuple[dict, dict, dict]:
    """(columns {field: index}, constants {field: value}, words {field: {word: code}}) of what was said and guessed."""
    said = dict(said or {})
    words = said.pop("values", None) or {}
    columns, constants = dict(guess), {}
    for name, value in said.items():
        if name not in _NAMES:
            near = get_close_matches(str(name), _NAMES, n=3, cutoff=0.6) or _NAMES
            raise Refused(_UNKNOWN, field=name, known=", ".join(near))
        columns.pop(name, None)
        if value in (None, ""):
            continue
        if isinstance(value, str) and value.startswith("="):
            constants[name] = value[1:].strip()
            continue
        found = value if isinstance(value, int) else next(
            (at for at, head in enumerate(table.columns) if fold(head) == fold(str(value))), -1
        )  # fmt: skip
        if not 0 <= found < len(table.columns):
            raise Refused(_NO_COLUMN, column=value, columns=", ".join(table.columns))
        columns[name] = found
    if not {"organisation", "name"} & {*columns, *constants}:
        raise Refused(_MISSING, columns=", ".join(table.columns))
    return columns, constants, words


def read_list(table: SheetTable, columns: Mapping, constants: Mapping, words: Mapping, file: str) -> Rows:
    """The rows of a list as rows of HSDS, every fault with its row and column."""
    rows = Rows()
    for source in table.rows:
        told = dict(constants) | {
            name: text for name, at in columns.items() if (text := cell_text(source.cells[at]).strip())
        }
        place = Place(file, source.number)
        before = len(rows.faults)
        if "organisation" in columns and not told.get("organisation"):
            rows.faults.append(Fault(place, "service", "organisation", _EMPTY))
        _check(rows, place, told)
        document = _document(rows, place, told, words)
        if len(rows.faults) == before:
            rows.document("service", document, place)
            rows.documents += 1
    return rows


def _check(rows, place, told) -> None:
    """Puts what a row says of itself into the shape it is kept in; what cannot be is a fault with its column."""
    for name in [*CHECKED, "country", "phone"]:
        if name in told and not any(map(str.isalnum, told[name])):  # "-", "/": nothing is told
            del told[name]
    for name in CHECKED.keys() & told:
        _try(rows, place, name, lambda name=name: told.update({name: clean(CHECKED[name], told[name])}))
    ages = {name: told[name] for name in ("minimum_age", "maximum_age") if name in told}
    if all(isinstance(age, int | float) for age in ages.values()):
        _try(rows, place, "minimum_age", lambda: check_offer(ages))
    for number in _PHONES.split(told.get("phone", "")):
        if number.strip():
            _try(rows, place, "phone", lambda number=number: check_reach("phone", number.strip()))
    if "country" in told:
        word, told["country"] = told["country"], find_country(told["country"])
        if not told["country"]:
            rows.faults.append(Fault(place, "service", "country", Refused(_NO_COUNTRY, word=word[:60])))


def _try(rows, place, name, check) -> None:
    try:
        check()
    except Refused as error:
        rows.faults.append(Fault(place, "service", name, error))


def _key(*parts) -> str:
    return hashlib.sha256("|".join(fold(part) for part in parts).encode()).hexdigest()[:40]


def _document(rows, place, told, words) -> dict:
    """One row as an HSDS service; faults go to `rows`."""
    organisation = told.get("organisation") or told.get("name", "")
    name = told.get("name") or told.get("organisation", "")
    if not name:
        rows.faults.append(Fault(place, "service", "name", _EMPTY))
    key = _key(organisation, name, told.get("city", ""), told.get("address", ""))
    provider = {"id": _key(organisation), "name": organisation, "attributes": _kind(told.get("kind", ""))}
    document = {
        "id": key, "name": name, "status": "active", "description": told.get("description", ""),
        "url": told.get("url", ""), "email": told.get("email", ""), "organization": provider,
        "eligibility_description": told.get("eligibility", ""), "minimum_age": told.get("minimum_age"),
        "maximum_age": told.get("maximum_age"), "fees_description": told.get("fees", ""),
        "application_process": told.get("application", ""),
        "phones": [{"id": f"{key}/{n}", "number": each.strip()}
                   for n, each in enumerate(_PHONES.split(told.get("phone", "")), 1) if each.strip()],
        "schedules": [{"id": f"{key}/h", "description": told["hours"]}] if told.get("hours") else [],
        "required_documents": [{"id": f"{key}/d", "document": told["documents"]}] if told.get("documents") else [],
        "contacts": [{"id": f"{key}/c", "name": told["contact"]}] if told.get("contact") else [],
        "languages": [
            {"id": f"{key}/{code}", "code": code, "name": label("languages", code)}
            for code in _codes(rows, place, told, words, "languages")
        ],
        "attributes": [
            _term(key, list_name, code)
            for field, list_name in CODED.items() if field != "languages"
            for code in _codes(rows, place, told, words, field)
        ],
    }  # fmt: skip
    if location := _location(key, told):
        document["service_at_locations"] = [{"id": f"{key}/at", "location": location}]
    return document


def _location(key, told):
    if not any(told.get(name) for name in ("address", "city", "latitude")):
        return None
    location = {"id": f"{key}/place", "location_type": "physical", "name": told.get("city", "")}
    location |= {name: told[name] for name in ("latitude", "longitude") if name in told}
    address = {
        "id": f"{key}/address", "address_1": told.get("address", ""), "city": told.get("city", ""),
        "postal_code": told.get("postal_code", ""), "country": told.get("country", ""), "address_type": "physical",
    }  # fmt: skip
    return location | {"addresses": [address]}


def _kind(text):
    folded = fold(text)
    found = next((kind for kind, words in KINDS.items() if any(word in folded for word in words)), "")
    if not found:
        return []
    trait = next(each for each in profile.OF["organization"] if each.name == "kind")
    return [{"id": f"kind/{found}", "value": str(found), "taxonomy_term": {"id": trait.id, "name": "-"}}]


def _term(key, list_name, code):
    taxonomy = f"{profile.OWN_LISTS}{list_name}"
    return {
        "id": f"{key}/{list_name}/{code}",
        "taxonomy_term": {
            "id": f"{taxonomy}:{code}", "code": code, "name": code,
            "taxonomy_detail": {"id": taxonomy, "name": list_name, "uri": taxonomy},
        },
    }  # fmt: skip


def _codes(rows, place, told, words, field) -> list[str]:
    """The codes a cell's words mean; a fault for a word nobody knows."""
    text, found = told.get(field, ""), []
    known = {fold(word): code for word, code in (words.get(field) or {}).items()}
    whole = known.get(fold(text)) or (find_code(CODED[field], text) if text else None)
    for word in [] if whole else filter(None, (part.strip() for part in _SPLIT.split(text))):
        code = known.get(fold(word)) or find_code(CODED[field], word)
        if code is None:
            rows.faults.append(Fault(place, "service", field, Refused(_NO_WORD, word=word[:60])))
        elif code != IGNORE:
            found.append(code)
    return list(dict.fromkeys([whole] if whole and whole != IGNORE else found))
