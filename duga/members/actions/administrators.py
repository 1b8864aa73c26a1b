"""Administrators hold no standing power. They open an hour in one place, with a reason, and everyone there is told."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.members.actions._help import _keepers, _place, _text, _trail_of
from duga.members.actions.notices import notify
from duga.members.actions.trail import write_trail
from duga.members.models import AdministratorSession, Network
from duga.members.rules import ADMINISTRATOR_MINUTES, Viewer
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop

__all__ = ["end_administrator_session", "start_administrator_session"]


@transaction.atomic
def start_administrator_session(*, by: Viewer, of, reason: str) -> AdministratorSession:
    """Opens an administrator's session in one Organisation or Network, for at most an hour.

    Logged in that place's trail and announced to its coordinators at once. It allows mending (people, roles,
    memberships, reading the trail), never the people helped; see `rules.ADMINISTRATOR_SESSION`.
    """
    if not by.is_administrator:
        raise NotAllowed(gettext_noop("This is for administrators."))
    reason = _text(reason, 300, gettext_noop("reason"))
    now = timezone.now()
    mine = AdministratorSession.objects.select_for_update().filter(account_id=by.account_id, **_place(of))
    if mine.filter(ended_at=None, until__gt=now).exists():
        raise Refused(gettext_noop("Your session here is already open."))
    session = AdministratorSession.objects.create(
        account_id=by.account_id, reason=reason, until=now + dt.timedelta(minutes=ADMINISTRATOR_MINUTES), **_place(of)
    )
    write_trail(
        by=by, event="administrator.session_started", detail={"session": session.pk, "until": session.until},
        **_trail_of(of),
    )  # fmt: skip
    kind = "networks" if isinstance(of, Network) else "organisations"
    notify(
        by=by, to=set(_keepers(of).values_list("account_id", flat=True)) - {by.account_id},
        title=gettext_noop("An administrator opened a session in %(place)s"),
        text=gettext_noop("Reason: %(reason)s. It ends after an hour at most; the trail shows what was done."),
        params={"place": of.name, "reason": reason}, path=f"/workspace/{kind}/{of.slug}/trail/",
    )  # fmt: skip
    return session


@transaction.atomic
def end_administrator_session(*, by: Viewer, session_id) -> AdministratorSession:
    """Ends one's own session before its hour is over."""
    session = (
        AdministratorSession.objects.select_for_update(of=("self",)).select_related("organisation", "network")
        .filter(pk=session_id, account_id=by.account_id, ended_at=None).first()
    )  # fmt: skip
    if session is None:
        raise NotFound(gettext_noop("This session is over."))
    session.ended_at = timezone.now()
    session.save(update_fields=["ended_at"])
    write_trail(
        by=by, event="administrator.session_ended", detail={"session": session.pk},
        **_trail_of(session.organisation or session.network),
    )  # fmt: skip
    return session
