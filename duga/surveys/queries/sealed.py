"""The key that answers lie under."""

import hashlib
import hmac

from duga.vault import sealing


def organisation_box(organisation_id) -> bytes:
    """The key for an organisation's answers: to seal with, and to make keyed hashes with. Another than casework's."""
    return hmac.digest(sealing.store().organisation_key(organisation_id), b"survey answers", hashlib.sha256)
