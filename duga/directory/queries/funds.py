"""Funds for services, read: lines with their source, totals that never mix currencies, tables not loaded yet."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from duga.directory.models import Funds, FundsTable
from duga.directory.rules.funds import Known, funds_fields, in_force
from duga.members.queries import NOT_HERE, may, networks_of
from duga.members.rules import Permission, Viewer
from duga.places.queries import area_finder, country, country_name, find_code
from duga.plain.errors import NotAllowed, NotFound, Unreadable, gettext_noop
from duga.plain.tables import best_table, guess_mapping, read_tables
from duga.plain.text import fold

_NOT_YOURS = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")
LANGUAGES = ("en", "sr", "sq", "mk", "bs")
SHOWN = 500


def require_reader(viewer: Viewer) -> None:
    """Funds are read by everyone who works in the network."""
    if not may(viewer, Permission.SEE_ORGANISATION):
        raise NotAllowed(_NOT_YOURS)


def network_for(viewer: Viewer, code: str):
    """The network in which the viewer keeps funds of a country: the country's own, or the one above it."""
    here = networks_of(viewer, Permission.CURATE_DIRECTORY)
    own = [each for each in here if each.country == code] or [each for each in here if not each.country]
    if not own:
        raise NotAllowed(_NOT_YOURS)
    return own[0]


def keeps_funds(viewer: Viewer) -> bool:
    """Whether the viewer loads tables of funds."""
    return may(viewer, Permission.CURATE_DIRECTORY)


def funds_table(viewer: Viewer, table_id) -> FundsTable:
    """The door to a table, for who keeps it."""
    found = FundsTable.objects.filter(pk=table_id).select_related("network").first()
    if found is None or not may(viewer, Permission.CURATE_DIRECTORY, found.network):
        raise NotFound(NOT_HERE)
    return found


def sheet_of(table: FundsTable):
    """(its rows as they came, the mapping chosen or guessed)."""
    sheet = best_table(read_tables(bytes(table.data), table.name))
    return sheet, table.mapping or dict(guess_mapping(sheet, funds_fields()))


def known_words(code: str, this_year: int) -> Known:
    """How words of a country's budgets become codes of ours."""
    find = area_finder(code)
    whole = {fold(country_name(code, language)) for language in LANGUAGES} | {code.lower(), "(all)"}

    def area(text):
        if fold(text) in whole:
            return None
        match = find(text)
        if match.area is not None:
            return match.area.pk
        if match.candidates:
            names = ", ".join(dict.fromkeys(each.name for each in match.candidates[:4]))
            raise Unreadable(
                gettext_noop("Several places have this name: %(names)s. Add the municipality."), names=names
            )
        raise Unreadable(gettext_noop("No place called %(value)s is known in this country."), value=text)

    return Known(area, lambda text: find_code("service_types", text), this_year)


@dataclass(frozen=True)
class Totals:
    """What was planned and spent in a year in one currency, and how many lines tell neither's amount."""

    year: int
    currency: str
    planned: Decimal | None
    spent: Decimal | None
    lines: int


@dataclass(frozen=True)
class FundsFound:
    """Lines that fit, the totals of all that fit, and lines another document contradicts ({line id: other amounts})."""

    lines: list[Funds]
    totals: list[Totals]
    contradicted: set
    more: bool


def funds_found(viewer: Viewer, *, code: str = "", year: int | None = None, service_type: str = "") -> FundsFound:
    """The lines that fit, newest year first, and their totals: what is in force, a currency at a time."""
    require_reader(viewer)
    rows = Funds.objects.filter(table__loaded_at__isnull=False).select_related("table", "area")
    if code:
        rows = rows.filter(country=country(code).code)
    if year:
        rows = rows.filter(year=year)
    if service_type:
        rows = rows.filter(service_type=service_type)
    lines = list(rows.order_by("-year", "country", "area__name", "service_type"))
    grouped = [(group_of(line), line.table.loaded_at, line) for line in lines]
    counted = {amount: in_force(grouped, amount) for amount in ("planned", "spent")}
    return FundsFound(lines[:SHOWN], _totals(lines, counted), _contradicted(grouped), len(lines) > SHOWN)


def group_of(line: Funds) -> tuple:
    """What several documents may tell of: country, place, kind of service, year, payer."""
    return (line.country, line.area_id, line.service_type, line.year, line.payer)


def _totals(lines, counted):
    sums = defaultdict(lambda: {"planned": None, "spent": None})
    for amount, rows in counted.items():
        for line in rows:
            told = sums[line.year, line.currency]
            told[amount] = (told[amount] or Decimal(0)) + getattr(line, amount)
    number = defaultdict(int)
    for line in lines:
        number[line.year, line.currency] += 1
    return [
        Totals(year, currency, told["planned"], told["spent"], number[year, currency])
        for (year, currency), told in sorted(sums.items(), key=lambda item: (-item[0][0], item[0][1]))
    ]


def _contradicted(grouped) -> set:
    """Ids of lines whose sum in their table differs from what another table tells of the same thing."""
    sums = defaultdict(lambda: defaultdict(dict))
    ids = defaultdict(list)
    for group, _loaded, line in grouped:
        ids[group].append(line.pk)
        for amount in ("planned", "spent"):
            value = getattr(line, amount)
            if value is not None:
                told = sums[group][amount]
                told[line.table_id] = told.get(line.table_id, Decimal(0)) + value
    return {
        pk
        for group, told in sums.items()
        for pk in ids[group]
        if any(len(set(by.values())) > 1 for by in told.values())
    }


def funds_tables(viewer: Viewer) -> list[FundsTable]:
    """The tables of the viewer's networks, newest first; those not loaded wait for it."""
    here = networks_of(viewer, Permission.CURATE_DIRECTORY)
    return list(FundsTable.objects.filter(network__in=here).defer("data"))
