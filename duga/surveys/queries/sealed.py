"""The key that answers lie under, and what is kept of the tokens by which phones and links are let in."""

import hashlib
import hmac

from duga.vault import sealing


def organisation_box(organisation_id) -> bytes:
    """The key for an organisation's answers: to seal with, and to make keyed hashes with. Another than casework's."""
    return hmac.digest(sealing.store().organisation_key(organisation_id), b"survey answers", hashlib.sha256)


def token_mark(of: str, token: str) -> bytes:
    """What is kept of a token of phones or links (`of`): a keyed hash, so that the database alone opens nothing."""
    return hmac.digest(sealing.derived(f"survey {of}"), token.encode(), hashlib.sha256)
