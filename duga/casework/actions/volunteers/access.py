"""How a volunteer's phone comes in: a card printed once, a PIN of her own, a secret the phone keeps.

Of code and secrets only keyed hashes are kept (the key is no row of the database), of the PIN argon2. A try is
counted before the PIN is looked at, so that many at once are no more tries than one after the other.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from duga.casework.actions.volunteers._door import _herself, _kept, _tell_of
from duga.casework.models import Volunteer, VolunteerAccess
from duga.casework.rules import (
    CARD_DAYS,
    CARD_DIGITS,
    OPEN_MINUTES,
    VolunteerMay,
    VolunteerState,
    card_text,
    check_pin,
    device_words,
    read_card,
    wait_after,
)
from duga.members.rules import Viewer
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.vault import sealing

_ENDED = gettext_noop("Her service ended. Take it up again before you print a card.")
_NO_CARD = gettext_noop(
    "This code opens nothing: it was used, is older than %(days)s days, or a digit is wrong. "
    "Look at the card again, or ask your coordinator for a new one."
)
_NO_PHONE = gettext_noop("This phone is no longer known here. Ask your coordinator for a new card.")
_WAIT = gettext_noop(
    "Too many wrong PINs. Wait until %(time)s, then try again, or ask your coordinator for a new card."
)
_WRONG = gettext_noop("The PIN is wrong. Try again.")


@dataclass(frozen=True)
class Keys:
    """What a phone is given to keep: `device` for good, `open` until it is locked."""

    device: str
    open: str


def _hash(kind: str, secret: str) -> bytes:
    return hmac.digest(sealing.derived(f"volunteer {kind}"), secret.encode(), hashlib.sha256)


@transaction.atomic
def make_card(*, by, volunteer_id) -> tuple[VolunteerAccess, str]:
    """A card to print: (its row, its code as 4721-0983-5512). The code is told here and never again.

    Cards printed before and not used are void from now on.
    """
    volunteer = _kept(by, volunteer_id, lock=True)
    if volunteer.state == VolunteerState.ENDED:
        raise Refused(_ENDED)
    VolunteerAccess.objects.filter(volunteer=volunteer, used_at=None, revoked_at=None).update(
        code=None, revoked_at=timezone.now()
    )
    digits = f"{secrets.randbelow(10**CARD_DIGITS):0{CARD_DIGITS}d}"
    row = VolunteerAccess.objects.create(
        volunteer=volunteer, code=_hash("card", digits), by_id=by.account_id,
        code_until=timezone.now() + timedelta(days=CARD_DAYS),
    )  # fmt: skip
    _tell_of(by, "volunteer.card_printed", volunteer)
    return row, card_text(digits)


def redeem_card(*, by, code, pin, again, agent="") -> Keys:
    """Makes of a printed card a phone with a PIN: `by` is a visitor. Refused alike for every code that opens nothing.

    A weak PIN is refused before the code is looked at, so that it stays good.
    """
    pin, digits = make_password(check_pin(pin, again)), read_card(code)
    keys, now = Keys(secrets.token_urlsafe(32), secrets.token_urlsafe(32)), timezone.now()
    with transaction.atomic():
        rows = VolunteerAccess.objects.select_for_update(of=("self",)).select_related("volunteer")
        row = rows.filter(code=_hash("card", digits), code_until__gt=now, revoked_at=None).first() if digits else None
        if row is None or row.volunteer.state == VolunteerState.ENDED:
            raise Refused(_NO_CARD, days=CARD_DAYS)
        row.code, row.used_at, row.seen_at, row.pin = None, now, now, pin
        row.device, row.device_name = _hash("phone", keys.device), device_words(agent)
        _open(row, keys.open, now)
        row.save()
        _tell_of(_viewer(row.volunteer), "volunteer.phone_added", row.volunteer, device=str(row.pk))
    return keys


def _open(row, key, now):
    row.open_key, row.open_until = _hash("open", key), now + timedelta(minutes=OPEN_MINUTES)
    row.tries, row.locked_until = 0, None


def _viewer(volunteer) -> Viewer:
    """Who acts when a volunteer does: no account, no role."""
    return Viewer(volunteer_id=volunteer.pk, name=volunteer.code)


def _phone(device: str, *, lock=False):
    rows = VolunteerAccess.objects.select_related("volunteer")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    row = rows.filter(device=_hash("phone", device), revoked_at=None).first() if device else None
    return None if row is None or row.volunteer.state == VolunteerState.ENDED else row


def unlock_phone(*, by, device, pin) -> str:
    """The key of a phone whose PIN is right, good until it is locked or lies idle. `by` is a visitor.

    Refused while one must wait, with the time; a wrong PIN counts whatever else goes wrong.
    """
    with transaction.atomic():
        row, now = _phone(device, lock=True), timezone.now()
        if row is None:
            raise NotFound(_NO_PHONE)
        if row.locked_until and row.locked_until > now:
            raise Refused(_WAIT, time=f"{timezone.localtime(row.locked_until):%d.%m. %H:%M}")
        row.tries += 1
        wait = wait_after(row.tries)
        row.locked_until = now + wait if wait else None
        row.save(update_fields=["tries", "locked_until"])
        if wait:
            _tell_of(_viewer(row.volunteer), "volunteer.phone_waits", row.volunteer, device=str(row.pk))
    if not check_password(pin, row.pin):
        if wait:
            raise Refused(_WAIT, time=f"{timezone.localtime(row.locked_until):%d.%m. %H:%M}")
        raise Refused(_WRONG)
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = _phone(device, lock=True)
        if row is None:
            raise NotFound(_NO_PHONE)
        _open(row, key, now)
        row.seen_at = now
        row.save(update_fields=["open_key", "open_until", "tries", "locked_until", "seen_at"])
        _tell_of(_viewer(row.volunteer), "volunteer.phone_opened", row.volunteer, device=str(row.pk))
    return key


def enter_phone(*, by, device, open_key) -> tuple[bool, Viewer | None]:
    """(whether this phone is known, its volunteer while it is open), from the two secrets a phone holds.

    Being used keeps it open: noted once a minute, not with every page.
    """
    row = _phone(device)
    if row is None:
        return False, None
    now, right = timezone.now(), _hash("open", open_key or "")
    held = row.open_key is not None and hmac.compare_digest(bytes(row.open_key), right)
    if not held or row.open_until <= now:
        return True, None
    until = now + timedelta(minutes=OPEN_MINUTES)
    if until - row.open_until > timedelta(minutes=1):
        VolunteerAccess.objects.filter(pk=row.pk, open_key=row.open_key).update(open_until=until, seen_at=now)
    return True, _viewer(row.volunteer)


@transaction.atomic
def lock_phone(*, by, device) -> None:
    """Locks a volunteer's own phone: the PIN is asked for again."""
    volunteer, row = _herself(by, VolunteerMay.LOCK), _phone(device)
    if row is not None and row.volunteer_id == volunteer.pk:
        VolunteerAccess.objects.filter(pk=row.pk).update(open_key=None, open_until=None)


@transaction.atomic
def end_device(*, by, access_id) -> None:
    """Ends a phone, or a card that was not used yet, at once: its next request finds nothing."""
    row = VolunteerAccess.objects.filter(pk=access_id, revoked_at=None).first()
    if row is None:
        raise NotFound(NOT_HERE)
    volunteer = _kept(by, row.volunteer_id)
    _end_all(volunteer, pk=row.pk)
    _tell_of(by, "volunteer.phone_ended", volunteer, device=str(row.pk))


def _end_all(volunteer: Volunteer, **which) -> int:
    """Ends a volunteer's phones and cards (all, or those of `which`), with every secret of theirs; how many."""
    rows = VolunteerAccess.objects.filter(volunteer=volunteer, revoked_at=None, **which)
    return rows.update(
        code=None, device=None, pin="", open_key=None, open_until=None, locked_until=None, revoked_at=timezone.now()
    )
