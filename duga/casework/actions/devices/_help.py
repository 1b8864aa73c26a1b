"""The doors to a phone: by the secret it keeps sealed, by the token it may ask with; what it must do."""

import hashlib
import hmac

from django.utils import timezone

from duga.casework.actions._help import _organisation
from duga.casework.models import Device
from duga.members.queries import viewer_of, was_ended
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound
from duga.vault import sealing

LETTERS = "shift"  #: of which letters of phones are: vault.letters
SESSION = "casework.Device.session"


class Emptied(NotFound):
    """The phone is to empty itself."""


def _hash(secret: str) -> bytes:
    return hmac.digest(sealing.derived("device"), secret.encode(), hashlib.sha256)


def _right(device, secret) -> bool:
    return hmac.compare_digest(bytes(device.secret), _hash(str(secret)))


def _must_empty(device, by: Viewer) -> bool:
    """Whether a phone must forget everything, letters too: ordered to, or its owner works here no more."""
    if device.wiped_at or not by.known or device.account_id != by.account_id:
        return True
    try:
        _organisation(by, device.organisation_id, Permission.RECORD_ASSISTANCE)
    except (NotAllowed, NotFound):
        return True
    return False


def _signed_out(device) -> bool:
    """Whether the session that took the shift along was ended since."""
    key = sealing.derived(SESSION)
    told = sealing.unseal(owner=device.pk, field=SESSION, data=device.session, key=key) if device.session else {}
    return bool(told) and was_ended(device.account, told)


def _note(device, **changed) -> None:
    """Notes that a phone was heard, and what it was told."""
    Device.objects.filter(pk=device.pk).update(seen_at=timezone.now(), **changed)


def _device(by, secret: str) -> Device:
    """The phone that holds this secret, in its owner's hands; Emptied when it must forget everything."""
    rows = Device.objects.select_related("organisation", "account")
    device = rows.filter(secret=_hash(str(secret))).first()
    if device is None or device.account_id != by.account_id:
        raise Emptied(NOT_HERE)
    if _must_empty(device, by):
        _told_to_empty(device)
        raise Emptied(NOT_HERE)
    _note(device)
    return device


def _told_to_empty(device, **changed) -> None:
    if device.told_at is None:
        changed["told_at"] = timezone.now()
    _note(device, **changed)


def _owner(device) -> Viewer:
    """Who acts when a phone hands in letters without a session: its owner, as far as she may today."""
    return viewer_of(device.account)
