"""Who takes part in counting across organisations, and who does not."""

from duga.casework.models import CountingObjection, LawfulBasis
from duga.casework.queries.people import person
from duga.members.rules import Viewer

#: The purpose under which a basis for it is stated (code list `purposes`).
COUNTING = "statistics_linkage"


def objection_of(viewer: Viewer, person_id) -> CountingObjection | None:
    """A person's open objection to being counted across organisations, through her own door."""
    return CountingObjection.objects.filter(person=person(viewer, person_id), ended_at=None).first()


def objecting(organisation_id) -> set:
    """Ids of an organisation's people who object; a basis stated for this purpose and since ended says the same."""
    objections = CountingObjection.objects.filter(person__organisation_id=organisation_id, ended_at=None)
    stated = LawfulBasis.objects.filter(person__organisation_id=organisation_id, purpose=COUNTING)
    ended = set(stated.exclude(ended_on=None).values_list("person_id", flat=True))
    return set(objections.values_list("person_id", flat=True)) | (ended - agreeing(organisation_id))


def agreeing(organisation_id) -> set:
    """Ids of an organisation's people for whom a basis of this purpose is stated and stands."""
    rows = LawfulBasis.objects.filter(person__organisation_id=organisation_id, purpose=COUNTING, ended_on=None)
    return set(rows.values_list("person_id", flat=True))
