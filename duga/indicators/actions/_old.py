"""What the clock forgets: asked for long ago, and nobody kept it."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from duga.members.actions import write_trail
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, gettext_noop


@transaction.atomic
def _discard_old(by: Viewer, rows: QuerySet, event: str, days: int) -> int:
    """Deletes rows older than so many days, with one trail entry for all; the house itself does, never a person."""
    if not by.system:
        raise NotAllowed(gettext_noop("Only the clock does that."))
    old = rows.filter(created_at__lt=timezone.now() - dt.timedelta(days=days))
    number = old.count()
    if number:
        old.delete()
        write_trail(by=by, event=event, subject=(rows.model._meta.label, ""), detail={"number": number, "days": days})
    return number
