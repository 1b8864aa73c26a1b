"""The people who work in a place, and the roles they hold there."""

from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils import timezone

from duga.members.models import Account, Invitation, Network, Organisation, RoleGrant
from duga.members.queries.access import _with_parents, held, may, networks_above, require
from duga.members.rules import (
    KEEPERS,
    MANAGES,
    ROLES,
    Permission,
    Role,
    Scope,
    Viewer,
    held_in,
    may_give,
    may_take,
)
from duga.plain.errors import NotFound, gettext_noop

PAGE = 50


@dataclass
class Person:
    """Someone who works in a place: the account, and her roles there with whether the viewer may take each."""

    account: Account
    roles: list = field(default_factory=list)
    may_recover: bool = False


@dataclass(frozen=True)
class HeldRole:
    """A role someone holds in a place."""

    grant: RoleGrant
    role: Role
    may_take: bool


def _here(of) -> Q:
    return Q(network=of) if isinstance(of, Network) else Q(organisation=of)


def people_of(viewer: Viewer, of, page=1):
    """A Page of Person, by name: who works in an Organisation or Network. For who manages it."""
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    require(viewer, MANAGES[scope], of)
    grants = RoleGrant.objects.filter(_here(of), until=None)
    accounts = Account.objects.filter(pk__in=grants.values("account_id")).order_by("name", "email")
    found = Paginator(accounts, PAGE).get_page(page)
    people = {account.pk: Person(account) for account in found.object_list}
    held_here, in_session = held(viewer, of), of.pk in viewer.session_scopes
    for grant in grants.filter(account_id__in=people).order_by("created_at"):
        role = Role(grant.role)
        own = grant.account_id == viewer.account_id
        people[grant.account_id].roles.append(
            HeldRole(grant, role, own or may_take(role, held_here, scope, in_session=in_session))
        )
    for person in people.values():  # a first look; the action asks about every place the person works in
        person.may_recover = person.account.pk != viewer.account_id and all(
            may_give(held_role.role, held_here, scope) for held_role in person.roles
        )
    found.object_list = list(people.values())
    return found


def keepers_of(viewer: Viewer, of) -> list[Account]:
    """Who looks after a place (coordinators), by name: for everyone who may see it and signs in."""
    require(viewer, Permission.SEE_ORGANISATION, of)
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    grants = RoleGrant.objects.filter(_here(of), until=None, role__in=KEEPERS[scope])
    return list(Account.objects.filter(pk__in=grants.values("account_id"), is_active=True).order_by("name"))


def keepers_of_each(organisations) -> dict:
    """{organisation id: [ids of accounts that look after it]} in one query, for the house to tell many at once."""
    return _keepers(Scope.ORGANISATION, "organisation_id", organisation__in=organisations)


def accounts_with(permission: Permission, organisations) -> dict:
    """{organisation id: [ids of accounts whose role there allows this]}, as `keepers_of_each`."""
    found: dict = {}
    roles = [role for role, rule in ROLES.items() if permission in rule.permissions]
    grants = RoleGrant.objects.filter(
        until=None, role__in=roles, organisation__in=list(organisations), account__is_active=True
    )
    for organisation, account in grants.order_by("created_at").values_list("organisation_id", "account_id").distinct():
        found.setdefault(organisation, []).append(account)
    return found


def account_names(ids) -> list[tuple]:
    """[(account id, name)] of these accounts, by name."""
    return list(Account.objects.filter(pk__in=list(ids)).order_by("name").values_list("pk", "name"))


def network_keepers(networks) -> dict:
    """{network id: [ids of accounts that look after it]}, as `keepers_of_each`."""
    return _keepers(Scope.NETWORK, "network_id", network__in=networks)


def _keepers(scope: Scope, place: str, **where) -> dict:
    found: dict = {}
    grants = RoleGrant.objects.filter(until=None, role__in=KEEPERS[scope], account__is_active=True, **where)
    for kept, account in grants.values_list(place, "account_id"):
        found.setdefault(kept, []).append(account)
    return found


def has_keeper(of) -> bool:
    """Whether someone looks after a place."""
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    return RoleGrant.objects.filter(_here(of), role__in=KEEPERS[scope], until=None, account__is_active=True).exists()


def is_unkept(of) -> bool:
    """Whether nobody looks after a place yet, and no invitation to do so waits."""
    if has_keeper(of):
        return False
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    waiting = Invitation.objects.filter(_here(of), role__in=KEEPERS[scope], accepted_at=None, revoked_at=None)
    return not waiting.filter(expires_at__gt=timezone.now()).exists()


def account_for(viewer: Viewer, account_id, of) -> Account:
    """The door to someone's account: for who manages a place in which she works."""
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    require(viewer, MANAGES[scope], of)
    account = Account.objects.filter(
        pk__in=RoleGrant.objects.filter(_here(of), account_id=account_id).values("account_id")
    ).first()
    if account is None:
        raise NotFound(gettext_noop("Nobody by this name works here."))
    return account


def roles_of(viewer: Viewer, of, account: Account) -> list[HeldRole]:
    """The roles someone holds in a place, each with whether the viewer may take it."""
    scope = Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION
    held_here, in_session = held(viewer, of), of.pk in viewer.session_scopes
    own = account.pk == viewer.account_id
    return [
        HeldRole(grant, Role(grant.role), own or may_take(Role(grant.role), held_here, scope, in_session=in_session))
        for grant in RoleGrant.objects.filter(_here(of), account=account, until=None).order_by("created_at")
    ]


def invited_is_known(invitation: Invitation) -> bool:
    """Whether who is invited has an account already; told only to whoever holds the invitation's link."""
    return bool(invitation.email) and Account.objects.filter(email=invitation.email).exists()


def may_recover(viewer: Viewer, account: Account) -> bool:
    """Whether a viewer may let someone in again: who may give every role she holds, everywhere she holds it.

    Otherwise a coordinator could step into an account that can do more than their own. Administrators' accounts
    are recovered by mail or on the server only.
    """
    if viewer.system:
        return True
    if account.pk == viewer.account_id or account.is_administrator:
        return False
    grants = list(RoleGrant.objects.filter(account=account, until=None))
    return bool(grants) and all(_may_give_again(viewer, grant) for grant in grants)


def _may_give_again(viewer, grant):
    role, scope = Role(grant.role), ROLES[Role(grant.role)].scope
    if scope is Scope.NETWORK:
        held_there = held_in(viewer, network_ids=_with_parents([grant.network_id], viewer))
    else:
        held_there = held_in(
            viewer, organisation_id=grant.organisation_id, network_ids=networks_above(grant.organisation_id, viewer)
        )
    return may_give(role, held_there, scope)


def own_account(viewer: Viewer) -> Account:
    """One's own account."""
    account = get_user_model().objects.filter(pk=viewer.account_id).first()
    if account is None:
        raise NotFound(gettext_noop("Sign in first."))
    return account


def own_roles(viewer: Viewer) -> list[tuple[Role, str]]:
    """One's own roles, each with the name of the place it is held in."""
    names = dict(
        Organisation.objects.filter(pk__in={g.organisation_id for g in viewer.grants}).values_list("pk", "name")
    )
    names |= dict(Network.objects.filter(pk__in={g.network_id for g in viewer.grants}).values_list("pk", "name"))
    return [(grant.role, names.get(grant.organisation_id or grant.network_id, "")) for grant in viewer.grants]


def role_words(role) -> tuple[str, str]:
    """(name, sentence) of a role, as gettext ids."""
    rule = ROLES[Role(role)]
    return rule.label, rule.sentence


def can_manage(viewer: Viewer, of) -> bool:
    """Whether the viewer manages a place."""
    return may(viewer, MANAGES[Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION], of)
