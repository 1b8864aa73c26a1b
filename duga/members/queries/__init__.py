"""Every read of members: who looks, what they may, and the doors to organisations and networks."""

from duga.members.queries.access import (
    may,
    network_by_slug,
    networks_above,
    organisation_by_id,
    organisation_by_slug,
    organisations_of,
    require,
    viewer_by_email,
    viewer_of,
)

__all__ = [
    "may",
    "network_by_slug",
    "networks_above",
    "organisation_by_id",
    "organisation_by_slug",
    "organisations_of",
    "require",
    "viewer_by_email",
    "viewer_of",
]
