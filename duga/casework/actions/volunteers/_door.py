"""The doors to a volunteer: for who keeps volunteers, and for herself on her phone."""

from duga.casework import queries
from duga.casework.models import Volunteer
from duga.casework.rules import VOLUNTEER_FIELDS, VOLUNTEER_MAY, VolunteerMay
from duga.members.actions import write_trail
from duga.plain.errors import NOT_HERE, NotFound
from duga.vault import sealing


def _kept(by, volunteer_id, *, lock=False) -> Volunteer:
    """A volunteer of an organisation whose volunteers the actor keeps."""
    found = queries.volunteer(by, volunteer_id)
    return Volunteer.objects.select_for_update(of=("self",)).get(pk=found.pk) if lock else found


def _herself(by, what: VolunteerMay) -> Volunteer:
    """The volunteer who acts on her own phone, while her state lets her do this; NotFound for everybody else."""
    found = Volunteer.objects.filter(pk=by.volunteer_id).first() if by.volunteer_id else None
    if found is None or found.state not in VOLUNTEER_MAY[what]:
        raise NotFound(NOT_HERE)
    return found


def _tell_of(by, event, volunteer, **detail) -> None:
    """The trail's entry about a volunteer, known by her id."""
    write_trail(
        by=by, event=event, subject=("casework.Volunteer", volunteer.pk), organisation_id=volunteer.organisation_id,
        detail=detail,
    )  # fmt: skip


def _identity(volunteer) -> dict:
    """{field of VOLUNTEER_FIELDS: text}; empty once it was destroyed."""
    if not volunteer.identity:
        return dict.fromkeys(VOLUNTEER_FIELDS, "")
    box = queries.organisation_box(volunteer.organisation_id)
    told = sealing.unseal(owner=volunteer.pk, field=queries.VOLUNTEER_IDENTITY, data=volunteer.identity, key=box)
    return {name: told.get(name, "") for name in VOLUNTEER_FIELDS}
