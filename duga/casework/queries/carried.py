"""The part of the directory that a worker's phone carries: whom she referred to, then what there is in her areas."""

import datetime as dt

from duga.casework.models import Person, Referral
from duga.casework.queries.devices import own_caseload, own_errands
from duga.casework.rules.devices import KNOWN_DAYS, LARGEST_DIRECTORY, MOST_SERVICES
from duga.directory.queries import finder
from duga.directory.rules.search import Ask
from duga.members.rules import Viewer

MOST_AREAS = 6


def carried_directory(viewer: Viewer, organisation, *, language: str, now: dt.datetime) -> dict:
    """{"services": [finder.carried], "total": how many there are in these areas}."""
    people: list[Person] = own_caseload(viewer, organisation.pk)
    areas = [person.area for person in people if person.area_id]
    errands = own_errands(viewer, organisation.pk).select_related("request__area__region")
    areas += [row.request.area for row in errands if row.request.area_id]
    regions = list(dict.fromkeys(area.region.code if area.region_id else area.code for area in areas))[:MOST_AREAS]
    asks = [Ask(area=code, country=organisation.country) for code in regions]
    asks.append(Ask(country=organisation.country))
    rows = Referral.objects.filter(made_by=viewer.account_id, sent_at__gte=now - dt.timedelta(days=KNOWN_DAYS))
    used = list(rows.exclude(to_service=None).order_by("-sent_at").values_list("to_service", flat=True)[:50])
    found = finder.carried(used, asks, language, now, most=MOST_SERVICES, letters=LARGEST_DIRECTORY)
    return {"services": found.services, "total": found.total}
