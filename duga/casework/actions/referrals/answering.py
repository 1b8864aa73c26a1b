"""The receiver's part: accept, reject with a reason, register the person, say that the service began and how it ended.

For a receiver without an account the same is said by its link (guests.py) or noted by the sender, who was told.
"""

from django.db import transaction
from django.utils import timezone

from duga.casework.actions._help import _check_code, _programme
from duga.casework.actions.people import register_person
from duga.casework.actions.referrals._help import (
    MESSAGE,
    _close_copies,
    _key,
    _locked,
    _note_trail,
    _open_receivers,
    _say,
    _seal_receivers,
    _write,
)
from duga.casework.actions.referrals.cases import _end_case
from duga.casework.actions.referrals.reading import _keep_message, _sealed_message
from duga.casework.models.referrals import Referral, ReferralCopy, ReferralMessage, ReferralService
from duga.casework.queries import referrals as queries
from duga.casework.queries.referrals import Side
from duga.casework.rules.referrals import (
    OPEN_REFERRALS,
    REFERRAL_STATE_LABELS,
    ReferralState,
    SentTo,
    Told,
    check_outcome,
    check_referral_step,
    check_rejection,
)
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.vault import sealing

_NAMELESS = gettext_noop("No name was told. When she comes, add her with what she tells you herself.")
_ALREADY = gettext_noop("She is registered here already.")
_ACCEPT_FIRST = gettext_noop("Accept the referral first; then she can be registered here.")
_OURS = gettext_noop("This receiver answers here itself. Wait for its answer, or ask it.")
_PROGRAMME = gettext_noop("Choose a sealed programme that you are named for.")
_ACCEPTED = gettext_noop("%(kind)s %(code)s was accepted.")
_REJECTED = gettext_noop("%(kind)s %(code)s was rejected. Read why, and send it elsewhere.")
_BEGAN = gettext_noop("The service asked for by %(kind)s %(code)s has begun.")
_DONE = gettext_noop("%(kind)s %(code)s is done. Read what came of it.")


def _accept(by, row, told):
    check_referral_step(row.state, ReferralState.ACCEPTED)
    _write(row, by, state=ReferralState.ACCEPTED, answered_at=timezone.now(), told_by=told, reminded=0)
    _end_case(row)
    _tell_sender(by, row, _ACCEPTED)


def _reject(by, row, told, reason):
    check_referral_step(row.state, ReferralState.REJECTED)
    reason, now = _check_code("referral_rejections", check_rejection(reason)), timezone.now()
    _write(row, by, state=ReferralState.REJECTED, answered_at=now, ended_at=now, told_by=told, rejection=reason)
    _close_copies(row)
    _tell_sender(by, row, _REJECTED)


def _begin(by, row, told):
    if row.state != ReferralState.ACCEPTED:
        check_referral_step(row.state, ReferralState.ACCEPTED)
        _accept(by, row, told)
    if row.began_at is None:
        _write(row, by, began_at=timezone.now(), told_by=told)
        _tell_sender(by, row, _BEGAN)


def _end(by, row, told, successful, outcome, given):
    check_referral_step(row.state, ReferralState.DONE)
    outcome = check_outcome(successful, _check_code("referral_failures", outcome) if outcome else "")
    now = timezone.now()
    began = row.began_at or (now if successful else None)
    _write(
        row, by, state=ReferralState.DONE, answered_at=row.answered_at or now, began_at=began, ended_at=now,
        told_by=told, successful=bool(successful), outcome=outcome,
    )  # fmt: skip
    if successful:
        _end_case(row)
    asked = ReferralService.objects.filter(referral=row)
    asked.update(given=False)
    if successful:
        (asked.filter(service_type__in=given) if given else asked).update(given=True)
    _tell_sender(by, row, _DONE)


def _tell_sender(by, row, title):
    if row.sent_to != SentTo.COLLEAGUE or row.made_by_id != by.account_id:
        _say(by, row, Side.SENDER, title)


def _mine(by, referral_id) -> Referral:
    return _locked(queries.of_receiver(by, referral_id))


@transaction.atomic
def accept_referral(*, by, referral_id) -> Referral:
    """The receiver takes it on."""
    row = _mine(by, referral_id)
    _accept(by, row, Told.RECEIVER)
    _note_trail(by, "referral.accepted", row, Side.RECEIVER)
    return row


@transaction.atomic
def reject_referral(*, by, referral_id, reason, text="") -> Referral:
    """The receiver does not take it on, with a reason of the list; what it was told is gone from it at once."""
    row = _mine(by, referral_id)
    if text.strip():
        _keep_message(row, by, text, from_receiver=True)
    _reject(by, row, Told.RECEIVER, reason)
    _note_trail(by, "referral.rejected", row, Side.RECEIVER, reason=row.rejection)
    return row


@transaction.atomic
def begin_service(*, by, referral_id) -> Referral:
    """The receiver says that the service has begun; said of what waits for an answer, it is accepted as well."""
    row = _mine(by, referral_id)
    _begin(by, row, Told.RECEIVER)
    _note_trail(by, "referral.service_began", row, Side.RECEIVER)
    return row


@transaction.atomic
def close_referral(*, by, referral_id, successful, outcome="", given=()) -> Referral:
    """The receiver confirms that the service was given (`given`: which of those asked for; all without it), or why
    not. Only this makes a referral effective."""
    row = _mine(by, referral_id)
    _end(by, row, Told.RECEIVER, successful, outcome, given)
    _note_trail(by, "referral.done", row, Side.RECEIVER, successful=row.successful, outcome=row.outcome)
    return row


@transaction.atomic
def register_from_referral(*, by, referral_id):
    """Makes a person of the receiver's own from what was disclosed: her own code, key and, next, consent.

    From then on the receiver's copy opens with that person's key, so that erasing her takes it along. Returns her.
    """
    row = _mine(by, referral_id)
    copy = ReferralCopy.objects.select_for_update().filter(referral=row).first()
    if copy is None:
        raise NotFound(NOT_HERE)
    if row.state not in (ReferralState.ACCEPTED, ReferralState.DONE):
        raise Refused(_ACCEPT_FIRST)
    if copy.person_id:
        raise Refused(_ALREADY)
    if queries.waits_for_programme(row):  # who came from a sealed programme enters no open register
        raise Refused(_PROGRAMME)
    content = _open_receivers(copy)
    identity = content.get("identity", {})
    if not identity.get("given") and not identity.get("family"):
        raise Refused(_NAMELESS)
    person = register_person(
        by=by, organisation_id=copy.organisation_id, identity=identity, programme_id=copy.programme_id,
        sex=content.get("sex") or "unknown", birth_year=content.get("birth_year"),
        area_id=content.get("area_id") or None,
    )  # fmt: skip
    said = [(message, _sealed_message(message)) for message in _asked_of(copy)]
    copy.person = person
    copy.content = _seal_receivers(copy, content)
    copy.save(update_fields=["person", "content"])
    for message, value in said:
        message.person = person
        message.text = sealing.seal(owner=message.pk, field=MESSAGE, value=value, key=_key(message))
        message.save(update_fields=["person", "text"])
    _note_trail(by, "referral.registered", row, Side.RECEIVER, person=str(person.pk))
    return person


def _asked_of(copy):
    """The receiver's half of what was asked and answered."""
    return ReferralMessage.objects.filter(referral=copy.referral_id, organisation_id=copy.organisation_id).exclude(
        text=b""
    )


@transaction.atomic
def place_referral(*, by, referral_id, programme_id) -> None:
    """Puts what came from a sealed programme elsewhere into one here: from now on its named workers see it."""
    row = _mine(by, referral_id)
    copy = ReferralCopy.objects.select_for_update().filter(referral=row, confidential=True, person=None).first()
    if copy is None:
        raise NotFound(NOT_HERE)
    programme = _programme(by, copy.organisation_id, programme_id)
    if programme is None or not programme.sealed:
        raise Refused(_PROGRAMME)
    copy.programme = programme
    copy.save(update_fields=["programme"])
    _note_trail(by, "referral.placed", row, Side.RECEIVER)


@transaction.atomic
def note_answer(*, by, referral_id, answer, reason="", outcome="", given=()) -> Referral:
    """What a receiver without an account told the sender by phone or on paper: `answer` accepted, rejected, began, done
    or not_done. It never counts as confirmed by the provider."""
    row = _locked(queries.of_sender(by, referral_id))
    if row.sent_to != SentTo.OUTSIDE:
        raise Refused(_OURS)
    if row.state not in OPEN_REFERRALS:
        raise Refused(gettext_noop("This cannot be done now: the referral is %(state)s."),
                      state=REFERRAL_STATE_LABELS[row.state])  # fmt: skip
    _answer(by, row, Told.SENDER, answer, reason, outcome, given)
    _note_trail(by, "referral.answer_noted", row, answer=answer)
    return row


def _answer(by, row, told, answer, reason="", outcome="", given=()):
    """One of the five answers, from whomever it comes."""
    steps = {
        "accepted": lambda: _accept(by, row, told), "rejected": lambda: _reject(by, row, told, reason),
        "began": lambda: _begin(by, row, told), "done": lambda: _end(by, row, told, True, "", given),
        "not_done": lambda: _end(by, row, told, False, outcome, ()),
    }  # fmt: skip
    if answer not in steps:
        raise Refused(gettext_noop("Choose one of what is offered."))
    steps[answer]()
