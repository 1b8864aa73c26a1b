"""A spreadsheet of volunteers: the words its columns bear, and one row of it, read; everything wrong named at once."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from duga.casework.rules.importing.fields import _spec
from duga.casework.rules.importing.rows import BadRow
from duga.casework.rules.volunteers import clean_available, clean_volunteer, read_span
from duga.places.rules import age_on, find_code
from duga.plain.dates import read_date, read_year
from duga.plain.errors import DugaError, Refused, gettext_noop
from duga.plain.numbers import read_number
from duga.plain.tables import cell_text
from duga.plain.text import fold

_DAYS = (
    ("monday", "ponedeljak|ponedjeljak|pon|e hene|ponedelnik|monday|mon"),
    ("tuesday", "utorak|uto|e marte|vtornik|tuesday|tue"),
    ("wednesday", "sreda|srijeda|sre|sri|e merkure|wednesday|wed"),
    ("thursday", "cetvrtak|cet|e enjte|cetvrtok|thursday|thu"),
    ("friday", "petak|pet|e premte|petok|friday|fri"),
    ("saturday", "subota|sub|e shtune|sabota|saturday|sat"),
    ("sunday", "nedelja|nedjelja|ned|e diel|nedela|sunday|sun"),
)
VOLUNTEER_COLUMNS = (
    _spec("full_name", "ime i prezime|prezime i ime|volonter|volonterka|ime i prezime volontera|emri dhe mbiemri|"
          "vullnetari|name|full name|volunteer|volunteer name", "name", avoid="kontakt|roditelja|emergency|guardian"),
    _spec("given", "ime|emri|given name|first name", "name", avoid="prezime|roditelja|oca"),
    _spec("family", "prezime|mbiemri|family name|surname|last name", "name"),
    _spec("phone", "telefon|broj telefona|mobilni|mobitel|telefoni|numri i telefonit|phone|phone number|mobile|tel",
          avoid="kontakt|emergency|roditelja"),
    _spec("birth_date", "datum rodenja|dan rodenja|datelindja|data e lindjes|datum na raganje|date of birth|dob",
          "date"),
    _spec("birth_year", "godina rodenja|godiste|viti i lindjes|godina na raganje|year of birth", "number"),
    _spec("age", "godine starosti|starost|uzrast|godine|mosha|vozrast|age", "number", avoid="rodenja|datum"),
    _spec("guardian", "saglasnost roditelja|saglasnost staratelja|roditelj|staratelj|pelqimi i prindit|"
          "soglasnost od roditel|parent consent|guardian consent|guardian|parent"),
    _spec("skills", "vestine|vjestine|usluge|sta radi|poslovi|aktivnosti|u cemu pomaze|aftesite|sherbimet|vestini|"
          "skills|services|what for|helps with|activities"),
    _spec("languages", "jezici|jezik|strani jezici|gjuhet|gjuha|jazici|languages|language"),
    _spec("areas", "opstina|opstine|opcina|grad|gradovi|mesto|mjesto|komuna|qyteti|municipality|town|city|areas|where"),
    _spec("available", "raspolozivost|dostupnost|vreme|vrijeme|kada moze|termini|disponueshmeria|dostapnost|"
          "availability|when|times|hours"),
    *(_spec(name, words) for name, words in _DAYS),
    _spec("drives", "vozi|vozilo|auto|automobil|ima auto|vozac|makine|vozi avtomobil|drives|car|driver"),
    _spec("since", "od|od kada|pocetak|datum pristupanja|nga|since|from|start|started|joined", "date"),
    _spec("insured_until", "osiguran do|osiguranje do|osiguranje|siguruar deri|insured until|insurance", "date"),
    _spec("contact", "kontakt osoba|hitni kontakt|koga zvati|personi i kontaktit|emergency contact|contact person"),
    _spec("contact_phone", "telefon kontakt osobe|telefon za hitne slucajeve|emergency phone|contact phone"),
)  # fmt: skip

VOLUNTEER_COLUMN_LABELS = {
    "full_name": gettext_noop("Full name"), "given": gettext_noop("Given name"), "family": gettext_noop("Family name"),
    "phone": gettext_noop("Phone"), "birth_date": gettext_noop("Date of birth"),
    "birth_year": gettext_noop("Year of birth"), "age": gettext_noop("Age in years"),
    "guardian": gettext_noop("Parent or guardian who agreed in writing (of minors)"),
    "skills": gettext_noop("What she helps with"), "languages": gettext_noop("Languages she speaks"),
    "areas": gettext_noop("Where"), "available": gettext_noop("When: Mon 9-13; Thu 14-17"),
    "monday": gettext_noop("Monday"), "tuesday": gettext_noop("Tuesday"), "wednesday": gettext_noop("Wednesday"),
    "thursday": gettext_noop("Thursday"), "friday": gettext_noop("Friday"), "saturday": gettext_noop("Saturday"),
    "sunday": gettext_noop("Sunday"), "drives": gettext_noop("Has a car to deliver with"),
    "since": gettext_noop("Since"), "insured_until": gettext_noop("Insured until"),
    "contact": gettext_noop("Whom to call in an emergency"), "contact_phone": gettext_noop("Their phone"),
}  # fmt: skip

#: Below ADULT a parent's written yes is needed, below YOUNGEST nobody volunteers at all (Serbia's Volunteering Act,
#: 36/2010, article 11).
ADULT, YOUNGEST = 18, 15
_DAY_WORDS = {word: str(at) for at, (_name, words) in enumerate(_DAYS) for word in words.split("|")}
_YES = frozenset(["da", "yes", "po", "ima", "x", "1", "+", "true"])
_NO = frozenset(["ne", "no", "jo", "nema", "0", "-", "false"])
_SPLIT = re.compile(r"[,;/\n]+")
_SPAN = re.compile(r"(?P<days>[^\d]+?)\s*(?P<span>\d{1,2}(?:[:.]\d{2})?\s*[-–]\s*\d{1,2}(?:[:.]\d{2})?)\s*h?")

_MISSING = gettext_noop("No column says who: choose the one with the name. The columns are: %(columns)s.")
_MINOR = gettext_noop("She is %(age)s. Write into the column of guardians which parent or guardian agreed in writing.")
_CHILD = gettext_noop("She is %(age)s: nobody under 15 volunteers. Leave the row out.")
_WORD = gettext_noop("“%(value)s” is not known here. Write it as in the list, or several with commas between them.")
_NO_AREA = gettext_noop(
    "There is no place called “%(value)s” here. Check how it is spelled, or ask for it to be added."
)
_TIMES = gettext_noop("“%(value)s” tells no day and hours. Write it as: Mon 9-13; Thu 14-17.")
_YES_NO = gettext_noop("“%(value)s” is neither yes nor no.")
_FUTURE = gettext_noop("This day lies in the future.")
_AGE = gettext_noop("“%(value)s” is no age in years.")


@dataclass(slots=True)
class VolunteerRow:
    """One volunteer as a row tells her. Her age is asked for, not kept."""

    number: int
    identity: dict = field(default_factory=dict)
    details: dict = field(default_factory=dict)
    since: dt.date | None = None

    @property
    def mark(self) -> tuple[str, str]:
        """By what the same volunteer is known again: her name in any script, and the digits of her phone."""
        return volunteer_mark(self.identity)


def volunteer_mark(identity: dict) -> tuple[str, str]:
    """(folded name, last eight digits of the phone) of a volunteer."""
    digits = "".join(c for c in identity.get("phone", "") if c.isdecimal())
    return fold(identity.get("name", "")), digits[-8:]


def check_volunteer_columns(known, columns: list[str]) -> None:
    """Refused unless some column holds the name."""
    if not set(known) & {"full_name", "given", "family"}:
        raise Refused(_MISSING, columns=", ".join(columns))


class VolunteerReader:
    """Reads rows of one file. `columns` {field: index}; `find_area(text)` gives an object with `.area`."""

    def __init__(self, columns: dict[str, int], *, today: dt.date, find_area: Callable):
        self.columns, self.day, self.find_area = columns, today, find_area
        self._places: dict[str, object] = {}

    def read(self, number: int, cells: list) -> VolunteerRow:
        """The row, or BadRow with everything that is wrong with it."""
        self._cells, faults = cells, []

        def tried(name, read, default=None):
            try:
                return read()
            except DugaError as error:
                faults.append((name, error.message, error.params))
                return default

        name = self._text("full_name") or " ".join(filter(None, (self._text("given"), self._text("family"))))
        told = {"name": name, **{key: self._text(key) for key in ("phone", "contact", "contact_phone")}}
        guardian = self._text("guardian")
        tried("birth_date" if "birth_date" in self.columns else "age", lambda: self._of_age(guardian))
        if guardian and fold(guardian) not in _YES | _NO:
            told["contact"] = told["contact"] or guardian
        row = VolunteerRow(number)
        row.identity = tried("full_name", lambda: clean_volunteer(told), {})
        row.details = {
            "skills": tried("skills", lambda: self._codes("skills", "service_types")),
            "languages": tried("languages", lambda: self._codes("languages", "languages")),
            "area_ids": tried("areas", self._areas),
            "available": tried("available", self._available),
            "drives": tried("drives", self._drives),
            "insured_until": tried("insured_until", lambda: self._day("insured_until")),
        }  # fmt: skip
        row.since = tried("since", self._since)
        if faults:
            raise BadRow(faults)
        return row

    def _cell(self, name):
        at = self.columns.get(name)
        return None if at is None else self._cells[at]

    def _text(self, name) -> str:
        value = self._cell(name)
        return "" if value is None else " ".join((value if isinstance(value, str) else cell_text(value)).split())

    def _day(self, name) -> dt.date | None:
        value = self._cell(name)
        return None if value in (None, "") else read_date(value)

    def _since(self):
        day = self._day("since")
        if day is not None and day > self.day:
            raise Refused(_FUTURE)
        return day

    def _of_age(self, guardian: str) -> None:
        age = self._age()
        if age is None or age >= ADULT:
            return
        if age < YOUNGEST:
            raise Refused(_CHILD, age=age)
        if not guardian or fold(guardian) in _NO:
            raise Refused(_MINOR, age=age)

    def _age(self) -> int | None:
        """Her age; of a birth year the least she can be."""
        if self._cell("birth_date") not in (None, ""):
            return age_on(read_date(self._cell("birth_date"), today=self.day), self.day)
        if self._cell("birth_year") not in (None, ""):
            return self.day.year - read_year(self._cell("birth_year")) - 1
        value = self._cell("age")
        if value in (None, ""):
            return None
        age = read_number(value)
        if age != int(age) or not 0 <= age <= 120:
            raise Refused(_AGE, value=cell_text(value))
        return int(age)

    def _words(self, name) -> list[str]:
        return [word for part in _SPLIT.split(self._text(name)) if (word := part.strip())]

    def _codes(self, name, list_name) -> list[str]:
        found = []
        for word in self._words(name):
            code = find_code(list_name, word)
            if code is None:
                raise Refused(_WORD, value=word)
            found.append(code)
        return found

    def _areas(self) -> list:
        found = []
        for word in self._words("areas"):
            if word not in self._places:
                self._places[word] = self.find_area(word)
            match = self._places[word]
            area = match.area or match.region
            if area is None:
                raise Refused(_NO_AREA, value=word)
            found.append(area.pk)
        return found

    def _drives(self) -> bool:
        text = fold(self._text("drives"))
        if text and text not in _YES | _NO:
            raise Refused(_YES_NO, value=self._text("drives"))
        return text in _YES

    def _available(self) -> dict:
        """From a column a day ("9-13"), or one for all ("Mon, Thu 9-13; Sat 10-12")."""
        told = {str(at): read_span(self._text(name)) for at, (name, _words) in enumerate(_DAYS)}
        text = self._text("available")
        for part in filter(str.strip, re.split(r"[;\n]+", text)):
            match = _SPAN.fullmatch(part.strip())
            named = re.split(r"[,/&]|\bi\b", match["days"]) if match else []
            days = [_DAY_WORDS.get(fold(day).strip(" .:")) for day in named]
            if not days or None in days:
                raise Refused(_TIMES, value=part.strip())
            told |= dict.fromkeys(days, read_span(match["span"]))
        return clean_available(told)
