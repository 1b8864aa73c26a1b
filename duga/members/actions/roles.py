"""Giving and taking roles. Nobody gives what they may not do; a place is not left without someone to look after it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.members.actions._help import _keepers, _place, _scope, _trail_of
from duga.members.actions.notices import notify
from duga.members.actions.trail import write_trail
from duga.members.models import Account, Invitation, Network, RoleGrant
from duga.members.queries import held, is_unkept, require, viewer_of
from duga.members.rules import KEEPERS, MANAGES, ROLES, Permission, Role, Viewer, may_give, may_take
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused, gettext_noop

__all__ = ["give_role", "take_role"]


def _check_giving(by: Viewer, of, role: Role, account_id=None) -> None:
    """Refuses unless `by` may give `role` in this place (to this account, if it is known)."""
    if by.system:
        if ROLES[role].scope is not _scope(of):
            raise Refused(gettext_noop("This role is not held here."))
        return
    require(by, Permission.SEE_ORGANISATION, of)
    if ROLES[role].scope is not _scope(of):
        raise Refused(gettext_noop("This role is not held here."))
    own = account_id is not None and account_id == by.account_id
    held_here = held(by, of)
    if own and of.pk in by.session_scopes:
        raise Refused(gettext_noop("An administrator gives no role to themselves."))
    unkept = role in KEEPERS[_scope(of)] and is_unkept(of)
    if not may_give(role, held_here, _scope(of), unkept=unkept, self_=own):
        raise NotAllowed(gettext_noop("You cannot give this role: it allows more than yours here."))


@transaction.atomic
def give_role(*, by: Viewer, account: Account, role: Role, of) -> RoleGrant:
    """Gives someone a role in an Organisation or a Network."""
    role = Role(role)
    _check_giving(by, of, role, account.pk)
    return _grant(by, account, role, of)


def _grant(by, account, role, of):
    """The grant itself, its trail entry and the notice; who calls has checked."""
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(account=account, role=role, **_place(of))
    except IntegrityError:
        raise Conflict(gettext_noop("They already have this role here.")) from None
    write_trail(by=by, event="role.given", detail={"account": account.pk, "role": role}, **_trail_of(of))
    if account.pk != by.account_id:
        notify(
            by=by, to=[account.pk], title=gettext_noop("You have a new role: %(role)s"),
            text=gettext_noop("You work as %(role)s in %(place)s."),
            params={"role": ROLES[role].label, "place": of.name}, path="/workspace/",
        )  # fmt: skip
    return grant


@transaction.atomic
def take_role(*, by: Viewer, grant_id, of) -> RoleGrant:
    """Takes a role from someone, from now on; also one's own, unless that leaves the place without anyone.

    The last coordinator names a successor first. An administrator's announced session may take any role.
    """
    grant = RoleGrant.objects.select_for_update().filter(pk=grant_id, until=None, **_place(of)).first()
    own = grant is not None and grant.account_id == by.account_id
    if not own:
        require(by, MANAGES[_scope(of)], of)
    if grant is None:
        raise NotFound(gettext_noop("Nobody has this role here any more."))
    role, in_session = Role(grant.role), of.pk in by.session_scopes
    if not own and not by.system and not may_take(role, held(by, of), _scope(of), in_session=in_session):
        raise NotAllowed(gettext_noop("You cannot take this role: it allows more than yours here."))
    if own and _is_last_keeper(grant, of):
        raise Refused(gettext_noop("You are the last to look after this place. Give the role to a successor first."))
    grant.until = timezone.now()
    grant.save(update_fields=["until"])
    write_trail(by=by, event="role.taken", detail={"account": grant.account_id, "role": role}, **_trail_of(of))
    _withdraw_invitations(by, grant.account)
    if not own:
        notify(
            by=by, to=[grant.account_id], title=gettext_noop("You no longer have the role %(role)s"),
            text=gettext_noop("You no longer work as %(role)s in %(place)s."),
            params={"role": ROLES[role].label, "place": of.name}, path="/workspace/",
        )  # fmt: skip
    return grant


def _withdraw_invitations(by, account):
    """Invitations that someone made and could not make any more end with the role: no way back in stays open."""
    viewer = viewer_of(account)
    waiting = Invitation.objects.filter(invited_by=account, accepted_at=None, revoked_at=None)
    for invitation in waiting.select_for_update(of=("self",)).select_related("organisation", "network"):
        of = invitation.organisation or invitation.network
        if may_give(Role(invitation.role), held(viewer, of), _scope(of)):
            continue
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        write_trail(by=by, event="invitation.revoked", detail={"invitation": invitation.pk}, **_trail_of(of))


def _is_last_keeper(grant, of):
    if Role(grant.role) not in KEEPERS[_scope(of)]:
        return False
    if isinstance(of, Network) and of.parent_id is not None:
        return False  # the network above appoints the next
    others = list(_keepers(of).exclude(pk=grant.pk).select_for_update().values_list("account_id", "role"))
    return not any(account != grant.account_id or role in KEEPERS[_scope(of)] for account, role in others)
