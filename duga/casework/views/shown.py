"""How entries of the ledger are shown: in the reader's words."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.casework.rules import FIELD_LABELS, IGNORE
from duga.places import queries as places
from duga.plain.text import fold


@dataclass(frozen=True)
class EntryRow:
    """An entry in words."""

    entry: object
    what: str
    quantity: object
    unit: str
    qualifier: str
    where: str
    who: str
    withdrawn: bool


def entry_row(entry) -> EntryRow:
    """One entry in the reader's language."""
    language = get_language() or "en"
    return EntryRow(
        entry=entry,
        what=places.label("service_types", entry.service_type, language),
        quantity=entry.quantity.normalize() if entry.quantity == entry.quantity.to_integral() else entry.quantity,
        unit=places.label("units", entry.unit, language),
        qualifier=entry.qualifier,
        where=where(entry.place, entry.area),
        who=_recipient(entry),
        withdrawn=entry.state == "withdrawn",
    )


def where(place: str, area) -> str:
    """A place and the area it lies in, in the reader's language; said once where both are one name in any script."""
    name = places.area_name(area, get_language() or "en") if area else ""
    if place and area and fold(place) in (fold(area.name), fold(name)):
        place = ""
    return ", ".join(part for part in (place, name) if part)


def entry_rows(entries) -> list[EntryRow]:
    """Entries in the reader's language."""
    return [entry_row(entry) for entry in entries]


def _recipient(entry) -> str:
    """The recipient without a name: a case code, a size, an institution."""
    if entry.recipient == "person":
        return entry.person.code
    if entry.recipient == "household":
        return _("%(code)s, household of %(size)s") % {"code": entry.household.code, "size": entry.size}
    if entry.recipient == "institution":
        return entry.institution.name
    return group_words(entry.size)


def group_words(size) -> str:
    """People without names, by their number."""
    return _("one person, unnamed") if size == 1 else _("group of %(size)s") % {"size": size}


def word_rows(words) -> list[tuple[str, str, str]]:
    """(field, word of the file, what it was taken for), of the words an import understood."""
    language = get_language() or "en"
    return [
        (
            _(FIELD_LABELS[each["field"]]), each["word"],
            _("pay no attention to this word") if each["code"] == IGNORE
            else places.label(each["list"], each["code"], language),
        )
        for each in words
    ]  # fmt: skip


def sample_rows(rows) -> list[dict]:
    """The first good rows of an import as they were understood, in the reader's language and without names."""
    language = get_language() or "en"
    kinds = {"person": _("person"), "household": _("household"), "institution": _("institution")}
    return [
        {
            "row": each["row"], "date": dt.date.fromisoformat(each["date"]), "quantity": Decimal(each["quantity"]),
            "qualifier": each["qualifier"], "unit": places.label("units", each["unit"], language),
            "what": places.label("service_types", each["service"], language),
            "who": kinds.get(each["recipient"]) or group_words(each["size"]),
        }
        for each in rows
    ]  # fmt: skip


def entry_words(row) -> dict:
    """What is handed out and how many each, of an entry or a distribution list."""
    language, whole = get_language() or "en", row.quantity == row.quantity.to_integral()
    return {
        "service": places.label("service_types", row.service_type, language),
        "unit": places.label("units", row.unit, language),
        "quantity": int(row.quantity) if whole else row.quantity,
    }
