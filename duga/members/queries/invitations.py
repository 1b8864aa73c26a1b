"""Invitations and recovery links: those of a place, and the one a link opens."""

from django.core.paginator import Paginator
from django.utils import timezone

from duga.members.models import Invitation, Network, RecoveryLink
from duga.members.queries.access import may, require
from duga.members.queries.links import digest_of, token_of
from duga.members.queries.people import has_keeper
from duga.members.rules import MANAGES, Permission, Scope, Viewer
from duga.plain.errors import NotFound, gettext_noop

PAGE = 50
GONE = gettext_noop("This link does not open anything (any more). Ask whoever gave it to you for a new one.")


def place_of(invitation: Invitation):
    """The Organisation or Network an invitation leads to."""
    return invitation.organisation or invitation.network


def invitations_of(viewer: Viewer, of, page=1):
    """A Page of invitations to an Organisation or Network, newest first; each with `state` for whoever manages it."""
    _require_manager(viewer, of)
    here = {"network": of} if isinstance(of, Network) else {"organisation": of}
    rows = Invitation.objects.filter(**here).select_related("invited_by", "accepted_by")
    found = Paginator(rows, PAGE).get_page(page)
    found.object_list = list(found.object_list)
    for invitation in found.object_list:
        invitation.state = state_of(invitation)
    return found


def state_of(invitation: Invitation) -> str:
    """waiting, accepted, revoked or expired."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.revoked_at:
        return "revoked"
    return "expired" if invitation.expires_at <= timezone.now() else "waiting"


def invitation_by_id(viewer: Viewer, invitation_id) -> Invitation:
    """The door to an invitation, for whoever manages the place it leads to."""
    invitation = Invitation.objects.select_related("organisation", "network").filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound(gettext_noop("There is no such invitation here."))
    _require_manager(viewer, place_of(invitation))
    invitation.state = state_of(invitation)
    return invitation


def invitation_token(viewer: Viewer, invitation: Invitation) -> str:
    """The secret part of an invitation's link, for whoever manages the place; empty when it opens nothing any more."""
    _require_manager(viewer, place_of(invitation))
    if state_of(invitation) != "waiting":
        return ""
    return token_of("invitation", invitation.pk, invitation.issue)


def invitation_by_token(token: str) -> Invitation:
    """The invitation a link opens; NotFound when it was used, revoked, renewed, has expired or was never made."""
    rows = Invitation.objects.select_related("organisation", "network", "invited_by")
    invitation = rows.filter(digest=digest_of(token)).first()
    if invitation is None or state_of(invitation) != "waiting":
        raise NotFound(GONE)
    return invitation


def recovery_by_token(token: str) -> RecoveryLink:
    """The recovery link that is still good for this secret; else NotFound."""
    link = RecoveryLink.objects.select_related("account").filter(digest=digest_of(token)).first()
    good = link and not link.used_at and not link.revoked_at and link.expires_at > timezone.now()
    if not good or not link.account.is_active:
        raise NotFound(GONE)
    return link


def _require_manager(viewer, of):
    """Whoever manages the place; and while nobody does, whoever manages the network above and invites the first."""
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    if not may(viewer, MANAGES[scope], of) and has_keeper(of):
        require(viewer, MANAGES[scope], of)
    if not may(viewer, MANAGES[scope], of):
        require(viewer, Permission.MANAGE_NETWORK, of)
