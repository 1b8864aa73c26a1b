"""A receiver without an account: a link that expires, and a code told by another way. Either alone opens nothing.

The told code works once. Whoever opens first is given a code of their own to come back with; a second one who holds the
told code finds it used, and the sender sees when the link was opened first.
"""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils import timezone

from duga.casework.actions.bases.consents import require_use
from duga.casework.actions.referrals._help import (
    GUESTS,
    OPEN,
    _locked,
    _note_trail,
    _open_senders,
    _safe,
    _say,
    _stands,
    receiver_of,
)
from duga.casework.actions.referrals.answering import _answer
from duga.casework.actions.referrals.reading import ASKED, _keep_message, _said
from duga.casework.models.referrals import Referral, ReferralGuest
from duga.casework.queries import referrals as queries
from duga.casework.rules.referrals import (
    CODE_DIGITS,
    CODE_TRIES,
    GUEST_DAYS,
    GUEST_DAYS_ACCEPTED,
    GUEST_QUESTIONS,
    REFERRAL_STATE_LABELS,
    ReferralState,
    SentTo,
    bare_code,
    for_receiver,
    guest_code,
)
from duga.members.actions import mail_to
from duga.members.queries import digest_of
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

_INSIDE = gettext_noop("This receiver signs in here and needs no link.")
_NOT_NOW = gettext_noop("This cannot be done now: the referral is %(state)s.")
_ENOUGH = gettext_noop("So much was asked already. Please take the phone: the number stands under “Call”.")
_SUBJECT = gettext_noop("A referral waits for your answer")
_MAIL = gettext_noop(
    "Open this link with the code that you are told by phone. If you were told none, ask who sent it; "
    "if it is not meant for you, delete this message."
)


@dataclass(frozen=True)
class GuestPass:
    """What is told to a receiver: the address of the link, and by another way the code. Shown once."""

    path: str
    code: str = field(repr=False)
    expires_at: dt.datetime
    mailed: bool


@transaction.atomic
def make_guest_link(*, by, referral_id, mail: bool = False) -> GuestPass:
    """A link and its code for a referral that was sent to someone without an account; earlier links are closed."""
    row = _locked(queries.of_sender(by, referral_id))
    if row.sent_to != SentTo.OUTSIDE:
        raise Refused(_INSIDE)
    if row.state not in OPEN:
        raise Refused(_NOT_NOW, state=REFERRAL_STATE_LABELS[row.state])
    if not _agreed(row):
        require_use(
            by=by, person_id=row.person_id, purpose="referral", recipient=receiver_of(row, _open_senders(row))
        )  # fmt: skip
    row.guests.filter(closed_at=None).update(closed_at=timezone.now(), content=b"")
    days = GUEST_DAYS_ACCEPTED if row.state == ReferralState.ACCEPTED else GUEST_DAYS[row.priority]
    guest = ReferralGuest(referral=row, made_by_id=by.account_id, expires_at=timezone.now() + dt.timedelta(days=days))
    token, content = queries.guest_token(guest), _open_senders(row)
    guest.digest = digest_of(token)
    code = _give_code(guest, token, for_receiver(content))
    guest.save(force_insert=True)
    address = content.get("outside", {}).get("contact", "")
    mailed = mail and "@" in address and " " not in address
    if mailed:
        mail_to(by=by, to=address, language=row.language, subject=_SUBJECT, text=_MAIL, path=f"/referral/{token}/")
    _note_trail(by, "referral.link_made", row, mailed=mailed)
    return GuestPass(f"/referral/{token}/", guest_code(int(code)), guest.expires_at, mailed)


def _agreed(row) -> bool:
    """Whether what rests on consent may still be told from here, also after it was accepted: a guest holds no copy of
    its own, each opening tells it anew."""
    return row.basis != "consent" or queries.still_consents(row, receiver_of(row, _open_senders(row)))


def _give_code(guest, token, content) -> str:
    """A new code: the copy is sealed anew under link and code, and what opened it before opens nothing."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    guest.code_digest = queries.code_digest(guest.pk, code)
    guest.content = sealing.seal(owner=guest.pk, field=GUESTS, value=content, key=queries.guest_key(token, code))
    return code


@transaction.atomic
def close_guest_link(*, by, referral_id) -> None:
    """Closes the links of a referral without revoking it."""
    row = _locked(queries.of_sender(by, referral_id))
    if row.guests.filter(closed_at=None).update(closed_at=timezone.now(), content=b""):
        _note_trail(by, "referral.link_closed", row)


@dataclass(frozen=True)
class GuestPage:
    """What a link shows. `over`: nothing, and no word why. `wrong`: the code was not the right one. Otherwise `row` and
    `content`, and `code`, with which this guest comes back (`fresh`: it was given just now)."""

    over: bool = False
    wrong: bool = False
    row: Referral | None = None
    content: dict = field(default_factory=dict, repr=False)
    said: tuple = field(default=(), repr=False)  #: questions and answers, as long as what was told may be seen
    code: str = field(default="", repr=False)
    fresh: bool = False


@transaction.atomic
def open_as_guest(*, by, token: str, code: str) -> GuestPage:
    """Opens a link with its code. Five wrong codes close it. The first right one is replaced by the guest's own."""
    guest = _guest(token)
    if guest is None:
        return GuestPage(over=True)
    code = bare_code(code)
    if not _right(guest, code):
        return GuestPage(over=guest.closed_at is not None, wrong=True)
    content = sealing.unseal(owner=guest.pk, field=GUESTS, data=guest.content, key=queries.guest_key(token, code))
    now, fresh = timezone.now(), guest.opened_at is None
    if fresh:
        code = _give_code(guest, token, content)
        guest.opened_at = now
        Referral.objects.filter(pk=guest.referral_id, seen_at=None).update(seen_at=now)
    content = _safe(guest.referral, content)
    content = content if _agreed(guest.referral) else {}
    guest.seen = [*guest.seen, now.isoformat(timespec="seconds")][-50:]
    guest.save(update_fields=["code_digest", "content", "opened_at", "seen"])
    _note_trail(by, "referral.opened_by_link", guest.referral)
    said = _said(guest.referral, queries.Side.SENDER) if content else ()
    return GuestPage(row=guest.referral, content=content, said=said, code=guest_code(int(code)), fresh=fresh)


def _guest(token):
    """The link, locked, while it opens something and its consent stands."""
    found = queries.guest_by_token(token)
    if found is None or not _stands(found.referral):
        return None
    locked = ReferralGuest.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if locked.closed_at is not None:
        return None
    locked.referral = found.referral
    return locked


def _right(guest, code) -> bool:
    """Whether the code is the right one; a wrong one is counted, and the last of five closes the link."""
    if hmac.compare_digest(queries.code_digest(guest.pk, code), guest.code_digest):
        if guest.tries:
            guest.tries = 0
            guest.save(update_fields=["tries"])
        return True
    guest.tries += 1
    if guest.tries >= CODE_TRIES:
        guest.closed_at, guest.content = timezone.now(), b""
    guest.save(update_fields=["tries", "closed_at", "content"])
    return False


@dataclass(frozen=True)
class GuestAnswer:
    """The page after an answer, and what a rule refused of it."""

    page: GuestPage
    refused: Refused | None = None


def answer_as_guest(*, by, token: str, code: str, answer: str, reason="", outcome="", text="") -> GuestAnswer:
    """Answers by link: accepted, rejected, began, done or not_done, with the reasons they need."""
    page = open_as_guest(by=by, token=token, code=code)
    if page.row is None:
        return GuestAnswer(page)
    code = page.code  # the told code was replaced just now, where this was the first time
    try:
        with transaction.atomic():
            row = _locked(page.row)
            if text.strip():
                _keep_message(row, by, text, from_receiver=True)
            _answer(by, row, "link", answer, reason, outcome)
            _note_trail(by, "referral.answered_by_link", row, answer=answer)
            _keep_open(row)
    except Refused as error:
        return GuestAnswer(page, error)
    return GuestAnswer(page)


def ask_as_guest(*, by, token: str, code: str, ask=(), text="") -> GuestAnswer:
    """A question by link, of the list (`ask`: codes of QUESTIONS) or in words: the sender is told that there is one.

    Questions and answers lie with the sender alone, under its seal; the link shows them as long as it shows what was
    told. So revoking, erasing and taking consent back need no further step.
    """
    page = open_as_guest(by=by, token=token, code=code)
    if page.row is None:
        return GuestAnswer(page)
    try:
        with transaction.atomic():
            row = _locked(page.row)
            if row.state not in OPEN or not page.content:
                raise Refused(_NOT_NOW, state=REFERRAL_STATE_LABELS[row.state])
            if row.messages.filter(from_receiver=True).count() >= GUEST_QUESTIONS:
                raise Refused(_ENOUGH)
            _keep_message(row, by, text, from_receiver=True, ask=ask)
            _note_trail(by, "referral.asked_by_link", row)
            _say(by, row, queries.Side.SENDER, ASKED)
    except Refused as error:
        return GuestAnswer(page, error)
    return GuestAnswer(replace(page, said=_said(row, queries.Side.SENDER)))


def _keep_open(row):
    """Who accepted can say later how it went."""
    if row.state == ReferralState.ACCEPTED:
        until = timezone.now() + dt.timedelta(days=GUEST_DAYS_ACCEPTED)
        row.guests.filter(closed_at=None, expires_at__lt=until).update(expires_at=until)
