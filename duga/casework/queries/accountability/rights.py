"""What people asked about their own data, what was erased, and what went wrong."""

from duga.casework.models import Breach, ErasureCertificate, SubjectRequest
from duga.casework.queries.people import person as person_door
from duga.casework.queries.programmes import door, visible
from duga.casework.rules.accountability import Reply
from duga.members.queries import NOT_HERE, may, organisation_by_id
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound


def subject_requests(viewer: Viewer, organisation) -> list[SubjectRequest]:
    """Open requests, the next due first, then the last hundred answered; case codes only.

    Who protects data sees that there is one, also of sealed programmes; of whom, only who may see her.
    """
    organisation_by_id(viewer, organisation.pk, Permission.PROTECT_DATA)
    rows = SubjectRequest.objects.filter(organisation=organisation).select_related("person", "by")
    found = [*rows.filter(answer=Reply.OPEN)[:500], *rows.exclude(answer=Reply.OPEN).order_by("-answered_on")[:100]]
    seen = set(rows.filter(visible(viewer, "person__")).values_list("pk", flat=True))
    for row in found:
        row.shown_code = row.person.code if row.pk in seen else ""
    return found


def subject_request(viewer: Viewer, request_id) -> SubjectRequest:
    """One request, for who may open the person it is about."""
    rows = SubjectRequest.objects.select_related("person", "organisation")
    return door(viewer, rows, request_id, Permission.SEE_PEOPLE, prefix="person__")


def requests_of(viewer: Viewer, person_id) -> list[SubjectRequest]:
    """What a person asked about her own data, newest first."""
    row = person_door(viewer, person_id)
    return list(SubjectRequest.objects.filter(person=row).order_by("-received_on"))


def certificate(viewer: Viewer, certificate_id) -> ErasureCertificate:
    """What an erasure destroyed, for who erases people or protects data."""
    found = ErasureCertificate.objects.select_related("organisation", "by").filter(pk=certificate_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    if not may(viewer, Permission.PROTECT_DATA, of=found.organisation):
        organisation_by_id(viewer, found.organisation_id, Permission.SEE_PEOPLE)
    return found


def certificates(viewer: Viewer, organisation) -> list[ErasureCertificate]:
    """The last hundred erasures, newest first; for who protects data."""
    organisation_by_id(viewer, organisation.pk, Permission.PROTECT_DATA)
    return list(ErasureCertificate.objects.filter(organisation=organisation)[:100])


def of_the_house(viewer: Viewer, organisation) -> None:
    """NotFound unless the viewer works in this organisation: seeing it from its network is not enough."""
    if not any(str(grant.organisation_id) == str(organisation.pk) for grant in viewer.grants):
        raise NotFound(NOT_HERE)


def breaches(viewer: Viewer, organisation) -> list[Breach]:
    """The breach log, newest first."""
    organisation_by_id(viewer, organisation.pk, Permission.PROTECT_DATA)
    return list(Breach.objects.filter(organisation=organisation)[:500])


def breach(viewer: Viewer, breach_id) -> Breach:
    """One breach of the log."""
    found = Breach.objects.select_related("organisation", "changed_by").filter(pk=breach_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, found.organisation_id, Permission.PROTECT_DATA)
    return found
