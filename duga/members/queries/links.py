"""One-time links: made from the installation's key, so the database holds only their hashes.

A link can be shown again to who may manage it (to print it later), yet a copy of the database opens nothing.
"""

import base64
import hashlib
import hmac

from duga.vault import sealing


def token_of(kind: str, id_, issue: int = 1) -> str:
    """The secret part of a link: 32 bytes as 43 letters, the same each time for the same row and issue."""
    secret = hmac.digest(sealing.derived(f"link:{kind}"), f"{id_}|{issue}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    """What the database holds of a link."""
    return hashlib.sha256(token.encode()).hexdigest()
