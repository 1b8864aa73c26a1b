"""Words of forms: units, and the labels of rows made of words."""

import datetime as dt

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from duga.casework.rules.helpline import CALLER_LABELS
from duga.directory.rules import PROVIDER_KIND_LABELS
from duga.evidence.vocabulary import LISTS
from duga.indicators.rules import SUPPLY_WORDS, UNIT_WORDS
from duga.places.queries import label
from duga.plain.errors import gettext_noop

#: Units of work, as they stand beside a number.
WORK_UNITS = {
    "referral": gettext_noop("referrals"),
    "request": gettext_noop("requests"),
    "case": gettext_noop("cases"),
    "message": gettext_noop("messages"),
    "worker": gettext_noop("workers"),
    "hour per referral": gettext_noop("hours"),
    "case per worker": gettext_noop("cases per worker"),
    "by unit": gettext_noop("by unit"),
}
RECEIVERS = {
    "member": gettext_noop("A member organisation"),
    "institution": gettext_noop("An institution that is not in the directory"),
}


def unit_word(unit: str) -> str:
    """A unit as it stands beside a number."""
    if not unit:
        return _("by unit")
    known = {**UNIT_WORDS, **WORK_UNITS}
    return _(known[unit]) if unit in known else unit


def word_of(dimension: str, word: str, language: str) -> str:
    """A word of a dimension as people read it."""
    if (dimension, word) in SUPPLY_WORDS:
        return _(SUPPLY_WORDS[dimension, word])
    if dimension == "area":
        return _("Region not recorded") if word == "unknown" else word
    if dimension == "month":
        return format_date(dt.date.fromisoformat(f"{word}-01"), "F Y")
    if dimension == "receiver":
        return _(RECEIVERS.get(word) or PROVIDER_KIND_LABELS[word])
    if dimension == "caller":
        return _(CALLER_LABELS.get(word, word))
    lists = LISTS | {"call_service": "call_services", "language": "languages"}
    return label(lists[dimension], word, language) if word != "unknown" else _("Not told")
