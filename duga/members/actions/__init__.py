"""Every write of members. Keyword-only, `by` says who acts, one transaction, one trail entry."""

from duga.members.actions.accounts import (
    change_own_account,
    create_account,
    make_recovery_link,
    note_security_event,
    reset_second_factor,
    use_recovery_link,
)
from duga.members.actions.administrators import end_administrator_session, start_administrator_session
from duga.members.actions.invitations import (
    accept_invitation,
    invite,
    renew_invitation,
    revoke_invitation,
    welcome_organisation,
)
from duga.members.actions.mappings import remember_mapping
from duga.members.actions.networks import (
    admit_organisations,
    change_network,
    change_organisation,
    change_standing,
    create_organisation,
    found_network,
)
from duga.members.actions.notices import mail_to, mark_notices_read, notify, take_back_notices
from duga.members.actions.roles import give_role, take_role
from duga.members.actions.trail import write_trail, write_trail_many

__all__ = [
    "accept_invitation", "admit_organisations", "change_network", "change_organisation", "change_own_account",
    "change_standing", "create_account", "create_organisation", "end_administrator_session", "found_network",
    "give_role", "invite", "mail_to", "make_recovery_link", "mark_notices_read", "note_security_event", "notify",
    "remember_mapping", "renew_invitation", "reset_second_factor", "revoke_invitation", "start_administrator_session",
    "take_back_notices", "take_role", "use_recovery_link", "welcome_organisation", "write_trail", "write_trail_many",
]  # fmt: skip
