"""Keys for reading answers as data: made by a person, opening what she may read, until she or time ends them."""

import datetime as dt
import secrets
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from duga.members.actions import write_trail
from duga.members.queries import digest_of, require, viewer_of
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.surveys.models import FeedToken

DAYS = 365
SEEN_EVERY = dt.timedelta(minutes=5)
MOST = 20
_NAME = gettext_noop("Give the key a name by which you will know it again, for example the workbook it is for.")
_MANY = gettext_noop("You have 20 keys already. Revoke those that are not used any more.")


@dataclass(frozen=True)
class Made:
    """A key and its secret, which is shown once."""

    feed: FeedToken
    key: str = field(repr=False)


@transaction.atomic
def make_feed(*, by, name: str) -> Made:
    """Makes a key that reads answers in the name of who acts, for a year."""
    require(by, Permission.REVIEW_ANSWERS)
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused(_NAME)
    if FeedToken.objects.filter(account_id=by.account_id, revoked_at=None).count() >= MOST:
        raise Refused(_MANY)
    key = f"duga_{secrets.token_urlsafe(36)}"
    until = timezone.now() + dt.timedelta(days=DAYS)
    feed = FeedToken.objects.create(account_id=by.account_id, name=name, digest=digest_of(key), expires_at=until)
    write_trail(by=by, event="feed.made", subject=("surveys.FeedToken", feed.pk))
    return Made(feed, key)


@transaction.atomic
def revoke_feed(*, by, feed_id) -> FeedToken:
    """Ends one of one's own keys at once."""
    feed = FeedToken.objects.filter(pk=feed_id, account_id=by.account_id).first() if by.account_id else None
    if feed is None:
        raise NotFound(NOT_HERE)
    if feed.revoked_at is None:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        write_trail(by=by, event="feed.revoked", subject=("surveys.FeedToken", feed.pk))
    return feed


def feed_viewer(*, key: str) -> Viewer | None:
    """Who a key speaks for, with what she may do today; None for a key that opens nothing (any more)."""
    now = timezone.now()
    rows = FeedToken.objects.select_related("account").filter(revoked_at=None, expires_at__gt=now)
    feed = rows.filter(digest=digest_of(key)).first()
    if feed is None or not feed.account.is_active:
        return None
    if feed.seen_at is None or now - feed.seen_at > SEEN_EVERY:
        FeedToken.objects.filter(pk=feed.pk).update(seen_at=now)
    return viewer_of(feed.account)
