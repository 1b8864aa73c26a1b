"""Builders that tests of the directory share: each calls an action, nothing writes to tables directly."""

import datetime as dt

from duga.directory import actions
from duga.directory.rules.search import Ask
from duga.members.rules import Viewer

HOUSE = Viewer(system="tests")


def terms():
    """Our taxonomies, loaded."""
    return actions.load_terms(by=HOUSE)


def provider(cast, who="coordinator", organisation=None, **fields):
    """The directory's entry of `niksic` (or another member organisation)."""
    organisation = organisation or cast.niksic
    return actions.list_organisation(by=cast.viewer(who), organisation_id=organisation.pk, **fields)


def state(cast, who="national", **more):
    """A state institution that the network of Montenegro lists."""
    told = {"network_id": cast.me.pk, "name": "Centar za socijalni rad", "kind": "state", **more}
    return actions.add_provider(by=cast.viewer(who), **told)


OFFER = {
    "name": "Besplatna pravna pomoć",
    "description": "Savjet i pratnja do ustanova.",
    "language": "cnr",
    "terms": {"needs": ["legal"], "service_types": ["legal_aid"], "conditions": ["free_of_charge"]},
    "phones": [{"number": "+382 40 000 001", "free": True}],
    "languages": [{"code": "cnr"}, {"code": "sq", "interpreted": True}],
    "schedules": [{"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "15:00"}],
    "locations": [{"address_1": "Izmišljena ulica 1", "city": "Nikšić", "latitude": 42.773, "longitude": 18.944}],
}


def service(cast, provider_, who="coordinator", **changes):
    """A service as OFFER tells it, with changes."""
    return actions.add_service(by=cast.viewer(who), provider_id=provider_.pk, offer={**OFFER, **changes})


NOW = dt.datetime.now(dt.UTC)


def ask(**what):
    """A question to the search."""
    return Ask(**what)
