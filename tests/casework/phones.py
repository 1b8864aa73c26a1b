"""A phone's side of a shift, for tests: letters as `kept.js` writes them."""

import uuid

from django.utils import timezone

from duga.vault.letters import write_letter


def told(about, **more):
    """A record as a phone makes it, about a person or (`kind="errand"`) an assignment."""
    return {
        "nonce": str(uuid.uuid4()), "kind": "assistance", "about": str(about.pk), "made_at": "2026-03-04T10:00:00Z",
        "date": timezone.localdate().isoformat(), "service_type": "home_visit", "quantity": "2", **more,
    }  # fmt: skip


def letter(keys, record, **more):
    """The letter a phone with these keys writes about a record."""
    sealed = write_letter({"secret": keys.secret, "record": record} | more, keys.server)
    return {"nonce": record.get("nonce"), "letter": sealed}
