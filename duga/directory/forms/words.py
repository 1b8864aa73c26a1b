"""An offer's fields and values in words, for whoever keeps it: days and languages by name, places by name."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duga.directory.queries import place_of
from duga.directory.rules import PROVIDER_KIND_LABELS, REPORT_LABELS, STATUS_LABELS
from duga.directory.rules.fields import PROVIDER, ROWS, SERVICE, label_of
from duga.directory.rules.kinds import APPS
from duga.directory.rules.terms import term_label
from duga.places.queries import area_by_id, country_name, label
from duga.ui.fields import DAY_NAMES
from duga.ui.templatetags.ui import day as day_words

#: Which week of the month, as RFC 5545 writes it before the day.
WEEKS = {
    "": gettext_lazy("every week"), "1": gettext_lazy("the first of the month"),
    "2": gettext_lazy("the second of the month"), "3": gettext_lazy("the third of the month"),
    "4": gettext_lazy("the fourth of the month"), "-1": gettext_lazy("the last of the month"),
}  # fmt: skip


def field_label(name):
    """What a field of the offer is called, for people; reports' kinds too."""
    if name in REPORT_LABELS:
        return _(REPORT_LABELS[name])
    return (
        _(label_of(name)) if name in SERVICE or name in ROWS or name.startswith("terms.") else _(PROVIDER[name].label)
    )


def value_words(name, value):
    """A value of an offer in words."""
    if value in (None, "", []):
        return "—"
    if name.startswith("terms."):
        return ", ".join(term_label(name.removeprefix("terms."), code, _language()) for code in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(filter(None, (row_words(name, row) for row in value)))
    if name == "kind":
        return _(PROVIDER_KIND_LABELS[value]) if value in PROVIDER_KIND_LABELS else value
    if name == "status":
        return _(STATUS_LABELS[value]) if value in STATUS_LABELS else value
    return label("languages", value, _language()) if name == "language" else str(value)


def _language():
    return get_language() or "en"


def row_words(name, row):
    """One row of a list of the offer in words; a column nobody filled in says nothing."""
    told = {column: value for column, value in row.items() if column != "id" and value not in (None, "", [], False)}
    return _ROWS.get(name, _plain_row)(told)


def _plain_row(told):
    return " ".join(str(value) for value in told.values() if value is not True)


def _joined(*parts):
    return ", ".join(str(part) for part in parts if part)


def _phone(told):
    apps = [APPS[code] for code in told.get("apps", ()) if code in APPS]
    free = _("free of charge") if told.get("free") else ""
    return _joined(told.get("number"), told.get("description"), free, *apps)


def _spoken(told):
    code = told.get("code")
    spoken = label("languages", code, _language()) if code else told.get("name")
    return _joined(spoken, _("with an interpreter") if told.get("interpreted") else "", told.get("note"))


def schedule_days(told) -> str:
    """The days a schedule names: "Monday, Tuesday", "Thursday (the first of the month)"."""
    said = []
    for word in filter(None, told.get("byday", "").split(",")):
        week, day = word[:-2].lstrip("+"), word[-2:]
        said.append(f"{DAY_NAMES[day]} ({WEEKS[week]})" if week in WEEKS and week else str(DAY_NAMES.get(day, word)))
    return ", ".join(said)


def _schedule(told):
    hours = " – ".join(filter(None, (told.get("opens_at"), told.get("closes_at"))))
    days = schedule_days(told) or (_("every day") if hours and not told.get("bymonthday") else told.get("bymonthday"))
    season = " – ".join(day_words(told[name]) for name in ("valid_from", "valid_to") if told.get(name))
    spoken = label("languages", told["language"], _language()) if told.get("language") else ""
    return _joined(days, hours, season, spoken, told.get("description"), _only_at(told))


def _only_at(told):
    place = place_of(told["at"]) if told.get("at") else {}
    where = ", ".join(filter(None, (place.get(name) for name in ("name", "address_1", "city"))))
    return _("only at %(place)s") % {"place": where} if where else ""


def _closure(told):
    days = dict.fromkeys(day_words(told[name]) for name in ("first_day", "last_day") if told.get(name))
    return _joined(" – ".join(days), told.get("reason"))


def _area(told):
    return area_by_id(told["area"]).name if told.get("area") else ""


def _place(told):
    town = " ".join(filter(None, (told.get("postal_code"), told.get("city"))))
    reach = [term_label("accessibility", code, _language()) for code in told.get("accessibility", ())]
    return _joined(
        told.get("name"), told.get("address_1"), told.get("address_2"), town or _area(told), told.get("transportation"),
        told.get("url"), *reach,
    )  # fmt: skip


def _served(told):
    country = country_name(told["country"], _language()) if told.get("country") else ""
    return _joined(told.get("name") or _area(told) or country)


def _places(told):
    free = " / ".join(str(told[name]) for name in ("available", "maximum") if name in told)
    return _joined(f"{told.get('unit', '')}: {free}" if free else told.get("unit"), told.get("description"))


def _contact(told):
    shown = _("shown to readers") if told.get("published") else ""
    return _joined(told.get("name"), told.get("title"), told.get("email"), shown)


_ROWS = {
    "phones": _phone, "languages": _spoken, "schedules": _schedule, "closures": _closure, "locations": _place,
    "service_areas": _served, "capacities": _places, "contacts": _contact,
}  # fmt: skip
