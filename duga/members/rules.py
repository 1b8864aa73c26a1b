"""Who may do what: roles as named sets of permissions, told in one table. No Django, no clock, no tables."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from duga.plain.errors import gettext_noop as _


class Permission(StrEnum):
    """Everything one may be allowed to do; asked for with `queries.may(viewer, permission, of=…)`."""

    SEE_ORGANISATION = "see_organisation"  #: that it is there, its profile and its figures
    MANAGE_ORGANISATION = "manage_organisation"  #: its people, roles, invitations, programmes
    SEE_PEOPLE = "see_people"  #: find and open the people it helps
    ADD_PEOPLE = "add_people"
    SEE_RECORDS = "see_records"  #: its ledger of assistance
    RECORD_ASSISTANCE = "record_assistance"
    CORRECT_RECORDS = "correct_records"  #: change or withdraw another worker's record, with a reason
    IMPORT_RECORDS = "import_records"
    EXPORT_RECORDS = "export_records"
    ERASE_PEOPLE = "erase_people"
    SEE_TRAIL = "see_trail"  #: who did what in it
    MANAGE_NETWORK = "manage_network"  #: memberships, network roles
    MANAGE_PLACES = "manage_places"  #: areas and boundaries
    COUNT = "count"  #: snapshots and draft figures
    RELEASE = "release"  #: freeze and publish figures
    REVIEW = "review"  #: read drafts meant for reviewers


class Role(StrEnum):
    """The parts people play; a person may play several, in several places."""

    FIELD_WORKER = "field_worker"
    HELPLINE_OPERATOR = "helpline_operator"
    CASE_MANAGER = "case_manager"
    ORGANISATION_COORDINATOR = "organisation_coordinator"
    NATIONAL_COORDINATOR = "national_coordinator"
    NETWORK_SECRETARIAT = "network_secretariat"
    REVIEWER = "reviewer"
    OBSERVER = "observer"


class Scope(StrEnum):
    """What a role is held in."""

    ORGANISATION = "organisation"
    NETWORK = "network"


@dataclass(frozen=True)
class RoleRule:
    """A role: where it is held, what it allows there, and the sentence people read."""

    label: str
    sentence: str
    scope: Scope
    permissions: frozenset[Permission]


P = Permission
_WORKER = {P.SEE_ORGANISATION, P.SEE_PEOPLE, P.ADD_PEOPLE, P.RECORD_ASSISTANCE}
_COORDINATOR = {
    *_WORKER, P.SEE_RECORDS, P.CORRECT_RECORDS, P.IMPORT_RECORDS, P.EXPORT_RECORDS,
    P.ERASE_PEOPLE, P.MANAGE_ORGANISATION, P.SEE_TRAIL, P.COUNT,
}  # fmt: skip

ROLES: dict[Role, RoleRule] = {
    Role.FIELD_WORKER: RoleRule(
        _("Field worker"),
        _("Finds and adds the people the organisation helps and records what was given to them."),
        Scope.ORGANISATION, frozenset(_WORKER),
    ),
    Role.HELPLINE_OPERATOR: RoleRule(
        _("Helpline operator"),
        _("Records calls and talks, and works in the sealed programmes she is named for."),
        Scope.ORGANISATION, frozenset(_WORKER),
    ),
    Role.CASE_MANAGER: RoleRule(
        _("Case manager"),
        _("Follows people over time, sees the ledger and corrects records with a reason."),
        Scope.ORGANISATION, frozenset({*_WORKER, P.SEE_RECORDS, P.CORRECT_RECORDS}),
    ),
    Role.ORGANISATION_COORDINATOR: RoleRule(
        _("Organisation coordinator"),
        _("Runs the organisation's workspace: people and roles, import and export, corrections, its own figures."),
        Scope.ORGANISATION, frozenset(_COORDINATOR),
    ),
    Role.NATIONAL_COORDINATOR: RoleRule(
        _("National coordinator"),
        _("Looks after a national network and its member organisations; sees figures, never the people helped."),
        Scope.NETWORK, frozenset({P.SEE_ORGANISATION, P.MANAGE_NETWORK, P.COUNT, P.REVIEW}),
    ),
    Role.NETWORK_SECRETARIAT: RoleRule(
        _("Network secretariat"),
        _("Runs the whole network: memberships, places, counting and releasing; never sees the people helped."),
        Scope.NETWORK,
        frozenset({P.SEE_ORGANISATION, P.MANAGE_NETWORK, P.MANAGE_PLACES, P.COUNT, P.RELEASE, P.REVIEW, P.SEE_TRAIL}),
    ),
    Role.REVIEWER: RoleRule(
        _("Reviewer"),
        _("Reads what is put up for review and checks figures before they are released."),
        Scope.NETWORK, frozenset({P.SEE_ORGANISATION, P.REVIEW}),
    ),
    Role.OBSERVER: RoleRule(
        _("Observer"),
        _("Sees the network's organisations and released figures, and changes nothing."),
        Scope.NETWORK, frozenset({P.SEE_ORGANISATION}),
    ),
}  # fmt: skip

#: Roles that see people or manage others sign in with a second factor.
NEEDS_SECOND_FACTOR = frozenset(
    role
    for role, rule in ROLES.items()
    if rule.permissions & {P.SEE_PEOPLE, P.MANAGE_ORGANISATION, P.MANAGE_NETWORK, P.RELEASE, P.SEE_TRAIL}
)

#: What an administrator's announced session opens for its hour: to mend, never to read the people helped.
ADMINISTRATOR_SESSION = frozenset(
    {P.SEE_ORGANISATION, P.MANAGE_ORGANISATION, P.MANAGE_NETWORK, P.MANAGE_PLACES, P.SEE_TRAIL}
)
ADMINISTRATOR_MINUTES = 60


class MemberStatus(StrEnum):
    """An organisation's standing in a network."""

    APPLICANT = "applicant"
    MEMBER = "member"
    SUSPENDED = "suspended"
    LEFT = "left"


MEMBER_STATUS_LABELS = {
    MemberStatus.APPLICANT: _("applicant"),
    MemberStatus.MEMBER: _("member"),
    MemberStatus.SUSPENDED: _("suspended"),
    MemberStatus.LEFT: _("left"),
}

#: From which standing to which one may go.
MEMBER_TRANSITIONS = {
    None: {MemberStatus.APPLICANT, MemberStatus.MEMBER},
    MemberStatus.APPLICANT: {MemberStatus.MEMBER, MemberStatus.LEFT},
    MemberStatus.MEMBER: {MemberStatus.SUSPENDED, MemberStatus.LEFT},
    MemberStatus.SUSPENDED: {MemberStatus.MEMBER, MemberStatus.LEFT},
    MemberStatus.LEFT: {MemberStatus.APPLICANT, MemberStatus.MEMBER},
}


@dataclass(frozen=True)
class Grant:
    """A role held in one organisation or one network."""

    role: Role
    organisation_id: uuid.UUID | None = None
    network_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Viewer:
    """Who looks or acts. `account_id` None is a visitor, or the house itself when `system` names its part."""

    account_id: uuid.UUID | None = None
    email: str = ""
    name: str = ""
    grants: tuple[Grant, ...] = ()
    is_administrator: bool = False
    session_scopes: frozenset[uuid.UUID] = field(default_factory=frozenset)  #: open administrator sessions
    system: str = ""
    language: str = "en"

    @property
    def known(self) -> bool:
        """Signed in, or the house itself."""
        return bool(self.account_id or self.system)

    @property
    def label(self) -> str:
        """How the trail names who acted."""
        return self.email or (f"duga {self.system}" if self.system else "visitor")

    def holds(self, *roles: Role) -> bool:
        """Whether any of these roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)


VISITOR = Viewer()


def allows(viewer: Viewer, permission: Permission, *, organisation_id=None, network_ids: Iterable = ()) -> bool:
    """Whether a viewer may, given the organisation asked about (if any) and the networks it stands in.

    Network roles reach the member organisations of their network; organisation roles reach their own only.
    """
    networks = set(network_ids)
    for grant in viewer.grants:
        if permission not in ROLES[grant.role].permissions:
            continue
        if grant.organisation_id is not None and grant.organisation_id == organisation_id:
            return True
        if grant.network_id is not None and grant.network_id in networks:
            return True
    if permission in ADMINISTRATOR_SESSION:
        return organisation_id in viewer.session_scopes or bool(networks & viewer.session_scopes)
    return False
