"""Every read of members: who looks, what they may, and the doors to organisations and networks."""

from duga.members.queries.access import (
    NOT_HERE,
    held,
    may,
    network_by_id,
    network_by_slug,
    networks_above,
    networks_below,
    networks_of,
    organisation_by_id,
    organisation_by_slug,
    organisations_left,
    organisations_of,
    person_names,
    require,
    roles_to_give,
    separate_network_ids,
    separate_networks,
    viewer_by_email,
    viewer_of,
    viewer_of_request,
)
from duga.members.queries.desk import (
    administrable,
    notices_of,
    remembered_mapping,
    unread_notices,
)
from duga.members.queries.following import (
    events_about,
    events_numbered,
    events_since,
    trail_between,
    trail_of_actor,
)
from duga.members.queries.invitations import (
    invitation_by_id,
    invitation_by_token,
    invitation_token,
    invitations_of,
    place_of,
    recovery_by_token,
    state_of,
)
from duga.members.queries.links import digest_of, token_of
from duga.members.queries.networks import (
    children_of,
    country_choices,
    fellows_of,
    member_numbers,
    members_of,
    named,
    network_to_join,
    networks_to_join,
    standing,
    standing_over_time,
)
from duga.members.queries.people import (
    account_for,
    account_names,
    accounts_with,
    can_manage,
    has_keeper,
    invited_is_known,
    is_unkept,
    keepers_of,
    keepers_of_each,
    may_recover,
    network_keepers,
    own_account,
    own_roles,
    people_of,
    role_words,
    roles_of,
)
from duga.members.queries.second_factor import has_second_factor, lacks_second_factor
from duga.members.queries.sessions import session_told, was_ended
from duga.members.queries.trail import ChainReport, trail, trail_heads, verify_all, verify_chain

__all__ = [
    "account_names", "accounts_with", "fellows_of",
    "NOT_HERE", "ChainReport", "account_for", "administrable", "can_manage", "children_of", "country_choices",
    "digest_of", "has_keeper", "has_second_factor", "held", "invitation_by_id", "invitation_by_token",
    "invitation_token", "invitations_of", "invited_is_known", "is_unkept", "keepers_of", "keepers_of_each",
    "lacks_second_factor", "network_keepers",
    "may", "may_recover", "member_numbers", "members_of", "named", "network_by_id", "network_by_slug",
    "network_to_join", "networks_above", "networks_below", "networks_of", "networks_to_join", "notices_of",
    "organisation_by_id",
    "organisation_by_slug", "organisations_left", "organisations_of",
    "own_account", "own_roles", "people_of", "person_names", "place_of",
    "recovery_by_token", "remembered_mapping", "require", "role_words", "roles_of", "roles_to_give",
    "separate_network_ids", "separate_networks", "session_told", "standing", "standing_over_time", "state_of",
    "token_of", "trail",
    "events_about", "events_numbered", "events_since", "trail_between", "trail_heads", "trail_of_actor",
    "unread_notices", "verify_all", "verify_chain", "viewer_by_email", "viewer_of", "viewer_of_request",
    "was_ended",
]  # fmt: skip
