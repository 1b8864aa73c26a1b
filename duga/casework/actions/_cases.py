"""What the actions on cases share: the key a case's texts lie under, its door for writing, its files, its end."""

from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _organisation_box
from duga.casework.models import (
    Assignment,
    Attachment,
    Case,
    PartyMember,
    RecurringVisit,
    Request,
    TravellingParty,
)
from duga.casework.rules import LIVE, OPEN_STATES, AssignmentState, CaseState, RequestState
from duga.plain.errors import NotAllowed, Refused, gettext_noop
from duga.vault import sealing

MOST_TEXT = 20_000  #: letters of a note

_CLOSED = gettext_noop("This case is closed. Open it again before you write in it.")
_NOT_YOURS = gettext_noop("You can read this case, not write in it. Ask its lead to take you into the team.")
_EMPTY = gettext_noop("Write something first.")
_LONG = gettext_noop("This is too long: at most %(most)s characters. Write two notes.")


def _case_key(case: Case) -> bytes:
    """The key of a case's sealed texts: the person's, the household head's, the party's, or the organisation's."""
    person_id = case.person_id or (case.household.head_id if case.household_id else None)
    if person_id:
        return sealing.store().person_key(person_id)
    party_id = case.party_id
    own = sealing.store().person_keys([party_id]).get(party_id) if party_id else None
    return own or _organisation_box(case.organisation_id)


def _give_key(party) -> None:
    """A key of its own for a travelling party of which there is to be a case, so that it can be destroyed with its last
    member. Cases from before parties had keys stay under the organisation's."""
    if not Case.objects.filter(party=party).exists() and not sealing.store().person_keys([party.pk]):
        sealing.store().add_people(party.organisation_id, [party.pk])


def _left_alone(person) -> list:
    """The parties in which nobody else is known who is not erased: what is said of them is said of her."""
    rows = TravellingParty.objects.filter(members__person=person).distinct()
    others = PartyMember.objects.exclude(person=person).filter(person__isnull=False, person__erased_at=None)
    return list(rows.exclude(pk__in=others.values("party")))


def _label(row, name: str) -> str:
    return f"{row._meta.label}.{name}"


def _seal(case: Case, row, name: str, value) -> bytes:
    return sealing.seal(owner=row.pk, field=_label(row, name), value=value, key=_case_key(case))


def _unseal(case: Case, row, name: str):
    """The sealed value of a row of a case; empty where it was erased."""
    data = getattr(row, name)
    return sealing.unseal(owner=row.pk, field=_label(row, name), data=data, key=_case_key(case)) if data else ""


def _text(value, most: int = MOST_TEXT) -> str:
    text = str(value or "").replace("\r\n", "\n").strip()
    if not text:
        raise Refused(_EMPTY)
    if len(text) > most:
        raise Refused(_LONG, most=most)
    return text


def _case(by, case_id, *, closed: bool = False) -> Case:
    """The case, locked for change, by someone who writes in it; Refused where it is closed, unless `closed`."""
    found = queries.case(by, case_id)
    if not queries.may_write_in(by, found):
        raise NotAllowed(_NOT_YOURS)
    locked = Case.objects.select_for_update(of=("self",)).select_related(
        "programme", "person", "household", "party", "lead", "changed_by"
    )
    found = locked.get(pk=found.pk)
    if found.state == CaseState.CLOSED and not closed:
        raise Refused(_CLOSED)
    return found


def _file_path(attachment_id) -> Path:
    return Path(settings.MEDIA_ROOT) / "cases" / f"{attachment_id}.sealed"


def _destroy_files(rows) -> None:
    """Takes these attachments' files off the disk; that there was one stays known."""
    for pk in Attachment.objects.filter(pk__in=rows.values("pk")).values_list("pk", flat=True):
        _file_path(pk).unlink(missing_ok=True)
    rows.filter(removed_at=None).update(removed_at=timezone.now())


def _close_erased(hers: Q) -> None:
    """Closes the cases of somebody who is being erased: there is nobody left to follow."""
    Case.objects.filter(hers).exclude(state=CaseState.CLOSED).update(
        state=CaseState.CLOSED, reason="erased", outcome="not_known", closed_on=timezone.localdate(), review_on=None
    )


def _hand_back(hers: Q, programme) -> None:
    """Takes her requests and visits from those who see her no more once she lies in a sealed programme: its named
    workers find them, to be given out again."""
    now, named = timezone.now(), programme.workers.filter(until=None).values("account_id")
    asked = Request.objects.filter(hers)
    theirs = Assignment.objects.filter(request__in=asked, state__in=LIVE).exclude(account__in=named)
    waiting = list(theirs.values_list("request_id", flat=True))
    theirs.update(state=AssignmentState.TAKEN_BACK, ended_at=now)
    Request.objects.filter(pk__in=waiting).update(state=RequestState.ASSESSED, state_since=now, holder=None)
    RecurringVisit.objects.filter(hers, ended_at=None).exclude(account__in=named).update(ended_at=now)


def _end_work(hers: Q) -> None:
    """Ends the requests and visits of somebody who is being erased, or of an organisation whose key is destroyed:
    nobody goes there, nobody calls, no clock makes more. What was delivered counts as it stands.
    """
    now = timezone.now()
    RecurringVisit.objects.filter(hers, ended_at=None).update(ended_at=now)
    asked = Request.objects.filter(hers)
    Assignment.objects.filter(request__in=asked, state__in=LIVE).update(state=AssignmentState.TAKEN_BACK, ended_at=now)
    asked.filter(state__in=OPEN_STATES).exclude(state=RequestState.DELIVERED).update(
        state=RequestState.WITHDRAWN, reason="no_longer_needed", state_since=now
    )
    asked.update(callback_at=None, holder=None, held_until=None, look_at=None)
