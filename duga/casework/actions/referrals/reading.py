"""Opening what a referral tells, which leaves an entry on the trail of who opened it; questions between both sides."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from duga.casework.actions.referrals._help import (
    MESSAGE,
    OPEN,
    _copy,
    _key,
    _locked,
    _note_trail,
    _open_receivers,
    _open_senders,
    _say,
    _stands,
)
from duga.casework.models.referrals import Referral, ReferralMessage
from duga.casework.queries import referrals as queries
from duga.casework.queries.referrals import Side
from duga.casework.rules.referrals import QUESTIONS, REFERRAL_STATE_LABELS, SentTo
from duga.members.actions import mail_to
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

_EMPTY = gettext_noop("Choose a question, or write what you ask in at most 1,000 letters.")
_UNKNOWN = gettext_noop("There is no such question. Choose one of the list, or write it.")
_SUBJECT = gettext_noop("Your question about a referral was answered")
_MAIL = gettext_noop("Open this link with your own code to read the answer.")
_NOT_NOW = gettext_noop("This cannot be done now: the referral is %(state)s.")
ASKED = gettext_noop("There is a question about %(kind)s %(code)s.")
_ANSWERED = gettext_noop("Your question about %(kind)s %(code)s was answered.")
LONGEST = 1000


@dataclass(frozen=True)
class Said:
    """One question or answer, opened."""

    from_receiver: bool
    at: object
    text: str


@dataclass(frozen=True)
class OpenedReferral:
    """A referral as one side sees it: `content` is empty where nothing of it is theirs to see (any more)."""

    row: Referral
    side: Side
    content: dict = field(repr=False)
    said: tuple = field(default=(), repr=False)


@transaction.atomic
def open_referral(*, by, referral_id) -> OpenedReferral:
    """Opens a referral for the side that looks, and leaves a trail entry there. Nothing of the sender's record is in
    the receiver's view but what was disclosed."""
    row, side = queries.referral(by, referral_id)
    copy = _copy(row)
    if side is Side.SENDER or copy is None:
        content = _open_senders(row)
    else:
        content = _open_receivers(copy) if _stands(row) else {}
    if side is Side.RECEIVER and content and row.seen_at is None:
        row.seen_at = timezone.now()
        Referral.objects.filter(pk=row.pk, seen_at=None).update(seen_at=row.seen_at)
    if content:
        _note_trail(by, "referral.opened", row, side)
    return OpenedReferral(row, side, content, _said(row, side))


def _said(row, side) -> tuple:
    house = row.to_organisation_id if side is Side.RECEIVER and row.to_organisation_id else row.organisation_id
    return tuple(
        Said(message.from_receiver, message.created_at, _open_message(message))
        for message in row.messages.filter(organisation_id=house)
        if message.text
    )


def _open_message(message) -> str:
    """What was said, questions of the list in the language of whoever reads."""
    value = _sealed_message(message)
    if isinstance(value, str):
        return value
    return " ".join(filter(None, (*(gettext(QUESTIONS[code]) for code in value["ask"]), value["text"])))


def _sealed_message(message):
    """A text, or {"ask": [codes of QUESTIONS], "text": what was written besides}."""
    return sealing.unseal(owner=message.pk, field=MESSAGE, data=message.text, key=_key(message))


def _keep_message(row, by, text, *, from_receiver: bool, ask=()) -> None:
    """Keeps what was said once for each side that has a house here."""
    text, ask = " ".join(str(text or "").split()), list(dict.fromkeys(ask))
    if not (text or ask) or len(text) > LONGEST:
        raise Refused(_EMPTY)
    if set(ask) - QUESTIONS.keys():
        raise Refused(_UNKNOWN)
    value = {"ask": ask, "text": text} if ask else text
    copy, told = _copy(row), {"referral": row, "by_id": by.account_id, "from_receiver": from_receiver}
    sides = [row, *([copy] if copy else [])]
    for side in sides:
        message = ReferralMessage(organisation_id=side.organisation_id, person_id=side.person_id, **told)
        message.text = sealing.seal(owner=message.pk, field=MESSAGE, value=value, key=_key(message))
        message.save(force_insert=True)


@transaction.atomic
def ask_about_referral(*, by, referral_id, text="", ask=(), mail: bool = False) -> None:
    """A question of the receiver, or the sender's answer: sealed for both, the other side is told that there is one.

    `ask`: codes of QUESTIONS. `mail`: a receiver without an account is written that there is an answer, no word of it.
    """
    row, side = queries.referral(by, referral_id)
    _locked(row)
    if row.state not in OPEN:
        raise Refused(_NOT_NOW, state=REFERRAL_STATE_LABELS[row.state])
    _keep_message(row, by, text, from_receiver=side is Side.RECEIVER, ask=ask)
    _note_trail(by, "referral.asked", row, side)
    if side is Side.RECEIVER:
        _say(by, row, Side.SENDER, ASKED)
    elif row.sent_to != SentTo.OUTSIDE:
        _say(by, row, Side.RECEIVER, _ANSWERED)
    elif mail:
        _mail_answer(by, row)


def _mail_answer(by, row):
    guest, address = queries.guest_of(row), _open_senders(row).get("outside", {}).get("contact", "")
    if guest is not None and guest.closed_at is None and "@" in address and " " not in address:
        path = f"/referral/{queries.guest_token(guest)}/"
        mail_to(by=by, to=address, language=row.language, subject=_SUBJECT, text=_MAIL, path=path)
