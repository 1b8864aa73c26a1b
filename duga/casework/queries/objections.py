"""Who takes part in counting across organisations, and who does not."""

from duga.casework.models import CountingObjection
from duga.casework.queries.bases import uses_by_person
from duga.casework.queries.bases.consents import COUNTING
from duga.casework.queries.people import person
from duga.members.rules import Viewer


def objection_of(viewer: Viewer, person_id) -> CountingObjection | None:
    """A person's open objection to being counted across organisations, through her own door."""
    return CountingObjection.objects.filter(person=person(viewer, person_id), ended_at=None).first()


def objecting(organisation_id) -> set:
    """Ids of an organisation's people who may not be counted across organisations: they object, said no, took their
    consent back or it ran out."""
    return {pk for pk, use in uses_by_person(organisation_id, COUNTING).items() if not use.allowed}


def agreeing(organisation_id) -> set:
    """Ids of an organisation's people whose own consent, or a basis stated for them, allows it."""
    return {pk for pk, use in uses_by_person(organisation_id, COUNTING).items() if use.allowed and use.own}
