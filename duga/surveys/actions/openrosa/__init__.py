"""Phones with ODK Collect or KoboCollect: connected, let in, revoked."""

from duga.surveys.actions.openrosa.phones import Connected, connect_phone, revoke_phone, revoke_without_role
from duga.surveys.actions.openrosa.signing import Challenged, new_nonce, sign_in_by_digest, sign_in_by_token

__all__ = [
    "Challenged",
    "Connected",
    "connect_phone",
    "new_nonce",
    "revoke_phone",
    "revoke_without_role",
    "sign_in_by_digest",
    "sign_in_by_token",
]
