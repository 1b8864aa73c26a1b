"""Volunteers: their standing, when they have time, what is running out, the card and the PIN they sign in with."""

from enum import StrEnum

from duga.plain.errors import gettext_noop


class VolunteerState(StrEnum):
    """Where a volunteer stands with her organisation."""

    ACTIVE = "active"
    PAUSED = "paused"  #: keeps her record and her device, is given no errands
    ENDED = "ended"


#: From which state one may go where.
VOLUNTEER_TRANSITIONS = {
    VolunteerState.ACTIVE: {VolunteerState.PAUSED, VolunteerState.ENDED},
    VolunteerState.PAUSED: {VolunteerState.ACTIVE, VolunteerState.ENDED},
    VolunteerState.ENDED: {VolunteerState.ACTIVE},
}
VOLUNTEER_LABELS = {
    VolunteerState.ACTIVE: gettext_noop("active"),
    VolunteerState.PAUSED: gettext_noop("paused"),
    VolunteerState.ENDED: gettext_noop("ended"),
}
