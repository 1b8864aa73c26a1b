"""The one check, `may`, and the doors to organisations and networks: not yours is not found."""

import dataclasses

from django.db.models import Q
from django.utils import timezone

from duga.members.models import Account, AdministratorSession, Membership, Network, Organisation, RoleGrant
from duga.members.rules import (
    ADMINISTRATOR_SESSION,
    ROLES,
    VISITOR,
    Grant,
    MemberStatus,
    OpenSession,
    Permission,
    Role,
    Scope,
    Viewer,
    held_in,
    may_give,
)
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, gettext_noop

#: Standings in which a network's roles still reach an organisation.
REACHED = (MemberStatus.APPLICANT, MemberStatus.MEMBER, MemberStatus.SUSPENDED)


def viewer_of(account) -> Viewer:
    """The viewer an account is: its open grants, and an administrator's open sessions, read once."""
    if account is None or not account.is_authenticated or not account.is_active:
        return VISITOR
    grants = RoleGrant.objects.filter(account_id=account.pk, until=None).values_list(
        "role", "organisation_id", "network_id"
    )
    return Viewer(
        account_id=account.pk,
        email=account.email,
        name=account.name,
        grants=tuple(Grant(Role(role), organisation, network) for role, organisation, network in grants),
        is_administrator=account.is_administrator,
        sessions=_open_sessions(account) if account.is_administrator else (),
        language=account.language,
    )


def _open_sessions(account):
    rows = AdministratorSession.objects.filter(account_id=account.pk, ended_at=None, until__gt=timezone.now())
    return tuple(
        OpenSession(row.pk, row.organisation_id or row.network_id, (row.organisation or row.network).name, row.until)
        for row in rows.select_related("organisation", "network")
    )


def viewer_of_request(account) -> Viewer:
    """The same, remembering for the length of one request what was read to answer `may`."""
    return dataclasses.replace(viewer_of(account), memo={})


def viewer_by_email(email: str) -> Viewer:
    """Who `--as EMAIL` of a command is; NotFound when there is no such active account."""
    account = Account.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if account is None:
        raise NotFound(
            gettext_noop("Nobody works here under %(email)s. Check the address, or invite them."), email=email
        )
    return viewer_of(account)


def person_names(labels) -> dict[str, str]:
    """{label: the person's name} of what records say of who acted, an e-mail address; the label where nobody has it."""
    labels = {label for label in labels if label}
    known = dict(Account.objects.filter(email__in=labels).values_list("email", "name"))
    return {label: known.get(label) or label for label in labels}


def _remember(viewer, key, read):
    if viewer is None or viewer.memo is None:
        return read()
    if key not in viewer.memo:
        viewer.memo[key] = read()
    return viewer.memo[key]


def _parents(viewer=None) -> dict:
    """{network id: id of the one above or None}: networks are few, so one query reads them all."""
    return _remember(viewer, "networks", lambda: dict(Network.objects.values_list("pk", "parent_id").order_by()))


def separate_networks() -> int:
    """How many networks stand under no other: several share an installation, but not their figures."""
    return len(separate_network_ids())


def separate_network_ids() -> list:
    """The networks that stand under no other."""
    return [network for network, parent in _parents().items() if parent is None]


def _with_parents(ids, viewer=None):
    ids = set(ids)
    if not ids:
        return frozenset()
    parents, found = _parents(viewer), set()
    while ids:
        found |= ids
        ids = {parents.get(network) for network in ids} - found - {None}
    return frozenset(found)


def networks_below(ids, viewer: Viewer | None = None) -> frozenset:
    """These networks and all under them."""
    found, parents = set(ids), _parents(viewer)
    while more := {network for network, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


def networks_above(organisation_id, viewer: Viewer | None = None) -> frozenset:
    """Ids of the networks an organisation stands in, and of theirs above."""

    def read():
        reached = Membership.objects.filter(organisation_id=organisation_id, until=None, status__in=REACHED)
        return _with_parents(reached.values_list("network_id", flat=True), viewer)

    return _remember(viewer, ("above", organisation_id), read)


def held(viewer: Viewer, of) -> frozenset[Permission]:
    """All that a viewer may do in an Organisation or Network. No query when only organisation roles are held."""
    if viewer.system:
        return frozenset(Permission)
    if isinstance(of, Network):
        return held_in(viewer, network_ids=_with_parents([of.pk], viewer))
    if not viewer.session_scopes and not any(grant.network_id for grant in viewer.grants):
        return held_in(viewer, organisation_id=of.pk)
    return held_in(viewer, organisation_id=of.pk, network_ids=networks_above(of.pk, viewer))


def may(viewer: Viewer, permission: Permission, of=None) -> bool:
    """Whether `viewer` may do `permission` in an Organisation or Network; without `of`: anywhere at all.

    The house itself (`viewer.system`) may do what the clock or a command asks of it.
    """
    if viewer.system:
        return True
    if of is None:
        if viewer.sessions and permission in ADMINISTRATOR_SESSION:
            return True
        return any(permission in ROLES[grant.role].permissions for grant in viewer.grants)
    if isinstance(of, Organisation) and permission in held_in(viewer, organisation_id=of.pk):
        return True
    return permission in held(viewer, of)


def require(viewer: Viewer, permission: Permission, of=None) -> None:
    """Raises NotFound when the viewer may not even see `of`, NotAllowed when they see it but may not do this."""
    if may(viewer, permission, of):
        return
    if of is not None and not may(viewer, Permission.SEE_ORGANISATION, of):
        raise NotFound(NOT_HERE)
    raise NotAllowed(gettext_noop("Your role does not allow this. Ask your organisation's coordinator."))


def roles_to_give(viewer: Viewer, of, *, unkept: bool = False) -> list[Role]:
    """The roles a viewer may give in an Organisation or Network, in the order of the table."""
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    held_here = held(viewer, of)
    return [role for role in Role if may_give(role, held_here, scope, unkept=unkept)]


def _reach(viewer, permission):
    """(organisation ids, network ids with all below) in which a viewer may do `permission`."""
    grants = [grant for grant in viewer.grants if permission in ROLES[grant.role].permissions]
    organisations = {grant.organisation_id for grant in grants if grant.organisation_id}
    networks = {grant.network_id for grant in grants if grant.network_id}
    return organisations, networks_below(networks, viewer) if networks else frozenset()


def organisations_of(viewer: Viewer, permission: Permission = Permission.SEE_ORGANISATION) -> list[Organisation]:
    """The organisations in which the viewer may do `permission`, by name."""
    if viewer.system:
        return list(Organisation.objects.all())
    own, networks = _reach(viewer, permission)
    if permission in ADMINISTRATOR_SESSION:
        own |= viewer.session_scopes
    if not own and not networks:
        return []
    reached = Membership.objects.filter(network_id__in=networks, until=None, status__in=REACHED)
    return list(Organisation.objects.filter(Q(pk__in=own) | Q(pk__in=reached.values("organisation_id"))))


def networks_of(viewer: Viewer, permission: Permission = Permission.SEE_ORGANISATION) -> list[Network]:
    """The networks in which the viewer may do `permission`, by name."""
    if viewer.system:
        return list(Network.objects.all())
    wanted = _reach(viewer, permission)[1]
    if viewer.sessions and permission in ADMINISTRATOR_SESSION - {Permission.MANAGE_ORGANISATION}:
        wanted = networks_below(wanted | viewer.session_scopes, viewer)
    return list(Network.objects.filter(pk__in=wanted)) if wanted else []


def organisations_left(viewer: Viewer, permission: Permission) -> list[Organisation]:
    """The organisations that left a network where the viewer may do `permission`, and stand in none today."""

    def read():
        networks = networks_of(viewer, permission)
        if not networks:
            return []
        stands = Membership.objects.filter(until=None, status__in=REACHED)
        gone = Membership.objects.filter(network__in=networks, until=None, status=MemberStatus.LEFT)
        rows = Organisation.objects.filter(pk__in=gone.values("organisation"))
        return list(rows.exclude(pk__in=stands.values("organisation")))

    return _remember(viewer, ("left", permission), read)


def organisation_by_slug(viewer: Viewer, slug: str, permission=Permission.SEE_ORGANISATION) -> Organisation:
    """The door to an organisation: NotFound unless the viewer may see it, NotAllowed unless they may do this there."""
    return _open(viewer, permission, Organisation.objects.filter(slug=slug).first())


def organisation_by_id(viewer: Viewer, organisation_id, permission=Permission.SEE_ORGANISATION) -> Organisation:
    """The same door, by id."""
    return _open(viewer, permission, Organisation.objects.filter(pk=organisation_id).first())


def network_by_slug(viewer: Viewer, slug: str, permission=Permission.SEE_ORGANISATION) -> Network:
    """The door to a network."""
    return _open(viewer, permission, Network.objects.filter(slug=slug).first())


def network_by_id(viewer: Viewer, network_id, permission=Permission.SEE_ORGANISATION) -> Network:
    """The same door, by id."""
    return _open(viewer, permission, Network.objects.filter(pk=network_id).first())


def _open(viewer, permission, found):
    if found is None:
        raise NotFound(NOT_HERE)
    require(viewer, permission, of=found)
    return found
