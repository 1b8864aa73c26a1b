"""Who may do what: roles as named sets of permissions, told in one table. No Django, no clock, no tables."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from duga.plain.errors import Refused
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
    UPDATE_CAPACITY = "update_capacity"  #: say how many places are free, confirm what it offers
    EDIT_SERVICES = "edit_services"  #: change what it offers in the directory, decide on proposals
    SEE_CONFIDENTIAL_PLACES = "see_confidential_places"  #: where its shelters and mobile teams are
    CURATE_DIRECTORY = "curate_directory"  #: providers that are no members, proposals, duplicates, campaigns
    ASSIGN_WORK = "assign_work"  #: hand requests out, keep volunteers, stock and the escalation table
    FOLLOW_CASES = "follow_cases"  #: open cases, plan, note and close them
    APPROVE_CASES = "approve_cases"  #: a supervisor's word: closures, transfers, decisions in a child's best interests
    ANSWER_HELPLINE = "answer_helpline"  #: record calls, in the sealed programmes one is named for
    REFER = "refer"  #: send people on, answer what is referred here
    DESIGN_FORMS = "design_forms"  #: draft, translate and publish survey forms, plan rounds of asking
    COLLECT_ANSWERS = "collect_answers"  #: fill forms in and send them, connect a phone
    REVIEW_ANSWERS = "review_answers"  #: read, correct, approve and export the answers of its organisation
    PROTECT_DATA = "protect_data"  #: read log, break-glass, retention, requests of data subjects, breaches


class Role(StrEnum):
    """The parts people play; a person may play several, in several places."""

    FIELD_WORKER = "field_worker"
    HELPLINE_OPERATOR = "helpline_operator"
    CASE_MANAGER = "case_manager"
    CASE_SUPERVISOR = "case_supervisor"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
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
_WORKER = {
    P.SEE_ORGANISATION,
    P.SEE_PEOPLE,
    P.ADD_PEOPLE,
    P.RECORD_ASSISTANCE,
    P.UPDATE_CAPACITY,
    P.REFER,
    P.COLLECT_ANSWERS,
}
_CASES = {
    *_WORKER, P.FOLLOW_CASES, P.ASSIGN_WORK, P.SEE_RECORDS, P.CORRECT_RECORDS, P.SEE_CONFIDENTIAL_PLACES,
    P.REVIEW_ANSWERS,
}  # fmt: skip
_COORDINATOR = {
    *_CASES, P.APPROVE_CASES, P.ANSWER_HELPLINE, P.PROTECT_DATA, P.IMPORT_RECORDS, P.EXPORT_RECORDS,
    P.ERASE_PEOPLE, P.MANAGE_ORGANISATION, P.SEE_TRAIL, P.COUNT, P.EDIT_SERVICES, P.DESIGN_FORMS,
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
        Scope.ORGANISATION, frozenset({*_WORKER, P.ANSWER_HELPLINE, P.SEE_CONFIDENTIAL_PLACES}),
    ),
    Role.CASE_MANAGER: RoleRule(
        _("Case manager"),
        _("Follows people over time, hands work out, sees the ledger and corrects records with a reason."),
        Scope.ORGANISATION, frozenset(_CASES),
    ),
    Role.CASE_SUPERVISOR: RoleRule(
        _("Case supervisor"),
        _("Follows cases as a case manager does, and approves closures, transfers and decisions about children."),
        Scope.ORGANISATION, frozenset({*_CASES, P.APPROVE_CASES}),
    ),
    Role.DATA_PROTECTION_OFFICER: RoleRule(
        _("Data-protection officer"),
        _("Reviews who read which record and why, retention, requests and breaches; never opens a record."),
        Scope.ORGANISATION, frozenset({P.SEE_ORGANISATION, P.SEE_TRAIL, P.PROTECT_DATA}),
    ),
    Role.ORGANISATION_COORDINATOR: RoleRule(
        _("Organisation coordinator"),
        _("Runs the organisation's workspace: people and roles, import and export, corrections, its own figures."),
        Scope.ORGANISATION, frozenset(_COORDINATOR),
    ),
    Role.NATIONAL_COORDINATOR: RoleRule(
        _("National coordinator"),
        _("Looks after a national network and its member organisations; sees figures, never the people helped."),
        Scope.NETWORK, frozenset({
            P.SEE_ORGANISATION, P.MANAGE_NETWORK, P.COUNT, P.REVIEW, P.CURATE_DIRECTORY, P.DESIGN_FORMS,
        }),
    ),
    Role.NETWORK_SECRETARIAT: RoleRule(
        _("Network secretariat"),
        _("Runs the whole network: memberships, places, counting and releasing; never sees the people helped."),
        Scope.NETWORK,
        frozenset({
            P.SEE_ORGANISATION, P.MANAGE_NETWORK, P.MANAGE_PLACES, P.COUNT, P.RELEASE, P.REVIEW, P.SEE_TRAIL,
            P.CURATE_DIRECTORY, P.DESIGN_FORMS,
        }),
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

#: The roles that look after a place: it should always have one of them.
KEEPERS = {
    Scope.ORGANISATION: frozenset({Role.ORGANISATION_COORDINATOR}),
    Scope.NETWORK: frozenset({Role.NATIONAL_COORDINATOR, Role.NETWORK_SECRETARIAT}),
}
#: Who manages a place.
MANAGES = {Scope.ORGANISATION: P.MANAGE_ORGANISATION, Scope.NETWORK: P.MANAGE_NETWORK}

#: What an administrator's announced session in an organisation opens: to mend, never to read the people helped.
ADMINISTRATOR_SESSION = frozenset(
    {P.SEE_ORGANISATION, P.MANAGE_ORGANISATION, P.MANAGE_NETWORK, P.MANAGE_PLACES, P.SEE_TRAIL}
)
#: What a session in a network opens in the organisations below it: each organisation asks for a session of its own.
ADMINISTRATOR_BELOW = frozenset({P.SEE_ORGANISATION, P.MANAGE_NETWORK, P.MANAGE_PLACES})
ADMINISTRATOR_MINUTES = 60
INVITATION_DAYS = 14
RECOVERY_HOURS = 48


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


#: Who may bring an organisation into a standing: the network, or the organisation itself.
STANDING_SET_BY = {
    MemberStatus.APPLICANT: {Scope.NETWORK, Scope.ORGANISATION},
    MemberStatus.MEMBER: {Scope.NETWORK},
    MemberStatus.SUSPENDED: {Scope.NETWORK},
    MemberStatus.LEFT: {Scope.NETWORK, Scope.ORGANISATION},
}
#: Standings that nobody enters without being told why.
NEEDS_REASON = frozenset({MemberStatus.SUSPENDED, MemberStatus.LEFT})


def check_standing(now, wanted: MemberStatus, *, sides: set[Scope], since: dt.date, start, today: dt.date, reason: str):
    """Refuses a change of standing that the table does not hold, or that comes before the standing it ends.

    `now` is today's standing or None, `start` the day it began, `sides` for whom the actor may speak.
    """
    if wanted not in MEMBER_TRANSITIONS[now]:
        raise Refused(_("The organisation cannot go from %(now)s to %(wanted)s."), now=now or "-", wanted=wanted)
    if not sides & STANDING_SET_BY[wanted]:
        raise Refused(_("Only the network decides this. Ask its coordinator."))
    if since > today:
        raise Refused(_("The day lies in the future. Give the day on which it took effect."))
    if start is not None and since < start:
        raise Refused(_("The day lies before %(start)s, when the present standing began."), start=start.isoformat())
    if wanted in NEEDS_REASON and not reason.strip():
        raise Refused(_("Say why: the organisation will read it."))


@dataclass(frozen=True)
class Grant:
    """A role held in one organisation or one network."""

    role: Role
    organisation_id: uuid.UUID | None = None
    network_id: uuid.UUID | None = None


@dataclass(frozen=True)
class OpenSession:
    """An administrator's open session in one organisation or network."""

    id: uuid.UUID
    scope_id: uuid.UUID
    name: str
    until: dt.datetime


@dataclass(frozen=True)
class Viewer:
    """Who looks or acts. `account_id` None is a visitor, or the house itself when `system` names its part.

    `volunteer_id` is a volunteer on her own phone, `name` her code: no account and no role, so `may` never says yes;
    what is open to her stands in one table, `casework.rules.VOLUNTEER_MAY`.
    """

    account_id: uuid.UUID | None = None
    email: str = ""
    name: str = ""
    grants: tuple[Grant, ...] = ()
    is_administrator: bool = False
    sessions: tuple[OpenSession, ...] = ()  #: an administrator's open ones
    system: str = ""
    language: str = "en"
    volunteer_id: uuid.UUID | None = None
    #: What was already read for this viewer in this request; None where viewers outlive a request.
    memo: dict | None = field(default=None, compare=False, repr=False)

    @property
    def session_scopes(self) -> frozenset[uuid.UUID]:
        """The organisations and networks of open administrator sessions."""
        return frozenset(session.scope_id for session in self.sessions)

    @property
    def known(self) -> bool:
        """Signed in, or the house itself."""
        return bool(self.account_id or self.system)

    @property
    def label(self) -> str:
        """How the trail names who acted."""
        if self.volunteer_id:
            return f"volunteer {self.name}"
        return self.email or (f"duga {self.system}" if self.system else "visitor")

    def holds(self, *roles: Role) -> bool:
        """Whether any of these roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)


VISITOR = Viewer()


def held_in(viewer: Viewer, *, organisation_id=None, network_ids: Iterable = ()) -> frozenset[Permission]:
    """All that a viewer may do in an organisation that stands in these networks (or in a network and those above).

    Network roles reach the member organisations of their network; organisation roles reach their own only.
    """
    networks = set(network_ids)
    held: set[Permission] = set()
    for grant in viewer.grants:
        here = grant.organisation_id is not None and grant.organisation_id == organisation_id
        if here or (grant.network_id is not None and grant.network_id in networks):
            held |= ROLES[grant.role].permissions
    scopes = viewer.session_scopes
    if scopes and organisation_id in scopes:
        held |= ADMINISTRATOR_SESSION
    elif scopes & networks:
        held |= ADMINISTRATOR_BELOW if organisation_id else ADMINISTRATOR_SESSION - {P.MANAGE_ORGANISATION}
    return frozenset(held)


def allows(viewer: Viewer, permission: Permission, *, organisation_id=None, network_ids: Iterable = ()) -> bool:
    """Whether a viewer may, given the organisation asked about (if any) and the networks it stands in."""
    return permission in held_in(viewer, organisation_id=organisation_id, network_ids=network_ids)


def may_give(
    role: Role, held: frozenset[Permission], scope: Scope, *, unkept: bool = False, self_: bool = False
) -> bool:
    """Whether who holds `held` in a place of this kind may give `role` there: nobody gives what they may not do.

    `unkept`: nobody looks after the place yet, so whoever manages the network above (or an administrator's
    session) may appoint the first keeper; never themselves (`self_`).
    """
    rule = ROLES[role]
    if rule.scope is not scope:
        return False
    if MANAGES[scope] in held and rule.permissions <= held:
        return True
    above = P.MANAGE_NETWORK in held or MANAGES[scope] in held
    return unkept and above and role in KEEPERS[scope] and not self_


def may_take(role: Role, held: frozenset[Permission], scope: Scope, *, in_session: bool = False) -> bool:
    """Whether who holds `held` in a place may take `role` there from someone else."""
    return MANAGES[scope] in held and (in_session or ROLES[role].permissions <= held)


def needs_second_factor(viewer: Viewer) -> bool:
    """Whether this person signs in with a second factor: who sees people or manages others, and administrators."""
    return viewer.is_administrator or viewer.holds(*NEEDS_SECOND_FACTOR)


#: What the trail's events are called on screen. Later stages add theirs when they start (`EVENT_WORDS.update` in
#: their apps.py); an event without words is shown by its name.
EVENT_WORDS: dict[str, str] = {
    "account.changed": _("changed their own account"),
    "account.created": _("made an account"),
    "account.password_changed": _("changed their password"),
    "account.password_reset": _("set their password anew by mail"),
    "account.recovered": _("set a new password by a link"),
    "account.recovery_codes_generated": _("made new recovery codes"),
    "account.recovery_link_made": _("made a link for a new password"),
    "account.second_factor_reset": _("removed a second factor"),
    "account.totp_activated": _("set up the second factor"),
    "account.totp_deactivated": _("removed their own second factor"),
    "administrator.session_ended": _("ended an administrator's session"),
    "administrator.session_started": _("opened an administrator's session"),
    "invitation.accepted": _("accepted an invitation"),
    "invitation.made": _("invited someone"),
    "invitation.renewed": _("renewed an invitation"),
    "invitation.revoked": _("withdrew an invitation"),
    "mapping.remembered": _("kept what the columns of a file mean"),
    "membership.applicant": _("asked to join a network"),
    "membership.left": _("left a network, or was let go"),
    "membership.member": _("made the organisation a member of a network"),
    "membership.suspended": _("suspended the membership in a network"),
    "network.changed": _("changed a network"),
    "network.founded": _("founded a network"),
    "organisation.changed": _("changed the organisation's profile"),
    "organisation.created": _("founded the organisation here"),
    "role.given": _("gave a role"),
    "role.taken": _("took a role"),
}


#: Events of daily work with people: a network, which sees an organisation's trail, does not see these. Even how many
#: there are tells how many called a helpline. Later stages add theirs when they start.
INSIDE_EVENTS: set[str] = set()


def event_words(event: str) -> str:
    """What an event of the trail is called, as a gettext id; an unknown one by its own name, readable."""
    return EVENT_WORDS.get(event) or event.replace(".", ": ", 1).replace("_", " ")
