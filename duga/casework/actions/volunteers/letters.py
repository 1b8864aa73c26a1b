"""What a volunteer tapped without a connection: letters that her phone hands in, each once, as a worker's does."""

import datetime as dt
import hashlib
import hmac

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework.actions.devices import Answered, Outcome
from duga.casework.actions.volunteers.access import _phone, _viewer
from duga.casework.actions.volunteers.errands import tick_errand
from duga.casework.models import Assignment, DeviceRecord, VolunteerAccess
from duga.casework.rules import LIVE
from duga.casework.rules.devices import LETTER_DAYS, Here, Order, Sent, Tick, check_letters, read_tick
from duga.plain.errors import DugaError, NotFound, Unreadable, gettext_noop
from duga.vault import sealing
from duga.vault.letters import open_letter, public_key

LETTERS = "errands"  #: of which letters of phones are: vault.letters

_NOT_HERS = gettext_noop("This letter is not of this phone.")
_GONE = gettext_noop("This errand is no longer yours: somebody else has it, or it is not needed.")


def _secret(row, day: dt.date) -> str:
    """What only a phone knows that was open on a day: a letter that bears it was written with the PIN."""
    told = f"{row.pk}:{day.isoformat()}".encode()
    return hmac.digest(sealing.derived("errand letters"), told, hashlib.sha256).hex()


def letter_keys(*, by, device) -> dict:
    """{"server": the public key letters are sealed to, "secret": what they must bear}, for an open phone's page."""
    row = _phone(device)
    if row is None or row.volunteer_id != by.volunteer_id:
        raise NotFound(_GONE)
    server = public_key(purpose=LETTERS, owner=row.volunteer_id)
    return {"server": server, "secret": _secret(row, timezone.localdate())}


def hear_volunteer(*, by, device, letters) -> Answered:
    """Takes a phone's letters, open or locked (`by` is a visitor), and says whether it must empty itself.

    A phone that was ended forgets its letters, too; one whose cookies were cleared keeps them and nothing else.
    """
    told, row = check_letters(letters), _phone(device)
    if row is None:
        return Answered(Order.ALL if device else Order.LETTERS)
    return Answered(Order.STAY, [_receive(row, letter) for letter in told])


def _receive(row, letter) -> Outcome:
    nonce, told = str(letter.get("nonce", ""))[:36], None
    try:
        told = _opened(row, letter)
        tick = read_tick(told)
        return _write(row, tick, told)
    except IntegrityError:  # the same tap came twice at the same time: the other one won
        return Outcome(nonce, Sent.AGAIN)
    except DugaError as error:
        here = _here(row, told)
        faster = isinstance(error, NotFound) or (here is not None and here.state not in LIVE)
        error = NotFound(_GONE) if faster else error
        return Outcome(nonce, Sent.CONFLICT if faster else Sent.REFUSED, error, here, told)


def _opened(row, letter) -> dict:
    content = open_letter(purpose=LETTERS, owner=row.volunteer_id, letter=letter.get("letter", ""))
    record = content.get("record") if isinstance(content, dict) else None
    today, secret = timezone.localdate(), str(content.get("secret", "")) if isinstance(content, dict) else ""
    days = (today - dt.timedelta(days=n) for n in range(LETTER_DAYS))
    right = any(hmac.compare_digest(_secret(row, day).encode(), secret.encode()) for day in days)
    if not isinstance(record, dict) or not right or record.get("nonce") != letter.get("nonce"):
        raise Unreadable(_NOT_HERS)
    return record


@transaction.atomic
def _write(row, tick: Tick, told) -> Outcome:
    nonce = str(tick.nonce)
    VolunteerAccess.objects.select_for_update(of=("self",)).get(pk=row.pk)  # two sendings come one after the other
    if DeviceRecord.objects.filter(access__volunteer=row.volunteer_id, nonce=tick.nonce).exists():
        return Outcome(nonce, Sent.AGAIN)
    done = tick_errand(
        by=_viewer(row.volunteer), assignment_id=tick.about, answer=tick.answer, reason=tick.reason, hours=tick.hours
    )
    DeviceRecord.objects.create(access=row, nonce=tick.nonce, kind="tick", made_at=tick.made_at, result=done.pk)
    return Outcome(nonce, Sent.DONE)


def _here(row, told) -> Here | None:
    """What stands where her tap cannot be taken: her own errand as it is now."""
    try:
        found = Assignment.objects.filter(pk=read_tick(told or {}).about, volunteer=row.volunteer_id).first()
    except Unreadable:
        return None
    return Here.of(found, by=None, state=found.state, at=found.ended_at) if found else None
