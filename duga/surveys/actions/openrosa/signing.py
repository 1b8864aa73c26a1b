"""Letting a phone in: by the token in its address, or by digest. No answer to a challenge works twice."""

import datetime as dt
import secrets
import threading
import time
from collections import OrderedDict

from django.utils import timezone

from duga.members.rules import Viewer
from duga.plain.errors import NotFound
from duga.surveys.actions.openrosa.phones import DIGEST
from duga.surveys.models import CollectDevice
from duga.surveys.queries.receiving import Kept, open_box
from duga.surveys.queries.sealed import token_mark
from duga.surveys.rules.openrosa import (
    NOT_SIGNED_IN,
    Told,
    answers_to,
    make_nonce,
    nonce_age,
    read_authorization,
    same_address,
)

SEEN_EVERY = dt.timedelta(minutes=5)  #: not one write for every word a phone says
NONCE_SECONDS = 300
REMEMBERED = 20_000  #: nonces in use at once

#: Made with the process: after a restart every nonce is stale, and a phone asks for a new one by itself.
_key = secrets.token_bytes(32)
_used: OrderedDict[str, set[int]] = OrderedDict()
_lock = threading.Lock()


class Challenged(NotFound):
    """The phone must answer a challenge; `stale`: its password was right, its nonce too old."""

    def __init__(self, stale: bool = False):
        super().__init__(NOT_SIGNED_IN)
        self.stale = stale


def _phones(slug):
    rows = CollectDevice.objects.select_related("organisation", "account")
    return rows.filter(organisation__slug=slug, revoked_at=None)


_by_token = Kept(lambda slug, digest: _phones(slug).filter(token=digest).first())
_by_name = Kept(lambda slug, username: _phones(slug).filter(username=username).first())


def new_nonce() -> str:
    """A nonce for a challenge."""
    return make_nonce(_key, int(time.time()), secrets.token_bytes(8))


def sign_in_by_token(*, slug: str, token: str) -> tuple[CollectDevice, Viewer]:
    """The phone that this token opens in the organisation of this name, and who acts by it; else NotFound."""
    return _let_in(_by_token(slug, token_mark("phones", token)))


def sign_in_by_digest(*, slug: str, header: str, method: str, path: str) -> tuple[CollectDevice, Viewer]:
    """The phone whose password made this Authorization header for this method and path; Challenged otherwise."""
    told = read_authorization(header)
    if told is None or not same_address(told.uri, path):
        raise Challenged()
    device = _by_name(slug, told.username)
    if device is None:
        raise Challenged()
    hashes = open_box(device.organisation_id, device.pk, DIGEST, device.digest)
    if not hashes or not answers_to(told, hashes, method):
        raise Challenged()
    age = nonce_age(_key, told.nonce, int(time.time()))
    if age is None or not 0 <= age <= NONCE_SECONDS or not _first_time(told):
        raise Challenged(stale=True)
    return _let_in(device)


def _first_time(told: Told) -> bool:
    """Whether this nonce was never used with this count: what somebody listened to is worth nothing."""
    with _lock:
        counts = _used.setdefault(told.nonce, set())
        _used.move_to_end(told.nonce)
        while len(_used) > REMEMBERED:
            _used.popitem(last=False)
        if told.count in counts:
            return False
        counts.add(told.count)
        return True


def _let_in(device) -> tuple[CollectDevice, Viewer]:
    if device is None or (device.account_id and not device.account.is_active):
        raise NotFound(NOT_SIGNED_IN)
    now = timezone.now()
    if device.seen_at is None or now - device.seen_at > SEEN_EVERY:
        CollectDevice.objects.filter(pk=device.pk).update(seen_at=now)
        device.seen_at = now
    return device, Viewer(account_id=device.account_id, email=device.username, name=device.name)
