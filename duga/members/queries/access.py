"""The one check, `may`, and the doors to organisations and networks: not yours is not found."""

from duga.members.models import Account, Membership, Network, Organisation, RoleGrant
from duga.members.rules import VISITOR, Grant, MemberStatus, Permission, Role, Viewer, allows
from duga.plain.errors import NotAllowed, NotFound, gettext_noop

#: Standings in which a network's roles still reach an organisation.
REACHED = (MemberStatus.APPLICANT, MemberStatus.MEMBER, MemberStatus.SUSPENDED)


def viewer_of(account) -> Viewer:
    """The viewer an account is: its open grants read once."""
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
        language=account.language,
    )


def viewer_by_email(email: str) -> Viewer:
    """Who `--as EMAIL` of a command is; NotFound when there is no such active account."""
    account = Account.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if account is None:
        raise NotFound(
            gettext_noop("Nobody works here under %(email)s. Check the address, or invite them."), email=email
        )
    return viewer_of(account)


def networks_above(organisation_id) -> frozenset:
    """Ids of the networks an organisation stands in, and of theirs above."""
    reached = Membership.objects.filter(organisation_id=organisation_id, until=None, status__in=REACHED)
    return _with_parents(reached.values_list("network_id", flat=True))


def _with_parents(ids):
    found, waiting = set(), set(ids)
    while waiting:
        found |= waiting
        parents = Network.objects.filter(pk__in=waiting).exclude(parent=None).values_list("parent_id", flat=True)
        waiting = set(parents) - found
    return frozenset(found)


def may(viewer: Viewer, permission: Permission, of=None) -> bool:
    """Whether `viewer` may do `permission` in an Organisation or Network; without `of`: anywhere at all.

    The house itself (`viewer.system`) may do what the clock or a command asks of it.
    """
    if viewer.system:
        return True
    if of is None:
        from duga.members.rules import ROLES

        return any(permission in ROLES[grant.role].permissions for grant in viewer.grants)
    if isinstance(of, Network):
        return allows(viewer, permission, network_ids=_with_parents([of.pk]))
    if allows(viewer, permission, organisation_id=of.pk):
        return True
    if not viewer.session_scopes and not any(grant.network_id for grant in viewer.grants):
        return False
    return allows(viewer, permission, organisation_id=of.pk, network_ids=networks_above(of.pk))


def require(viewer: Viewer, permission: Permission, of=None) -> None:
    """Raises NotFound when the viewer may not even see `of`, NotAllowed when they see it but may not do this."""
    if may(viewer, permission, of):
        return
    if of is not None and not may(viewer, Permission.SEE_ORGANISATION, of):
        raise NotFound(gettext_noop("There is nothing here, or it is not yours to see."))
    raise NotAllowed(gettext_noop("Your role does not allow this. Ask your organisation's coordinator."))


def organisations_of(viewer: Viewer, permission: Permission = Permission.SEE_ORGANISATION) -> list[Organisation]:
    """The organisations in which the viewer may do `permission`, by name."""
    from duga.members.rules import ROLES

    if viewer.system:
        return list(Organisation.objects.all())
    grants = [grant for grant in viewer.grants if permission in ROLES[grant.role].permissions]
    networks = {grant.network_id for grant in grants if grant.network_id}
    below = set(networks)
    while networks:
        networks = set(Network.objects.filter(parent_id__in=networks).values_list("pk", flat=True)) - below
        below |= networks
    members = Membership.objects.filter(network_id__in=below, until=None, status__in=REACHED)
    own = {grant.organisation_id for grant in grants if grant.organisation_id}
    return list(Organisation.objects.filter(pk__in=own | set(members.values_list("organisation_id", flat=True))))


def organisation_by_slug(viewer: Viewer, slug: str, permission=Permission.SEE_ORGANISATION) -> Organisation:
    """The door to an organisation: NotFound unless the viewer may see it, NotAllowed unless they may do `permission`."""
    return _open(viewer, permission, Organisation.objects.filter(slug=slug).first())


def organisation_by_id(viewer: Viewer, organisation_id, permission=Permission.SEE_ORGANISATION) -> Organisation:
    """The same door, by id."""
    return _open(viewer, permission, Organisation.objects.filter(pk=organisation_id).first())


def network_by_slug(viewer: Viewer, slug: str, permission=Permission.SEE_ORGANISATION) -> Network:
    """The door to a network."""
    return _open(viewer, permission, Network.objects.filter(slug=slug).first())


def _open(viewer, permission, found):
    if found is None:
        raise NotFound(gettext_noop("There is nothing here, or it is not yours to see."))
    require(viewer, permission, of=found)
    return found
