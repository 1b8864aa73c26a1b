"""One row of a spreadsheet, read field by field; everything wrong with it is named at once."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from duga.casework.rules.importing.given import IGNORE, OF_THINGS, PIECE, USUAL_SERVICE
from duga.casework.rules.ledger import USUAL_UNIT, Recipient, check_birth_year, check_date, check_quantity
from duga.casework.rules.people import LONGEST, Terms
from duga.places.rules import age_band, find_code
from duga.plain.dates import read_date, read_year
from duga.plain.errors import DugaError, Refused, gettext_noop
from duga.plain.numbers import EXACT, Quantity, read_number, read_quantity
from duga.plain.tables import cell_text
from duga.plain.text import fold

_RECIPIENTS = {
    Recipient.PERSON: "person osoba lice korisnik pojedinac individual person lice persona individ fizicko lice",
    Recipient.HOUSEHOLD: "household domacinstvo porodica kucanstvo obitelj family familje ekonomi familjare semejstvo",
    Recipient.TALLY: "tally group grupa grupi grup skupina group without names",
    Recipient.INSTITUTION: "institution ustanova institucija institucion institucioni organizacija skola",
}
_RECIPIENT_WORDS = {word: kind for kind, words in _RECIPIENTS.items() for word in words.split()}
_NAMELESS = frozenset({"nn", "n n", "nepoznato", "nepoznat", "nepoznata", "anonimno", "unknown", "anonymous", "x", "-"})
_BRACKETS = re.compile(r"\s*\(([^)]*)\)\s*")

_EMPTY = gettext_noop("It is empty. Fill it in, or leave the row out.")
_NO_NAME = gettext_noop("There is no name. Write it, or record the row as a group with its size.")
_NO_WHO = gettext_noop("Nobody is named as recipient: fill in a name, a group's size or an institution.")
_NO_CODE = gettext_noop("“%(value)s” is not known as a %(field)s. Write one of: %(known)s.")
_NO_AREA = gettext_noop(
    "There is no place called “%(value)s” here. Check how it is spelled, or ask for it to be added."
)
_TWO_AREAS = gettext_noop("There are several places called “%(value)s”. Write the municipality too.")
_NO_PROGRAMME = gettext_noop("There is no programme called “%(value)s”. Add it first, or leave the column out.")
_AGE = gettext_noop("“%(value)s” is no age in years.")
_SIZE = gettext_noop("“%(value)s” is no number of people.")
_LONG = gettext_noop("It is too long: at most %(most)s characters.")
_NOT_BORN = gettext_noop("She was not yet born, or would be over 120: compare the birth with the date of the delivery.")

_KNOWN = {
    "sexes": gettext_noop("female, male, other, unknown"),
    "service_types": gettext_noop("home visit, parcel distribution, legal aid… (see the list of services)"),
    "units": gettext_noop("parcel, visit, meal… (see the list of units)"),
    "channels": gettext_noop("in person, phone, online, outreach, mobile team, post"),
    "target_groups": gettext_noop("older people, children, families, migrants… (see the list of groups)"),
}
_FIELD_WORDS = {
    "sexes": gettext_noop("sex"),
    "service_types": gettext_noop("service"),
    "units": gettext_noop("unit"),
    "channels": gettext_noop("channel"),
    "target_groups": gettext_noop("target group"),
}


class BadRow(Exception):
    """A row that cannot come in: `faults` are (field, message id, params)."""

    def __init__(self, faults):
        super().__init__(faults)
        self.faults = faults


@dataclass(slots=True)
class ParsedRow:
    """One delivery as a row tells it, all of it understood and plausible."""

    number: int
    recipient: str = ""
    identity: dict = field(default_factory=dict)
    sex: str = "unknown"
    birth_year: int | None = None
    year_slack: int = 0
    area_id: object = None
    place: str = ""
    size: int | None = None
    size_qualifier: str = EXACT
    institution: str = ""
    service_type: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(1)
    qualifier: str = EXACT
    date: dt.date | None = None
    channel: str = "in_person"
    programme_id: object = None
    target_group: str = "general"
    age_band: str = "unknown"
    worker: str = ""
    note: str = ""

    def terms(self) -> Terms:
        """What the person of this row is matched by."""
        return Terms.of(
            self.identity, sex=self.sex, birth_year=self.birth_year, area_id=self.area_id, year_slack=self.year_slack
        )


@lru_cache(maxsize=50_000)
def _code(list_name: str, text: str) -> str | None:
    return find_code(list_name, text)


def _municipality(match):
    """What a name in a column of municipalities means: of a municipality and its namesake town, the municipality."""
    if match is None or match.area is not None:
        return match and match.area
    regions = [area for area in match.candidates if area.region_id == area.pk]
    return regions[0] if len(regions) == 1 else match.region


def _settlement(match, within):
    """What a name in a column of settlements means: of several, or elsewhere, the one inside the municipality told."""
    if match is None:
        return None
    if match.area is not None and (within is None or match.area.region_id == within.region_id):
        return match.area
    inside = [area for area in match.candidates if within is not None and area.region_id == within.region_id]
    return inside[0] if len(inside) == 1 else None


class RowReader:
    """Reads rows of one file. `columns` {field: index}, `constants` {field: text for all rows}; lookups are given:
    `find_area(text)` → object with `.area` (with `.pk`) and `.ambiguous`; `programmes` {folded name: id}; `values`
    {field: {text: code, or IGNORE}} says what a word of this organisation means.
    """

    def __init__(
        self, columns: dict[str, int], constants: dict, *, today: dt.date, find_area: Callable,
        programmes: dict[str, object], values: dict | None = None, family_first: bool = False,
    ):  # fmt: skip
        self.columns, self.constants, self.day = columns, constants, today
        self.find_area, self.programmes, self.family_first = find_area, programmes, family_first
        self.values = {name: {fold(k): v for k, v in words.items()} for name, words in (values or {}).items()}
        self.known = known = frozenset({*columns, *constants})
        described = known & {"sex", "birth_date", "birth_year", "age", "document"}
        #: A list that counts the members and tells nothing of the one named is a list of households.
        self.households = "household_size" in known and not described
        self._areas: dict[str, object] = {}

    def read(self, number: int, cells: list) -> ParsedRow:
        """The row, or BadRow with everything that is wrong with it."""
        self._cells, self._faults = cells, []
        row = ParsedRow(number)
        self._what(row)
        row.date = self._try("date", self._date)
        self._where(row)
        self._who(row)
        row.channel = self._coded("channel", "channels") or "in_person"
        row.target_group = self._coded("target_group", "target_groups") or "general"
        row.programme_id = self._try("programme", self._programme)
        row.worker = self._text("worker", 120)
        row.note = self._text("note", 4 * LONGEST)
        if not self._faults and row.recipient == Recipient.PERSON:
            row.age_band = self._try("birth_year", lambda: self._band(row)) or "unknown"
        if self._faults:
            raise BadRow(self._faults)
        return row

    # --- cells ---

    def _cell(self, name):
        index = self.columns.get(name)
        if index is None:
            return self.constants.get(name)
        value = self._cells[index]
        return self.constants.get(name) if value is None or value == "" else value

    def _text(self, name, most=LONGEST) -> str:
        if name not in self.known:
            return ""
        value = self._cell(name)
        text = "" if value is None else " ".join((value if isinstance(value, str) else cell_text(value)).split())
        if len(text) > most:
            self._faults.append((name, _LONG, {"most": most}))
        return text

    def _try(self, name, read):
        """What `read` gives; a refusal is noted against the field and None given."""
        try:
            return read()
        except DugaError as error:
            self._faults.append((name, error.message, error.params))
            return None

    def _word(self, name) -> str:
        """The text of a coded cell; one of the words to pay no attention to counts as an empty cell."""
        text = self._text(name)
        return str(self.constants.get(name) or "") if text and self._mine(name, text) == IGNORE else text

    def _coded(self, name, list_name) -> str | None:
        text = self._word(name)
        if not text:
            return None
        mine = self._mine(name, text)
        found = _code(list_name, mine or text)
        if found is None:
            params = {"value": text, "field": _FIELD_WORDS[list_name], "known": _KNOWN[list_name]}
            self._faults.append((name, _NO_CODE, params))
        return found

    # --- what, when, where ---

    def _what(self, row):
        """Service and unit, each told by its own column or by the other one's words; and how much.

        A word nobody knows is a fault even where the other column would do: “kg” beside “clothes” is not one set.
        """
        service, unit = self._word("service"), self._word("unit")
        known = row.service_type = self._meant("service", service, "service_types")
        known_unit = row.unit = self._meant("unit", unit, "units")
        if service and not known and (known := self._meant("service", service, "units")):
            row.service_type, row.unit = USUAL_SERVICE.get(known, "outreach"), row.unit or known
        if unit and not known_unit and (known_unit := self._meant("unit", unit, "service_types")):
            row.service_type, row.unit = row.service_type or known_unit, row.unit or USUAL_UNIT.get(known_unit, "")
        for name, text, found, list_name in (
            ("service", service, known, "service_types"), ("unit", unit, known_unit, "units"),
        ):  # fmt: skip
            if text and not found:
                params = {"value": text, "field": _FIELD_WORDS[list_name], "known": _KNOWN[list_name]}
                self._faults.append((name, _NO_CODE, params))
        if not service and not unit:
            self._faults.append(("service" if "service" in self.columns else "unit", _EMPTY, {}))
        row.service_type = row.service_type or USUAL_SERVICE.get(row.unit, "outreach")
        if row.unit == PIECE:  # “paket, 2 kom” is two parcels, “kućna posjeta, 1 kom” one visit
            usual = "" if row.service_type in OF_THINGS else USUAL_UNIT.get(row.service_type)
            row.unit = self._meant("service", service, "units") or usual or PIECE
        row.unit = row.unit or USUAL_UNIT.get(row.service_type, "")
        quantity = self._try("quantity", self._quantity)
        if quantity is not None:
            row.quantity, row.qualifier = quantity.value, quantity.qualifier

    def _meant(self, name, text, list_name) -> str:
        if not text:
            return ""
        return _code(list_name, self._mine(name, text) or text) or ""

    def _mine(self, name, text) -> str | None:
        """What this organisation has said a word of its own means."""
        return self.values[name].get(fold(text)) if name in self.values else None

    def _quantity(self) -> Quantity:
        value = self._cell("quantity")
        if value is None or value == "":
            if "quantity" in self.columns:
                raise Refused(_EMPTY)
            return Quantity(Decimal(1))
        quantity = value if isinstance(value, Quantity) else read_quantity(value)
        return Quantity(check_quantity(quantity.value), quantity.qualifier)

    def _date(self) -> dt.date:
        value = self._cell("date")
        if value is None or value == "":
            raise Refused(_EMPTY)
        return check_date(read_date(value, today=self.day), today=self.day)

    def _where(self, row):
        """The most exact area told; a settlement nobody knows stays as text inside its municipality."""
        settlement, area = self._text("settlement", 120), self._text("area", 120)
        inner, outer = self._area(settlement), self._area(area)
        wide = _municipality(outer)
        near = _settlement(inner, wide)
        found = near or wide or (inner.region if inner is not None else None)
        row.area_id = found.pk if found is not None else None
        row.place = settlement
        if area and wide is None:
            self._faults.append(("area", _TWO_AREAS if outer.candidates else _NO_AREA, {"value": area}))

    def _area(self, text):
        if not text:
            return None
        if text not in self._areas:
            self._areas[text] = self.find_area(text)
        return self._areas[text]

    def _programme(self):
        text = self._text("programme")
        if not text:
            return None
        if fold(text) not in self.programmes:
            raise Refused(_NO_PROGRAMME, value=text)
        return self.programmes[fold(text)]

    # --- who ---

    def _who(self, row):
        told = self._text("recipient")
        kind = _RECIPIENT_WORDS.get(fold(told)) if told else None
        if told and kind is None:
            known = ", ".join(kind.value for kind in Recipient)
            self._faults.append(("recipient", _NO_CODE, {"value": told, "field": "recipient", "known": known}))
        named = any(self._cell(name) for name in ("full_name", "given", "family"))
        row.institution = self._text("institution", 200)
        group = self._cell("group_size")
        if kind is None:
            if named:
                kind = Recipient.HOUSEHOLD if self.households and self._cell("household_size") else Recipient.PERSON
            elif group not in (None, ""):
                kind = Recipient.TALLY
            elif row.institution:
                kind = Recipient.INSTITUTION
            else:
                column = next((n for n in ("full_name", "given", "family", "group_size", "institution")
                               if n in self.columns), "full_name")  # fmt: skip
                self._faults.append((column, _NO_WHO, {}))
                return
        row.recipient = kind
        if kind in (Recipient.PERSON, Recipient.HOUSEHOLD):
            self._person(row)
        if kind == Recipient.HOUSEHOLD:
            size = self._try("household_size", lambda: self._size("household_size"))
            row.size = size[0] if size else None
        elif kind == Recipient.TALLY:
            size = self._try("group_size", lambda: self._size("group_size"))
            row.size, row.size_qualifier = size or (None, EXACT)
        elif kind == Recipient.INSTITUTION and not row.institution:
            self._faults.append(("institution", _EMPTY, {}))

    def _size(self, name) -> tuple[int, str]:
        value = self._cell(name)
        if value is None or value == "":
            raise Refused(_EMPTY)
        size = read_quantity(value)
        if size.value != int(size.value) or not 1 <= size.value <= (60 if name == "household_size" else 1_000_000):
            raise Refused(_SIZE, value=cell_text(value))
        return int(size.value), size.qualifier

    def _person(self, row):
        given, family = self._name()
        short = len(given) + len(family) < 12  # as words for nobody are
        if (short and fold(f"{given} {family}").strip(" .") in _NAMELESS) or not any(map(str.isalnum, given + family)):
            self._faults.append(("full_name" if "full_name" in self.columns else "given", _NO_NAME, {}))
        identity = {"given": given, "family": family, "father": self._text("father")}
        brackets = _BRACKETS.search(f"{given} {family}")
        if brackets:  # Petar (Ilija) Petrović: the father in brackets, as registers write it
            identity["father"] = identity["father"] or brackets[1]
            identity["given"], identity["family"] = (_BRACKETS.sub(" ", part).strip() for part in (given, family))
        identity["phone"], identity["document"] = self._text("phone"), self._text("document")
        address = self._text("address")
        identity["address"] = ", ".join(part for part in (address, row.place) if part)
        row.sex = self._coded("sex", "sexes") or "unknown"
        self._birth(row, identity)
        row.identity = {name: value for name, value in identity.items() if value}

    def _name(self) -> tuple[str, str]:
        given, family, full = self._text("given"), self._text("family"), self._text("full_name")
        if given or family or not full:
            return given, family
        words = _BRACKETS.sub(r" (\1) ", full).split()
        if "," in full:  # Petrović, Petar
            family, _, given = (part.strip() for part in full.partition(","))
            return given, family
        if len(words) == 1:
            return full, ""
        if self.family_first:
            return " ".join(words[1:]), words[0]
        return " ".join(words[:-1]), words[-1]

    def _birth(self, row, identity):
        value = self._cell("birth_date")
        if value not in (None, ""):
            row.birth_year = self._try("birth_date", lambda: self._birth_date(value, identity))
            return
        value = self._cell("birth_year")
        if value not in (None, ""):
            row.birth_year = self._try("birth_year", lambda: check_birth_year(read_year(value), today=self.day))
            return
        value = self._cell("age")
        if value not in (None, "") and row.date is not None:
            row.birth_year, row.year_slack = self._try("age", lambda: self._year_of_age(value, row.date)), 1

    def _birth_date(self, value, identity) -> int:
        text = fold(cell_text(value))
        if re.fullmatch(r"\d{4}\.?", text):  # only the year is known
            return check_birth_year(read_year(value), today=self.day)
        date = read_date(value, today=self.day)
        identity["birth_date"] = date.isoformat()
        return check_birth_year(date.year, today=self.day)

    def _year_of_age(self, value, on) -> int:
        age = read_number(value)
        if age != int(age) or not 0 <= age <= 120:
            raise Refused(_AGE, value=cell_text(value))
        return on.year - int(age)

    def _band(self, row) -> str:
        born = row.identity.get("birth_date")
        try:
            return _band_of(dt.date.fromisoformat(born) if born else row.birth_year, row.date)
        except Refused:
            raise Refused(_NOT_BORN) from None


@lru_cache(maxsize=50_000)
def _band_of(born, on) -> str:
    return age_band(born, on)
