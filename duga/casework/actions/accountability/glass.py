"""Breaking the glass: one sealed record, in an emergency, with a reason, for an hour; told at once, judged afterwards.

It opens nothing else: no list, no search and no board shows her. One needs her case code, and wrong codes are told too,
so that nobody learns by trying who is known here.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.casework.actions._help import IDENTITY, SPECIAL, _organisation, _tell
from duga.casework.models import BreakGlass, Person, ProgrammeWorker
from duga.casework.rules import read_case_code
from duga.casework.rules.accountability import GLASS_MINUTES, GLASS_TRIES, Verdict, check_glass_reason
from duga.members.actions import notify, write_trail
from duga.members.queries import NOT_HERE, accounts_with, trail_of_actor
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, Unreadable, gettext_noop
from duga.vault import sealing

_NOBODY = gettext_noop(
    "No sealed record of this organisation bears this code. That it was asked for is told to those responsible."
)
_TOO_MANY = gettext_noop("Too many codes that are none. Wait an hour, or call somebody who is named for the programme.")
_TOLD = gettext_noop("Somebody opened a sealed record in an emergency")
_TOLD_TEXT = gettext_noop("By breaking the glass, for an hour. The reason stands in the list; it is judged afterwards.")
_TRIED = gettext_noop("Somebody tried to break the glass with a code that is none")
_TRIED_TEXT = gettext_noop("Nothing was opened. Ask who it was, and why: the trail says when.")
_OWN = gettext_noop("Nobody judges the glass she broke herself: ask somebody else who protects data here.")


def break_glass(*, by, organisation_id, code: str, reason: str) -> BreakGlass:
    """Opens the sealed record with this case code to the one who acts, for 60 minutes.

    For those who follow cases here. Refused for a code that is none of a sealed record's; after five of these within
    an hour for every code.
    """
    organisation = _organisation(by, organisation_id, Permission.FOLLOW_CASES)
    reason = check_glass_reason(reason)
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    if trail_of_actor(by.account_id, organisation.pk, event="glass.refused", since=hour_ago) >= GLASS_TRIES:
        raise Refused(_TOO_MANY)
    try:
        wanted = read_case_code(code)
    except Unreadable:
        wanted = ""
    rows = Person.objects.filter(organisation=organisation, code=wanted, erased_at=None, programme__sealed=True)
    person = rows.select_related("programme", "merged_into__programme").first() if wanted else None
    person = person.merged_into or person if person else None  # an old code leads to the record that is kept
    with transaction.atomic():
        if person is None:
            write_trail(
                by=by, event="glass.refused", subject=("members.Organisation", organisation.pk),
                organisation_id=organisation.pk,
            )  # fmt: skip
            _tell_keepers(by, organisation, _TRIED, _TRIED_TEXT)
        else:
            glass = _broken(by, organisation, person, reason)
    if person is None:
        raise Refused(_NOBODY)
    return glass


def _broken(by, organisation, person, reason) -> BreakGlass:
    glass = BreakGlass.objects.create(
        organisation=organisation, person=person, by_id=by.account_id, reason=reason,
        until=timezone.now() + dt.timedelta(minutes=GLASS_MINUTES),
    )  # fmt: skip
    _tell(by, "person.glass_broken", person, glass=str(glass.pk))
    named = ProgrammeWorker.objects.filter(programme=person.programme, until=None).values_list("account_id", flat=True)
    _tell_keepers(by, organisation, _TOLD, _TOLD_TEXT, *named)
    return glass


def _tell_keepers(by, organisation, title, text, *more):
    keepers = accounts_with(Permission.PROTECT_DATA, [organisation.pk]).get(organisation.pk, [])
    path = f"/workspace/organisations/{organisation.slug}/data-protection/"
    notify(by=by, to={*keepers, *more} - {by.account_id}, title=title, text=text, path=path)


@transaction.atomic
def read_by_glass(*, by, glass_id) -> tuple[BreakGlass, dict, dict]:
    """(the glass, identity, special categories) of the record one broke the glass for, within its hour."""
    glass = BreakGlass.objects.filter(pk=glass_id, by_id=by.account_id, until__gt=timezone.now())
    glass = glass.select_related("person").first()
    if glass is None or glass.person.erased_at:
        raise NotFound(NOT_HERE)
    _organisation(by, glass.organisation_id, Permission.FOLLOW_CASES)
    person = glass.person
    _tell(by, "person.glass_read", person, glass=str(glass.pk))
    identity = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    special = sealing.unseal(owner=person.pk, field=SPECIAL, data=person.special) if person.special else {}
    return glass, identity, special


@transaction.atomic
def review_glass(*, by, glass_id, verdict, note="") -> BreakGlass:
    """Whether breaking the glass was in order; by another who protects the organisation's data."""
    glass = BreakGlass.objects.select_for_update().filter(pk=glass_id, verdict="").first()
    if glass is None:
        raise NotFound(NOT_HERE)
    _organisation(by, glass.organisation_id, Permission.PROTECT_DATA)
    if glass.by_id == by.account_id:
        raise Refused(_OWN)
    glass.verdict, glass.note = Verdict(verdict), " ".join(note.split())[:300]
    glass.reviewed_by_id, glass.reviewed_at = by.account_id, timezone.now()
    glass.save(update_fields=["verdict", "note", "reviewed_by", "reviewed_at"])
    _tell(by, "glass.judged", glass, verdict=glass.verdict)
    return glass
