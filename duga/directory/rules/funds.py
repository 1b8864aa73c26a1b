"""Tables of funds for services: how rows of a budget become lines, each with the page it stands on."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from duga.places.rules.areas import RowError
from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _
from duga.plain.numbers import read_number
from duga.plain.tables import FieldSpec, SheetTable
from duga.plain.text import fold

PAYER_LABELS = {
    "municipality": _("Municipality"),
    "region": _("Region, canton or entity"),
    "state": _("State"),
    "transfer": _("State's earmarked transfer to the municipality"),
    "donor": _("Donor"),
    "users": _("Users' own share"),
    "other": _("Other"),
}
#: Folded words of budgets, by who pays.
_PAYERS = {
    "municipality": "municipality|local|opstina|grad|opcina|lokalni budzet|budzet opstine|bashkia|opstinski budzet",
    "region": "region|canton|entity|kanton|entitet|pokrajina|qarku",
    "state": "state|central|republic|republika|drzava|drzavni budzet|ministarstvo|buxheti i shtetit|shteti",
    "transfer": "transfer|earmarked transfer|namenski transfer|namjenski transfer|grant specifik|namenska dotacija",
    "donor": "donor|donation|eu|donacija|donatori|projekat|donacii",
    "users": "users|participation|participacija|korisnici|ucesce korisnika|perdoruesit",
    "other": "other|ostalo|drugo|tjeter",
}
PAYERS = {word: code for code, words in _PAYERS.items() for word in (code, *words.split("|"))}
CURRENCIES = ("EUR", "RSD", "BAM", "MKD", "ALL", "USD", "CHF")
_CURRENCY_WORDS = {"din": "RSD", "dinar": "RSD", "dinara": "RSD", "km": "BAM", "den": "MKD", "denari": "MKD",
                   "lek": "ALL", "leke": "ALL", "euro": "EUR", "evra": "EUR", "eura": "EUR", "€": "EUR"}  # fmt: skip
FUNDS_LABELS = {
    "area": _("Municipality or region"),
    "service": _("Service"),
    "year": _("Year"),
    "payer": _("Who pays"),
    "planned": _("Planned"),
    "spent": _("Spent"),
    "currency": _("Currency"),
    "page": _("Page"),
}
#: What stands in every row, in a column or once for all rows.
NEEDED = ("service", "year", "payer", "currency", "page")
#: What may be said once for all rows.
FOR_ALL = ("service", "year", "payer", "currency", "page")
FIRST_YEAR = 1990
MOST = Decimal(10) ** 15


def funds_fields() -> list[FieldSpec]:
    """The columns a table of funds may have, with the words they bear."""
    spec = FieldSpec
    return [
        spec("area", ("area", "municipality", "region", "opstina", "opcina", "grad", "bashkia", "opstini"), "name"),
        spec("service", ("service", "service type", "usluga", "vrsta usluge", "sherbimi", "program", "stavka"), "text"),
        spec("year", ("year", "godina", "viti", "fiscal year"), "number"),
        spec("payer", ("payer", "source", "who pays", "izvor", "izvor finansiranja", "burimi"), "code"),
        spec("planned", ("planned", "plan", "budget", "planirano", "budzet", "planifikuar", "planirani"), "number"),
        spec("spent", ("spent", "executed", "utroseno", "izvrseno", "realizovano", "shpenzuar", "potroseno"), "number"),
        spec("currency", ("currency", "valuta", "monedha"), "code"),
        spec("page", ("page", "strana", "stranica", "str", "faqe"), "text"),
    ]


@dataclass(frozen=True)
class FundsRow:
    """One line: `area` an area's id or None for the state as a whole; amounts None where the document says nothing."""

    number: int
    area: object
    service_type: str
    told: str
    year: int
    payer: str
    planned: Decimal | None
    spent: Decimal | None
    currency: str
    page: str

    @property
    def key(self) -> tuple:
        """What must not come twice in one table."""
        return (self.area, self.service_type, self.told, self.year, self.payer, self.currency)


@dataclass(frozen=True)
class Known:
    """How words become codes: `area(text)` gives an id or raises Unreadable, `service(text)` a code or None."""

    area: Callable[[str], object]
    service: Callable[[str], str | None]
    this_year: int


def funds_rows(table: SheetTable, mapping: Mapping, known: Known) -> tuple[list[FundsRow], list[RowError]]:
    """The lines of a table, and what is wrong in it, row by row.

    `mapping` {field: column index, or "=value" for all rows}. Nothing is guessed inside a row: an amount that cannot
    be read, a place or service nobody knows, a row without amount or page is told, never left out silently.
    """
    rows, errors, seen = [], [], {}
    for source in table.rows:
        told = {name: _cell(source.cells, where) for name, where in mapping.items() if where is not None}
        row, wrong = _row(source.number, told, known)
        errors += wrong
        if row and row.key in seen:
            message = _("The same place, service, year and payer stand in row %(row)s already. Join the two rows.")
            errors.append(RowError(source.number, "service", message, {"row": seen[row.key]}))
        elif row:
            seen[row.key] = row.number
            rows.append(row)
    return rows, errors


def _cell(cells, where):
    if isinstance(where, str):
        return where.removeprefix("=")
    return cells[where] if where < len(cells) else None


def _text(value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str("" if value is None else value).split())


def _row(number, told, known: Known):
    errors: list[RowError] = []

    def wrong(column, message, **params):
        errors.append(RowError(number, column, message, params))

    text = {name: _text(value) for name, value in told.items()}
    for name in NEEDED:
        if not text.get(name):
            wrong(name, _("Nothing stands here. Fill it in, or say it once for all rows."))
    if "area" in text and not text["area"]:
        wrong("area", _("Nothing stands here. Write the municipality, or the country's name for the whole country."))
    row = FundsRow(
        number=number, area=_area(text.get("area", ""), known, wrong),
        service_type=_service(text.get("service", ""), known, wrong), told=text.get("service", "")[:200],
        year=_year(text.get("year", ""), known.this_year, wrong), payer=_payer(text.get("payer", ""), wrong),
        planned=_amount(told.get("planned"), "planned", wrong), spent=_amount(told.get("spent"), "spent", wrong),
        currency=_currency(text.get("currency", ""), wrong), page=text.get("page", "")[:20],
    )  # fmt: skip
    if row.planned is None and row.spent is None and not errors:
        wrong(
            "planned", _("Neither a planned nor a spent amount stands here. Nothing is not nought: write 0 for that.")
        )
    return (None if errors else row), errors


def _area(text, known, wrong):
    if not text:
        return None
    try:
        return known.area(text)
    except Unreadable as error:
        wrong("area", error.message, **error.params)
        return None


def _service(text, known, wrong):
    code = known.service(text) if text else ""
    if code is None:
        wrong("service", _("%(value)s is no kind of service that is known here. Write one of the list."), value=text)
    return code or ""


def _year(text, this_year, wrong):
    try:
        year = int(read_number(text)) if text else 0
    except Unreadable:
        year = -1
    if text and not FIRST_YEAR <= year <= this_year + 3:
        message = _("The year must be a whole number from %(low)s to %(high)s.")
        wrong("year", message, low=FIRST_YEAR, high=this_year + 3)
    return year


def _payer(text, wrong):
    code = PAYERS.get(fold(text), "")
    if text and not code:
        message = _("%(value)s is nobody known who pays. Write one of: %(known)s.")
        wrong("payer", message, value=text, known=", ".join(PAYER_LABELS))
    return code


def _currency(text, wrong):
    code = _CURRENCY_WORDS.get(fold(text).strip("."), text.upper())
    if text and code not in CURRENCIES:
        message = _("%(value)s is no currency that is known here. Write one of: %(known)s.")
        wrong("currency", message, value=text, known=", ".join(CURRENCIES))
    return code


def _amount(value, column, wrong):
    if value is None or not _text(value):
        return None
    try:
        amount = read_number(value)
    except Unreadable as error:
        wrong(column, error.message, **error.params)
        return None
    if not 0 <= amount < MOST:
        wrong(column, _("An amount is never below nought and below a thousand billion."))
        return None
    return amount.quantize(Decimal("0.01"))


def in_force(lines: Iterable[tuple], amount: str) -> list:
    """Of lines that several tables tell of one thing, those of the table loaded last that tells this amount.

    `lines`: (group, loaded, line); a group is country, place, kind of service, year, payer. `amount`: "planned" or
    "spent": a final account says what was spent and leaves the plan to the budget.
    """
    lines = [(group, loaded, line) for group, loaded, line in lines if getattr(line, amount) is not None]
    newest: dict = {}
    for group, loaded, _line in lines:
        newest[group] = max(loaded, newest.get(group, loaded))
    return [line for group, loaded, line in lines if loaded == newest[group]]


def cited(document: str, page: str, published_on: dt.date | None) -> str:
    """How a line is cited: the document, its day, the page."""
    day = f", {published_on.isoformat()}" if published_on else ""
    return f"{document}{day}, p. {page}"
