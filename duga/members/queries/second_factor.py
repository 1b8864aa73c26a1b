"""Whether someone still has to set up the second factor."""

from django.conf import settings
from django.contrib.auth import get_user_model

from duga.members.rules import Viewer, needs_second_factor


def has_second_factor(viewer: Viewer) -> bool:
    """Whether a code is asked for when this person signs in."""
    accounts = get_user_model().objects.filter(pk=viewer.account_id, authenticator__type="totp")
    return accounts.exists()


def lacks_second_factor(viewer: Viewer) -> bool:
    """Whether this person's roles ask for a second factor, which is not set up yet. The demo asks for none."""
    return bool(
        settings.REQUIRE_TOTP and viewer.account_id and needs_second_factor(viewer) and not has_second_factor(viewer)
    )
