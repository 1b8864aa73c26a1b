"""A volunteer's record: added, changed, opened, ended, and forgotten when it is no longer needed."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _changed, _check_code, _check_version, _new_codes, _organisation, _today
from duga.casework.actions._tables import _opened, _plain
from duga.casework.actions.volunteers._door import _identity, _kept, _tell_of
from duga.casework.actions.volunteers.access import _end_all
from duga.casework.models import Volunteer, VolunteerHours, VolunteerTraining
from duga.casework.rules import (
    VOLUNTEER_FIELDS,
    VOLUNTEER_KEPT_DAYS,
    VolunteerState,
    check_last_day,
    check_volunteer_step,
    clean_available,
    clean_volunteer,
)
from duga.members.actions import write_trail
from duga.members.rules import Permission
from duga.places.queries import area_by_id
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.vault import sealing

_FUTURE = gettext_noop("This day lies in the future. Write the day on which her service ended, today at the latest.")
_GONE = gettext_noop("Her name was destroyed. Add her anew.")
_PLACE = gettext_noop("One of the places is not known. Choose it again.")
_HOUSE = gettext_noop("Only the clock does this.")


def _details(*, skills=(), languages=(), area_ids=(), available=None, drives=False, insured_until=None) -> dict:
    """The columns of what a volunteer can and when, checked."""
    return {
        "skills": sorted({_check_code("service_types", code) for code in skills}),
        "languages": sorted({_check_code("languages", code) for code in languages}),
        "areas": sorted({_area(area_id) for area_id in area_ids}),
        "available": clean_available(available or {}),
        "drives": bool(drives),
        "insured_until": insured_until,
    }


def _area(area_id) -> str:
    try:
        return str(area_by_id(area_id).pk)
    except NotFound:
        raise Refused(_PLACE) from None


def _seal_identity(volunteer, identity: dict) -> None:
    box = queries.organisation_box(volunteer.organisation_id)
    told = clean_volunteer(identity)
    volunteer.identity = sealing.seal(owner=volunteer.pk, field=queries.VOLUNTEER_IDENTITY, value=told, key=box)


@transaction.atomic
def add_volunteer(*, by, organisation_id, identity, since=None, **details) -> Volunteer:
    """Adds a volunteer: `identity` {name, phone, contact, contact_phone}; `details`: skills, languages (codes),
    area_ids, available {"0": ["09:00", "13:00"]}, drives, insured_until."""
    organisation = _organisation(by, organisation_id, Permission.ASSIGN_WORK)
    volunteer = Volunteer(organisation=organisation, since=since or _today(), **_details(**details))
    volunteer.code = _new_codes(Volunteer, organisation.pk, 1)[0]
    _seal_identity(volunteer, identity)
    volunteer.save(force_insert=True)
    _tell_of(by, "volunteer.added", volunteer)
    return volunteer


@transaction.atomic
def change_volunteer(*, by, volunteer_id, version, identity, since=None, **details) -> Volunteer:
    """Changes a volunteer's record, all of it as in `add_volunteer`. Conflict when someone was faster."""
    volunteer = _kept(by, volunteer_id, lock=True)
    _check_version(volunteer, version)
    if volunteer.forgotten_at:
        raise Refused(_GONE)
    for name, value in _details(**details).items():
        setattr(volunteer, name, value)
    volunteer.since = since or volunteer.since
    _seal_identity(volunteer, identity)
    _changed(volunteer, by)
    volunteer.save()
    _tell_of(by, "volunteer.changed", volunteer)
    return volunteer


@transaction.atomic
def set_volunteer_state(*, by, volunteer_id, state) -> Volunteer:
    """Pauses a volunteer, or takes her up again; to end her service there is `end_volunteer`."""
    volunteer = _kept(by, volunteer_id, lock=True)
    check_volunteer_step(volunteer.state, state)
    if volunteer.forgotten_at:
        raise Refused(_GONE)
    if VolunteerState(state) is VolunteerState.ENDED:
        return _end(by, volunteer, _today())
    volunteer.state, volunteer.until = VolunteerState(state).value, None
    _changed(volunteer, by)
    volunteer.save(update_fields=["state", "until", "version", "changed_at", "changed_by"])
    _tell_of(by, "volunteer.state_changed", volunteer, state=volunteer.state)
    return volunteer


@transaction.atomic
def end_volunteer(*, by, volunteer_id, until) -> Volunteer:
    """Ends a volunteer's service and her phones at once; her name is destroyed VOLUNTEER_KEPT_DAYS later."""
    volunteer = _kept(by, volunteer_id, lock=True)
    check_volunteer_step(volunteer.state, VolunteerState.ENDED)
    if until > _today():
        raise Refused(_FUTURE)
    return _end(by, volunteer, check_last_day(until, since=volunteer.since))


def _end(by, volunteer, until):
    volunteer.state, volunteer.until = VolunteerState.ENDED.value, until
    _changed(volunteer, by)
    volunteer.save(update_fields=["state", "until", "version", "changed_at", "changed_by"])
    ended = _end_all(volunteer)
    _tell_of(by, "volunteer.ended", volunteer, devices=ended)
    return volunteer


@dataclass(frozen=True)
class OpenedVolunteer:
    """A volunteer's record with her name, phone and whom to call in an emergency."""

    volunteer: Volunteer
    identity: dict


@transaction.atomic
def open_volunteer(*, by, volunteer_id) -> OpenedVolunteer:
    """Opens a volunteer's record; leaves a trail entry."""
    volunteer = _kept(by, volunteer_id)
    _tell_of(by, "volunteer.opened", volunteer)
    return OpenedVolunteer(volunteer, _identity(volunteer))


@transaction.atomic
def open_volunteer_names(*, by, organisation_id, volunteer_ids=None) -> dict:
    """{id: {name, phone}} of an organisation's volunteers, all or these, with one trail entry of how many were shown.

    For whoever hands out work; those of other organisations are not in the answer.
    """
    organisation = _organisation(by, organisation_id, Permission.ASSIGN_WORK)
    rows = Volunteer.objects.filter(organisation=organisation, forgotten_at=None)
    rows = rows if volunteer_ids is None else rows.filter(pk__in=list(volunteer_ids))
    opened = {row.pk: _identity(row) for row in rows}
    if opened:
        write_trail(
            by=by, event="volunteer.listed", subject=("members.Organisation", organisation.pk),
            organisation_id=organisation.pk, detail={"volunteers": len(opened)},
        )  # fmt: skip
    return {pk: {"name": identity["name"], "phone": identity["phone"]} for pk, identity in opened.items()}


def forget_volunteers(*, by) -> int:
    """By the clock: destroys the names of those whose service ended VOLUNTEER_KEPT_DAYS ago. Returns how many."""
    if not by.system:
        raise Refused(_HOUSE)
    last = _today() - dt.timedelta(days=VOLUNTEER_KEPT_DAYS)
    due = Volunteer.objects.filter(state=VolunteerState.ENDED, until__lt=last, forgotten_at=None)
    ids = list(due.values_list("pk", flat=True))
    for volunteer_id in ids:
        with transaction.atomic():
            volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer_id)
            volunteer.identity, volunteer.areas, volunteer.available = b"", [], {}
            volunteer.forgotten_at = timezone.now()
            volunteer.save(update_fields=["identity", "areas", "available", "forgotten_at"])
            volunteer.accesses.all().delete()
            _tell_of(by, "volunteer.forgotten", volunteer)
    return len(ids)


def _volunteer_tables(organisation):
    """Volunteers with their names, trainings and hours, for the day the organisation goes."""
    mine = {"volunteer__organisation": organisation}
    told = {"column": "identity", "label": queries.VOLUNTEER_IDENTITY, "words": VOLUNTEER_FIELDS}
    yield (
        "volunteers",
        *_opened(Volunteer.objects.filter(organisation=organisation), organisation_id=organisation.pk, **told),
    )
    yield "volunteer_trainings", *_plain(VolunteerTraining.objects.filter(**mine))
    yield "volunteer_hours", *_plain(VolunteerHours.objects.filter(**mine))
