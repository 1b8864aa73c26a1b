"""What a volunteer learned and gave: trainings, and hours by herself or by who keeps them."""

from django.db import IntegrityError, transaction

from duga.casework.actions._help import _check_code, _mark, _today
from duga.casework.actions.volunteers._door import _herself, _kept, _tell_of
from duga.casework.models import VolunteerHours, VolunteerTraining
from duga.casework.rules import VolunteerMay, check_date, check_hours
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop

_TITLE = gettext_noop("Say what the training was about, in at most 120 letters.")
_EXPIRY = gettext_noop("A training expires after the day it was taken. Please check the year.")
_FULL = gettext_noop("A day has 24 hours: with these there would be more on %(date)s.")


@transaction.atomic
def add_training(*, by, volunteer_id, title, date, hours, expires_on=None) -> VolunteerTraining:
    """Writes down a training a volunteer took, and when it must be taken again."""
    volunteer, title = _kept(by, volunteer_id), " ".join(str(title).split())
    if not 0 < len(title) <= 120:
        raise Refused(_TITLE)
    check_date(date, today=_today())
    if expires_on and expires_on <= date:
        raise Refused(_EXPIRY)
    row = VolunteerTraining.objects.create(
        volunteer=volunteer, title=title, date=date, hours=check_hours(hours), expires_on=expires_on,
        by_id=by.account_id,
    )  # fmt: skip
    _tell_of(by, "volunteer.training_added", volunteer)
    return row


@transaction.atomic
def take_training_back(*, by, training_id) -> None:
    """Takes out a training that was written down by mistake."""
    row = VolunteerTraining.objects.filter(pk=training_id).first()
    if row is None:
        raise NotFound(NOT_HERE)
    volunteer = _kept(by, row.volunteer_id)
    row.delete()
    _tell_of(by, "volunteer.training_removed", volunteer)


def record_hours(*, by, volunteer_id, date, hours, activity, once="") -> VolunteerHours:
    """Hours of one day, written down by who keeps the volunteers; `activity` a code of service_types."""
    return _hours(by, _kept(by, volunteer_id), date=date, hours=hours, activity=activity, once=once)


def give_hours(*, by, date, hours, activity, assignment_id=None, once="") -> VolunteerHours:
    """Hours a volunteer gave, by herself on her phone. The same form sent twice counts once."""
    volunteer = _herself(by, VolunteerMay.GIVE_HOURS)
    return _hours(by, volunteer, date=date, hours=hours, activity=activity, assignment_id=assignment_id, once=once)


def _hours(by, volunteer, *, date, hours, activity, assignment_id=None, once=""):
    check_date(date, today=_today())
    row = VolunteerHours(
        volunteer=volunteer, date=date, hours=check_hours(hours), activity=_check_code("service_types", activity),
        assignment_id=assignment_id, by_id=by.account_id,
        mark=_mark(volunteer.organisation_id, f"hours:{by.account_id}:{once}") if once else None,
    )  # fmt: skip
    known = VolunteerHours.objects.filter(volunteer=volunteer, mark=row.mark)
    if row.mark and (found := known.first()):
        return found
    try:
        with transaction.atomic():
            _tell_of(by, "volunteer.hours_given", volunteer)
            given = VolunteerHours.objects.filter(volunteer=volunteer, date=date).values_list("hours", flat=True)
            if sum(given) + row.hours > 24:
                raise Refused(_FULL, date=f"{date.day}.{date.month}.{date.year}")
            row.save(force_insert=True)
    except IntegrityError:
        if row.mark and (found := known.first()):
            return found
        raise
    return row


@transaction.atomic
def take_hours_back(*, by, hours_id) -> None:
    """Takes out hours that were written down by mistake."""
    row = VolunteerHours.objects.filter(pk=hours_id).first()
    if row is None:
        raise NotFound(NOT_HERE)
    volunteer = _kept(by, row.volunteer_id)
    row.delete()
    _tell_of(by, "volunteer.hours_removed", volunteer)
