"""Codes of a table as people read them."""

import datetime as dt
from collections.abc import Mapping

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from duga.directory.rules import PROVIDER_KIND_LABELS
from duga.directory.rules.funds import CURRENCIES, PAYER_LABELS
from duga.directory.rules.words import label_of
from duga.evidence.indicators import find
from duga.evidence.model import ALL
from duga.indicators.queries.drawing import LISTS
from duga.indicators.rules import DIMENSION_WORDS, SUPPLY_WORDS
from duga.places.queries import country_name, label, region_names
from duga.places.rules.codes import pick
from duga.plain.errors import DugaError


def word_finder(document: Mapping, language: str):
    """`names(dimension, code)` in a language; totals and unknown places in words."""
    areas = region_names(document["country"], language) if "area" in document["breakdown"] else {}

    def names(name: str, word: str) -> str:
        if word == ALL:
            return _("All")
        if (name, word) in SUPPLY_WORDS:
            return _(SUPPLY_WORDS[name, word])
        if name in ("year", "distance"):
            return word
        if name == "accessible":
            return label_of("accessibility", word, language)
        if name == "language":
            return label("languages", word, language)
        if name == "payer":
            return _(PAYER_LABELS[word])
        if name == "unit" and word in CURRENCIES:
            return word
        if name == "provider_kind":
            return _(PROVIDER_KIND_LABELS[word])
        if name == "month":
            return format_date(dt.date.fromisoformat(f"{word}-01"), "F")
        if name == "area":
            return areas.get(word) or (_("Region not recorded") if word == "unknown" else word)
        if name == "quarter":
            return f"{word[-1]}/{word[:4]}"
        if name == "country":
            return country_name(word, language)
        return label(LISTS[name], word, language)

    return names


def place_name(country: str, language: str) -> str:
    """A release's country in words; all of them where it has none."""
    return country_name(country, language) if country else _("All countries")


def title_of(code: str, language: str) -> str:
    """An indicator's title as defined now; its code where the definition is gone."""
    try:
        return pick(dict(find(code).title), language)
    except DugaError:
        return code


def breakdown_words(breakdown: str) -> str:
    """ "Sex × Age" of "sex,age_band"; nothing for a single number."""
    return " × ".join(_(DIMENSION_WORDS[name]) for name in breakdown.split(",") if name)
