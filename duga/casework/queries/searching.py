"""What someone looks for, kept apart from addresses: a page of results can be gone back to, and no name stands in it.

The text lies sealed in the searcher's own session, for a quarter of an hour; the address holds an opaque word.
"""

import time

from duga.members.rules import Viewer
from duga.plain.errors import DugaError
from duga.vault import sealing

SEARCH = "casework.search"
MINUTES = 15


def seal_search(viewer: Viewer, text: str) -> str:
    """A search text as it may lie in a session, which is a row of the database: opened by this account alone."""
    told = {"text": text, "at": time.time()}
    return sealing.seal(owner=viewer.account_id, field=SEARCH, value=told, key=sealing.derived("search")).hex()


def open_search(viewer: Viewer, sealed: str) -> str:
    """The text again; empty when it is older than MINUTES, another account's, or nothing of ours."""
    try:
        told = sealing.unseal(
            owner=viewer.account_id, field=SEARCH, data=bytes.fromhex(sealed), key=sealing.derived("search")
        )
    except (DugaError, ValueError):
        return ""
    return told["text"] if time.time() - told["at"] < MINUTES * 60 else ""
