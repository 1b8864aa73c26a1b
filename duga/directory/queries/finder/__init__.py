"""What the public finder at /services/ reads: results, a service's page, places to choose from."""

from duga.directory.queries.finder.carried import Carried, carried
from duga.directory.queries.finder.page import ServicePage, guide_page, service_page, spoken_needs
from duga.directory.queries.finder.places import country_choices, typed
from duga.directory.queries.finder.results import PRINTED, Card, Found, cards_of, emergency_lines, find, is_discreet
from duga.directory.queries.finder.telling import comma, in_a_sentence, joined, language_name, untranslated

__all__ = [
    "PRINTED", "Card", "Carried", "Found", "ServicePage", "cards_of", "carried", "comma", "country_choices",
    "emergency_lines", "find", "guide_page", "in_a_sentence", "is_discreet", "joined", "language_name", "service_page",
    "spoken_needs", "typed", "untranslated",
]  # fmt: skip
