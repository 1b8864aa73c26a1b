"""What the public finder at /services/ reads: results, a service's page, places to choose from."""

from duga.directory.queries.finder.page import ServicePage, service_page
from duga.directory.queries.finder.places import country_choices, typed
from duga.directory.queries.finder.results import PRINTED, Card, Found, cards_of, emergency_lines, find, is_discreet

__all__ = [
    "PRINTED", "Card", "Found", "ServicePage", "cards_of", "country_choices", "emergency_lines", "find", "is_discreet",
    "service_page", "typed",
]  # fmt: skip
