"""What the clock does about referrals: reminds, escalates, closes links whose time is over; what ends with a consent,
an erasure or an organisation; what a seal takes out of inboxes."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from duga.casework.actions.people import HOUSE_ONLY
from duga.casework.actions.referrals._help import _close_copies, _note_trail, _path, _say, _stands, _write
from duga.casework.models.referrals import Referral, ReferralGuest
from duga.casework.queries import referrals as queries
from duga.casework.queries.referrals import Side
from duga.casework.rules.referrals import REFERRAL_CLOCK, ReferralState, Tell, clock_steps
from duga.members.actions import take_back_notices
from duga.plain.errors import Refused, gettext_noop

_WAITS = gettext_noop("%(kind)s %(code)s waits for an answer. %(priority)s.")
_SERVICE = gettext_noop("%(kind)s %(code)s was accepted, and nobody has said that the service began.")
_GONE = gettext_noop("%(kind)s %(code)s was revoked: what it rested on has ended.")
_WHO = {
    Tell.RECEIVER: (Side.RECEIVER, False), Tell.SENDER: (Side.SENDER, False),
    Tell.RECEIVER_KEEPERS: (Side.RECEIVER, True), Tell.SENDER_KEEPERS: (Side.SENDER, True),
}  # fmt: skip


@transaction.atomic
def look_after_referrals(*, by, now=None) -> int:
    """Reminds of what waits, each step of rules.REFERRAL_CLOCK once, and empties links that expired. Returns how many
    referrals somebody was told of. For the clock."""
    now = now or timezone.now()
    ReferralGuest.objects.filter(expires_at__lt=now).exclude(content=b"").update(content=b"", closed_at=now)
    waiting = Q(state=ReferralState.IN_PROGRESS) | Q(state=ReferralState.ACCEPTED, began_at=None)
    rows = Referral.objects.filter(waiting).select_for_update(of=("self",))
    told = 0
    for row in rows.select_related("person__programme", "copy"):
        since = row.sent_at if row.state == ReferralState.IN_PROGRESS else row.answered_at
        due = clock_steps(row.priority, since, now)
        if due > row.reminded:
            _remind(by, row, due)
            told += 1
    return told


def _remind(by, row, due):
    """Tells everyone of the steps that are due and were not told yet, each once."""
    title = _WAITS if row.state == ReferralState.IN_PROGRESS else _SERVICE
    for who in dict.fromkeys(tell for step in REFERRAL_CLOCK[row.reminded : due] for tell in step.tell):
        side, keepers = _WHO[who]
        _say(by, row, side, title, keepers=keepers)
    row.reminded = due
    row.save(update_fields=["reminded"])


@transaction.atomic
def withdraw_referrals(*, by, person_id=None, organisation_id=None, consent_only: bool = False) -> int:
    """Revokes what waits for an answer, of a person who was erased or whose consent ended (`consent_only`: what rests
    on it), or of an organisation that is no more. Returns how many. For the house, when it hears so.

    What was accepted stays with the receiver, whose own it is by now; it answers for it itself.
    """
    if not by.system:
        raise Refused(HOUSE_ONLY)
    which = Q(person_id=person_id) if person_id else Q(organisation_id=organisation_id)
    if consent_only:
        which &= Q(basis="consent")
    rows = Referral.objects.select_for_update(of=("self",)).filter(which, state=ReferralState.IN_PROGRESS)
    rows = [
        row
        for row in rows.select_related("person__programme", "person__organisation", "copy", "to_service")
        if not (consent_only and _stands(row))
    ]
    for row in rows:
        _say(by, row, Side.RECEIVER, _GONE)
        _say(by, row, Side.SENDER, _GONE)
        _write(row, by, state=ReferralState.REVOKED, ended_at=timezone.now())
        _close_copies(row)
        _note_trail(by, "referral.revoked", row)
    return len(rows)


@transaction.atomic
def hide_sealed_referrals(*, by, person_id) -> int:
    """Takes notices of a person's referrals out of the inboxes of those who see them no more since she was sealed.
    Boards, figures and pathways ask her programme each time and need nothing. Returns how many. For the house."""
    if not by.system:
        raise Refused(HOUSE_ONLY)
    gone = 0
    for row in queries.sealed_with(person_id):
        told = (ask(row, side) for ask in (queries.told_at, queries.keepers_told) for side in Side)
        gone += take_back_notices(by=by, path=_path(row), but_for={each for ids in told for each in ids})
    return gone
