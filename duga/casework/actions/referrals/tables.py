"""Referrals on the day an organisation goes: what it sent and what it received, opened."""

from collections.abc import Iterator

from duga.casework.actions._tables import CHUNK
from duga.casework.actions.referrals._help import _open_receivers, _open_senders
from duga.casework.actions.referrals.reading import _open_message
from duga.casework.models.referrals import Referral, ReferralCopy, ReferralMessage, ReferralService
from duga.casework.queries.programmes import visible
from duga.casework.queries.referrals import copies_seen
from duga.vault.models import open_columns


def _referral_tables(by, organisation) -> Iterator[tuple]:
    """(name, columns, rows) of each; links and their codes are nobody's to take along."""
    sent = Referral.objects.filter(visible(by, "person__"), organisation=organisation)
    received = ReferralCopy.objects.filter(copies_seen(by, organisation), organisation=organisation)
    said = ReferralMessage.objects.filter(visible(by, "person__"), organisation=organisation)
    ours = said.filter(referral__in=sent) | said.filter(referral__in=received.values("referral_id"))
    yield "referrals", *_opened(sent, "content", _open_senders)
    yield "referral_services", *_opened(ReferralService.objects.filter(referral__in=sent), "", None)
    yield "referrals_received", *_opened(received, "content", _open_receivers)
    yield "referral_messages", *_opened(ours, "text", _open_message)


def _opened(rows, sealed, opener):
    columns = open_columns(rows.model)
    return [*columns, *([sealed] if sealed else [])], _lines(rows.order_by("pk"), columns, opener)


def _lines(rows, columns, opener):
    for row in rows.iterator(chunk_size=CHUNK):
        line = [getattr(row, column) for column in columns]
        yield [*line, _told(row, opener)] if opener else line


def _told(row, opener) -> str:
    """What was told as text; nothing of who was erased."""
    data = getattr(row, "content", None) or getattr(row, "text", None)
    return str(opener(row)) if data else ""
